"""A PostgreSQL server of one's own: started on a private socket, gone at the end, whatever the end is."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from isotype.scratch.installations import Installation, PostgresError, find_installation

NOBODY = 65534
"""The user that runs the server for root, whom PostgreSQL refuses."""

START_SECONDS = 60

# Two servers may be one, given by its URL.
_NUMBERS = itertools.count(1)

# Nothing in such a server outlives it, so it need not be safe from a crash.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "log_timezone": "UTC",
    "max_connections": "60",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "synchronous_commit": "off",
    "timezone": "UTC",
    "wal_level": "minimal",
}

# The server lives as long as the pipe on this script's standard input: its owner closes it, or dies.
# It finds its tools even where the PATH of its owner names none.
SUPERVISOR = """
PATH="${PATH:+$PATH:}/usr/local/bin:/usr/bin:/bin"
("$@" </dev/null >"$0/log" 2>&1; echo $? >"$0/exit") &
read -r _
kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")" 2>/dev/null
wait
cd / && rm -rf "$0"
"""


class Server:
    """A running PostgreSQL: `start()`, then databases come and go, then `stop()`.

    It is the server at `url` when one is given; otherwise a new one made from `installation`, with further `settings`.
    """

    def __init__(
        self,
        installation: Installation | None = None,
        url: str | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._installation = installation
        self._settings = SETTINGS | dict(settings)
        self._base = url
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Start the server and wait until it answers; a second call does nothing."""
        if self._connection is None:
            atexit.register(self.stop)
            try:
                if self._base is None:
                    self._launch(self._installation or find_installation())
                self._connection = psycopg.connect(self.url(), autocommit=True)
            except BaseException:
                self.stop()
                raise
        return self

    def stop(self) -> None:
        """Stop the server and remove its files; a server given by URL only loses our connection."""
        atexit.unregister(self.stop)
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(30)
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
            self._base = None

    def url(self, database: str | None = None) -> str:
        """The URL of one database, or of the one for administration; psycopg and SQLAlchemy both read it."""
        if self._base is None:
            raise PostgresError("the server is not started")
        if database is None:
            return self._base
        scheme, location, _, query, _ = urlsplit(self._base)
        return urlunsplit((scheme, location, "/" + quote(database, safe=""), query, ""))

    @property
    def version(self) -> str:
        """The version as the server spells it, such as `15.8`."""
        return str(self._fetch("SHOW server_version")).split()[0]

    @property
    def major(self) -> int:
        return int(self._fetch("SHOW server_version_num")) // 10000

    def create_database(self, template: str | None = None, name: str | None = None) -> str:
        """Create a database, a copy of `template` when given (nobody may be connected to that), and return its name."""
        name = name or f"isotype_{os.getpid()}_{next(_NUMBERS)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.execute(statement.format(sql.Identifier(name), sql.Identifier(template or "template0")))
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database and whoever is still connected to it."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, statement: str | sql.Composed) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run one statement as the superuser in the database for administration."""
        if self._connection is None:
            raise PostgresError("the server is not started")
        return self._connection.execute(statement)

    def _fetch(self, statement: str) -> Any:
        row = self.execute(statement).fetchone()
        assert row is not None
        return row[0]

    def _launch(self, installation: Installation) -> None:
        # The path of a unix socket is limited to about a hundred bytes, which the usual folder may exceed.
        parent = "/tmp" if Path("/tmp").is_dir() else None
        self._folder = folder = Path(tempfile.mkdtemp(prefix="isotype-pg-", dir=parent))
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        binaries = _reachable(installation.binaries, folder)
        data = folder / "data"
        initialise: list[str | Path] = [
            *(binaries / "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"),
            *("--no-sync", "--no-instructions"),
        ]
        result = subprocess.run(initialise, capture_output=True, text=True, cwd="/", check=False, **_unprivileged())
        if result.returncode:
            raise PostgresError(f"initdb failed: {result.stderr.strip()}")
        settings = self._settings | {"unix_socket_directories": str(folder)}
        server: list[str | Path] = [
            binaries / "postgres",
            "-D",
            data,
            *(f"--{name}={value}" for name, value in settings.items()),
        ]
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", SUPERVISOR, str(folder), *server],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            # Ctrl-C is for its owner; the server ends when that does.
            start_new_session=True,
            **_unprivileged(),
        )
        self._await_answer(folder)
        self._base = f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"

    @staticmethod
    def _await_answer(folder: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        state = folder / "data" / "postmaster.pid"
        while not (state.exists() and state.read_text().rstrip().endswith("ready")):
            if (folder / "exit").exists() or time.monotonic() > deadline:
                log = folder / "log"
                raise PostgresError(f"the server did not start: {log.read_text().strip() if log.exists() else ''}")
            time.sleep(0.01)


def _unprivileged() -> dict[str, Any]:
    """What makes a subprocess run as nobody in particular when we are root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _reachable(binaries: Path, folder: Path) -> Path:
    """The binaries, or a copy of them when the user who will run them cannot enter the folder they are in."""
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in (binaries, *binaries.parents)):
        return binaries
    # The libraries of a wheel lie beside its package, so both are copied side by side.
    package = binaries.parent.parent
    for source in (package / binaries.parent.name, package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, folder / "copy" / source.relative_to(package.parent), symlinks=True)
    for path in (folder / "copy", *(folder / "copy").rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    return folder / "copy" / binaries.relative_to(package.parent)
