"""SQLite from the standard library: each row inserted or changed, read, and taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.model import Answer, NotAsked
from isotype.dialects import sqlite
from isotype.dialects.json_text import json_text
from isotype.dialects.literals.sql import sql_identifier
from isotype.domain.types import Scalar
from isotype.probes import Probe
from isotype.probes.meaning import fits_digits
from isotype.probes.rows import Cell, Row, is_document
from isotype.probes.values import in_ascii
from isotype.tables.model import Table

OLDEST = (3, 37, 0)


class Sqlite:
    name, target, apart = "sqlite", "sqlite", False

    def __init__(self, of: Compiled) -> None:
        if sqlite3.sqlite_version_info < OLDEST:
            raise NotAsked(f"SQLite {sqlite3.sqlite_version} is older than 3.37, which has STRICT tables")
        text = of.text("sql", "sqlite.sql")
        # How a row begins is bound by transitions; rows that have moved on are judged where nothing asks that.
        self._new, self._moved = _database(of, text), _database(of, text)
        guards = {guard.start for table in of.bindings.tables.tables for guard in table.transition_guards}
        for (trigger,) in self._moved.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            if any(guard and str(trigger).startswith(guard) for guard in guards):
                self._moved.execute(f"DROP TRIGGER {sql_identifier(str(trigger))}")
        for connection in (self._new, self._moved):
            connection.execute("BEGIN")
            connection.execute("SAVEPOINT none")
            connection.execute("SAVEPOINT one")
        # The row that is there to be changed.
        self._standing: Mapping[str, Cell] | None = None
        self._values: dict[tuple[int, str, str], Any] = {}

    def asks(self, probe: Probe) -> bool:
        """Rows alone."""
        return probe.row is not None

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        return [self._answer(probe.row) for probe in probes if probe.row is not None]

    def _answer(self, row: Row) -> Answer:
        connection = self._new if row.started else self._moved
        table, columns = sqlite.table_name(row.table.schema, row.table.name), tuple(row.cells)
        values = self._bound(row.table, row.cells)
        written = _update if row.before is not None else _insert
        try:
            self._stand(row)
            connection.execute(written(table, columns), values)
            changed = self._changed(connection, row, table, values)
        except (sqlite3.IntegrityError, sqlite3.OperationalError, sqlite3.DataError) as error:
            return Answer(str(error) or "refused")
        except (UnicodeEncodeError, OverflowError) as error:
            return Answer(f"it cannot be sent: {error}")
        connection.execute("ROLLBACK TO one")
        return Answer(changed=changed)

    def _stand(self, row: Row) -> None:
        """The row that an UPDATE changes is there, and no other is; nothing is for an INSERT."""
        if row.started or row.before is self._standing:
            return
        self._moved.execute("ROLLBACK TO none")
        self._standing = row.before
        if row.before is not None:
            table = sqlite.table_name(row.table.schema, row.table.name)
            self._moved.execute(_insert(table, tuple(row.before)), self._bound(row.table, row.before))
        self._moved.execute("SAVEPOINT one")

    def _changed(self, connection: sqlite3.Connection, row: Row, table: str, values: Sequence[Any]) -> str:
        """The first value that is stored as another than was given; '' when none is, or the row should not be there."""
        if not row.stands:
            return ""
        found = connection.execute(_select(table, tuple(row.cells))).fetchone()
        for name, meant, stored in zip(row.cells, values, found, strict=True):
            if stored != meant:
                return f"{name}: {meant!r} is stored as {stored!r}"
        return ""

    def _bound(self, table: Table, cells: Mapping[str, Cell]) -> list[Any]:
        found = []
        for name, cell in cells.items():
            key = (id(table), name, cell.text)
            if key not in self._values:
                if len(self._values) > 200_000:
                    self._values.clear()
                self._values[key] = _physical(table, name, cell)
            found.append(self._values[key])
        return found

    def close(self) -> None:
        self._new.close()
        self._moved.close()


def _database(of: Compiled, text: str) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(text)
    connection.execute("PRAGMA foreign_keys = OFF")
    for table in of.bindings.tables.tables:
        connection.execute(f"DELETE FROM {sqlite.table_name(table.schema, table.name)}")
    return connection


def _physical(table: Table, name: str, cell: Cell) -> Any:
    of = table.column(name).type
    if isinstance(of, Scalar) and of.base == "decimal" and cell.value is not None:
        exact = Decimal(str(cell.value))
        if not fits_digits(of, exact):
            # It is no whole number of the last digit; where a double cannot say so, another is as good.
            near = float(exact.scaleb(of.scale))
            return (near + 0.5 if near.is_integer() else near) if of.precision <= 18 else str(cell.value)
    if is_document(of) and "\\u" in cell.text:
        # Half a pair can be written in ASCII only.
        return in_ascii(json_text(cell.value))
    value = sqlite.physical(cell.value, of)
    return float(value) if isinstance(value, Decimal) else value


@lru_cache(maxsize=1024)
def _insert(name: str, columns: tuple[str, ...]) -> str:
    if not columns:
        return f"INSERT INTO {name} DEFAULT VALUES"
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {name} ({', '.join(map(sql_identifier, columns))}) VALUES ({marks})"


@lru_cache(maxsize=1024)
def _update(name: str, columns: tuple[str, ...]) -> str:
    return f"UPDATE {name} SET {', '.join(f'{sql_identifier(column)} = ?' for column in columns)}"


@lru_cache(maxsize=1024)
def _select(name: str, columns: tuple[str, ...]) -> str:
    return f"SELECT {', '.join(map(sql_identifier, columns))} FROM {name}"
