"""Every field of what shapes, types and rules are made of is broken by some mutant, or is known to show in no value."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from isotype.domain import expressions as nodes
from isotype.domain import types
from isotype.domain.expressions import (
    BOOLEAN,
    TEXT,
    Arithmetic,
    Between,
    Call,
    Case,
    Compare,
    Expression,
    In,
    IsNull,
    IsTruth,
    Like,
    Literal,
    Match,
    Name,
    Negate,
    Not,
    Quantified,
    ValueType,
)
from isotype.domain.patterns import Characters, Pattern
from isotype.domain.values import fields
from isotype.shapes import model
from tests.conformance.mutations import expressions
from tests.conformance.mutations.shapes import mutated
from tests.conformance.mutations.types import enum_mutated
from tests.probes.domains import bindings

Field = tuple[str, str]
"""The name of a class, and of one of its fields."""

WORDS = {
    "Property": "description deprecated write_only read_only place",
    "ShapeRule": "name source message",
    "Shape": "description place",
    "EnumValue": "label description was",
    "Enum": "description place",
    "Scalar": "alias",
    "Expression": "at",
}
"""What people read; `alias` is the name that people have given a type."""
CODE = {
    "Property": "attribute field relation given",
    "Operand": "field",
    "Shape": "name variant owner module client recursive content fields",
    "EnumValue": "member",
    "Enum": "name",
}
"""What only the code that is emitted knows by name: its attributes, classes and files."""
DATABASE = {"Enum": "native length database_name", "Opaque": "sql"}
"""What tables are made of."""
DERIVED = {
    "Expression": "type",
    "ValueType": "kind scale digits number low high name item",
    "Call": "function",
}
"""What follows from the types of operands. A function is one of the support code, whose text is broken by itself."""
BESIDE = ("WirePath", "StateMachine", "ApiParameter", "ApiBody", "ApiOperation", "ShapeModule", "Shapes")
"""What is no part of a body; `verify` puts bodies to the layers."""


@pytest.fixture(scope="module")
def broken() -> set[Field]:
    """The fields in which some mutant differs from what is whole."""
    shapes = bindings().shapes
    found: set[Field] = set()
    for shape in shapes.by_name.values():
        for _, _, other in mutated(shapes, shape):
            found.update(_differences(shape, other))
    for enum in shapes.enums:
        for _, _, changed in enum_mutated(enum):
            found.update(_differences(enum, changed))
    for rule in RULES:
        for _, made in expressions.mutated(rule):
            found.update(_differences(rule, made))
    return found


def _differences(one: object, other: object) -> Iterator[Field]:
    if one == other:
        return
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for pair in zip(one, other, strict=True):
            yield from _differences(*pair)
    elif type(one) is type(other) and hasattr(one, "__parts__"):
        for name in fields(one):
            left, right = getattr(one, name), getattr(other, name)
            if left != right:
                yield type(one).__name__, name
                yield from _differences(left, right)


def _frozen() -> Iterator[type]:
    for module in (model, types, nodes):
        for cls in vars(module).values():
            if isinstance(cls, type) and cls.__module__ == module.__name__ and "__parts__" in vars(cls):
                yield cls


def test_every_field_is_broken_or_known_to_show_in_no_value(broken: set[Field]) -> None:
    """A field that is new belongs to one of both."""
    known = {
        (cls, name)
        for group in (WORDS, CODE, DATABASE, DERIVED)
        for cls, names in group.items()
        for name in names.split()
    }
    every = {
        (cls.__name__, name)
        for cls in _frozen()
        for name in vars(cls)["__parts__"]
        if cls.__name__ not in BESIDE and (name not in ("type", "at") or not issubclass(cls, Expression))
    } | {("Expression", "type"), ("Expression", "at")}
    assert sorted(every - known - broken) == []
    assert sorted(known - every) == []


# A rule with each kind of node, and another operand of each kind beside

WHOLE, LIST = ValueType("integer"), ValueType("array", item=ValueType("integer"))
A, B, ONE = Name("a", type=WHOLE), Name("b", type=WHOLE), Literal(1, type=WHOLE)
S, T = Name("s", type=TEXT), Name("t", type=TEXT)
L, M = Name("l", type=LIST), Name("m", type=LIST)
PATTERN = Pattern("a", Characters(((97, 97),)))


def _truth(make: type[Expression], *parts: object) -> Expression:
    return make(*parts, type=BOOLEAN)


RULES = (
    nodes.And(
        (
            _truth(nodes.Or, (_truth(Compare, "<", A, B), _truth(IsNull, S), _truth(IsNull, T))),
            _truth(Not, _truth(In, S, (Literal("x", type=TEXT), T))),
            _truth(Between, A, ONE, B),
            _truth(IsTruth, _truth(Compare, "=", A, ONE), True),
            _truth(Like, S, "a%"),
            _truth(Match, T, PATTERN),
            _truth(Quantified, "=", A, "ANY", L),
            _truth(Quantified, "<", B, "ALL", M),
            _truth(
                Compare,
                "<=",
                Arithmetic("+", A, Negate(B, type=WHOLE), type=WHOLE),
                Call("abs", (Case(((_truth(IsNull, A), B),), ONE, type=WHOLE),), type=WHOLE),
            ),
        ),
        type=BOOLEAN,
    ),
)
