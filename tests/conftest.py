"""Fixtures for the real engines; each worker of a run has its own PostgreSQL server and Node process."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from tests.engines import chromium as chromium_engine
from tests.engines import sqlite as sqlite_engine
from tests.engines.node import Node
from tests.engines.postgres import Database, Server, find_installation, make_known

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_configure() -> None:
    """A machine without PostgreSQL has what `make` brought, which only tests know of."""
    make_known()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The PostgreSQL server of this worker: the one `ISOTYPE_TEST_POSTGRES` names, or one of its own."""
    with Server(url=os.environ.get("ISOTYPE_TEST_POSTGRES")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_of() -> Iterator[Callable[[int], Server]]:
    """A function from a major version to a server of it, started at first use and kept for the run."""
    servers: dict[int, Server] = {}
    with ExitStack() as stack:

        def server_of(major: int) -> Server:
            if major not in servers:
                servers[major] = stack.enter_context(Server(find_installation(major)))
            return servers[major]

        yield server_of


@pytest.fixture
def database(postgres: Server) -> Iterator[Database]:
    """An empty PostgreSQL database for one test, dropped after it."""
    name = postgres.create_database()
    yield Database(postgres, name)
    postgres.drop_database(name)


@pytest.fixture
def sqlite() -> Iterator[sqlite3.Connection]:
    """An empty SQLite database in memory, foreign keys enforced."""
    with closing(sqlite_engine.connect()) as connection:
        yield connection


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """The Node process of this worker."""
    with Node() as process:
        yield process


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one file of tests: while it runs, nothing else can run an event loop of its own."""
    with chromium_engine.started() as browser:
        yield browser
