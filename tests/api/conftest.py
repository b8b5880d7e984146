"""The generated APIs on both databases, each served once for a run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from tests.api.package import Package, imported, served
from tests.engines.postgres import Database, Server

ENGINES = ("sqlite", "postgres")


@dataclass(frozen=True)
class Running:
    """A served API, its package, and the database behind it."""

    package: Package
    http: httpx.Client
    engine: sa.Engine

    def add(self, *rows: object) -> None:
        """Store rows without the API."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.add_all(rows)
            session.commit()


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Package]]:
    """A function from the name of a domain to its package."""
    found: dict[str, Package] = {}
    with ExitStack() as stack:

        def package(name: str) -> Package:
            if name not in found:
                found[name] = stack.enter_context(imported(name, tmp_path_factory.mktemp(name)))
            return found[name]

        yield package


@pytest.fixture(scope="session")
def run(
    packages: Callable[[str], Package], tmp_path_factory: pytest.TempPathFactory, postgres: Server
) -> Iterator[Callable[..., Running]]:
    """A function that serves the API of a domain on a new database of an engine."""
    with ExitStack() as stack:

        def start(name: str, kind: str, changed: dict[str, type] | None = None, **settings: Any) -> Running:
            package = packages(name)
            if kind == "sqlite":
                file = tmp_path_factory.mktemp("databases") / f"{name}.db"
                urls = {"sync": f"sqlite:///{file}", "async": f"sqlite+aiosqlite:///{file}"}
            else:
                database = Database(postgres, postgres.create_database())
                stack.callback(postgres.drop_database, database.name)
                urls = {"sync": database.url_for("psycopg"), "async": database.url_for("asyncpg")}
            engine = sa.create_engine(urls["sync"])
            stack.callback(engine.dispose)
            package.module("models").metadata.create_all(engine)
            if name == "shop":
                app = package.app(sessionmaker(engine, expire_on_commit=False), changed, **settings)
            else:
                live = create_async_engine(urls["async"])

                @asynccontextmanager
                async def lifespan(_: FastAPI) -> AsyncIterator[None]:
                    yield
                    await live.dispose()

                sessions = async_sessionmaker(live, expire_on_commit=False)
                app = package.app(sessions, changed, lifespan=lifespan, **settings)
            return Running(package, stack.enter_context(served(app)), engine)

        yield start


@pytest.fixture(scope="session", params=ENGINES)
def platform(request: pytest.FixtureRequest, run: Callable[..., Running]) -> Running:
    """The reference domain."""
    return run("compression", request.param)


@pytest.fixture(scope="session", params=ENGINES)
def validation(request: pytest.FixtureRequest, run: Callable[..., Running]) -> Running:
    """A second domain."""
    return run("migration_validation", request.param)


@pytest.fixture(scope="session", params=ENGINES)
def shop(request: pytest.FixtureRequest, run: Callable[..., Running], packages: Callable[[str], Package]) -> Running:
    """The small schema, with synchronous sessions; orders are placed by statements that no model sees."""
    package = packages("shop")
    model = package.module("models.order").Order
    orders = package.module("api.services").OrdersService

    class Forced(orders):  # type: ignore[misc,valid-type]
        def place_order(self, body: Any) -> None:
            statement = sa.update(model).where(model.shop == body.shop, model.number == body.number)
            self.session.execute(statement.values(state=body.state, note=body.note))

    return run("shop", request.param, {"orders": Forced})
