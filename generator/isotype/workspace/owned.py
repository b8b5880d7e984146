"""Which files on disk are Isotype's although no manifest in use lists them."""
# Importing pathlib costs as much as starting Python does.
# ruff: noqa: PTH112, PTH114, PTH208

from __future__ import annotations

import os

from isotype.workspace import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from typing import Any

    from isotype.workspace.settings import DomainSettings


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
