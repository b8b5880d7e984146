"""Serves generated APIs, each on a port of its own: a script that knows nothing of Isotype.

Each line on standard input is a question in JSON, and is answered by a line on standard output: [error, result].
["serve", folder, package, file, schema, is asynchronous, {service: class}] is answered by two ports, on which the API
of the package answers until ["end", port] each. Its rows are in the SQLite file, whose tables are those of the schema;
operations that services lack, which are named here, are not called. On the second port somebody stands in for each of
them, and answers 418 with a message that is JSON: the `parameters` that it was given by their names in Python, and the
body in an array, `whole` with what was filled in and as it was `given`.
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
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from pydantic_core import to_json
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


def applications(
    folder: str, package: str, file: str, schema: str, asynchronous: bool, classes: Mapping[str, str]
) -> tuple[FastAPI, FastAPI]:
    """The API of a package that stands in a folder, and the same with somebody who stands in for its operations."""
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
    every = {name: getattr(services, of) for name, of in classes.items()}
    made = api.Services(**{name: _closed(service) for name, service in every.items()})
    stood_in = api.Services(**{name: _stood_in(service) for name, service in every.items()})
    configure = partial(_configure, file, schema)
    # A limit is for each caller, and every call is another's.
    limits = api.Limits(client=lambda _: str(next(_CALLS)))
    if not asynchronous:
        engine = sqlalchemy.create_engine(f"sqlite:///{file}")
        sqlalchemy.event.listen(engine, "connect", configure)
        sessions = sessionmaker(engine, expire_on_commit=False)
        return api.create_app(made, sessions, limits=limits), api.create_app(stood_in, sessions, limits=limits)
    live = create_async_engine(f"sqlite+aiosqlite:///{file}")
    sqlalchemy.event.listen(live.sync_engine, "connect", configure)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await live.dispose()

    waiting = async_sessionmaker(live, expire_on_commit=False)
    app = api.create_app(made, waiting, limits=limits, lifespan=lifespan)
    # No operation of the other one gets as far as its session.
    return app, api.create_app(stood_in, waiting, limits=limits)


def _closed(service: type) -> type:
    """The service, with a failure for each operation that it leaves open."""
    abstract: frozenset[str] = getattr(service, "__abstractmethods__", frozenset())
    return type(service.__name__, (service,), dict.fromkeys(abstract, _fail))


def _fail(*_: object) -> None:
    raise NotImplementedError("the schema does not say what this operation does")


def _stood_in(service: type) -> type:
    """The service, with somebody who stands in for each of its operations."""
    own = {name: value for name, value in vars(service).items() if inspect.isfunction(value)}
    return type(service.__name__, (service,), {name: _standing_in(operation) for name, operation in own.items()})


def _standing_in(operation: Callable[..., Any]) -> Callable[..., Any]:
    names = list(inspect.signature(operation).parameters)

    def said(*inputs: Any) -> None:
        # Whatever an operation answers, a refusal passes as it is.
        raise HTTPException(418, _written(dict(zip(names[1:], inputs[1:], strict=True))))

    return said


def _written(inputs: dict[str, Any]) -> str:
    body = inputs.pop("body", ())
    records = [one for one in (body if isinstance(body, list) else [body]) if isinstance(one, BaseModel)]
    whole = ", ".join(record.model_dump_json() for record in records)
    given = ", ".join(record.model_dump_json(exclude_unset=True) for record in records)
    return f'{{"parameters": {to_json(inputs).decode()}, "whole": [{whole}], "given": [{given}]}}'


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
                made = [Serving(app) for app in applications(*rest)]
                serving |= {one.port: one for one in made}
                result = [one.port for one in made]
            else:
                serving.pop(rest[0]).end()
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
        print(json.dumps([error, result]), flush=True)
    # Threads that have not ended keep nobody waiting.
    os._exit(0)


if __name__ == "__main__":
    main()
