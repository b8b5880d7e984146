"""Revisions that Alembic writes of generated models: they make what the SQL files make, and take it back."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.domains.conftest import rendered, require_extensions, understood
from tests.domains.history import EXAMPLE, FIRST, History, environment, example
from tests.engines.facts import dump, facts
from tests.engines.postgres import Database, Server, available_majors

VERSION_TABLE = """
    CREATE TABLE alembic_version (
        version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
    )
"""
LEFT_BEHIND = """
    SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'i')
        AND relnamespace::regnamespace::text <> ALL (%(system)s)
    UNION ALL
    SELECT proname FROM pg_proc WHERE pronamespace::regnamespace::text <> ALL (%(system)s)
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    UNION ALL
    SELECT typname FROM pg_type WHERE typtype IN ('e', 'd') AND typnamespace::regnamespace::text <> ALL (%(system)s)
"""
SYSTEM = {"system": ["pg_catalog", "information_schema", "pg_toast"]}


def _left_behind(database: Database) -> set[str]:
    """What a database holds beside extensions and its version."""
    with database.connect() as connection:
        names = {str(name) for (name,) in connection.execute(LEFT_BEHIND, SYSTEM)}
    return {name for name in names if not name.startswith("alembic_version")}


def _from_file(database: Database, domain: str) -> None:
    with database.connect() as connection:
        connection.execute(rendered(domain).files["sql", "postgres.sql"].encode())


def _stamp(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(VERSION_TABLE)


def test_a_first_revision_on_postgres(domain: str, postgres: Server, tmp_path: Path) -> None:
    """Up, it makes the database of the SQL file, which `check` finds nothing in; down, it leaves nothing."""
    require_extensions(domain, postgres)
    made, expected = (Database(postgres, postgres.create_database()) for _ in range(2))
    url, history = made.url_for("psycopg"), environment(domain, tmp_path)
    history.run(url, FIRST, "upgrade head", "check")
    _from_file(expected, domain)
    _stamp(expected)
    assert dump(made) == dump(expected)
    history.run(url, "downgrade base")
    assert _left_behind(made) == set()
    for database in (made, expected):
        postgres.drop_database(database.name)


def test_a_first_revision_on_sqlite(domain: str, tmp_path: Path) -> None:
    """The same on SQLite, where autogenerate writes a revision that is as good."""
    if understood(domain).schema:
        pytest.skip("models know no database schema on SQLite, as the ledger says")
    file, history = tmp_path / "made.db", environment(domain, tmp_path)
    url = f"sqlite:///{file}"
    history.run(url, FIRST, "upgrade head", "check")
    with closing(sqlite3.connect(file)) as made, closing(sqlite3.connect(":memory:")) as expected:
        expected.executescript(rendered(domain).files["sql", "sqlite.sql"])
        expected.execute(VERSION_TABLE)
        assert facts(made) == facts(expected)
    history.run(url, "downgrade base")
    with closing(sqlite3.connect(file)) as made:
        names = {name for (name,) in made.execute("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")}
    assert names == {"alembic_version"}


# ----- the example


@pytest.fixture
def history(tmp_path: Path) -> History:
    """The committed environment beside freshly generated models."""
    return example(tmp_path)


def test_the_committed_revision_is_what_alembic_writes(database: Database, tmp_path: Path) -> None:
    """On an empty PostgreSQL; `ISOTYPE_UPDATE_GOLDEN=1` writes it anew, and the difference is then read."""
    made = environment("pixcrawler", tmp_path)
    made.run(database.url_for("psycopg"), FIRST)
    (written,) = made.versions
    golden = EXAMPLE / "versions" / written.name
    if os.environ.get("ISOTYPE_UPDATE_GOLDEN"):
        golden.write_text(written.read_text(encoding="utf-8"), encoding="utf-8")
    assert written.read_text(encoding="utf-8") == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("major", available_majors())
def test_the_history_runs_on_postgres(major: int, postgres_of: Callable[[int], Server], history: History) -> None:
    """Up, down and up again on every version; `check` finds nothing in what the SQL file made."""
    server = postgres_of(major)
    made, filed = (Database(server, server.create_database()) for _ in range(2))
    history.run(made.url_for("psycopg"), "upgrade head", "check", "downgrade base", "upgrade head", "downgrade base")
    assert _left_behind(made) == set()
    _from_file(filed, "pixcrawler")
    history.run(filed.url_for("psycopg"), "stamp head", "check")
    for database in (made, filed):
        server.drop_database(database.name)


def test_the_history_runs_on_sqlite(history: History, tmp_path: Path) -> None:
    """The revision that was written on PostgreSQL makes the SQLite file's database too."""
    made, filed = tmp_path / "made.db", tmp_path / "filed.db"
    history.run(f"sqlite:///{made}", "upgrade head", "check", "downgrade base", "upgrade head", "check")
    with closing(sqlite3.connect(filed)) as connection:
        connection.executescript(rendered("pixcrawler").files["sql", "sqlite.sql"])
    history.run(f"sqlite:///{filed}", "stamp head", "check")
    with closing(sqlite3.connect(made)) as one, closing(sqlite3.connect(filed)) as other:
        assert facts(one) == facts(other)


