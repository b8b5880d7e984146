"""The PostgreSQL engine of the tests does what its callers rely on."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.engines import ROOT
from tests.engines.postgres import Database, PostgresError, Server, available_majors, find_installation


def test_each_database_is_empty_and_separate(postgres: Server, database: Database) -> None:
    """What is created in one database does not exist in another of the same server."""
    with database.connect() as connection:
        connection.execute("CREATE TABLE things (id int)")
    other = postgres.create_database()
    with pytest.raises(psycopg.errors.UndefinedTable), psycopg.connect(postgres.url(other)) as connection:
        connection.execute("SELECT * FROM things")
    postgres.drop_database(other)


def test_database_copies_its_template(postgres: Server, database: Database) -> None:
    """A database made from a template starts with the template's tables and rows."""
    with database.connect() as connection:
        connection.execute("CREATE TABLE things AS SELECT 7 AS id")
    copy = Database(postgres, postgres.create_database(template=database.name))
    with copy.connect() as connection:
        assert connection.execute("SELECT id FROM things").fetchall() == [(7,)]
    postgres.drop_database(copy.name)


def test_dropping_does_not_wait_for_connections(postgres: Server) -> None:
    """A database goes even while somebody is connected to it."""
    left = Database(postgres, postgres.create_database())
    connection = left.connect()
    postgres.drop_database(left.name)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")


def test_given_server_is_used_and_left_running(postgres: Server) -> None:
    """A server named by its URL serves databases and still answers after `stop()`."""
    with Server(url=postgres.url()) as given:
        given.drop_database(given.create_database())
        assert given.version == postgres.version
    assert postgres.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("major", available_majors())
def test_every_found_major_starts(major: int, postgres_of: Callable[[int], Server]) -> None:
    """Each major version found on this machine starts and says the version that was asked for."""
    server = postgres_of(major)
    assert server.major == major
    assert server.version.startswith(f"{major}.")


def test_missing_major_says_what_to_install() -> None:
    """A major version that is not here is refused with the ways out."""
    with pytest.raises(PostgresError, match="PostgreSQL 8 was not found; install it"):
        find_installation(8)


def test_server_ends_with_its_owner() -> None:
    """A server whose owner is killed ends and removes its files."""
    program = (
        "import sys, time; from tests.engines.postgres import Server; server = Server().start();"
        "print(server._folder, flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    folder = Path(owner.stdout.readline().strip())
    assert (folder / "data" / "postmaster.pid").exists()
    owner.kill()
    owner.communicate()
    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
