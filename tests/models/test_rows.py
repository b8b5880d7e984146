"""Rows on real databases: from a body through the model to an answer and back, in both kinds of session."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from tests.engines.postgres import Database, Server
from tests.models.package import Imported, imported, package

AUTHOR = {
    "slug": "ada",
    "fullName": "Ada Lovelace",
    "email": "ada@example.org",
    "homepage": "https://example.org/ada",
    "address": {"street": "St James's Square", "city": "London", "notes": None},
    "outline": {"title": "Notes", "weights": {"g": 0.5}, "children": []},
    "password": "analytical engine",
}
BOOK = {
    "authorId": "",
    "isbn": "9780000000002",
    "title": "Sketch of the Engine",
    "tags": ["maths", "engines"],
    "physical": {"form": {"shape": "3d-printed", "pages": 66}, "weight": 0.25},
    "availability": {"is_available": True},
    "price": "12.50",
    "discount": 12.5,
    "bytesStored": 9007199254740991,
    "metadata": {"deep": [1, 2.5, None, "é🦉"]},
    "counters": {"loans": 3},
    "times": {"releasedAt": "1843-09-01T10:00:00", "opens": None, "leadTime": "P3DT1.500S"},
    "origin": "2001:db8::1",
    "cover": "AAECAw==",
}


@pytest.fixture(scope="module")
def urls(plain: Imported, postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A database with all tables on either engine, by the driver that is asked for."""
    file = tmp_path_factory.mktemp("rows") / "rows.db"
    database = Database(postgres, postgres.create_database())
    found = {
        "sqlite": f"sqlite:///{file}",
        "aiosqlite": f"sqlite+aiosqlite:///{file}",
        "psycopg": database.url_for("psycopg"),
    }
    for driver in ("sqlite", "psycopg"):
        engine = create_engine(found[driver])
        plain.models.metadata.create_all(engine)
        engine.dispose()
    yield found
    postgres.drop_database(database.name)


@pytest.fixture(params=["sqlite", "psycopg"])
def engine(request: pytest.FixtureRequest, urls: dict[str, str]) -> Iterator[Engine]:
    """Either engine; what a test writes is rolled back with its session."""
    made = create_engine(urls[request.param])
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as opened:
        yield opened


def _read(package: Imported, module: str, name: str, body: object) -> Any:
    """A schema as it reads a body."""
    return getattr(package.module(f"schemas.{module}"), name).model_validate_json(json.dumps(body))


def _author(package: Imported, **changes: object) -> Any:
    return package.module("models.mapping.author").to_model(_read(package, "author", "AuthorCreate", AUTHOR | changes))


def _book(package: Imported, author: Any, **changes: object) -> Any:
    body = BOOK | {"authorId": str(author.id)} | changes
    return package.module("models.mapping.book").to_model(_read(package, "book", "VolumeCreate", body))


def _saved(session: Session, *models: Any) -> Any:
    session.add_all(models)
    session.flush()
    return models[-1]


def _answer(package: Imported, module: str, model: Any) -> dict[str, Any]:
    """What a caller sees of a row."""
    added = {"book_count": 0} if module == "author" else {}
    response = package.module(f"models.mapping.{module}").to_response(model, **added)
    answer: dict[str, Any] = json.loads(response.model_dump_json())
    return answer


def _fresh(session: Session, model: Any) -> Any:
    """The row as the database has it."""
    session.expire_all()
    return session.get(type(model), inspect(model).identity)


def test_a_body_comes_back(session: Session, plain: Imported) -> None:
    """What was written is what is read, in the same words, at once and from the database."""
    author = _saved(session, _author(plain))
    book = _saved(session, _book(plain, author))
    at_once = _answer(plain, "book", book)
    for name in (
        "isbn",
        "title",
        "tags",
        "price",
        "discount",
        "bytesStored",
        "metadata",
        "counters",
        "origin",
        "cover",
    ):
        assert at_once[name] == BOOK[name]
    assert at_once["physical"] == BOOK["physical"]
    assert at_once["times"] == BOOK["times"]
    assert at_once["netPrice"] == "10.94"
    assert at_once["scores"] == [1, None, 3]
    assert _answer(plain, "book", _fresh(session, book)) == at_once
    seen = _answer(plain, "author", author)
    assert seen["address"] == {**AUTHOR["address"], "country": "de"}  # type: ignore[dict-item]
    assert "password" not in seen
    assert _answer(plain, "author", _fresh(session, author)) == seen


