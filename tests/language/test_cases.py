"""Every folder below `cases` is a schema that must be refused, beside the findings it must cause.

`ISOTYPE_UPDATE_GOLDEN=1 pytest tests/language` writes what is found now; the difference is then read.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from isotype.findings import ERROR
from isotype.language import load

CASES = Path(__file__).parent / "cases"


def sources(folder: Path) -> dict[str, str]:
    """The files of a case by name, line breaks as they are."""
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in sorted(folder.rglob("*.yaml"))}


def is_shared(name: str) -> bool:
    """Whether a file of a case is there to be used, and no part of the domain itself."""
    return name.startswith("_")


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_a_bad_schema_is_refused_with_its_findings(name: str) -> None:
    """The findings, in order of place, are exactly those beside the schema, and each names a place."""
    folder = CASES / name
    files = sources(folder)
    loaded = load({name: text for name, text in files.items() if not is_shared(name)}, files.get)
    text = "".join(f"{finding}\n" for finding in loaded.findings)
    golden = folder / "expected.txt"
    if os.environ.get("ISOTYPE_UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert any(finding.severity == ERROR for finding in loaded.findings)
    assert loaded.domain is None
    assert all(finding.place.line > 0 and finding.place.column > 0 for finding in loaded.findings)
