"""Which files on disk are Isotype's although no manifest in use lists them."""
# Importing pathlib costs as much as starting Python does.
# ruff: noqa: PTH208

from __future__ import annotations

import os

from isotype.workspace import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from typing import Any

    from isotype.workspace.settings import DomainSettings


def unlisted(root: str, domain: DomainSettings, listed: Container[str]) -> Iterator[str]:
    """The files in a domain's folders that carry our header and are not listed."""
    for folder in domain.folders():
        for name, is_file in files.below(f"{root}/{folder}"):
            path = f"{folder}/{name}"
            if is_file and path not in listed and files.is_ours(f"{root}/{path}"):
                yield path


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
