"""What a sum says of its parts is proved, and nothing that it does not say."""

from __future__ import annotations

import pytest

from isotype.domain.expressions import BOOLEAN, Arithmetic, Compare, Expression, Literal, Name, Or, ValueType
from isotype.domain.types import Scalar
from tests.conformance.mutations.linear import Known, never_refuses, same_rules

WHOLE = ValueType("integer")
DONE, LOST, ALL = (Name(name, type=WHOLE) for name in ("done", "lost", "all"))
COUNT = Scalar("int", minimum=0)
SUM = Arithmetic("+", DONE, LOST, type=WHOLE)


def _is(op: str, left: Expression, right: Expression | int) -> Expression:
    return Compare(op, left, Literal(right, type=WHOLE) if isinstance(right, int) else right, type=BOOLEAN)


@pytest.fixture
def known() -> Known:
    rules = (_is("<=", SUM, ALL), _is("<=", ALL, 10))
    return Known({"done": COUNT, "lost": COUNT, "all": COUNT}, frozenset({"done", "lost", "all"}), rules)


def test_what_a_sum_bounds_needs_no_bound_of_its_own(known: Known) -> None:
    """A part of a sum is at most what the sum is, and one less is another bound."""
    assert never_refuses(_is("<=", DONE, 10), known)
    assert not never_refuses(_is("<=", DONE, 9), known)


def test_comparisons_are_the_same_within_a_larger_rule(known: Known) -> None:
    """`>=` is `=` where nothing is greater, and `<=` is not."""
    one, more, less = (Or((_is("<", LOST, 3), _is(op, SUM, ALL)), type=BOOLEAN) for op in ("=", ">=", "<="))
    assert same_rules(one, more, known)
    assert not same_rules(one, less, known)


def test_a_sum_with_null_bounds_nothing(known: Known) -> None:
    """Where a part of the sum may be NULL, the rule about the sum may say nothing of the others."""
    assert not never_refuses(_is("<=", DONE, 10), Known(known.numbers, known.filled - {"lost"}, known.rules))
