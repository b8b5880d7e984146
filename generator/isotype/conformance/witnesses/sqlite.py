"""SQLite from the standard library: each row inserted or changed, read, and taken back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.making import Making
from isotype.conformance.model import Answer, NotAsked
from isotype.dialects import sqlite
from isotype.dialects.json_text import json_text
from isotype.dialects.literals.sql import sql_identifier
from isotype.dialects.sqlite.types import WIDEST_INTEGER
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import Array, Scalar
from isotype.layers.sql.sqlite import File, counted_key
from isotype.probes import Probe
from isotype.probes.forms import FORMS, canonical
from isotype.probes.made import FORM, Made, made
from isotype.probes.meaning import fits_digits
from isotype.probes.rows import Cell, Row, is_document
from isotype.probes.scenes import Left, Scene, Statement, arriving
from isotype.probes.values import in_ascii
from isotype.tables.model import Column, Table, Tables

OLDEST = (3, 37, 0)
LIMITS = (
    *("integer overflow", "JSON path error near 'division by zero'", "string or blob too big"),
    *("cannot INSERT into generated column", "cannot UPDATE generated column"),
    # Of the text 'now', where an instant is wanted.
    "non-deterministic use of strftime() in a generated column",
)
"""What SQLite says of a value in the words of an operation that failed; everything else is about the statement."""
_EXACT = Context(prec=4000)


class Sqlite:
    name, target, apart = "sqlite", "sqlite", False

    def __init__(self, of: Compiled) -> None:
        if sqlite3.sqlite_version_info < OLDEST:
            raise NotAsked(f"SQLite {sqlite3.sqlite_version} is older than 3.37, which has STRICT tables")
        text = of.text("sql", "sqlite.sql")
        self._of = of
        # What the schema gives as raw SQL may take rows away.
        self._raw = any(raw.sqlite for raw in of.bindings.tables.raw_sql)
        # How a row begins is bound by transitions; rows that have moved on are judged where nothing asks that.
        self._new, self._moved = _database(of, text), _database(of, text)
        guards = {guard.start for table in of.bindings.tables.tables for guard in table.transition_guards}
        for (trigger,) in self._moved.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            if any(guard and str(trigger).startswith(guard) for guard in guards):
                self._moved.execute(f"DROP TRIGGER {sql_identifier(str(trigger))}")
        # The row that is there to be changed.
        self._standing: Mapping[str, Cell] | None = None
        self._values: dict[tuple[int, str, str], Any] = {}
        self._making = Making()
        self._unsaid = frozenset(_unsaid(of.bindings.tables))
        self._unindexed = frozenset(_unindexed(of.bindings.tables))

    def asks(self, probe: Probe) -> bool:
        """Rows alone."""
        return probe.row is not None

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        connections = (self._new, self._moved)
        for connection in connections:
            connection.executescript("BEGIN; SAVEPOINT none; SAVEPOINT one")
        self._standing = None
        try:
            return [self._answer(probe.row) for probe in probes if probe.row is not None]
        finally:
            # What savepoints took back SQLite keeps until the transaction ends.
            for connection in connections:
                connection.execute("ROLLBACK")

    def _answer(self, row: Row) -> Answer:
        connection = self._new if row.started else self._moved
        table, columns = sqlite.table_name(row.table.schema, row.table.name), tuple(row.cells)
        values = self._bound(row.table, row.cells)
        fault = self._stand(row)
        if fault:
            return Answer(fault=fault)
        try:
            if row.before is None:
                connection.execute(_insert(table, columns), values)
            else:
                # A stamp is written whatever the statement says of it.
                kept = () if row.table.stamp is None else tuple(set(row.table.stamp.columns).difference(columns))
                connection.execute(_update(table, columns, kept), values)
        except (sqlite3.Error, UnicodeEncodeError, OverflowError) as error:
            return _refusal(error)
        changed = self._changed(connection, row, table, values) if row.stands else ""
        connection.execute("ROLLBACK TO one")
        return Answer(changed=changed)

    def _stand(self, row: Row) -> str:
        """The row that an UPDATE changes is there, and no other; nothing is for an INSERT. '' unless it is refused."""
        if row.started or row.before is self._standing:
            return ""
        self._moved.execute("ROLLBACK TO none")
        self._standing = None
        table = sqlite.table_name(row.table.schema, row.table.name)
        try:
            if row.before is not None:
                self._moved.execute(_insert(table, tuple(row.before)), self._bound(row.table, row.before))
                self._standing = row.before
        except (sqlite3.Error, UnicodeEncodeError, OverflowError) as error:
            return f"the row to be changed is refused: {error}"
        finally:
            self._moved.execute("SAVEPOINT one")
        return ""

    def _changed(self, connection: sqlite3.Connection, row: Row, table: str, values: Sequence[Any]) -> str:
        """The first value that is stored as another than was meant; '' when none is."""
        expected = [one for one in made(row) if (row.table.name, one.column.name) not in self._unsaid]
        columns = (*row.cells, *(one.column.name for one in expected))
        if not columns:
            return ""
        found = connection.execute(_select(table, columns)).fetchone()
        if found is None:
            return "" if self._raw else "no row is there"
        for name, meant, stored in zip(row.cells, values, found, strict=False):
            # To Python 1.0 is 1.
            if stored != meant or isinstance(stored, float) != isinstance(meant, float):
                return f"{name}: {meant!r} is stored as {stored!r}"
        for one, stored in zip(expected, found[len(values) :], strict=True):
            if not self._making.holds(id(row.table), one, stored, _same):
                return f"{one.column.name}: {one} is stored as {stored!r}"
        return ""

    def play(self, scenes: Sequence[Scene]) -> Sequence[Answer]:
        """Each scene in a database that enforces its references."""
        connection = _database(self._of, self._of.text("sql", "sqlite.sql"))
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            return [self._played(connection, scene) for scene in scenes]
        finally:
            connection.close()

    def _played(self, connection: sqlite3.Connection, scene: Scene) -> Answer:
        if scene.late or scene.about.name in self._unindexed:
            # What can wait here is for a pragma to say, not for the schema.
            return Answer(elsewhere=True)
        connection.execute("BEGIN")
        try:
            for row in scene.given:
                for statement in arriving(row):
                    self._execute(connection, statement)
        except (sqlite3.Error, UnicodeEncodeError, OverflowError) as error:
            connection.execute("ROLLBACK")
            return Answer(fault=f"a row that must be there is refused: {error}")
        try:
            self._execute(connection, scene.asked)
            return Answer(changed=self._differs(connection, scene.left) if scene.left and not scene.refused else "")
        except (sqlite3.Error, UnicodeEncodeError, OverflowError) as error:
            return _refusal(error)
        finally:
            connection.execute("ROLLBACK")

    def _execute(self, connection: sqlite3.Connection, statement: Statement) -> None:
        of = statement.row.table
        table, key = sqlite.table_name(of.schema, of.name), statement.row.key()
        found = _alike(key)
        match statement.kind:
            case "insert":
                cells = statement.row.cells
                connection.execute(_insert(table, tuple(cells)), self._bound(of, cells))
            case "update":
                values = [*self._bound(of, statement.cells), *self._bound(of, key)]
                connection.execute(f"{_update(table, tuple(statement.cells))} WHERE {found}", values)
            case _:
                connection.execute(f"DELETE FROM {table} WHERE {found}", self._bound(of, key))

    def _differs(self, connection: sqlite3.Connection, left: Left) -> str:
        """What is there, where it is something else than must be left; '' otherwise."""
        table = sqlite.table_name(left.table.schema, left.table.name)
        asked = _select(table, left.columns) + (f" WHERE {_alike(left.found)}" if left.found else "")
        found = connection.execute(asked, self._bound(left.table, left.found)).fetchall()
        meant = [tuple(self._bound(left.table, dict(zip(left.columns, row, strict=True)))) for row in left.rows]
        return "" if sorted(found, key=repr) == sorted(meant, key=repr) else f"{', '.join(left.columns)}: {found!r}"

    def _bound(self, table: Table, cells: Mapping[str, Cell]) -> list[Any]:
        found = []
        for name, cell in cells.items():
            if cell.foreign is not None:
                found.append(cell.foreign)
                continue
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
    # What a trigger writes may call it again, as an application may have it.
    connection.execute("PRAGMA recursive_triggers = ON")
    for table in of.bindings.tables.tables:
        connection.execute(f"DELETE FROM {sqlite.table_name(table.schema, table.name)}")
    return connection


def _unsaid(tables: Tables) -> Iterator[tuple[str, str]]:
    """Columns whose value SQLite does not make: each is an entry of the ledger."""
    printer = File(tables)
    for table in tables.tables:
        for column in table.columns:
            gaps: list[NotExpressible] = []
            printer.computed(column, gaps)
            counted = column.default is not None and column.default.kind == "identity"
            if gaps or (counted and counted_key(table) != column.name):
                yield table.name, column.name


def _unindexed(tables: Tables) -> Iterator[str]:
    """Indexes that SQLite is without: each is an entry of the ledger."""
    printer = File(tables)
    for table in tables.tables:
        for index in table.indexes:
            parts = (printer.index_gap(index), *map(printer.index_key, index.keys), printer.index_where(index))
            if any(isinstance(part, NotExpressible) for part in parts):
                yield index.name


def _refusal(error: Exception) -> Answer:
    """A row that is refused; anything else that SQLite says is no verdict on a row."""
    if isinstance(error, sqlite3.OperationalError) and not str(error).startswith(LIMITS):
        return Answer(fault=str(error))
    if isinstance(error, sqlite3.IntegrityError | sqlite3.DataError | sqlite3.OperationalError):
        return Answer(str(error) or "refused")
    if isinstance(error, sqlite3.Error):
        return Answer(fault=str(error))
    return Answer(f"it cannot be sent: {error}")


def _same(one: Made, stored: Any) -> bool:
    if one.kind == FORM:
        return _is_formed(one.column, stored)
    meant: Any = sqlite.physical(one.value, one.column.type)
    if isinstance(meant, Decimal):
        meant = float(meant)
    if isinstance(one.column.type, Array) or is_document(one.column.type):
        return (meant is stored is None) or (isinstance(stored, str) and json.loads(stored) == json.loads(str(meant)))
    # To Python 1.0 is 1.
    return bool(meant == stored) and isinstance(meant, float) == isinstance(stored, float)


def _is_formed(column: Column, stored: Any) -> bool:
    """Whether a value is one of its column's type as SQLite stores it, whatever value; the rest STRICT says."""
    if stored is None:
        return column.nullable
    if not isinstance(column.type, Scalar) or column.type.base not in FORMS or column.type.base == "bytes":
        return True
    if not isinstance(stored, str):
        return False
    # A stamp is stored with all its digits, a wire form has the fewest.
    wire = canonical(column.type.base, stored)
    return wire is not None and sqlite.physical(wire, column.type) == stored


