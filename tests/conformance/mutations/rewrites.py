"""Faults of emitted text that no node of a projection stands for: how values are read, compared and written.

Support code is the same text wherever it is emitted, so it is broken in one domain, whose schema calls all of it: one
for what reads JSON, another for models. Its
faults are enumerated from the text itself; those that no rule of enumeration makes stand in `rewrites.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from isotype.domain.model import Domain
from isotype.language import load
from tests.conformance.mutations import python_text, typescript_text
from tests.conformance.mutations.model import Rewrite
from tests.conformance.mutations.python_text import Fault
from tests.schemas import ROOT, used

DOMAIN, COLUMNS = "support", "columns"
ALONE: Mapping[str, tuple[str, ...]] = {
    DOMAIN: ("pydantic", "zod", "json_schema"),
    COLUMNS: ("models", "sqlite", "postgres"),
}
"""The domains in which only support code is broken, and the witnesses that are asked about it."""
HOLDS = {
    **{"pydantic": DOMAIN, "zod": DOMAIN, "models": COLUMNS},
    **dict.fromkeys(("json_schema", "sqlite", "postgres"), "library"),
}
"""The domain in which the faults of each witness are asked; a document has patterns, and no support code."""
_FAULTS = Path(__file__).with_name("rewrites.yaml")

MODULES: Mapping[str, Mapping[str, Callable[[str], Iterator[Fault]]]] = {
    "pydantic": {"_wire.py": python_text.faults, "_rules.py": python_text.faults},
    "zod": {"support.ts": typescript_text.faults, "rules.ts": typescript_text.faults},
}
"""The support modules of each layer, and how their faults are enumerated."""


def faults(witness: str, source: Callable[[str], str]) -> Iterator[tuple[str, str, Rewrite]]:
    """The class, the place and the text of each fault of the layer that a witness reads."""
    for path, enumerated in MODULES.get(witness, {}).items():
        text = source(path)
        for kind, function, at, old, new in enumerated(text):
            line = text.count("\n", 0, at) + 1
            where = f"{path}:{line} {function}: {_short(old)} made {_short(new)}"
            yield kind, where, Rewrite(path, old, new, at, function)
    for path, kinds in _read().get(witness, {}).items():
        for kind, changes in kinds.items():
            for old, new in changes:
                yield kind, f"{path}: {old} made {new}", Rewrite(path, old, new)


@cache
def understood(domain: str) -> Domain:
    """A domain whose support code is broken; its schema is read without a finding."""
    schema = f"tests/schemas/{domain}.yaml"
    loaded = load({schema: (ROOT / schema).read_text(encoding="utf-8")}, used)
    assert loaded.domain is not None and not loaded.findings, [str(finding) for finding in loaded.findings]
    return loaded.domain


def _short(text: str) -> str:
    return " ".join(text.split())[:80] or "nothing"


@cache
def _read() -> dict[str, dict[str, dict[str, list[tuple[str, str]]]]]:
    found: dict[str, dict[str, dict[str, list[tuple[str, str]]]]] = yaml.safe_load(_FAULTS.read_text(encoding="utf-8"))
    return found
