"""The services of somebody else, running as they would."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.engines import ROOT
from tests.engines.node import find_node

PATIENCE = 30
SERVICES = ("fastapi", "flask", "node")


@contextmanager
def serving(written_in: str) -> Iterator[str]:
    """Where a service answers, until the block ends."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    module = f"tests.service.foreign.{written_in}_service"
    own = (find_node(), f"{module.replace('.', '/')}.mjs") if written_in == "node" else (sys.executable, "-m", module)
    quiet = subprocess.DEVNULL
    with subprocess.Popen((*own, str(port)), cwd=ROOT, stdout=quiet, stderr=quiet, env=dict(os.environ)) as process:
        try:
            _wait(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        with closing(socket.socket()) as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens at {port}")
