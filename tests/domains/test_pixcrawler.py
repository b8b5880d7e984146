"""The domain of the image crawler: what its references, relationships, indexes and states do on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from tests.domains.rows import Package
from tests.engines.node import Node

DOMAIN = "pixcrawler"
NOW = datetime(2025, 11, 14, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)

PROFILE: dict[str, Any] = {"email": "ada@example.org", "full_name": "Ada", "avatar_url": "https://example.org/ada.png"}
PROJECT: dict[str, Any] = {"name": "Owls", "description": None}
CRAWL_JOB: dict[str, Any] = {
    "name": "Owls by day",
    "keywords": ["owl", "🦉"],
    "search_engine": "bing",
    "max_images": 10,
}
IMAGE: dict[str, Any] = {
    "original_url": "https://example.org/owl.png",
    "filename": "owl.png",
    "storage_path": "images/owl.png",
    "content_hash": "0" * 64,
    "size_bytes": 3_000_000_000,
    "format": "png",
    "width": 640,
    "height": 480,
}
VALIDATION_JOB: dict[str, Any] = {
    "validation_rules": {
        "min_width": 100,
        "min_height": None,
        "max_size_bytes": None,
        "formats": ["png", "jpeg"],
        "reject_duplicates": True,
        "custom_validators": [{"name": "no_text", "parameters": {"threshold": 0.5}}],
    }
}
EXPORT_JOB: dict[str, Any] = {"format": "csv"}
ACTIVITY_LOG: dict[str, Any] = {"action": "project.create", "details": {"name": "Owls"}}

REFERENCES = [
    # table, column, what it refers to, what follows a delete, the relationship here and on the other side
    ("projects", "user_id", "profiles", "CASCADE", "user", "projects"),
    ("crawl_jobs", "project_id", "projects", "CASCADE", "project", "crawl_jobs"),
    ("images", "crawl_job_id", "crawl_jobs", "CASCADE", "crawl_job", "images"),
    ("validation_jobs", "crawl_job_id", "crawl_jobs", "CASCADE", "crawl_job", "validation_jobs"),
    ("export_jobs", "crawl_job_id", "crawl_jobs", "CASCADE", "crawl_job", "export_jobs"),
    ("activity_logs", "user_id", "profiles", "SET NULL", "user", "activity_logs"),
    ("export_jobs", "user_id", "profiles", "CASCADE", "user", "export_jobs"),
]
INDEXES = {
    "profiles": {"ix_profile_email": ["email"]},
    "projects": {"ix_project_user_id": ["user_id"]},
    "crawl_jobs": {"ix_crawl_job_status": ["status"], "ix_crawl_job_project_status": ["project_id", "status"]},
    "images": {"ix_image_crawl_job_id": ["crawl_job_id"]},
    "activity_logs": {"ix_activity_log_user_id": ["user_id"], "ix_activity_log_timestamp": ["timestamp"]},
    "validation_jobs": {
        "ix_validation_job_status": ["status"],
        "ix_validation_job_crawl_job_id": ["crawl_job_id"],
    },
    "export_jobs": {
        "ix_export_job_status": ["status"],
        "ix_export_job_user_id": ["user_id"],
        "ix_export_job_crawl_job_id": ["crawl_job_id"],
    },
}
RUNNING: dict[str, Any] = {"status": "running", "started_at": NOW}
DONE: dict[str, Any] = {"status": "completed", "progress": 100, "completed_at": LATER}


def _model(package: Package, table: str) -> Any:
    return next(each.class_ for each in package.models.Base.registry.mappers if each.local_table.name == table)


def _made(package: Package, session: Session, module: str, body: dict[str, Any], **given: Any) -> Any:
    """A row of what a caller sends, and of what the service knows."""
    name = "".join(part.capitalize() for part in module.split("_"))
    create = getattr(package.schemas, f"{name}Create").model_validate_json(json.dumps(body))
    model = package.mapping(module).to_model(create, **given)
    session.add(model)
    session.flush()
    return model


def _fill(package: Package, session: Session) -> dict[str, Any]:
    """One row of everything, which belong together."""
    rows: dict[str, Any] = {}
    rows["profile"] = _made(package, session, "profile", PROFILE)
    user = rows["profile"].id
    rows["project"] = _made(package, session, "project", PROJECT, user_id=user)
    job = {**CRAWL_JOB, "project_id": str(rows["project"].id)}
    rows["crawl_job"] = _made(package, session, "crawl_job", job)
    of_job = {"crawl_job_id": str(rows["crawl_job"].id)}
    rows["image"] = _made(package, session, "image", {**IMAGE, **of_job})
    rows["validation_job"] = _made(package, session, "validation_job", {**VALIDATION_JOB, **of_job})
    rows["export_job"] = _made(package, session, "export_job", {**EXPORT_JOB, **of_job}, user_id=user)
    log = {**ACTIVITY_LOG, "user_id": str(user), "resource_type": "projects", "resource_id": str(rows["project"].id)}
    rows["activity_log"] = _made(package, session, "activity_log", log)
    session.commit()
    return rows


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    with Session(engine) as made:
        yield made


@pytest.fixture
def rows(package: Package, session: Session) -> dict[str, Any]:
    """One row of everything by its module."""
    return _fill(package, session)


@contextmanager
def _statements(engine: sa.Engine) -> Iterator[list[str]]:
    """The first three words of every statement that is sent meanwhile."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(" ".join(statement.split()[:3]))

    sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", note)


