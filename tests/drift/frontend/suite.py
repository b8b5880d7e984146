"""The whole suite of changes of hand-written types: every case, and what a comparison says of each.

A **mutation** has to be found and named, an **equivalent** has to be silent.
With `ISOTYPE_EVERY_MUTATION` set it is every case; otherwise some of each kind.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from isotype.findings import Finding
from tests.drift.frontend import equivalents, mutations
from tests.drift.frontend.mutations import Mutation, Said
from tests.drift.frontend.writing import judged, project, shapes_of, written

EVERY = bool(os.environ.get("ISOTYPE_EVERY_MUTATION"))


@dataclass(frozen=True)
class Verdict:
    """What came of a case: of which kind it was, whether it passed, and what was said."""

    kind: str
    passed: bool
    said: str


def mutated(domain: str, folder: Path, every: bool = EVERY) -> Iterator[Verdict]:
    """Of each change just what it is has to be said, at the type that was changed."""
    made = mutations.chosen(shapes_of(domain), every)
    body = "".join(written(f"T{number}", one.body) for number, one in enumerate(made))
    told = _told(domain, folder, body, {f"T{number}": one.type for number, one in enumerate(made)})
    for number, one in enumerate(made):
        found = told.get(f"T{number}", [])
        said = f"{one.type}: {[f'{it.message} ({it.suggestion})' for it in found]}, not {sorted(one.said)}"
        yield Verdict(one.kind, _is_named(one, found, f"T{number}"), said)


def respelled(domain: str, folder: Path, every: bool = EVERY) -> Iterator[Verdict]:
    """Of another spelling nothing is to be said."""
    shapes = shapes_of(domain)
    made = equivalents.chosen(shapes, every)
    body = equivalents.PRELUDE + "".join(one.text(shapes, f"T{number}") for number, one in enumerate(made))
    told = _told(domain, folder, body, {f"T{number}": one.shape.name for number, one in enumerate(made)})
    for number, one in enumerate(made):
        found = told.get(f"T{number}", [])
        yield Verdict(one.kind, not found, f"{one.shape.name}: {[str(it) for it in found]}")


def _told(domain: str, folder: Path, body: str, named: dict[str, str]) -> dict[str, list[Finding]]:
    """What is said of each type of a file, by its name."""
    result = judged(domain, project(folder, domain, body), named)
    assert len(result.types) == len(set(named.values()))
    told: dict[str, list[Finding]] = {}
    for finding in result.findings:
        told.setdefault(finding.within.rpartition(":")[2], []).append(finding)
    return told


def _is_named(mutation: Mutation, found: list[Finding], name: str) -> bool:
    said = {_said(finding, name) for finding in found}
    words = (f"{finding.message} {finding.suggestion}" for finding in found)
    return said == mutation.said and any(mutation.word in it for it in words)


def _said(finding: Finding, name: str) -> Said:
    path = finding.object.rpartition(f":{name}")[2].removeprefix(".")
    return finding.code.split("-")[1], path, finding.attribute
