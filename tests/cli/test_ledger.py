"""How much some target cannot express stands at the end of what is said about a domain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from isotype.cli import OK, main


@pytest.mark.parametrize(("key", "said"), [("int", "; ledger: 1 entry"), ("uuid", "")])
def test_the_size_of_the_ledger_is_printed(
    key: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL rounds what is assigned to an integer; about a uuid there is nothing to say."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "shop.yaml").write_text(
        f"isotype: 1\ndomain: shop\nentities: {{Book: {{fields: {{id: {{type: {key}, key: true}}}}}}}}\n"
    )
    (tmp_path / "isotype.toml").write_text('only = ["sql"]\n')
    monkeypatch.chdir(tmp_path)
    assert main(["generate"]) == OK
    assert re.fullmatch(rf"shop: 2 files, 2 written, 0 removed, [\d.]+ s{said}\n", capsys.readouterr().out)
