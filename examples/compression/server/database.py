"""The database of the service: where it is, how it is made at the first start, and what it asks for regularly."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.pool import ConnectionPoolEntry

from generated.compression.models.session import Settings, make_engine
from generated.compression.models.system_metric import SystemMetric

_SQL = Path(__file__).resolve().parents[3] / "generated" / "compression" / "sql"
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite+aiosqlite"}
_FIRST_TABLE = "compression_algorithms"
_KEPT = timedelta(days=90)
"""As long as the partitions on PostgreSQL are kept; SQLite has none."""


class UnknownDatabase(ValueError):
    """A URL that leads to no database this service can use."""


def address(url: str | None, data: Path) -> URL:
    """The URL of a database with its asynchronous driver; without one it is a file in the data folder."""
    if not url:
        return make_url("sqlite+aiosqlite://").set(database=str(data / "compression.db"))
    scheme, _, rest = url.partition("://")
    backend = scheme.partition("+")[0]
    if backend not in _DRIVERS or (backend == "sqlite" and rest in ("", "/", "/:memory:")):
        raise UnknownDatabase(f"a database is a URL such as postgresql://… or sqlite:///…, not {scheme}")
    return make_url(f"{_DRIVERS[backend]}://{rest}")


def connect(url: URL) -> AsyncEngine:
    """An engine on a database; nothing is asked of it yet."""
    engine = make_engine(Settings(url=url.render_as_string(hide_password=False)))
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _configure)
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


async def prepare(engine: AsyncEngine) -> None:
    """Make what an empty database lacks, reference rows included, from the generated SQL file."""
    if engine.dialect.name == "sqlite":
        _make_file(Path(engine.url.database or ""))
    else:
        await _make_tables(engine)


async def maintain_metrics(session: AsyncSession, instant: datetime) -> None:
    """Make partitions ahead and drop what is past its time; the schema asks for it daily."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(sa.text("SELECT maintain_system_metrics(:instant)"), {"instant": instant})
    else:
        await session.execute(sa.delete(SystemMetric).where(SystemMetric.recorded_at < instant - _KEPT))


async def refresh_views(session: AsyncSession) -> None:
    """Bring the materialized view up to date; the schema asks for it every minute. SQLite's view always is."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(sa.text("SELECT refresh_system_metrics_last_hour()"))


def _make_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # Readers and a writer do not wait for one another.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (_FIRST_TABLE,)).fetchone()
        connection.execute("ROLLBACK")
        if found is None:
            script = (_SQL / "sqlite.sql").read_text(encoding="utf-8")
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nCOMMIT;")


async def _make_tables(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        # Of two services that start at once, one makes the tables.
        await connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('isotype.compression'))"))
        found = await connection.scalar(sa.text("SELECT to_regclass(:name)"), {"name": _FIRST_TABLE})
        if found is None:
            script = (_SQL / "postgres.sql").read_text(encoding="utf-8")
            # Without parameters the driver leaves the text as it is, and takes several statements.
            plain = await connection.execution_options(no_parameters=True)
            await plain.exec_driver_sql(script)


def _configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver would begin a transaction by itself, and only when it writes.
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in ("foreign_keys = ON", "busy_timeout = 30000", "synchronous = NORMAL"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later would be refused instead of waiting for its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
