"""Bounds and names of range partitions."""

from __future__ import annotations

from datetime import date, timedelta

from isotype.domain.identifiers import shorten
from isotype.domain.model import Partition
from isotype.tables.model import PartitionBound, Partitions


def partitions(table: str, column: str, declared: Partition) -> Partitions:
    """The partitions the DDL makes: `count` from `first` on, and one for everything else."""
    bounds: list[PartitionBound] = []
    lower = date.fromisoformat(declared.first)
    for _ in range(declared.count):
        upper = following(lower, declared.every)
        bounds.append(PartitionBound(partition_name(table, lower, declared.every), str(lower), str(upper)))
        lower = upper
    return Partitions(
        column=column,
        every=declared.every,
        bounds=tuple(bounds),
        default=shorten(f"{table}_default"),
        maintain=shorten(f"maintain_{table}"),
        keep_days=declared.keep_days,
    )


def following(lower: date, every: str) -> date:
    """The start of the next partition."""
    if every == "day":
        return lower + timedelta(days=1)
    if every == "week":
        return lower + timedelta(days=7)
    if every == "month":
        return (lower.replace(day=1) + timedelta(days=32)).replace(day=1)
    return lower.replace(year=lower.year + 1)


def partition_name(table: str, lower: date, every: str) -> str:
    """`system_metrics_y2025m10`; days and weeks carry the day they start on."""
    suffix = f"y{lower.year:04}"
    if every != "year":
        suffix += f"m{lower.month:02}"
    if every in ("day", "week"):
        suffix += f"d{lower.day:02}"
    return shorten(f"{table}_{suffix}")