def _counts(package: Package, session: Session) -> dict[str, int]:
    tables = package.models.metadata.tables
    return {name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for name, table in tables.items()}


def _refuses(session: Session, statement: sa.Executable) -> bool:
    """Whether the database refuses a statement; the rest of the transaction goes on."""
    try:
        with session.begin_nested():
            session.execute(statement)
    except DBAPIError:
        return True
    return False


# ----- rows


def test_every_row_comes_back_as_it_was_sent(package: Package, rows: dict[str, Any], node: Node) -> None:
    """The response holds what the body held, with the defaults of the database, and Zod takes it as it is."""
    bodies = (PROFILE, PROJECT, CRAWL_JOB, IMAGE, VALIDATION_JOB, EXPORT_JOB, ACTIVITY_LOG)
    for (module, row), body in zip(rows.items(), bodies, strict=True):
        answer = json.loads(package.mapping(module).to_response(row).model_dump_json())
        assert {name: answer[name] for name in body} == body
        name = "".join(part.capitalize() for part in module.split("_"))
        assert package.parse(node, module, f"{name[0].lower()}{name[1:]}ResponseSchema", answer) == answer
    job = json.loads(package.mapping("crawl_job").to_response(rows["crawl_job"]).model_dump_json())
    chunks = ("total_chunks", "active_chunks", "completed_chunks", "failed_chunks")
    assert [job[name] for name in chunks] == [0, 0, 0, 0]
    assert (job["status"], job["progress"], job["started_at"]) == ("pending", 0, None)


def test_a_project_shows_what_belongs_to_it(
    package: Package, engine: sa.Engine, rows: dict[str, Any], node: Node
) -> None:
    """`ProjectDetailResponse` holds the user and the crawl jobs, which three statements load."""
    mapping, project = package.mapping("project"), package.models.Project
    with Session(engine) as fresh, _statements(engine) as sent:
        found = fresh.scalars(sa.select(project).options(*mapping.project_detail_response_loads())).one()
        answer = json.loads(mapping.to_project_detail_response(found).model_dump_json())
    assert len(sent) == 3
    assert answer["user"] == {"id": answer["user_id"], **{name: PROFILE[name] for name in ("full_name", "avatar_url")}}
    assert [job["name"] for job in answer["crawl_jobs"]] == [CRAWL_JOB["name"]]
    assert package.parse(node, "index", "projectDetailResponseSchema", answer) == answer


# ----- references and relationships


def test_references_act_as_declared(package: Package, engine: sa.Engine) -> None:
    """The database has the seven references and no other."""
    inspector = sa.inspect(engine)
    found = {
        (table, *key["constrained_columns"], key["referred_table"], key["options"].get("ondelete"))
        for table in inspector.get_table_names()
        for key in inspector.get_foreign_keys(table)
    }
    assert found == {reference[:4] for reference in REFERENCES}


