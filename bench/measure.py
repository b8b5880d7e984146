"""Whole processes, measured by the operating system: CPU seconds and peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple


class Cost(NamedTuple):
    """`cpu` is user and system time in seconds, `memory` the peak resident size in bytes."""

    cpu: float
    memory: int


def run(command: Sequence[str], folder: Path) -> Cost:
    """The cost of one run; a command that fails is an error, not a figure."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"bench: {' '.join(command)} ended with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)


def ratio(command: Sequence[str], unit: Sequence[str], folder: Path, runs: int, before: Sequence[str] = ()) -> Cost:
    """How often `unit` fits into `command`: the median over pairs run in turn, after one warm-up of each.

    `before` runs, unmeasured, ahead of every `command`. `memory` is the ratio of the peaks in thousandths.
    """
    pairs = []
    for number in range(runs + 1):
        if before:
            run(before, folder)
        ours, theirs = run(command, folder), run(unit, folder)
        if number:
            pairs.append((ours.cpu / theirs.cpu, ours.memory / theirs.memory))
    return Cost(median(cpu for cpu, _ in pairs), round(1000 * median(memory for _, memory in pairs)))
