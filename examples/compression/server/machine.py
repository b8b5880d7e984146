"""What the machine and the service are doing, as numbers; what was not measured is None and never 0."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import fmean
from time import monotonic
from typing import NamedTuple

import psutil

_SHORTEST = 0.1
"""Seconds between two readings below which a share of time says nothing."""


@dataclass(frozen=True)
class Reading:
    """How busy the machine is, in percent and bytes per second."""

    cpu: Decimal | None
    memory: Decimal | None
    disk: Decimal | None
    network: int | None


class Machine:
    """Reads the machine; processor and network are those since the reading before, and not known at the first."""

    def __init__(self, folder: Path) -> None:
        self.host_name = socket.gethostname()
        self._folder = folder
        self._before = _Counters.read()

    def read(self) -> Reading:
        """How busy the machine is."""
        before, here = self._before, _Counters.read()
        seconds = here.instant - before.instant
        if seconds < _SHORTEST:
            cpu = network = None
        else:
            self._before = here
            cpu = _percent(here.busy - before.busy, here.total - before.total)
            network = max(0, round((here.traffic - before.traffic) / seconds))
        memory = psutil.virtual_memory()
        disk = psutil.disk_usage(str(self._folder))
        return Reading(cpu, _percent(memory.total - memory.available, memory.total), _share(disk.percent), network)


class _Counters(NamedTuple):
    """What the machine counted since it was started."""

    instant: float
    busy: float
    total: float
    traffic: int

    @classmethod
    def read(cls) -> _Counters:
        times = psutil.cpu_times()
        # Time of guests is part of the time of users already.
        total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
        idle = times.idle + getattr(times, "iowait", 0.0)
        network = psutil.net_io_counters()
        traffic = network.bytes_sent + network.bytes_recv if network else 0
        return cls(monotonic(), total - idle, total, traffic)


def _percent(part: float, whole: float) -> Decimal | None:
    return _share(100 * part / whole) if whole > 0 else None


def _share(percent: float) -> Decimal:
    return Decimal(min(100.0, max(0.0, percent))).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class ResponseTimes:
    """Whole milliseconds that responses took; half, 95 and 99 of 100 were faster than the last three."""

    average: int
    p50: int
    p95: int
    p99: int


class Traffic:
    """The requests that are being answered, and how long the latest answers took."""

    def __init__(self, seconds: float, most: int = 10_000) -> None:
        self.active = 0
        self._seconds = seconds
        self._answers: deque[tuple[float, float]] = deque(maxlen=most)

    def answered(self, milliseconds: float) -> None:
        """Note that an answer took so long."""
        self._answers.append((monotonic(), milliseconds))

    def times(self) -> ResponseTimes | None:
        """The times of the latest answers; None when there are none."""
        since = monotonic() - self._seconds
        times = sorted(milliseconds for instant, milliseconds in self._answers if instant >= since)
        if not times:
            return None
        return ResponseTimes(round(fmean(times)), _quantile(times, 0.5), _quantile(times, 0.95), _quantile(times, 0.99))


def _quantile(times: Sequence[float], part: float) -> int:
    return round(times[min(len(times) - 1, int(part * len(times)))])
