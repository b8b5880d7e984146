"""What the configuration leaves out: objects by their name, each with a reason.

`table public.spatial_ref_sys` is that table and everything in it; `*` stands for any letters: `table public.tmp_*`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from isotype.catalog.differences import Difference
from isotype.domain.places import NOWHERE, Place
from isotype.domain.values import frozen
from isotype.drift.wording import named
from isotype.findings import WARNING, Finding
from isotype.workspace.settings import COMPARED

_HOLDERS = ("table", "view", "materialized view", "foreign table")
_HELD = ("column", "constraint", "trigger", "policy", "rule", "column sequence", "row", "hypertable")


@frozen
class Ignored:
    """One entry: an object as reports name it, an attribute of it or '' for all, why, and the layer it is of."""

    object: str
    attribute: str
    reason: str
    place: Place = NOWHERE
    layer: str = COMPARED[0]

    def leaves_out(self, finding: Finding) -> bool:
        """Whether a finding of another layer than the database is left out by this entry."""
        return (
            self.layer == finding.layer
            and self.attribute in ("", finding.attribute)
            and any(fnmatchcase(name, self.object) for name in (finding.object, finding.within) if name)
        )

    def covers(self, difference: Difference) -> bool:
        """Whether a difference of the database is left out by this entry."""
        if self.layer != COMPARED[0] or (self.attribute and self.attribute != difference.attribute):
            return False
        kind, path = difference.kind, difference.path
        if fnmatchcase(named(kind, path), self.object):
            return True
        return kind in _HELD and any(fnmatchcase(named(holder, path[:2]), self.object) for holder in _HOLDERS)


def heeded(entries: Sequence[Ignored], findings: Sequence[Finding], layer: str, whole: bool) -> Iterator[Finding]:
    """The findings of a layer that no entry leaves out; after them, where all of it was compared, entries for nothing.

    The database does this with differences, since what is ignored there is not repaired either.
    """
    own = [entry for entry in entries if entry.layer == layer]
    used: list[Ignored] = []
    for finding in findings:
        leaving = [entry for entry in own if entry.leaves_out(finding)]
        used += leaving
        if not leaving:
            yield finding
    if whole:
        yield from unused(own, used)


def unused(entries: Sequence[Ignored], used: Sequence[Ignored]) -> tuple[Finding, ...]:
    """The entries that left nothing out: what they speak of is as it should be, or gone."""
    return tuple(
        Finding(
            "drift-ignore-unused",
            f"nothing has to be ignored about {entry.object!r}{f' in {entry.attribute}' if entry.attribute else ''}",
            entry.place,
            "take the entry out of the configuration",
            WARNING,
            layer=entry.layer,
        )
        for entry in entries
        if entry not in used
    )
