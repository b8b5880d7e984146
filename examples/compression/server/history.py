"""Metrics over time: samples gathered in buckets of equal length, by the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import fmean
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from generated.compression.models.system_metric import SystemMetric
from generated.compression.schemas.enums import SystemHealthStatus
from generated.compression.schemas.system_metric import SystemMetricsListItem


class bucket(GenericFunction[datetime]):
    """The start of the bucket that an instant falls into; buckets of so many minutes are counted from 1970."""

    type = SystemMetric.recorded_at.type
    inherit_cache = True


@compiles(bucket, "postgresql")
def _bin(element: bucket, compiler: SQLCompiler, **options: Any) -> str:
    minutes, instant = (compiler.process(part, **options) for part in element.clauses)
    return f"date_bin(make_interval(mins => {minutes}), {instant}, TIMESTAMPTZ '1970-01-01 00:00:00+00')"


@compiles(bucket, "sqlite")
def _divide(element: bucket, compiler: SQLCompiler, **options: Any) -> str:
    minutes, instant = (compiler.process(part, **options) for part in element.clauses)
    seconds = f"(60 * {minutes})"
    start = f"CAST(strftime('%s', {instant}) AS INTEGER) / {seconds} * {seconds}"
    return f"strftime('%Y-%m-%dT%H:%M:%S.000000Z', {start}, 'unixepoch')"


_BY_SEVERITY: Sequence[SystemHealthStatus] = list(SystemHealthStatus)
"""The worst last, as the schema lists them."""

_DECIMALS = {
    "cpu_percent": 2,
    "memory_percent": 2,
    "disk_percent": 2,
    "compression_efficiency": 2,
    "success_rate": 2,
    "error_rate": 2,
    "avg_compression_ratio": 4,
}
_INTEGERS = (
    "network_bytes_per_sec",
    "throughput_bytes_per_sec",
    "avg_response_time_ms",
    "active_connections",
    "queue_length",
)


async def history(session: AsyncSession, until: datetime, hours: int, minutes: int) -> list[SystemMetricsListItem]:
    """The averages of each bucket that has samples, and its worst state; newest first."""
    start = bucket(sa.literal_column(str(minutes)), SystemMetric.recorded_at).label("start")
    severities = {status: place for place, status in enumerate(_BY_SEVERITY)}
    health = sa.case(severities, value=SystemMetric.system_health)
    averages = [_average(name, SystemMetric.__table__.c[name].type).label(name) for name in _DECIMALS]
    averages += [_average(name, sa.Float()).label(name) for name in _INTEGERS]
    recent = SystemMetric.recorded_at >= until - timedelta(hours=hours)
    buckets = await session.execute(
        sa.select(start, sa.func.max(health).label("health"), *averages)
        .where(recent)
        .group_by(sa.literal_column("1"))
        .order_by(sa.literal_column("1").desc())
    )
    performances = await session.execute(
        sa.select(start, SystemMetric.algorithm_performance).where(
            recent, sa.cast(SystemMetric.algorithm_performance, sa.Text) != "{}"
        )
    )
    by_bucket = _performances((row.start, row.algorithm_performance) for row in performances)
    return [_item(dict(row._mapping), by_bucket.get(row.start, {})) for row in buckets]


def _average(name: str, kind: Any) -> sa.ColumnElement[Any]:
    return sa.func.avg(getattr(SystemMetric, name), type_=kind)


def _item(row: Mapping[str, Any], performance: Mapping[str, float]) -> SystemMetricsListItem:
    averages: dict[str, Any] = {name: _decimal(row[name], digits) for name, digits in _DECIMALS.items()}
    averages |= {name: None if row[name] is None else round(row[name]) for name in _INTEGERS}
    return SystemMetricsListItem(
        recorded_at=row["start"],
        system_health=_BY_SEVERITY[row["health"]],
        algorithm_performance=dict(performance),
        **averages,
    )


def _decimal(value: Decimal | None, digits: int) -> Decimal | None:
    return None if value is None else value.quantize(Decimal(1).scaleb(-digits))


def _performances(found: Iterable[tuple[datetime, Mapping[str, float]]]) -> Mapping[datetime, Mapping[str, float]]:
    """The average of each algorithm in each bucket."""
    values: dict[datetime, dict[str, list[float]]] = {}
    for start, performance in found:
        for algorithm, value in performance.items():
            values.setdefault(start, {}).setdefault(algorithm, []).append(value)
    return {
        start: {algorithm: round(fmean(of), 4) for algorithm, of in algorithms.items()}
        for start, algorithms in values.items()
    }
