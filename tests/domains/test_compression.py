"""The reference domain: what its registry, requests, metrics and the rest take, refuse and show on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.domains.rows import Package
from tests.engines.node import Node
from tests.engines.postgres import Database

DOMAIN = "compression"
GZIP = "7da3c0dd-4057-5f94-b901-7421432418d3"
STRATEGY = "34bdd87b-670c-5d9d-ae26-6f6dfc97dbe3"
START, END = "9999-01-01T00:00:00.000000Z", "9999-01-01T00:00:01.000000Z"

Body = dict[str, Any]

ALGORITHM: Body = {
    "name": "snappy",
    "category": "experimental",
    "description": "Fast and light",
    "compressionLevels": [1, 2, 9],
    "characteristics": {
        "speed": "very_fast",
        "compression": "fair",
        "memoryUsage": "low",
        "compatibility": "limited",
    },
}
CONFIG: Body = {
    "patterns": ["owl"],
    "complexity": 0.5,
    "volume": 1000,
    "contentType": "text",
    "extensions": [".txt"],
    "mixedContent": False,
    "entropy": 0.25,
    "redundancy": 0.75,
    "structure": "flat",
    "language": "en",
    "encoding": "utf-8",
    "metadata": {"for": "tests"},
    "customPatterns": ["🦉"],
    "compressionChallenges": True,
    "learningOptimization": False,
    "diversityControl": True,
}
STEP: Body = {
    "name": "first",
    "action": "render",
    "template": "Hello {name}",
    "algorithm": None,
    "compressionLevel": None,
}
ROWS: dict[str, Body] = {
    "compression_algorithm": ALGORITHM,
    "compression_request": {
        "algorithmId": GZIP,
        "contentHash": "0" * 64,
        "contentSizeBytes": 1000,
        "compressionLevel": 6,
        "parameters": {"window": 15},
    },
    "algorithm_viability_test": {
        "algorithmId": GZIP,
        "compressionLevel": 6,
        "contentHash": "0" * 64,
        "contentSizeBytes": 1000,
        "compressedSizeBytes": 400,
        "compressionRatio": 2.5,
        "compressionTimeMs": 0.125,
        "decompressionTimeMs": 0.001,
        "isLossless": True,
        "viabilityScore": 87.5,
        "verdict": "viable",
    },
    "system_metric": {
        "metricType": "system",
        "cpu": 45.5,
        "network": 3_000_000_000,
        "systemHealth": "warning",
        "algorithmPerformance": {"gzip": 95.0, "zstd": 98.5},
        "responseTime": 150,
    },
    "synthetic_media": {"config": CONFIG, "seed": 2**53 - 1, "fileName": "owl.txt", "contentType": "text/plain"},
    "optimization_strategy": {"name": "guess", "description": "Guesses", "method": "random", "parameters": {"n": 3}},
    "optimization_config": {"name": "small", "optimizationTarget": "ratio", "algorithms": ["gzip", "zstd"]},
    "optimization_session": {"name": "Owls"},
    "optimization_run": {"strategyId": STRATEGY},
    "workflow": {"name": "Render", "steps": [STEP]},
    "workflow_execution": {"inputs": {"name": "Ada"}},
}
NAMES = {"system_metric": "SystemMetrics"}
"""What a row is called on the wire, where that is not the name of its model."""


def _name(module: str) -> str:
    return NAMES.get(module, "".join(part.capitalize() for part in module.split("_")))


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    with Session(engine) as made:
        yield made


@pytest.fixture
def rows(package: Package, session: Session) -> dict[str, Any]:
    """One row of everything, which belong together, by module."""
    found: dict[str, Any] = {}
    for module, body in ROWS.items():
        belongs = {
            "optimization_run": {"mediaId": "synthetic_media", "sessionId": "optimization_session"},
            "workflow_execution": {"workflowId": "workflow"},
        }.get(module, {})
        whole = {**body, **{name: str(found[other].id) for name, other in belongs.items()}}
        create = getattr(package.schemas, f"{_name(module)}Create").model_validate_json(json.dumps(whole))
        found[module] = package.mapping(module).to_model(create)
        session.add(found[module])
        session.flush()
    session.commit()
    return found


def _refused(session: Session, statement: str) -> str:
    """Why the database refuses a statement, '' where it takes it; the rest of the transaction goes on."""
    try:
        with session.begin_nested():
            session.execute(sa.text(statement.replace(":", r"\:")))
    except DBAPIError as error:
        return str(error.orig)
    return ""


# ----- rows


def test_every_row_comes_back_as_it_was_sent(package: Package, rows: dict[str, Any], node: Node) -> None:
    """The response holds what the body held, and Zod takes it as it is."""
    for module, body in ROWS.items():
        answer = json.loads(package.mapping(module).to_response(rows[module]).model_dump_json())
        assert {name: answer[name] for name in body} == body
        name = _name(module)
        assert package.parse(node, module, f"{name[0].lower()}{name[1:]}ResponseSchema", answer) == answer


def test_defaults_are_those_of_the_design(package: Package, rows: dict[str, Any]) -> None:
    """What a body leaves out is what the first design says."""
    request = package.mapping("compression_request").to_response(rows["compression_request"])
    assert (request.status, request.optimization_target, request.retry_count) == ("pending", "balanced", 0)
    algorithm = package.mapping("compression_algorithm").to_response(rows["compression_algorithm"])
    assert (algorithm.best_for, algorithm.is_available, algorithm.is_enabled) == ([], True, True)
    assert (algorithm.supports_streaming, algorithm.supports_parallel) == (False, False)
    assert algorithm.requires_installation is False


# ----- the registry


def test_the_five_algorithms_are_there(package: Package, session: Session) -> None:
    """With the levels that their libraries have."""
    found = session.scalars(sa.select(package.models.CompressionAlgorithm)).all()
    most = {"gzip": 9, "lz4": 12, "zstd": 22, "lzma": 9, "brotli": 11}
    assert {row.name: row.compression_levels for row in found} == {
        name: list(range(1, last + 1)) for name, last in most.items()
    }


NO_ALGORITHM = [
    ("name = 'GZIP'", "chk_name_format"),
    ("name = 'g-zip'", "chk_name_format"),
    ("category = 'modern'", "chk_category"),
    ("speed_rating = 'quick'", "compression_algorithms_speed_rating_check"),
    ("compression_rating = 'best'", "compression_algorithms_compression_rating_check"),
    ("memory_usage_rating = 'none'", "compression_algorithms_memory_usage_rating_check"),
    ("compatibility_rating = 'none'", "compression_algorithms_compatibility_rating_check"),
    ("compression_levels = '[]'", "chk_compression_levels_valid"),
    ("compression_levels = '[0, 5]'", "chk_compression_levels_valid"),
    ("compression_levels = '[1, 23]'", "chk_compression_levels_valid"),
    ("compression_levels = '[2, 1]'", "chk_compression_levels_valid"),
    ("compression_levels = '[1, 1]'", "chk_compression_levels_valid"),
    ("name = 'zstd'", ""),
]


def test_what_is_no_algorithm_is_refused(session: Session, rows: dict[str, Any], engine: sa.Engine) -> None:
    """By the database, which names what refused it where that is a CHECK."""
    for change, constraint in NO_ALGORITHM:
        if engine.dialect.name == "postgresql":
            change = change.replace("'[", "'{").replace("]'", "}'")
        why = _refused(session, f"UPDATE compression_algorithms SET {change} WHERE name = 'snappy'")
        assert why and constraint in why, change


@pytest.mark.parametrize(
    "change",
    [
        {"name": "GZIP"},
        {"description": "Short"},
        {"category": "modern"},
        {"compressionLevels": []},
        {"compressionLevels": [2, 1]},
        {"compressionLevels": [0]},
        {"compressionLevels": [23]},
        {"characteristics": {**ALGORITHM["characteristics"], "speed": "quick"}},
        {"characteristics": {"speed": "fast"}},
        {"repositoryUrl": "git@example.org"},
        {"created_by": "me"},
    ],
)
def test_a_body_that_is_no_algorithm_is_refused(package: Package, change: Body) -> None:
    """By the schema, before anything is asked of a database."""
    with pytest.raises(ValidationError):
        package.schemas.CompressionAlgorithmCreate.model_validate({**ALGORITHM, **change})


def test_a_short_description_can_still_be_read(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """Ten characters are asked of inputs; a row from before them is answered."""
    row = rows["compression_algorithm"]
    session.execute(sa.text("UPDATE compression_algorithms SET description = 'Old' WHERE name = 'snappy'"))
    session.expire_all()
    assert package.mapping("compression_algorithm").to_response(row).description == "Old"


def test_an_algorithm_in_use_stays(session: Session, rows: dict[str, Any]) -> None:
    """Requests keep their algorithm; measurements go with theirs."""
    delete = f"DELETE FROM compression_algorithms WHERE id = '{GZIP}'"
    assert _refused(session, delete)
    session.execute(sa.text("DELETE FROM compression_requests"))
    assert not _refused(session, delete)
    assert session.scalar(sa.text("SELECT count(*) FROM algorithm_viability_tests")) == 0


# ----- requests

PROCESSING = f"status = 'processing', started_at = '{START}'"
COMPLETED = f"status = 'completed', completed_at = '{END}', compressed_size_bytes = 400, processing_time_ms = 1000"
FAILED = f"status = 'failed', completed_at = '{END}', error_message = 'No memory'"
CACHED = f"status = 'cached', started_at = '{START}', completed_at = '{END}', compressed_size_bytes = 400"
RETRIED = "status = 'pending', started_at = NULL, completed_at = NULL, error_message = NULL, retry_count = 1"
UPDATE = "UPDATE compression_requests SET "


def test_a_request_moves_as_declared(session: Session, rows: dict[str, Any]) -> None:
    """To its end by way of processing or from the cache, again after a failure, and never back from success."""
    for moves, refused in (
        ((), COMPLETED),
        ((PROCESSING, COMPLETED), RETRIED),
        ((PROCESSING, FAILED, RETRIED, PROCESSING, COMPLETED), "status = 'processing'"),
        ((CACHED,), "status = 'completed'"),
        ((PROCESSING,), "status = 'pending', started_at = NULL"),
    ):
        attempt = session.begin_nested()
        for move in moves:
            assert not _refused(session, UPDATE + move), move
        assert _refused(session, UPDATE + refused), (moves, refused)
        attempt.rollback()


NO_REQUEST = [
    ("", f"started_at = '{START}'", "chk_pending_not_started"),
    (PROCESSING, "started_at = '2000-01-01T00:00:00.000000Z'", "chk_timestamps_ordered"),
    (PROCESSING, COMPLETED.replace(END, "9998-01-01T00:00:00.000000Z"), "chk_timestamps_ordered"),
    (PROCESSING, f"{FAILED}, started_at = NULL", "chk_completed_was_started"),
    (PROCESSING, f"completed_at = '{END}'", "chk_completed_is_final"),
    (PROCESSING, "processing_time_ms = 5", "chk_processing_time"),
    (PROCESSING, f"status = 'completed', completed_at = '{END}'", "chk_success_is_complete"),
    (PROCESSING, "compressed_size_bytes = 1", "chk_result_is_success"),
    (PROCESSING, f"status = 'failed', completed_at = '{END}'", "chk_failure_is_explained"),
    ("", "compression_level = 10, optimization_target = 'speed'", "chk_speed_level"),
    ("", "compression_level = 23", "compression_requests_compression_level_check"),
    ("", "content_size_bytes = -1", "compression_requests_content_size_bytes_check"),
    ("", "retry_count = -1", "compression_requests_retry_count_check"),
    ("", "optimization_target = 'size'", "compression_requests_optimization_target_check"),
    (f"{PROCESSING}; {COMPLETED}", "processing_time_ms = -1", "compression_requests_processing_time_ms_check"),
    (
        f"{PROCESSING}; {COMPLETED}",
        "compressed_size_bytes = -1",
        "compression_requests_compressed_size_bytes_check",
    ),
    (f"{PROCESSING}; {COMPLETED}", "compression_ratio = -1", "compression_requests_compression_ratio_check"),
]


def test_what_is_no_request_is_refused(session: Session, rows: dict[str, Any]) -> None:
    """By the database, which names the constraint."""
    for before, change, constraint in NO_REQUEST:
        attempt = session.begin_nested()
        for move in filter(None, before.split("; ")):
            assert not _refused(session, UPDATE + move)
        assert constraint in _refused(session, UPDATE + change), change
        attempt.rollback()


def test_a_request_computes_what_it_saved(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """A cached answer is a success, and what grew has saved less than nothing."""
    mapping = package.mapping("compression_request")
    for size, saved, percent in ((400, 600, 60.0), (1000, 0, 0.0), (2001, -1001, -100.1)):
        attempt = session.begin_nested()
        session.execute(sa.text(UPDATE + CACHED.replace(" 400", f" {size}").replace(":", r"\:")))
        session.expire_all()
        answer = mapping.to_response(rows["compression_request"]).model_dump(mode="json", by_alias=True)
        assert (answer["isSuccessful"], answer["savingsBytes"], answer["savingsPercent"]) == (True, saved, percent)
        attempt.rollback()
    session.expire_all()
    answer = mapping.to_response(rows["compression_request"]).model_dump(mode="json", by_alias=True)
    assert (answer["isSuccessful"], answer["savingsBytes"], answer["savingsPercent"]) == (False, None, None)


def test_what_a_caller_is_stays_inside(package: Package) -> None:
    """Address and user agent are columns that no body and no answer has."""
    for variant in ("Create", "Update", "Response"):
        fields = getattr(package.schemas, f"CompressionRequest{variant}").model_fields
        assert not {"ip_address", "user_agent"} & set(fields)
    assert {"ip_address", "user_agent"} <= set(package.models.CompressionRequest.__table__.columns.keys())


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({}, False),
        ({"optimizationTarget": "ratio"}, False),
        ({"content": ""}, True),
        ({"content": " \t\n"}, True),
        ({"content": "🦉" * 10_000_000}, False),
        ({"content": "a" * 10_000_001}, True),
        ({"algorithm": "GZIP"}, True),
        ({"compressionLevel": 0}, True),
        ({"compressionLevel": 23}, True),
        ({"compressionLevel": 10, "optimizationTarget": "speed"}, True),
        ({"compressionLevel": 9, "optimizationTarget": "speed"}, False),
        ({"compression_level": 6}, True),
    ],
    ids=lambda found: str(found)[:40],
)
def test_what_can_be_compressed(package: Package, change: Body, refused: bool) -> None:
    """What the API takes of a content, its algorithm and its level; a misspelt property is refused."""
    body = {"content": "owl", "algorithm": "gzip", "compressionLevel": 6, **change}
    if refused:
        with pytest.raises(ValidationError):
            package.schemas.CompressRequest.model_validate(body)
    else:
        assert package.schemas.CompressRequest.model_validate(body).compression_level in (6, 9)


def test_an_answer_is_whole_or_says_why(package: Package) -> None:
    """Size, ratio and time stand in a success; a failure has its reason instead."""
    response = package.schemas.CompressResponse
    common = {"requestId": GZIP, "originalSize": 10, "algorithmUsed": "gzip", "cached": False}
    nothing = {"compressedSize": None, "compressionRatio": None, "processingTimeMs": None}
    found = {"compressedSize": 5, "compressionRatio": 2, "processingTimeMs": 1, "errorMessage": None}
    response.model_validate({**common, **found, "status": "completed"})
    response.model_validate({**common, **nothing, "status": "failed", "errorMessage": "No memory"})
    for broken in (
        {**common, **nothing, "status": "completed", "errorMessage": None},
        {**common, **nothing, "status": "failed", "errorMessage": None},
        {**common, **found, "status": "cached"},
        {**common, **found, "status": "pending"},
    ):
        with pytest.raises(ValidationError):
            response.model_validate(broken)


# ----- metrics


def test_what_was_not_measured_is_null(package: Package, session: Session, rows: dict[str, Any]) -> None:
    """No metric becomes 0 for want of a sample, and a percentage has its bounds."""
    answer = package.mapping("system_metric").to_response(rows["system_metric"]).model_dump(mode="json", by_alias=True)
    assert (answer["cpu"], answer["memory"], answer["queueLength"]) == (45.5, None, None)
    for column in ("cpu_percent", "memory_percent", "disk_percent", "success_rate", "error_rate"):
        assert _refused(session, f"UPDATE system_metrics SET {column} = -1")
        assert _refused(session, f"UPDATE system_metrics SET {column} = 10001")
    assert "system_health_check" in _refused(session, "UPDATE system_metrics SET system_health = 'fine'")
    assert "metric_type_check" in _refused(session, "UPDATE system_metrics SET metric_type = 'other'")


def test_a_minute_shows_its_worst_state(package: Package, session: Session, engine: sa.Engine) -> None:
    """The view of the last hour averages each minute, and ranks states by how bad they are."""
    metric, view = package.models.SystemMetric, package.models.SystemMetricsLastHour
    minute = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=5)
    for second, (cpu, health) in enumerate((("40", "healthy"), ("60", "error"), ("50", "warning"), (None, "healthy"))):
        percent = None if cpu is None else Decimal(cpu)
        at = minute + timedelta(seconds=second)
        session.add(metric(recorded_at=at, metric_type="system", cpu_percent=percent, system_health=health))
    old = minute - timedelta(hours=2)
    session.add(metric(recorded_at=old, metric_type="system", cpu_percent=Decimal(99), system_health="error"))
    session.flush()
    if engine.dialect.name == "postgresql":
        session.execute(sa.text("SELECT refresh_system_metrics_last_hour()"))
    [row] = session.execute(sa.select(view.minute, view.avg_cpu, view.avg_memory, view.worst_health)).all()
    assert tuple(row) == (minute, Decimal("50.00"), None, "error")


def test_metrics_past_their_time_go(package: Package, database: Database) -> None:
    """The maintenance function makes partitions ahead and drops those that ended more than 90 days before."""
    engine = sa.create_engine(database.url_for("psycopg"))
    package.models.metadata.create_all(engine)
    metric = package.models.SystemMetric
    with Session(engine) as session:
        days = [datetime(2025, month, 15, tzinfo=UTC) for month in (10, 11, 12)]
        session.add_all(metric(recorded_at=day, metric_type="system") for day in days)
        session.flush()
        session.execute(sa.text("SELECT maintain_system_metrics('2026-02-10T00\\:00\\:00Z')"))
        assert session.scalars(sa.select(metric.recorded_at).order_by(metric.recorded_at)).all() == days[1:]
        found = sa.text("SELECT to_regclass('system_metrics_y2025m10'), to_regclass('system_metrics_y2026m05')")
        assert session.execute(found).one() == (None, "system_metrics_y2026m05")
    engine.dispose()


LISTS = {
    "CompressionAlgorithmListItem": (
        *("id", "name", "category", "description", "bestFor", "compressionLevels", "parameters", "characteristics"),
        *("isAvailable", "isEnabled", "requiresInstallation", "version", "documentationUrl", "createdAt", "updatedAt"),
    ),
    "SystemMetricsListItem": (
        *("cpu", "memory", "disk", "network", "compressionEfficiency", "algorithmPerformance", "systemHealth"),
        *("throughput", "successRate", "averageCompressionRatio", "activeConnections", "queueLength", "errorRate"),
        *("responseTime", "recordedAt"),
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_shows_what_the_frontend_reads(package: Package, name: str) -> None:
    """Exactly the properties of the frontend's interfaces, in any order."""
    properties = getattr(package.schemas, name).model_json_schema(mode="serialization")["properties"]
    assert sorted(properties) == sorted(LISTS[name])


