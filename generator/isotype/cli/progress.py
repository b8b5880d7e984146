"""One line on a terminal that says what a long run is doing."""

from __future__ import annotations

import sys
import time

_QUICK = 0.5
_WIDTH = 24


class Progress:
    """Says what is being done, on standard error, when that is a terminal and the run has become a long one."""

    def __init__(self, quiet: bool = False) -> None:
        self._wanted = not quiet and sys.stderr.isatty()
        self._from = time.monotonic() + _QUICK
        self._shown = False

    def say(self, message: str, done: float = 0.0) -> None:
        """Show a message; with the part that is `done`, where that is known, as a bar before it."""
        if self._wanted and time.monotonic() >= self._from:
            from shutil import get_terminal_size

            self._shown = True
            # Not every step is worth a line, nor the time to write it.
            self._from = time.monotonic() + 0.1
            line = f"{_bar(done)} {message}" if done else message
            print(f"\r\x1b[2K{line[: get_terminal_size().columns - 1]}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._shown:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
            self._shown = False


def _bar(done: float) -> str:
    full = round(done * _WIDTH)
    return f"[{'#' * full}{'-' * (_WIDTH - full)}] {done:4.0%}"
