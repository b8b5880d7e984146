"""The SQL that models carry, so that they and the SQL files make the same database.

The SQL layer gives it, the models take it; this is what they agree on.
"""

from __future__ import annotations

from typing import Protocol

from isotype.domain.lazy import NamedTuple
from isotype.tables.model import Column, Table, TableIndex


class Texts(NamedTuple):
    """One thing in SQL; '' for a database that does not have it."""

    postgres: str
    sqlite: str


class IndexTexts(NamedTuple):
    """Keys and condition of an index; `on_sqlite` is false where SQLite does without it."""

    keys: tuple[Texts, ...]
    where: Texts
    on_sqlite: bool


class Around(NamedTuple):
    """The statements of one database before and after the tables."""

    before: list[str]
    after: list[str]


class Statements(Protocol):
    """The SQL of one domain, in pieces."""

    def checks(self, table: Table) -> dict[str, Texts]:
        """Each CHECK by its name: guards first, then what the schema asks for."""
        ...

    def default(self, column: Column) -> Texts:
        """What follows DEFAULT."""
        ...

    def computed(self, column: Column) -> Texts:
        """What a column is generated from; '' on SQLite where it cannot be."""
        ...

    def index(self, index: TableIndex) -> IndexTexts:
        """The parts of an index."""
        ...

    def counter(self, table: Table) -> str:
        """The key column that SQLite counts in; '' without one."""
        ...

    def behind(self, table: Table) -> list[str]:
        """What PostgreSQL makes as soon as a table is there: its partitions or chunks, and its reference rows."""
        ...

    def around_postgres(self) -> Around:
        """The statements that no table has room for, on PostgreSQL."""
        ...

    def around_sqlite(self) -> Around:
        """The same on SQLite, whose driver takes one statement at a time."""
        ...