def test_explicit_null_is_stored(session: Session, plain: Imported) -> None:
    """Null is NULL, also where the column has a default; what is left out gets the default."""
    author = _saved(session, _author(plain))
    nulls = _saved(session, _book(plain, author, origin=None, cover=None, metadata=None, times=None))
    assert (nulls.origin, nulls.cover, nulls.metadata_, nulls.opens, nulls.lead_time) == (None,) * 5
    assert _answer(plain, "book", _fresh(session, nulls))["times"] is None
    plain_book = {name: BOOK[name] for name in ("isbn", "title", "physical")}
    body = plain_book | {"authorId": str(author.id), "isbn": "9780000000003", "title": "Another"}
    create = _read(plain, "book", "VolumeCreate", body)
    left_out = _saved(session, plain.module("models.mapping.book").to_model(create))
    assert str(left_out.origin) == "192.0.2.1"
    assert left_out.lead_time == timedelta(days=1, hours=2)
    direct = _saved(
        session, plain.models.Author(slug="x", full_name="X", email="x@y.z", password="p" * 12, born_on=None)
    )
    assert _fresh(session, direct).born_on is None


def test_an_update_changes_what_it_names(session: Session, plain: Imported) -> None:
    """What is absent stays, groups merge property by property, null is stored, stamps are read back."""
    author = _saved(session, _author(plain))
    book = _saved(session, _book(plain, author))
    before = _answer(plain, "book", book)
    body = {"physical": {"form": {"pages": 67}}, "subtitle": None, "origin": None, "price": "1.20"}
    plain.module("models.mapping.book").apply(_read(plain, "book", "VolumeUpdate", body), book)
    session.flush()
    after = _answer(plain, "book", book)
    assert after == _answer(plain, "book", _fresh(session, book))
    assert after["physical"] == {"form": {"shape": "3d-printed", "pages": 67}, "weight": 0.25}
    assert (after["origin"], after["price"], after["netPrice"]) == (None, "1.20", "1.05")
    changed = {"physical", "origin", "price", "netPrice", "updatedAt"}
    assert {name for name in before if before[name] != after[name]} - {"updatedAt"} == changed - {"updatedAt"}


def test_a_stamp_is_the_databases(engine: Engine, plain: Imported) -> None:
    """After an update the model holds the instant that the trigger wrote."""
    with Session(engine) as session:
        author = _saved(session, _author(plain, slug="stamped", email="stamped@example.org"))
        session.commit()
        written = author.updated_at
        author.full_name = "Augusta Ada"
        session.flush()
        at_once = author.updated_at
        assert at_once > written
        assert at_once.tzinfo is UTC
        assert _fresh(session, author).updated_at == at_once
        session.delete(author)
        session.commit()


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("price", Decimal("1.234")),
        ("price", Decimal("NaN")),
        ("price", 1.5),
        ("price", Decimal("1000000")),
        ("released_at", datetime(2024, 1, 1, tzinfo=UTC)),
        ("created_at", datetime(2024, 1, 1)),
        ("title", "nul\0"),
        ("title", "x" * 201),
        ("subtitle", "\ud800"),
        ("pages", True),
        ("pages", 2**31),
        ("copies", 2**15),
        ("tags", ["a", None]),
        ("weight", float("nan")),
        ("shape", "oval"),
        ("is_available", 1),
        ("lead_time", timedelta(seconds=-1)),
        ("author_id", "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11"),
        ("counters", [1]),
        ("metadata_", {"a": float("inf")}),
    ],
)
def test_refuses_what_a_database_would_change(plain: Imported, attribute: str, value: object) -> None:
    """Nothing is rounded, cut, moved to a time zone or taken for something else."""
    with pytest.raises(ValueError):
        setattr(plain.models.Book(), attribute, value)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("price", Decimal("1.5")), ("discount", Decimal("-0.00")), ("price", 3), ("born_on", date(1, 1, 1)), ("tags", [])],
)
def test_takes_what_a_column_can_hold(plain: Imported, attribute: str, value: object) -> None:
    """A value with fewer digits than the column has is that value."""
    model = plain.models.Author() if attribute == "born_on" else plain.models.Book()
    setattr(model, attribute, value)
    assert getattr(model, attribute) == value


