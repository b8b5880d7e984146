"""What it costs to hold live databases against their schema.

**dump** is `pg_dump --schema-only` on the same database: the CPU of the client, and of the server for it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.measure import Command, Cost, run
from bench.projects import ISOTYPE, project
from bench.rows import at_most, known, skipped
from tests.engines.postgres import Server, find_installation

RUNS = 5
TENANTS = 100
SETTLING = 0.3
"""Seconds until the processes of a server that answered have ended, and are counted."""


def measure(parent: Path) -> None:
    """Print a row per figure."""
    dump = find_installation().binaries / "pg_dump"
    if not Path("/proc/self/stat").exists() or not dump.exists():
        skipped("drift", "needs /proc, and a PostgreSQL that comes with pg_dump")
        return
    os.environ["ISOTYPE_CACHE"] = str(parent / "cache")
    with Server(settings={"max_locks_per_transaction": "1024"}) as server:
        _one_large(parent, server, dump)
        _many_small(parent, server)


def _one_large(parent: Path, server: Server, dump: Path) -> None:
    folder = project(parent, 1000, (*ISOTYPE, "generate"))
    url = server.url(_database(server, folder))
    ours, theirs = (*ISOTYPE, "drift", "--db", url), (dump, "--schema-only", url)
    cached = _ratio(ours, theirs, folder, server)
    at_most("drift, 1000 tables in sync, expected facts cached", cached, "dump", 1.5)
    # Without a manifest nothing says what the schema compiles to, so the YAML is read and the SQL printed.
    (folder / "generated/bench/isotype.manifest").unlink()
    at_most("drift, 1000 tables in sync, YAML cold", _ratio(ours, theirs, folder, server), "dump", 3)


def _many_small(parent: Path, server: Server) -> None:
    folder = project(parent, 30, (*ISOTYPE, "generate"))
    first = _database(server, folder)
    names = [first, *(server.create_database(first) for _ in range(TENANTS - 1))]
    (folder / "tenants.txt").write_text("\n".join(names), encoding="utf-8")
    command = (*ISOTYPE, "drift", "--db", server.url(), "--db-list", "tenants.txt", "--quiet")
    run(command, folder)
    began = time.monotonic()
    cost = run(command, folder)
    what = f"drift, {TENANTS} databases of 30 tables in one run"
    known(what, time.monotonic() - began, "s")
    known("  its own CPU", cost.cpu, "s")
    known("  its peak memory", cost.memory / 2**20, "MB")


def _database(server: Server, folder: Path) -> str:
    """A database made from the generated SQL of a project."""
    import psycopg

    name = server.create_database()
    with psycopg.connect(server.url(name), autocommit=True) as connection:
        connection.execute((folder / "generated/bench/sql/postgres.sql").read_bytes())
    return name


def _ratio(ours: Command, theirs: Command, folder: Path, server: Server) -> float:
    """How much more of client and server one command needs than another, as `measure.ratio` does it."""
    pairs = []
    for number in range(RUNS + 1):
        pair = _both(ours, folder, server), _both(theirs, folder, server)
        if number:
            pairs.append(pair[0] / pair[1])
    return median(pairs)


def _both(command: Command, folder: Path, server: Server) -> float:
    return _with_server(lambda: run(command, folder), server)


def _with_server(work: Callable[[], Cost], server: Server) -> float:
    before = _server_seconds(server)
    cost = work()
    time.sleep(SETTLING)
    return cost.cpu + _server_seconds(server) - before


def _server_seconds(server: Server) -> float:
    """The CPU of a server so far: of its main process, of those that have ended, and of those that are there."""
    row = server.execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None
    main = _stat(int(row[0]))[1]
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = _stat(int(folder.name))
        except (OSError, ValueError):
            continue
        if int(folder.name) == main:
            ticks += sum(stat[11:15])
        elif stat[1] == main:
            ticks += sum(stat[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[int]:
    """The numbers of a process as the kernel lists them, from its parent on; the state, a letter, is 0."""
    text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    return [int(field) if field.lstrip("-").isdigit() else 0 for field in text.split()]
