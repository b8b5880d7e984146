"""Samples of metrics: what the machine and the service do, measured and kept."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from examples.compression.server.clock import now
from examples.compression.server.machine import Machine, Reading, Traffic
from examples.compression.server.measuring import ratio_of
from generated.compression.models.compression_algorithm import CompressionAlgorithm
from generated.compression.models.compression_request import CompressionRequest
from generated.compression.models.system_metric import SystemMetric
from generated.compression.schemas.enums import MetricType, RequestStatus, SystemHealthStatus

WINDOW = timedelta(minutes=5)
"""How far back a sample looks for what the service did."""

_WARNING, _ERROR = 85, 95
"""Percent of processor, memory or disk."""
_MANY_ERRORS, _MOSTLY_ERRORS = 10, 50
"""Percent of compressions that failed."""


@dataclass(frozen=True)
class Activity:
    """What the service compressed in the window, in all and by algorithm."""

    successes: int
    failures: int
    original_size: int
    compressed_size: int
    ratios: dict[str, float]

    @property
    def success_rate(self) -> Decimal | None:
        """Successes in percent; None when nothing was asked for."""
        return _percent(self.successes, self.successes + self.failures)

    @property
    def error_rate(self) -> Decimal | None:
        """Failures in percent; None when nothing was asked for."""
        return _percent(self.failures, self.successes + self.failures)

    @property
    def efficiency(self) -> Decimal | None:
        """What was saved in percent; None when nothing was compressed."""
        return _percent(max(0, self.original_size - self.compressed_size), self.original_size)

    @property
    def ratio(self) -> Decimal | None:
        """The ratio of all that was compressed; None when nothing was."""
        return ratio_of(self.original_size, self.compressed_size) if self.compressed_size else None


async def latest_sample(session: AsyncSession) -> SystemMetric | None:
    """The sample that was taken last."""
    newest = sa.select(SystemMetric).order_by(SystemMetric.recorded_at.desc(), SystemMetric.id)
    return await session.scalar(newest.limit(1))


async def take_sample(session: AsyncSession, machine: Machine, traffic: Traffic, waiting: int) -> SystemMetric:
    """Measure everything that can be measured, and keep it."""
    reading, times = machine.read(), traffic.times()
    activity = await _activity(session, now() - WINDOW)
    sample = SystemMetric(
        metric_type=MetricType.SYSTEM,
        cpu_percent=reading.cpu,
        memory_percent=reading.memory,
        disk_percent=reading.disk,
        network_bytes_per_sec=reading.network,
        compression_efficiency=activity.efficiency,
        throughput_bytes_per_sec=round(activity.original_size / WINDOW.total_seconds()),
        success_rate=activity.success_rate,
        error_rate=activity.error_rate,
        avg_compression_ratio=activity.ratio,
        avg_response_time_ms=times and times.average,
        p50_response_time_ms=times and times.p50,
        p95_response_time_ms=times and times.p95,
        p99_response_time_ms=times and times.p99,
        system_health=health_of(reading, activity.error_rate),
        active_connections=traffic.active,
        queue_length=waiting,
        algorithm_performance=activity.ratios,
        host_name=machine.host_name[:255],
        instance_id=f"{machine.host_name[:80]}:{os.getpid()}",
    )
    session.add(sample)
    await session.flush()
    return sample


def health_of(reading: Reading, error_rate: Decimal | None) -> SystemHealthStatus:
    """The state that the worst of the values stands for."""
    shares = [share for share in (reading.cpu, reading.memory, reading.disk) if share is not None]
    errors = error_rate or 0
    if max(shares, default=Decimal(0)) >= _ERROR or errors >= _MOSTLY_ERRORS:
        return SystemHealthStatus.ERROR
    if max(shares, default=Decimal(0)) >= _WARNING or errors >= _MANY_ERRORS:
        return SystemHealthStatus.WARNING
    return SystemHealthStatus.HEALTHY


async def _activity(session: AsyncSession, since: datetime) -> Activity:
    request = CompressionRequest
    ended = (
        sa.select(
            request.status,
            CompressionAlgorithm.name,
            sa.func.count().label("requests"),
            sa.cast(sa.func.sum(request.content_size_bytes), sa.BigInteger).label("original"),
            sa.cast(sa.func.sum(request.compressed_size_bytes), sa.BigInteger).label("compressed"),
        )
        .join(CompressionAlgorithm, CompressionAlgorithm.id == request.algorithm_id)
        .where(request.completed_at >= since)
        .group_by(request.status, CompressionAlgorithm.name)
    )
    rows = (await session.execute(ended)).all()
    done = [row for row in rows if row.status == RequestStatus.COMPLETED]
    return Activity(
        successes=sum(row.requests for row in rows if row.status != RequestStatus.FAILED),
        failures=sum(row.requests for row in rows if row.status == RequestStatus.FAILED),
        original_size=sum(row.original for row in done),
        compressed_size=sum(row.compressed for row in done),
        ratios={row.name: float(ratio_of(row.original, row.compressed)) for row in done},
    )


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.01")) if whole else None