MEASURES = """
isotype: 1
domain: measures
entities:
  Measure:
    fields: {id: {type: int, key: true, default: identity}, value: float, values: 'float[]'}
"""


def test_a_counted_key_is_never_null(tmp_path: Path) -> None:
    """A key that the database counts is left out, or given; one database would take null, the other not."""
    with imported(package(MEASURES), tmp_path, "models_of_keys") as found:
        with pytest.raises(ValueError, match="id is never null"):
            found.models.Measure(id=None, value=1.0, values=[])
        engine = create_engine("sqlite://")
        found.models.metadata.create_all(engine)
        with Session(engine) as session:
            assert _saved(session, found.models.Measure(value=1.0, values=[])).id == 1


def test_minus_zero_is_zero(tmp_path: Path) -> None:
    """In a body, in a model, and in a row that somebody else wrote, inside an array too."""
    with imported(package(MEASURES), tmp_path, "models_of_zeros") as found:
        body = found.module("schemas").MeasureCreate.model_validate_json('{"value": -0.0, "values": [-0.0, 1]}')
        assert body.model_dump_json() == '{"value":0.0,"values":[0.0,1.0]}'
        model = found.models.Measure(value=-0.0, values=[-0.0])
        assert (str(model.value), str(model.values)) == ("0.0", "[0.0]")
        column = found.models.Measure.__table__.c.value.type
        assert (str(column.read(-0.0)), str(column.read_native(-0.0))) == ("0.0", "0.0")
        response = found.module("schemas").MeasureResponse(id=1, value=-0.0, values=[])
        assert response.model_dump_json() == '{"id":1,"value":0.0,"values":[]}'


def _loan(package: Imported, session: Session, **values: object) -> Any:
    author = _saved(session, _author(package))
    book = _saved(session, _book(package, author))
    given = {"library_code": "main", "number": 1, "book_id": book.id, "phase": "a"} | values
    return _saved(session, package.models.Loan(**given))


def test_a_move_that_is_not_allowed_is_refused(session: Session, plain: Imported) -> None:
    """The model knows the moves, and the database does when the model has not looked."""
    loan = _loan(plain, session)
    assert loan.state == "pending"
    loan.state = "returned"
    with pytest.raises(plain.models.TransitionRefused, match="state of Loan cannot move from pending to returned"):
        session.flush()
    session.refresh(loan)
    loan.state = "active"
    session.flush()
    table = plain.models.Loan.__table__
    with pytest.raises(DBAPIError):
        session.execute(table.update().values(state="pending"))


def test_a_wrong_start_is_refused(session: Session, plain: Imported) -> None:
    """A row begins in an initial value: the model says so, and the database does when it is not asked."""
    with pytest.raises(plain.models.TransitionRefused, match="state of Loan cannot start as lost"):
        _loan(plain, session, state="lost", ended_at=datetime.now(UTC))
    session.rollback()
    loan = _loan(plain, session)
    values = {"library_code": "main", "number": 2, "book_id": loan.book_id, "phase": "a", "state": "lost"}
    with pytest.raises(DBAPIError):
        session.execute(plain.models.Loan.__table__.insert().values(values))


def test_a_broken_rule_is_refused(session: Session, plain: Imported) -> None:
    """A rule is judged on what is loaded; the rest, and what it is told to compute, the database knows."""
    author = _saved(session, _author(plain))
    book = _saved(session, _book(plain, author))
    with pytest.raises(plain.models.RuleRefused) as raised, session.begin_nested():
        book.price = Decimal("0.60")
        session.flush()
    assert raised.value.rule == "chk_prices"
    with pytest.raises(IntegrityError), session.begin_nested():
        session.refresh(book, ["id"])
        session.expire(book, ["discount"])
        book.price = Decimal("0.60")
        session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():
        book.price = plain.models.Book.price - Decimal("12.00")
        session.flush()


def test_a_new_row_keeps_the_rules_with_its_defaults(session: Session, plain: Imported) -> None:
    """What is left out is judged as its default; a row referred to by its object is known by then."""
    values = {"isbn": "9780000000033", "title": "Cheap", "shape": "round", "pages": 1, "price": Decimal("0.60")}
    with pytest.raises(plain.models.RuleRefused):
        _saved(session, plain.models.Book(**values, discount=Decimal("5.00"), author=_author(plain)))
    session.rollback()
    assert _saved(session, plain.models.Book(**values, author=_author(plain))).discount == 0


