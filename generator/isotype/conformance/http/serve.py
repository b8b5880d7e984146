"""Serves generated APIs, each on a port of its own: a script that knows nothing of Isotype.

Each line on standard input is a question in JSON, and is answered by a line on standard output: [error, result].
["serve", folder, package, file, schema, is asynchronous, {service: class}] is answered by a port, on which the API of
the package answers until ["end", port]. Its rows are in the SQLite file, whose tables are those of the schema. Services
named here lack operations: instead of each, somebody answers 501 with the body that it was given, as JSON in which an
array holds it as it was completed, and with what it says itself.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from threading import Thread
from typing import Any

import sqlalchemy
import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker

_CALLS = count()


class Serving:
    """An application that answers in a thread of its own."""

    def __init__(self, app: FastAPI) -> None:
        # With its protocol named, answers are sent at once, without waiting for the other side.
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(64)
        self.port: int = self._listening.getsockname()[1]
        settings = uvicorn.Config(
            app, log_config=None, access_log=False, timeout_keep_alive=3600, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(settings)
        self._thread = Thread(target=self._server.run, args=([self._listening],), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let the connections and the database go."""
        self._server.should_exit = True
        self._thread.join(10)


def application(
    folder: str, package: str, file: str, schema: str, asynchronous: bool, unfinished: Mapping[str, str]
) -> FastAPI:
    """The API of a package that stands in a folder."""
    # Another folder may have had a package of that name.
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        api = importlib.import_module(f"{package}.api")
        services = importlib.import_module(f"{package}.api.services")
    finally:
        sys.path.remove(folder)
    made = api.Services(**{name: _closed(getattr(services, of)) for name, of in unfinished.items()})
    configure = partial(_configure, file, schema)
    # A limit is for each caller, and every call is another's.
    limits = api.Limits(client=lambda _: str(next(_CALLS)))
    if not asynchronous:
        engine = sqlalchemy.create_engine(f"sqlite:///{file}")
        sqlalchemy.event.listen(engine, "connect", configure)
        app: FastAPI = api.create_app(made, sessionmaker(engine, expire_on_commit=False), limits=limits)
        return app
    live = create_async_engine(f"sqlite+aiosqlite:///{file}")
    sqlalchemy.event.listen(live.sync_engine, "connect", configure)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await live.dispose()

    sessions = async_sessionmaker(live, expire_on_commit=False)
    app = api.create_app(made, sessions, limits=limits, lifespan=lifespan)
    return app


def _closed(service: type) -> type:
    """The service, with somebody who stands in for each operation that it leaves open."""
    abstract: frozenset[str] = getattr(service, "__abstractmethods__", frozenset())
    return type(service.__name__, (service,), {name: _standing_in(getattr(service, name)) for name in abstract})


def _standing_in(operation: Callable[..., Any]) -> Callable[..., Any]:
    names = list(inspect.signature(operation).parameters)

    def said(*inputs: Any) -> Response:
        # A response is passed on as it is, whatever the operation declares.
        body = _written(inputs[names.index("body")]) if "body" in names else ""
        return Response(body, 501, media_type="application/json")

    async def awaited(*inputs: Any) -> Response:
        return said(*inputs)

    return awaited if inspect.iscoroutinefunction(operation) else said


def _written(body: Any) -> str:
    records = body if isinstance(body, list) else [body]
    if not all(isinstance(record, BaseModel) for record in records):
        return ""
    whole = ", ".join(record.model_dump_json() for record in records)
    given = ", ".join(record.model_dump_json(exclude_unset=True) for record in records)
    return f"[[{whole}], [{given}]]"


def _configure(file: str, schema: str, connection: Any, _: object) -> None:
    cursor = connection.cursor()
    if schema:
        name = schema.replace('"', '""')
        cursor.execute(f'ATTACH ? AS "{name}"', (file,))
    cursor.execute("PRAGMA foreign_keys = ON")
    # The file is thrown away: nobody waits for it to be safe on a disk.
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


def main() -> None:
    """Answer questions until there are no more."""
    serving: dict[int, Serving] = {}
    gc.freeze()
    for line in sys.stdin:
        word, *rest = json.loads(line)
        error, result = "", None
        try:
            if word == "serve":
                made = Serving(application(*rest))
                serving[made.port] = made
                result = made.port
            else:
                serving.pop(rest[0]).end()
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
        print(json.dumps([error, result]), flush=True)
    # Threads that have not ended keep nobody waiting.
    os._exit(0)


if __name__ == "__main__":
    main()
