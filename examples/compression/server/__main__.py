"""`python -m examples.compression.server`: the service until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from examples.compression.server.application import make_app
from examples.compression.server.database import UnknownDatabase
from examples.compression.server.platform import Settings, make_platform, running

_HERE = Path(__file__).resolve().parent
_SECONDS_TO_END = 1
"""How long answers that are on their way have when the service ends."""


class Server(uvicorn.Server):
    """A server that says where it is, and ends its process in peace."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
            print(f"The compression platform is at http://{host}:{port}/ (Ctrl-C ends it).", flush=True)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # What is captured is not raised again: there is work to end after the last answer.
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal ends it; 2 when it cannot start."""
    options = _options(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    page = options.page if (options.page / "index.html").is_file() else None
    settings = Settings(data=options.data, database_url=options.database, page=page)
    try:
        return asyncio.run(_serve(settings, options.host, options.port))
    except (OSError, SQLAlchemyError, sqlite3.Error, UnknownDatabase) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        print(f"The service could not start: {reason}", file=sys.stderr)
        return 2


async def _serve(settings: Settings, host: str, port: int) -> int:
    platform = make_platform(settings)
    with _listen(host, port) as listening:
        config = uvicorn.Config(
            make_app(platform),
            host=host,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=_SECONDS_TO_END,
        )
        async with running(platform):
            await Server(config).serve([listening])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    # With its protocol named, asyncio sends answers at once and does not wait for the other side's acknowledgement.
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
    except OSError:
        listening.close()
        raise
    return listening


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.compression.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8000, help="0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("COMPRESSION_DATA", _HERE.parent / "data")),
        help="the folder of the SQLite file; COMPRESSION_DATA by default, or examples/compression/data",
    )
    parser.add_argument(
        "--database",
        default=os.environ.get("DATABASE_URL"),
        help="the URL of a PostgreSQL database; DATABASE_URL by default, or a SQLite file",
    )
    parser.add_argument(
        "--page", type=Path, default=_HERE.parent / "web" / "dist", help="the folder of the page, where it is built"
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is no port; they go up to 65535")
    return port


if __name__ == "__main__":
    # What is imported stays to the end: no collection has to look at it, the long one at the end least of all.
    gc.freeze()
    sys.exit(main())
