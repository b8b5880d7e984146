"""Steps of a repair, and the order in which all of them can run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum

from isotype.catalog.differences import Difference, Statement
from isotype.catalog.facts import Path
from isotype.catalog.postgres.names import mentions
from isotype.domain.values import frozen


class Phase(IntEnum):
    """When a step runs. Within a phase steps keep the order in which they were made, but for what they need.

    Rows are as they should be before anything asks it of them.
    """

    ALONE = 0
    SETTING = 1
    DROP_USES = 2
    DROP_REFERENCES = 3
    DROP_VIEWS = 4
    DROP_PARTS = 5
    DROP_DEFINITIONS = 6
    SCHEMA = 7
    EXTENSION = 8
    DEFINE = 9
    COLUMN = 10
    COMPUTED = 11
    DROP_TYPES = 12
    DEFINE_LATE = 13
    ROW_VALUE = 14
    TABLE = 15
    ROW = 16
    UNIQUE = 17
    CHECK = 18
    REFERENCE = 19
    VIEW = 20
    INDEX = 21
    USE = 22
    STATE = 23
    COMMENT = 24
    DESTROY = 25
    DECIDE = 26


@frozen
class Step:
    """A statement, when it runs, what it makes or drops, the names that this needs, and whether something is lost."""

    phase: Phase
    sql: str
    makes: Path = ()
    note: str = ""
    needs: frozenset[Path] = frozenset()
    destructive: bool = False


@frozen
class Planned:
    """A step and the differences for which it is taken."""

    step: Step
    differences: tuple[Difference, ...]


def arranged(planned: Iterable[Planned]) -> tuple[Statement, ...]:
    """The statements in order; one that is asked for twice runs once, for the differences of both."""
    merged: dict[tuple[Phase, str, str], Planned] = {}
    for one in planned:
        key = one.step.phase, one.step.sql, one.step.note
        known = merged.get(key)
        if known:
            both = tuple(dict.fromkeys((*known.differences, *one.differences)))
            merged[key] = Planned(known.step, both)
        else:
            merged[key] = one
    found: list[Statement] = []
    for phase in Phase:
        ordered = _by_need([one for one in merged.values() if one.step.phase == phase])
        if phase in _BACKWARDS:
            ordered.reverse()
        for one in ordered:
            step = one.step
            found.append(Statement(step.sql, one.differences, step.note, step.destructive, phase == Phase.ALONE))
    return tuple(found)


_BACKWARDS = (Phase.DROP_VIEWS, Phase.DROP_DEFINITIONS)
"""What needs others is dropped before them."""


def _by_need(steps: Sequence[Planned]) -> list[Planned]:
    """What is made before what names it, as far as that goes; otherwise the order given."""
    makers: dict[Path, int] = {one.step.makes: number for number, one in enumerate(steps) if one.step.makes}
    if not makers:
        return list(steps)
    done: dict[int, None] = {}
    for start in range(len(steps)):
        # Depth first without recursion: a step is done when what it names is.
        stack = [(start, iter(_needs(steps[start], makers)))]
        entered = {start}
        while stack:
            number, needs = stack[-1]
            following = next((need for need in needs if need not in done and need not in entered), None)
            if following is None:
                done.setdefault(number)
                stack.pop()
            else:
                entered.add(following)
                stack.append((following, iter(_needs(steps[following], makers))))
    return [steps[number] for number in done]


def _needs(one: Planned, makers: dict[Path, int]) -> list[int]:
    named = one.step.needs or mentions(one.step.sql).qualified
    return sorted(makers[path] for path in named if path in makers and path != one.step.makes)
