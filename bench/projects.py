"""Projects of any size, in a folder where the file system costs least."""

from __future__ import annotations

import itertools
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from bench.measure import Command, run
from bench.workload import schema

ISOTYPE = (sys.executable, "-m", "isotype")
ENOUGH = 2 << 30

_NUMBERS = itertools.count()


def scratch() -> Path | None:
    """A folder in memory, when there is one with room.

    What a file costs on a disk is the disk's affair, and not even the same twice: ext4 looks long for a free inode when
    thousands were freed in the last minutes, as they are here.
    """
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > ENOUGH else None


def project(parent: Path, count: int, *then: Command) -> Path:
    """A project of `count` entities, where commands have been run."""
    folder = fresh(parent, count)()
    for command in then:
        run(command, folder)
    return folder


def fresh(parent: Path, count: int, settings: str = "") -> Callable[[], Path]:
    """Makes a new project of `count` entities whenever it is called, in which nothing was generated yet."""
    text = schema(count)

    def make() -> Path:
        folder = parent / f"n{count}-{next(_NUMBERS)}"
        (folder / "schema").mkdir(parents=True)
        (folder / "schema" / "bench.yaml").write_text(text, encoding="utf-8")
        (folder / "isotype.toml").write_text(settings, encoding="utf-8")
        return folder

    return make
