"""A PostgreSQL that has loaded TimescaleDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.domains.conftest import write
from tests.domains.rows import Package, packaged
from tests.engines import ROOT
from tests.engines.postgres import Database, Installation, Server

BUILT = ROOT / ".cache" / "timescale" / "done"
DOMAIN = "infrastructure"


@pytest.fixture(scope="session")
def timescale() -> Iterator[Server]:
    """The server that `.make/timescale` has built."""
    assert BUILT.exists(), "TimescaleDB is not built: call make test-timescale"
    binaries = Path(BUILT.read_text("utf-8").strip())
    installation = Installation(int(binaries.parent.name), binaries)
    with Server(installation, settings={"shared_preload_libraries": "timescaledb"}) as server:
        yield server


@pytest.fixture
def chunked(timescale: Server) -> Iterator[Database]:
    """An empty database of that server, dropped after the test."""
    name = timescale.create_database()
    yield Database(timescale, name)
    timescale.drop_database(name)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Package]:
    """The generated Python of the domain."""
    with packaged(DOMAIN, write(DOMAIN, tmp_path_factory.mktemp("chunks"), "models", "schemas")) as made:
        yield made
