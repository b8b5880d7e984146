"""One running service on each database, for all tests of a worker."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.engines.postgres import Server
from tests.service_example.contract import Api
from tests.service_example.processes import Service, started


@dataclass(frozen=True)
class Running:
    """A service, and a way into its database round it."""

    service: Service
    api: Api
    execute: Callable[[str], None]


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service on a SQLite file, which it makes itself, with a page."""
    data = tmp_path_factory.mktemp("compression")

    def execute(statement: str) -> None:
        with closing(sqlite3.connect(data / "compression.db", isolation_level=None, timeout=30)) as connection:
            connection.execute(statement)

    page = tmp_path_factory.mktemp("site") / "page"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html><title>Owl</title>", encoding="utf-8")
    (page / "assets" / "owl.js").write_text("export {}", encoding="utf-8")
    (page.parent / "secret").write_text("not yours", encoding="utf-8")
    with started(data, "--page", str(page)) as service, httpx.Client(base_url=service.url, timeout=60) as client:
        yield Running(service, Api(client), execute)


@pytest.fixture(scope="session")
def on_postgres(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service on an empty PostgreSQL database, whose tables it makes itself."""
    name = postgres.create_database()
    url = postgres.url(name)

    def execute(statement: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement.encode())

    data = tmp_path_factory.mktemp("compression")
    with (
        started(data, "--database", url, "--page", str(data / "none")) as service,
        httpx.Client(base_url=service.url, timeout=60) as client,
    ):
        yield Running(service, Api(client), execute)
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgres"])
def running(request: pytest.FixtureRequest) -> Running:
    """The service on each database in turn."""
    found: Running = request.getfixturevalue(f"on_{request.param}")
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder for a service of one test."""
    return tmp_path / "data"
