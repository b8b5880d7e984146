"""What is printed for a small schema; ISOTYPE_UPDATE_GOLDEN=1 writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.typescript.shapes import LIBRARY, read, render, write

GOLDEN = Path(__file__).parent / "golden"


def test_files_are_the_golden_ones() -> None:
    """Every file of both layers is printed as the golden folder holds it, and no other file is."""
    files, _ = render(read(LIBRARY))
    if os.environ.get("ISOTYPE_UPDATE_GOLDEN"):
        for stale in GOLDEN.rglob("*.ts"):
            stale.unlink()
        write(files, GOLDEN)
    golden = {path.relative_to(GOLDEN).as_posix(): path.read_text() for path in GOLDEN.rglob("*.ts")}
    assert sorted(files) == sorted(golden)
    for path, text in files.items():
        assert text == golden[path], path


def test_same_shapes_same_bytes() -> None:
    """Two readings of one schema print the same files in the same order."""
    first, second = render(read(LIBRARY))[0], render(read(LIBRARY))[0]
    assert list(first.items()) == list(second.items())


@pytest.mark.parametrize(
    ("construct", "target"), [("transitions", "zod"), ("rules", "typescript"), ("int", "typescript")]
)
def test_ledger_names_what_is_lost(construct: str, target: str) -> None:
    """What a layer cannot say stands in its ledger once, with a reason."""
    _, ledger = render(read(LIBRARY))
    [entry] = [entry for entry in ledger if (entry.construct, entry.target) == (construct, target)]
    assert entry.reason
    assert len(set(ledger)) == len(ledger)
