"""How far values go: to bounds that are worth their time, and what is beyond is said."""

from __future__ import annotations

from pathlib import Path

from isotype.conformance.findings import findings
from isotype.conformance.run import Request, run
from isotype.report import agreement
from tests.conformance.conftest import asked
from tests.probes.domains import schema

FAR = """
isotype: 1
domain: far
entities:
  Log:
    fields:
      id:    {type: int, key: true}
      body:  {type: text, max_length: 40000000}
      many:  {type: 'smallint[]', max_items: 20000}
      most:  {type: 'int[]', max_items: 2000000}
      tags:  {type: map(bool), max_items: 1500}
      kinds: {type: 'Kind[]', max_items: 3, unique_items: true}
enums:
  Kind: [one, two, three]
"""


def test_bounds_are_reached_by_their_cost(tmp_path: Path) -> None:
    """Thousands of items and keys are put to both sides of a bound; what takes millions is named in the report."""
    with asked(schema(FAR), tmp_path, ["pydantic", "sqlite", "postgres"]) as (of, found, missing):
        matrix = run(of, found, missing, Request(only="Log"))
        assert matrix.unreached == () and not missing
        whole = run(of, found[:1], missing, Request(quick=True))
    assert [str(finding) for finding in findings(matrix)] == []
    sides = {
        (str(where), word): cell["sqlite"].asked for (where, word), cell in matrix.cells.items() if "sqlite" in cell
    }
    assert sides["Log.many", "items"] >= 4 and sides["Log.tags", "keys"] >= 3
    assert whole.unreached == ("Log.body: 40,000,000 code points", "Log.most: 2,000,000 items")
    assert "  2 bounds not reached: Log.body: 40,000,000 code points, Log.most: 2,000,000 items" in agreement.lines(
        whole
    )
