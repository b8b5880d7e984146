"""Further partitions: those that continue what is declared, in its naming and its interval."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from isotype.catalog.facts import Facts, Path
from isotype.domain.identifiers import shorten
from isotype.domain.values import frozen

_BOUND = re.compile(r"FOR VALUES FROM \('(\d{4}-\d\d-\d\d)( 00:00:00(?:\+00)?)?'\) TO \('(\d{4}-\d\d-\d\d)\2'\)")
_NAMES = ("y{0.year:04}", "y{0.year:04}m{0.month:02}", "y{0.year:04}m{0.month:02}d{0.day:02}")


@frozen
class Range:
    """A partition from midnight of one day to midnight of another; `clock` is how the bound spells midnight."""

    lower: date
    upper: date
    clock: str


def further_partitions(expected: Facts, actual: Facts, extra: set[Path]) -> Iterator[Path]:
    """Of the tables that nobody declared, the partitions that continue the declared ones."""
    candidates = [path for path in extra if _parent(actual, path)]
    if not candidates:
        return
    declared: dict[str, list[tuple[str, Range]]] = {}
    for path in expected.of("table"):
        found = range_of(expected, path)
        if found:
            declared.setdefault(_parent(expected, path), []).append((path[-1], found))
    for path in candidates:
        found = range_of(actual, path)
        siblings = declared.get(_parent(actual, path), ())
        if found and siblings and _continues(_table_name(_parent(actual, path)), siblings, path[-1], found):
            yield path


def range_of(facts: Facts, path: Path) -> Range | None:
    """The range of days that a partition holds; None when it is no such partition."""
    values = facts.of("table").get(path)
    match = _BOUND.fullmatch(str(values[6])) if values else None
    if match is None:
        return None
    return Range(date.fromisoformat(match[1]), date.fromisoformat(match[3]), match[2] or "")


def _parent(facts: Facts, path: Path) -> str:
    values = facts.of("table").get(path)
    return str(values[5] or "") if values and values[6] is not None else ""


def _table_name(qualified: str) -> str:
    name = qualified.rpartition(".")[2]
    return name.strip('"').replace('""', '"')


def _continues(table: str, siblings: list[tuple[str, Range]] | tuple[()], name: str, found: Range) -> bool:
    """True when one interval and one naming fit the declared partitions and this one."""
    every = [(name, found), *siblings]
    fits = any(all(shorten(f"{table}_{form.format(of.lower)}") == made for made, of in every) for form in _NAMES)
    same_clock = len({of.clock for _, of in every}) == 1
    first = siblings[0][1].lower if siblings else found.lower
    return fits and same_clock and any(all(step(of, first) for _, of in every) for step in _STEPS)


def _day(of: Range, first: date) -> bool:
    return of.upper - of.lower == timedelta(days=1)


def _week(of: Range, first: date) -> bool:
    return of.upper - of.lower == timedelta(days=7) and (of.lower - first).days % 7 == 0


def _month(of: Range, first: date) -> bool:
    return of.lower.day == 1 and of.upper == (of.lower + timedelta(days=32)).replace(day=1)


def _year(of: Range, first: date) -> bool:
    return (of.lower.month, of.lower.day) == (of.upper.month, of.upper.day) and of.upper.year == of.lower.year + 1


_STEPS = (_day, _week, _month, _year)
