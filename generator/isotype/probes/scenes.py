"""Rows beside rows: what a reference or a unique key says of several rows at once.

A scene is some rows that are there, one statement, its verdict, and what is there afterwards. All that the schema says
of references and keys is asked so, once for each of them; what no rows were found for is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isotype.domain.lazy import NamedTuple
from isotype.probes.neighbours import NOTHING, NULL, Cells, Neighbours, Placed, UniqueKey, Wanted, merged, unique_keys
from isotype.probes.records import Records
from isotype.probes.rows import Cell
from isotype.tables.model import ForeignKey, Table, Tables

INSERT, UPDATE, DELETE = "insert", "update", "delete"


class Statement(NamedTuple):
    """An INSERT of a row, an UPDATE of the row to `cells`, or its DELETE."""

    kind: str
    row: Placed
    cells: Cells = NOTHING

    def __str__(self) -> str:
        shown = self.row.cells if self.kind == INSERT else self.row.key()
        changes = f" to {_text(self.cells)}" if self.kind == UPDATE else ""
        return f"{self.kind} {self.row.table.entity} {_text(shown)}{changes}"


class Left(NamedTuple):
    """All rows of a table, by some columns."""

    table: Table
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Subject(NamedTuple):
    """A constraint of a table: the word it is counted by, the column it stands at, its name."""

    table: Table
    column: str
    word: str
    name: str


class Scene(NamedTuple):
    """One question about a constraint; `refused` is the verdict, `left` what is there afterwards where that tells."""

    about: Subject
    label: str
    given: tuple[Placed, ...]
    asked: Statement
    refused: bool
    left: Left | None = None

    @property
    def text(self) -> str:
        """What is asked, to be read."""
        there = "; ".join(f"{row.table.entity} {_text(row.cells)}" for row in self.given)
        return f"{self.asked}{f', where there is {there}' if there else ''}"


def scenes(tables: Tables, records: Records) -> Iterator[tuple[Subject, tuple[Scene, ...]]]:
    """Each reference and unique key of a domain with the questions about it; () where no rows were found for them."""
    neighbours = Neighbours(tables, records)
    for table in tables.tables:
        for key in table.foreign_keys:
            about = Subject(table, key.written[0], "reference", key.name)
            yield about, tuple(_of_reference(neighbours, about, key))
        for unique in unique_keys(table):
            about = Subject(table, unique.columns[0], unique.word, unique.name)
            yield about, tuple(_of_unique(neighbours, about, unique))


# ----- references


def _of_reference(neighbours: Neighbours, about: Subject, key: ForeignKey) -> Iterator[Scene]:
    table = about.table
    targets, others = (neighbours.row(neighbours.target(key), number) for number in (0, 1))
    if not targets or not others:
        return
    target, other = targets[-1], others[-1]
    pairs = list(zip(key.columns, key.target_columns, strict=True))
    linked = neighbours.row(table, 2, Wanted({here: target.cells[there] for here, there in pairs}))
    if linked and target not in linked:
        *needed, row = linked
        there = merged(targets, needed)
        yield Scene(about, "to a row that is there", tuple(there), Statement(INSERT, row), False)
        yield Scene(about, "to a row that is not there", tuple(needed), Statement(INSERT, row), True)
        moved = {here: other.cells[far] for here, far in pairs if here in key.written}
        if any(row.cells[name] != cell for name, cell in moved.items()):
            asked = Statement(UPDATE, row, moved)
            yield Scene(about, "changed to a row that is not there", (*there, row), asked, True)
        if not any(_refers(neighbours, one, target) for one in there):
            yield _deleted(neighbours, about, key, (*there, row), target)
            yield from _renamed(neighbours, about, key, (*there, row), target, other)
    if all(table.column(name).nullable for name in key.written):
        unlinked = neighbours.row(table, 2, Wanted(dict.fromkeys(key.written, NULL)))
        if unlinked:
            yield Scene(about, "to none", unlinked[:-1], Statement(INSERT, unlinked[-1]), False)


def _deleted(
    neighbours: Neighbours, about: Subject, key: ForeignKey, there: tuple[Placed, ...], target: Placed
) -> Scene:
    """The last row refers to the target, which is deleted."""
    row, rest = there[-1], [one for one in there[:-1] if one is not target]
    label, asked = f"{key.on_delete}, when it is deleted", Statement(DELETE, target)
    if key.on_delete == "cascade":
        return Scene(about, label, there, asked, False, _left(rest, key, about.table))
    after = _emptied(neighbours, row, key.nulled or key.columns, key.on_delete)
    left = None if after is None else _left([*rest, after], key, about.table)
    return Scene(about, label, there, asked, after is None, left)


def _renamed(
    neighbours: Neighbours,
    about: Subject,
    key: ForeignKey,
    there: tuple[Placed, ...],
    target: Placed,
    other: Placed,
) -> Iterator[Scene]:
    """The last row refers to the target, whose own part of its key becomes that of another."""
    linked = {name for one in target.table.foreign_keys for name in one.columns}
    changes = {name: other.cells[name] for name in key.target_columns if name not in linked}
    changed = Placed(target.table, {**target.cells, **changes})
    if changed.cells == target.cells or not neighbours.holds(target.table, changed.cells):
        return
    row, rest = there[-1], [changed if one is target else one for one in there[:-1]]
    after: Placed | None
    if key.on_update == "cascade":
        pairs = zip(key.columns, key.target_columns, strict=True)
        after = Placed(row.table, {**row.cells, **{here: changes[far] for here, far in pairs if far in changes}})
        after = after if neighbours.holds(row.table, after.cells) else None
    else:
        after = _emptied(neighbours, row, key.columns, key.on_update)
    left = None if after is None else _left([*rest, after], key, about.table)
    label = f"{key.on_update}, when its key changes"
    yield Scene(about, label, there, Statement(UPDATE, target, changes), after is None, left)


def _emptied(neighbours: Neighbours, row: Placed, columns: tuple[str, ...], action: str) -> Placed | None:
    """The row whose reference is taken from it; None where that is refused."""
    if action not in ("set null", "set default"):
        return None
    cells = {**row.cells, **{name: _default(row.table, name, action) for name in columns}}
    values = [cells[name] for name in columns]
    if NULL not in values or any(cells[name] == NULL and not row.table.column(name).nullable for name in columns):
        # The row that a default refers to is not there.
        return None
    return Placed(row.table, cells) if neighbours.holds(row.table, cells) else None


def _default(table: Table, name: str, action: str) -> Cell:
    default = table.column(name).default
    if action == "set null" or default is None or default.kind != "literal" or default.value is None:
        return NULL
    return Cell(default.value, repr(default.value))


def _refers(neighbours: Neighbours, row: Placed, target: Placed) -> bool:
    return any(
        neighbours.target(key) is target.table
        and all(
            row.cells[here] == target.cells[there] for here, there in zip(key.columns, key.target_columns, strict=True)
        )
        for key in row.table.foreign_keys
    )


def _left(rows: Sequence[Placed], key: ForeignKey, table: Table) -> Left:
    shown = tuple(tuple(one.cells[name] for name in key.columns) for one in rows if one.table is table)
    return Left(table, key.columns, shown)


# ----- unique keys


def _of_unique(neighbours: Neighbours, about: Subject, key: UniqueKey) -> Iterator[Scene]:
    table, inside, filled = about.table, key.conditions(True), frozenset(key.columns)
    first, apart = (neighbours.row(table, number, Wanted({}, filled, inside)) for number in (0, 1))
    if not first:
        return
    row = first[-1]
    same = {name: row.cells[name] for name in key.columns}
    twin = neighbours.row(table, 1, Wanted(same, filled, inside))
    if twin:
        yield _inserted(about, "the same again", first, twin, True)
    if apart and not _shared(row, apart[-1]):
        yield _inserted(about, "another", first, apart, False)
        if not {name for one in table.foreign_keys for name in one.columns} & filled:
            asked = Statement(UPDATE, apart[-1], same)
            yield Scene(about, "changed to the same", tuple(merged(first, apart)), asked, True)
    for name in key.columns if len(key.columns) > 1 else ():
        rest = {other: cell for other, cell in same.items() if other != name}
        partly = neighbours.row(table, 1, Wanted(rest, filled, inside))
        if partly and not _shared(row, partly[-1]):
            yield _inserted(about, f"another {name}", first, partly, False)
    for name in key.columns:
        if table.column(name).nullable and key.word == "unique":
            yield from _null_twice(neighbours, about, key, name)
    if key.where is not None:
        one, two = (neighbours.row(table, n, Wanted(same, filled, key.conditions(False))) for n in (0, 1))
        if one and two and not _shared(one[-1], two[-1], key):
            yield _inserted(about, "the same where it does not matter", (*first[:-1], *one), two, False)


def _null_twice(neighbours: Neighbours, about: Subject, key: UniqueKey, name: str) -> Iterator[Scene]:
    filled = frozenset(key.columns) - {name}
    one = neighbours.row(about.table, 0, Wanted({name: NULL}, filled, key.conditions(True)))
    if not one:
        return
    same = {other: one[-1].cells[other] for other in key.columns}
    two = neighbours.row(about.table, 1, Wanted(same, filled, key.conditions(True)))
    if two and not _shared(one[-1], two[-1], key):
        yield _inserted(about, f"null in {name}, twice", one, two, not key.nulls_distinct)


def _inserted(about: Subject, label: str, there: tuple[Placed, ...], rows: tuple[Placed, ...], refused: bool) -> Scene:
    """The last of the rows is inserted beside others."""
    return Scene(about, label, tuple(merged(there, rows[:-1])), Statement(INSERT, rows[-1]), refused)


def _shared(one: Placed, two: Placed, but: UniqueKey | None = None) -> bool:
    """Whether two rows have a key in common, other than the one in question."""
    return any(
        key != but
        and all(
            one.cells[name] == two.cells[name] and (one.cells[name] != NULL or not key.nulls_distinct)
            for name in key.columns
        )
        for key in unique_keys(one.table, hidden=True)
    )


def _text(cells: Cells) -> str:
    return "{" + ", ".join(f"{name}: {cell.text[:60]}" for name, cell in cells.items()) + "}"
