"""The statements of the SQL files in pieces, for models that carry them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from isotype.dialects import postgres as postgres_dialect
from isotype.dialects import sqlite as sqlite_dialect
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import Type
from isotype.layers.sql import postgres, sqlite
from isotype.layers.sql.text import SqlFile, qualified
from isotype.layers.sql.triggers import partition_statements
from isotype.layers.statements import Around, IndexTexts, Texts
from isotype.tables.model import Column, Table, TableIndex, Tables

_NOTHING = Texts("", "")


# Columns of one name and type are many, and so are their conditions.
@lru_cache(maxsize=1024)
def _all(postgres: tuple[str, ...], sqlite: tuple[str, ...]) -> Texts:
    """All conditions as one."""
    return Texts(" AND ".join(postgres), " AND ".join(sqlite))


class SqlStatements:
    """The SQL of one domain, in pieces."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._postgres = postgres.File(tables)
        self._sqlite = sqlite.File(tables)
        self._defaults: dict[tuple[Type, str, str, str], Texts] = {}
        self._around: dict[str, Around] = {}

    def postgres_file(self) -> SqlFile:
        """All of `postgres.sql`; what the models need of it is kept, and the rest is the caller's alone."""
        file = self._postgres.build()
        self._around["postgres"] = self._around_postgres(_by_title(file))
        return file

    def sqlite_file(self) -> SqlFile:
        """The same of `sqlite.sql`."""
        file = self._sqlite.build()
        self._around["sqlite"] = self._around_sqlite(_by_title(file))
        return file

    def checks(self, table: Table) -> dict[str, Texts]:
        """Each CHECK by its name: guards first, then what the schema asks for."""
        here = {name: tuple(conditions) for name, conditions in self._postgres.checks(table)}
        there = {name: tuple(conditions) for _, name, conditions in self._sqlite.checks(table)}
        return {name: _all(here.get(name, ()), there.get(name, ())) for name in here | there}

    def default(self, column: Column) -> Texts:
        """What follows DEFAULT."""
        made, of = column.default, column.type
        if made is None or column.computed is not None:
            return _NOTHING
        # Equal values may be spelled in two ways, such as true and 1 in JSON.
        key = (of, made.kind, repr(made.value), made.sqlite)
        if key not in self._defaults:
            self._defaults[key] = Texts(
                postgres_dialect.default_value(made, of, self._postgres.enum),
                sqlite_dialect.default_value(made, of),
            )
        return self._defaults[key]

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
        """What PostgreSQL makes as soon as a table is there: its partitions or chunks, and its reference rows."""
        partitions = partition_statements(table, table.partitions) if table.partitions else ()
        return [*partitions, *self._postgres.chunks(table), *self._postgres.rows(table)]

    def around_postgres(self) -> Around:
        """The statements that SQLAlchemy has no words for, on PostgreSQL."""
        if "postgres" not in self._around:
            self.postgres_file()
        return self._around["postgres"]

    def around_sqlite(self) -> Around:
        """The same on SQLite, whose driver takes one statement at a time."""
        if "sqlite" not in self._around:
            self.sqlite_file()
        return self._around["sqlite"]

    def _around_postgres(self, sections: Mapping[str, list[str]]) -> Around:
        before = ("Schemas", "Extensions", "Types", "Functions of checks", "Raw SQL, before the tables")
        after = ("Distribution", "Triggers", "Maintenance", "Policies", "Views")
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

    def _around_sqlite(self, sections: Mapping[str, list[str]]) -> Around:
        keys = [
            self._sqlite.unique_with_nulls(table, unique)
            for table in self._tables.tables
            for unique in table.uniques
            if not unique.nulls_distinct
        ]
        return Around(
            list(_one_by_one(sections["Raw SQL, before the tables"])),
            [
                *_one_by_one([*keys, *sections["Reference rows"]]),
                *sections["Triggers"],
                *_one_by_one([*sections["Views"], *sections["Raw SQL, after the tables"]]),
            ],
        )


def _by_title(file: SqlFile) -> dict[str, list[str]]:
    return {section.title: section.statements for section in file.sections}


def _one_by_one(texts: Iterable[str]) -> Iterator[str]:
    """Each statement of the texts by itself."""
    for text in texts:
        if text.find(";") == len(text) - 1:
            yield text.strip()
            continue
        # Most schemas get here without it, and it takes long to load.
        import sqlite3

        start = place = 0
        while (place := text.find(";", place) + 1) > 0:
            if sqlite3.complete_statement(text[start:place]):
                yield text[start:place].strip()
                start = place
