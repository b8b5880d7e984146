"""Rows in the shapes that show them, and back: both databases, Pydantic, Zod and OpenAPI."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pydantic
import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator
from sqlalchemy.orm import Session

from tests.domains.rows import Package
from tests.engines.node import Node, NodeError
from tests.engines.postgres import Database
from tests.shapes.conftest import rendered

SEEN = datetime(2025, 11, 1, tzinfo=UTC)
DEVICE = {"hostname": "owl", "kind": "server", "labels": {"a": "🦉"}, "system": {"os": "bsd"}, "token": "12345678"}


@pytest.fixture(params=["postgres", "sqlite"])
def session(request: pytest.FixtureRequest, package: Package, tmp_path: Path) -> Iterator[Session]:
    """A session on two sites and a device between them; what it loads, it loads at once or not at all."""
    if request.param == "postgres":
        database: Database = request.getfixturevalue("database")
        engine = sa.create_engine(database.url_for("psycopg"))
    else:
        engine = sa.create_engine(f"sqlite:///{tmp_path / 'fleet.db'}")
    package.models.metadata.create_all(engine)
    sites, devices = package.mapping("site"), package.mapping("device")
    with Session(engine) as opened:
        made = [sites.to_model(package.schemas.SiteCreate(name=name)) for name in ("Main", "Spare")]
        opened.add_all(made)
        opened.flush()
        body = package.schemas.DeviceCreate.model_validate(DEVICE | {"site_id": made[0].id, "backup_id": made[1].id})
        opened.add(devices.to_model(body, token_hash="hash"))
        opened.flush()
        lone = package.schemas.DeviceCreate.model_validate(DEVICE | {"hostname": "lone", "site_id": made[0].id})
        opened.add(devices.to_model(lone, token_hash="hash"))
        opened.commit()
        yield opened
    engine.dispose()


def device(package: Package, session: Session, loads: str = "") -> Any:
    """The device between the sites; whatever is not in `loads` cannot be loaded any more."""
    model = package.models.Device
    options = getattr(package.mapping("device"), loads)() if loads else []
    query = sa.select(model).options(*options, sa.orm.raiseload("*")).where(model.hostname == "owl")
    return session.scalars(query).one()


def agreed(package: Package, node: Node, schema: Any, answer: pydantic.BaseModel) -> Any:
    """The answer as JSON, which Zod and the OpenAPI document take as it is."""
    value = json.loads(answer.model_dump_json())
    name = schema.__name__
    module = schema.__module__.rpartition(".")[2]
    assert package.parse(node, module, f"{name[0].lower()}{name[1:]}Schema", value) == value
    document = json.loads(rendered().files["openapi", "openapi.json"])
    Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]}).validate(value)
    assert schema.model_validate_json(json.dumps(value)) == answer
    return value


def test_a_detail_shows_the_rows_beside_a_row(package: Package, session: Session, node: Node) -> None:
    """Related rows stand in the shape that is named for them, what is added is given, and no query is left to run."""
    events = [package.schemas.Event(at=SEEN, what="booted")]
    row = device(package, session, "device_detail_loads")
    answer = package.mapping("device").to_device_detail(row, events=events)
    assert agreed(package, node, package.schemas.DeviceDetail, answer) == {
        "id": row.id,
        "hostname": "owl",
        "site_id": row.site_id,
        "backup_id": row.backup_id,
        "kind": "server",
        "labels": {"a": "🦉"},
        "system": {"os": "bsd", "release": "1"},
        "site": {"id": row.site_id, "name": "Main"},
        "fallback": {"id": row.backup_id, "name": "Spare"},
        "events": [{"at": "2025-11-01T00:00:00Z", "what": "booted"}],
    }


def test_a_row_that_is_not_there_is_null(package: Package, session: Session, node: Node) -> None:
    """A nullable reference is shown as null."""
    model = package.models.Device
    row = session.scalars(sa.select(model).where(model.hostname == "lone")).one()
    answer = package.mapping("device").to_device_detail(row, events=[])
    assert agreed(package, node, package.schemas.DeviceDetail, answer)["fallback"] is None


def test_the_other_side_of_a_reference_is_a_list(package: Package, session: Session, node: Node) -> None:
    """A site shows its devices, each in the small shape, groups included."""
    sites, model = package.mapping("site"), package.models.Site
    query = sa.select(model).options(*sites.site_detail_loads(), sa.orm.raiseload("*")).where(model.name == "Main")
    answer = sites.to_site_detail(session.scalars(query).one(), load=0.5)
    value = agreed(package, node, package.schemas.SiteDetail, answer)
    assert value["load"] == 0.5
    assert [(found["hostname"], found["system"]) for found in value["devices"]] == [
        ("owl", {"os": "bsd"}),
        ("lone", {"os": "bsd"}),
    ]


def test_a_shape_in_a_shape_may_be_given(package: Package, session: Session, node: Node) -> None:
    """What a related row does not tell of itself is given whole."""
    row = device(package, session)
    shown = package.mapping("device").to_response(row, last_seen=SEEN, nearest=None)
    rack = package.mapping("rack").to_model(package.schemas.RackCreate(device_id=row.id))
    session.add(rack)
    session.flush()
    answer = package.mapping("rack").to_rack_detail(rack, device=shown)
    value = agreed(package, node, package.schemas.RackDetail, answer)
    assert value["device"]["last_seen"] == "2025-11-01T00:00:00Z"
    assert package.mapping("rack").rack_detail_loads() == []


def test_a_page_says_what_the_domain_says_of_pages(package: Package, session: Session, node: Node) -> None:
    """All pages have the declared properties, and keep the declared rule."""
    found = package.mapping("device").to_list([device(package, session)], 1, 1, 20, 1)
    value = agreed(package, node, package.schemas.DeviceListResponse, found)
    assert {name: value[name] for name in value if name != "items"} == {
        "total_count": 1,
        "page": 1,
        "page_size": 20,
        "total_pages": 1,
    }
    with pytest.raises(pydantic.ValidationError, match="No page is empty"):
        package.mapping("device").to_list([], 0, 1, 20, 1)


def test_a_page_of_what_rows_do_not_tell_holds_what_was_made(package: Package, session: Session, node: Node) -> None:
    """Items that need more than their row are made before the page."""
    row = device(package, session, "device_place_loads")
    place = package.mapping("device").to_device_place(row, detail=None)
    found = package.mapping("device").to_device_place_list_response([place], 1, 1, 20, 1)
    value = agreed(package, node, package.schemas.DevicePlaceListResponse, found)
    assert value["items"] == [{"id": row.id, "site": {"id": row.site_id, "name": "Main"}, "detail": None}]


def test_an_envelope_holds_its_content_or_null(package: Package, session: Session, node: Node) -> None:
    """Its own rules hold in every layer."""
    shown = package.mapping("device").to_response(device(package, session), last_seen=None, nearest=None)
    schema = package.schemas.DeviceApiResponse
    value = agreed(package, node, schema, schema(success=True, data=shown, message=None))
    assert (value["data"]["hostname"], value["data"]["last_seen"]) == ("owl", None)
    agreed(package, node, schema, schema(success=False, data=None, message="gone"))
    with pytest.raises(pydantic.ValidationError, match="A failure says why"):
        schema(success=False, data=None, message=None)
    with pytest.raises(NodeError, match="A failure says why"):
        package.parse(node, "device", "deviceApiResponseSchema", {"success": False, "data": None, "message": None})


@pytest.mark.parametrize(
    ("schema", "given", "refused"),
    [
        ("DeviceCreate", {}, ""),
        ("DeviceCreate", {"token": None}, "token"),
        ("DeviceCreate", {"token": "short"}, "token"),
        ("DeviceCreate", {"note": None}, ""),
        ("DeviceCreate", {"dry": True}, "dry"),
        ("DeviceCreate", {"last_seen": None}, "last_seen is read-only"),
        ("DeviceCreate", {"token_hash": "x"}, "token_hash"),
        ("DeviceUpdate", {}, ""),
        ("DeviceUpdate", {"token": "12345678"}, ""),
        ("DeviceUpdate", {"token": None}, "token"),
        ("DeviceUpdate", {"dry": True}, ""),
        ("DeviceUpdate", {"note": "x"}, "note"),
        ("DeviceUpdate", {"nearest": None}, "nearest is read-only"),
    ],
)
def test_bodies_have_what_no_column_holds(
    package: Package, node: Node, schema: str, given: dict[str, Any], refused: str
) -> None:
    """Pydantic and Zod take the same properties, and refuse what only answers have with its own reason."""
    value = (DEVICE | {"site_id": 1} if schema == "DeviceCreate" else {}) | given
    name = f"{schema[0].lower()}{schema[1:]}Schema"
    if not refused:
        getattr(package.schemas, schema).model_validate_json(json.dumps(value))
        assert package.parse(node, "device", name, value) == value
        return
    with pytest.raises(pydantic.ValidationError, match=refused):
        getattr(package.schemas, schema).model_validate_json(json.dumps(value))
    with pytest.raises(NodeError, match=refused.partition(" ")[2] or refused):
        package.parse(node, "device", name, value)


def test_a_new_token_is_needed_once(package: Package) -> None:
    """A required input cannot be left out of a new one, and the mapper wants what the service makes of it."""
    with pytest.raises(pydantic.ValidationError, match="token"):
        package.schemas.DeviceCreate.model_validate({"hostname": "owl", "site_id": 1, "kind": "server"})
    body = package.schemas.DeviceCreate.model_validate(DEVICE | {"site_id": 1})
    with pytest.raises(TypeError, match="token_hash"):
        package.mapping("device").to_model(body)


def test_an_update_applies_what_columns_hold(package: Package, session: Session) -> None:
    """What no column holds is for the service to use."""
    row = device(package, session)
    update = package.schemas.DeviceUpdate.model_validate({"hostname": "new", "token": "87654321", "dry": True})
    package.mapping("device").apply(update, row)
    assert (row.hostname, row.token_hash) == ("new", "hash")


def test_sessions_may_be_synchronous(package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same module without `async`: committed at the end, rolled back when it raises."""
    module = importlib.import_module("fleet.models.session")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'sync.db'}")
    module.sessions.cache_clear()
    package.models.metadata.create_all(module.sessions().kw["bind"])
    for name, error in (("kept", None), ("lost", RuntimeError("on purpose"))):
        request = module.get_db()
        next(request).add(package.models.Site(name=name))
        with pytest.raises(StopIteration if error is None else RuntimeError):
            next(request) if error is None else request.throw(error)
    with module.sessions()() as opened:
        assert list(opened.scalars(sa.select(package.models.Site.name))) == ["kept"]
    module.sessions().kw["bind"].dispose()
