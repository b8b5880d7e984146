"""`verify` finds what is broken: one thing in one layer at a time, of every class of faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.mutations import suite
from tests.conformance.mutations.model import FOUND, SURVIVED

SLICE = {"library": 120}
"""Domains that are asked in every run of the tests, and one in how many mutants of each class."""


@pytest.fixture(scope="module", params=suite.WHOLE if suite.EVERY else tuple(SLICE))
def ground(request: pytest.FixtureRequest) -> Iterator[suite.Ground]:
    with suite.ground(request.param) as on:
        yield on


@pytest.mark.parametrize("witness", suite.WIRE)
def test_every_mutant_is_found(ground: suite.Ground, witness: str) -> None:
    """What is broken is found by a value, is proved to be no fault, or does not load at all."""
    share = 1 if suite.EVERY else SLICE[ground.subject.name]
    verdicts = list(suite.verdicts(ground, witness, share))
    assert [str(one) for one in verdicts if one.outcome == SURVIVED] == []
    assert sum(one.outcome == FOUND for one in verdicts) > len(verdicts) * 3 // 4 > 15
    assert all(one.said for one in verdicts)
