"""Schemas that tests of several rooms read, and what gives the texts of the files that these use."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def used(name: str) -> str | None:
    """The text of a file as seen from the project, from its schemas or from those here, wherever it is."""
    found = next((path for base in ("", "schema", "tests/schemas") if (path := ROOT / base / name).is_file()), None)
    return None if found is None else found.read_text(encoding="utf-8")
