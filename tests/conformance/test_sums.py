"""What rules say of sums is proved, and nothing that they do not say."""

from __future__ import annotations

from isotype.domain.expressions import (
    BOOLEAN,
    And,
    Arithmetic,
    Call,
    Compare,
    Expression,
    IsNull,
    Literal,
    Name,
    Not,
    Or,
    ValueType,
)
from isotype.domain.types import Array, Scalar
from isotype.probes.logic import UNKNOWN
from isotype.probes.values import ABSENT
from tests.conformance.mutations.deciding import Operand, Side, same_refusals, same_results, same_sides

WHOLE = ValueType("integer")
DONE, LOST, ALL = (Name(name, type=WHOLE) for name in ("done", "lost", "all"))
COUNT = Operand(Scalar("int", minimum=0))
COUNTS = {"done": COUNT, "lost": COUNT, "all": COUNT}
SUM = Arithmetic("+", DONE, LOST, type=WHOLE)


def _is(op: str, left: Expression, right: Expression | int) -> Expression:
    return Compare(op, left, Literal(right, type=WHOLE) if isinstance(right, int) else right, type=BOOLEAN)


RULES = (_is("<=", SUM, ALL), _is("<=", ALL, 10))


def test_what_a_sum_bounds_needs_no_bound_of_its_own() -> None:
    """A part of a sum is at most what the sum is, and one less is another bound."""
    assert same_refusals([_is("<=", DONE, 10)], [], COUNTS, RULES)
    assert not same_refusals([_is("<=", DONE, 9)], [], COUNTS, RULES)


def test_comparisons_are_the_same_within_a_larger_rule() -> None:
    """`>=` is `=` where nothing is greater, and `<=` is not."""
    one, more, less = (Or((_is("<", LOST, 3), _is(op, SUM, ALL)), type=BOOLEAN) for op in ("=", ">=", "<="))
    assert same_refusals([one], [more], COUNTS, RULES)
    assert not same_refusals([one], [less], COUNTS, RULES)


def test_a_sum_with_null_bounds_nothing() -> None:
    """Where a part of the sum may be NULL, the rule about the sum may say nothing of the others."""
    nullable = {**COUNTS, "lost": Operand(COUNT.type, (None,))}
    assert not same_refusals([_is("<=", DONE, 10)], [], nullable, RULES)
    there = Not(IsNull(LOST, type=BOOLEAN), type=BOOLEAN)
    assert same_refusals([_is("<=", DONE, 10)], [], nullable, (*RULES, there))


def test_whole_numbers_have_nothing_between_them() -> None:
    """`> 2` is `>= 3` of whole numbers and no other bound, and `> 2` is not `>= 3` of decimals."""
    for operand, same in ((COUNT, True), (Operand(Scalar("decimal", precision=4, scale=1)), False)):
        assert same_refusals([_is(">", DONE, 2)], [_is(">=", DONE, 3)], {"done": operand}) is same
    assert not same_refusals([_is(">", DONE, 2)], [_is(">=", DONE, 4)], COUNTS)


def test_a_sum_that_leaves_64_bits_refuses() -> None:
    """A comparison that is always true says something yet, where its sum may be too great to be one."""
    great = {name: Operand(Scalar("bigint", minimum=0)) for name in COUNTS}
    always = _is(">=", SUM, 0)
    assert same_refusals([always], [], COUNTS)
    assert not same_refusals([always], [], great)


def test_products_reach_below_every_constant() -> None:
    """What is multiplied may be less than any number that a rule names."""
    least = {**COUNTS, "lost": Operand(Scalar("int", minimum=-1000))}
    product = Arithmetic("*", DONE, LOST, type=WHOLE)
    assert not same_refusals([_is(">=", product, -1000)], [], least)
    assert same_refusals([_is(">=", product, 0)], [], COUNTS)


def test_a_function_of_what_is_absent_is_of_what_each_side_takes_it_for() -> None:
    """The length of a text that is absent is another one, where it is taken for another text."""
    length = _is("<", Call("length", (Name("text", type=ValueType("text")),), type=WHOLE), 3)
    text = {"text": Operand(Scalar("text"), (ABSENT,))}
    one, same, other = (Side((length,), {"text": (value,)}) for value in ("ab", "abc"[:2], "abc"))
    assert same_sides(one, same, text)
    assert not same_sides(one, other, text)
    few = _is("<", Call("cardinality", (Name("list", type=ValueType("array", item=WHOLE)),), type=WHOLE), 2)
    items = {"list": Operand(Array(Scalar("int")), (ABSENT,))}
    empty, long, unknown = (Side((few,), {"list": (value,)}) for value in ([], [1, 2], UNKNOWN))
    assert same_sides(empty, unknown, items)
    assert not same_sides(empty, long, items)


def test_what_is_computed_is_compared_by_its_value() -> None:
    """The order of a sum is nothing, its sign is; a rule beside it may leave no other value."""
    turned, less = Arithmetic("+", LOST, DONE, type=WHOLE), Arithmetic("-", DONE, LOST, type=WHOLE)
    assert same_results(SUM, turned, COUNTS)
    assert not same_results(SUM, less, COUNTS)
    assert same_results(SUM, less, COUNTS, [And((_is("=", LOST, 0), _is(">", DONE, 1)), type=BOOLEAN)])
