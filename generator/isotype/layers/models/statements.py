"""The SQL that models carry, taken from where the SQL files get theirs, so that both make the same database.

```
Statements
├── checks, indexes, computed values, defaults    one text per database, for the tables of SQLAlchemy
└── before, after, and after each table           what SQLAlchemy cannot say
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from isotype.dialects import postgres as postgres_dialect
from isotype.dialects import sqlite as sqlite_dialect
from isotype.dialects.literals.sql import sql_identifier
from isotype.domain.ledger import NotExpressible
from isotype.layers.sql import postgres, sqlite
from isotype.layers.sql.text import without_semicolon
from isotype.tables.model import Column, IndexKey, StoredView, Table, TableIndex, Tables


class Texts(NamedTuple):
    """One thing in SQL: '' for a database that does not have it."""

    postgres: str
    sqlite: str


class IndexTexts(NamedTuple):
    """Keys and condition of an index; `on_sqlite` is false where SQLite does without it."""

    keys: tuple[Texts, ...]
    where: Texts
    on_sqlite: bool


@dataclass(frozen=True)
class Around:
    """The statements of one database round the tables, and by table behind it."""

    before: tuple[str, ...]
    tables: dict[str, tuple[str, ...]]
    after: tuple[str, ...]


class Statements:
    """The SQL of one domain."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._postgres = postgres.File(tables)
        self._sqlite = sqlite.File(tables)

    def checks(self, table: Table) -> dict[str, Texts]:
        """Each CHECK by its name: guards first, then what the schema asks for."""
        here = dict(self._postgres.checks(table))
        there = {name: conditions for _, name, conditions in self._sqlite.checks(table)}
        return {
            name: Texts(" AND ".join(here.get(name, ())), " AND ".join(there.get(name, ())))
            for name in dict.fromkeys((*here, *there))
        }

    def default(self, column: Column) -> Texts:
        """What follows DEFAULT."""
        if column.default is None or column.computed is not None:
            return Texts("", "")
        of = column.type
        return Texts(
            postgres_dialect.default_value(column.default, of, self._postgres.enum),
            sqlite_dialect.default_value(column.default, of),
        )

    def computed(self, column: Column) -> Texts:
        """What a column is generated from; '' on SQLite where it cannot be."""
        return Texts(self._postgres.computed(column), self._sqlite.computed(column, []))

    def index(self, table: Table, index: TableIndex) -> IndexTexts:
        """The parts of an index."""
        there = [self._sqlite.index_key(key) for key in index.keys]
        where = self._sqlite.index_where(index)
        refused = self._sqlite.index_gap(index) is not None
        refused = refused or any(isinstance(part, NotExpressible) for part in (*there, where))
        keys = tuple(
            Texts(self._postgres.index_key(key), "" if refused else str(text))
            for key, text in zip(index.keys, there, strict=True)
        )
        return IndexTexts(keys, Texts(self._postgres.index_where(index), "" if refused else str(where)), not refused)
