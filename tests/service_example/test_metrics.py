"""Metrics on both databases: history in buckets, upkeep, and what a sample says of the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from examples.compression.server.database import address, connect, maintain_metrics, prepare, refresh_views
from examples.compression.server.history import history
from examples.compression.server.machine import Machine, Traffic
from examples.compression.server.sampling import latest_sample, take_sample
from generated.compression.models.compression_algorithm import CompressionAlgorithm
from generated.compression.models.compression_request import CompressionRequest
from generated.compression.models.session import make_sessions
from generated.compression.models.system_metric import SystemMetric
from generated.compression.models.system_metrics_last_hour import SystemMetricsLastHour
from generated.compression.schemas.enums import MetricType, RequestStatus, SystemHealthStatus
from tests.engines.postgres import Server

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

Test = Callable[[AsyncSession], Awaitable[None]]
Runner = Callable[[Test], None]


@pytest.fixture(params=["sqlite", "postgres"])
def on_database(request: pytest.FixtureRequest, tmp_path: Path) -> Runner:
    """Runs a test in a session on a database that the service made."""
    url = None
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        name = server.create_database()
        request.addfinalizer(lambda: server.drop_database(name))
        url = server.url(name)

    @asynccontextmanager
    async def opened() -> AsyncIterator[AsyncSession]:
        engine = connect(address(url, tmp_path))
        await prepare(engine)
        await prepare(engine)  # What is there is left alone.
        try:
            async with make_sessions(engine)() as session:
                yield session
        finally:
            await engine.dispose()

    async def run(test: Test) -> None:
        async with opened() as session:
            await test(session)

    return lambda test: asyncio.run(run(test))


def metric(minutes: float, **values: Any) -> SystemMetric:
    """A sample so many minutes before noon."""
    return SystemMetric(metric_type=MetricType.SYSTEM, recorded_at=NOON - timedelta(minutes=minutes), **values)


def test_history_is_averaged_in_buckets(on_database: Runner) -> None:
    """Newest first; averages to the digits of their column, the worst state, and null where nothing was measured."""

    async def test(session: AsyncSession) -> None:
        session.add_all(
            [
                metric(0.5, cpu_percent=Decimal(10), queue_length=1, algorithm_performance={"gzip": 2.0}),
                metric(1, cpu_percent=Decimal("10.01"), queue_length=2, algorithm_performance={"gzip": 3.0, "lz4": 1}),
                metric(2, system_health=SystemHealthStatus.ERROR, avg_compression_ratio=Decimal("1.2345")),
                metric(7.0, network_bytes_per_sec=2**52, system_health=SystemHealthStatus.WARNING),
                metric(59.9),
                metric(60.1),
            ]
        )
        await session.flush()
        found = await history(session, NOON, hours=1, minutes=5)
        assert [item.recorded_at for item in found] == [NOON - timedelta(minutes=ago) for ago in (5, 10, 60)]
        newest, older, oldest = found
        assert newest.cpu_percent == Decimal("10.00") and newest.memory_percent is None
        assert newest.queue_length == 2 and newest.avg_compression_ratio == Decimal("1.2345")
        assert newest.system_health == SystemHealthStatus.ERROR
        assert newest.algorithm_performance == {"gzip": 2.5, "lz4": 1.0}
        assert older.network_bytes_per_sec == 2**52 and older.system_health == SystemHealthStatus.WARNING
        assert oldest.cpu_percent is None and oldest.algorithm_performance == {}
        assert len(await history(session, NOON, hours=2, minutes=60)) == 2
        assert len(await history(session, NOON, hours=1, minutes=1)) == 4

    on_database(test)


def test_upkeep_makes_room_and_lets_go(on_database: Runner) -> None:
    """Samples past their time are gone, others stay; the view shows the last hour."""

    async def test(session: AsyncSession) -> None:
        present = datetime.now(UTC)
        for age in (timedelta(0), timedelta(days=30), timedelta(days=200)):
            session.add(SystemMetric(metric_type=MetricType.SYSTEM, recorded_at=present - age))
        await session.commit()
        await maintain_metrics(session, present)
        await session.commit()
        assert await session.scalar(sa.select(sa.func.count()).select_from(SystemMetric)) == 2
        for _ in range(2):  # The first refresh of the service may be the view's first as well.
            await refresh_views(session)
            await session.commit()
        assert len((await session.scalars(sa.select(SystemMetricsLastHour))).all()) == 1

    on_database(test)


def test_a_sample_says_what_the_service_did(on_database: Runner, tmp_path: Path) -> None:
    """Rates and ratios are those of the requests that ended lately; without any they are null."""

    async def test(session: AsyncSession) -> None:
        traffic, machine = Traffic(60), Machine(tmp_path)
        empty = await take_sample(session, machine, traffic, waiting=0)
        assert (
            empty.success_rate is None and empty.avg_compression_ratio is None and empty.throughput_bytes_per_sec == 0
        )
        assert empty.avg_response_time_ms is None and empty.memory_percent is not None
        gzip = await session.scalar(sa.select(CompressionAlgorithm.id).where(CompressionAlgorithm.name == "gzip"))
        for ended in (RequestStatus.COMPLETED, RequestStatus.COMPLETED, RequestStatus.FAILED):
            request = CompressionRequest(
                algorithm_id=gzip, content_hash="0" * 64, content_size_bytes=3000, compression_level=6
            )
            session.add(request)
            await session.flush()
            request.started_at, request.status = request.created_at, RequestStatus.PROCESSING
            await session.flush()
            request.completed_at, request.status = datetime.now(UTC), ended
            if ended == RequestStatus.COMPLETED:
                request.compressed_size_bytes = 1000
            else:
                request.error_message = "No."
            await session.flush()
        traffic.answered(12)
        sample = await take_sample(session, machine, traffic, waiting=3)
        assert (sample.success_rate, sample.error_rate) == (Decimal("66.67"), Decimal("33.33"))
        assert (sample.compression_efficiency, sample.avg_compression_ratio) == (Decimal("66.67"), Decimal("3.0000"))
        assert (sample.throughput_bytes_per_sec, sample.queue_length, sample.p99_response_time_ms) == (20, 3, 12)
        assert sample.algorithm_performance == {"gzip": 3.0}
        assert sample.system_health != SystemHealthStatus.HEALTHY
        await session.commit()
        assert await latest_sample(session) in (empty, sample)

    on_database(test)