def test_a_row_of_nobody_is_refused(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """A reference to a row that is not there fails in the database."""
    for table, column, *_ in REFERENCES:
        of = package.models.metadata.tables[table]
        assert _refuses(session, of.update().values({column: uuid4()})), table


def test_relationships_have_both_ends(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """The row and the list of the other side show each other, read from the database and while one is being made."""
    for table, _, target, _, here, there in REFERENCES:
        row = session.scalars(sa.select(_model(package, table))).one()
        other = session.scalars(sa.select(_model(package, target))).one()
        assert getattr(row, here) is other
        assert getattr(other, there) == [row]
        with session.no_autoflush:
            another = _model(package, table)(**{here: other})
            assert getattr(other, there) == [row, another]
            getattr(other, there).remove(another)
            assert getattr(another, here) is None


def test_deleting_a_profile_in_sql_deletes_what_is_theirs(
    package: Package, session: Session, rows: dict[str, Any]
) -> None:
    """Six tables are empty afterwards; the log stays, of nobody."""
    session.execute(package.models.metadata.tables["profiles"].delete())
    assert _counts(package, session) == {
        "profiles": 0,
        "projects": 0,
        "crawl_jobs": 0,
        "images": 0,
        "validation_jobs": 0,
        "export_jobs": 0,
        "activity_logs": 1,
    }
    session.expire_all()
    assert session.scalars(sa.select(package.models.ActivityLog.user_id)).one() is None


def test_deleting_a_profile_in_the_session_loads_nothing(
    package: Package, engine: sa.Engine, rows: dict[str, Any]
) -> None:
    """One DELETE goes out, however much belongs to the profile: the database follows the references."""
    with Session(engine) as fresh:
        profile = fresh.scalars(sa.select(package.models.Profile)).one()
        with _statements(engine) as sent:
            fresh.delete(profile)
            fresh.commit()
        assert sent == ["DELETE FROM profiles"]
        assert sum(_counts(package, fresh).values()) == 1


def test_a_job_taken_off_its_project_goes(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """A row that cannot be without the other is deleted with its place in the list."""
    rows["project"].crawl_jobs.remove(rows["crawl_job"])
    session.flush()
    assert _counts(package, session)["crawl_jobs"] == 0
    assert _counts(package, session)["images"] == 0


# ----- indexes and uniques


def test_indexes_are_those_of_the_design(package: Package, engine: sa.Engine) -> None:
    """Every index the first design lists, those its references lack, and none twice."""
    inspector = sa.inspect(engine)
    for table, indexes in INDEXES.items():
        # PostgreSQL shows the index of a UNIQUE too.
        found = {each["name"]: each["column_names"] for each in inspector.get_indexes(table)}
        assert {name: columns for name, columns in found.items() if str(name).startswith("ix_")} == indexes
    assert sum(map(len, INDEXES.values())) == 12
    assert next(each for each in inspector.get_indexes("profiles"))["unique"]


def test_an_address_is_one_profile(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """The same address again is refused, and so are capitals, which would hide it."""
    with pytest.raises(IntegrityError), session.begin_nested():
        _made(package, session, "profile", PROFILE)
    with pytest.raises(ValueError, match="email"):
        package.schemas.ProfileCreate.model_validate({**PROFILE, "email": "Ada@example.org"})
    profiles = package.models.metadata.tables["profiles"]
    assert _refuses(session, sa.text("UPDATE profiles SET email = 'Ada@example.org'"))
    assert not _refuses(session, profiles.update().values(email="grace@example.org"))


def test_an_image_is_found_once_per_job(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """The same hash in the same job is refused; another job may have it, and unknown hashes do not meet."""
    of_job = {"crawl_job_id": str(rows["crawl_job"].id)}
    with pytest.raises(IntegrityError), session.begin_nested():
        _made(package, session, "image", {**IMAGE, **of_job})
    unknown = {"original_url": IMAGE["original_url"], "filename": "owl.png"}
    for _ in range(2):
        _made(package, session, "image", {**unknown, **of_job})
    other = _made(package, session, "crawl_job", {**CRAWL_JOB, "project_id": str(rows["project"].id)})
    _made(package, session, "image", {**IMAGE, "crawl_job_id": str(other.id)})
    assert _counts(package, session)["images"] == 4


# ----- states and rules

JOBS = ("crawl_jobs", "validation_jobs", "export_jobs")


def test_a_job_moves_as_declared(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """From pending by way of running to its end, and nowhere from there."""
    for table in JOBS:
        jobs = package.models.metadata.tables[table]
        assert _refuses(session, jobs.update().values(**{**DONE, "started_at": NOW})), table
        assert not _refuses(session, jobs.update().values(**RUNNING)), table
        assert _refuses(session, jobs.update().values(status="pending", started_at=None)), table
        assert not _refuses(session, jobs.update().values(**DONE)), table
        assert _refuses(session, jobs.update().values(status="cancelled")), table
        session.expire_all()
        job = session.scalars(sa.select(_model(package, table))).one()
        job.status = "running"
        with pytest.raises(package.models.TransitionRefused, match="cannot move from completed to running"):
            session.flush()
        session.expire(job)


def test_a_new_job_is_pending(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """The database refuses a row that begins elsewhere."""
    for table in JOBS:
        jobs = package.models.metadata.tables[table]
        columns = [column for column in jobs.columns if column.name != "id"]
        row = dict(session.execute(sa.select(*columns)).mappings().one())
        assert _refuses(session, jobs.insert().values({**row, **RUNNING})), table
        assert not _refuses(session, jobs.insert().values(row)), table


Change = dict[str, Any]
REFUSED: list[tuple[str, Change, Change]] = [
    # table, the row as it may be, what may not become of it
    *((table, {}, {"started_at": NOW}) for table in JOBS),
    *((table, {}, {"status": "running"}) for table in JOBS),
    *((table, {}, {"completed_at": NOW}) for table in JOBS),
    *((table, {}, {"status": "failed", "completed_at": NOW}) for table in JOBS),
    *((table, RUNNING, {**DONE, "progress": 99}) for table in JOBS),
    *((table, RUNNING, {**DONE, "completed_at": NOW - timedelta(seconds=1)}) for table in JOBS),
    *((table, RUNNING, {"progress": 101}) for table in JOBS),
    *((table, RUNNING, {"progress": -1}) for table in JOBS),
    ("crawl_jobs", {}, {"total_chunks": 1, "active_chunks": 1}),
    ("crawl_jobs", {**RUNNING, "total_chunks": 3}, {"active_chunks": 2, "completed_chunks": 1, "failed_chunks": 1}),
    ("crawl_jobs", {**RUNNING, "total_chunks": 3, "completed_chunks": 2}, DONE),
    ("crawl_jobs", RUNNING, {"downloaded_images": 11}),
    ("crawl_jobs", RUNNING, {"valid_images": 1}),
    ("images", {}, {"content_hash": None}),
    ("validation_jobs", RUNNING, {"validated_images": 1}),
    ("validation_jobs", {**RUNNING, "total_images": 1}, {"invalid_images": 1}),
    ("export_jobs", RUNNING, {"exported_images": 1}),
    ("export_jobs", RUNNING, {"download_url": "https://example.org/x.csv", "expires_at": LATER}),
    ("export_jobs", RUNNING, {**DONE, "download_url": "https://example.org/x.csv"}),
    ("export_jobs", RUNNING, {**DONE, "expires_at": LATER + timedelta(days=1)}),
    ("export_jobs", RUNNING, {**DONE, "download_url": "https://example.org/x.csv", "expires_at": LATER}),
    ("activity_logs", {}, {"resource_id": None}),
]


def _literally(package: Package, table: str, change: Change) -> sa.Update:
    """An update that no column type of the models judges first."""
    of: sa.Table = package.models.metadata.tables[table]
    plain: Change = {
        name: sa.literal_column(str(value)) if isinstance(value, int) else value for name, value in change.items()
    }
    return of.update().values(plain)


def test_what_cannot_be_is_refused(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """The database refuses a row that a rule or a bound forbids, and takes the row as it was before."""
    for table, before, change in REFUSED:
        attempt = session.begin_nested()
        if before:
            session.execute(_literally(package, table, before))
        assert _refuses(session, _literally(package, table, change)), (table, change)
        attempt.rollback()


def test_an_export_can_be_fetched_for_a_while(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """A completed export has its address with the time it ends."""
    jobs = package.models.metadata.tables["export_jobs"]
    link = {"download_url": "https://example.org/x.csv", "expires_at": LATER + timedelta(days=1)}
    session.execute(jobs.update().values(**RUNNING, total_images=1, exported_images=1))
    session.execute(jobs.update().values(**DONE, **link, size_bytes=120))
    session.expire_all()
    answer = package.mapping("export_job").to_response(rows["export_job"]).model_dump(mode="json")
    assert answer["expires_at"] == "2025-11-15T13:00:00Z"


def test_chunks_are_tracked(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """A job completes with chunks that failed, once none is left."""
    jobs = package.models.metadata.tables["crawl_jobs"]
    session.execute(jobs.update().values(**RUNNING, total_chunks=3, active_chunks=3))
    session.execute(jobs.update().values(active_chunks=0, completed_chunks=2, failed_chunks=1, downloaded_images=5))
    session.execute(jobs.update().values(**DONE, valid_images=4))
    session.expire_all()
    answer = package.mapping("crawl_job").to_response(rows["crawl_job"])
    assert (answer.completed_chunks, answer.failed_chunks, answer.valid_images) == (2, 1, 4)
    assert answer.updated_at >= answer.created_at
