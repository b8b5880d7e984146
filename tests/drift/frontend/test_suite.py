"""Every change of a hand-written type is found and named; what only looks different is no difference."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drift.frontend.equivalents import SPELLINGS
from tests.drift.frontend.suite import mutated, respelled
from tests.drift.frontend.writing import DOMAINS

KINDS = {
    *("missing", "renamed", "optional", "nullable", "retyped", "wider", "narrower", "any"),
    *("extra property", "any property", "nested property missing", "items retyped", "items nullable"),
    *("values fewer", "values more", "values open", "values retyped", "values any"),
}


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_change_is_found_and_named(domain: str, tmp_path: Path) -> None:
    """Of each change just what it is is said, at the type that was changed."""
    verdicts = [*mutated(domain, tmp_path)]
    assert [it for it in verdicts if not it.passed] == []
    assert {it.kind for it in verdicts} <= KINDS
    assert len(verdicts) > 100


@pytest.mark.parametrize("domain", DOMAINS)
def test_other_spellings_are_silent(domain: str, tmp_path: Path) -> None:
    """Every type of every domain, in other spellings, is the generated one."""
    verdicts = [*respelled(domain, tmp_path)]
    assert [it for it in verdicts if not it.passed] == []
    assert {it.kind for it in verdicts} == set(SPELLINGS)
