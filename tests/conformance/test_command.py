"""`isotype verify` as one types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isotype.cli.arguments import run
from tests.conformance.test_run import SHOP
from tests.engines import ROOT

JSON = ("--witness", "pydantic", "--witness", "json_schema")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one schema."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "shop.yaml").write_text(SHOP)
    (tmp_path / "isotype.toml").write_text("")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_agreement(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two commands after `init`, a readable answer, exit 0."""
    assert run(["verify", *JSON]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("shop: ") and "seed 0; ledger of" in lines[0]
    assert any(line.split()[:1] == ["Item"] for line in lines)


def test_one_field_in_every_format(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--only` shows each constraint of one field; the matrix is a document and a page as well."""
    only = ("--only", "Item.levels", *JSON)
    assert run(["verify", *only]) == 0
    assert "Item.levels sorted" in capsys.readouterr().out
    assert run(["verify", *only, "--format", "json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["domains"]
    assert {row["field"] for row in found["matrix"]} == {"levels"} and found["holds"]
    assert run(["verify", *only, "--format", "html", "--output", "matrix.html"]) == 0
    assert capsys.readouterr().out == "the matrix is written to matrix.html\n"
    assert "Every layer agrees." in (project / "matrix.html").read_text()
    assert run(["verify", *only, "--format", "html", "--output", "no/such/folder/x"]) == 2


def test_a_seed_is_another_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As many values as are asked for are put, and the seed is said."""
    assert run(["verify", "--cases", "6000", "--seed", "5", "--witness", "pydantic", "--format", "json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["domains"]
    assert (found["values"], found["seed"], found["witnesses"]["pydantic"]["asked"]) == (6000, 5, 6000)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "Itm.levels"], "'Itm.levels' names nothing of shop"),
        (["--only", "Item.levls"], "'Item.levls' names no field of Item (did you mean Item.levels?)"),
        (["--witness", "oracle"], "'oracle' is not one of"),
        (["--cases", "-1"], "-1 is not in the range"),
        (["shop", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_done(
    arguments: list[str], words: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bad usage is exit 2, with the reason on standard error."""
    assert run(["verify", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_nobody_to_ask(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With no witness at all the job cannot be done."""
    assert run(["verify", "--witness", "round_trip"]) == 2
    assert "it goes by PostgreSQL, which is not asked" in capsys.readouterr().err
