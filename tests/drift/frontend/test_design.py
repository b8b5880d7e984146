"""The types of the frontend that the reference domain was designed for: its gaps fall out by themselves."""

from __future__ import annotations

import os
from pathlib import Path

from isotype.drift.frontend import targets, types
from tests.drift.frontend.writing import source_of
from tests.engines import ROOT

DESIGN = Path(__file__).parent / "cases" / "design"
GAPS = DESIGN / "gaps.txt"
FILES = (
    "app/page.tsx",
    "types/compression.ts",
    "types/metrics.ts",
    "validators/compression.ts:CompressionRequestType=CompressRequest",
)


def test_gaps_of_the_design() -> None:
    """Every difference between its types and the schema is said, the later types having fewer than the first."""
    result = types.judge(source_of("compression"), targets.files(FILES, str(DESIGN), str(DESIGN)))
    assert result.failures == ()
    said = "".join(
        f"{it.place}: {it.message}\n    {it.expected or 'nothing'}\n    {it.actual or 'nothing'}\n"
        for it in result.findings
    )
    if os.environ.get("ISOTYPE_UPDATE_GOLDEN"):
        GAPS.write_text(said)
    assert said == GAPS.read_text()
    assert {it.related.file for it in result.findings} == {"schema/compression.yaml", "schema/_shared/timestamps.yaml"}
    of = {name: sum(name in it.within for it in result.findings) for name in ("page.tsx:C", "compression.ts:C")}
    assert of["page.tsx:C"] > of["compression.ts:C"] > 0


def test_gap_is_told_with_both_lines_and_what_to_write() -> None:
    """A difference has its place in the frontend, that in the schema, and the line that repairs it."""
    files = targets.files(["app/page.tsx:CompressionAlgorithm"], str(DESIGN), str(ROOT))
    result = types.judge(source_of("compression"), files)
    [speed] = [it for it in result.findings if it.message.startswith("CompressionAlgorithm.characteristics.speed ")]
    assert str(speed.place) == "tests/drift/frontend/cases/design/app/page.tsx:13:5"
    written = (ROOT / speed.related.file).read_text().splitlines()[speed.related.line - 1]
    assert written.strip().startswith("speed_rating:")
    assert speed.repair == 'speed: "fast" | "medium" | "slow" | "very_fast" | "very_slow";'
    assert (speed.declaration, speed.attribute) == ("CompressionAlgorithm.speed_rating", "type")
