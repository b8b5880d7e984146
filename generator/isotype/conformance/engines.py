"""Engines that are processes: started when somebody first asks for one, shared by all domains of a run, then ended."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from isotype.conformance.processes import Lines
    from isotype.conformance.worker.client import Worker
    from isotype.scratch.server import Server

SETTINGS = {"max_locks_per_transaction": "1024"}
SCRIPT = Path(__file__).parent / "witnesses" / "zod.mjs"
SERVE = Path(__file__).parent / "http" / "serve.py"


class Engines:
    """One PostgreSQL server for each installation that is wanted, and processes: of Node, for APIs and for rows."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._servers: dict[str, Server] = {}
        self._node: Lines | None = None
        self._host: Lines | None = None
        self._workers: dict[str, Worker] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def started(self) -> int:
        """How many run."""
        return len(self._servers) + (self._node is not None) + (self._host is not None) + len(self._workers)

    def server(self, installation: Any) -> Server:
        """The server of an installation. Raises `PostgresError` or `OSError` where it does not start."""
        from isotype.scratch.server import Server

        key = str(installation.binaries)
        if key not in self._servers:
            server = Server(installation, settings=SETTINGS).start()
            self._stack.callback(server.stop)
            self._servers[key] = server
        return self._servers[key]

    def node(self) -> Lines:
        """Node, which judges by any validators; a new one where the last has ended. Raises `NotAsked`."""
        from isotype.conformance.processes import Lines
        from isotype.conformance.witnesses.node import find_node

        if self._node is None or self._node.ended:
            self._node = Lines(SCRIPT, find_node())
            self._stack.callback(self._node.close)
        return self._node

    def host(self) -> Lines:
        """Python, which serves any APIs; a new one where the last has ended."""
        from isotype.conformance.processes import Lines

        if self._host is None or self._host.ended:
            # What stands beside the script is not its own to import.
            self._host = Lines(SERVE, sys.executable, "-P")
            self._stack.callback(self._host.close)
        return self._host

    def worker(self, name: str) -> Worker:
        """Python, which asks some witnesses about rows; a new one where the last of that name has ended."""
        from isotype.conformance.worker.client import PATIENCE, Worker

        if name not in self._workers or self._workers[name].ended:
            self._workers[name] = Worker()
            self._stack.callback(self._workers[name].close, PATIENCE)
        return self._workers[name]

    def close(self) -> None:
        """End all of them."""
        self._stack.close()
        self._servers.clear()
        self._workers.clear()
        self._node = self._host = None
