"""One database with something of every kind, changed in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from isotype.catalog.comparison import compare, repair
from isotype.catalog.differences import Difference, Statement
from isotype.catalog.facts import Facts
from isotype.catalog.postgres import read
from isotype.catalog.postgres.rows import RowsOf, declared_rows
from tests.engines.postgres import Database

SCHEMAS = ("public", "depot")
SHOP = Path(__file__).with_name("shop.sql")
ROWS = (RowsOf("public", "countries", ("code",), ("name", "area")),)

Connection = psycopg.Connection[tuple[Any, ...]]


class Live:
    """A database that was as expected when it was made."""

    def __init__(
        self, database: Database, schemas: Sequence[str], rows: Sequence[RowsOf] = (), name: str = "shop"
    ) -> None:
        self.name = name
        self.database = database
        self.connection: Connection = database.connect()
        self._schemas = schemas
        self.expected = read(self.connection, schemas, rows=rows)

    def read(self, other: Database | None = None) -> Facts:
        """What it, or another database in its place, is now."""
        if other is None:
            return read(self.connection, self._schemas, rows=declared_rows(self.expected))
        with other.connect() as connection:
            return read(connection, self._schemas, rows=declared_rows(self.expected))

    @contextmanager
    def changed(self, sql: str) -> Iterator[Facts]:
        """What it is after some statements, which are taken back."""
        with self.connection.transaction(force_rollback=True):
            self.connection.execute(sql.encode())
            yield self.read()

    def differences(self, actual: Facts | None = None) -> tuple[Difference, ...]:
        """What is otherwise now, or was when it was read."""
        return compare(self.expected, actual or self.read())

    def repair(self, actual: Facts, destructive: bool = True) -> tuple[Statement, ...]:
        """Run what repairs it; the statements. The one that fails is in the notes of the error."""
        statements = repair(compare(self.expected, actual), self.expected, actual)
        for statement in statements:
            if statement.sql and (destructive or not statement.destructive):
                try:
                    self.connection.execute(statement.sql.encode())
                except psycopg.Error as error:
                    error.add_note(statement.note)
                    raise
        return statements
