"""The domain of infrastructure monitoring: its rows in every layer, its rules, its views, its tables without chunks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from isotype.language import load
from isotype.layers import Options, render
from tests.domains.conftest import SCHEMAS, rendered, understood
from tests.domains.rows import Package, packaged
from tests.engines import ROOT
from tests.engines.node import Node
from tests.engines.postgres import Database
from tests.schemas import used

DOMAIN = "infrastructure"
TIME = "2025-11-14T12:30:00.250Z"
HASH = "0123456789abcdef" * 4

DEVICE = {"hostname": "nas.example.org", "device_type": "nas", "metadata": {"rack": 3, "owner": None}}
ROWS: dict[str, dict[str, Any]] = {
    "system_metric": {
        "time": TIME,
        "cpu_usage": 12.5,
        "memory_usage": 80.25,
        "disk_io": {"sda": {"reads": 10, "writes": None}},
        "network_traffic": None,
    },
    "container_snapshot": {
        "time": TIME,
        "container_id": "4f66ad9a3f7c",
        "name": "proxy",
        "image": "nginx:1.29",
        "status": "running",
        "cpu_usage": 130.5,
        "memory_usage_bytes": 9007199254740991,
    },
    "drive_health": {
        "time": TIME,
        "drive_name": "/dev/sda",
        "model": "WD 🦉",
        "serial_number": None,
        "smart_attributes": {"5": {"raw": 0}},
        "temperature_celsius": 31,
        "power_on_hours": 12000,
        "is_healthy": None,
    },
    "data_collection_audit": {
        "time": TIME,
        "operation_id": "01932b8c-7a10-7c2e-b1f2-94a3f5d0c111",
        "data_type": "containers",
        "collection_method": "ssh",
        "collection_source": "schedule",
        "force_refresh": True,
        "cache_hit": False,
        "duration_ms": 120,
        "ssh_command_count": 2,
        "data_size_bytes": 4096,
        "status": "failed",
        "error_message": "connection refused",
        "warnings": ["slow", "🐌"],
        "records_created": 0,
        "records_updated": 0,
        "freshness_threshold": 60,
    },
    "service_performance_metric": {
        "time": TIME,
        "service_name": "collector",
        "operations_total": 10,
        "operations_successful": 8,
        "operations_failed": 2,
        "operations_cached": 1,
        "avg_duration_ms": 12.25,
        "max_duration_ms": 40,
        "min_duration_ms": 1,
        "ssh_connections_created": 1,
        "ssh_connections_reused": 9,
        "ssh_commands_executed": 30,
        "cache_hit_ratio": 0.1,
        "cache_size_entries": 5,
        "cache_evictions": 0,
        "data_collected_bytes": 1000000,
        "database_writes": 10,
        "error_types": {"timeout": 2},
        "top_errors": ["no route to host"],
    },
    "cache_metadata": {
        "cache_key": "containers:nas",
        "data_type": "containers",
        "ttl_seconds": 300,
        "access_count": 1,
        "data_size_bytes": 10,
        "invalidated": False,
        "invalidated_at": None,
        "invalidation_reason": None,
        "collection_method": "docker_api",
        "command_hash": HASH,
    },
    "configuration_snapshot": {
        "time": TIME,
        "content_hash": HASH,
        "file_size_bytes": 12,
        "raw_content": "server {}\n",
        "parsed_data": {"server": None},
        "previous_hash": HASH[::-1],
        "file_modified_time": None,
        "collection_source": "change",
        "detection_latency_ms": 15,
        "config_type": "proxy",
        "file_path": "/etc/nginx/nginx.conf",
        "change_type": "modified",
        "affected_services": ["nginx"],
        "requires_restart": True,
        "risk_level": "HIGH",
    },
    "configuration_change_event": {
        "time": TIME,
        "snapshot_id": "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11",
        "service_dependencies": {"nginx": ["app"]},
        "restart_services": ["nginx"],
        "changes_summary": None,
        "confidence_score": 0.75,
        "processed": False,
        "notifications_sent": [],
        "config_type": "proxy",
        "file_path": "/etc/nginx/nginx.conf",
        "change_type": "modified",
        "affected_services": ["nginx"],
        "requires_restart": True,
        "risk_level": "MEDIUM",
    },
}
CHECK, NOT_NULL = "23514", "23502"
WITHOUT_DEVICE = ("service_performance_metric",)


@pytest.fixture
def engine(package: Package, database: Database) -> Iterator[sa.Engine]:
    """An empty PostgreSQL without TimescaleDB that `create_all` has filled."""
    made = sa.create_engine(database.url_for("psycopg"))
    package.models.metadata.create_all(made)
    yield made
    made.dispose()


def _class(module: str) -> str:
    return "".join(part.capitalize() for part in module.split("_"))


def _add(package: Package, session: Session, module: str, body: dict[str, Any]) -> Any:
    """A row of what a caller sends."""
    create = getattr(package.schemas, f"{_class(module)}Create").model_validate_json(json.dumps(body))
    model = package.mapping(module).to_model(create)
    session.add(model)
    session.flush()
    return model


def _body(module: str, device: UUID, **changes: Any) -> dict[str, Any]:
    owner = {} if module in WITHOUT_DEVICE else {"device_id": str(device)}
    return {**ROWS[module], **owner, **changes}


def _answers(package: Package, engine: sa.Engine) -> dict[str, dict[str, Any]]:
    """The response of a row of everything that is collected, which holds what its body held."""
    with Session(engine) as session:
        device = _add(package, session, "device", DEVICE).id
        for module in ROWS:
            _add(package, session, module, _body(module, device))
        session.commit()
    answers = {}
    for module in ROWS:
        with Session(engine) as session:
            row = session.scalars(sa.select(getattr(package.models, _class(module)))).one()
            answers[module] = json.loads(package.mapping(module).to_response(row).model_dump_json())
        body = _body(module, device)
        assert {name: answers[module][name] for name in body} == body
    return answers


def test_rows_come_back_as_they_were_sent(package: Package, engine: sa.Engine, node: Node) -> None:
    """Body, schema, model, database, model, response; and Zod takes the response as it is."""
    for module, answer in _answers(package, engine).items():
        schema = f"{_class(module)[0].lower()}{_class(module)[1:]}ResponseSchema"
        assert package.parse(node, module, schema, answer) == answer


def test_rows_come_back_from_sqlite(tmp_path: Path) -> None:
    """The same, where the domain has no schema of the database, which models cannot give SQLite."""
    text = (ROOT / SCHEMAS[DOMAIN]).read_text("utf-8").replace("  schema: infrastructure ", "  ")
    for prefix, without in ((f"domain: {DOMAIN}", "domain: flat"), (f"{DOMAIN}.", ""), (f"{DOMAIN}_", "")):
        text = text.replace(prefix, without)
    loaded = load({"flat.yaml": text}, used)
    assert loaded.domain is not None, loaded.findings
    for (layer, path), content in render(loaded.domain, Options("flat.yaml")).files.items():
        if layer in ("models", "schemas"):
            target = tmp_path / "flat" / layer / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, "utf-8")
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'rows.db'}")
    with packaged("flat", tmp_path / "flat") as package:
        package.models.metadata.create_all(engine)
        answers = _answers(package, engine)
        with Session(engine) as session:
            status = session.scalars(sa.select(package.models.DeviceCollectionStatus)).one()
            assert status.last_collection_status == "failed"
            session.delete(session.scalars(sa.select(package.models.Device)).one())
            session.commit()
            assert session.scalars(sa.select(package.models.SystemMetric)).all() == []
    engine.dispose()
    assert answers["service_performance_metric"]["avg_duration_ms"] == 12.25


def test_a_device_says_how_it_was_last_collected_from(package: Package, engine: sa.Engine) -> None:
    """What its response adds stands in a view; one thing and a list are answered in their envelopes."""
    mapping, schemas = package.mapping("device"), package.schemas
    with Session(engine) as session:
        row = _add(package, session, "device", DEVICE)
        good = {"status": "success", "error_message": None, "operation_id": str(uuid4())}
        earlier = {"time": "2025-11-14T11:00:00Z", **good}
        for changes in (earlier, {}):
            _add(package, session, "data_collection_audit", _body("data_collection_audit", row.id, **changes))
        session.commit()
        status = session.scalars(sa.select(package.models.DeviceCollectionStatus)).one()
        answer = schemas.DeviceDetailResponse(
            success=True,
            data=mapping.to_response(
                row,
                last_successful_collection=status.last_successful_collection,
                last_collection_status=status.last_collection_status,
            ),
            message=None,
        )
        listed = mapping.to_list([row], total_count=1, page=1, page_size=50, total_pages=1)
    body = json.loads(answer.model_dump_json())["data"]
    assert body["last_successful_collection"] == "2025-11-14T11:00:00Z"
    assert body["last_collection_status"] == "failed"
    assert json.loads(listed.model_dump_json()) == {
        "items": [{"id": body["id"], "hostname": "nas.example.org", "device_type": "nas"}],
        "total_count": 1,
        "page": 1,
        "page_size": 50,
        "total_pages": 1,
    }


REFUSED: dict[str, list[dict[str, Any]]] = {
    "data_collection_audit": [
        {"error_message": None},
        {"cache_hit": True},
        {"status": "done"},
        {"duration_ms": -1},
    ],
    "service_performance_metric": [
        {"operations_failed": 3},
        {"avg_duration_ms": 40.5},
        {"cache_hit_ratio": 1.5},
    ],
    "cache_metadata": [
        {"invalidated": True},
        {"invalidated_at": TIME},
        {"ttl_seconds": 0},
    ],
    "configuration_snapshot": [
        {"previous_hash": None},
        {"content_hash": "abc"},
        {"file_path": "nginx.conf"},
        {"risk_level": "medium"},
    ],
    "configuration_change_event": [{"confidence_score": 1.01}, {"risk_level": None}],
    "container_snapshot": [{"status": "sleeping"}, {"memory_usage_bytes": -1}],
}


def test_rows_that_break_a_rule_are_refused(package: Package, engine: sa.Engine) -> None:
    """By the schema of the body, and by the database whoever asks it."""
    with Session(engine) as session:
        device = _add(package, session, "device", DEVICE).id
        for module, changes in REFUSED.items():
            create = getattr(package.schemas, f"{_class(module)}Create")
            table = _add(package, session, module, _body(module, device)).__table__
            for change in changes:
                with pytest.raises(ValidationError):
                    create.model_validate_json(json.dumps(_body(module, device, **change)))
                ((name, value),) = change.items()
                statement = sa.text(f"UPDATE {table.fullname} SET {name} = :value")
                with pytest.raises(DBAPIError) as refused, session.begin_nested():
                    session.execute(statement, {"value": value})
                missing = value is None and name == "risk_level"
                assert getattr(refused.value.orig, "sqlstate", "") == (NOT_NULL if missing else CHECK), change


def test_a_range_of_time_has_a_length(package: Package) -> None:
    """An end that is not after its start is refused, one side alone is not."""
    params = package.schemas.TimeRangeParams
    start, end = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC)
    assert params(start_time=start, end_time=end).end_time == end
    assert params(end_time=end).start_time is None
    for broken in ({"start_time": end, "end_time": start}, {"start_time": end, "end_time": end}):
        with pytest.raises(ValidationError, match="end_time must be after start_time"):
            params(**broken)


def test_nothing_of_a_device_outlives_it(package: Package, engine: sa.Engine) -> None:
    """Whatever was collected from a device goes with it."""
    with Session(engine) as session:
        device = _add(package, session, "device", DEVICE)
        for module in ROWS:
            _add(package, session, module, _body(module, device.id))
        session.commit()
        session.delete(device)
        session.commit()
        left = {
            module: session.scalar(sa.select(sa.func.count()).select_from(getattr(package.models, _class(module))))
            for module in ROWS
        }
    assert left == {module: int(module in WITHOUT_DEVICE) for module in ROWS}


def test_what_is_too_old_can_be_dropped_without_timescaledb(package: Package, engine: sa.Engine) -> None:
    """The maintenance function drops rows beyond `keep` seen from the instant it is given, and no others."""
    with Session(engine) as session:
        device = _add(package, session, "device", DEVICE).id
        for day in ("2025-08-01", "2025-08-16", "2025-11-13"):
            _add(package, session, "system_metric", _body("system_metric", device, time=f"{day}T12:00:00Z"))
        session.execute(sa.text("SELECT infrastructure.maintain_system_metrics('2025-11-14T12:00:00Z')"))
        session.commit()
        days = session.scalars(sa.select(package.models.SystemMetric.time).order_by("time")).all()
    assert [day.date() for day in days] == [date(2025, 8, 16), date(2025, 11, 13)]


def test_every_table_is_healthy_without_timescaledb(package: Package, engine: sa.Engine) -> None:
    """The view names all nine tables, and says that none of them has chunks."""
    with Session(engine) as session:
        rows = session.scalars(sa.select(package.models.TableHealth)).all()
        answers = [package.mapping("table_health").to_response(row) for row in rows]
    tables = {entity.table for entity in understood(DOMAIN).entities}
    assert {answer.table_name for answer in answers} == tables
    assert len(tables) == 9
    assert all(not answer.is_hypertable and answer.jobs == 0 and answer.total_bytes > 0 for answer in answers)


# --- analysis, on both databases --------------------------------------------------------------------------------------

AT = datetime(2025, 11, 14, 12, 5, tzinfo=UTC)
HOUR = datetime(2025, 11, 14, 12, tzinfo=UTC)
FIRST, SECOND = UUID(int=1), UUID(int=2)


def _audit(minutes: int, status: str, duration: int | None, device: UUID = FIRST, **more: Any) -> dict[str, Any]:
    number = minutes + 1000 * device.int
    row = {"time": AT + timedelta(minutes=minutes), "device_id": device, "operation_id": UUID(int=number)}
    failed = status != "success"
    return {
        **row,
        "data_type": "containers",
        "collection_method": "ssh",
        "status": status,
        "duration_ms": duration,
        "error_message": "no answer" if failed else None,
        "warnings": [],
        "ssh_command_count": 3,
        **more,
    }


def _event(hours: int, risk: str, **more: Any) -> dict[str, Any]:
    return {
        "id": UUID(int=hours),
        "time": AT + timedelta(hours=hours),
        "device_id": FIRST,
        "snapshot_id": UUID(int=9),
        "config_type": "proxy",
        "file_path": "/etc/x",
        "change_type": "modified",
        "risk_level": risk,
        **more,
    }


SAMPLES: dict[str, list[dict[str, Any]]] = {
    "devices": [{"id": FIRST, "hostname": "first"}, {"id": SECOND, "hostname": "second"}],
    "data_collection_audit": [
        _audit(0, "success", 100, data_size_bytes=10),
        _audit(1, "failed", 50),
        _audit(2, "timeout", None),
        _audit(3, "success", 51, cache_hit=True),
        _audit(4, "partial", 0),
        _audit(60, "success", 7),
    ],
    "configuration_change_events": [
        _event(0, "HIGH", requires_restart=True),
        _event(1, "LOW", processed=True),
        _event(2, "CRITICAL"),
        _event(24, "MEDIUM"),
    ],
    "service_performance_metrics": [
        {"time": AT, "service_name": "a", "operations_total": 3, "operations_failed": 1, "avg_duration_ms": "10.00"},
        {"time": AT + timedelta(minutes=9), "service_name": "a", "operations_total": 1, "avg_duration_ms": "20.00"},
        {"time": AT + timedelta(minutes=10), "service_name": "a", "operations_total": 4, "max_duration_ms": 99},
        {"time": AT, "service_name": "idle"},
    ],
    "system_metrics": [
        {"time": AT, "device_id": FIRST, "cpu_usage": 10.0, "memory_usage": 50.0},
        {"time": AT + timedelta(minutes=1), "device_id": FIRST, "cpu_usage": 30.0, "memory_usage": None},
    ],
}
EXPECTED: dict[str, list[dict[str, Any]]] = {
    "device_collection_status": [
        {
            "device_id": FIRST,
            "hostname": "first",
            "last_successful_collection": AT + timedelta(hours=1),
            "last_collection_status": "success",
        },
        {
            "device_id": SECOND,
            "hostname": "second",
            "last_successful_collection": None,
            "last_collection_status": None,
        },
    ],
    "collection_performance": [
        {
            "hour": HOUR,
            "data_type": "containers",
            "collection_method": "ssh",
            "operations": 5,
            "succeeded": 2,
            "failed": 2,
            "cache_hits": 1,
            "avg_duration_ms": Decimal("50.25"),
            "max_duration_ms": 100,
            "ssh_commands": 15,
            "collected_bytes": 10,
        },
        {
            "hour": HOUR + timedelta(hours=1),
            "data_type": "containers",
            "collection_method": "ssh",
            "operations": 1,
            "succeeded": 1,
            "failed": 0,
            "cache_hits": 0,
            "avg_duration_ms": Decimal("7.00"),
            "max_duration_ms": 7,
            "ssh_commands": 3,
            "collected_bytes": 0,
        },
    ],
    "configuration_activity": [
        {
            "day": date(2025, 11, 14),
            "device_id": FIRST,
            "config_type": "proxy",
            "changes": 3,
            "risky": 2,
            "restarts": 1,
            "waiting": 2,
        },
        {
            "day": date(2025, 11, 15),
            "device_id": FIRST,
            "config_type": "proxy",
            "changes": 1,
            "risky": 0,
            "restarts": 0,
            "waiting": 1,
        },
    ],
    "service_performance_hourly": [
        {
            "hour": HOUR,
            "service_name": "a",
            "operations": 8,
            "failed": 1,
            "failure_ratio": Decimal("0.1250"),
            "avg_duration_ms": Decimal("12.50"),
            "max_duration_ms": 99,
            "ssh_commands": 0,
            "collected_bytes": 0,
        },
        {
            "hour": HOUR,
            "service_name": "idle",
            "operations": 0,
            "failed": 0,
            "failure_ratio": None,
            "avg_duration_ms": None,
            "max_duration_ms": None,
            "ssh_commands": 0,
            "collected_bytes": 0,
        },
    ],
    "system_metrics_aggregated": [
        {
            "hour": HOUR,
            "device_id": FIRST,
            "samples": 2,
            "avg_cpu_usage": 20.0,
            "max_cpu_usage": 30.0,
            "avg_memory_usage": 50.0,
            "max_memory_usage": 50.0,
        }
    ],
}


def _as_sqlite(value: Any) -> Any:
    """The physical form of a value on SQLite."""
    match value:
        case bool():
            return int(value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Decimal():
            return int(value.scaleb(-int(value.as_tuple().exponent)))
        case list():
            return json.dumps(value)
    return value


def test_the_views_say_what_the_rows_say_on_postgres(database: Database) -> None:
    """Each analysis gives the figures that can be reckoned by hand, in every session's time zone."""
    with database.connect() as connection:
        connection.execute(rendered(DOMAIN).files["sql", "postgres.sql"].encode())
        connection.execute("SET timezone = 'Asia/Kathmandu'")
        for table, rows in SAMPLES.items():
            for row in rows:
                names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
                statement = f"INSERT INTO infrastructure.{table} ({names}) VALUES ({marks})"
                connection.execute(statement.encode(), list(row.values()))
        for view, expected in EXPECTED.items():
            names = ", ".join(expected[0])
            found = connection.execute(f"SELECT {names} FROM infrastructure.{view} ORDER BY 1, 2".encode()).fetchall()
            assert found == [tuple(row.values()) for row in expected], view


