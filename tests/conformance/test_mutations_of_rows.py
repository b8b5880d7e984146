"""`verify` finds what is broken in tables: one thing at a time, of every class of faults, on each engine of rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.mutations import suite
from tests.conformance.mutations.model import FAILURES, FOUND

ROWS = ("models", "sqlite", "postgres", "round_trip")
SHARE = 12
"""One mutant in so many of each class is asked in every run of the tests, of one domain; half of them go the whole way,
which is the longest there is."""


@pytest.fixture(scope="module", params=suite.WHOLE if suite.EVERY else ("datainsight",))
def ground(request: pytest.FixtureRequest) -> Iterator[suite.Ground]:
    with suite.ground(request.param) as on:
        yield on


@pytest.mark.parametrize("witness", ROWS)
def test_every_mutant_of_a_table_is_found(ground: suite.Ground, witness: str) -> None:
    """What is broken is found by a row or proved to be no fault, never both, or does not load at all."""
    share = SHARE * 2 if witness == "round_trip" else SHARE
    verdicts = list(suite.verdicts(ground, witness, 1 if suite.EVERY else share, proved=True))
    assert [str(one) for one in verdicts if one.outcome in FAILURES] == []
    assert sum(one.outcome == FOUND for one in verdicts) > len(verdicts) * 3 // 4 > 15
    assert all(one.said for one in verdicts)
