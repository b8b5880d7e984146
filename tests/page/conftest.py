"""The page as it is built, served by the service with a database of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from examples.compression.web.build import build
from tests.service_example.processes import started

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@dataclass(frozen=True)
class Site:
    """Where the page is, and the database behind it."""

    url: str
    database: Path

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """What the database holds."""
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]


@dataclass(frozen=True)
class Opened:
    """The page in a browser, the calls of the API that it made, and what its console said."""

    page: Page
    calls: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service, with the page that the sources make now."""
    folder = tmp_path_factory.mktemp("page")
    with started(folder / "data", "--page", str(build(folder / "dist"))) as service:
        yield Site(service.url, folder / "data" / "compression.db")


@pytest.fixture
def opened(chromium: Browser, site: Site) -> Iterator[Opened]:
    """The page, loaded, with the algorithms and the requests that there are."""
    context = chromium.new_context(viewport={"width": 1180, "height": 900}, accept_downloads=True)
    context.set_default_timeout(10_000)
    opened = Opened(context.new_page())
    page = opened.page
    page.on("console", lambda message: opened.said.append(message.text))
    page.on("pageerror", lambda error: opened.said.append(str(error)))
    page.goto(site.url)
    page.locator("#page", has_text="request").wait_for()
    page.on("request", lambda request: opened.calls.append(f"{request.method} {request.url.removeprefix(site.url)}"))
    yield opened
    context.close()