def test_deleting_follows_the_references(session: Session, plain: Imported) -> None:
    """Cascades, set null and restrict are the database's, for rows the session has loaded and for others."""
    author, editor = _author(plain), _author(plain, slug="editor", email="editor@example.org")
    _saved(session, author, editor)
    book = _saved(session, _book(plain, author, editorId=str(editor.id)))
    assert [title.isbn for title in author.books] == [BOOK["isbn"]]
    assert book.author is author
    session.delete(editor)
    session.flush()
    assert _fresh(session, book).editor_id is None
    session.delete(author)
    session.flush()
    assert session.scalars(select(plain.models.Book)).all() == []


def test_a_restricted_reference_holds(session: Session, plain: Imported) -> None:
    """A row that others must keep cannot go."""
    loan = _loan(plain, session)
    session.delete(loan.book)
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_composite_reference_to_itself(session: Session, plain: Imported) -> None:
    """Both ends of a reference over two columns, one of which is part of the key."""
    parent = _loan(plain, session)
    child = plain.models.Loan(library_code="main", number=2, book_id=parent.book_id, phase="a", parent=parent)
    _saved(session, child)
    assert child.parent_number == 1
    assert _fresh(session, parent).children == [child]


SHARED_FIELD = """
isotype: 1
domain: offices
entities:
  Tenant: {fields: {id: {type: int, key: true}}}
  Room:
    key: [tenant, number]
    fields: {tenant: {ref: Tenant, on_delete: cascade}, number: int}
  Desk:
    fields:
      id: {type: int, key: true}
      tenant: {ref: Tenant, on_delete: cascade}
      room_number: int
      spare_number: int?
    references:
      room: {to: Room, on: {tenant: tenant, room_number: number}, on_delete: cascade}
      spare: {to: Room, on: {tenant: tenant, spare_number: number}, on_delete: set null, back: spare_desks}
"""


def test_references_that_share_a_field(tmp_path: Path) -> None:
    """Linking writes what is a reference's own; a deleted target takes its rows, or their reference to it, along."""
    with imported(package(SHARED_FIELD), tmp_path, "models_of_offices") as found:
        engine = create_engine("sqlite://")
        found.models.metadata.create_all(engine)
        with Session(engine) as session:
            tenant = found.models.Tenant(id=1)
            here, there = (found.models.Room(tenant=tenant, number=number) for number in (1, 2))
            desk = found.models.Desk(id=1, tenant=tenant, room=here, spare=there)
            _saved(session, desk)
            assert (desk.tenant_id, desk.room_number, desk.spare_number) == (1, 1, 2)
            assert (here.desks, there.spare_desks) == ([desk], [desk])
            session.delete(there)
            session.flush()
            assert (_fresh(session, desk).tenant_id, desk.spare_number, desk.spare) == (1, None, None)
            session.delete(here)
            session.flush()
            assert session.scalars(select(found.models.Desk)).all() == []


SHARED_KEY = """
isotype: 1
domain: pages
entities:
  Page:
    key: [tenant, number]
    fields: {tenant: int, number: int, parent_number: int?}
    references:
      parent: {to: Page, on: {tenant: tenant, parent_number: number}, on_delete: set null, back: children}
"""


def test_a_reference_to_itself_that_shares_a_key_column(tmp_path: Path) -> None:
    """Linking and unlinking from either end writes what is the reference's own, and never the key."""
    with imported(package(SHARED_KEY), tmp_path, "models_of_pages") as found:
        engine = create_engine("sqlite://")
        found.models.metadata.create_all(engine)
        with Session(engine) as session:
            top, elsewhere = (found.models.Page(tenant=tenant, number=1) for tenant in (1, 2))
            first, second = (found.models.Page(tenant=1, number=number, parent=top) for number in (2, 3))
            stranger = found.models.Page(tenant=2, number=2, parent=elsewhere)
            session.add_all([elsewhere, stranger])
            _saved(session, top, first, second)
            assert (first.parent_number, _fresh(session, first).parent) == (1, top)
            assert (set(_fresh(session, top).children), elsewhere.children) == ({first, second}, [stranger])
            first.parent = None
            top.children.remove(second)
            session.flush()
            for page in (first, second):
                assert (_fresh(session, page).tenant, page.parent_number, page.parent) == (1, None, None)
            session.delete(elsewhere)
            session.flush()
            assert (_fresh(session, stranger).tenant, stranger.parent) == (2, None)


