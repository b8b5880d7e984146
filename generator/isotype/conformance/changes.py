"""Rows that are changed: what an INSERT may say an UPDATE may say too, and states move only as the schema lets them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from isotype.conformance.parts import Parts, said
from isotype.domain.model import JsonValue
from isotype.domain.types import Array
from isotype.probes import Probe, Refusal
from isotype.probes.made import present
from isotype.probes.moves import may_move
from isotype.probes.rows import Cell, Row, broken_rules, is_document, reader
from isotype.shapes import Shapes
from isotype.tables.model import Table

EVERY = 4
"""One row in so many is the end of an UPDATE as well; the seed chooses which. Moves are all asked."""

_Kind = tuple[str, frozenset[str]]


def _kind(row: Row) -> _Kind:
    """The table of a row and the columns that are given."""
    return row.table.name, frozenset(row.cells)


class Changes:
    """Makes UPDATEs of the rows that go by."""

    def __init__(self, shapes: Shapes, seed: int) -> None:
        self._shapes = shapes
        self._chance = random.Random(f"changes {seed}")
        # Rows that hold: one of each table, and one in each of its states, of all its state machines together, with the
        # probe that has it; an UPDATE says the columns that the row before it has.
        self._valid: dict[_Kind, Row] = {}
        self._states: dict[_Kind, dict[tuple[JsonValue, ...], tuple[Probe, Row]]] = {}
        self._asked: set[tuple[str, str, JsonValue, JsonValue]] = set()
        self._decided: set[tuple[str, str, JsonValue, JsonValue]] = set()
        self._first: set[tuple[object, ...]] = set()
        self._parts = Parts()

    def beside(self, batch: Sequence[Probe]) -> Iterator[Probe]:
        """UPDATEs that end in rows of a batch, and the moves of states that are first seen there."""
        for probe in batch:
            row = probe.row
            if row is None or row.started or row.doubtful:
                continue
            if not row.refusals:
                yield from self._moves(probe, row)
            kind = _kind(row)
            before = self._valid.get(kind)
            if before is None:
                if not row.refusals:
                    self._valid[kind] = row
            # Both are asked each time: the one draws, the other remembers.
            elif (self._chance.randrange(EVERY) == 0) | self._is_first(probe, before, row):
                changed = _changed(before, row)
                if changed is not None:
                    yield probe._replace(label=_label(probe), row=changed)
            yield from self._parts.beside(probe, row)

    def _is_first(self, probe: Probe, before: Row, row: Row) -> bool:
        """Whether it is the first change of its kind in a list or a document, which UPDATEs judge by themselves."""
        changed = (name for name, cell in row.cells.items() if cell.text != before.cells[name].text)
        types = (row.table.column(name).type for name in changed)
        if not any(isinstance(of, Array) or is_document(of) for of in types):
            return False
        kind = (row.table.name, probe.path, probe.constraint, row.refusals)
        known = kind in self._first
        self._first.add(kind)
        return not known

    def _moves(self, probe: Probe, row: Row) -> Iterator[Probe]:
        columns = [guard.column for guard in row.table.transition_guards if guard.column in row.cells]
        states = tuple(row.cells[column].value for column in columns)
        known = self._states.setdefault(_kind(row), {})
        if not columns or states in known:
            return
        known[states] = (probe, row)
        for other, before in list(known.values()):
            for column in columns:
                yield from self._move(probe, before, row, column)
                if before is not row:
                    yield from self._move(other, row, before, column)

    def _move(self, probe: Probe, before: Row, row: Row, column: str) -> Iterator[Probe]:
        move = (row.table.name, column, before.cells[column].value, row.cells[column].value)
        changed = None if move in self._decided else _changed(before, row)
        if changed is None:
            return
        if all((one.path, one.constraint) == ((column,), "transition") for one in changed.refusals):
            self._decided.add(move)
        elif move in self._asked:
            return
        self._asked.add(move)
        field = row.table.column(column).field
        properties = self._shapes.shape(probe.shape).properties
        path = next(((prop.name,) for prop in properties if prop.field == field), probe.path)
        made = _made_anew(before, row)
        for asked in (changed, None if made is None else _changed(made, row)):
            if asked is not None:
                yield probe._replace(label=_label(probe), constraint="transition", path=path, row=asked)


def _label(probe: Probe) -> str:
    return f"{probe.label}, after an UPDATE"


def _changed(before: Row, row: Row) -> Row | None:
    """The row as an UPDATE makes it, which leaves stamps to the database; None where that is not to be known."""
    table = row.table
    stamped = frozenset(column.name for column in table.columns if column.stamped)
    cells = {name: cell for name, cell in row.cells.items() if name not in stamped}
    if any(refusal.path and refusal.path[0] in stamped for refusal in row.refusals):
        return None
    moved = tuple(refused_moves(table, before.cells, cells))
    faults = tuple(one for one in row.refusals if not one.constraint.startswith("rule:"))
    changed = row._replace(cells=cells, before=before.cells)
    if faults or all(check.kind != "rule" or cells.keys() >= set(check.columns) for check in table.checks):
        return changed._replace(refusals=(*row.refusals, *moved))
    old = {name: before.cells[name] for name in stamped if name in before.cells}
    return _judged(changed, moved, old)


def _stamps(table: Table) -> dict[str, Cell]:
    return {column.name: present(column) for column in table.columns if column.stamped}


def _made_anew(before: Row, row: Row) -> Row | None:
    """The row before as one that leaves its stamps to the database, where SQLite minds what they were; None elsewhere.

    SQLite judges before it stamps, so that an old stamp may hide a move. What has just been made is of the present.
    """
    table, now = row.table, _stamps(row.table)
    old = {name: before.cells[name] for name in now if name in before.cells}
    fresh = {name: cell for name, cell in before.cells.items() if name not in old}
    defaults = (table.column(name).default for name in now)
    if not all(default is not None and default.kind == "now" for default in defaults):
        return None
    minded, taken, made = (
        broken_rules(table, reader(table, cells))
        for cells in ({**row.cells, **old}, {**row.cells, **now}, {**fresh, **now})
    )
    return before._replace(cells=fresh) if minded[0] and not taken[0] and made == ([], False) else None


def _judged(row: Row, moved: tuple[Refusal, ...], old: Mapping[str, Cell]) -> Row | None:
    """The row whose rules read what it does not say: stamps, and what has been left to the database.

    PostgreSQL judges after it has stamped, SQLite before and after, and the models know nothing of either.
    """
    table = row.table
    stamps = _stamps(table)
    rules, doubtful = broken_rules(table, reader(table, {**row.cells, **stamps}))
    unstamped, _ = broken_rules(table, reader(table, {**row.cells, **old}))
    unknown, _ = broken_rules(table, said(table, row.cells))
    if doubtful:
        return None
    unasked = frozenset({"sqlite"} if unstamped and not (rules or moved) else ())
    blind = frozenset({"models"} if rules and not unknown else ())
    return row._replace(refusals=(*rules, *moved), unasked=row.unasked | unasked, blind=blind)


def refused_moves(table: Table, before: Mapping[str, Cell], after: Mapping[str, Cell]) -> Iterator[Refusal]:
    """Moves that are not allowed."""
    for guard in table.transition_guards:
        if guard.column not in before or guard.column not in after:
            continue
        if not may_move(guard.transitions, before[guard.column].value, after[guard.column].value):
            yield Refusal((guard.column,), "transition", "enum")
