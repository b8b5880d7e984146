"""The SQLite engine of the tests is a plain, strict client."""

from __future__ import annotations

import sqlite3

import pytest


def test_foreign_keys_are_enforced(sqlite: sqlite3.Connection) -> None:
    """A reference to a row that does not exist is refused."""
    sqlite.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT")
    sqlite.execute("CREATE TABLE children (parent INTEGER REFERENCES parents (id)) STRICT")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        sqlite.execute("INSERT INTO children VALUES (1)")


def test_regexp_is_not_registered(sqlite: sqlite3.Connection) -> None:
    """REGEXP is unknown, as it is to any plain client."""
    with pytest.raises(sqlite3.OperationalError, match="REGEXP"):
        sqlite.execute("SELECT 'a' REGEXP 'a'")
