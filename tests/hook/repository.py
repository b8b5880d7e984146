"""A repository with a schema, its layers, and the hook as git's own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.engines import ROOT

SCHEMA = """\
isotype: 1
domain: shop
use: [_shared/money.yaml]
description: A small shop

entities:
  Item:
    description: What is sold
    fields:
      id:    {type: uuid, key: true, default: uuid, description: Its number}
      title: {type: string(80), min_length: 1, description: What stands on the label}
      price: {type: Price, description: What it costs}
"""
SHARED = """\
types:
  Price: {base: 'decimal(8,2)', min: 0}
"""

# A hook runs with git's own variables set, and this test may be run by one.
_INHERITED = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
ENVIRONMENT: Mapping[str, str] = _INHERITED | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.org",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.org",
    "PYTHONPATH": str(ROOT / "generator"),
}


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command in a folder, whatever becomes of it."""
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def offered_hook() -> dict[str, Any]:
    """The one hook this project offers."""
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert isinstance(hook, dict)
    return hook


def hook_command(hook: Mapping[str, Any]) -> str:
    """The hook's command line, with the package of this checkout as the installed one."""
    program, *arguments = shlex.split(hook["entry"])
    assert program == "isotype"
    return shlex.join([sys.executable, "-m", "isotype", *arguments])


class Repository:
    """A git repository; commands answer with the finished process."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run("git", *arguments, folder=self.root)

    def isotype(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(sys.executable, "-m", "isotype", *arguments, folder=self.root)

    def commit(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Everything there is, staged and committed."""
        assert self.git("add", "--all", ".").returncode == 0
        return self.git("commit", "--message", "A change", *options)

    def commits(self) -> int:
        return int(self.git("rev-list", "--count", "HEAD").stdout)

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text, encoding="utf-8")

    def edit(self, path: str, before: str, after: str) -> None:
        """One text of a file in place of another."""
        text = self.read(path)
        assert before in text
        self.write(path, text.replace(before, after))


def make(root: Path) -> Repository:
    """A repository whose first commit holds a schema and its layers, and passed the hook."""
    root.mkdir()
    made = Repository(root)
    assert made.git("init", "--quiet", "--initial-branch=main").returncode == 0
    (root / "schema" / "_shared").mkdir(parents=True)
    (root / "schema" / "shop.yaml").write_text(SCHEMA, encoding="utf-8")
    (root / "schema" / "_shared" / "money.yaml").write_text(SHARED, encoding="utf-8")
    (root / ".gitignore").write_text(".isotype/\n", encoding="utf-8")
    (root / "isotype.toml").write_text("", encoding="utf-8")
    script = root / ".git" / "hooks" / "pre-commit"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"#!/bin/sh\nexec {hook_command(offered_hook())}\n", encoding="utf-8")
    script.chmod(0o755)
    generated = made.isotype("generate")
    assert generated.returncode == 0, generated.stdout + generated.stderr
    first = made.commit()
    assert first.returncode == 0, first.stdout + first.stderr
    return made
