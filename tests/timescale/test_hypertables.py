"""Hypertables of the generated SQL and models, in a TimescaleDB."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from isotype.domain.model import Hypertable
from tests.domains.conftest import rendered, understood
from tests.domains.rows import Package
from tests.engines.postgres import Database
from tests.sql.support import postgres_sql
from tests.timescale.conftest import DOMAIN

pytestmark = pytest.mark.timescale

Connection = psycopg.Connection[tuple[Any, ...]]
HYPERTABLES: dict[str, Hypertable] = {
    entity.table: entity.hypertable for entity in understood(DOMAIN).entities if entity.hypertable
}
INSTANT = datetime(2025, 11, 14, 12, tzinfo=UTC)


def load(connection: Connection) -> list[tuple[str | None, str | None]]:
    """Load the SQL file of the domain; the severities and texts of what the server remarks."""
    remarks: list[tuple[str | None, str | None]] = []
    connection.add_notice_handler(lambda remark: remarks.append((remark.severity_nonlocalized, remark.message_primary)))
    connection.execute(rendered(DOMAIN).files["sql", "postgres.sql"].encode())
    return remarks


def facts(connection: Connection) -> dict[str, Any]:
    """The hypertables with their chunk lengths, and every index of the domain."""
    chunks = connection.execute(
        "SELECT hypertable_name, column_name, time_interval FROM timescaledb_information.dimensions"
        " WHERE hypertable_schema = 'infrastructure'"
    ).fetchall()
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'infrastructure'"
    ).fetchall()
    return {"chunks": {table: (column, length) for table, column, length in chunks}, "indexes": dict(indexes)}


def fill(connection: Connection, days: int) -> None:
    """A row of system_metrics at noon of each of the last days."""
    connection.execute("INSERT INTO infrastructure.devices (id, hostname) VALUES (gen_random_uuid(), 'nas')")
    for day in range(days):
        connection.execute(
            "INSERT INTO infrastructure.system_metrics (time, device_id, cpu_usage)"
            " SELECT %s, id, 1 FROM infrastructure.devices",
            [INSTANT - timedelta(days=day)],
        )


def chunks(connection: Connection) -> int:
    row = connection.execute("SELECT count(*) FROM show_chunks('infrastructure.system_metrics')").fetchone()
    assert row is not None
    return int(row[0])


def test_the_tables_with_a_time_become_hypertables(chunked: Database) -> None:
    """Those the schema says and no others, with its chunk lengths; and every index is one of the schema."""
    with chunked.connect() as connection:
        load(connection)
        found = facts(connection)
    declared = {table: (each.field, timedelta(hours=each.every.hours)) for table, each in HYPERTABLES.items()}
    assert len(declared) == 7
    assert found["chunks"] == declared
    domain = understood(DOMAIN)
    named = {index.name for entity in domain.entities for index in entity.indexes}
    named |= {f"{entity.table}_pkey" for entity in domain.entities} | {"devices_hostname_key"}
    assert set(found["indexes"]) == named


def test_models_make_the_same(chunked: Database, package: Package) -> None:
    """`create_all` makes the hypertables and indexes of the SQL file."""
    engine = sa.create_engine(chunked.url_for("psycopg"))
    package.models.metadata.create_all(engine)
    engine.dispose()
    with chunked.connect() as connection:
        made = facts(connection)
    name = chunked.server.create_database()
    try:
        with Database(chunked.server, name).connect() as connection:
            load(connection)
            assert made == facts(connection)
    finally:
        chunked.server.drop_database(name)


def test_rows_land_in_chunks(chunked: Database) -> None:
    """One chunk for each day that has rows; the health view counts them."""
    with chunked.connect() as connection:
        load(connection)
        fill(connection, 3)
        assert chunks(connection) == 3
        health = connection.execute(
            "SELECT is_hypertable, chunks, total_bytes > 0 FROM infrastructure.table_health"
            " WHERE table_name = 'system_metrics'"
        ).fetchone()
        plain = connection.execute(
            "SELECT is_hypertable, chunks FROM infrastructure.table_health WHERE table_name = 'devices'"
        ).fetchone()
    assert health == (True, 3, True)
    assert plain == (False, 0)


def test_what_is_too_old_goes_chunk_by_chunk(chunked: Database) -> None:
    """The maintenance function drops the chunks that lie wholly beyond what is kept."""
    kept = HYPERTABLES["system_metrics"].keep
    assert kept is not None
    days = kept.hours // 24
    with chunked.connect() as connection:
        load(connection)
        fill(connection, days + 5)
        connection.execute("SELECT infrastructure.maintain_system_metrics(%s)", [INSTANT])
        assert chunks(connection) == days + 1


def edition(connection: Connection) -> str:
    """`apache`, or `timescale`."""
    row = connection.execute("SHOW timescaledb.license").fetchone()
    assert row is not None
    return str(row[0])


def test_what_an_edition_refuses_is_said_and_the_load_goes_on(chunked: Database) -> None:
    """A warning for each table in the Apache edition, which neither compresses nor drops; none in the other."""
    with chunked.connect() as connection:
        remarks = load(connection)
        refused = edition(connection) == "apache"
    warned = [text for severity, text in remarks if severity == "WARNING" and text and "no policies" in text]
    assert [text.partition(" ")[0] for text in warned] == (list(HYPERTABLES) if refused else [])


def test_policies_compress_and_drop(chunked: Database) -> None:
    """One job for each, with the ages that the schema says."""
    with chunked.connect() as connection:
        load(connection)
        if edition(connection) == "apache":
            pytest.skip("not run: compression and retention policies, which the Apache edition refuses")
        jobs = connection.execute(
            "SELECT hypertable_name, proc_name,"
            " coalesce(config ->> 'compress_after', config ->> 'drop_after')::interval"
            " FROM timescaledb_information.jobs WHERE hypertable_name IS NOT NULL"
        ).fetchall()
    asked = {
        (table, name, timedelta(hours=span.hours))
        for table, each in HYPERTABLES.items()
        for name, span in (
            ("policy_compression", each.compression and each.compression.after),
            ("policy_retention", each.keep),
        )
        if span
    }
    assert set(jobs) == asked


def test_alembic_leaves_alone_what_timescaledb_made(chunked: Database, package: Package) -> None:
    """A database that was just made needs no migration, chunks and the index of an older installation included."""
    autogenerate = pytest.importorskip("alembic.autogenerate")
    migration = pytest.importorskip("alembic.migration")
    with chunked.connect() as connection:
        load(connection)
        fill(connection, 2)
        connection.execute("CREATE INDEX system_metrics_time_idx ON infrastructure.system_metrics (time DESC)")
    hook = __import__(f"{DOMAIN}.models.alembic", fromlist=["alembic"])
    engine = sa.create_engine(chunked.url_for("psycopg"))
    with engine.connect() as made:
        context = migration.MigrationContext.configure(made, opts=dict(hook.options))
        assert autogenerate.compare_metadata(context, package.models.metadata) == []
    engine.dispose()


@pytest.mark.parametrize(
    ("table", "refused"),
    [
        ("id int PRIMARY KEY, time timestamptz NOT NULL", "cannot create a unique index without the column"),
        ("id int UNIQUE, time timestamptz NOT NULL", "cannot create a unique index without the column"),
        ("id int, time int[] NOT NULL", "invalid type for dimension"),
    ],
)
def test_what_the_reader_refuses_timescaledb_refuses(chunked: Database, table: str, refused: str) -> None:
    """A key without the time, and a time that is none."""
    with chunked.connect() as connection:
        connection.execute("CREATE EXTENSION timescaledb")
        connection.execute(f"CREATE TABLE seen ({table})".encode())
        with pytest.raises(psycopg.DatabaseError, match=refused):
            connection.execute("SELECT create_hypertable('seen', 'time')")


def test_dates_and_other_lengths(chunked: Database) -> None:
    """Chunks of hours, days and weeks, on each type of time, trimmed by each."""
    schema = "database: {extensions: [{name: timescaledb, optional: true}]}\nentities:\n"
    for name, of, every in (
        ("Instant", "timestamp", "6 hours"),
        ("Local", "local_timestamp", "1 day"),
        ("Day", "date", "2 weeks"),
    ):
        schema += (
            f"  {name}:\n    fields: {{at: {of}, n: int}}\n    key: [at, n]\n"
            f"    hypertable: {{by: at, every: {every}, keep: 4 weeks, compress: {{after: 2 weeks, segment_by: n}}}}\n"
        )
    with chunked.connect() as connection:
        connection.execute(postgres_sql(schema).encode())
        for table in ("instants", "locals", "days"):
            connection.execute(f"INSERT INTO {table} VALUES ('2025-01-01', 1), ('2025-11-13', 1)".encode())
            connection.execute(f"SELECT maintain_{table}('2025-11-14T00:00:00Z')".encode())
            left = connection.execute(f"SELECT at::date::text FROM {table}".encode()).fetchall()
            assert left == [("2025-11-13",)], table


ENVIRONMENT = f"""
from alembic import context
from {DOMAIN}.models import alembic as hook

