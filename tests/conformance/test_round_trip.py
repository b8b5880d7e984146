"""What goes the whole way is told from what stands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from isotype.conformance.findings import findings
from isotype.conformance.run import Request, run
from tests.conformance.conftest import asked
from tests.conformance.test_made import break_files
from tests.probes.domains import schema

BOXES = """
isotype: 1
domain: shop
entities:
  Box:
    fields: {id: {type: int, key: true}, wide: int?, high: int?, open: {type: bool, default: false}}
  Crate:
    fields:
      id:    {type: int, key: true}
      wide:  int?
      high:  int?
      open:  {type: bool, default: false}
      made:  {type: timestamp, default: now, access: read}
      ended: timestamp?
    rules:
      chk_ended: ended >= made
    api: {add: {seen: 'timestamp?'}}
  Chest:
    fields:
      id:        {type: int, key: true}
      state:     {type: State, default: open, transitions: {open: [shut], shut: [sealed], sealed: []}}
      sealed_at: timestamp?
      opened:    {type: timestamp, default: now, on_update: now, access: read}
    rules:
      chk_sealed: state = 'sealed' OR sealed_at IS NULL
      chk_opened: sealed_at IS NULL OR sealed_at < opened
enums:
  State: [open, shut, sealed]
operations:
  list_crates: {get: /crates, returns: page(Crate)}
"""

BREAKS = {
    "another property": ("Crate", "model.wide = create.wide", "model.wide = create.high", "wide: "),
    "a property lost": ("Crate", "model.open = create.open", "pass", "open: true came back as false"),
    "what now decides": ("Crate", "model.ended = create.ended", "pass", "ended: "),
    "what only moved rows have": ("Chest", "model.sealed_at = update.sealed_at", "pass", "sealed_at: "),
    "an item lost": ("Crate", "items=list(items)", "items=[]", "CrateList: it is shown as"),
    "an added value lost": ("Crate", "seen=seen", "seen=None", "CrateResponse: seen is shown as null"),
}


def facts(folder: Path) -> list[str]:
    """What is said of the boxes."""
    with asked(schema(BOXES), folder, ["postgres", "round_trip"]) as (of, found, missing):
        assert not missing
        matrix = run(of, found, missing, Request())
    return [str(finding) for finding in findings(matrix)]


def test_everything_comes_back(tmp_path: Path) -> None:
    """Where nothing is broken nothing is said."""
    assert facts(tmp_path) == []


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_mapper_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that has gone its way in another table goes it in this one too, and what is added is shown as it is."""
    entity, old, new, fact = BREAKS[name]
    break_files(monkeypatch, f"models/mapping/{entity.lower()}.py", (old, new))
    said = facts(tmp_path)
    assert any(fact in one for one in said) and all(entity in one for one in said), said
