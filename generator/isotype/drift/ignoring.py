"""What the configuration leaves out: objects by their name, each with a reason.

`table public.spatial_ref_sys` is that table and everything in it; `*` stands for any letters: `table public.tmp_*`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from isotype.catalog.differences import Difference
from isotype.domain.places import NOWHERE, Place
from isotype.domain.values import frozen
from isotype.drift.wording import named
from isotype.findings import WARNING, Finding

_HOLDERS = ("table", "view", "materialized view", "foreign table")
_HELD = ("column", "constraint", "trigger", "policy", "rule", "column sequence", "row", "hypertable")


@frozen
class Ignored:
    """One entry: an object as reports name it, an attribute of it or '' for all, and why."""

    object: str
    attribute: str
    reason: str
    place: Place = NOWHERE

    def covers(self, difference: Difference) -> bool:
        """Whether a difference is left out by this entry."""
        if self.attribute and self.attribute != difference.attribute:
            return False
        kind, path = difference.kind, difference.path
        if fnmatchcase(named(kind, path), self.object):
            return True
        return kind in _HELD and any(fnmatchcase(named(holder, path[:2]), self.object) for holder in _HOLDERS)


def unused(entries: Sequence[Ignored], used: Sequence[Ignored]) -> tuple[Finding, ...]:
    """The entries that left nothing out: what they speak of is as it should be, or gone."""
    return tuple(
        Finding(
            "drift-ignore-unused",
            f"nothing has to be ignored about {entry.object!r}{f' in {entry.attribute}' if entry.attribute else ''}",
            entry.place,
            "take the entry out of the configuration",
            WARNING,
        )
        for entry in entries
        if entry not in used
    )
