"""Faults of emitted text that no node of a projection stands for: how values are read, compared and written.

They stand in `rewrites.yaml`. Support code is the same text wherever it is emitted, so it is broken once: in the schema
that uses every word of the language.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from tests.conformance.mutations.model import Rewrite

DOMAIN = "library"
_FAULTS = Path(__file__).with_name("rewrites.yaml")


def faults(witness: str) -> Iterator[tuple[str, Rewrite]]:
    """The faults of the layer that a witness reads, each with its class."""
    for path, kinds in _read()[witness].items():
        for kind, changes in kinds.items():
            for old, new in changes:
                yield f"support: {kind}", Rewrite(path, old, new)


@cache
def _read() -> dict[str, dict[str, dict[str, list[tuple[str, str]]]]]:
    found: dict[str, dict[str, dict[str, list[tuple[str, str]]]]] = yaml.safe_load(_FAULTS.read_text(encoding="utf-8"))
    return found
