"""PostgreSQL: a server of one's own, each row inserted under a savepoint and taken back, a batch per transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.model import Answer, NotAsked
from isotype.dialects import postgres
from isotype.dialects.json_text import json_text
from isotype.dialects.literals.sql import postgres_string, sql_identifier
from isotype.domain.types import Enum
from isotype.probes import Probe
from isotype.probes.rows import Row, is_document
from isotype.probes.values import in_ascii
from isotype.tables.model import Table

REFUSALS = ("22", "23", "IS001", "54")
"""SQLSTATEs by which a value is refused, and not the statement: data, constraints, transitions, limits."""

BATCH = 400
_ROLE = "isotype_verify"
_UNSENDABLE = "\0"

_JUDGE = """
CREATE FUNCTION pg_temp.judge(statements text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  answers text[] := '{}';
  statement text;
BEGIN
  FOREACH statement IN ARRAY statements LOOP
    BEGIN
      EXECUTE statement;
      RAISE EXCEPTION USING ERRCODE = 'IS999';
    EXCEPTION WHEN OTHERS THEN
      answers := answers || (CASE SQLSTATE WHEN 'IS999' THEN '' ELSE SQLSTATE || ' ' || SQLERRM END);
    END;
  END LOOP;
  RETURN answers;
END $$
"""


class Postgres:
    name, target, apart = "postgres", "postgres", True

    def __init__(self, of: Compiled) -> None:
        try:
            import psycopg

            from isotype.scratch.installations import PostgresError
            from isotype.scratch.server import Server
        except ImportError as error:
            raise NotAsked("psycopg is not installed: pip install 'isotype[verify]'") from error
        self._connections: list[Any] = []
        self.address = ""
        try:
            self._server = Server(_installation(of), settings={"max_locks_per_transaction": "1024"}).start()
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

    def _prepare(self, of: Compiled) -> None:
        """Two databases, loaded by a role without powers: for new rows, and for rows that may have moved on."""
        import psycopg

        self._server.execute(f"CREATE ROLE {_ROLE} LOGIN")
        tables = of.bindings.tables
        for moved in (False, True):
            name = self._server.create_database()
            self._server.execute(f'ALTER DATABASE "{name}" OWNER TO {_ROLE}')
            address = self._server.url(name)
            with psycopg.connect(address, autocommit=True) as admin:
                for extension in tables.extensions:
                    if not extension.optional:
                        place = f" SCHEMA {sql_identifier(extension.schema)}" if extension.schema else ""
                        if extension.schema and not extension.schema.startswith("pg_"):
                            admin.execute(f"CREATE SCHEMA IF NOT EXISTS {sql_identifier(extension.schema)}".encode())
                        admin.execute(
                            f"CREATE EXTENSION IF NOT EXISTS {sql_identifier(extension.name)}{place}".encode()
                        )
            connection = psycopg.connect(address, user=_ROLE, autocommit=True)
            self._connections.append(connection)
            self.address = self.address or self._server.url(name).replace("//postgres@", f"//{_ROLE}@", 1)
            connection.execute("SET statement_timeout = '120s'")
            connection.execute(of.text("sql", "postgres.sql").encode())
            found = connection.execute(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"
            ).fetchall()
            for table, constraint in found:
                connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {sql_identifier(constraint)}".encode())
            for one in tables.tables:
                connection.execute(f"TRUNCATE {_name(one)} CASCADE".encode())
                for guard in one.transition_guards if moved else ():
                    connection.execute(f"DROP TRIGGER {sql_identifier(guard.name)} ON {_name(one)}".encode())
            connection.execute(_JUDGE.encode())

    def asks(self, probe: Probe) -> bool:
        """Rows alone."""
        return probe.row is not None

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        rows = [probe.row for probe in probes if probe.row is not None]
        answers: dict[int, Answer] = {}
        for moved, connection in enumerate(self._connections):
            asked = [place for place, row in enumerate(rows) if row.started != bool(moved)]
            sent: list[tuple[int, str]] = []
            for place in asked:
                statement = self._insert(rows[place])
                if _UNSENDABLE in statement:
                    answers[place] = Answer("no text of PostgreSQL holds U+0000 or half a surrogate pair")
                else:
                    sent.append((place, statement))
            for start in range(0, len(sent), BATCH):
                batch = sent[start : start + BATCH]
                [found] = connection.execute("SELECT pg_temp.judge(%s)", [[text for _, text in batch]]).fetchone()
                for (place, statement), verdict in zip(batch, found, strict=True):
                    if verdict and not verdict.startswith(REFUSALS):
                        raise RuntimeError(f"PostgreSQL says {verdict!r} to {statement[:2000]}")
                    answers[place] = Answer(verdict)
        return [answers[place] for place in range(len(rows))]

    def _insert(self, row: Row) -> str:
        if not row.cells:
            return f"INSERT INTO {_name(row.table)} DEFAULT VALUES"
        values = [self._literal(row, name) for name in row.cells]
        return (
            f"INSERT INTO {_name(row.table)} ({', '.join(map(sql_identifier, row.cells))}) VALUES ({', '.join(values)})"
        )

    def _literal(self, row: Row, column: str) -> str:
        cell = row.cells[column]
        key = (id(row.table), column, cell.text)
        if key not in self._literals:
            if len(self._literals) > 200_000:
                self._literals.clear()
            of = row.table.column(column).type
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
        self._server.stop()


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