def test_queries_compare_in_the_physical_form(session: Session, plain: Imported) -> None:
    """Decimals, instants and texts compare as their values do."""
    author = _saved(session, _author(plain))
    book = _saved(session, _book(plain, author))
    model = plain.models.Book
    for condition in (
        model.price == Decimal("12.5"),
        model.price.between(Decimal("9.99"), 13),
        model.created_at > datetime(2020, 1, 1, tzinfo=UTC),
        model.shape == "3d-printed",
        model.title.like("Sketch%"),
        model.is_available,
        model.lead_time > timedelta(days=3),
    ):
        assert session.scalars(select(model).where(condition)).all() == [book]
        assert session.scalars(select(model).where(~condition)).all() == []


def test_a_view_is_only_read(session: Session, plain: Imported) -> None:
    """A stored query maps to a class that refuses writing."""
    session.add(plain.models.LastHour(minute=datetime.now(UTC)))
    with pytest.raises(TypeError, match="LastHour is a view"):
        session.flush()


def test_a_view_is_read(session: Session, plain: Imported) -> None:
    """A stored query gives the values of its columns, in the same form on both databases."""
    at = datetime(2025, 10, 3, 12, 30, 15, tzinfo=UTC)
    rows = [("first", "12.50", 1), ("second", "13.00", 2)]
    _saved(
        session,
        *(
            plain.models.Metric(name=name, cpu=Decimal(cpu), recorded_at=at + timedelta(seconds=later))
            for name, cpu, later in rows
        ),
    )
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT refresh_metrics_last_hour()"))
    found = session.scalars(select(plain.models.LastHour)).one()
    assert (found.minute, found.avg_cpu) == (at.replace(second=0), Decimal("12.75"))
    assert _answer(plain, "last_hour", found) == {"minute": "2025-10-03T12:30:00Z", "avgCpu": "12.75"}


def test_a_table_without_a_key(session: Session, plain: Imported) -> None:
    """Its rows are known by everything in them."""
    entry = _saved(session, plain.models.AuditEntry(message="hello"))
    assert _fresh(session, entry).message == "hello"


def test_a_page(session: Session, plain: Imported) -> None:
    """The list envelope shows the fields that a list has."""
    author = _saved(session, _author(plain))
    book = _saved(session, _book(plain, author))
    page = plain.module("models.mapping.book").to_list([book], total=1, page=1, page_size=20)
    assert json.loads(page.model_dump_json()) == {
        "items": [{"id": str(book.id), "authorId": str(author.id), "title": BOOK["title"], "price": "12.50"}],
        "total": 1,
        "page": 1,
        "pageSize": 20,
    }


@asynccontextmanager
async def _async_session(url: str) -> AsyncIterator[AsyncSession]:
    engine = create_async_engine(url)
    try:
        async with AsyncSession(engine) as session:
            yield session
    finally:
        await engine.dispose()


@pytest.mark.parametrize("driver", ["aiosqlite", "psycopg"])
def test_without_blocking(driver: str, urls: dict[str, str], plain: Imported) -> None:
    """An asynchronous session needs no further query to answer after a write."""

    async def write() -> None:
        async with _async_session(urls[driver]) as session:
            author = _author(plain, slug="async", email="async@example.org")
            session.add(author)
            await session.flush()
            book = _book(plain, author, isbn="9780000000019")
            session.add(book)
            await session.flush()
            created = _answer(plain, "book", book)
            book.price = Decimal("2.00")
            await session.flush()
            updated = _answer(plain, "book", book)
            assert (created["netPrice"], updated["netPrice"]) == ("10.94", "1.75")
            identity = book.id
            session.expire_all()
            assert _answer(plain, "book", await session.get_one(type(book), identity)) == updated

    asyncio.run(write())


def test_references_are_enforced_on_sqlite(tmp_path: Path, plain: Imported) -> None:
    """Every SQLite connection enforces references, without a word by the user."""
    engine = create_engine(f"sqlite:///{tmp_path / 'references.db'}")
    plain.models.metadata.create_all(engine)
    with Session(engine) as session, pytest.raises(IntegrityError):
        _saved(session, plain.models.Loan(library_code="x", number=1, book_id=404, phase="a"))
    engine.dispose()
