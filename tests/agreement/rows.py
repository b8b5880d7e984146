"""The same records as rows: PostgreSQL and SQLite, asked by inserting, with nothing left behind."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg

from isotype.binding.model import EntityBinding
from isotype.dialects import postgres, sqlite
from isotype.dialects.literals.sql import sql_identifier
from isotype.domain.model import JsonValue
from isotype.domain.types import Array, Enum, Map, ObjectType, Type
from isotype.shapes import Shapes
from isotype.tables.model import Table
from tests.agreement.domains import Compiled
from tests.agreement.probes import Probe
from tests.agreement.samples import usual
from tests.agreement.values import ABSENT, Json, Raw, constant
from tests.engines.postgres import Database, Server
from tests.engines.sqlite import connect

REFUSALS = ("22", "23", "IS001")
"""SQLSTATEs by which a value is refused, and not the statement: data exceptions, constraints, transitions."""

_JUDGE = """
CREATE FUNCTION pg_temp.judge(statements text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  answers text[] := '{}';
  statement text;
BEGIN
  FOREACH statement IN ARRAY statements LOOP
    BEGIN
      EXECUTE statement;
      RAISE EXCEPTION USING ERRCODE = 'IS999';
    EXCEPTION WHEN OTHERS THEN
      answers := answers || (CASE SQLSTATE WHEN 'IS999' THEN '' ELSE SQLSTATE || ' ' || SQLERRM END);
    END;
  END LOOP;
  RETURN answers;
END $$
"""

Row = Mapping[str, tuple[Type, JsonValue]]
"""Constants by column; a column that is left out takes its default."""


def rows(of: Compiled, probes: Sequence[Probe], variant: str) -> Iterator[tuple[int, Table, Row]]:
    """The probes of a variant that are facts of a row, by their place, each with its table and its row."""
    entities = {entity.shapes[variant].name: entity for entity in of.bindings.entities if entity.shapes}
    for place, probe in enumerate(probes):
        entity = entities.get(probe.shape)
        if entity is None or not probe.stored or isinstance(probe.record, Raw):
            continue
        if probe.path not in _made(entity, variant) and probe.path[:1] not in _given(entity, variant):
            yield place, entity.table, row(entity, probe.record, of.shapes, variant)


def _made(entity: EntityBinding, variant: str) -> set[tuple[str, ...]]:
    """Where the values stand that no row is given: computed ones, and counters, for which NULL is the next number."""
    return {
        field.paths[variant].wire
        for field in entity.fields
        if variant in field.paths
        and (field.column.computed or (field.column.default is not None and field.column.default.kind == "identity"))
    }


def _given(entity: EntityBinding, variant: str) -> set[tuple[str, ...]]:
    """Where the values stand that no column holds."""
    return {(prop.name,) for prop in entity.shapes[variant].properties if prop.given}


def row(entity: EntityBinding, record: Mapping[str, Json], shapes: Shapes, variant: str) -> Row:
    """A record as its columns hold it; what a shape never has and nothing makes, the service gives."""
    found: dict[str, tuple[Type, JsonValue]] = {}
    for field in entity.fields:
        column = field.column
        if column.computed is not None:
            continue
        value: Json = ABSENT
        if variant in field.paths:
            value = _at(record, field.paths[variant].wire)
        elif column.default is None and not column.nullable:
            value = usual(column.type, shapes)
        if value is not ABSENT:
            whole = _whole(value, column.type, shapes) if variant == "create" else value
            found[column.name] = (column.type, constant(whole))
    return found


def _at(record: Json, path: Sequence[str]) -> Json:
    for name in path:
        if record is None:
            return None
        record = record.get(name, ABSENT)
        if record is ABSENT:
            return ABSENT
    return record


def _whole(value: Json, of: Type, shapes: Shapes) -> Json:
    """The value with the defaults that objects in it leave out: what is stored is whole."""
    match of:
        case Array(item=item) if isinstance(value, list):
            return [_whole(part, item, shapes) for part in value]
        case Map(value=inner) if isinstance(value, dict):
            return {name: _whole(part, inner, shapes) for name, part in value.items()}
        case ObjectType(name=name) if isinstance(value, dict):
            made = dict(value)
            shape = shapes.by_name.get(f"{name}Input") or shapes.shape(name)
            for prop in shape.properties:
                if made.get(prop.name, ABSENT) is ABSENT:
                    if prop.default is not None:
                        made[prop.name] = prop.default.value
                    elif prop.nullable and not prop.required:
                        made[prop.name] = None
                elif prop.name in made:
                    made[prop.name] = _whole(made[prop.name], prop.type, shapes)
            return made
    return value


# PostgreSQL


@contextmanager
def postgres_rows(server: Server, of: Compiled) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A database with the tables of a domain, without its foreign keys: a row is judged alone."""
    name = server.create_database()
    try:
        with Database(server, name).connect() as connection:
            connection.execute(of.files["sql", "postgres.sql"].encode())
            found = connection.execute(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"
            ).fetchall()
            for table, constraint in found:
                connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"'.encode())
            for table in of.tables.tables:
                connection.execute(f"TRUNCATE {_postgres_name(table)} CASCADE".encode())
            connection.execute(_JUDGE.encode())
            yield connection
    finally:
        server.drop_database(name)


def by_postgres(connection: psycopg.Connection[tuple[object, ...]], found: Sequence[tuple[Table, Row]]) -> list[str]:
    """'' for each row that is taken, else why not."""
    # No text of PostgreSQL holds U+0000, and no protocol carries it.
    sent = [_postgres_insert(table, row) for table, row in found if not _holds_nul(row)]
    [answers] = connection.execute("SELECT pg_temp.judge(%s)", [sent]).fetchone() or [[]]
    assert isinstance(answers, list)
    for statement, verdict in zip(sent, answers, strict=True):
        assert not verdict or verdict.startswith(REFUSALS), f"{verdict}: {statement}"
    verdicts = iter(answers)
    return ["U+0000" if _holds_nul(row) else str(next(verdicts)) for _, row in found]


def _holds_nul(row: Row) -> bool:
    return any(
        isinstance(part, str) and "\0" in part
        for of, value in row.values()
        if not isinstance(of, Map | ObjectType)
        for part in (value if isinstance(value, tuple) else (value,))
    )


def _postgres_insert(table: Table, row: Row) -> str:
    name = _postgres_name(table)
    literals = [postgres.literal(value, of, _enum_name) for of, value in row.values()]
    # A cast would shorten what an assignment refuses.
    return _insert(name, row, [re.sub(r"::VARCHAR\(\d+\)\[\]\Z", "::TEXT[]", literal) for literal in literals])


def _postgres_name(table: Table) -> str:
    return ".".join(map(sql_identifier, filter(None, (table.schema, table.name))))


def _enum_name(enum: Enum) -> str:
    return enum.database_name


def _insert(name: str, row: Row, literals: Sequence[str]) -> str:
    if not row:
        return f"INSERT INTO {name} DEFAULT VALUES"
    return f"INSERT INTO {name} ({', '.join(map(sql_identifier, row))}) VALUES ({', '.join(literals)})"


def free_states(connection: psycopg.Connection[tuple[object, ...]], of: Compiled) -> None:
    """Let a new row be in any state: a response shows rows that have moved on."""
    for table in of.tables.tables:
        name = _postgres_name(table)
        for guard in table.transition_guards:
            connection.execute(f"DROP TRIGGER {sql_identifier(guard.name)} ON {name}".encode())


# SQLite


@contextmanager
def sqlite_rows(of: Compiled) -> Iterator[sqlite3.Connection]:
    """The same in SQLite."""
    connection = connect()
    try:
        connection.executescript(of.files["sql", "sqlite.sql"])
        connection.execute("PRAGMA foreign_keys = OFF")
        for table in of.tables.tables:
            connection.execute(f"DELETE FROM {sqlite.table_name(table.schema, table.name)}")
        yield connection
    finally:
        connection.close()


def by_sqlite(connection: sqlite3.Connection, found: Sequence[tuple[Table, Row]]) -> list[str]:
    """'' for each row that is taken, else why not."""
    return [_sqlite_verdict(connection, table, row) for table, row in found]


def _sqlite_verdict(connection: sqlite3.Connection, table: Table, row: Row) -> str:
    name = sqlite.table_name(table.schema, table.name)
    literals = [_sqlite_literal(value, of) for of, value in row.values()]
    connection.execute("SAVEPOINT row")
    try:
        connection.execute(_insert(name, row, literals))
        return ""
    except sqlite3.IntegrityError as error:
        return str(error)
    finally:
        connection.execute("ROLLBACK TO row")
        connection.execute("RELEASE row")


def free_states_in_sqlite(connection: sqlite3.Connection, of: Compiled) -> None:
    """The same in SQLite, whose triggers tell INSERT from UPDATE."""
    guards = [guard.name for table in of.tables.tables for guard in table.transition_guards]
    for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        if str(trigger).startswith(tuple(guards)) and guards:
            connection.execute(f'DROP TRIGGER "{trigger}"')


def _sqlite_literal(value: JsonValue, of: Type) -> str:
    if isinstance(value, str) and "\0" in value:
        stand_in = "\ue000"
        return f"replace({sqlite.literal(value.replace(chr(0), stand_in), of)}, '{stand_in}', char(0))"
    return sqlite.literal(value, of)
