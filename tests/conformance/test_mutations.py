"""`verify` finds what is broken: one thing in one layer at a time, of every class of faults."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.conformance.mutations import suite
from tests.conformance.mutations.model import FAILURES, FOUND
from tests.conformance.mutations.rewrites import HOLDS

SLICE = {"library": 120}
"""Domains that are asked in every run of the tests, and one in how many mutants of each class."""


@pytest.fixture(scope="module", params=suite.WHOLE if suite.EVERY else tuple(SLICE))
def ground(request: pytest.FixtureRequest) -> Iterator[suite.Ground]:
    with suite.ground(request.param) as on:
        yield on


@pytest.mark.parametrize("witness", suite.WIRE)
def test_every_mutant_is_found(ground: suite.Ground, witness: str) -> None:
    """What is broken is found by a value or proved to be no fault, never both, or does not load at all."""
    share = 1 if suite.EVERY else SLICE[ground.subject.name]
    verdicts = list(suite.verdicts(ground, witness, share, proved=True))
    assert [str(one) for one in verdicts if one.outcome in FAILURES] == []
    assert sum(one.outcome == FOUND for one in verdicts) > len(verdicts) * 3 // 4 > 15
    assert all(one.said for one in verdicts)


SETTLED = {
    "sqlite": (r"authors:\d+ authors_(?:slug|email|homepage)_guard: ", 2),
    "postgres": (r"books:\d+ books_(?:counters|labels|tags)_\w+_check: ", 9),
}
"""Faults of text of which none survives, and one in how many of them is asked in every run of the tests."""


@pytest.mark.parametrize("witness", SETTLED)
def test_broken_texts_are_found(ground: suite.Ground, witness: str) -> None:
    """A fault of what models and databases carry beside tables is found by a row that `verify` asks."""
    if ground.subject.name != HOLDS[witness]:
        pytest.skip("its texts are broken in one domain")
    pattern, share = SETTLED[witness]
    with suite.BENCHES[witness](ground) as bench:
        known = [one for one in bench.mutants() if one.kind.startswith(("support: ", "text: "))]
        chosen = [one for one in known if re.match(pattern, one.where)][:: 1 if suite.EVERY else share]
        verdicts = [made for one in chosen if (made := bench.verdict(one)) is not None]
    assert [str(one) for one in verdicts if one.outcome != FOUND] == [] and len(verdicts) >= 3


def test_models_and_schemas_judge_rules_by_one_text(ground: suite.Ground) -> None:
    """The rules of models are those of schemas to the letter, so that they are broken there alone."""
    assert ground.compiled.text("models", "_rules.py") == ground.compiled.text("schemas", "_rules.py")
