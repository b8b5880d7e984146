"""What several layers say of one declaration of the schema: which of them is at fault.

Findings of all layers name what of the schema they are about in the same way, whatever it is called in the layer: the
column, the property of a body and that of an interface are all `Order.status`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from isotype.domain.places import NOWHERE, Place
from isotype.findings import Compared, Fault, Finding

if TYPE_CHECKING:
    from isotype.drift.source import Source

_NAMES = {"database": "the database", "api": "the API", "frontend": "the frontend"}

_WORDS = {
    ("database", "missing"): "lacks it",
    ("database", "extra"): "still has it",
    ("database", "different"): "has it otherwise",
    ("api", "missing"): "does not know it",
    ("api", "extra"): "still sends it",
    ("api", "different"): "says otherwise of it",
    ("frontend", "missing"): "never heard of it",
    ("frontend", "extra"): "still expects it",
    ("frontend", "different"): "takes it for something else",
}


class Judged(Protocol):
    """What was found in one layer of a domain: all of it, why some of it could not be compared, and lines on it."""

    @property
    def domain(self) -> str: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def failures(self) -> tuple[Finding, ...]: ...
    @property
    def summary(self) -> tuple[str, ...]: ...
    @property
    def compared(self) -> Compared: ...

    def covered(self, source: Source) -> Collection[str]:
        """What of the schema was compared, as findings name it."""
        ...


def faults(
    domain: str, findings: Sequence[Finding], covered: Mapping[str, Collection[str]], reported: Collection[Finding]
) -> Iterator[Fault]:
    """One for each declaration that is wrong in a layer while others were compared too, in the order of the findings.

    `covered` is, for each layer, what of the schema was compared in it; `reported` are the findings that nobody has
    accepted, without which a declaration is not worth a word.
    """
    about: dict[str, dict[str, list[Finding]]] = {}
    for finding in findings:
        if finding.declaration and finding.layer in covered:
            about.setdefault(finding.declaration, {}).setdefault(finding.layer, []).append(finding)
    declared = {name for names in covered.values() for name in names}
    kept = {finding.declaration for finding in reported}
    for declaration, among in about.items():
        # What the schema has no more, every layer agrees not to have that knows what it was part of.
        known = declaration if declaration in declared else declaration.partition(".")[0]
        witnesses = [layer for layer in covered if layer in among or known in covered[layer]]
        if declaration not in kept or len(witnesses) < 2:
            continue
        verdicts = {layer: _verdict(layer, among[layer]) if layer in among else "" for layer in witnesses}
        place = _place([finding for found in among.values() for finding in found])
        yield Fault(domain, declaration, place, _sentence(verdicts), tuple(verdicts.items()))


def _verdict(layer: str, found: Sequence[Finding]) -> str:
    ways = {finding.code.split("-")[1] for finding in found}
    way = next((way for way in ("missing", "extra") if way in ways), "different")
    return _WORDS[layer, way]


def _place(found: Sequence[Finding]) -> Place:
    """The line of the schema: what a finding of the frontend relates to, the place of one of the others."""
    related = (finding.related for finding in found if finding.related.file)
    return next(related, next((finding.place for finding in found if finding.place.file), NOWHERE))


def _sentence(verdicts: Mapping[str, str]) -> str:
    wrong = [f"{_NAMES[layer]} {verdict}" for layer, verdict in verdicts.items() if verdict]
    right = [_NAMES[layer] for layer, verdict in verdicts.items() if not verdict]
    said = ", ".join(wrong)
    if right:
        return f"{said}; {' and '.join(right)} agree{'s' if len(right) == 1 else ''} with the schema"
    return f"{said}: no layer is as the schema says"
