"""The manual's list of laws is what the tests show, and nothing besides."""

from __future__ import annotations

import re

from tests.engines import ROOT
from tests.service import test_document, test_operations
from tests.service.equivalents import REWRITES

TEXT = (ROOT / "docs" / "api-drift.md").read_text()
SEPARATELY = {"a decimal that is given"}
"""Laws with a test of their own."""


def _laws(heading: str) -> set[str]:
    """The laws in the first column of a section's table."""
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `")]
    return {law for row in rows for law in re.findall(r"`([^`]+)`", row)}


def test_every_law_of_the_manual_is_tested() -> None:
    """Each has the name of what shows it."""
    rewrites = {rewrite.__name__.replace("_", " ") for rewrite in REWRITES}
    named = _laws("What is the same")
    assert rewrites <= named
    assert named - rewrites <= test_document.ALIKE.keys()


def test_what_fastapi_cannot_say_is_tested() -> None:
    """Each law of the dialect too."""
    tested = test_document.FASTAPI.keys() | test_operations.FASTAPI.keys() | SEPARATELY
    named = _laws("What a document cannot say")
    assert len(named) > 5
    assert named <= tested