# ----- indexes

INDEXES = {
    "idx_algorithms_category": "compression_algorithms USING btree (category)",
    "idx_algorithms_available": (
        "compression_algorithms USING btree (is_available, is_enabled) WHERE (is_available AND is_enabled)"
    ),
    "idx_algorithms_speed": "compression_algorithms USING btree (speed_rating)",
    "idx_requests_status": "compression_requests USING btree (status)",
    "idx_requests_algorithm": "compression_requests USING btree (algorithm_id)",
    "idx_requests_content_hash": "compression_requests USING btree (content_hash)",
    "idx_requests_created": "compression_requests USING btree (created_at DESC)",
    "idx_requests_completed": ("compression_requests USING btree (completed_at DESC) WHERE (completed_at IS NOT NULL)"),
    "idx_requests_successful": "compression_requests USING btree (created_at DESC) WHERE is_successful",
    "idx_requests_algo_status": "compression_requests USING btree (algorithm_id, status, created_at DESC)",
    "idx_metrics_recorded": "ONLY public.system_metrics USING btree (recorded_at DESC)",
    "idx_metrics_type": "ONLY public.system_metrics USING btree (metric_type, recorded_at DESC)",
    "idx_metrics_health": "ONLY public.system_metrics USING btree (system_health, recorded_at DESC)",
    "idx_metrics_mv_minute": "system_metrics_last_hour USING btree (minute DESC)",
}


def test_indexes_are_those_of_the_design(package: Package, database: Database) -> None:
    """Each of the fourteen is there with its columns, order and condition."""
    engine = sa.create_engine(database.url_for("psycopg"))
    package.models.metadata.create_all(engine)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT indexname, indexdef FROM pg_indexes"))
        found = {row.indexname: row.indexdef for row in rows}
    engine.dispose()
    assert {name: found[name].partition(" ON ")[2].removeprefix("public.") for name in INDEXES} == INDEXES
