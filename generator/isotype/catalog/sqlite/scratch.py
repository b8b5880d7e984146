"""The expected side: what a text of SQL makes of an empty database in memory.

The text may hold SQL of the schema's author. It can reach no file: attaching a database is refused, and so is
whatever else would open one. It cannot run for ever.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from time import monotonic

from isotype.catalog.facts import Facts
from isotype.catalog.rows import RowsOf
from isotype.catalog.sqlite.opening import require_version
from isotype.catalog.sqlite.reading import read
from isotype.findings import Finding, IsotypeError

TIMEOUT = 60.0
"""Seconds that a text may take to load."""

_PRAGMAS = frozenset(("defer_foreign_keys", "foreign_keys", "foreign_key_check", "recursive_triggers", "user_version"))
_STEPS = 10_000


def load(sql: str, rows: Sequence[RowsOf] = (), timeout: float = TIMEOUT) -> Facts:
    """The facts of a database that the text makes, and its reference `rows`; `IsotypeError` when it does not load."""
    require_version()
    end = monotonic() + timeout
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.set_authorizer(_authorize)
        connection.set_progress_handler(lambda: monotonic() > end, _STEPS)
        try:
            connection.executescript(sql)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            late = monotonic() > end
            why = f"takes longer than {timeout:g} seconds" if late else f"is refused by SQLite: {error}"
            raise IsotypeError(
                Finding("scratch-failed", f"the generated SQL {why}", suggestion="look at the raw SQL of the schema")
            ) from None
        connection.set_authorizer(None)
        connection.set_progress_handler(None, 0)
        return read(connection, rows)


def _authorize(action: int, first: str | None, second: str | None, schema: str | None, trigger: str | None) -> int:
    """Everything but what reaches beyond the database in memory."""
    if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and second in ("load_extension", "readfile", "writefile", "edit"):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() not in _PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
