"""Templates of the user's: each takes the place of one of ours, and findings name it as the user does."""

from __future__ import annotations

from pathlib import Path

import pytest

from isotype.cli import arguments, pipeline

SCHEMA = "isotype: 1\ndomain: shop\nentities:\n  Item:\n    description: A thing\n    fields:\n"
FIELDS = "      id: {type: uuid, key: true, default: uuid}\n"


@pytest.fixture
def overridden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a folder of templates; the folder."""
    folder = tmp_path / "mine/types"
    folder.mkdir(parents=True)
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema/shop.yaml").write_text(SCHEMA + FIELDS, "utf-8")
    (tmp_path / "isotype.toml").write_text('templates = "mine"\nonly = ["types"]\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def run(*given: str) -> int:
    return arguments.run(given, pipeline.real())


def test_a_name_that_takes_the_place_of_none(overridden: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped template is a warning with the name that was meant; one that another includes is none."""
    (overridden / "modle.ts.j2").write_text("x", "utf-8")
    (overridden / "index.ts.j2").write_text("{% include 'types/part.j2' %}\n", "utf-8")
    (overridden / "part.j2").write_text("// {{ header[0] }}", "utf-8")
    assert run("generate") == 0
    out = capsys.readouterr().out
    assert "mine/types/modle.ts.j2:1:1: warning: the template 'types/modle.ts.j2' takes the place of none" in out
    assert out.count("[unknown-template]") == 1
    assert run("lint") == 1


def test_a_failing_template_is_named_from_the_project(overridden: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The place of the finding is the file as it stands in the project."""
    (overridden / "index.ts.j2").write_text("first\n{{ nothing }}\n", "utf-8")
    assert run("generate") == 2
    assert "mine/types/index.ts.j2:2:1: template 'types/index.ts.j2'" in capsys.readouterr().out
