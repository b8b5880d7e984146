"""One line on a terminal that says what a long run is doing."""

from __future__ import annotations

import sys
import time

_QUICK = 0.5


class Progress:
    """Says what is being done, on standard error, when that is a terminal and the run has become a long one."""

    def __init__(self, quiet: bool = False) -> None:
        self._wanted = not quiet and sys.stderr.isatty()
        self._from = time.monotonic() + _QUICK
        self._shown = False

    def say(self, message: str) -> None:
        if self._wanted and time.monotonic() >= self._from:
            self._shown = True
            # Not every step is worth a line, nor the time to write it.
            self._from = time.monotonic() + 0.1
            print(f"\r\x1b[2K{message}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._shown:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
            self._shown = False
