"""The domain of migration validation: what its rows, references, indexes and states do on both databases."""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from tests.domains.conftest import rendered, require_extensions
from tests.domains.rows import Package
from tests.engines.node import Node
from tests.engines.postgres import Database

DOMAIN = "migration_validation"

SESSION = {
    "request_id": "req-2025-09-22",
    "source_technology": "PYTHON_FLASK",
    "source_technology_version": "2.3",
    "source_framework_details": {"orm": "SQLAlchemy", "workers": 4, "debug": None},
    "source_input_type": "CODE_FILES",
    "source_files": ["app/models.py", "app/vistas/inicio_ñ.py"],
    "target_technology": "TYPESCRIPT_REACT",
    "target_input_type": "HYBRID",
    "target_screenshots": ["home.png"],
    "target_urls": ["https://staging.example.org/login"],
    "target_metadata": {"nested": {"list": [1, 2.5, None, "🦉"]}},
    "validation_scope": "FULL_SYSTEM",
    "validation_scenarios": ["login", {"name": "checkout", "steps": ["add", "pay"]}],
}
RESULT = {"overall_status": "approved_with_warnings", "fidelity_score": 0.875, "summary": "Close"}
DISCREPANCY = {
    "discrepancy_type": "missing_field",
    "severity": "CRITICAL",
    "description": "The form lacks a field",
    "component_type": "form",
}
SCENARIO = {
    "scenario_name": "login",
    "execution_status": "completed",
    "source_url": "https://example.org/login",
    "source_result": {"status": 200},
    "source_load_time": 0.25,
    "target_url": "https://staging.example.org/login",
    "target_result": [],
    "target_screenshots": ["1.png", "2.png"],
    "interaction_log": [{"type": "name"}, {"click": "send"}],
}
METRIC = {
    "metric_date": "2025-09-22",
    "metric_period": "daily",
    "total_sessions": 3,
    "completed_sessions": 2,
    "failed_sessions": 1,
    "approved_count": 1,
    "rejected_count": 1,
    "avg_fidelity_score": 0.5,
    "technology_breakdown": {"PYTHON_FLASK": 3},
    "total_discrepancies": 2,
    "critical_discrepancies": 2,
}
ROWS: list[tuple[str, str, dict[str, Any]]] = [
    ("ValidationSession", "validation_session", SESSION),
    ("ValidationResult", "validation_result", {"session_id": 1, **RESULT}),
    ("ValidationDiscrepancy", "validation_discrepancy", {"session_id": 1, "result_id": 1, **DISCREPANCY}),
    ("BehavioralTestResult", "behavioral_test_result", {"session_id": 1, **SCENARIO}),
    ("ValidationMetric", "validation_metric", METRIC),
]


def made(package: Package, entity: str, module: str, body: dict[str, Any]) -> Any:
    """A row of what a caller sends."""
    create = getattr(package.schemas, f"{entity}Create")
    return package.mapping(module).to_model(create.model_validate_json(json.dumps(body)))


def fill(package: Package, session: Session) -> None:
    """One row of everything, which belong together."""
    for entity, module, body in ROWS:
        session.add(made(package, entity, module, body))
        session.flush()
    session.commit()


def count(session: Session, model: Any) -> int:
    return session.scalars(sa.select(sa.func.count()).select_from(model)).one()


def refuses(session: Session, statement: sa.Executable) -> bool:
    """Whether the database refuses a statement; the rest of the transaction goes on."""
    try:
        with session.begin_nested():
            session.execute(statement)
    except DBAPIError:
        return True
    return False


def test_every_row_comes_back_as_it_was_sent(package: Package, engine: sa.Engine, node: Node) -> None:
    """The response holds what the body held, documents and arrays included, and Zod takes it as it is."""
    with Session(engine) as session:
        fill(package, session)
    for entity, module, body in ROWS:
        with Session(engine) as session:
            row = session.scalars(sa.select(getattr(package.models, entity))).one()
            answer = json.loads(package.mapping(module).to_response(row).model_dump_json())
        assert {name: answer[name] for name in body} == body
        assert answer["created_at"].endswith("Z")
        schema = f"{entity[0].lower()}{entity[1:]}ResponseSchema"
        assert package.parse(node, module, schema, answer) == answer


