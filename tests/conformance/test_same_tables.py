"""A table is proved to be like another one where no row shows a difference, and only there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from isotype import tables
from isotype.domain.expressions import Between, Compare, Literal, Match, Name
from isotype.domain.model import Computed, Default
from isotype.domain.patterns import Pattern
from isotype.domain.types import Scalar
from isotype.domain.values import replace
from isotype.language.patterns import parse
from isotype.tables.model import Check, Column, Table, Tables
from tests.conformance.mutations import same_tables
from tests.conformance.mutations.tables import alone
from tests.probes.domains import schema

SCHEMA = """
isotype: 1
domain: shop
entities:
  Item:
    fields:
      id:    {type: int, key: true, default: identity}
      price: {type: 'decimal(8,2)', min: 0}
      count: {type: int, min: 0, max: 9}
      name:  {type: string(9)?, default: x}
      free:  {type: map(json?)}
      tags:  {type: 'string(9)[]'}
      steps: {type: 'int?[]'}
      total: {type: 'decimal(12,2)', computed: price * count}
      near:  {type: 'decimal(8,1)', computed: 'round(price, 1)'}
      rest:  {type: 'int?', computed: CASE WHEN count > 0 THEN 9 - count END}
      apart: {type: 'decimal(20,4)?', computed: 'CASE WHEN count > 0 THEN round(price / count, 2) END'}
      open:  {type: 'decimal(20,4)?', computed: 'round(price / count, 4)'}
    rules:
      chk_free: price > 0 OR count = 0
