"""The rows of a SQLite file behind an API: the one that is changed, and those that others refer to."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from isotype.conformance.building import Compiled
from isotype.conformance.model import NotAsked
from isotype.dialects import sqlite
from isotype.dialects.literals.sql import sql_identifier
from isotype.probes import Prober, chance
from isotype.probes.meaning import plain
from isotype.probes.rows import Cell, broken_rules, constant, reader
from isotype.probes.values import write
from isotype.tables.model import ForeignKey, Table

TRIES = 5
"""How often a row gets other values where some of them are taken."""

LAST = 2**63 - 1
"""Beside a row of this number there is none for a new one: SQLite counts on from the greatest."""


class File:
    """The tables of a domain, called as the models call them in the database `schema`, which is '' for the main one.

    Its own connection does not look after references, that of the API does. Raises `NotAsked`.
    """

    def __init__(self, of: Compiled, path: Path, prober: Prober) -> None:
        self._prober = prober
        self._entities = {(it.table.schema, it.table.name): it for it in of.bindings.entities}
        self._bases: dict[str, Mapping[str, Cell] | None] = {}
        # What is referred to and there, by table.
        self._there: dict[str, set[tuple[str, ...]]] = {}
        self._source = random.Random("rows")
        # It is made by one thread and asked by others, never by two at once.
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        schemas = {entity.table.schema for entity in of.bindings.entities}
        self.schema = "".join(schemas)
        try:
            if len(schemas) > 1:
                raise NotAsked("its tables are in several schemas, which models find on PostgreSQL alone")
            self._make(of)
        except sqlite3.Error as error:
            self.close()
            raise NotAsked(f"SQLite does not take the SQL file: {error}") from error
        except NotAsked:
            self.close()
            raise

    def _make(self, of: Compiled) -> None:
        """The tables, all of them empty."""
        # Whoever reads waits for nobody, and the file need not outlive this run.
        self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
        self._connection.executescript(f"BEGIN;\n{of.text('sql', 'sqlite.sql')}\nCOMMIT;")
        counting = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'"
        self._counts = self._connection.execute(counting).fetchone() is not None
        for table in of.bindings.tables.tables:
            # A schema is a prefix in the SQL, and an attached database for SQLAlchemy.
            if table.schema:
                made = sqlite.table_name(table.schema, table.name)
                self._connection.execute(f"ALTER TABLE {made} RENAME TO {_named(table)}")
            self._connection.execute(f"DELETE FROM {_named(table)}")

    def base(self, table: Table) -> Mapping[str, Cell] | None:
        """A new row, with all that one can have where that holds; None where none was found."""
        name = _named(table)
        if name not in self._bases:
            self._bases[name] = next(self._found(table), None)
        return self._bases[name]

    def _found(self, table: Table) -> Iterator[dict[str, Cell]]:
        """New rows that hold: what is shown of a row, and what one is made of."""
        shapes = self._entities[table.schema, table.name].shapes
        for variant, whole in (("response", True), ("create", True), ("create", False), ("response", False)):
            probe = self._prober.valid(shapes[variant], whole) if variant in shapes else None
            if probe is None or probe.row is None or probe.row.refusals:
                continue
            cells = _begun(table, {**self._key(table), **_defaults(table), **probe.row.cells})
            if not broken_rules(table, reader(table, cells))[0]:
                yield cells

    def _key(self, table: Table) -> dict[str, Cell]:
        """A key, which not every row is given."""
        found = {}
        for name in table.primary_key.columns if table.primary_key is not None else ():
            for value in self._prober.records.samples(table.column(name).type)[:1]:
                judged = self._prober.meaning.text(table.column(name).type, False, write(value))
                found[name] = Cell(constant(judged.value), write(value))
        return found

    def replace(self, table: Table, cells: Mapping[str, Cell]) -> bool:
        """Whether a table holds this row now, and no other; none where there are no cells."""
        name = _named(table)
        self._there.pop(name, None)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.execute(f"DELETE FROM {name}")
            if self._counts:
                self._connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
            if cells:
                self._insert(table, cells)
        except sqlite3.IntegrityError:
            return False
        finally:
            self._connection.execute("COMMIT")
        return self.provide(table, cells)

    def provide(self, table: Table, cells: Mapping[str, Cell]) -> bool:
        """Whether all is there that a row refers to; it is put there where it can be."""
        return all(self._refers(table, key, cells) for key in table.foreign_keys)

    def _refers(self, own: Table, key: ForeignKey, cells: Mapping[str, Cell]) -> bool:
        values = [cells.get(column) for column in key.columns]
        named = {column: cell for column, cell in zip(key.target_columns, values, strict=True) if cell is not None}
        if len(named) < len(values) or any(cell.value is None for cell in named.values()):
            return True
        table = self._entities[key.target_schema, key.target_table].table
        known = self._there.setdefault(_named(table), set())
        mark = tuple(f"{column}={plain(cell.value)!r}" for column, cell in named.items())
        if mark in known or self._has(table, named):
            known.add(mark)
            return True
        base = self.base(table)
        if base is None or (table == own and any(str(cell.value) == str(LAST) for cell in named.values())):
            return False
        for _ in range(TRIES):
            row = {**base, **self._fresh(table, base, named), **named}
            try:
                self._insert(table, row)
            except sqlite3.IntegrityError:
                continue
            known.add(mark)
            return self.provide(table, row)
        return False

    def _has(self, table: Table, cells: Mapping[str, Cell]) -> bool:
        wanted = " AND ".join(f"{sql_identifier(name)} = ?" for name in cells)
        return (
            self._connection.execute(f"SELECT 1 FROM {_named(table)} WHERE {wanted}", _bound(table, cells)).fetchone()
            is not None
        )

    def _fresh(self, table: Table, base: Mapping[str, Cell], named: Mapping[str, Cell]) -> dict[str, Cell]:
        """Values that no other row has, where no two may have the same."""
        unique = {column for one in table.uniques for column in one.columns}
        unique |= {key.column for index in table.indexes if index.unique for key in index.keys if key.column}
        unique |= set(table.primary_key.columns) if table.primary_key is not None else set()
        found = {}
        for name in sorted(unique & base.keys() - named.keys()):
            column = table.column(name)
            text = write(chance.value(column.type, self._prober.records, self._source))
            judged = self._prober.meaning.text(column.type, column.nullable, text)
            if not judged.refusals:
                found[name] = Cell(constant(judged.value), text)
        return found

    def _insert(self, table: Table, cells: Mapping[str, Cell]) -> None:
        columns, marks = ", ".join(map(sql_identifier, cells)), ", ".join("?" * len(cells))
        self._connection.execute(f"INSERT INTO {_named(table)} ({columns}) VALUES ({marks})", _bound(table, cells))

    def close(self) -> None:
        self._connection.close()


def _named(table: Table) -> str:
    return sql_identifier(table.name)


def _bound(table: Table, cells: Mapping[str, Cell]) -> list[object]:
    values = (sqlite.physical(cell.value, table.column(name).type) for name, cell in cells.items())
    return [float(value) if isinstance(value, Decimal) else value for value in values]


def _defaults(table: Table) -> dict[str, Cell]:
    """What a row has that is not given."""
    values = {
        it.name: it.default.value for it in table.columns if it.default is not None and it.default.kind == "literal"
    }
    return {name: Cell(value, write(plain(value))) for name, value in values.items()}


def _begun(table: Table, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells in the states in which rows begin."""
    found = dict(cells)
    for guard in table.transition_guards:
        cell, initial = found.get(guard.column), guard.transitions.initial
        if cell is not None and initial and cell.value not in initial:
            found[guard.column] = Cell(initial[0], write(initial[0]))
    return found
