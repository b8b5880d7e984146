"""SQLite as a plain client meets it: foreign keys on, no function registered."""

from __future__ import annotations

import sqlite3
from pathlib import Path

OLDEST = (3, 37, 0)
"""The first version with STRICT tables."""


def connect(path: str | Path = ":memory:") -> sqlite3.Connection:
    """A new autocommit connection that enforces foreign keys; REGEXP is not registered, as in any plain client."""
    if sqlite3.sqlite_version_info < OLDEST:
        raise RuntimeError(f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or newer is needed; use a newer Python")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
