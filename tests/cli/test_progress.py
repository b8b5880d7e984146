"""The line that says what a long run is doing."""

from __future__ import annotations

import io

import pytest

from isotype.cli import progress
from isotype.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a long run has a bar, which is gone at the end."""
    monkeypatch.setattr(progress, "_QUICK", 0)
    monkeypatch.setattr("sys.stderr", Terminal())
    bar = Progress()
    bar.say("shop: 10 values", 0.5)
    bar.clear()
    text = progress.sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert "[############------------]  50% shop: 10 values" in text and text.endswith("\r\x1b[2K")


def test_nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody looks on, and where quiet is asked for, nothing is written."""
    monkeypatch.setattr(progress, "_QUICK", 0)
    for stream, quiet in ((io.StringIO(), False), (Terminal(), True)):
        monkeypatch.setattr("sys.stderr", stream)
        Progress(quiet).say("shop: 10 values", 0.5)
        assert stream.getvalue() == ""
