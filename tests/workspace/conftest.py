"""A project on disk, and the command line in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from isotype.cli import arguments
from isotype.workspace import files
from tests.workspace import fake

ROOT = Path(__file__).parents[2]


class Project:
    """A folder with a schema in it. `run` answers with the exit code; `out` and `err` hold what was printed."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        self.out = ""
        self.err = ""

    def run(self, *given: str) -> int:
        self._capsys.readouterr()
        code = arguments.run(given, fake.PIPELINE)
        self.out, self.err = self._capsys.readouterr()
        return code

    def spawn(self, *given: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """The same in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "tests.workspace.fake", *given],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": f"{ROOT / 'generator'}{os.pathsep}{ROOT}"} | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def files(self) -> dict[str, bytes]:
        """Every file that would be committed, beside its bytes."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".isotype" not in path.parts and ".git" not in path.parts
        }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    """A project whose one domain, `shop`, has the entities `order` and `item`."""
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setattr(files, "own_templates", lambda: fake.TEMPLATES)
    made = Project(root, capsys)
    made.write("schema/shop.yaml", "order\nitem\n")
    made.write(".git/HEAD", "")
    return made