"""


@pytest.fixture(scope="module")
def whole() -> Tables:
    projected = tables.project(schema(SCHEMA))
    return alone(projected, projected.tables[0])


def _with(of: Tables, name: str, change: Callable[[Column], Column]) -> Tables:
    table = of.tables[0]
    columns = tuple(change(one) if one.name == name else one for one in table.columns)
    return replace(of, tables=(replace(table, columns=columns),))


def _nullable(column: Column) -> Column:
    return replace(column, nullable=not column.nullable)


def _computing(of: Tables, name: str) -> Any:
    computed = of.tables[0].column(name).computed
    assert computed is not None and computed.expression is not None
    return computed.expression


def _computed(expression: Any) -> Callable[[Column], Column]:
    def change(column: Column) -> Column:
        assert isinstance(column.computed, Computed)
        return replace(column, computed=replace(column.computed, expression=expression))

    return change


def test_null_is_refused_by_more_than_its_own_column(whole: Tables) -> None:
    """A key is never null; what is computed of a column would be, to a database; any other column may be."""
    assert same_tables.proof("postgres", whole, _with(whole, "id", _nullable)) == same_tables.KEY
    assert same_tables.proof("postgres", whole, _with(whole, "price", _nullable)) == same_tables.NULL_COMPUTED
    assert not same_tables.proof("models", whole, _with(whole, "price", _nullable))
    assert not same_tables.proof("postgres", whole, _with(whole, "name", _nullable))


def test_a_column_rounds_as_it_is_told(whole: Tables) -> None:
    """PostgreSQL rounds to the scale of the column; SQLite does not, and another value is another one."""
    rounded = _computing(whole, "near")
    value = rounded.arguments[0]
    plain = _with(whole, "near", _computed(value))
    assert same_tables.proof("postgres", whole, plain) == same_tables.ROUNDED
    assert not same_tables.proof("sqlite", whole, plain)
    assert not same_tables.proof("postgres", whole, _with(whole, "near", _computed(replace(value, name="total"))))
    chosen = _computing(whole, "apart")
    [(condition, result)] = chosen.branches
    bare = replace(chosen, branches=((condition, result.arguments[0]),))
    kept = _with(whole, "apart", lambda column: replace(column, type=Scalar("decimal", precision=20, scale=2)))
    assert same_tables.proof("postgres", kept, _with(kept, "apart", _computed(bare))) == same_tables.ROUNDED
    assert not same_tables.proof("postgres", whole, _with(whole, "apart", _computed(bare)))
    coarse = _with(whole, "near", lambda column: replace(column, type=Scalar("decimal", precision=8, scale=0)))
    assert not same_tables.proof("postgres", whole, coarse)


def test_what_is_computed_of_the_same_is_the_same(whole: Tables) -> None:
    """Operands may be exchanged in a product, and not for one another; a model keeps nothing of what is computed."""
    product = _computing(whole, "total")
    turned = _with(whole, "total", _computed(replace(product, left=product.right, right=product.left)))
    other = _with(whole, "total", _computed(replace(product, left=product.right)))
    assert same_tables.proof("postgres", whole, turned) == same_tables.SAME_RESULTS
    assert not same_tables.proof("postgres", whole, other)
    wider = _with(whole, "total", lambda column: replace(column, type=Scalar("decimal", precision=14, scale=2)))
    assert same_tables.proof("models", whole, wider) == same_tables.COMPUTED
    assert same_tables.proof("postgres", whole, wider) == same_tables.FITS


@pytest.mark.parametrize(
    ("name", "of", "fits"),
    [
        ("total", Scalar("decimal", precision=9, scale=2), True),
        ("total", Scalar("decimal", precision=8, scale=2), False),
        ("total", Scalar("decimal", precision=12, scale=3), False),
        ("apart", Scalar("decimal", precision=11, scale=4), True),
        ("apart", Scalar("decimal", precision=9, scale=4), False),
        ("open", Scalar("decimal", precision=21, scale=4), False),
    ],
)
def test_digits_that_nothing_computed_has_are_none(whole: Tables, name: str, of: Scalar, fits: bool) -> None:
    """A column may hold more digits or fewer where all that is computed for it has fewer still."""
    other = _with(whole, name, lambda column: replace(column, type=of))
    assert same_tables.proof("postgres", whole, other) == (same_tables.FITS if fits else "")
    assert not same_tables.proof("sqlite", whole, other)


def test_a_whole_number_is_the_same_double(whole: Tables) -> None:
    """What is computed as a small whole number a double shows alike, unless it is given, or there is more."""
    double = _with(whole, "rest", lambda column: replace(column, type=Scalar("float")))
    assert same_tables.proof("postgres", whole, double) == same_tables.WHOLE
    assert not same_tables.proof("sqlite", whole, double)
    far = _computing(whole, "rest")
    [(condition, result)] = far.branches
    factor = replace(result.left, value=10**15)
    product = replace(result, op="*", left=factor)
    large = _with(whole, "rest", _computed(replace(far, branches=((condition, product),))))
    assert not same_tables.proof("postgres", large, _with(large, "rest", lambda it: replace(it, type=Scalar("float"))))
    beyond = replace(result, op="*", left=replace(result.left, value=10**10))
    wide = _with(whole, "rest", _computed(replace(far, branches=((condition, beyond),))))
    assert not same_tables.proof("postgres", wide, _with(wide, "rest", lambda it: replace(it, type=Scalar("float"))))
    compared = Compare(">", Name("rest"), Literal(0))
    for rule, same in ((compared, True), (replace(compared, left=replace(result, op="+", left=Name("rest"))), False)):
        ruled = _ruled(whole, rule)
        other = _with(ruled, "rest", lambda column: replace(column, type=Scalar("float")))
        assert same_tables.proof("postgres", ruled, other) == (same_tables.WHOLE if same else "")
    for name in ("count", "total"):
        other = _with(whole, name, lambda column: replace(column, type=Scalar("float")))
        assert not same_tables.proof("postgres", whole, other)


def _ruled(of: Tables, rule: Any) -> Tables:
    """The table with one rule more, about the column `rest`."""
    table = of.tables[0]
    [known] = [check for check in table.checks if check.name == "chk_free"]
    more = replace(known, name="chk_rest", columns=("rest",), expression=rule)
    return replace(of, tables=(replace(table, checks=(*table.checks, more)),))


def _without(of: Tables, chosen: Callable[[Check], bool]) -> Tables:
    table: Table = of.tables[0]
    kept = tuple(check for check in table.checks if not chosen(check))
    assert len(kept) == len(table.checks) - 1
    return replace(of, tables=(replace(table, checks=kept),))


def test_checks_are_the_same_together(whole: Tables) -> None:
    """SQLite has a form for free maps already; no other CHECK is for nothing."""
    free = _without(whole, lambda check: check.columns == ("free",))
    assert same_tables.proof("sqlite", whole, free) == same_tables.FORM
    assert not same_tables.proof("postgres", whole, free)
    for engine in ("sqlite", "postgres", "models"):
        assert not same_tables.proof(engine, whole, _without(whole, lambda check: check.name == "chk_free"))


def test_a_default_is_seen_where_a_row_leaves_it_out(whole: Tables) -> None:
    """To a model a default that no rule reads is another one's work; databases show it."""
    other = _with(whole, "name", lambda column: replace(column, default=Default("literal", "y")))
    assert same_tables.proof("models", whole, other) == same_tables.UNSAID
    assert not same_tables.proof("postgres", whole, other)
    lost = _with(whole, "name", lambda column: replace(column, default=None))
    assert not same_tables.proof("models", whole, lost)
    assert not same_tables.proof("models", whole, _with(lost, "name", _nullable))


def test_an_array_that_is_searched_is_flat(whole: Tables) -> None:
    """The guard of an array is for nothing where a CHECK looks for nulls among its items, in PostgreSQL alone."""

    def unguarded(column: Column) -> Column:
        assert column.guard
        return replace(column, guard="")

    assert same_tables.proof("postgres", whole, _with(whole, "tags", unguarded)) == same_tables.NESTED
    assert not same_tables.proof("postgres", whole, _with(whole, "steps", unguarded))
    assert not same_tables.proof("models", whole, _with(whole, "tags", unguarded))


