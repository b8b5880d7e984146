"""Answers and bodies of every kind, put to every layer: one verdict on each value."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agreement.conftest import trial_of
from tests.agreement.domains import compile_schema
from tests.agreement.rows import by_postgres, by_sqlite, postgres_rows, sqlite_rows
from tests.agreement.verdicts import compare, compare_rows, report, wanted
from tests.agreement.witnesses import witnesses
from tests.engines import ROOT
from tests.engines.node import Node
from tests.engines.postgres import Server


@pytest.mark.parametrize(
    ("name", "path"), [("fleet", "tests/shapes/fleet.yaml"), ("datainsight", "schema/datainsight.yaml")]
)
def test_every_layer_agrees(name: str, path: str, node: Node, postgres: Server, tmp_path: Path) -> None:
    """Pydantic, Zod and JSON Schema judge alike, and so do both databases what is a row of them."""
    of = compile_schema(name, (ROOT / path).read_text("utf-8"), path)
    with witnesses(of, tmp_path, node) as found:
        trial = trial_of(of, found)
    disagreements, _ = compare(trial.probes, trial.verdicts, trial.targets, of.ledger)
    assert not disagreements, report(disagreements)
    assert {probe.shape for probe in trial.probes} == set(of.shapes.by_name)
    [first, *_] = trial.verdicts.values()
    assert sum(first) > 1000 and len(first) - sum(first) > 1000
    rows = trial.rows["create"]
    asked = [(table, row) for _, table, row in rows]
    with postgres_rows(postgres, of) as server, sqlite_rows(of) as file:
        answers = {"postgres": by_postgres(server, asked), "sqlite": by_sqlite(file, asked)}
    for witness, whys in answers.items():
        judged = [
            (trial.probes[place], wanted(trial.probes[place], first[place]), why)
            for (place, _, _), why in zip(rows, whys, strict=True)
        ]
        disagreements, _ = compare_rows(witness, judged, of.ledger)
        assert not disagreements, report(disagreements)
        assert sum(map(bool, whys)) > 50 < sum(not why for why in whys)
