"""One wrong thing in what a service answers is found and named; a service that keeps its contract is in sync.

`ISOTYPE_EVERY_MUTATION=1` tells every lie; otherwise one of each kind.
"""

from __future__ import annotations

import os

import pytest

from tests.service.live.asking import Recorder, bindings, probed
from tests.service.live.lies import Lie, lies
from tests.service.live.suite import told, wrong_answers

EVERY = bool(os.environ.get("ISOTYPE_EVERY_MUTATION"))
LIES = list(lies(bindings("compression")))


def test_a_service_that_keeps_its_contract_is_in_sync(running: str) -> None:
    """Every operation is called, with writing, on SQLite and on PostgreSQL, and nothing is found."""
    found = probed("compression", Recorder(running))
    assert found.differences == ()
    assert found.failure is None
    assert found.operations == len(bindings("compression").shapes.operations)
    assert not [line for line in found.left if "not called" in line]


def test_every_wrong_answer_is_found_and_named(on_sqlite: str) -> None:
    """Each thing that the contract says of an answer is wrong once."""
    verdicts = list(wrong_answers(on_sqlite))
    assert [verdict.said for verdict in verdicts if not verdict.named] == []
    assert len(verdicts) > 3000


def _chosen() -> list[Lie]:
    """All, or one of each kind."""
    kinds = {lie.name.partition(": ")[2].partition(" ")[0]: lie for lie in LIES}
    return LIES if EVERY else list(kinds.values())


@pytest.mark.parametrize("lie", _chosen(), ids=lambda lie: lie.name)
def test_what_only_several_calls_show_is_found(on_sqlite: str, lie: Lie) -> None:
    """Every answer by itself keeps to the contract; the property or the parameter that is wrong is named."""
    assert told(on_sqlite, lie).named
