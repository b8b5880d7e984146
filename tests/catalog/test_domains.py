"""The database of every domain, made in other ways, is the same."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.catalog import suite
from tests.catalog.shop import Live
from tests.domains.conftest import SCHEMAS, require_extensions, write
from tests.domains.rows import packaged
from tests.engines.postgres import Database, Server, find_installation


@pytest.fixture(params=sorted(SCHEMAS), scope="module")
def live(request: pytest.FixtureRequest, postgres: Server) -> Iterator[Live]:
    """The database that a domain's SQL makes."""
    domain = str(request.param)
    require_extensions(domain, postgres)
    with suite.live(postgres, domain) as made:
        yield made


def test_a_restored_dump_is_the_same(live: Live, postgres: Server, database: Database) -> None:
    """The server spells some expressions otherwise when it reads what it has printed; that is no difference."""
    program = find_installation(postgres.major).binaries / "pg_dump"
    if not program.exists():
        pytest.skip("this PostgreSQL has no pg_dump")
    dumped = subprocess.run(
        [program, "--inserts", live.database.url], capture_output=True, text=True, check=True
    ).stdout
    with database.connect() as connection:
        connection.execute("\n".join(line for line in dumped.splitlines() if not line.startswith("\\")).encode())
    assert live.differences(live.read(database)) == ()


def test_the_models_make_the_same_database(live: Live, database: Database, tmp_path: Path) -> None:
    """`create_all` and the SQL file differ in nothing."""
    engine = sa.create_engine(database.url_for("psycopg"))
    with packaged(live.name, write(live.name, tmp_path, "models", "schemas")) as package:
        package.models.metadata.create_all(engine)
    engine.dispose()
    assert live.differences(live.read(database)) == ()
