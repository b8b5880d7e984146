"""The in-sync check's fast path: believe the manifests when every digest holds."""

from __future__ import annotations

import os

from isotype.workspace import files, manifest, owned, project, settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from isotype.workspace.manifest import Manifest
    from isotype.workspace.settings import DomainSettings


def in_sync(start: str, names: list[str], version: str) -> list[tuple[str, int]] | None:
    """Each domain beside its number of files when all of them are surely in sync; None when a closer look is needed.

    In sync means: no run was interrupted, every manifest is sound, was made from the present inputs, and lists files
    that hold what it says; and no other file in the same folders, nor the manifest of a former domain, is ours.
    """
    try:
        return _in_sync(start, names, version)
    except (OSError, ValueError, project.Unreadable):
        return None


def _in_sync(start: str, names: list[str], version: str) -> list[tuple[str, int]] | None:
    found = project.find(start)
    if found is None or any(settings.problems(found.table)) or os.path.lexists(f"{found.root}/{files.STATE}/journal"):
        return None
    domains = settings.domains(found.table, found.root)
    if any(settings.name_problem(domain.name) for domain in domains) or any(settings.sharing(domains)):
        return None
    chosen = [domain for domain in domains if domain.name in names] if names else domains
    if not chosen or len(chosen) < len(set(names)) or any(owned.former(found.root, found.table, domains)):
        return None
    manifests = {it.name: manifest.parse_unchecked(files.read(f"{found.root}/{it.manifest}")) for it in domains}
    listed = {domain.manifest for domain in domains}
    listed.update(*(made.entries for made in manifests.values()))
    for domain in chosen:
        made = manifests[domain.name]
        if not _holds(found.root, domain, made, version) or any(owned.unlisted(found.root, domain, listed)):
            return None
        if settings.drift(found.table, domain.name).expected:
            from isotype.workspace import stamps

            if any(stamps.stale(found.root, found.table, domain, made.entries)):
                return None
    return [(domain.name, len(manifests[domain.name].entries)) for domain in chosen]


def _holds(root: str, domain: DomainSettings, made: Manifest, version: str) -> bool:
    if not made.sound or not made.entries:
        return False
    if made.inputs != manifest.input_digest(root, domain, version, made.shared):
        return False
    return manifest.holds(root, made.entries)
