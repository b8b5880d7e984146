"""The SQL files load as they are, on every engine that can be had here."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

import psycopg
import pytest

from tests.domains.conftest import rendered, require_extensions
from tests.engines.postgres import Server, available_majors


@pytest.mark.parametrize("major", available_majors())
def test_the_postgres_file_loads_into_an_empty_database(
    domain: str, major: int, postgres_of: Callable[[int], Server]
) -> None:
    """Every statement of the file runs, in the order of the file."""
    server = postgres_of(major)
    text = rendered(domain).files["sql", "postgres.sql"]
    require_extensions(domain, server)
    needed = max(map(int, re.findall(r"needs version (\d+)", str(rendered(domain).ledger))), default=0)
    name = server.create_database()
    try:
        with psycopg.connect(server.url(name), autocommit=True) as connection:
            if major < needed:
                # The ledger says so, and that is held against the truth.
                with pytest.raises((psycopg.errors.SyntaxError, psycopg.errors.FeatureNotSupported)):
                    connection.execute(text.encode())
                return
            connection.execute(text.encode())
            found = connection.execute("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p')").fetchone()
            assert found is not None and found[0] > 0
    finally:
        server.drop_database(name)


def test_the_sqlite_file_loads_into_an_empty_database(domain: str, sqlite: sqlite3.Connection) -> None:
    """Every statement of the file runs, and the database is sound afterwards."""
    sqlite.executescript(rendered(domain).files["sql", "sqlite.sql"])
    assert sqlite.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert sqlite.execute("PRAGMA foreign_key_check").fetchall() == []
    assert sqlite.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").fetchone()[0] > 0