def test_defaults_are_those_of_the_design(package: Package, engine: sa.Engine) -> None:
    """A body that leaves them out gets the status, the timeout and the confidence that the design names."""
    with Session(engine) as session:
        fill(package, session)
        row = session.scalars(sa.select(package.models.ValidationSession)).one()
        assert (row.status, row.behavioral_timeout, row.session_metadata) == ("pending", 300, {})
        discrepancy = row.discrepancies[0]
        assert (discrepancy.confidence, discrepancy.is_resolved) == (1.0, False)
        assert row.results[0].result_type == "static"


def test_a_session_shows_everything_it_found(package: Package, engine: sa.Engine, node: Node) -> None:
    """One query per table loads a session with its rows; the answer holds them all, and Zod takes it."""
    mapping, model = package.mapping("validation_session"), package.models.ValidationSession
    statements: list[str] = []
    with Session(engine) as session:
        fill(package, session)
        sa.event.listen(engine, "before_cursor_execute", lambda *event: statements.append(event[2]))
        [row] = session.scalars(sa.select(model).options(*mapping.validation_session_detail_loads()))
    assert len(statements) == 4
    answer = json.loads(mapping.to_validation_session_detail(row).model_dump_json())
    assert [found["severity"] for found in answer["discrepancies"]] == ["CRITICAL"]
    assert answer["results"][0]["fidelity_score"] == 0.875
    assert answer["behavioral_tests"][0]["interaction_log"] == SCENARIO["interaction_log"]
    assert package.parse(node, "index", "validationSessionDetailSchema", answer) == answer


def test_a_list_tells_sessions_apart(package: Package, engine: sa.Engine, node: Node) -> None:
    """A page holds the columns of a list, and Zod takes it."""
    with Session(engine) as session:
        fill(package, session)
        rows = session.scalars(sa.select(package.models.ValidationSession)).all()
        page = package.mapping("validation_session").to_list(rows, total=101, page=3, page_size=50)
    answer = json.loads(page.model_dump_json())
    assert answer["total"] == 101
    assert answer["items"][0]["request_id"] == SESSION["request_id"]
    assert "source_files" not in answer["items"][0]
    assert package.parse(node, "index", "validationSessionListSchema", answer) == answer


@pytest.mark.parametrize("loaded", [True, False])
def test_a_session_takes_along_what_it_found(package: Package, engine: sa.Engine, loaded: bool) -> None:
    """The database deletes results, discrepancies and scenarios with their session, loaded or not."""
    models = package.models
    with Session(engine) as session:
        fill(package, session)
        row = session.scalars(sa.select(models.ValidationSession)).one()
        if loaded:
            assert len([*row.results, *row.discrepancies, *row.behavioral_tests]) == 3
        session.delete(row)
        session.commit()
        for model in (models.ValidationResult, models.ValidationDiscrepancy, models.BehavioralTestResult):
            assert count(session, model) == 0
        assert count(session, models.ValidationMetric) == 1


@pytest.mark.parametrize("how", ["statement", "loaded", "unloaded"])
def test_a_discrepancy_outlives_its_result(package: Package, engine: sa.Engine, how: str) -> None:
    """It keeps its session and loses the result, whoever deletes that."""
    models = package.models
    with Session(engine) as session:
        fill(package, session)
        result = session.scalars(sa.select(models.ValidationResult)).one()
        if how == "statement":
            session.execute(sa.delete(models.ValidationResult))
        else:
            if how == "loaded":
                assert [found.severity for found in result.discrepancies] == ["CRITICAL"]
            session.delete(result)
        session.commit()
        discrepancy = session.scalars(sa.select(models.ValidationDiscrepancy)).one()
        assert (discrepancy.session_id, discrepancy.result_id) == (1, None)
        assert discrepancy.session is not None
        assert discrepancy.result is None


