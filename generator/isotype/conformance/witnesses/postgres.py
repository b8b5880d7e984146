"""PostgreSQL: each row inserted or changed under a savepoint, read and taken back, a batch per transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.engines import Engines
from isotype.conformance.model import Answer, NotAsked
from isotype.conformance.read_back import same
from isotype.dialects import postgres
from isotype.dialects.json_text import json_text
from isotype.dialects.literals.sql import postgres_string, sql_identifier
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import Enum
from isotype.probes import Probe
from isotype.probes.rows import Cell, Row, is_document
from isotype.probes.values import in_ascii
from isotype.tables.model import Table

REFUSALS = ("22", "23", "IS001", "54")
"""SQLSTATEs by which a value is refused, and not the statement: data, constraints, transitions, limits."""

BATCH = 400
_ROLE = "isotype_verify"
_UNSENDABLE = "\0"

_JUDGE = """
CREATE FUNCTION pg_temp.judge(befores text[], statements text[], tails text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  answers text[] := '{}';
  place tid;
  stored text;
BEGIN
  FOR i IN 1 .. cardinality(statements) LOOP
    BEGIN
      IF befores[i] = '' THEN
        EXECUTE statements[i] || tails[i] INTO stored;
      ELSE
        EXECUTE befores[i] || ' RETURNING ctid' INTO place;
        EXECUTE statements[i] || ' WHERE ctid = $1' || tails[i] INTO stored USING place;
      END IF;
      RAISE EXCEPTION USING ERRCODE = 'IS999';
    EXCEPTION WHEN OTHERS THEN
      answers := answers || (CASE SQLSTATE WHEN 'IS999' THEN '=' || stored ELSE SQLSTATE || ' ' || SQLERRM END);
    END;
  END LOOP;
  RETURN answers;
END $$
"""


class _Statement(NamedTuple):
    """What writes a row, what makes the row before it ('' for an INSERT), and what is read of it."""

    before: str
    text: str
    tail: str


class Postgres:
    name, target, apart = "postgres", "postgres", True

    def __init__(self, of: Compiled, engines: Engines) -> None:
        try:
            import psycopg

            from isotype.scratch.installations import PostgresError
        except ImportError as error:
            raise NotAsked("psycopg is not installed: pip install 'isotype[verify]'") from error
        self._connections: list[Any] = []
        self._databases: list[str] = []
        self.address = ""
        try:
            self._server = engines.server(_installation(of))
        except (PostgresError, OSError) as error:
            raise NotAsked(str(error)) from error
        try:
            self._prepare(of)
        except psycopg.Error as error:
            self.close()
            raise NotAsked(f"PostgreSQL cannot load the schema: {str(error).splitlines()[0]}") from error
        except BaseException:
            self.close()
            raise
        self._literals: dict[tuple[int, str, str], str] = {}
        self._known: dict[tuple[int, str, str, str | None], bool] = {}

    def _prepare(self, of: Compiled) -> None:
        """Two databases, loaded by a role without powers: for new rows, and for rows that may have moved on."""
        import psycopg

        self._server.execute(
            f"DO $$ BEGIN CREATE ROLE {_ROLE} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        tables = of.bindings.tables
        first = self._database()
        with psycopg.connect(self._server.url(first), autocommit=True) as admin:
            for extension in tables.extensions:
                if not extension.optional:
                    place = f" SCHEMA {sql_identifier(extension.schema)}" if extension.schema else ""
                    if extension.schema and not extension.schema.startswith("pg_"):
                        admin.execute(f"CREATE SCHEMA IF NOT EXISTS {sql_identifier(extension.schema)}".encode())
                    admin.execute(f"CREATE EXTENSION IF NOT EXISTS {sql_identifier(extension.name)}{place}".encode())
        with psycopg.connect(self._server.url(first), user=_ROLE, autocommit=True) as connection:
            connection.execute("SET statement_timeout = '120s'")
            connection.execute(of.text("sql", "postgres.sql").encode())
            found = connection.execute(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"
            ).fetchall()
            dropped = [f"ALTER TABLE {table} DROP CONSTRAINT {sql_identifier(name)}" for table, name in found]
            if tables.tables:
                dropped.append(f"TRUNCATE {', '.join(map(_name, tables.tables))} CASCADE")
            connection.execute(";".join(dropped).encode())
        for name in (first, self._database(first)):
            connection = psycopg.connect(self._server.url(name), user=_ROLE, autocommit=True)
            self._connections.append(connection)
            connection.execute("SET statement_timeout = '120s'")
            connection.execute("SET intervalstyle = 'iso_8601'")
            connection.execute(_JUDGE.encode())
        self.address = self._server.url(first).replace("//postgres@", f"//{_ROLE}@", 1)
        for one in tables.tables:
            for guard in one.transition_guards:
                self._free_starts(_name(one), guard.name)

    def _database(self, template: str | None = None) -> str:
        name = self._server.create_database(template)
        self._databases.append(name)
        self._server.execute(f'ALTER DATABASE "{name}" OWNER TO {_ROLE}')
        return name

    def _free_starts(self, table: str, guard: str) -> None:
        """Where rows may have moved on, moves are bound and starts are not."""
        _, connection = self._connections
        row = connection.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass",
            [guard, table],
        ).fetchone()
        if row is None:
            # Then moves are taken, which is seen when they are asked.
            return
        text = row[0].replace(" BEFORE INSERT OR UPDATE ", " BEFORE UPDATE ", 1)
        connection.execute(f"DROP TRIGGER {sql_identifier(guard)} ON {table}; {text}".encode())

    def asks(self, probe: Probe) -> bool:
        """Rows alone."""
        return probe.row is not None

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        rows = [probe.row for probe in probes if probe.row is not None]
        answers: dict[int, Answer] = {}
        for moved, connection in enumerate(self._connections):
            asked = [place for place, row in enumerate(rows) if row.started != bool(moved)]
            sent: list[tuple[int, _Statement]] = []
            for place in asked:
                statement = self._statement(rows[place])
                if _UNSENDABLE in statement.text:
                    answers[place] = Answer("no text of PostgreSQL holds U+0000 or half a surrogate pair")
                else:
                    sent.append((place, statement))
            for start in range(0, len(sent), BATCH):
                batch = sent[start : start + BATCH]
                texts = [list(parts) for parts in zip(*(statement for _, statement in batch), strict=True)]
                [found] = connection.execute("SELECT pg_temp.judge(%s, %s, %s)", texts).fetchone()
                for (place, statement), verdict in zip(batch, found, strict=True):
                    if verdict and not verdict.startswith(("=", *REFUSALS)):
                        raise RuntimeError(f"PostgreSQL says {verdict!r} to {statement.text[:2000]}")
                    answers[place] = self._answer(rows[place], verdict)
        return [answers[place] for place in range(len(rows))]

    def _answer(self, row: Row, verdict: str) -> Answer:
        if not verdict.startswith("="):
            return Answer(verdict)
        return Answer(changed=self._changed(row, json.loads(verdict[1:])) if row.stands else "")

    def _changed(self, row: Row, found: Sequence[str | None]) -> str:
        """The first value that is stored as another than was given; '' when none is."""
        for (name, cell), stored in zip(row.cells.items(), found, strict=True):
            key = (id(row.table), name, cell.text, stored)
            if key not in self._known:
                if len(self._known) > 200_000:
                    self._known.clear()
                value = None if stored is None else json.loads(stored, parse_float=Decimal)
                self._known[key] = same(row.table.column(name).type, cell.value, value)
            if not self._known[key]:
                return f"{name}: {cell.text} is stored as {stored}"
        return ""

    def _statement(self, row: Row) -> _Statement:
        before = "" if row.before is None else self._insert(row.table, row.before)
        columns = list(map(sql_identifier, row.cells))
        if row.before is None:
            text = self._insert(row.table, row.cells)
        else:
            values = (self._literal(row.table, name, cell) for name, cell in row.cells.items())
            text = f"UPDATE {_name(row.table)} SET {', '.join(map(' = '.join, zip(columns, values, strict=True)))}"
        if not row.stands:
            return _Statement(before, text, " RETURNING ''")
        # Each value is a text of JSON, so that what has been compared once is known again.
        returned = ", ".join(f"to_jsonb({column})::text" for column in columns)
        return _Statement(before, text, f" RETURNING to_json(ARRAY[{returned}]::text[])")

    def _insert(self, table: Table, cells: Mapping[str, Cell]) -> str:
        if not cells:
            return f"INSERT INTO {_name(table)} DEFAULT VALUES"
        columns = ", ".join(map(sql_identifier, cells))
        values = ", ".join(self._literal(table, name, cell) for name, cell in cells.items())
        return f"INSERT INTO {_name(table)} ({columns}) VALUES ({values})"

    def _literal(self, table: Table, column: str, cell: Cell) -> str:
        key = (id(table), column, cell.text)
        if key not in self._literals:
            if len(self._literals) > 200_000:
                self._literals.clear()
            of = table.column(column).type
            try:
                # Half a pair can be written in ASCII only.
                half = is_document(of) and "\\u" in cell.text
                text = (
                    postgres_string(in_ascii(json_text(cell.value)))
                    if half
                    else postgres.literal(cell.value, of, _enum)
                )
            except ValueError:
                # No text of PostgreSQL holds it, and no protocol carries it.
                text = _UNSENDABLE
            # A cast would shorten what an assignment refuses.
            self._literals[key] = re.sub(r"::VARCHAR\(\d+\)\[\]\Z", "::TEXT[]", text)
        return self._literals[key]

    def close(self) -> None:
        for connection in self._connections:
            connection.close()
        for name in self._databases:
            self._server.drop_database(name)


def _installation(of: Compiled) -> Any:
    """The binaries that have the extensions the schema asks for, as far as there are such."""
    from isotype.scratch.installations import find_installation, installations

    wanted = [it.name for it in of.bindings.tables.extensions if not it.optional and it.name != "plpgsql"]

    def has(root: Any) -> bool:
        return all(next(root.glob(f"**/extension/{name}.control"), None) for name in wanted)

    for found in installations() if wanted else ():
        from pathlib import Path

        folders = (found.binaries.parent / "share", Path(f"/usr/share/postgresql/{found.major}"))
        if any(folder.is_dir() and has(folder) for folder in folders):
            return found
    return find_installation()


def _name(table: Table) -> str:
    return ".".join(map(sql_identifier, filter(None, (table.schema, table.name))))


def _enum(enum: Enum) -> str:
    return enum.database_name
