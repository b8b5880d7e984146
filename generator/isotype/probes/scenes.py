"""Rows beside rows: what a reference or a unique key says of several rows at once, and what a stamp says of one alone.

A scene is some rows that are there, one statement, its verdict, and what is there afterwards. All that the schema says
of references, keys and stamps is asked so, once for each of them; what no rows were found for is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from isotype.domain.lazy import NamedTuple
from isotype.probes.neighbours import (
    NOTHING,
    NULL,
    Cells,
    Neighbours,
    Placed,
    UniqueKey,
    Wanted,
    identifying,
    merged,
    names_of,
    unique_keys,
)
from isotype.probes.records import Records
from isotype.probes.rows import Cell
from isotype.tables.model import ForeignKey, Table, Tables, UpdateStamp

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


def arriving(row: Placed) -> Iterator[Statement]:
    """How a row comes to be there: it is inserted, and moves on from state to state."""
    forms = (*row.earlier, row.cells)
    yield Statement(INSERT, Placed(row.table, forms[0]))
    for before, after in pairwise(forms):
        changes = {name: cell for name, cell in after.items() if cell != before[name]}
        yield Statement(UPDATE, Placed(row.table, before), changes)


class Left(NamedTuple):
    """All rows of a table by some columns, or those alone that have what is given as `found`."""

    table: Table
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    found: Cells = NOTHING


class Subject(NamedTuple):
    """A constraint of a table, or its stamp: the word it is counted by, the column it stands at, its name."""

    table: Table
    column: str
    word: str
    name: str


class Scene(NamedTuple):
    """One question about a constraint; `refused` is the verdict, `left` what is there afterwards where that tells.

    One that is `late` is asked where all that can be put off to the end of a transaction is.
    """

    about: Subject
    label: str
    given: tuple[Placed, ...]
    asked: Statement
    refused: bool
    left: Left | None = None
    late: bool = False

    @property
    def text(self) -> str:
        """What is asked, to be read."""
        there = "; ".join(f"{row.table.entity} {_text(row.cells)}" for row in self.given)
        return f"{self.asked}{f', where there is {there}' if there else ''}"


def scenes(tables: Tables, records: Records) -> Iterator[tuple[Subject, tuple[Scene, ...]]]:
    """Each reference, unique key and stamp of a domain with its questions; () where no rows were found for them."""
    neighbours = Neighbours(tables, records)
    for table in tables.tables:
        for key in table.foreign_keys:
            about = Subject(table, key.written[0], "reference", key.name)
            yield about, tuple(_put_off(tuple(_of_reference(neighbours, about, key)), key))
        for unique in unique_keys(table):
            about = Subject(table, unique.columns[0], unique.word, unique.name)
            yield about, tuple(_put_off(tuple(_of_unique(neighbours, about, unique)), unique))
        if table.stamp is not None:
            about = Subject(table, table.stamp.columns[0], "stamp", table.stamp.name)
            yield about, tuple(_of_stamp(neighbours, about, table.stamp))


def _put_off(asked: tuple[Scene, ...], key: ForeignKey | UniqueKey) -> Iterator[Scene]:
    """Questions, and those that are refused once more, where that can wait if it may."""
    yield from asked
    for scene in asked:
        if scene.refused:
            refused = not key.deferrable or scene.label.startswith(_AT_ONCE)
            if not refused and isinstance(key, UniqueKey) and _is_refused_by_others(scene, key):
                continue
            yield scene._replace(label=f"{scene.label}, put off", refused=refused, late=True)


def _is_refused_by_others(scene: Scene, key: UniqueKey) -> bool:
    """Whether another key than the one in question has something against it too."""
    of, cells = scene.asked.row, {**scene.asked.row.cells, **scene.asked.cells}
    rows = (row for row in scene.given if row.table is of.table and row.cells != of.cells)
    return any(_shared(row, Placed(of.table, cells), key) for row in rows)


_AT_ONCE = ("restrict", "cascade", "set null", "set default")
"""Actions that never wait."""


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
    yield from _mixed(neighbours, about, key, targets, others)
    if all(table.column(name).nullable for name in key.written):
        unlinked = neighbours.row(table, 2, Wanted(dict.fromkeys(key.written, NULL)))
        if unlinked:
            yield Scene(about, "to none", unlinked[:-1], Statement(INSERT, unlinked[-1]), False)


def _mixed(
    neighbours: Neighbours, about: Subject, key: ForeignKey, targets: tuple[Placed, ...], others: tuple[Placed, ...]
) -> Iterator[Scene]:
    """A row that refers to one row with some columns, and to another with the last."""
    target, other = targets[-1], others[-1]
    pairs = list(zip(key.columns, key.target_columns, strict=True))
    there = merged(targets, others)
    for name in key.columns if len(pairs) > 1 else ():
        fixed = {here: (other if here == name else target).cells[far] for here, far in pairs}
        known = [{here: one.cells[far] for here, far in pairs} for one in there if one.table is target.table]
        rows = () if fixed in known else neighbours.row(about.table, 2, Wanted(fixed))
        if rows:
            given = tuple(merged(there, rows[:-1]))
            yield Scene(about, f"to a row with another {name}", given, Statement(INSERT, rows[-1]), True)


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
    first, apart = (neighbours.row(table, number, Wanted({}, filled, inside, moved=True)) for number in (0, 1))
    if not first:
        return
    row = first[-1]
    same = {name: row.cells[name] for name in key.columns}
    wanted = Wanted(same, filled, inside, moved=True)
    # Another row in everything else, as far as its rules allow that; rows of its own table it does without.
    unlike = wanted._replace(unlike=row.cells)
    elsewhere = (one.columns for one in table.foreign_keys if neighbours.target(one) is not table)
    linked = unlike._replace(filled=filled.union(*elsewhere))
    twin = neighbours.row(table, 1, linked) or neighbours.row(table, 1, unlike)
    if twin:
        yield _inserted(about, "the same again", first, twin, True)
        yield from _again(neighbours, about, key, first, twin[-1], wanted)
    if not key.plain:
        yield from _in_other_letters(neighbours, about, key, first, wanted)
        return
    if apart and not _shared(row, apart[-1]):
        yield _inserted(about, "another", first, apart, False)
        if not {name for one in table.foreign_keys for name in one.columns} & filled:
            asked = Statement(UPDATE, apart[-1], same)
            yield Scene(about, "changed to the same", tuple(merged(first, apart)), asked, True)
    for name in key.columns if len(key.columns) > 1 else ():
        rest = {other: cell for other, cell in same.items() if other != name}
        partly = neighbours.row(table, 1, wanted._replace(fixed=rest))
        if partly and not _shared(row, partly[-1]):
            yield _inserted(about, f"another {name}", first, partly, False)
    for name in key.columns:
        if table.column(name).nullable and key.word == "unique":
            yield from _null_twice(neighbours, about, key, name)
    if key.word == "key":
        yield from _alike(neighbours, about)
    if key.where is not None:
        one, two = (neighbours.row(table, n, Wanted(same, filled, key.conditions(False))) for n in (0, 1))
        if one and two and not _shared(one[-1], two[-1], key):
            yield _inserted(about, "the same where it does not matter", (*first[:-1], *one), two, False)


def _again(
    neighbours: Neighbours, about: Subject, key: UniqueKey, first: tuple[Placed, ...], twin: Placed, wanted: Wanted
) -> Iterator[Scene]:
    """The same once more, with another value in each column that both rows so far have one value in."""
    for name, cell in first[-1].cells.items() if key.plain else ():
        if name not in key.columns and twin.cells[name] == cell and (cell != NULL or not key.nulls_distinct):
            filled = wanted.filled.union(
                (name,), *(one.columns for one in about.table.foreign_keys if name in one.columns)
            )
            other = neighbours.row(about.table, 1, wanted._replace(filled=filled, unlike={name: cell}))
            if other and other[-1].cells[name] != cell:
                yield _inserted(about, f"the same again, with another {name}", first, other, True)


def _null_twice(neighbours: Neighbours, about: Subject, key: UniqueKey, name: str) -> Iterator[Scene]:
    filled = frozenset(key.columns) - {name}
    one = neighbours.row(about.table, 0, Wanted({name: NULL}, filled, key.conditions(True)))
    if not one:
        return
    same = {other: one[-1].cells[other] for other in key.columns}
    two = neighbours.row(about.table, 1, Wanted(same, filled, key.conditions(True)))
    if two and not _shared(one[-1], two[-1], key):
        yield _inserted(about, f"null in {name}, twice", one, two, not key.nulls_distinct)


def _in_other_letters(
    neighbours: Neighbours, about: Subject, key: UniqueKey, first: tuple[Placed, ...], wanted: Wanted
) -> Iterator[Scene]:
    """Texts that differ in capitals alone, where a key makes no difference."""
    for name in key.folded:
        others = neighbours.taken(about.table, name, [str(wanted.fixed[name].value).swapcase()])
        other = next((cell for cell in others if cell != wanted.fixed[name]), None)
        fixed = wanted.fixed if other is None else {**wanted.fixed, name: other}
        twin = () if other is None else neighbours.row(about.table, 1, wanted._replace(fixed=fixed))
        if twin:
            yield _inserted(about, f"the same, {name} in other letters", first, twin, True)


def _alike(neighbours: Neighbours, about: Subject) -> Iterator[Scene]:
    """Two rows with the same in all columns that no key is made of, and in those of each index that is not unique."""
    table = about.table
    free = frozenset(column.name for column in table.columns if column.computed is None) - identifying(table)
    for index in (None, *table.indexes):
        columns = frozenset() if index is None else frozenset(names_of(table, index)) & {*free, *identifying(table)}
        where = () if index is None or index.where is None else ((index.where, True),)
        wanted = Wanted({}, columns, where, moved=True)
        first = neighbours.row(table, 0, wanted._replace(filled=free | columns)) or neighbours.row(table, 0, wanted)
        if first:
            row = first[-1]
            held = free | columns
            # Half a reference leads nowhere.
            halves = {name for one in table.foreign_keys if not held.issuperset(one.columns) for name in one.columns}
            same = {name: cell for name, cell in row.cells.items() if name in held - halves}
            twin = neighbours.row(table, 1, wanted._replace(fixed=same))
            if twin and not _shared(row, twin[-1]):
                label = "alike" if index is None else f"alike in {index.name}"
                yield _inserted(about, f"another, {label}", first, twin, False)


# ----- stamps


def _of_stamp(neighbours: Neighbours, about: Subject, stamp: UpdateStamp) -> Iterator[Scene]:
    """Of two rows that are there one is changed, and the other keeps the stamp that it has."""
    table, wanted = about.table, Wanted(filled=frozenset(stamp.columns), moved=True)
    first = neighbours.row(table, 0, wanted)
    others = neighbours.row(table, 1, wanted._replace(unlike=first[-1].cells)) if first else ()
    if not others or _shared(first[-1], others[-1]) or first[-1].key() == others[-1].key():
        return
    row, other = first[-1], others[-1]
    name = next((name for name in row.cells if name not in stamp.columns), stamp.columns[0])
    kept = tuple(other.cells[column] for column in stamp.columns)
    left = Left(table, stamp.columns, (kept,), other.key())
    asked = Statement(UPDATE, row, {name: row.cells[name]})
    yield Scene(about, "another row is changed", tuple(merged(first, others)), asked, False, left)


def _inserted(about: Subject, label: str, there: tuple[Placed, ...], rows: tuple[Placed, ...], refused: bool) -> Scene:
    """The last of the rows is inserted beside others, or moves on to what it is to be."""
    *_, asked = arriving(rows[-1])
    *needed, row = rows
    if row.earlier:
        needed.append(Placed(row.table, row.earlier[-1], row.earlier[:-1]))
    return Scene(about, label, tuple(merged(there, needed)), asked, refused)


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
