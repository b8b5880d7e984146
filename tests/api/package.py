"""Generated APIs, imported and served over real HTTP."""

from __future__ import annotations

import importlib
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from isotype.domain.model import Domain
from isotype.language import load
from isotype.layers import LAYERS, LayerOptions, Options, Rendered, render
from tests.engines import ROOT
from tests.schemas import used

PYTHON = ("models", "schemas", "api")
SHOP = "tests/api/shop.yaml"
SCHEMAS = {"shop": SHOP, **{path.stem: f"schema/{path.name}" for path in sorted((ROOT / "schema").glob("*.yaml"))}}


@cache
def understood(name: str) -> Domain:
    """A domain; its schema is read without a finding."""
    path = SCHEMAS[name]
    loaded = load({path: (ROOT / path).read_text()}, used)
    assert loaded.domain is not None and not loaded.findings, [str(finding) for finding in loaded.findings]
    return loaded.domain


@cache
def rendered(name: str) -> Rendered:
    """Every layer of a domain."""
    return render(
        understood(name), Options(SCHEMAS[name], {layer: LayerOptions(f"{name}/{layer}") for layer in LAYERS})
    )


def write(name: str, folder: Path) -> None:
    """The Python layers of a domain, each in a folder of its name."""
    for (layer, path), text in rendered(name).files.items():
        if layer in PYTHON:
            target = folder / layer / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)


@dataclass(frozen=True)
class Package:
    """An imported domain."""

    name: str

    def module(self, path: str) -> Any:
        """A module by its path below the package."""
        return importlib.import_module(f"{self.name}.{path}")

    def app(self, sessions: Any, changed: dict[str, type] | None = None, **settings: Any) -> FastAPI:
        """An application; `changed` are services to take instead of those that raise whatever they are asked."""
        api, known = self.module("api"), self.module("api.services")
        named = {field.name: field.type.rpartition(" ")[2].rstrip("]") for field in fields(api.Services)}
        made = {name: (changed or {}).get(name) or complete(getattr(known, of)) for name, of in named.items()}
        made_app: FastAPI = api.create_app(api.Services(**made), sessions, **settings)
        return made_app


def complete(service: type) -> type:
    """A service whose abstract operations fail."""

    def fail(*_: object) -> None:
        raise LookupError("SELECT secret FROM vault")

    abstract: frozenset[str] = getattr(service, "__abstractmethods__", frozenset())
    return type(service.__name__, (service,), dict.fromkeys(abstract, fail))


@contextmanager
def imported(name: str, folder: Path) -> Iterator[Package]:
    """The package of a domain, forgotten afterwards."""
    package = f"api_of_{name}"
    write(name, folder / package)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield Package(package)
    finally:
        sys.path.remove(str(folder))
        for module in [module for module in sys.modules if module.partition(".")[0] == package]:
            del sys.modules[module]


@contextmanager
def served(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of an application that answers on a port of this machine."""
    # With its protocol named, answers are sent at once, without waiting for the other side.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(256)
        host, port = listening.getsockname()
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        run: Callable[[], None] = lambda: server.run([listening])  # noqa: E731
        thread = Thread(target=run, daemon=True)
        thread.start()
        try:
            with httpx.Client(base_url=f"http://{host}:{port}", timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(10)
