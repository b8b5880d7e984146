"""The PostgreSQL servers of the tests.

`ISOTYPE_TEST_POSTGRES` names a server to use instead of starting one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psycopg

from isotype.scratch import installations as known
from isotype.scratch import server as scratch
from isotype.scratch.installations import Installation, PostgresError
from tests.engines import ROOT

__all__ = ["Database", "Installation", "PostgresError", "Server", "available_majors", "find_installation"]


def installations() -> tuple[Installation, ...]:
    """One installation for each major version, in the order of preference; those of `make majors` come last."""
    return known.installations(_package_folders)


def available_majors() -> tuple[int, ...]:
    """Every major version that can be started here, oldest first."""
    return tuple(sorted(installation.major for installation in installations()))


def find_installation(major: int | None = None) -> Installation:
    """The installation of the given major version, or the preferred of those with the extensions that schemas ask for.

    Some packages of PostgreSQL come without any; such a one is taken when there is no other.
    """
    equipped = next(filter(has_extensions, installations()), None) if major is None else None
    return equipped or known.find_installation(major, _package_folders)


def make_known() -> None:
    """Let commands find what tests use, where that is one of `make majors`: they look for a server like it."""
    with suppress(PostgresError):
        chosen = find_installation()
        if chosen not in known.installations():
            folders = filter(None, (str(chosen.binaries), os.environ.get("ISOTYPE_POSTGRES_BINARIES")))
            os.environ["ISOTYPE_POSTGRES_BINARIES"] = os.pathsep.join(folders)
            known.installations.cache_clear()


def has_extensions(installation: Installation) -> bool:
    """Whether the extensions that come with the source of PostgreSQL are there."""
    root = installation.binaries.parent
    folders = (root / "share", Path(f"/usr/share/postgresql/{installation.major}"))
    return any(next(folder.glob("**/extension/pg_trgm.control"), None) for folder in folders)


class Server(scratch.Server):
    """A server made from what is found here, `make majors` included, unless an installation or a URL is given."""

    def __init__(
        self,
        installation: Installation | None = None,
        url: str | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(installation or (None if url else find_installation()), url, settings)


@dataclass(frozen=True)
class Database:
    """One database of a server, empty when a test receives it."""

    server: Server
    name: str

    @property
    def url(self) -> str:
        return self.server.url(self.name)

    def url_for(self, driver: str) -> str:
        """The URL as SQLAlchemy wants it, with a driver such as `psycopg`."""
        return self.url.replace("postgresql://", f"postgresql+{driver}://", 1)

    def connect(self, **options: Any) -> psycopg.Connection[tuple[Any, ...]]:
        """A new autocommit connection; close it, or use it in a `with`."""
        return psycopg.connect(self.url, **({"autocommit": True} | options))


def _package_folders() -> Iterator[Path]:
    for package in (ROOT / ".cache" / "postgres" / "node_modules").glob("postgres-*"):
        _restore_links(package)
        yield package / "native" / "bin"


def _restore_links(package: Path) -> None:
    """Make the links between its libraries that no npm package can hold."""
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text(encoding="utf-8")):
        source, target = package / link["source"], package / link["target"]
        with suppress(FileExistsError):
            target.symlink_to(os.path.relpath(source, target.parent))
