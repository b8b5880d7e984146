"""Both SQL files of a hostile schema load, and every text is read back as the schema has it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from tests.engines import sqlite as sqlite_engine
from tests.engines.postgres import Server, find_installation
from tests.hostile import schema
from tests.hostile.schema import TEXTS, VERDICTS

COLUMNS = "plain, choice, native, many, open, mapped, part, echo"
DEFAULT_ROWS = "".join(f"INSERT INTO thing{number}s (id) VALUES (2);\n" for number in range(len(TEXTS)))


def row(text: str, many: list[str], open_: object, old: str | None) -> tuple[object, ...]:
    part = {"plain": text, "choice": text, "old": old}
    return text, text, text, many, open_, {text: text}, part, text


@pytest.fixture(scope="module")
def postgres_database(postgres: Server) -> Iterator[psycopg.Connection]:
    """A PostgreSQL database with the hostile schema, and a row of defaults in each table."""
    database = postgres.create_database()
    try:
        with psycopg.connect(postgres.url(database), autocommit=True) as connection:
            connection.execute(dict(schema.files("sql"))["sql/postgres.sql"].encode())
            connection.execute(DEFAULT_ROWS.encode())
            yield connection
    finally:
        postgres.drop_database(database)


@pytest.fixture(scope="module")
def sqlite_database() -> Iterator[sqlite3.Connection]:
    """The same on SQLite."""
    with closing(sqlite_engine.connect()) as connection:
        connection.executescript(dict(schema.files("sql"))["sql/sqlite.sql"])
        connection.executescript(DEFAULT_ROWS)
        yield connection


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_postgres_reads_every_text_back(postgres_database: psycopg.Connection, number: int) -> None:
    """Comments, defaults, reference rows, enum values and computed values."""
    text, connection, table = TEXTS[number], postgres_database, f"thing{number}s"
    comments = (
        f"SELECT obj_description('{table}'::regclass)",
        f"SELECT col_description('{table}'::regclass, 1)",
        f"SELECT obj_description('idx_{number}'::regclass)",
        f"SELECT obj_description('thing{number}_view'::regclass)",
        f"SELECT col_description('thing{number}_view'::regclass, 1)",
    )
    for query in comments:
        assert connection.execute(query.encode()).fetchone() == (text.strip() or None,), query
    rows = connection.execute(f"SELECT {COLUMNS} FROM {table} ORDER BY id".encode()).fetchall()
    assert rows == [row(text, [text], {text: text}, None), row(text, [text, text], {text: [text, {text: text}]}, text)]
    fitting = f"SELECT fitting, shape FROM {table} ORDER BY id"
    assert connection.execute(fitting.encode()).fetchall() == [(text, text), (None, None)]
    labels = (
        f"SELECT enumlabel FROM pg_enum WHERE enumtypid = to_regtype('thing{number}_native') ORDER BY enumsortorder"
    )
    native = len(text.encode()) <= schema.NATIVE_BYTES
    assert connection.execute(labels.encode()).fetchall() == ([(text,), ("other",)] if native else [])


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_postgres_judges_by_every_text(postgres_database: psycopg.Connection, number: int) -> None:
    """A rule refuses exactly the values its literals, LIKE patterns and patterns name."""
    for suffix, rule in VERDICTS.items():
        statement = f"UPDATE thing{number}s SET plain = %s WHERE id = 2"
        refused = ""
        try:
            postgres_database.execute(statement.encode(), [TEXTS[number] + suffix])
        except psycopg.errors.CheckViolation as error:
            refused = error.diag.constraint_name or "?"
        assert refused == (f"chk_{number}_{rule}" if rule else ""), suffix


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_sqlite_reads_every_text_back(sqlite_database: sqlite3.Connection, number: int) -> None:
    """Defaults, reference rows, enum values and computed values."""
    text, table = TEXTS[number], f"thing{number}s"
    found = sqlite_database.execute(f"SELECT {COLUMNS} FROM {table} ORDER BY id").fetchall()
    rows = [(*one[:3], *map(json.loads, one[3:7]), one[7]) for one in found]
    assert rows == [row(text, [text], {text: text}, None), row(text, [text, text], {text: [text, {text: text}]}, text)]
    fitting = sqlite_database.execute(f"SELECT fitting, shape FROM {table} ORDER BY id").fetchall()
    assert fitting == [(text, text), (None, None)]


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_sqlite_judges_by_every_text(sqlite_database: sqlite3.Connection, number: int) -> None:
    """The same verdicts as PostgreSQL's, but for patterns which the ledger says SQLite cannot hold."""
    gaps = {"match"} if any(character in TEXTS[number] for character in "\ufffe\uffff") else set()
    assert not gaps or any((gap.construct, gap.target) == ("pattern", "sqlite") for gap in schema.rendered().ledger)
    for suffix, rule in VERDICTS.items():
        refused = ""
        try:
            sqlite_database.execute(f"UPDATE thing{number}s SET plain = ? WHERE id = 2", [TEXTS[number] + suffix])
        except sqlite3.IntegrityError as error:
            refused = str(error).removeprefix("CHECK constraint failed: ")
        assert refused == (f"chk_{number}_{rule}" if rule and rule not in gaps else ""), suffix


def test_psql_takes_the_file(postgres: Server) -> None:
    """The client that people load files with sees no command of its own in any text."""
    program = find_installation().binaries / "psql"
    if not program.exists():
        pytest.skip("this PostgreSQL comes without psql")
    database = postgres.create_database()
    try:
        command = [str(program), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", postgres.url(database)]
        text = dict(schema.files("sql"))["sql/postgres.sql"]
        done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)
        assert (done.returncode, done.stderr) == (0, "")
        with psycopg.connect(postgres.url(database)) as connection:
            tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert tables == (len(TEXTS),)
    finally:
        postgres.drop_database(database)
