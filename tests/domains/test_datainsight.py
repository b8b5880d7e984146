"""The domain of data insight: its sessions, its references and its shapes, on both databases and with every driver."""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pydantic
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from tests.domains.conftest import rendered
from tests.domains.rows import Package
from tests.engines.node import Node
from tests.engines.postgres import Database

DOMAIN = "datainsight"
USER = {"email": "Ada@Example.org", "full_name": "Ada Lovelace", "password": "analytical engine"}
DATASET = {"name": "Flights", "file_path": "uploads/flights.csv", "file_size": 3_000_000_000}
PROFILE = {
    "column_name": "delay",
    "data_type": "float",
    "null_count": 3,
    "unique_count": 9,
    "min_value": "x" * 300,
    "max_value": None,
    "mean": 1.5,
    "distribution_data": {"buckets": [0, 1.5, None]},
}
INSIGHT = {
    "severity": "critical",
    "type": "missing_data",
    "description": "Half of the delays are missing",
    "recommendation": "Ask the airline",
}


@pytest.fixture(params=["asyncpg", "psycopg", "aiosqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, by each asynchronous driver."""
    if request.param == "aiosqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'rows.db'}"
    else:
        database: Database = request.getfixturevalue("database")
        yield database.url_for(request.param)


def session_module() -> Any:
    """The generated module of sessions."""
    return importlib.import_module(f"{DOMAIN}.models.session")


@asynccontextmanager
async def opened(package: Package, url: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions on a database that `create_all` has filled, as the generated module makes them."""
    sessions = session_module()
    engine = sessions.make_engine(sessions.Settings(url))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(package.models.metadata.create_all)
        yield sessions.make_sessions(engine)
    finally:
        await engine.dispose()


def body(package: Package, schema: str, /, **values: Any) -> Any:
    """A body as JSON brings it."""
    return getattr(package.schemas, schema).model_validate_json(json.dumps(values))


def user(package: Package, **changes: Any) -> Any:
    created = body(package, "UserCreate", **(USER | changes))
    return package.mapping("user").to_model(created, password_hash=f"hash of {created.password}")


def workspace(package: Package, owner: Any, name: str = "Delays") -> Any:
    return package.mapping("workspace").to_model(body(package, "WorkspaceCreate", name=name), owner_id=owner.id)


def dataset(package: Package, place: Any, uploader: Any) -> Any:
    created = body(package, "DatasetCreate", workspace_id=place.id, **DATASET)
    return package.mapping("dataset").to_model(created, uploaded_by=uploader.id)


async def filled(package: Package, session: AsyncSession) -> dict[str, Any]:
    """One row of everything, by table."""
    made: dict[str, Any] = {}

    async def save(name: str, row: Any) -> Any:
        session.add(row)
        await session.flush()
        made[name] = row
        return row

    owner = await save("users", user(package))
    place = await save("workspaces", workspace(package, owner))
    data = await save("datasets", dataset(package, place, owner))
    analysis = body(package, "AnalysisCreate", dataset_id=data.id, goal_type="ml_preparation")
    analysis = await save("analyses", package.mapping("analysis").to_model(analysis))
    for name, module, values in (("column_profiles", "column_profile", PROFILE), ("insights", "insight", INSIGHT)):
        schema = "ColumnProfileCreate" if module == "column_profile" else "InsightCreate"
        created = body(package, schema, analysis_id=analysis.id, **values)
        await save(name, package.mapping(module).to_model(created))
    return made


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def test_a_session_commits_at_its_end_and_rolls_back_when_it_raises(package: Package, url: str) -> None:
    """What a block wrote is there after it, unless it raised."""

    async def work() -> None:
        async with opened(package, url) as sessions:
            async with sessions.begin() as session:
                session.add(user(package))
            with pytest.raises(RuntimeError, match="on purpose"):
                async with sessions.begin() as session:
                    session.add(user(package, email="other@example.org"))
                    await session.flush()
                    raise RuntimeError("on purpose")
            async with sessions() as session:
                assert list(await session.scalars(sa.select(package.models.User.email))) == ["Ada@Example.org"]

    run(work)


def test_a_request_has_one_session(package: Package, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`get_db` commits when the request is answered, and rolls back when something raises in it."""
    module = session_module()
    monkeypatch.setenv("DATABASE_URL", url)

    async def work() -> None:
        module.sessions.cache_clear()
        async with opened(package, url):
            request = module.get_db()
            (await anext(request)).add(user(package))
            with pytest.raises(StopAsyncIteration):
                await anext(request)
            request = module.get_db()
            (await anext(request)).add(user(package, email="other@example.org"))
            with pytest.raises(RuntimeError, match="on purpose"):
                await request.athrow(RuntimeError("on purpose"))
            async with module.sessions()() as session:
                assert list(await session.scalars(sa.select(package.models.User.email))) == [USER["email"]]
            await module.sessions().kw["bind"].dispose()

    run(work)


def test_settings_come_from_the_environment(package: Package) -> None:
    """What the environment leaves out has the values of the design; the pool is made of them."""
    module = session_module()
    url = "postgresql+asyncpg://somebody@nowhere/db"
    assert module.settings({"DATABASE_URL": url}) == module.Settings(url, 10, 20, 3600, False)
    given = module.settings({"DATABASE_URL": url, "DATABASE_POOL_SIZE": "3", "DATABASE_ECHO": "true"})
    assert (given.pool_size, given.max_overflow, given.echo) == (3, 20, True)
    pool = module.make_engine(given).pool
    assert (pool.size(), pool._max_overflow, pool._recycle, pool._pre_ping) == (3, 20, 3600, True)
    with pytest.raises(KeyError, match="DATABASE_URL"):
        module.settings({})


def test_deleting_a_workspace_deletes_all_in_it(package: Package, url: str) -> None:
    """The database removes datasets, analyses and what they found; the user stays."""

    async def work() -> None:
        async with opened(package, url) as sessions:
            async with sessions.begin() as session:
                rows = await filled(package, session)
            async with sessions.begin() as session:
                await session.delete(await session.get(package.models.Workspace, rows["workspaces"].id))
            async with sessions() as session:
                for name, row in rows.items():
                    count = await session.scalar(sa.select(sa.func.count()).select_from(type(row)))
                    assert (name, count) == (name, 1 if name == "users" else 0)

    run(work)


def test_a_user_whose_files_are_there_stays(package: Package, url: str) -> None:
    """Who uploaded something cannot be deleted before it; workspaces without files go with their owner."""

    async def work() -> None:
        async with opened(package, url) as sessions:
            async with sessions.begin() as session:
                rows = await filled(package, session)
                guest = user(package, email="guest@example.org")
                session.add(guest)
                await session.flush()
                session.add(dataset(package, rows["workspaces"], guest))
            with pytest.raises(IntegrityError):
                async with sessions.begin() as session:
                    await session.delete(await session.get(package.models.User, guest.id))
            async with sessions.begin() as session:
                session.add(workspace(package, guest, "Empty"))
                await session.delete(await session.get(package.models.Workspace, rows["workspaces"].id))
            async with sessions.begin() as session:
                await session.delete(await session.get(package.models.User, guest.id))
            async with sessions() as session:
                assert list(await session.scalars(sa.select(package.models.User.email))) == [USER["email"]]
                assert list(await session.scalars(sa.select(package.models.Workspace))) == []

    run(work)


def test_an_answer_shows_what_a_query_loaded_along(package: Package, url: str, node: Node) -> None:
    """The detail of an analysis holds its profiles and insights, each as it was sent, and Zod takes it."""
    models, analyses = package.models, package.mapping("analysis")
    answers: list[str] = []

    async def work() -> None:
        async with opened(package, url) as sessions:
            async with sessions.begin() as session:
                await filled(package, session)
            async with sessions() as session:
                query = sa.select(models.Analysis).options(*analyses.analysis_detail_response_loads())
                row = (await session.scalars(query)).one()
                answers.append(analyses.to_analysis_detail_response(row).model_dump_json())

    run(work)
    answer = json.loads(answers[0])
    assert (answer["status"], answer["goal_type"], answer["quality_score"]) == ("pending", "ml_preparation", None)
    assert {name: answer["column_profiles"][0][name] for name in PROFILE} == PROFILE
    assert {name: answer["insights"][0][name] for name in INSIGHT} == INSIGHT
    assert package.parse(node, "analysis_detail_response", "analysisDetailResponseSchema", answer) == answer


def test_a_pages_first_item_is_the_first(package: Package, url: str) -> None:
    """A page counts from 1; its envelope says how many there are in all."""

    async def work() -> None:
        async with opened(package, url) as sessions:
            async with sessions.begin() as session:
                session.add_all(user(package, email=f"u{number}@example.org") for number in range(5))
            async with sessions() as session:
                model, page, page_size = package.models.User, 1, 2
                query = sa.select(model).order_by(model.id).limit(page_size).offset((page - 1) * page_size)
                total = await session.scalar(sa.select(sa.func.count()).select_from(model))
                found = package.mapping("user").to_list(await session.scalars(query), total, page, page_size)
        answer = found.model_dump(mode="json")
        assert [item["email"] for item in answer.pop("items")] == ["u0@example.org", "u1@example.org"]
        assert answer == {"total": 5, "page": 1, "page_size": 2}

    run(work)


# --- what the databases refuse ---


def test_two_spellings_of_one_address_are_one(package: Package, engine: sa.Engine) -> None:
    """An address is there once, whatever its case."""
    with Session(engine) as session:
        session.add(user(package))
        session.commit()
        session.add(user(package, email="ada@example.ORG"))
        with pytest.raises(IntegrityError):
            session.commit()


def test_an_owner_names_a_workspace_once(package: Package, engine: sa.Engine) -> None:
    """Two users may have the same name for a workspace, one user may not."""
    with Session(engine) as session:
        ada, bob = user(package), user(package, email="bob@example.org")
        session.add_all([ada, bob])
        session.flush()
        session.add_all([workspace(package, ada), workspace(package, bob)])
        session.flush()
        session.add(workspace(package, ada))
        with pytest.raises(IntegrityError):
            session.flush()


def test_a_row_without_what_the_service_gives_is_refused(package: Package, engine: sa.Engine) -> None:
    """The hash of a password is never null, and the mapper asks for it by name."""
    created = body(package, "UserCreate", **USER)
    with pytest.raises(TypeError, match="password_hash"):
        package.mapping("user").to_model(created)
    with Session(engine) as session:
        session.add(package.models.User(email="a@b", full_name="A"))
        with pytest.raises((IntegrityError, ValueError)):
            session.flush()


def test_enums_are_stored_by_value(package: Package, engine: sa.Engine) -> None:
    """A database holds `pending`, not the name of a member."""
    with Session(engine) as session:
        owner = user(package)
        session.add(owner)
        session.flush()
        place = workspace(package, owner)
        session.add(place)
        session.flush()
        session.add(dataset(package, place, owner))
        session.commit()
        assert session.scalar(sa.text("SELECT CAST(status AS text) FROM datasets")) == "pending"


@pytest.fixture
def rows(package: Package, engine: sa.Engine) -> Iterator[tuple[Session, dict[str, Any]]]:
    """A session in which one row of everything was written."""
    with Session(engine) as session:
        owner = user(package)
        session.add(owner)
        session.flush()
        place = workspace(package, owner)
        session.add(place)
        session.flush()
        data = dataset(package, place, owner)
        session.add(data)
        session.flush()
        goal = body(package, "AnalysisCreate", dataset_id=data.id, goal_type="exploratory")
        analysis = package.mapping("analysis").to_model(goal)
        session.add(analysis)
        session.flush()
        found = body(package, "ColumnProfileCreate", analysis_id=analysis.id, **PROFILE)
        profile = package.mapping("column_profile").to_model(found)
        session.add(profile)
        session.commit()
        yield session, {"users": owner, "datasets": data, "analyses": analysis, "column_profiles": profile}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE analyses SET quality_score = 100.5",
        """UPDATE analyses
        SET started_at = '2025-01-02T00:00:00.000000Z', completed_at = '2025-01-01T00:00:00.000000Z'""",
        "UPDATE analyses SET status = 'completed'",
        "UPDATE datasets SET file_size = -1",
        "UPDATE datasets SET status = 'completed'",
        "UPDATE column_profiles SET null_count = -1",
        "UPDATE column_profiles SET data_type = 'INTEGER'",
        "UPDATE users SET full_name = ''",
        """INSERT INTO column_profiles (analysis_id, column_name, data_type, null_count, unique_count)
        SELECT analysis_id, column_name, 'text', 0, 0 FROM column_profiles""",
    ],
)
def test_what_cannot_be_is_refused(rows: tuple[Session, dict[str, Any]], change: str) -> None:
    """The database itself keeps bounds, moves and uniques, whoever writes."""
    session, _ = rows
    with pytest.raises(DBAPIError):
        session.execute(sa.text(change))


def test_a_change_is_stamped_by_the_database(rows: tuple[Session, dict[str, Any]]) -> None:
    """`updated_at` follows every change, in SQL too."""
    session, made = rows
    owner = made["users"]
    before = owner.updated_at
    session.execute(sa.text("UPDATE users SET full_name = 'Countess'"))
    session.commit()
    assert owner.updated_at > before and owner.created_at <= before


def test_indexes_are_those_of_the_design(package: Package, engine: sa.Engine) -> None:
    """Each reference and each state is found by an index, and an address by its lower case."""
    query = "SELECT name, sql FROM sqlite_schema WHERE type = 'index'"
    if engine.dialect.name == "postgresql":
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    with engine.connect() as connection:
        found = {str(name): str(text) for name, text in connection.execute(sa.text(query))}
    assert set(found) >= {
        *("ix_datasets_status", "ix_datasets_workspace_id", "ix_datasets_uploaded_by"),
        *("ix_analyses_dataset_id", "ix_analyses_status", "ix_insights_analysis_id", "ix_insights_severity"),
        "ix_column_profiles_analysis_id_column_name",
    }
    assert "lower(" in found["ix_users_email"] and "UNIQUE" in found["ix_users_email"]


# --- what the shapes carry ---


@pytest.mark.parametrize("name", ["UserCreate", "UserUpdate"])
def test_a_password_goes_in(package: Package, name: str) -> None:
    """A password has 8 to 72 code points; a new user needs one."""
    for password in ("seven77", "x" * 73):
        with pytest.raises(pydantic.ValidationError, match="password"):
            body(package, name, **(USER | {"password": password}))
    assert body(package, name, **(USER | {"password": "x" * 72})).password == "x" * 72


def test_a_password_never_comes_out(package: Package, engine: sa.Engine) -> None:
    """No result has a property for it, and nothing stores it."""
    with pytest.raises(pydantic.ValidationError, match="password"):
        body(package, "UserCreate", email="a@b", full_name="A")
    assert body(package, "UserUpdate").model_fields_set == set()
    with Session(engine) as session:
        row = user(package)
        session.add(row)
        session.flush()
        answer = package.mapping("user").to_response(row).model_dump(mode="json")
        stored = dict(session.execute(sa.text("SELECT * FROM users")).one()._mapping)
    assert set(answer) == {"id", "email", "full_name", "is_active", "created_at", "updated_at"}
    assert USER["password"] not in map(str, stored.values())


@pytest.mark.parametrize("change", [{"email": None}, {"full_name": None}, {"full_name": ""}, {"full_name": "x" * 256}])
def test_an_update_takes_no_null_for_what_is_never_null(package: Package, change: dict[str, Any]) -> None:
    """An explicit null is refused, and so is a name that no column holds."""
    with pytest.raises(pydantic.ValidationError):
        body(package, "UserUpdate", **change)


def test_sql_of_several_statements_runs_by_asyncpg_one_at_a_time(database: Database) -> None:
    """The file loads by a driver which prepares statements only one by one, as a script without parameters."""

    async def work() -> None:
        engine = create_async_engine(database.url_for("asyncpg"))
        async with engine.begin() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            await raw.driver_connection.execute(rendered(DOMAIN).files["sql", "postgres.sql"])
        await engine.dispose()

    run(work)
