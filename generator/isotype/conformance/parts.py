"""Parts of rows, as an application writes them that has read no more of a row than its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from isotype.domain.lazy import NamedTuple
from isotype.probes import Probe
from isotype.probes.logic import UNKNOWN, Read
from isotype.probes.rows import Cell, Row, broken_rules, reader
from isotype.tables.model import Table

_Part = tuple[tuple[str, ...], object]
"""Columns that are given, and what kind of part they are."""


class Parts:
    """Makes UPDATEs of the refused rows that go by, which say a part of a row that has not been read.

    Models judge no rule by what they do not know; so what such a rule would refuse too shows here. The databases judge
    whole rows, and are not asked.
    """

    def __init__(self) -> None:
        self._read: dict[str, _Read] = {}
        self._known: set[tuple[str, _Part]] = set()

    def beside(self, probe: Probe, row: Row) -> Iterator[Probe]:
        """The parts of a row that are the first of their kind."""
        if not row.refusals:
            return
        name = row.table.name
        if name not in self._read:
            self._read[name] = _read(row.table)
        read = self._read[name]
        if not read.key or not row.cells.keys() >= set(read.key):
            return
        for part in _parts(read, row):
            if (name, part) not in self._known:
                self._known.add((name, part))
                label = f"{probe.label}, after an UPDATE of what has not been read"
                yield probe._replace(label=label, row=_given(row, read.key, part[0]))


class _Read(NamedTuple):
    """What rules read of a table: its key, the columns that one reads beside others, and those of each hidden rule.

    A rule is hidden by another one that reads a column with it and a further one. Columns that no UPDATE gives are left
    out: keys, stamps and what is computed.
    """

    key: tuple[str, ...]
    beside: frozenset[str]
    hidden: Mapping[str, tuple[str, ...]]


def _read(table: Table) -> _Read:
    key = table.primary_key.columns if table.primary_key else ()
    given = {one.name for one in table.columns if not (one.stamped or one.computed or one.name in key)}
    rules = {f"rule:{check.name}": check.columns for check in table.checks if check.kind == "rule"}
    return _Read(
        key,
        frozenset(name for columns in rules.values() if len(columns) > 1 for name in columns if name in given),
        {
            rule: tuple(name for name in columns if name in given)
            for rule, columns in rules.items()
            if any(not {*columns}.isdisjoint(other) and not {*columns}.issuperset(other) for other in rules.values())
        },
    )


def _parts(read: _Read, row: Row) -> Iterator[_Part]:
    """A column at fault alone; all that a broken rule reads, and all but one column of that."""
    for one in row.refusals:
        name = one.path[0] if one.path else ""
        if name in read.beside and name in row.cells:
            yield (name,), (one, row.cells[name].text if one.constraint in _BOUNDS else "")
        columns = tuple(name for name in read.hidden.get(one.constraint, ()) if name in row.cells)
        if columns:
            yield columns, tuple(row.cells[name].text for name in columns)
        for left in columns if len(columns) > 1 else ():
            rest = tuple(name for name in columns if name != left)
            yield rest, (one, *(row.cells[name].value is None for name in rest))


_BOUNDS = frozenset({"range", "size", "length"})
"""Constraints of which each value beyond them is of a kind of its own."""


def _given(row: Row, key: Sequence[str], columns: Sequence[str]) -> Row:
    """An UPDATE of some columns, as models judge it."""
    before, cells = ({name: row.cells[name] for name in names} for names in (key, columns))
    faults = tuple(one for one in row.refusals if one.path and one.path[0] in cells)
    rules, _ = ([], False) if faults else broken_rules(row.table, said(row.table, {**before, **cells}))
    others = frozenset({"sqlite", "postgres"})
    return row._replace(cells=cells, before=before, refusals=(*faults, *rules), unasked=others, blind=frozenset())


def said(table: Table, cells: Mapping[str, Cell]) -> Read:
    """What a rule reads of these cells alone."""
    read = reader(table, cells)
    return lambda name: read(name) if name in cells else UNKNOWN