def test_a_result_belongs_to_the_session_of_its_discrepancy(package: Package, engine: sa.Engine) -> None:
    """Linking both writes the result alone, and the database refuses a result of another session."""
    models = package.models
    with Session(engine) as session:
        fill(package, session)
        result = session.scalars(sa.select(models.ValidationResult)).one()
        found = made(package, "ValidationDiscrepancy", "validation_discrepancy", {"session_id": 1, **DISCREPANCY})
        result.discrepancies.append(found)
        session.flush()
        assert (found.session_id, found.result_id) == (1, result.id)
        other = made(package, "ValidationSession", "validation_session", SESSION | {"request_id": "other"})
        session.add(other)
        session.commit()
        body = {"session_id": other.id, **DISCREPANCY}
        strange = made(package, "ValidationDiscrepancy", "validation_discrepancy", body)
        strange.result = result
        session.add(strange)
        with pytest.raises(IntegrityError, match=r"FOREIGN KEY|validation_discrepancies_result_id_session_id_fkey"):
            session.flush()


def test_closed_sets_are_closed(package: Package, engine: sa.Engine) -> None:
    """The database refuses values outside every enum, native or not."""
    models = package.models
    columns = [
        (models.ValidationSession, "source_technology", "COBOL_CICS"),
        (models.ValidationSession, "validation_scope", "ui_layout"),
        (models.ValidationSession, "target_input_type", ""),
        (models.ValidationSession, "status", "done"),
        (models.ValidationResult, "overall_status", "APPROVED"),
        (models.ValidationResult, "result_type", "dynamic"),
        (models.ValidationDiscrepancy, "severity", "BLOCKER"),
        (models.ValidationDiscrepancy, "component_type", "Form"),
        (models.BehavioralTestResult, "execution_status", "passed"),
        (models.ValidationMetric, "metric_period", "yearly"),
    ]
    with Session(engine) as session:
        fill(package, session)
        for model, column, value in columns:
            statement = f"UPDATE {model.__tablename__} SET {column} = '{value}'"
            assert refuses(session, sa.text(statement)), statement
        assert not refuses(session, sa.text("UPDATE validation_discrepancies SET severity = 'INFO'"))


def test_numbers_stay_in_their_bounds_and_add_up(package: Package, engine: sa.Engine) -> None:
    """Scores lie between 0 and 1, nothing counts below 0, and parts are no more than the whole."""
    refused = [
        "validation_results SET fidelity_score = 1.01",
        "validation_results SET execution_time = -1",
        "validation_discrepancies SET confidence = -0.01",
        "validation_sessions SET behavioral_timeout = 0",
        "validation_metrics SET rejected_count = -1",
        "validation_metrics SET completed_sessions = 3",
        "validation_metrics SET approved_with_warnings_count = 2",
        "validation_metrics SET info_discrepancies = 1",
        "validation_metrics SET max_fidelity_score = 0.25",
        "validation_metrics SET min_execution_time = 2, avg_execution_time = 1",
    ]
    with Session(engine) as session:
        fill(package, session)
        for change in refused:
            assert refuses(session, sa.text(f"UPDATE {change}")), change
        assert not refuses(session, sa.text("UPDATE validation_metrics SET max_fidelity_score = 0.75"))


def test_a_request_and_a_period_are_there_once(package: Package, engine: sa.Engine) -> None:
    """The request id, and the day with the period, are unique; another period of the day is another row."""
    with Session(engine) as session:
        fill(package, session)
        twice: list[tuple[str, str, dict[str, Any]]] = [
            ("ValidationSession", "validation_session", SESSION),
            ("ValidationMetric", "validation_metric", METRIC),
        ]
        for entity, module, body in twice:
            session.add(made(package, entity, module, body))
            with pytest.raises(IntegrityError):
                session.flush()
            session.rollback()
        session.add(made(package, "ValidationMetric", "validation_metric", METRIC | {"metric_period": "weekly"}))
        session.commit()
        days = session.scalars(sa.select(package.models.ValidationMetric.metric_date)).all()
        assert days == [date(2025, 9, 22)] * 2


