"""A shape is proved to be like another one where no JSON text shows a difference, and only there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from isotype.domain.model import Default
from isotype.domain.patterns import Pattern
from isotype.domain.types import Scalar
from isotype.domain.values import replace
from isotype.language.patterns import parse
from isotype.shapes.model import Operand, Property, Shape, ShapeRule, Shapes
from tests.conformance.mutations import equivalences
from tests.conformance.mutations.model import Mutant
from tests.probes.domains import bound, schema

SCHEMA = """
isotype: 1
domain: shop
entities:
  Item:
    fields:
      id:    {type: int, key: true}
      count: {type: int, min: 0, max: 9}
      new:   {type: bool, default: true}
      held:  {type: bool, default: true}
      sold:  int
      code:  {type: text, pattern: '^[0-9]+$'}
      free:  {type: 'float?', max: 9}
      gone:  {type: 'int?', min: 5, max: 9}
      begun: timestamp?
      ended: timestamp?
    rules:
      chk_new:  new = FALSE OR count > 0
      chk_held: held = FALSE OR count > 0
      chk_sold: sold BETWEEN 0 AND 5
      chk_code: code ~ '^[0-4]'
      chk_free: free < 1
      chk_gone: gone < 5 AND gone > 9
      chk_late: begun IS NULL
      chk_ends: ended >= begun
    api:
      nest: {inner: {held: held}}
"""


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return bound(schema(SCHEMA)).shapes


def _proof(shapes: Shapes, witness: str, broken: Shape) -> str:
    whole = shapes.shape(broken.name)
    assert whole != broken
    return equivalences.proof(Mutant(witness, "", "", broken, whole), shapes)


def _reading(shape: Shape, rule: str, field: str, change: Callable[[Operand], Operand]) -> Shape:
    """The shape with a rule that reads a field in another way."""

    def changed(one: ShapeRule) -> ShapeRule:
        operands = tuple(change(use) if use.field == field else use for use in one.operands)
        return replace(one, operands=operands) if one.name == rule else one

    return replace(shape, rules=tuple(map(changed, shape.rules)))


def _with(shape: Shape, name: str, change: Callable[[Property], Property]) -> Shape:
    return replace(shape, properties=tuple(change(one) if one.name == name else one for one in shape.properties))


@pytest.mark.parametrize(("rule", "field", "proved"), [("chk_new", "new", True), ("chk_held", "held", False)])
@pytest.mark.parametrize("default", [Default("literal", False), None])
def test_what_another_object_leaves_out_is_what_a_rule_says(
    shapes: Shapes, rule: str, field: str, proved: bool, default: Default | None
) -> None:
    """Pydantic fills in a default before a rule reads it, but not that of an object which may itself be absent."""
    broken = _reading(shapes.shape("ItemCreate"), rule, field, lambda use: replace(use, default=default))
    assert bool(_proof(shapes, "pydantic", broken)) is proved


def _typed(**bounds: Any) -> Callable[[Property], Property]:
    def change(prop: Property) -> Property:
        assert isinstance(prop.type, Scalar)
        return replace(prop, type=replace(prop.type, **bounds))

    return change


@pytest.mark.parametrize(
    ("witness", "change", "proved"),
    [
        ("pydantic", _typed(maximum=5), True),
        ("pydantic", _typed(maximum=4), False),
        ("json_schema", _typed(maximum=5), True),
        ("json_schema", _typed(maximum=4), False),
        ("json_schema", _typed(minimum=0), True),
        ("json_schema", lambda prop: replace(prop, nullable=True), False),
    ],
)
def test_a_document_may_refuse_what_a_rule_does(
    shapes: Shapes, witness: str, change: Callable[[Property], Property], proved: bool
) -> None:
    """It judges no rule, so that it may take less than before and never more."""
    broken = _with(shapes.shape("ItemCreate"), "sold", change)
    assert _proof(shapes, witness, broken) == (equivalences.RULED if proved else "")


def test_a_document_may_not_take_what_only_a_rule_refuses(shapes: Shapes) -> None:
    """A wider type is the same to Pydantic, which judges the rule, and not to a document."""
    narrow = _with(shapes.shape("ItemCreate"), "sold", _typed(maximum=7))
    whole = shapes.shape("ItemCreate")
    for witness, proved in (("pydantic", True), ("json_schema", False)):
        assert bool(equivalences.proof(Mutant(witness, "", "", whole, narrow), shapes)) is proved


def test_a_pattern_of_a_rule_says_nothing_of_null(shapes: Shapes) -> None:
    """A text may be free where a rule asks for more, and may not be null, of which the rule is unknown."""
    shape = shapes.shape("ItemCreate")
    loose = parse("^[0-4][0-9]*$")
    assert isinstance(loose, Pattern)
    assert _proof(shapes, "zod", _with(shape, "code", _typed(patterns=(loose,)))) == equivalences.RULED
    assert not _proof(shapes, "zod", _with(shape, "code", _typed(patterns=())))
    assert not _proof(shapes, "zod", _with(shape, "code", lambda prop: replace(prop, nullable=True)))


@pytest.mark.parametrize(
    ("witness", "name", "of", "proved"),
    [
        ("zod", "begun", Scalar("text"), True),
        ("pydantic", "begun", Scalar("text"), False),
        ("pydantic", "begun", Scalar("local_timestamp"), False),
        ("zod", "ended", Scalar("text"), False),
        ("pydantic", "gone", Scalar("bigint", number=True, minimum=5, maximum=9), True),
        ("pydantic", "gone", Scalar("float", minimum=5, maximum=9), False),
        ("pydantic", "free", Scalar("float"), False),
    ],
)
def test_what_may_be_null_alone_may_be_of_any_type(
    shapes: Shapes, witness: str, name: str, of: Scalar, proved: bool
) -> None:
    """Unless a rule compares it and is Python: that has no answer where it cannot compare."""
    broken = _with(shapes.shape("ItemCreate"), name, lambda prop: replace(prop, type=of))
    assert bool(_proof(shapes, witness, broken)) is proved
