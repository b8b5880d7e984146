"""Engines that are processes: started when somebody first asks for one, shared by all domains of a run, then ended."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from isotype.conformance.witnesses.node import Process
    from isotype.scratch.server import Server

SETTINGS = {"max_locks_per_transaction": "1024"}
SCRIPT = Path(__file__).parent / "witnesses" / "zod.mjs"


class Engines:
    """One PostgreSQL server for each installation that is wanted, and one process of Node."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._servers: dict[str, Server] = {}
        self._node: Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def started(self) -> int:
        """How many run."""
        return len(self._servers) + (self._node is not None)

    def server(self, installation: Any) -> Server:
        """The server of an installation. Raises `PostgresError` or `OSError` where it does not start."""
        from isotype.scratch.server import Server

        key = str(installation.binaries)
        if key not in self._servers:
            server = Server(installation, settings=SETTINGS).start()
            self._stack.callback(server.stop)
            self._servers[key] = server
        return self._servers[key]

    def node(self) -> Process:
        """Node, which judges by any validators; a new one where the last has ended. Raises `NotAsked`."""
        from isotype.conformance.witnesses.node import Process

        if self._node is None or self._node.ended:
            self._node = Process(SCRIPT)
            self._stack.callback(self._node.close)
        return self._node

    def close(self) -> None:
        """End all of them."""
        self._stack.close()
        self._servers.clear()
        self._node = None
