"""Changes of types, sequences, extensions, schemas and reference rows, and what nobody declares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

from isotype.catalog.differences import EXTRA, UNMANAGED
from isotype.catalog.facts import Facts, Path
from isotype.catalog.postgres.names import qualified
from isotype.dialects.literals.sql import sql_identifier
from tests.catalog.mutations.model import Mutation, Spot, literal


def _enum(spot: Spot) -> Iterator[tuple[str, str]]:
    labels = json.loads(spot.text("labels") or "[]")
    head = f"ALTER TYPE {spot.sql}"
    yield "", f"DROP TYPE {spot.sql} CASCADE"
    yield "comment", f"COMMENT ON TYPE {spot.sql} IS 'Otherwise.'"
    yield "labels", f"{head} ADD VALUE 'otherwise'"
    yield "labels", f"{head} ADD VALUE 'otherwise' BEFORE {literal(labels[0])}"
    for label in labels:
        yield "labels", f"{head} RENAME VALUE {literal(label)} TO 'otherwise'"
    for one, other in pairwise(labels):
        yield (
            "labels",
            f"{head} RENAME VALUE {literal(one)} TO 'otherwise'; {head} RENAME VALUE {literal(other)} TO"
            f" {literal(one)}; {head} RENAME VALUE 'otherwise' TO {literal(other)}",
        )


def _domain(spot: Spot) -> Iterator[tuple[str, str]]:
    head = f"ALTER DOMAIN {spot.sql}"
    yield "", f"DROP DOMAIN {spot.sql} CASCADE"
    yield "comment", f"COMMENT ON DOMAIN {spot.sql} IS 'Otherwise.'"
    yield "not_null", f"{head} {'DROP' if spot.of['not_null'] else 'SET'} NOT NULL"
    yield "default", f"{head} {'DROP DEFAULT' if spot.of['default'] else 'SET DEFAULT NULL'}"
    yield "checks", f"{head} ADD CONSTRAINT one_more CHECK (VALUE IS NOT NULL)"
    for name, definition in json.loads(spot.text("checks") or "[]"):
        named = sql_identifier(name)
        yield "checks", f"{head} DROP CONSTRAINT {named}"
        changed = definition.replace("CHECK (", "CHECK (CURRENT_USER = 'nobody' OR ", 1)
        yield "checks", f"{head} DROP CONSTRAINT {named}; {head} ADD CONSTRAINT {named} {changed}"
        yield "checks", f"{head} RENAME CONSTRAINT {named} TO renamed"
    yield "type", f"DROP DOMAIN {spot.sql} CASCADE; CREATE DOMAIN {spot.sql} AS text"


def _composite(spot: Spot) -> Iterator[tuple[str, str]]:
    yield "", f"DROP TYPE {spot.sql} CASCADE"
    yield "comment", f"COMMENT ON TYPE {spot.sql} IS 'Otherwise.'"
    yield "columns", f"ALTER TYPE {spot.sql} ADD ATTRIBUTE one_more integer"
    for name, _ in json.loads(spot.text("columns") or "[]"):
        column = sql_identifier(name)
        yield "columns", f"ALTER TYPE {spot.sql} DROP ATTRIBUTE {column}"
        yield "columns", f"ALTER TYPE {spot.sql} RENAME ATTRIBUTE {column} TO renamed"
        yield "columns", f"ALTER TYPE {spot.sql} ALTER ATTRIBUTE {column} TYPE text"


def _sequence(spot: Spot) -> Iterator[tuple[str, str]]:
    name = spot.text("name") or spot.sql
    head, of = f"ALTER SEQUENCE {name}", spot.of
    if spot.kind == "sequence":
        yield "", f"DROP SEQUENCE {name} CASCADE"
    elif not spot.facts.of("column")[spot.path][5]:
        yield "", f"{head} OWNED BY NONE"
    yield "comment", f"COMMENT ON SEQUENCE {name} IS 'Otherwise.'"
    increment = int(spot.text("increment"))
    yield "increment", f"{head} INCREMENT BY {increment + 2}"
    yield "start", f"{head} START WITH {int(spot.text('start')) + 1}"
    yield "minimum", f"{head} MINVALUE {int(spot.text('minimum')) - 1}"
    yield "maximum", f"{head} MAXVALUE {int(spot.text('maximum')) - 1}"
    yield "cache", f"{head} CACHE {int(spot.text('cache')) + 3}"
    yield "cycle", f"{head} {'NO CYCLE' if of['cycle'] else 'CYCLE'}"
    limits = f"MINVALUE {of['minimum']} MAXVALUE"
    if of["type"] == "bigint":
        yield "type", f"{head} AS integer"
    else:
        yield "type", f"{head} AS bigint {limits} {of['maximum']}"


def _schema(spot: Spot) -> Iterator[tuple[str, str]]:
    yield "", f"DROP SCHEMA {spot.sql} CASCADE"
    yield "comment", f"COMMENT ON SCHEMA {spot.sql} IS 'Otherwise.'"


def _extension(spot: Spot) -> Iterator[tuple[str, str]]:
    yield "", f"DROP EXTENSION {spot.sql} CASCADE"
    if spot.text("schema") != "pg_catalog":
        yield "schema", f"CREATE SCHEMA its_place; ALTER EXTENSION {spot.sql} SET SCHEMA its_place"


def _statistics(spot: Spot) -> Iterator[tuple[str, str]]:
    yield "", f"DROP STATISTICS {spot.sql}"
    columns, _, table = spot.text("definition").partition(" ON ")[2].partition(" FROM ")
    again = f"DROP STATISTICS {spot.sql}; CREATE STATISTICS {spot.sql}"
    yield "definition", f"{again} (mcv) ON {columns} FROM {table}"


def _aggregate(spot: Spot) -> Iterator[tuple[str, str]]:
    schema, name = spot.path
    called = f"{sql_identifier(schema)}.{name}"
    yield "", f"DROP AGGREGATE {called}"
    yield "definition", f"CREATE OR REPLACE AGGREGATE {called} (SFUNC = textcat, STYPE = text, INITCOND = 'x')"


def _range(spot: Spot) -> Iterator[tuple[str, str]]:
    yield "", f"DROP TYPE {spot.sql} CASCADE"
    yield "definition", f"DROP TYPE {spot.sql} CASCADE; CREATE TYPE {spot.sql} AS RANGE (subtype = bigint)"


def _row(spot: Spot) -> Iterator[tuple[str, str]]:
    key, values = json.loads(spot.path[2]), json.loads(spot.text("values"))
    where = " AND ".join(f"{sql_identifier(name)}::text = {literal(value)}" for name, value in key.items())
    # A row may have any value where no check and no trigger has a say.
    free = "SET LOCAL session_replication_role = replica; " + "".join(
        f"ALTER TABLE {spot.table} DROP CONSTRAINT {sql_identifier(name)}; " for name in spot.constraints("check")
    )
    yield "", f"SET LOCAL session_replication_role = replica; DELETE FROM {spot.table} WHERE {where}"
    columns = spot.columns()
    for name, value in values.items():
        column, of = sql_identifier(name), columns[name]
        other = _other_value(str(of["type"]), value)
        if value is not None and of["not_null"] == "no":
            yield name, f"{free}UPDATE {spot.table} SET {column} = NULL WHERE {where}"
        if other is not None:
            yield name, f"{free}UPDATE {spot.table} SET {column} = {other} WHERE {where}"


def _other_value(type: str, value: str | None) -> str | None:
    if type.endswith("[]"):
        return "'{}'" if value != "{}" else None
    if type.startswith(("text", "character")):
        return "'~'"
    if type in ("integer", "bigint", "smallint") or type.startswith(("numeric", "double")):
        return str(1 if value is None else 0 if float(value) else 1)
    return {
        "boolean": "false" if value == "true" else "true",
        "jsonb": "'{\"otherwise\": 1}'",
        "uuid": "gen_random_uuid()",
        "timestamp with time zone": "'1999-01-01 00:00:00+00'",
        "date": "'1999-01-01'",
    }.get(type)


CHANGES = {
    "enum type": _enum,
    "domain": _domain,
    "composite type": _composite,
    "sequence": _sequence,
    "column sequence": _sequence,
    "schema": _schema,
    "extension": _extension,
    "statistics": _statistics,
    "aggregate": _aggregate,
    "range type": _range,
    "row": _row,
}


# What nobody declares

_PARTS = (
    ("column", "one_more", "ALTER TABLE {0} ADD COLUMN one_more integer"),
    ("constraint", "one_more", "ALTER TABLE {0} ADD CONSTRAINT one_more CHECK (CURRENT_USER <> 'nobody')"),
    ("policy", "one_more", "CREATE POLICY one_more ON {0} USING (true)"),
    ("rule", "one_more", "CREATE RULE one_more AS ON DELETE TO {0} DO ALSO NOTHING"),
)

_WHOLE = (
    ("table", "one_more", "CREATE TABLE {0}.one_more (id integer)"),
    ("view", "one_more", "CREATE VIEW {0}.one_more AS SELECT 1 AS one"),
    ("materialized view", "one_more", "CREATE MATERIALIZED VIEW {0}.one_more AS SELECT 1 AS one"),
    ("sequence", "one_more", "CREATE SEQUENCE {0}.one_more"),
    ("enum type", "one_more", "CREATE TYPE {0}.one_more AS ENUM ('one')"),
    ("domain", "one_more", "CREATE DOMAIN {0}.one_more AS text"),
    ("composite type", "one_more", "CREATE TYPE {0}.one_more AS (one integer)"),
    ("range type", "one_more", "CREATE TYPE {0}.one_more AS RANGE (subtype = integer)"),
    ("function", "one_more()", "CREATE FUNCTION {0}.one_more() RETURNS integer LANGUAGE sql AS 'SELECT 1'"),
    ("procedure", "one_more()", "CREATE PROCEDURE {0}.one_more() LANGUAGE sql AS 'SELECT 1'"),
    ("aggregate", "one_more(text)", "CREATE AGGREGATE {0}.one_more(text) (SFUNC = textcat, STYPE = text)"),
    ("collation", "one_more", 'CREATE COLLATION {0}.one_more FROM "C"'),
    ("text search configuration", "one_more", "CREATE TEXT SEARCH CONFIGURATION {0}.one_more (COPY = simple)"),
    ("text search dictionary", "one_more", "CREATE TEXT SEARCH DICTIONARY {0}.one_more (TEMPLATE = simple)"),
    (
        *("foreign table", "one_more"),
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
        " CREATE FOREIGN TABLE {0}.one_more () SERVER s",
    ),
    (
        *("event trigger", ""),
        "CREATE FUNCTION {0}.notice() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        " CREATE EVENT TRIGGER one_more ON ddl_command_end EXECUTE FUNCTION {0}.notice()",
    ),
)


def strangers(facts: Facts) -> Iterator[Mutation]:
    """Something of every kind in every schema, and in every table, that nobody declares."""
    for schema in facts.schemas:
        for kind, name, sql in _WHOLE:
            path: Path = (schema, name) if name else ("one_more",)
            yield Mutation(kind, path, "", sql.format(sql_identifier(schema)), UNMANAGED)
        operator = f"CREATE OPERATOR {sql_identifier(schema)}.## (FUNCTION = int4pl, LEFTARG = int, RIGHTARG = int)"
        yield Mutation("operator", (schema, f"{schema}.##(integer,integer)"), "", operator, UNMANAGED)
    for path in facts.of("table"):
        table = qualified(path)
        for kind, name, sql in _PARTS:
            if Spot(facts, "table", path).is_partition and kind == "column":
                continue
            yield Mutation(kind, (*path, name), "", sql.format(table), EXTRA)
        first = sql_identifier(next(it[2] for it in facts.of("column") if it[:2] == path))
        index = f"CREATE INDEX one_more ON {table} ({first}, ({first} IS NULL))"
        yield Mutation("index", (path[0], "one_more"), "", index, EXTRA)
        statistics = f"CREATE STATISTICS {sql_identifier(path[0])}.one_more ON ({first} IS NULL) FROM {table}"
        yield Mutation("statistics", (path[0], "one_more"), "", statistics, UNMANAGED)
        trigger = (
            "CREATE FUNCTION pg_temp.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
            f" CREATE TRIGGER one_more AFTER DELETE ON {table} EXECUTE FUNCTION pg_temp.nothing()"
        )
        yield Mutation("trigger", (*path, "one_more"), "", trigger, EXTRA)
