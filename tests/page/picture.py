"""`python -m tests.page.picture`: the picture of the page that the README shows."""

from __future__ import annotations

import tempfile
from pathlib import Path

from examples.compression.web.build import build
from tests.engines import ROOT, chromium
from tests.service_example.processes import started

TARGET = ROOT / "docs" / "images" / "compression.png"

_EARLIER = (("zstd", 3), ("lz4", 1), ("brotli", 11))
_LINES = [f"{owls} owls, {7 * owls % 13} mice" for owls in range(900)]


def take(target: Path = TARGET) -> None:
    """Compress a few contents in a new database, and take the picture of the last."""
    with (
        tempfile.TemporaryDirectory() as folder,
        started(Path(folder) / "data", "--page", str(build(Path(folder) / "dist"))) as service,
        chromium.started() as browser,
    ):
        page = browser.new_page(viewport={"width": 1040, "height": 800}, color_scheme="light")
        page.goto(service.url)
        page.locator("#page", has_text="request").wait_for()
        for algorithm, level in (*_EARLIER, ("gzip", 6)):
            page.select_option("#algorithm", algorithm)
            page.fill("#content", "\n".join((algorithm, *_LINES)))
            page.fill("#level", str(level))
            page.evaluate("document.querySelector('#result').replaceChildren()")
            page.click("#submit")
            page.locator("#result dl", has_text=f"{algorithm}, level {level}").wait_for()
            page.locator("tr.new td >> nth=1", has_text=algorithm).wait_for()
        # What came after is a draft with a fault: the picture shows both.
        page.fill("#level", "23")
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target, full_page=True)


if __name__ == "__main__":
    take()
