"""What extensions make of tables, and what is left where they are not there."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import psycopg
import pytest

from tests.engines import sqlite as sqlite_engine
from tests.engines.postgres import Database
from tests.sql.support import compiled, postgres_sql, sqlite_sql

CLUSTER = """
database: {extensions: [{name: citus, optional: true}]}
entities:
  Line:
    fields: {tenant: {ref: Tenant}, number: int}
    key: [tenant, number]
    distribute: {by: tenant, with: Tenant}
  Tenant:
    fields: {id: {type: int, key: true}, country: {ref: Country}}
    distribute: {by: id}
  Country:
    fields: {code: {type: string(2), key: true}}
    distribute: reference
"""
CHUNKS = """
database: {extensions: [{name: timescaledb, optional: true}]}
entities:
  Reading:
    fields: {time: timestamp, sensor: int}
    key: [time, sensor]
    hypertable: {by: time, every: 1 day, keep: 2 days, compress: {after: 1 day, segment_by: sensor}}
"""
# The functions as the manual of Citus declares them; these remember who called.
STAND_INS = """
CREATE TYPE distribution_type AS ENUM ('hash', 'range', 'append');
CREATE TABLE calls (number serial, called text, column_name text, beside text);
CREATE FUNCTION create_reference_table(table_name regclass) RETURNS void LANGUAGE sql
    AS 'INSERT INTO calls (called) VALUES (table_name::text)';
CREATE FUNCTION create_distributed_table(
    table_name regclass, distribution_column text, distribution_type distribution_type DEFAULT 'hash',
    colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL
) RETURNS void LANGUAGE sql
    AS 'INSERT INTO calls (called, column_name, beside) VALUES (table_name::text, distribution_column, colocate_with)';
SET allow_system_table_mods = on;
INSERT INTO pg_extension
    SELECT 1000000, 'citus', oid, 2200, false, '0', NULL, NULL FROM pg_roles WHERE rolsuper LIMIT 1;
"""


def load(database: Database, schema: str, before: str = "") -> list[str]:
    """Load a schema after other statements; the notices."""
    notices: list[str] = []
    with database.connect() as connection:
        connection.add_notice_handler(lambda remark: notices.append(str(remark.message_primary)))
        connection.execute((before + postgres_sql(schema)).encode())
    return notices


def rows(database: Database, query: str) -> list[Any]:
    with database.connect() as connection:
        return connection.execute(query.encode()).fetchall()


def test_an_optional_extension_is_created_where_the_server_has_it(database: Database) -> None:
    """Where it does not have it, the rest loads all the same."""
    available = {name for (name,) in rows(database, "SELECT name FROM pg_available_extensions")}
    asked = ("intarray", "no_such_extension")
    named = ", ".join(f"{{name: {name}, optional: true}}" for name in asked)
    load(database, f"database: {{extensions: [{named}]}}\nentities: {{Thing: {{fields: {{n: int}}}}}}")
    found = {name for (name,) in rows(database, "SELECT extname FROM pg_extension")}
    assert found == {"plpgsql", *(name for name in asked if name in available)}
    assert rows(database, "SELECT count(*) FROM things") == [(0,)]


def test_an_extension_that_is_not_optional_must_be_there(database: Database) -> None:
    """The load stops at it."""
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="no_such_extension"):
        load(database, "database: {extensions: [no_such_extension]}\nentities: {Thing: {fields: {n: int}}}")


def test_a_server_that_has_not_loaded_an_extension_at_its_start_does_without_it(database: Database) -> None:
    """Creating it would end the connection; the tables are plain, and the load says so."""
    assert load(database, CHUNKS) == ["readings stays a plain table: this database does not have timescaledb"]
    assert sorted(load(database, CLUSTER)) == [
        f"{table} stays a plain table: this database does not have citus" for table in ("countries", "lines", "tenants")
    ]


def test_old_rows_of_a_plain_table_go_when_they_are_told_to(database: Database) -> None:
    """Rows older than `keep` seen from the instant, no others."""
    load(database, CHUNKS)
    with database.connect() as connection:
        connection.execute("INSERT INTO readings SELECT '2025-01-10'::date - day, 1 FROM generate_series(0, 5) AS day")
        connection.execute("SELECT maintain_readings('2025-01-10T00:00:00Z')")
    assert rows(database, "SELECT count(*), min(time)::date::text FROM readings") == [(3, "2025-01-08")]


def test_a_cluster_is_told_of_copies_first_and_of_followers_last(database: Database) -> None:
    """Every statement runs against functions of the declared form; who has a `with` names its table, others none."""
    assert load(database, CLUSTER, before=STAND_INS) == []
    assert rows(database, "SELECT called, column_name, beside FROM calls ORDER BY number") == [
        ("countries", None, None),
        ("tenants", "id", "none"),
        ("lines", "tenant_id", "tenants"),
    ]


@pytest.mark.parametrize(
    ("schema", "construct"), [(CHUNKS, "hypertable"), (CLUSTER, "distribute")], ids=["hypertable", "distribute"]
)
def test_what_a_database_does_without_stands_in_the_ledger(schema: str, construct: str) -> None:
    """PostgreSQL alone, and SQLite, which makes plain tables."""
    gaps = compiled(schema)[1]
    assert {gap.target for gap in gaps if gap.construct == construct} == {"postgres", "sqlite"}
    with closing(sqlite_engine.connect()) as connection:
        connection.executescript(sqlite_sql(schema))
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_function_of_an_extension_carries_its_schema() -> None:
    """Where the schema says that an extension is installed somewhere, it is called there."""
    text = postgres_sql(CHUNKS.replace("optional: true", "schema: extensions, optional: true"))
    assert "CREATE EXTENSION IF NOT EXISTS timescaledb SCHEMA extensions;" in text
    for function in ("create_hypertable", "drop_chunks", "add_compression_policy", "add_retention_policy"):
        assert f"PERFORM extensions.{function}(" in text


def test_statements_that_cannot_run_here_are_sound_sql(database: Database) -> None:
    """Compression and retention, which no server of the tests offers, are at least what PostgreSQL can parse."""
    blocks = re.findall(r"^DO (\$\$.*?\$\$);", postgres_sql(CHUNKS), re.DOTALL | re.MULTILINE)
    policies = [block for block in blocks if "add_retention_policy" in block]
    assert len(policies) == 1
    expected = ("timescaledb.compress_segmentby = 'sensor'", "timescaledb.compress_orderby = '\"time\" DESC'")
    assert all(text in policies[0] for text in expected)
    for number, block in enumerate(blocks):
        with database.connect() as connection:
            connection.execute(f"CREATE FUNCTION block_{number}() RETURNS void LANGUAGE plpgsql AS {block}".encode())
    with database.connect() as connection, pytest.raises(psycopg.errors.SyntaxError):
        broken = policies[0].replace("SET (", "SET ((")
        connection.execute(f"CREATE FUNCTION broken() RETURNS void LANGUAGE plpgsql AS {broken}".encode())
