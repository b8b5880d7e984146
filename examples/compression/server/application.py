"""The application: the generated API with the services of this platform, and the page when it is built."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse

from examples.compression.server.caller import Watch
from examples.compression.server.platform import Platform
from examples.compression.server.services import services_of
from generated.compression.api import create_app

_PROTECTION = {
    "content-security-policy": "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


def make_app(platform: Platform) -> FastAPI:
    """The application of a platform; `running` has to be entered round it."""
    app = create_app(services_of(platform), platform.sessions, docs_url=None, redoc_url=None)
    if platform.settings.page is not None:
        _add_page(app, platform.settings.page)
    app.add_middleware(Watch, traffic=platform.traffic)
    return app


def _add_page(app: FastAPI, folder: Path) -> None:
    """A route for each file of the page: a folder at `/` would answer for every path and method of the API."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            name = file.relative_to(folder).as_posix()
            app.add_route("/" if name == "index.html" else f"/{name}", _serve(file), include_in_schema=False)


def _serve(file: Path) -> Callable[[Request], Awaitable[FileResponse]]:
    async def serve(_: Request) -> FileResponse:
        return FileResponse(file, headers=_PROTECTION)

    return serve
