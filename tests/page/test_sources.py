"""The sources of the page, and what they are built into."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from examples.compression.web import build
from tests.engines.node import find_node, find_package


@pytest.mark.parametrize(
    ("package", "program", "arguments"),
    [("typescript", "tsc", ("-p", ".", "--pretty", "false")), ("@biomejs/biome", "biome", ("check", "."))],
)
def test_sources_are_clean(package: str, program: str, arguments: tuple[str, ...]) -> None:
    """The compiler at its strictest, and Biome, find nothing, also between the page and what is generated."""
    command = [find_node(), str(find_package(package) / "bin" / program), *arguments]
    done = subprocess.run(command, cwd=build.FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_built_stands_alone(tmp_path: Path) -> None:
    """Five files, which name each other and nothing on other machines; unused parts of the validators are left out."""
    build.build(tmp_path)
    made = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert sorted(made) == ["app.js", "app.js.map", "icon.svg", "index.html", "style.css"]
    assert "//" not in made["index.html"].replace("<!doctype html>", "")
    assert "url(" not in made["style.css"] and "@import" not in made["style.css"]
    assert len(made["app.js"]) < 200_000


def test_a_build_that_fails_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without esbuild there is a sentence with the way out, and the exit code 2."""
    monkeypatch.setattr(build, "ROOT", tmp_path)
    assert build.main() == 2
    assert "`npm ci` installs it" in capsys.readouterr().err
