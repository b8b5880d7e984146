"""Which files on disk are Isotype's although no manifest in use lists them."""
# Importing pathlib costs as much as starting Python does.
# ruff: noqa: PTH112, PTH114, PTH208

from __future__ import annotations

import os

from isotype.workspace import files, manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from typing import Any

    from isotype.workspace.settings import DomainSettings

_NOT_OURS = frozenset((".git", "isotype.toml", "pyvenv.cfg"))


def unlisted(root: str, domain: DomainSettings, listed: Container[str]) -> Iterator[str]:
    """The files in a domain's folders that carry our header and are not listed, sorted."""
    pending = domain.folders()
    found: list[str] = []
    while pending:
        folder = pending.pop()
        try:
            names = os.listdir(f"{root}/{folder}")
        except OSError:
            continue
        for path in [path for name in names if (path := f"{folder}/{name}") not in listed]:
            full = f"{root}/{path}"
            if files.is_skipped(path.rpartition("/")[2]) or os.path.islink(full):
                continue
            if os.path.isdir(full):
                pending.append(path)
            elif files.is_ours(full):
                found.append(path)
    found.sort()
    return iter(found)


def former(root: str, table: Mapping[str, Any], domains: list[DomainSettings]) -> Iterator[str]:
    """The manifests of domains that are no more, in the folder where output goes by default."""
    base = table.get("output", "generated")
    if "{domain}" in base:
        return
    known = {domain.manifest for domain in domains}
    try:
        names = sorted(os.listdir(f"{root}/{base}"))
    except OSError:
        return
    for name in names:
        path = f"{base}/{name}/{files.MANIFEST}"
        if path not in known and files.is_ours(f"{root}/{path}"):
            yield path


def elsewhere(root: str, domains: list[DomainSettings]) -> Iterator[str]:
    """The manifests anywhere in the project which no domain has, such as those that stand where output went before.

    Projects of their own, repositories in this one, and environments of Python are not looked into.
    """
    known = {domain.manifest for domain in domains}
    pending = [""]
    while pending:
        prefix = pending.pop()
        try:
            names = os.listdir(f"{root}/{prefix}")
        except OSError:
            continue
        if prefix and not _NOT_OURS.isdisjoint(names):
            continue
        for path in [f"{prefix}{name}" for name in names if not files.is_skipped(name)]:
            full = f"{root}/{path}"
            if os.path.isdir(full) and not os.path.islink(full):
                pending.append(f"{path}/")
        path = f"{prefix}{files.MANIFEST}"
        if files.MANIFEST in names and path not in known and _is_from_here(f"{root}/{path}", prefix):
            yield path


def _is_from_here(path: str, folder: str) -> bool:
    """Whether a manifest was written by this project, and not by one below it: its paths begin at our root."""
    if not files.is_ours(path):
        return False
    return any(entry.startswith(folder) for entry in manifest.parse(files.read(path)).entries)
