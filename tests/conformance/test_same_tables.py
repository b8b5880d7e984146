"""A table is proved to be like another one where no row shows a difference, and only there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from isotype import tables
from isotype.domain.model import Computed, Default
from isotype.domain.types import Scalar
from isotype.domain.values import replace
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
    assert not same_tables.proof("postgres", whole, wider)


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
        assert not same_tables.proof(engine, whole, _without(whole, lambda check: check.kind == "rule"))


def test_a_default_is_seen_where_a_row_leaves_it_out(whole: Tables) -> None:
    """To a model a default that no rule reads is another one's work; databases show it."""
    other = _with(whole, "name", lambda column: replace(column, default=Default("literal", "y")))
    assert same_tables.proof("models", whole, other) == same_tables.UNSAID
    assert not same_tables.proof("postgres", whole, other)
    lost = _with(whole, "name", lambda column: replace(column, default=None, nullable=False))
    assert not same_tables.proof("models", whole, lost)


def test_an_array_that_is_searched_is_flat(whole: Tables) -> None:
    """The guard of an array is for nothing where a CHECK looks for nulls among its items, in PostgreSQL alone."""

    def unguarded(column: Column) -> Column:
        assert column.guard
        return replace(column, guard="")

    assert same_tables.proof("postgres", whole, _with(whole, "tags", unguarded)) == same_tables.NESTED
    assert not same_tables.proof("postgres", whole, _with(whole, "steps", unguarded))
    assert not same_tables.proof("models", whole, _with(whole, "tags", unguarded))
