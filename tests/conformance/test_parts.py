"""Parts of rows that have not been read: what one rule hides of a bound, or of another rule, shows there."""

from __future__ import annotations

from pathlib import Path

import pytest

from isotype.conformance.changes import Changes
from isotype.conformance.findings import findings
from isotype.conformance.matrix import Matrix
from isotype.conformance.run import Request, run
from isotype.probes import Prober
from tests.conformance.conftest import asked
from tests.conformance.test_run import break_file
from tests.probes.domains import bound, schema

JOBS = """
isotype: 1
domain: shop
entities:
  Job:
    fields:
      id:    {type: int, key: true}
      total: {type: int, min: 2, max: 90, default: 10}
      busy:  {type: int, min: 0, max: 90, default: 0}
      done:  {type: int, min: 2, max: 80, default: 2}
    rules:
      chk_busy: busy + done <= total
      chk_done: done <= total
"""

BREAKS: dict[str, tuple[str, str, str]] = {
    "a bound that a rule hides": ("ge=2, le=90", "le=90", "takes what the schema refuses: range at total"),
    "a rule that another one hides": (
        'le(row("done", 2), row("total", 10))',
        'le(row("done", 2), row("done", 2))',
        "takes what the schema refuses: rule:chk_done",
    ),
}


def ask(tmp_path: Path, *names: str) -> Matrix:
    """All boundaries of the jobs."""
    with asked(schema(JOBS), tmp_path, names) as (of, found, missing):
        assert not missing
        return run(of, found, missing, Request())


def test_models_judge_what_they_have_not_read_by_what_they_are_given(tmp_path: Path) -> None:
    """A column alone is refused by its own bounds, and by no rule about others; databases judge whole rows."""
    matrix = ask(tmp_path, "models", "sqlite")
    assert [str(finding) for finding in findings(matrix)] == []
    assert matrix.rates["models"].asked > matrix.rates["sqlite"].asked


def test_each_part_is_of_a_row_of_which_only_the_key_is_known() -> None:
    """Each bound is asked alone on both sides, each rule with all that it reads, and without each of it."""
    prober = Prober(bound(schema(JOBS)))
    rows = [probe.row for probe in Changes(prober.shapes, 0).beside(list(prober.all()))]
    parts = [row for row in rows if row is not None and row.before is not None and row.before.keys() == {"id"}]
    alone = {(name, cell.value) for row in parts if len(row.cells) == 1 for name, cell in row.cells.items()}
    assert {("total", 1), ("total", 91), ("busy", -1), ("busy", 91), ("done", 1), ("done", 81)} <= alone
    given = {(tuple(row.cells), *(one.constraint for one in row.refusals)) for row in parts}
    assert {(("done", "total"), "rule:chk_done"), (("done",),), (("total",),)} <= given


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_that_a_rule_hides_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no whole row shows, a part of one does."""
    old, new, fact = BREAKS[name]
    break_file(monkeypatch, "models/job.py", old, new)
    facts = [one.fact for one in ask(tmp_path, "models").disagreements]
    assert any(found.startswith(fact) for found in facts), facts