def test_the_views_say_what_the_rows_say_on_sqlite(sqlite: sqlite3.Connection) -> None:
    """The same figures, in the physical form of that database."""
    sqlite.executescript(rendered(DOMAIN).files["sql", "sqlite.sql"])
    for table, rows in SAMPLES.items():
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            values = [_as_sqlite(Decimal(value) if name == "avg_duration_ms" else value) for name, value in row.items()]
            sqlite.execute(f"INSERT INTO infrastructure_{table} ({names}) VALUES ({marks})", values)
    for view, expected in EXPECTED.items():
        names = ", ".join(expected[0])
        found = sqlite.execute(f"SELECT {names} FROM infrastructure_{view} ORDER BY 1, 2").fetchall()
        assert found == [tuple(map(_as_sqlite, row.values())) for row in expected], view
    tables = {entity.table for entity in understood(DOMAIN).entities}
    assert {name for (name,) in sqlite.execute("SELECT table_name FROM infrastructure_table_health")} == tables


def test_an_entry_of_the_cache_ends_when_its_time_is_over(sqlite: sqlite3.Connection) -> None:
    """On SQLite too the end is the beginning and the length, to the microsecond."""
    sqlite.executescript(rendered(DOMAIN).files["sql", "sqlite.sql"])
    sqlite.execute("INSERT INTO infrastructure_devices (id, hostname) VALUES (?, 'first')", [str(FIRST)])
    sqlite.execute(
        "INSERT INTO infrastructure_cache_metadata (cache_key, device_id, data_type, created_at, ttl_seconds)"
        " VALUES ('k', ?, 'network', '2025-12-31T23:59:59.999999Z', 86400)",
        [str(FIRST)],
    )
    found = sqlite.execute("SELECT expires_at FROM infrastructure_cache_metadata").fetchone()
    assert found == ("2026-01-01T23:59:59.999999Z",)