JUDGED = """
isotype: 1
domain: shop
entities:
  Item:
    fields:
      id:    {type: int, key: true}
      size:  {type: int, min: 0, max: 9}
      least: {type: int, min: 0, max: 9}
      large: {type: bigint, wire: number, min: 0, max: 9007199254740991}
      many:  {type: 'bigint[]', items: {wire: number, min: 0, max: 9007199254740991}}
      mail:  {type: email, pattern: '^[^A-Z]+$'}
      code:  {type: text, pattern: '^[^A-Z]+$'}
      word:  {type: text, min_length: 2, max_length: 9}
      part:  {type: 'decimal(18,2)'}
    rules:
      chk_size:  size BETWEEN 0 AND 9
      chk_least: least <= size
"""


@pytest.fixture(scope="module")
def judged() -> Tables:
    projected = tables.project(schema(JUDGED))
    return alone(projected, projected.tables[0])


def _typed(**changes: Any) -> Callable[[Column], Column]:
    return lambda column: replace(column, type=replace(column.type, **changes))


def _checked(of: Tables, name: str, change: Callable[[Check], Check]) -> Tables:
    table = of.tables[0]
    checks = tuple(change(one) if one.name == name else one for one in table.checks)
    return replace(of, tables=(replace(table, checks=checks),))


def _matching(pattern: str) -> Callable[[Check], Check]:
    """A CHECK that asks for another pattern."""

    def change(check: Check) -> Check:
        other = parse(pattern)
        assert isinstance(check.expression, Match) and isinstance(other, Pattern)
        assert other.root != check.expression.pattern.root
        return replace(check, expression=replace(check.expression, pattern=other))

    return change


def test_a_model_judges_no_check_but_rules_of_what_it_knows(judged: Tables) -> None:
    """A rule about one column says what its type no longer does; a CHECK of a type, or a rule of two, does not."""
    size, least = (_with(judged, name, _typed(maximum=10)) for name in ("size", "least"))
    assert same_tables.proof("models", judged, size) == same_tables.SAME_VALUES
    assert not same_tables.proof("models", judged, least)
    assert same_tables.proof("postgres", judged, least) == same_tables.SAME_VALUES
    assert not same_tables.proof("models", judged, _with(judged, "large", _typed(maximum=2**53)))
    # What travels as a number is bound by nothing but its own bounds.
    assert not same_tables.proof("models", judged, _with(judged, "large", _typed(maximum=None)))
    item = Scalar("bigint", number=True, minimum=0)
    assert not same_tables.proof("models", judged, _with(judged, "many", _typed(item=item)))


def test_a_database_holds_more_than_travels(judged: Tables) -> None:
    """What a JSON number keeps exactly is no bound of a column."""

    def wider(check: Check) -> Check:
        assert isinstance(check.expression, Between) and isinstance(check.expression.high, Literal)
        return replace(check, expression=replace(check.expression, high=replace(check.expression.high, value=2**53)))

    broken = _checked(judged, "items_large_check", wider)
    assert broken != judged
    assert not same_tables.proof("sqlite", judged, broken) and not same_tables.proof("postgres", judged, broken)


def test_what_sqlite_has_no_words_for_proves_nothing(judged: Tables) -> None:
    """An email is never empty, which SQLite cannot say of it, so that it is to be said beside."""

    broken = _checked(judged, "items_mail_pattern_check", _matching("^[^A-Z]*$"))
    assert same_tables.proof("postgres", judged, broken) == same_tables.SAME_CHECKS
    assert not same_tables.proof("sqlite", judged, broken)


@pytest.mark.parametrize(
    ("name", "pattern", "proved"),
    [
        ("mail", "^[^A-Z]{2,}$", True),
        ("mail", "^[^A-Z]{4,}$", False),
        ("mail", r"^[^A-Z\[]+$", True),
        ("mail", "^[^@A-Z]+$", False),
        ("mail", "^[^B-Z]{2,}$", False),
        ("code", "^[^A-Z]{2,}$", False),
    ],
)
def test_sqlite_may_refuse_what_is_none_of_the_type(judged: Tables, name: str, pattern: str, proved: bool) -> None:
    """An email has three signs and no bracket, whether SQLite asks for that or not; it takes no more than before."""
    broken = _checked(judged, f"items_{name}_pattern_check", _matching(pattern))
    assert same_tables.proof("sqlite", judged, broken) == (same_tables.NEARER if proved else "")


def test_a_length_that_is_inverted_is_another_one(judged: Tables) -> None:
    """A text between two lengths is none that is not between them."""

    def inverted(check: Check) -> Check:
        assert isinstance(check.expression, Between)
        return replace(check, expression=replace(check.expression, negated=True))

    broken = _checked(judged, "items_word_length_check", inverted)
    assert broken != judged
    assert not same_tables.proof("sqlite", judged, broken) and not same_tables.proof("postgres", judged, broken)


def test_what_is_stored_in_another_form_is_not_the_same(judged: Tables) -> None:
    """SQLite keeps eighteen digits in an integer and nineteen in a text."""
    assert not same_tables.proof("sqlite", judged, _with(judged, "part", _typed(precision=19)))
