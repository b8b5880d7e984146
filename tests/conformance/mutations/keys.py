"""Every table in which one key is another: a reference, a primary key, a unique key, a unique index.

What a key says is seen of several rows, so a table stands with those that it refers to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from isotype.domain.values import frozen, replace
from isotype.tables.model import ForeignKey, IndexKey, Table, TableIndex, Tables, UniqueConstraint
from tests.conformance.mutations import expressions
from tests.conformance.mutations.tables import reached

ACTIONS = ("no action", "restrict", "cascade", "set null", "set default")
T = TypeVar("T")
Change = tuple[str, str, Table]
"""The class of a change, the constraint that it is about, and what the table is then."""


@frozen
class BrokenKey:
    """One thing that is wrong with a key: the table as it is then, and the constraint."""

    table: Table
    constraint: str


def broken(tables: Tables) -> Iterator[tuple[str, str, BrokenKey]]:
    """Every change of one key of a domain's tables: its class, its place, and what is wrong."""
    for table in tables.tables:
        for kind, constraint, made in _of_table(table):
            yield kind, f"{table.name}.{constraint}", BrokenKey(made, constraint)


def together(tables: Tables, table: Table) -> Tables:
    """A table of a projection, whole or not, with all that it should refer to and what they are made of."""
    by_name = {(one.schema, one.name): one for one in tables.tables}
    waiting = [by_name[table.schema, table.name]]
    needed = {(table.schema, table.name)}
    while waiting:
        for key in waiting.pop().foreign_keys:
            target = (key.target_schema, key.target_table)
            if target not in needed:
                needed.add(target)
                waiting.append(by_name[target])
    by_name[table.schema, table.name] = table
    held = tuple(
        replace(by_name[name], rows=(), row_places=())
        for name in ((one.schema, one.name) for one in tables.tables)
        if name in needed
    )
    inside = reached(tables, (column.type for one in held for column in one.columns))
    return replace(
        tables,
        tables=held,
        views=(),
        raw_sql=tuple(raw for raw in tables.raw_sql if raw.before),
        structures=tuple(one for one in tables.structures if one.name in inside),
    )


def _of_table(table: Table) -> Iterator[Change]:
    names = [column.name for column in table.columns if column.computed is None]
    key = table.primary_key
    if key is not None:
        yield "key dropped", key.name, replace(table, primary_key=None)
        for fewer in _fewer(key.columns):
            yield "key with a column less", key.name, replace(table, primary_key=replace(key, columns=fewer))
    for place, reference in enumerate(table.foreign_keys):
        held = table.column(reference.columns[0]).type
        alike = [name for name in names if table.column(name).type == held]
        for kind, made in _of_reference(reference, alike):
            yield kind, reference.name, replace(table, foreign_keys=_with(table.foreign_keys, place, made))
    for place, unique in enumerate(table.uniques):
        for kind, other in _of_unique(unique, names):
            yield kind, unique.name, replace(table, uniques=_with(table.uniques, place, other))
    for place, index in enumerate(table.indexes):
        for kind, changed in _of_index(index, names):
            yield kind, index.name, replace(table, indexes=_with(table.indexes, place, changed))


def _with(parts: tuple[T, ...], place: int, made: T | None) -> tuple[T, ...]:
    """All parts with one of them another, or gone."""
    return (*parts[:place], *(() if made is None else (made,)), *parts[place + 1 :])


def _fewer(columns: Sequence[T]) -> Iterator[tuple[T, ...]]:
    """All of them but one, as far as one is left."""
    if len(columns) > 1:
        yield from (_with(tuple(columns), place, None) for place in range(len(columns)))


def _of_reference(key: ForeignKey, alike: Sequence[str]) -> Iterator[tuple[str, ForeignKey | None]]:
    yield "reference dropped", None
    for action in ACTIONS:
        if action != key.on_delete:
            yield "another action on delete", replace(key, on_delete=action)
        if action != key.on_update:
            yield "another action on update", replace(key, on_update=action)
    yield (
        "reference put off" if not key.deferrable else "reference at once",
        replace(key, deferrable=not key.deferrable),
    )
    if key.nulled:
        yield "all columns set to null", replace(key, written=key.columns)
    if len(key.columns) > 1:
        first, second, *rest = key.target_columns
        yield "columns of a reference exchanged", replace(key, target_columns=(second, first, *rest))
        pairs = list(zip(key.columns, key.target_columns, strict=True))
        for fewer in _fewer(pairs):
            here, there = zip(*fewer, strict=True)
            written = tuple(name for name in key.written if name in here) or here
            yield (
                "reference with a column less",
                replace(key, columns=here, target_columns=there, written=written),
            )
    for name in alike:
        if name not in key.columns:
            columns = (name, *key.columns[1:])
            written = tuple(name if one == key.columns[0] else one for one in key.written)
            yield "reference of another column", replace(key, columns=columns, written=written)


def _of_unique(unique: UniqueConstraint, names: Sequence[str]) -> Iterator[tuple[str, UniqueConstraint | None]]:
    yield "unique dropped", None
    nulls = "nulls are the same" if unique.nulls_distinct else "nulls are not the same"
    yield nulls, replace(unique, nulls_distinct=not unique.nulls_distinct)
    yield (
        "unique put off" if not unique.deferrable else "unique at once",
        replace(unique, deferrable=not unique.deferrable),
    )
    for columns in _fewer(unique.columns):
        yield "unique with a column less", replace(unique, columns=columns)
    for name in names:
        if name not in unique.columns:
            yield "unique with a column more", replace(unique, columns=(*unique.columns, name))


def _of_index(index: TableIndex, names: Sequence[str]) -> Iterator[tuple[str, TableIndex | None]]:
    if not index.unique:
        if index.method == "btree" and not index.include and not any(key.operator_class for key in index.keys):
            yield "unique from nowhere", replace(index, unique=True)
        return
    yield "unique index dropped", None
    yield "index that is not unique", replace(index, unique=False)
    for keys in _fewer(index.keys):
        yield "unique index with a column less", replace(index, keys=keys)
    for name in names:
        if all(name != key.column for key in index.keys):
            yield "unique index with a column more", replace(index, keys=(*index.keys, IndexKey(name)))
    if index.where is not None:
        yield "condition of a unique index dropped", replace(index, where=None)
        for kind, made in expressions.mutated(index.where):
            yield f"condition of a unique index: {kind}", replace(index, where=made)