def test_the_command_works_from_any_folder(history: History, tmp_path: Path) -> None:
    """`alembic -c` finds its folder and the models by itself, and takes the database that `alembic.ini` names."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTHONPATH")}
    command = [sys.executable, "-m", "alembic", "-c", str(history.folder / "alembic.ini"), "upgrade", "head"]
    result = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    with closing(sqlite3.connect(history.folder / "pixcrawler.db")) as connection:
        assert connection.execute("SELECT count(*) FROM profiles").fetchone() == (0,)


def test_the_history_can_be_printed(database: Database, history: History) -> None:
    """`--sql` prints a script that makes the same database without Alembic."""
    script = history.run(database.url_for("psycopg"), "upgrade head --sql")
    with database.connect() as connection:
        connection.execute(script.encode())
    history.run(database.url_for("psycopg"), "check")


def test_check_sees_what_alembic_does_not(database: Database, history: History) -> None:
    """A trigger that is gone and a function that reads otherwise are found, repaired by a revision, and put back."""
    url = database.url_for("psycopg")
    history.run(url, "upgrade head")
    with database.connect() as connection:
        connection.execute("DROP TRIGGER profiles_stamp ON profiles")
        connection.execute(
            "CREATE OR REPLACE FUNCTION projects_stamp() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN NEW.updated_at := ''infinity''; RETURN NEW; END'"
        )
    succeeded, output = history.attempt(url, "check")
    assert not succeeded
    assert "CREATE TRIGGER profiles_stamp" in output
    assert "CREATE OR REPLACE FUNCTION projects_stamp" in output
    assert "images" not in output
    history.run(url, "revision --autogenerate --rev-id 0002 --message repair")
    history.run(url, "upgrade head", "check", "downgrade -1")
    with database.connect() as connection:
        body = "SELECT prosrc FROM pg_proc WHERE proname = 'projects_stamp'"
        assert "infinity" in str(connection.execute(body).fetchone())
        assert connection.execute("SELECT FROM pg_trigger WHERE tgname = 'profiles_stamp'").fetchone() is None


def test_check_sees_a_trigger_on_sqlite(history: History, tmp_path: Path) -> None:
    """SQLite keeps the text of a trigger, so that another one of its name is found as well."""
    file = tmp_path / "made.db"
    url = f"sqlite:///{file}"
    history.run(url, "upgrade head")
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            "DROP TRIGGER profiles_stamp; DROP TRIGGER images_stamp; DROP INDEX ix_activity_log_timestamp;"
            "CREATE TRIGGER images_stamp AFTER UPDATE ON images BEGIN SELECT 1; END;"
        )
    succeeded, output = history.attempt(url, "check")
    assert not succeeded
    for name in ("profiles_stamp", "images_stamp", "ix_activity_log_timestamp"):
        assert name in output, name
    history.run(url, "revision --autogenerate --rev-id 0002 --message repair")
    history.run(url, "upgrade head", "check")
