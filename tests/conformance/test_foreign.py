"""What no JSON says is asked of a database beside what it minds, so that no CHECK and no type is left out unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from isotype.conformance.findings import findings
from tests.conformance.test_made import ask, break_files

SCHEMA = """\
isotype: 1
domain: shop
entities:
  Span:
    fields:
      id:    {type: int, key: true}
      began: timestamp?
      ended: timestamp?
    rules:
      ordered: began IS NULL OR ended IS NULL OR ended >= began
  Stay:
    fields:
      id:    {type: int, key: true}
      made:  timestamp
      began: timestamp?
      ended: timestamp?
    rules:
      ordered: began IS NULL OR (began >= made AND (ended IS NULL OR ended >= began))
  Share:
    fields:
      id:    {type: int, key: true}
      value: {type: 'decimal(4,2)', wire: number, min: 0, max: 50}
  Kept:
    fields:
      id:      {type: int, key: true}
      content: bytes
  Ladder:
    fields:
      id:    {type: int, key: true}
      steps: 'smallint[]'
"""

BREAKS = {
    # An infinite instant is ordered where the other one is null; what stays has such a column too.
    "Span": ("began < '10000-01-01 00:00:00+00'", "TRUE"),
    # A number without its scale.
    "Share": ("NUMERIC(4, 2)", "DOUBLE PRECISION"),
    "Kept": ("BYTEA", "TEXT "),
    "Ladder": ("SMALLINT[]", "FLOAT8[]"),
}


LOST = ("substr(began, 20) GLOB", "TRUE OR substr(began, 20) GLOB")
"""A CHECK of SQLite that is gone: between two instants no other text stands, behind the last one there may be any."""


def test_what_holds(tmp_path: Path) -> None:
    """Nothing of it disagrees with what the schema says."""
    assert [str(finding) for finding in findings(ask(tmp_path, "postgres", "sqlite", quick=False, text=SCHEMA))] == []


def test_a_form_is_asked_beyond_what_stands_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of SQLite that takes any text is found where a rule minds none of them."""
    break_files(monkeypatch, "sql/sqlite.sql", LOST)
    found = ask(tmp_path, "sqlite", quick=False, text=SCHEMA).disagreements
    assert {(one.place.owner, one.place.field) for one in found} == {("Span", "began"), ("Stay", "began")}


def test_what_is_broken_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CHECK that is gone and types that are wider are found, each at its entity."""
    break_files(monkeypatch, "sql/postgres.sql", *BREAKS.values())
    found = ask(tmp_path, "postgres", quick=False, text=SCHEMA).disagreements
    assert {one.place.owner for one in found} == {*BREAKS, "Stay"}
