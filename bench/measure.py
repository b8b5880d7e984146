"""Whole processes, measured by the operating system: CPU seconds and peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

Command = Sequence[str | Path]


class Cost(NamedTuple):
    """`cpu` is user and system time in seconds, of children too; `memory` the peak resident size in bytes."""

    cpu: float
    memory: int


class Ratio(NamedTuple):
    """How much more of each one command needs than another."""

    cpu: float
    memory: float


def run(command: Command, folder: Path) -> Cost:
    """The cost of one run; a command that fails is an error, not a figure."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env=environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"bench: {' '.join(map(str, command))} ended with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)


def ratio(command: Command, unit: Command, folder: Path | Callable[[], Path], runs: int) -> Ratio:
    """How often `unit` fits into `command`: the median over pairs run in turn, after one warm-up of each.

    A `folder` that is called gives every pair one of its own.
    """
    pairs = []
    for number in range(runs + 1):
        here = folder if isinstance(folder, Path) else folder()
        ours, theirs = run(command, here), run(unit, here)
        if number:
            pairs.append((ours.cpu / theirs.cpu, ours.memory / theirs.memory))
    return Ratio(median(cpu for cpu, _ in pairs), median(memory for _, memory in pairs))


def answer(command: Command, folder: Path) -> float:
    """The number a program prints, which has measured something itself."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(map(str, command))} ended with {done.returncode}")
    return float(done.stdout)
