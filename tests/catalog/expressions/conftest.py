"""A database with the sample table, for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.catalog.expressions.support import Connection, prepare
from tests.engines.postgres import Database, Server


@pytest.fixture(scope="module")
def sample(postgres: Server) -> Iterator[Connection]:
    """A connection to a database with the table `public.sample` and its rows."""
    name = postgres.create_database()
    with Database(postgres, name).connect() as connection:
        prepare(connection)
        yield connection
    postgres.drop_database(name)