def test_a_resolution_is_whole_or_absent(package: Package, engine: sa.Engine) -> None:
    """Who, when and that it is resolved stand and fall together, for the model and for the database."""
    models = package.models
    with Session(engine) as session:
        fill(package, session)
        for change in ("is_resolved = TRUE", "resolved_by = 'ada'", "resolution_notes = 'x'"):
            assert refuses(session, sa.text(f"UPDATE validation_discrepancies SET {change}")), change
        discrepancy = session.scalars(sa.select(models.ValidationDiscrepancy)).one()
        update = package.schemas.ValidationDiscrepancyUpdate(
            is_resolved=True, resolved_by="ada", resolved_at=datetime.now(UTC), resolution_notes="Added"
        )
        package.mapping("validation_discrepancy").apply(update, discrepancy)
        session.commit()
        assert discrepancy.is_resolved
        discrepancy.resolved_by = None
        with pytest.raises((IntegrityError, ValueError)):
            session.flush()


def test_a_session_moves_forward_only(package: Package, engine: sa.Engine) -> None:
    """A bulk update obeys the state machine and stamps its rows; a row from memory starts in its own state."""
    models = package.models
    with Session(engine) as session:
        fill(package, session)
        session.add(
            made(
                package,
                "ValidationSession",
                "validation_session",
                SESSION | {"request_id": "from-memory", "status": "completed"},
            )
        )
        session.commit()
        table = models.ValidationSession.__table__
        pending = table.c.status == "pending"
        assert refuses(session, sa.update(table).where(pending).values(status="completed"))
        before = session.scalars(sa.select(table.c.updated_at).where(pending)).one()
        session.execute(sa.update(table).where(pending).values(status="processing"))
        session.execute(sa.update(table).where(table.c.status == "processing").values(status="completed"))
        session.commit()
        assert session.scalars(sa.select(sa.func.min(table.c.updated_at))).one() >= before
        assert session.scalars(sa.select(table.c.status)).all() == ["completed", "completed"]
        assert refuses(session, sa.update(table).values(status="pending"))


def test_a_stamp_is_kept_by_the_database(package: Package, engine: sa.Engine) -> None:
    """What a statement writes there is replaced by the current instant, in every table."""
    old = datetime(2000, 1, 1, tzinfo=UTC)
    with Session(engine) as session:
        fill(package, session)
        for entity, _, _ in ROWS:
            table = getattr(package.models, entity).__table__
            session.execute(sa.update(table).values(updated_at=old))
            assert session.scalars(sa.select(table.c.updated_at)).one() > old


def test_severity_sorts_as_declared_on_postgres_only(package: Package, engine: sa.Engine) -> None:
    """PostgreSQL knows the least severe first; SQLite sorts the words, as the ledger says."""
    models = package.models
    with Session(engine) as session:
        fill(package, session)
        for severity in ("INFO", "WARNING"):
            body = {"session_id": 1, **DISCREPANCY, "severity": severity}
            session.add(made(package, "ValidationDiscrepancy", "validation_discrepancy", body))
        session.commit()
        order = session.scalars(
            sa.select(models.ValidationDiscrepancy.severity).order_by(models.ValidationDiscrepancy.severity)
        ).all()
    by_text = ["CRITICAL", "INFO", "WARNING"]
    assert order == (["INFO", "WARNING", "CRITICAL"] if engine.dialect.name == "postgresql" else by_text)


@pytest.mark.filterwarnings("ignore:Expression .* detected to include an operator clause")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_alembic_finds_nothing_to_change(package: Package, engine: sa.Engine) -> None:
    """What the models made is what they say: indexes of one database and references that lose a column included."""
    hook = importlib.import_module(f"{DOMAIN}.models.alembic")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=dict(hook.options))
        assert compare_metadata(context, hook.target_metadata) == []
        connection.execute(sa.text("DROP INDEX ix_validation_discrepancies_result_id"))
        [(kind, missing)] = compare_metadata(context, hook.target_metadata)
    assert (kind, missing.name) == ("add_index", "ix_validation_discrepancies_result_id")


