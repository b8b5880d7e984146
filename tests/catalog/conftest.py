"""A database with something of every kind, made once for a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.catalog.shop import ROWS, SCHEMAS, SHOP, Live
from tests.engines.postgres import Database, Server


@pytest.fixture(scope="session")
def shop(postgres: Server) -> Iterator[Live]:
    """The shop's database; every test leaves it as it was."""
    name = postgres.create_database()
    database = Database(postgres, name)
    with database.connect() as connection:
        connection.execute(SHOP.read_bytes())
    live = Live(database, SCHEMAS, ROWS)
    yield live
    live.connection.close()
    postgres.drop_database(name)
