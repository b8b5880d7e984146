"""PostgreSQL: each row inserted or changed under a savepoint, read and taken back, a batch per transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.engines import Engines
from isotype.conformance.making import Making
from isotype.conformance.model import Answer, NotAsked
from isotype.conformance.read_back import formed, same
from isotype.dialects import postgres
from isotype.dialects.json_text import json_text
from isotype.dialects.literals.sql import postgres_string, sql_identifier
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import Array, Enum, Scalar
from isotype.findings import Finding, IsotypeError
from isotype.probes import Probe
from isotype.probes.made import FORM, Made, made
from isotype.probes.rows import Cell, Row, is_document
from isotype.probes.scenes import Left, Scene, Statement, arriving
from isotype.probes.values import in_ascii
from isotype.tables.model import Table

REFUSALS = ("22", "23", "IS001", "54", "428C9", "0A000 searching for elements in multidimensional arrays")
"""SQLSTATEs by which a value is refused, and not the statement: data, constraints, transitions, limits; and what a
CHECK says of an array of arrays."""

MOVE = "IS001"
"""The SQLSTATE of a move, and of a start, that is refused."""
_UNASKED = "22023 cannot "
"""What a function of JSON says of a value of another kind: a check has to look first."""
_UNREAD = "22007 invalid input syntax for type interval"
"""What a cast says of a text that is no duration: a check of JSON has to look first."""

BATCH = 400
_ROLE = "isotype_verify"
_UNSENDABLE = "\0"

_JUDGE = """
CREATE FUNCTION pg_temp.judge(befores text[], statements text[], tails text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  answers text[] := '{}';
  before boolean;
  place tid;
  stored text;
BEGIN
  FOR i IN 1 .. cardinality(statements) LOOP
    BEGIN
      before := befores[i] <> '';
      IF before THEN
        EXECUTE befores[i] || ' RETURNING ctid' INTO place;
        before := false;
        EXECUTE statements[i] || ' WHERE ctid = $1' || tails[i] INTO stored USING place;
      ELSE
        EXECUTE statements[i] || tails[i] INTO stored;
      END IF;
      RAISE EXCEPTION USING ERRCODE = 'IS999';
    EXCEPTION WHEN OTHERS THEN
      answers := answers || CASE
        WHEN SQLSTATE = 'IS999' THEN '=' || coalesce(stored, 'null')
        ELSE CASE WHEN before THEN '!' ELSE '' END || SQLSTATE || ' ' || SQLERRM
      END;
    END;
  END LOOP;
  RETURN answers;
END $$
"""


_PLAY = """
CREATE FUNCTION pg_temp.play(given text[], asked text, seen text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  before boolean := true;
  statement text;
  answer text := '';
BEGIN
  FOREACH statement IN ARRAY given LOOP
    EXECUTE statement;
  END LOOP;
  before := false;
  EXECUTE asked;
  IF seen <> '' THEN
    EXECUTE seen INTO answer;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'IS999';
EXCEPTION WHEN OTHERS THEN
  RETURN CASE
    WHEN SQLSTATE = 'IS999' THEN '=' || answer
    ELSE CASE WHEN before THEN '!' ELSE '' END || SQLSTATE || ' ' || SQLERRM
  END;
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
        # What the schema gives as raw SQL may take rows away.
        self._raw = any(raw.postgres for raw in of.bindings.tables.raw_sql)
        # The database for new rows, and one for somebody else, for rows that may have moved on.
        self.address = self.further = ""
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
        self._making = Making()

    def _prepare(self, of: Compiled) -> None:
        """Databases, loaded by a role without powers: for new rows, and for rows that may have moved on.

        Of the second kind there is one more, for who waits for nobody's transaction.
        """
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
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE contype = 'f' AND conparentid = 0"
            ).fetchall()
            dropped = [f"ALTER TABLE {table} DROP CONSTRAINT {sql_identifier(name)}" for table, name, _ in found]
            self._references = [
                f"ALTER TABLE {table} ADD CONSTRAINT {sql_identifier(name)} {text}" for table, name, text in found
            ]
            if tables.tables:
                dropped.append(f"TRUNCATE {', '.join(map(_name, tables.tables))} CASCADE")
            connection.execute(";".join(dropped).encode())
        moved, further = self._database(first), self._database(first)
        for name in (first, moved):
            connection = psycopg.connect(self._server.url(name), user=_ROLE, autocommit=True)
            self._connections.append(connection)
            connection.execute("SET statement_timeout = '120s'")
            connection.execute("SET intervalstyle = 'iso_8601'")
            # Where midnight is another one than that of UTC, by no whole hour.
            connection.execute("SET timezone = 'Asia/Kathmandu'")
            connection.execute(_JUDGE.encode())
            connection.execute(_PLAY.encode())
        self.address, self.further = (
            self._server.url(name).replace("//postgres@", f"//{_ROLE}@", 1) for name in (first, further)
        )
        with psycopg.connect(self.further, autocommit=True) as connection:
            for one in tables.tables:
                for guard in one.transition_guards:
                    _free_starts(self._connections[1], _name(one), guard.name)
                    _free_starts(connection, _name(one), guard.name)

    @contextmanager
    def holding(self, text: str, tables: Iterable[Table]) -> Iterator[None]:
        """Both databases with more tables in them, which are gone at the end. Raises `psycopg.Error`."""
        try:
            for connection in self._connections:
                connection.execute("BEGIN")
                connection.execute(text.encode())
            for one in tables:
                for guard in one.transition_guards:
                    _free_starts(self._connections[1], _name(one), guard.name)
            yield
        finally:
            for connection in self._connections:
                connection.execute("ROLLBACK")

    def _database(self, template: str | None = None) -> str:
        name = self._server.create_database(template)
        self._databases.append(name)
        self._server.execute(f'ALTER DATABASE "{name}" OWNER TO {_ROLE}')
        return name

    def asks(self, probe: Probe) -> bool:
        """Rows alone."""
        return probe.row is not None

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        with _answering():
            return self._judged(probes)

    def _judged(self, probes: Sequence[Probe]) -> Sequence[Answer]:
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
                for (place, _), verdict in zip(batch, found, strict=True):
                    answers[place] = self._answer(rows[place], verdict)
        return [answers[place] for place in range(len(rows))]

    def _answer(self, row: Row, verdict: str) -> Answer:
        if verdict.startswith("!"):
            return Answer(fault=f"the row to be changed is refused: {verdict[1:]}")
        if verdict.startswith("="):
            return Answer(changed=self._changed(row, json.loads(verdict[1:])) if row.stands else "")
        if verdict.startswith(_UNASKED) or (verdict.startswith(_UNREAD) and not _holds_durations(row)):
            return Answer(fault=verdict)
        if verdict.startswith(MOVE) and row.refusals and all(one.constraint != "transition" for one in row.refusals):
            return Answer(fault=f"is refused as a move: {verdict}")
        return Answer(verdict) if verdict.startswith(REFUSALS) else Answer(fault=verdict)

    def _changed(self, row: Row, found: Sequence[str | None] | None) -> str:
        """The first value that is stored as another than was meant; '' when none is."""
        if found is None:
            return "" if self._raw else "no row is there"
        for (name, cell), stored in zip(row.cells.items(), found, strict=False):
            key = (id(row.table), name, cell.text, stored)
            if key not in self._known:
                if len(self._known) > 200_000:
                    self._known.clear()
                self._known[key] = same(row.table.column(name).type, cell.value, _read(stored))
            if not self._known[key]:
                return f"{name}: {cell.text} is stored as {stored}"
        for one, stored in zip(made(row), found[len(row.cells) :], strict=True):
            if not self._making.holds(id(row.table), one, _read(stored), _same):
                return f"{one.column.name}: {one} is stored as {stored}"
        return ""

    def play(self, scenes: Sequence[Scene]) -> Sequence[Answer]:
        """Each scene with the references of all tables, which rows alone do without."""
        connection = self._connections[0]
        with _answering(), connection.transaction(force_rollback=True):
            connection.execute(";".join(self._references).encode())
            return [self._played(connection, scene) for scene in scenes]

    def _played(self, connection: Any, scene: Scene) -> Answer:
        given = ["SET CONSTRAINTS ALL DEFERRED"] if scene.late else []
        given += [self._written(statement) for row in scene.given for statement in arriving(row)]
        seen = "" if scene.left is None or scene.refused else self._seen(scene.left)
        [verdict] = connection.execute(
            "SELECT pg_temp.play(%s::text[], %s, %s)", [given, self._written(scene.asked), seen]
        ).fetchone()
        if verdict.startswith("!"):
            return Answer(fault=f"a row that must be there is refused: {verdict[1:]}")
        if not verdict.startswith("="):
            return Answer(verdict) if verdict.startswith(REFUSALS) else Answer(fault=verdict)
        return Answer(changed=_differs(scene.left, verdict[1:]) if scene.left is not None and seen else "")

    def _written(self, statement: Statement) -> str:
        table = statement.row.table
        found = self._alike(table, statement.row.key())
        match statement.kind:
            case "insert":
                return self._insert(table, statement.row.cells)
            case "update":
                changes = ", ".join(self._equal(table, statement.cells))
                return f"UPDATE {_name(table)} SET {changes} WHERE {found}"
        return f"DELETE FROM {_name(table)} WHERE {found}"

    def _seen(self, left: Left) -> str:
        """The query of what is left, each row an array of JSON texts."""
        columns = ", ".join(f"to_jsonb({sql_identifier(name)})::text" for name in left.columns)
        which = f" WHERE {self._alike(left.table, left.found)}" if left.found else ""
        return f"SELECT coalesce(json_agg(ARRAY[{columns}]), '[]') FROM {_name(left.table)}{which}"

    def _alike(self, table: Table, cells: Mapping[str, Cell]) -> str:
        """The condition that a row has these values."""
        return " AND ".join(self._equal(table, cells))

    def _equal(self, table: Table, cells: Mapping[str, Cell]) -> Iterator[str]:
        return (f"{sql_identifier(name)} = {self._literal(table, name, cell)}" for name, cell in cells.items())

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
        columns += (sql_identifier(one.column.name) for one in made(row))
        returned = ", ".join(f"to_jsonb({column})::text" for column in columns)
        return _Statement(before, text, f" RETURNING to_json(ARRAY[{returned}]::text[])")

    def _insert(self, table: Table, cells: Mapping[str, Cell]) -> str:
        if not cells:
            return f"INSERT INTO {_name(table)} DEFAULT VALUES"
        columns = ", ".join(map(sql_identifier, cells))
        values = ", ".join(self._literal(table, name, cell) for name, cell in cells.items())
        return f"INSERT INTO {_name(table)} ({columns}) VALUES ({values})"

    def _literal(self, table: Table, column: str, cell: Cell) -> str:
        if cell.foreign is not None:
            return str(cell.foreign)
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
            # A cast would shorten, or refuse, what it is for the column to refuse.
            text = re.sub(r"::VARCHAR\(\d+\)\[\]\Z", "::TEXT[]", text)
            self._literals[key] = re.sub(r"::(SMALLINT|INTEGER)\[\]\Z", "::BIGINT[]", text)
        return self._literals[key]

    def close(self) -> None:
        for connection in self._connections:
            connection.close()
        for name in self._databases:
            self._server.drop_database(name)


def _holds_durations(row: Row) -> bool:
    """Whether the database itself reads a duration of the row: in a column, or in a list in one."""
    types = (row.table.column(name).type for name in row.cells)
    items = (of.item if isinstance(of, Array) else of for of in types)
    return any(isinstance(item, Scalar) and item.base == "duration" for item in items)


def _free_starts(connection: Any, table: str, guard: str) -> None:
    """Where rows may have moved on, moves are bound and starts are not."""
    row = connection.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass",
        [guard, table],
    ).fetchone()
    if row is None:
        # Then moves are taken, which is seen when they are asked.
        return
    text = row[0].replace(" BEFORE INSERT OR UPDATE ", " BEFORE UPDATE ", 1)
    connection.execute(f"DROP TRIGGER {sql_identifier(guard)} ON {table}; {text}".encode())


@contextmanager
def _answering() -> Iterator[None]:
    """A server that ends, or takes too long, ends the run with a sentence: it is no verdict."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise IsotypeError(Finding("witness-stopped", f"PostgreSQL does not answer any more: {said}")) from error


def _differs(left: Left, text: str) -> str:
    """What is there, where it is something else than must be left; '' otherwise."""
    types = [left.table.column(name).type for name in left.columns]
    found = [list(map(_read, row)) for row in json.loads(text)]
    waiting = list(found)
    for meant in left.rows:
        for row in waiting:
            if all(same(of, cell.value, value) for of, cell, value in zip(types, meant, row, strict=True)):
                waiting.remove(row)
                break
        else:
            return f"{', '.join(left.columns)}: {found}"
    return f"{', '.join(left.columns)}: {found}" if waiting else ""


def _same(one: Made, stored: Any) -> bool:
    if one.kind == FORM:
        return formed(one.column.type, one.column.nullable, stored)
    return same(one.column.type, one.value, stored)


def _read(stored: str | None) -> Any:
    return None if stored is None else json.loads(stored, parse_float=Decimal)


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