@pytest.fixture
def postgres_rows(package: Package, database: Database) -> Iterator[psycopg.Connection[Any]]:
    """The file of the SQL layer loaded into PostgreSQL, with sessions enough to search."""
    require_extensions(DOMAIN, database.server)
    with database.connect() as connection:
        connection.execute(rendered(DOMAIN).files["sql", "postgres.sql"].encode())
        connection.execute(
            "INSERT INTO validation_sessions (request_id, source_technology, source_input_type, target_technology,"
            " target_input_type, validation_scope, session_metadata, validation_scenarios)"
            " SELECT 'r' || n, 'JAVA_SPRING', 'HYBRID', 'PYTHON_DJANGO', 'HYBRID', 'API_ENDPOINTS',"
            " jsonb_build_object('type', CASE n WHEN 77 THEN 'regression-nightly' ELSE 'adhoc ' || n END),"
            ' CASE n WHEN 42 THEN \'["login", {"name": "checkout"}]\' ELSE \'[]\' END::jsonb'
            " FROM generate_series(1, 300) AS n"
        )
        connection.execute("ANALYZE")
        connection.execute("SET enable_seqscan = off")
        yield connection


@pytest.mark.parametrize(
    ("index", "condition", "found"),
    [
        ("ix_session_metadata_type", "session_metadata ->> 'type' LIKE '%nightly%'", "r77"),
        ("ix_session_metadata_type", "session_metadata ->> 'type' ILIKE '%NIGHT%'", "r77"),
        ("ix_validation_scenarios", """validation_scenarios @> '["login"]'""", "r42"),
        ("ix_validation_scenarios", """validation_scenarios @> '[{"name": "checkout"}]'""", "r42"),
        ("ix_validation_sessions_request_id", "request_id = 'r7'", "r7"),
    ],
)
def test_an_index_answers_what_it_is_for(
    postgres_rows: psycopg.Connection[Any], index: str, condition: str, found: str
) -> None:
    """PostgreSQL plans the search with the index and finds the row."""
    query = f"SELECT request_id FROM validation_sessions WHERE {condition}"
    plan = "\n".join(line for (line,) in postgres_rows.execute(f"EXPLAIN {query}").fetchall())
    assert index in plan
    assert postgres_rows.execute(query).fetchall() == [(found,)]


DRIVERS = {"postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}


def test_a_request_has_one_session(package: Package, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """`get_db` commits what a request wrote when it is answered, and rolls back when it fails."""
    module = importlib.import_module(f"{DOMAIN}.models.session")
    url = engine.url.set(drivername=DRIVERS[engine.dialect.name])
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))

    async def work() -> None:
        module.sessions.cache_clear()
        request = module.get_db()
        (await anext(request)).add(made(package, *ROWS[0]))
        with pytest.raises(StopAsyncIteration):
            await anext(request)
        request = module.get_db()
        session = await anext(request)
        await session.execute(sa.delete(package.models.ValidationSession))
        with pytest.raises(RuntimeError, match="on purpose"):
            await request.athrow(RuntimeError("on purpose"))
        await module.sessions().kw["bind"].dispose()

    asyncio.run(work())
    with Session(engine) as session:
        assert count(session, package.models.ValidationSession) == 1


def test_the_ledger_is_known() -> None:
    """What a database cannot say of this domain is this and nothing else."""
    gaps = {(gap.target, gap.construct) for gap in rendered(DOMAIN).ledger if gap.target in ("postgres", "sqlite")}
    assert gaps == {
        ("postgres", "int"),
        ("postgres", "set null of some columns"),
        ("postgres", "string(n)"),
        ("sqlite", "index method"),
        ("sqlite", "json"),
        ("sqlite", "order of an enum"),
        ("sqlite", "pattern"),
    }