context.configure(connection=context.config.attributes["connection"], **hook.options)
with context.begin_transaction():
    context.run_migrations()
"""
SCRIPT = """
import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision, down_revision, branch_labels, depends_on = ${repr(up_revision)}, ${repr(down_revision)}, None, None


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
"""


def test_a_later_revision_makes_a_hypertable_too(chunked: Database, package: Package, tmp_path: Path) -> None:
    """What autogenerate writes for a table that is missing turns it into chunks, and nothing is left to do."""
    command: Any = pytest.importorskip("alembic.command")
    configuration: Any = pytest.importorskip("alembic.config")
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENVIRONMENT)
    (tmp_path / "script.py.mako").write_text(SCRIPT)
    with chunked.connect() as connection:
        load(connection)
        connection.execute("DROP TABLE infrastructure.drive_health")
        connection.execute("DROP FUNCTION infrastructure.maintain_drive_health")
    engine = sa.create_engine(chunked.url_for("psycopg"))
    settings = configuration.Config(stdout=StringIO())
    settings.set_main_option("script_location", str(tmp_path))
    with engine.begin() as settings.attributes["connection"]:
        command.revision(settings, autogenerate=True)
    with engine.begin() as settings.attributes["connection"]:
        command.upgrade(settings, "head")
        command.check(settings)
    engine.dispose()
    with chunked.connect() as connection:
        assert facts(connection)["chunks"]["drive_health"] == ("time", timedelta(days=7))
        connection.execute("SELECT infrastructure.maintain_drive_health(now())")
