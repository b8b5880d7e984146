"""Databases loaded once for all tests of the everything schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.engines import sqlite as sqlite_engine
from tests.engines.postgres import Database, Server
from tests.sql.support import EVERYTHING, Postgres, postgres_sql, sqlite_sql


@pytest.fixture(scope="session")
def everything_template(postgres: Server) -> Iterator[str]:
    """A database that holds the everything schema, to be copied."""
    name = postgres.create_database()
    with Database(postgres, name).connect() as connection:
        connection.execute(postgres_sql(EVERYTHING.read_text("utf-8")))
    yield name
    postgres.drop_database(name)


@pytest.fixture
def library(postgres: Server, everything_template: str) -> Iterator[Postgres]:
    """The everything schema in PostgreSQL, for one test."""
    name = postgres.create_database(everything_template)
    with Database(postgres, name).connect() as connection:
        yield connection
    postgres.drop_database(name)


@pytest.fixture
def small_library() -> Iterator[sqlite3.Connection]:
    """The everything schema in SQLite, for one test."""
    with closing(sqlite_engine.connect()) as connection:
        connection.executescript(sqlite_sql(EVERYTHING.read_text("utf-8")))
        yield connection