def _physical(table: Table, name: str, cell: Cell) -> Any:
    of = table.column(name).type
    if isinstance(of, Scalar) and of.base == "decimal" and cell.value is not None:
        exact = Decimal(str(cell.value))
        if not fits_digits(of, exact):
            units = _EXACT.scaleb(exact, of.scale)
            if of.precision > WIDEST_INTEGER:
                return str(cell.value)
            if units == units.to_integral_value():
                return int(units)
            # It is no whole number of the last digit; where a double cannot say so, another is as good.
            near = float(units)
            return near + 0.5 if near.is_integer() else near
    if is_document(of) and "\\u" in cell.text:
        # Half a pair can be written in ASCII only.
        return in_ascii(json_text(cell.value))
    value = sqlite.physical(cell.value, of)
    return float(value) if isinstance(value, Decimal) else value


def _alike(cells: Mapping[str, Cell]) -> str:
    """The condition that a row has these values."""
    return " AND ".join(f"{sql_identifier(name)} = ?" for name in cells)


@lru_cache(maxsize=1024)
def _insert(name: str, columns: tuple[str, ...]) -> str:
    if not columns:
        return f"INSERT INTO {name} DEFAULT VALUES"
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {name} ({', '.join(map(sql_identifier, columns))}) VALUES ({marks})"


@lru_cache(maxsize=1024)
def _update(name: str, columns: tuple[str, ...], kept: tuple[str, ...] = ()) -> str:
    changes = [f"{sql_identifier(column)} = ?" for column in columns]
    changes += [f"{column} = {column}" for column in map(sql_identifier, kept)]
    return f"UPDATE {name} SET {', '.join(changes)}"


@lru_cache(maxsize=1024)
def _select(name: str, columns: tuple[str, ...]) -> str:
    return f"SELECT {', '.join(map(sql_identifier, columns))} FROM {name}"
