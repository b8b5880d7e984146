"""The line of the schema that says what an object of the database is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from isotype.catalog.facts import Path
from isotype.dialects.sqlite.names import table_name
from isotype.domain.model import JsonValue
from isotype.domain.places import NOWHERE, Place
from isotype.drift.targets import POSTGRES, SQLITE
from isotype.tables.model import StoredView, Table, TableIndex, Tables

Home = Callable[[str, str], tuple[str, str]]
"""From a schema, '' without one, and a name to the path of a table."""


class Places:
    """Finds the place of an object by its kind and path; of what the schema does not name, the nearest around it."""

    def __init__(self, tables: Tables, engine: str = POSTGRES) -> None:
        home = home_of(engine)
        self._whole = tables.place
        self._places = dict(_places(tables, home))
        self._declarations = dict(_declarations(tables, home))

    def of(self, kind: str, path: Path) -> Place:
        """The place; that of the domain's name for what has none of its own."""
        if kind == "column sequence":
            kind = "column"
        if kind == "row":
            path = (*path[:2], *_key(path))
        if kind in ("function", "procedure"):
            path = (*path[:-1], path[-1].partition("(")[0])
            kind = "function"
        found = self._places.get((kind, path), NOWHERE)
        if kind == "trigger" and not found.file:
            # On SQLite some CHECKs are two triggers, named after the one and what they watch.
            check = (*path[:-1], path[-1].removesuffix("_insert").removesuffix("_update"))
            found = self._places.get(("trigger", check), self._places.get(("constraint", check), NOWHERE))
        if not found.file:
            found = self._places.get(("table", path[:2]), NOWHERE)
        return found if found.file else self._whole

    @property
    def declared(self) -> frozenset[str]:
        """All of the schema that a database holds, as `declaration` names it."""
        return frozenset(self._declarations.values())

    def declaration(self, kind: str, path: Path) -> str:
        """What of the schema an object is, such as `Order.status`; '' for what none of it is by itself.

        A column that nobody declares has the name by which a layer that still knows it would call it.
        """
        found = self._declarations.get((kind, path), "")
        if not found and kind == "column":
            entity = self._declarations.get(("table", path[:2]), "")
            return f"{entity}.{path[2]}" if entity else ""
        return found


def _key(path: Path) -> tuple[str, ...]:
    """The values of a row's key, as the database writes them."""
    return tuple(map(str, json.loads(path[2]).values()))


def home_of(engine: str) -> Home:
    """Where the tables of a domain are in a database of this engine."""
    return _one_schema if engine == SQLITE else _own_schema


def _own_schema(schema: str, name: str) -> tuple[str, str]:
    return schema or "public", name


def _one_schema(schema: str, name: str) -> tuple[str, str]:
    return "main", table_name(schema, name)


def _declarations(tables: Tables, home: Home) -> Iterator[tuple[tuple[str, Path], str]]:
    for enum in tables.enum_types:
        yield ("enum type", home(tables.schema, enum.database_name)), enum.name
    for table in tables.tables:
        own = home(table.schema, table.name)
        yield ("table", own), table.entity
        fields = {column.name: f"{table.entity}.{column.field}" for column in table.columns}
        for column in table.columns:
            yield ("column", (*own, column.name)), fields[column.name]
            if column.guard:
                yield ("constraint", (*own, column.guard)), fields[column.name]
        for check in table.checks:
            if len(check.columns) == 1 and check.columns[0] in fields:
                yield ("constraint", (*own, check.name)), fields[check.columns[0]]
    for view in tables.views:
        own = home(view.schema, view.name)
        for kind in ("table", "view", "materialized view"):
            yield (kind, own), view.view
        for shown in view.columns:
            yield ("column", (*own, shown.name)), f"{view.view}.{shown.field}"


def _places(tables: Tables, home: Home) -> Iterator[tuple[tuple[str, Path], Place]]:
    for extension in tables.extensions:
        yield ("extension", (extension.name,)), extension.place
    for enum in tables.enum_types:
        yield ("enum type", home(tables.schema, enum.database_name)), enum.place
    for structure in tables.structures:
        yield ("function", home(tables.schema, structure.function)), structure.place
    for table in tables.tables:
        yield from _table(tables, table, home)
    for view in tables.views:
        yield from _view(view, home)


def _table(tables: Tables, table: Table, home: Home) -> Iterator[tuple[tuple[str, Path], Place]]:
    own = home(table.schema, table.name)
    schema = own[0]
    yield ("table", own), table.place
    columns = {column.name: column.place for column in table.columns}
    for column in table.columns:
        yield ("column", (*own, column.name)), column.place
        if column.guard:
            yield ("constraint", (*own, column.guard)), column.place
        yield ("function", (schema, tables.judge(table, column))), column.place
    if table.primary_key is not None:
        key = table.primary_key.columns
        yield ("constraint", (*own, table.primary_key.name)), columns.get(key[0], table.place)
    for unique in table.uniques:
        yield ("constraint", (*own, unique.name)), unique.place
        yield ("index", (schema, unique.name)), unique.place
    for key_ in table.foreign_keys:
        yield ("constraint", (*own, key_.name)), key_.place
    for check in table.checks:
        yield ("constraint", (*own, check.name)), check.place
    yield from _indexes(schema, table.indexes)
    if table.partitions is not None:
        for name in (*(bound.name for bound in table.partitions.bounds), table.partitions.default):
            yield ("table", (schema, name)), table.place
        yield ("function", (schema, table.partitions.maintain)), table.place
    if table.hypertable is not None and table.hypertable.maintain:
        yield ("function", (schema, table.hypertable.maintain)), table.place
    if table.stamp is not None:
        place = columns.get(table.stamp.columns[0], table.place)
        yield ("trigger", (*own, table.stamp.name)), place
        yield ("function", (schema, table.stamp.name)), place
    for row, place in zip(table.rows, table.row_places, strict=False):
        yield ("row", (*own, *_written(row, table))), place
    for guard in table.transition_guards:
        for name in (guard.name, guard.start):
            yield ("trigger", (*own, name)), guard.place
            yield ("function", (schema, name)), guard.place


def _written(row: Mapping[str, JsonValue], table: Table) -> Iterator[str]:
    """The values of a row's key, as a database writes most of them; a row that is spelled otherwise has no place."""
    for name in table.primary_key.columns if table.primary_key is not None else ():
        value = row.get(name)
        yield str(value).lower() if isinstance(value, bool) else str(value)


def _view(view: StoredView, home: Home) -> Iterator[tuple[tuple[str, Path], Place]]:
    own = home(view.schema, view.name)
    for kind in ("table", "view", "materialized view"):
        yield (kind, own), view.place
    for column in view.columns:
        yield ("column", (*own, column.name)), column.place
    if view.refresh:
        yield ("function", (own[0], view.refresh)), view.place
    yield from _indexes(own[0], view.indexes)


def _indexes(schema: str, indexes: tuple[TableIndex, ...]) -> Iterator[tuple[tuple[str, Path], Place]]:
    for index in indexes:
        yield ("index", (schema, index.name)), index.place
