"""The example's service, by itself, on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines.postgres import Server
from tests.service.live.asking import Recorder, probed
from tests.service_example.processes import started


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service on a SQLite file is."""
    data = tmp_path_factory.mktemp("asked")
    with started(data, "--page", str(data / "none")) as service:
        _use(service.url)
        yield service.url


@pytest.fixture(scope="session")
def on_postgres(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service on a PostgreSQL database is."""
    name = postgres.create_database()
    data = tmp_path_factory.mktemp("asked")
    with started(data, "--database", postgres.url(name), "--page", str(data / "none")) as service:
        _use(service.url)
        yield service.url
    postgres.drop_database(name)


def _use(url: str) -> None:
    """Rows of everything: those that a run leaves behind, because no operation takes them away."""
    probed("compression", Recorder(url))


@pytest.fixture(params=["sqlite", "postgres"])
def running(request: pytest.FixtureRequest) -> str:
    """Where the service is, on each database in turn."""
    found: str = request.getfixturevalue(f"on_{request.param}")
    return found
