"""The service as a user starts it: a process of its own, on a free port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.engines import ROOT

PATIENCE = 30


@dataclass(frozen=True)
class Service:
    """A running service."""

    process: subprocess.Popen[str]
    url: str
    log: Path

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rstrip("/").rpartition(":")[2])

    def end(self, by: signal.Signals = signal.SIGINT) -> tuple[int, float]:
        """End it as a terminal or a system would: its exit code, and how many seconds it took."""
        begin = monotonic()
        self.process.send_signal(by)
        return self.process.wait(PATIENCE), monotonic() - begin


@contextmanager
def started(data: Path, *options: str) -> Iterator[Service]:
    """A service that has said where it is, and ends with the block; what else it says goes into `log` in its folder."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTHONPATH")}
    data.mkdir(parents=True, exist_ok=True)
    with (
        (data / "log").open("a", encoding="utf-8") as log,
        subprocess.Popen(
            [sys.executable, "-m", "examples.compression.server", "--port", "0", "--data", str(data), *options],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://\S+/", said)
        assert found, (said, (data / "log").read_text(encoding="utf-8"))
        service = Service(process, found[0], data / "log")
        try:
            yield service
        finally:
            if process.poll() is None:
                code, _ = service.end()
                assert code == 0
