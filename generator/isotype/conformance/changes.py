"""Rows that are changed: what an INSERT may say an UPDATE may say too, and states move only as the schema lets them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from isotype.probes import Probe, Refusal
from isotype.probes.rows import Cell, Row
from isotype.shapes import Shapes
from isotype.tables.model import Table

EVERY = 4
"""One row in so many is the end of an UPDATE as well; the seed chooses which. Moves are all asked."""


class Changes:
    """Makes UPDATEs of the rows that go by."""

    def __init__(self, shapes: Shapes, seed: int) -> None:
        self._shapes = shapes
        self._chance = random.Random(f"changes {seed}")
        # Rows that hold: one of each table, and one in each state of it, with the probe that has it.
        self._valid: dict[str, Row] = {}
        self._states: dict[tuple[str, str], dict[str, tuple[Probe, Row]]] = {}

    def beside(self, batch: Sequence[Probe]) -> Iterator[Probe]:
        """UPDATEs that end in rows of a batch, and the moves of states that are first seen there."""
        for probe in batch:
            row = None if probe.row is None else _whole(probe.row)
            if row is None:
                continue
            if not row.refusals:
                yield from self._moves(probe, row)
            before = self._valid.get(row.table.name)
            if before is None:
                if not row.refusals:
                    self._valid[row.table.name] = row
            elif self._chance.randrange(EVERY) == 0:
                yield _changed(probe, before, row)

    def _moves(self, probe: Probe, row: Row) -> Iterator[Probe]:
        for guard in row.table.transition_guards:
            state = row.cells[guard.column].value
            known = self._states.setdefault((row.table.name, guard.column), {})
            if state is None or str(state) in known:
                continue
            known[str(state)] = (probe, row)
            for other, before in list(known.values()):
                yield self._move(probe, before, row, guard.column)
                if before is not row:
                    yield self._move(other, row, before, guard.column)

    def _move(self, probe: Probe, before: Row, row: Row, column: str) -> Probe:
        field = row.table.column(column).field
        properties = self._shapes.shape(probe.shape).properties
        path = next(((prop.name,) for prop in properties if prop.field == field), probe.path)
        return _changed(probe, before, row)._replace(constraint="transition", path=path)


def _whole(row: Row) -> Row | None:
    """The row as an UPDATE gives it, with every column that is not made by the database; None where it lacks some."""
    columns = {column.name: column for column in row.table.columns if column.computed is None}
    stamped = {column.name for column in columns.values() if column.stamped}
    read = {name for check in row.table.checks if check.kind == "rule" for name in check.columns}
    if row.started or row.doubtful or stamped & read or not columns.keys() - stamped <= row.cells.keys():
        return None
    if any(refusal.path and refusal.path[0] in stamped for refusal in row.refusals):
        return None
    return row._replace(cells={name: cell for name, cell in row.cells.items() if name not in stamped})


def _changed(probe: Probe, before: Row, row: Row) -> Probe:
    refusals = (*row.refusals, *_moved(row.table, before.cells, row.cells))
    label = f"{probe.label}, after an UPDATE"
    return probe._replace(label=label, row=row._replace(before=before.cells, refusals=refusals))


def _moved(table: Table, before: Mapping[str, Cell], after: Mapping[str, Cell]) -> Iterator[Refusal]:
    for guard in table.transition_guards:
        source, target = before[guard.column].value, after[guard.column].value
        allowed = guard.transitions.initial if source is None else dict(guard.transitions.moves).get(str(source), ())
        if target is not None and target != source and target not in allowed:
            yield Refusal((guard.column,), "transition", "enum")
