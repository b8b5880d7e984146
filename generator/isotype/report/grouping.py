"""Findings by the object they are about, the most severe first; and how many there are in each layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from isotype.domain.lazy import NamedTuple
from isotype.findings import ERROR, NOTE, WARNING, Compared, Finding
from isotype.report.wording import counted

SEVERITIES = (ERROR, WARNING, NOTE)


class Group(NamedTuple):
    """The findings about one object and what is part of it; `object` is '' for those about none."""

    object: str
    severity: str
    findings: tuple[Finding, ...]


class Tally(NamedTuple):
    """One layer: what was looked at, how many objects that are, how many findings, about how many objects, and how many
    databases, or whatever the layer is of, could not be read."""

    layer: str
    subjects: tuple[str, ...]
    objects: int
    counts: dict[str, int]
    drifted: int
    failed: int


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """The groups, the most severe first; those about no object come last, in the order in which they were found."""
    about: dict[str, list[Finding]] = {}
    for finding in findings:
        about.setdefault(finding.within, []).append(finding)
    apart = about.pop("", [])
    groups = [Group(name, _worst(among), tuple(sorted(among, key=_rank))) for name, among in about.items()]
    groups.sort(key=lambda group: (SEVERITIES.index(group.severity), -len(group.findings), group.object))
    return [*groups, Group("", _worst(apart), tuple(apart))] if apart else groups


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the order of their groups."""
    return [finding for group in grouped(findings) for finding in group.findings]


def tallies(compared: Iterable[Compared], findings: Sequence[Finding]) -> list[Tally]:
    """One for each layer, in the order in which they were compared."""
    layers: dict[str, list[Compared]] = {}
    for one in compared:
        layers.setdefault(one.layer, []).append(one)
    made: list[Tally] = []
    for layer, parts in layers.items():
        own = [finding for finding in findings if finding.layer == layer]
        objects = sum(part.objects for part in parts)
        about = len({finding.object for finding in own} - {""})
        made.append(
            Tally(
                layer,
                tuple(part.subject for part in parts),
                objects,
                counts(own),
                about,
                sum(it.failed for it in parts),
            )
        )
    return made


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each severity."""
    found = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        found[_severity(finding)] += 1
    return found


def said(counts: dict[str, int]) -> str:
    """`2 errors, 1 warning`; '' for none."""
    return ", ".join(counted(count, severity) for severity, count in counts.items() if count)


def _severity(finding: Finding) -> str:
    return finding.severity if finding.severity in SEVERITIES else NOTE


def _rank(finding: Finding) -> int:
    return SEVERITIES.index(_severity(finding))


def _worst(findings: Sequence[Finding]) -> str:
    return min((_severity(finding) for finding in findings), key=SEVERITIES.index, default=NOTE)
