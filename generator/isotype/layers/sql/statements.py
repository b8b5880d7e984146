"""The statements of the SQL files in pieces, for models that carry them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from isotype.dialects import postgres as postgres_dialect
from isotype.dialects import sqlite as sqlite_dialect
from isotype.domain.ledger import NotExpressible
from isotype.layers.sql import postgres, sqlite
from isotype.layers.sql.text import SqlFile, qualified
from isotype.layers.sql.triggers import partition_statements
from isotype.layers.statements import Around, IndexTexts, Texts
from isotype.tables.model import Column, Table, TableIndex, Tables


class SqlStatements:
    """The SQL of one domain, in pieces."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._postgres = postgres.File(tables)
        self._sqlite = sqlite.File(tables)

    @cached_property
    def postgres_file(self) -> SqlFile:
        """All of `postgres.sql`."""
        return postgres.build(self._tables)

    @cached_property
    def sqlite_file(self) -> SqlFile:
        """All of `sqlite.sql`."""
        return sqlite.build(self._tables)

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
        return Texts(
            postgres_dialect.default_value(column.default, column.type, self._postgres.enum),
            sqlite_dialect.default_value(column.default, column.type),
        )

    def computed(self, column: Column) -> Texts:
        """What a column is generated from; '' on SQLite where it cannot be."""
        if column.computed is None:
            return Texts("", "")
        return Texts(self._postgres.computed(column.computed), self._sqlite.computed(column, []))

    def index(self, index: TableIndex) -> IndexTexts:
        """The parts of an index."""
        there = [self._sqlite.index_key(key) for key in index.keys]
        where = self._sqlite.index_where(index)
        gaps = (self._sqlite.index_gap(index), *there, where)
        refused = any(isinstance(part, NotExpressible) for part in gaps)
        keys = tuple(
            Texts(self._postgres.index_key(key), "" if refused else str(text))
            for key, text in zip(index.keys, there, strict=True)
        )
        return IndexTexts(keys, Texts(self._postgres.index_where(index), "" if refused else str(where)), not refused)

    def counter(self, table: Table) -> str:
        """The key column that SQLite counts in; '' without one."""
        return sqlite.counted_key(table)

    def behind(self, table: Table) -> list[str]:
        """What PostgreSQL makes as soon as a table is there: its partitions and its reference rows."""
        partitions = partition_statements(table, table.partitions) if table.partitions else ()
        return [*partitions, *self._postgres.rows(table)]

    def around_postgres(self) -> Around:
        """The statements that SQLAlchemy has no words for, on PostgreSQL."""
        sections = {section.title: section.statements for section in self.postgres_file.sections}
        before = ("Schemas", "Extensions", "Types", "Functions of checks", "Raw SQL, before the tables")
        after = ("Triggers", "Maintenance", "Views")
        return Around(
            [statement for title in before for statement in sections[title]],
            [
                *(statement for title in after for statement in sections[title]),
                *self._comments(sections["Comments"]),
                *sections["Raw SQL, after the tables"],
            ],
        )

    def _comments(self, statements: Iterable[str]) -> Iterator[str]:
        """Those on other things than tables and their columns."""
        own = {qualified(table.schema, table.name) for table in self._tables.tables}
        for statement in statements:
            # Names of a schema are plain words, so that the first ` IS ` ends the name.
            kind, _, name = statement.partition(" IS ")[0].removeprefix("COMMENT ON ").partition(" ")
            if (name.rpartition(".")[0] if kind == "COLUMN" else name) not in own or kind not in ("TABLE", "COLUMN"):
                yield statement

    def around_sqlite(self) -> Around:
        """The same on SQLite, whose driver takes one statement at a time."""
        sections = {section.title: section.statements for section in self.sqlite_file.sections}
        keys = [
            self._sqlite.unique_with_nulls(table, unique)
            for table in self._tables.tables
            for unique in table.uniques
            if not unique.nulls_distinct
        ]
        after = ("Reference rows", "Triggers", "Views", "Raw SQL, after the tables")
        return Around(
            list(_one_by_one(sections["Raw SQL, before the tables"])),
            list(_one_by_one([*keys, *(statement for title in after for statement in sections[title])])),
        )


def _one_by_one(texts: Iterable[str]) -> Iterator[str]:
    import sqlite3

    for text in texts:
        start = place = 0
        while (place := text.find(";", place) + 1) > 0:
            if sqlite3.complete_statement(text[start:place]):
                yield text[start:place].strip()
                start = place
