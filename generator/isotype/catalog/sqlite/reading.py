"""Reading a catalog: a fixed number of queries in one snapshot, nothing written.

Pragmas say what the columns and the key of a table are; the text of its statement says the rest. Where the two do not
agree, the text was not understood: the table is then compared as it is printed (`unread`), never believed.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path as FilePath
from typing import Any

from isotype.catalog.facts import Facts, Path, Server, Value
from isotype.catalog.rows import RowsOf
from isotype.catalog.sqlite.opening import opened
from isotype.catalog.sqlite.statements import (
    ColumnText,
    ConstraintText,
    TableText,
    Unread,
    read_index,
    read_table,
    read_trigger,
    read_view,
)
from isotype.catalog.sqlite.tokens import fold, identifier, spelled, tokens
from isotype.dialects.literals.sql import sql_identifier
from isotype.domain.values import frozen, replace

SCHEMA = "main"

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "table": ("strict", "without_rowid", "unread"),
    "view": ("columns", "query"),
    "virtual table": ("definition",),
    "column": ("type", "not_null", "on_conflict", "default", "generated", "expression", "collation"),
    "constraint": (
        *("type", "columns", "expression", "target", "target_columns", "on_delete", "on_update", "deferred"),
        *("on_conflict", "autoincrement", "named"),
    ),
    "index": ("table", "unique", "keys", "where"),
    "trigger": ("timing", "event", "columns", "condition", "body"),
    "row": ("values",),
}
"""The attributes of each kind, in the order in which facts hold them; relations stand before their parts."""

_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
_TABLES = "SELECT name, type FROM pragma_table_list WHERE schema = 'main'"
_COLUMNS = """
SELECT l.name, c.name, c."notnull", c.pk
FROM pragma_table_list AS l JOIN pragma_table_xinfo(l.name, 'main') AS c
WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY l.name, c.cid
"""
_REFERENCES = """
SELECT l.name, count(DISTINCT r.id)
FROM pragma_table_list AS l JOIN pragma_foreign_key_list(l.name, 'main') AS r
WHERE l.schema = 'main' AND l.type = 'table'
GROUP BY l.name
"""

_AT_ONCE = 100
"""How many rows one query asks for."""

Source = sqlite3.Connection | str | FilePath
"""A connection, or the path of a file."""


def read(source: Source, rows: Sequence[RowsOf] = ()) -> Facts:
    """The facts of a database, and its reference `rows`.

    A file is opened read-only, and `IsotypeError` says why it cannot be read.
    A connection stays in the transaction it is in.
    """
    if isinstance(source, sqlite3.Connection):
        with _snapshot(source):
            return _Reading(source).facts(rows)
    with opened(source) as connection, _snapshot(connection):
        return _Reading(connection).facts(rows)


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything is read as of one moment."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.rollback()


@frozen
class _Column:
    """What pragmas say of a column; `key` is its place in the primary key, 0 outside."""

    name: str
    not_null: bool
    key: int


@frozen
class _Table:
    """A table before it becomes facts; `text` is None when its statement was not understood."""

    name: str
    sql: str
    columns: tuple[_Column, ...]
    text: TableText | None

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the primary key, folded."""
        return tuple(fold(it.name) for it in sorted(self.columns, key=lambda it: it.key) if it.key)


