"""Processes that a run asks, which end with it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

LAST = 4000
"""Bytes of what a process printed that are shown."""


class Process:
    """A script that reads from its input and answers on its output; `command` is what runs it, with its options.

    It works in the `folder`, or where it stands itself.
    """

    def __init__(
        self, script: Path, *command: str, environment: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> None:
        self.name = Path(command[0]).stem
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 -- it lives as long as the process.
        self._process = subprocess.Popen(
            [*command, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=folder or script.parent,
            env=environment,
            # Ctrl-C is for the run, which ends it.
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self.input, self.output = self._process.stdin, self._process.stdout

    def said(self) -> str:
        """What it printed last beside its answers."""
        # The place in the file is the process's own.
        file = self._errors.fileno()
        return os.pread(file, LAST, max(0, os.fstat(file).st_size - LAST)).decode(errors="replace").strip()

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    def close(self, patience: float = 0) -> None:
        """End it; with `patience`, in seconds, once it had that long to end by itself."""
        if patience:
            with suppress(OSError, subprocess.TimeoutExpired):
                self.input.close()
                self._process.wait(patience)
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self.input.close()
        self.output.close()
        self._errors.close()


class Lines(Process):
    """One that answers each line of JSON with one."""

    def ask(self, question: Sequence[Any]) -> Any:
        """The answer to one line; raises `RuntimeError` with what it printed when it has ended."""
        try:
            self.input.write(json.dumps(question).encode() + b"\n")
            self.input.flush()
            line = self.output.readline()
        except OSError:
            line = b""
        if not line:
            raise RuntimeError(f"{self.name} has ended: {self.said()}")
        return json.loads(line)
