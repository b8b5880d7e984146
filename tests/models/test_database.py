"""`metadata.create_all()` on an empty database makes the database of the SQL file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from tests.engines.facts import dump, facts
from tests.engines.postgres import Database, Server
from tests.models.package import Imported, Package


@pytest.mark.parametrize("name", ["library", "platform"])
def test_postgres_is_the_same(name: str, postgres: Server, request: pytest.FixtureRequest) -> None:
    """Types, keys, checks, indexes, triggers, functions, partitions, views and comments: all of it."""
    found: Imported = request.getfixturevalue(name)
    written: Package = request.getfixturevalue("everything" if name == "library" else "compression")
    made, expected = (Database(postgres, postgres.create_database()) for _ in range(2))
    engine = create_engine(made.url_for("psycopg"))
    found.models.metadata.create_all(engine)
    engine.dispose()
    with expected.connect() as connection:
        connection.execute(written.sql["postgres.sql"].encode())
    assert dump(made) == dump(expected)


def test_postgres_has_the_reference_rows(database: Database, platform: Imported) -> None:
    """Rows of the schema are there after `create_all`."""
    engine = create_engine(database.url_for("psycopg"))
    platform.models.metadata.create_all(engine)
    engine.dispose()
    with database.connect() as connection:
        names = connection.execute("SELECT name FROM compression_algorithms ORDER BY name").fetchall()
    assert ("gzip",) in names


def test_sqlite_is_the_same(tmp_path: Path, platform: Imported, compression: Package) -> None:
    """Columns, keys, checks, indexes, triggers and views are those of the SQL file."""
    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    platform.models.metadata.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "made.db")) as made, closing(sqlite3.connect(":memory:")) as expected:
        expected.executescript(compression.sql["sqlite.sql"])
        assert facts(made) == facts(expected)


def test_sqlite_is_the_same_with_every_word(tmp_path: Path, plain: Imported, everything_plain: Package) -> None:
    """The same for the schema that uses every word of the language, without a database schema."""
    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    plain.models.metadata.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "made.db")) as made, closing(sqlite3.connect(":memory:")) as expected:
        expected.executescript(everything_plain.sql["sqlite.sql"])
        assert facts(made) == facts(expected)


def test_a_second_run_changes_nothing(tmp_path: Path, platform: Imported) -> None:
    """`create_all` on a database that has every table leaves it as it is."""
    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    platform.models.metadata.create_all(engine)
    platform.models.metadata.create_all(engine)
    engine.dispose()


def test_alembic_finds_nothing_to_do(database: Database, platform: Imported, compression: Package) -> None:
    """Against a database made by the SQL file, autogenerate proposes nothing."""
    with database.connect() as connection:
        connection.execute(compression.sql["postgres.sql"].encode())
    hook = platform.module("models.alembic")
    engine = create_engine(database.url_for("psycopg"))
    with engine.connect() as connected:
        context = MigrationContext.configure(connected, opts={"include_object": hook.include_object})
        differences = compare_metadata(context, hook.target_metadata)
    engine.dispose()
    assert differences == []