class _Reading:
    """One pass over a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._rows = connection.cursor()
        self._rows.row_factory = None
        self._objects: dict[str, dict[Path, tuple[Value, ...]]] = {}

    def facts(self, rows: Sequence[RowsOf]) -> Facts:
        kinds = {str(name): str(kind) for name, kind in self._rows.execute(_TABLES)}
        statements = [(str(k), str(n), str(t), str(s or "")) for k, n, t, s in self._rows.execute(_OBJECTS)]
        tables = self._tables(kinds, [(name, sql) for kind, name, _, sql in statements if kind == "table"])
        for table in tables.values():
            self._table(table, tables)
        everything = frozenset(tables) | {fold(name) for name in kinds}
        everything |= {fold(column.name) for table in tables.values() for column in table.columns}
        for kind, name, owner, sql in statements:
            if kind == "table":
                if kinds.get(name) == "virtual":
                    self._add("virtual table", (name,), _printed(sql))
            elif kind == "index" and sql:
                self._index(name, owner, sql, tables.get(fold(owner)))
            elif kind == "trigger":
                self._trigger(name, owner, sql, everything if '"' in sql else frozenset())
            elif kind == "view":
                self._view(name, sql, everything if '"' in sql else frozenset())
        for of in rows:
            self._reference_rows(of, tables.get(fold(of.table)))
        return Facts(Server("sqlite", 3, sqlite3.sqlite_version), (SCHEMA,), self._objects)

    def _add(self, kind: str, path: Path, *values: Value) -> None:
        self._objects.setdefault(kind, {})[(SCHEMA, *path)] = values

    def _tables(self, kinds: Mapping[str, str], statements: Sequence[tuple[str, str]]) -> dict[str, _Table]:
        """The tables, by their folded names."""
        columns: dict[str, list[_Column]] = {}
        for table, name, not_null, key in self._rows.execute(_COLUMNS):
            columns.setdefault(table, []).append(_Column(name, bool(not_null), key))
        references = dict(self._rows.execute(_REFERENCES).fetchall())
        found: dict[str, _Table] = {}
        for name, sql in statements:
            if kinds.get(name) == "table":
                made = _Table(name, sql, tuple(columns.get(name, ())), None)
                found[fold(name)] = replace(made, text=_understood(made, references.get(name, 0)))
        return found

    def _table(self, table: _Table, tables: Mapping[str, _Table]) -> None:
        text = table.text
        if text is None:
            self._add("table", (table.name,), None, None, _printed(table.sql))
            for it in table.columns:
                self._add("column", (table.name, it.name), None, it.not_null, None, None, None, None, None)
            return
        self._add("table", (table.name,), text.strict, text.without_rowid, None)
        collations = {fold(column.name): column.collation for column in text.columns}
        for column, said in zip(text.columns, table.columns, strict=True):
            self._column(table, column, said)
        for constraint in text.constraints:
            self._constraint(table, constraint, tables, collations)

    def _column(self, table: _Table, column: ColumnText, said: _Column) -> None:
        alone = table.key == (fold(said.name),) and not (table.text and table.text.without_rowid)
        counted = alone and column.type == "INTEGER"
        # INT and INTEGER are one type, except that INTEGER makes a lone key the rowid, which is never NULL.
        kind = "INTEGER" if column.type == "INT" and not alone else column.type
        not_null = said.not_null or counted
        self._add(
            "column",
            (table.name, said.name),
            *(kind, not_null, column.on_conflict, column.default),
            *(column.generated, column.expression, column.collation),
        )

    def _constraint(
        self,
        table: _Table,
        constraint: ConstraintText,
        tables: Mapping[str, _Table],
        collations: Mapping[str, str | None],
    ) -> None:
        columns, there = constraint.columns, constraint.target_columns
        keys = None
        if constraint.type == "foreign key":
            target = tables.get(constraint.target or "")
            there = there or (target.key if target and len(target.key) == len(columns) else ())
            # Pairs of columns stand in no particular order.
            pairs = sorted(zip(columns, there, strict=True)) if len(there) == len(columns) else []
            keys = ", ".join(identifier(name) for name, _ in pairs) or ", ".join(map(identifier, columns))
            there = tuple(name for _, name in pairs) or there
        elif constraint.keys:
            keys = ", ".join(_key(part, collations) for part in constraint.keys.split(", "))
        label = constraint.name or " ".join((constraint.type, f"({keys or constraint.expression})"))
        named = self._objects.get("constraint", {})
        name, number = label, 1
        while (SCHEMA, table.name, name) in named:
            number += 1
            name = f"{label} ({number})"
        self._add(
            "constraint",
            (table.name, name),
            *(constraint.type, keys, constraint.expression),
            *(constraint.target and identifier(constraint.target), ", ".join(map(identifier, there)) or None),
            *(constraint.on_delete, constraint.on_update, constraint.deferred),
            *(constraint.on_conflict, constraint.autoincrement, bool(constraint.name)),
        )

    def _index(self, name: str, owner: str, sql: str, table: _Table | None) -> None:
        columns = frozenset(fold(column.name) for column in table.columns) if table else frozenset()
        collations = {fold(it.name): it.collation for it in table.text.columns} if table and table.text else {}
        try:
            text = read_index(sql, columns | {"rowid", "_rowid_", "oid"})
        except Unread:
            self._add("index", (name,), identifier(owner), None, _printed(sql), None)
            return
        keys = ", ".join(_key(key, collations) for key in text.keys)
        self._add("index", (name,), identifier(owner), text.unique, keys, text.where)

    def _trigger(self, name: str, owner: str, sql: str, names: frozenset[str]) -> None:
        try:
            text = read_trigger(sql, names)
        except Unread:
            self._add("trigger", (owner, name), None, None, None, None, _printed(sql))
            return
        self._add("trigger", (owner, name), text.timing, text.event, text.columns, text.condition, text.body)

    def _view(self, name: str, sql: str, names: frozenset[str]) -> None:
        try:
            text = read_view(sql, names)
        except Unread:
            self._add("view", (name,), None, _printed(sql))
            return
        self._add("view", (name,), text.columns, text.query)

    def _reference_rows(self, of: RowsOf, table: _Table | None) -> None:
        """The rows of a table that are asked for; of their columns those that are there."""
        there = {fold(column.name) for column in table.columns} if table else set()
        if not all(fold(name) in there for name in of.key):
            return
        columns = [name for name in of.columns if fold(name) in there]
        names = ", ".join(map(sql_identifier, (*of.key, *columns)))
        query = f"SELECT {names} FROM main.{sql_identifier(of.table)}"
        for row in self._asked(query, of):
            key, values = zip(of.key, row, strict=False), zip(columns, row[len(of.key) :], strict=True)
            self._add("row", (of.table, _json(dict(key))), _json(dict(values)))

    def _asked(self, query: str, of: RowsOf) -> Iterator[tuple[Any, ...]]:
        if of.keys is None:
            yield from self._rows.execute(query)
            return
        key = f"({', '.join(map(sql_identifier, of.key))})"
        marks = f"({', '.join('?' * len(of.key))})"
        for start in range(0, len(of.keys), _AT_ONCE):
            some = of.keys[start : start + _AT_ONCE]
            values = [value for values in some for value in values]
            yield from self._rows.execute(f"{query} WHERE {key} IN (VALUES {', '.join([marks] * len(some))})", values)


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, default=lambda value: {"hex": value.hex().upper()})


def _understood(table: _Table, references: int) -> TableText | None:
    """What the text of a table says, when pragmas say the same as far as they say it."""
    try:
        text = read_table(table.sql)
    except Unread:
        return None
    keys = [constraint.columns for constraint in text.constraints if constraint.type == "primary key"]
    agrees = (
        [column.name for column in text.columns] == [column.name for column in table.columns]
        and (keys[0] if keys else ()) == table.key
        and sum(constraint.type == "foreign key" for constraint in text.constraints) == references
    )
    return text if agrees else None


_KEY = re.compile(r"(.+?)(?: COLLATE (\S+))?( ASC| DESC)?")


def _key(text: str, collations: Mapping[str, str | None]) -> str:
    """An indexed column or expression; a collation is said where it is not the column's own."""
    found = _KEY.fullmatch(text)
    assert found is not None
    of, collation, direction = found.groups()
    own = collations.get(of.strip('"')) or "binary"
    said = "" if collation is None or collation == own else f" COLLATE {collation}"
    return f"{of}{said}{direction if direction == ' DESC' else ''}"


def _printed(sql: str) -> str:
    return spelled(tokens(sql))
