"""Every expression in which one node is another.

A rule says no more than its tree does, so what can be wrong with it is wrong at one of the tree's nodes: another
comparison, another constant, another operand, another connective, a part too few, NULL taken for something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from isotype.domain.expressions import (
    BOOLEAN,
    And,
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
    Or,
    Quantified,
    walk,
)
from isotype.domain.values import fields, replace
from tests.conformance.mutations import patterns

Change = tuple[str, Expression]
"""The class of a change, and what the expression is then."""

_ORDERED = frozenset({"integer", "decimal", "float", "timestamp", "local_timestamp", "date", "time", "duration"})
_NEIGHBOURS = {
    "=": ("<>", "<=", ">="),
    "<>": ("=", "<", ">"),
    "<": ("<=", ">", "<>"),
    "<=": ("<", ">=", "="),
    ">": (">=", "<", "<>"),
    ">=": (">", "<=", "="),
}
_OTHER_OPERATION = {"+": ("-",), "-": ("+",), "*": ("+",), "/": ("*",)}
PREDICATES = (Compare, In, Between, Like, Match, Quantified)
"""What can be UNKNOWN by itself."""


def substituted(node: Expression, other: Callable[[Expression], Expression | None]) -> Expression:
    """The expression with another one in the place of each node for which there is one, the outermost first."""
    found = other(node)
    if found is not None:
        return found
    parts = {part: _substituted(getattr(node, part), other) for part in fields(node) if part not in ("type", "at")}
    return replace(node, **parts)


def _substituted(value: Any, other: Callable[[Expression], Expression | None]) -> Any:
    if isinstance(value, Expression):
        return substituted(value, other)
    return tuple(_substituted(part, other) for part in value) if isinstance(value, tuple) else value


def mutated(of: Expression) -> Iterator[Change]:
    """Every change of one node of the expression, with its class; the whole of a rule inverted first."""
    if of.type == BOOLEAN:
        yield "rule inverted", _inverted(of)
    operands = [node for node in walk(of) if isinstance(node, Name)]
    yield from _changes(of, operands, whole=True)


def _changes(node: Expression, operands: list[Name], whole: bool = False) -> Iterator[Change]:
    yield from _of_node(node, operands)
    if isinstance(node, PREDICATES):
        yield "UNKNOWN made FALSE", IsTruth(node, True, type=BOOLEAN)
        yield "UNKNOWN made TRUE", IsTruth(node, False, True, type=BOOLEAN)
        if not whole:
            yield "part of a rule inverted", _inverted(node)
    for part, put in _parts(node):
        for kind, made in _changes(part, operands):
            yield kind, put(made)


def _of_node(node: Expression, operands: list[Name]) -> Iterator[Change]:
    match node:
        case Name():
            others = {other.name: other for other in operands if other.type.kind == node.type.kind}
            yield from (("another operand", other) for name, other in others.items() if name != node.name)
        case Literal():
            yield from (("constant off by one", replace(node, value=value)) for value in _beside(node))
        case And(parts=parts):
            yield "OR for AND", Or(parts, type=BOOLEAN)
            yield from (("part of a rule dropped", rest) for rest in _without(node, parts))
        case Or(parts=parts):
            yield "AND for OR", And(parts, type=BOOLEAN)
            yield from (("part of a rule dropped", rest) for rest in _without(node, parts))
        case Not(part=part):
            yield "NOT dropped", part
        case Compare(op=op, left=left):
            yield from (("another comparison", replace(node, op=other)) for other in _comparisons(op, left))
        case Quantified(op=op, value=value, quantifier=quantifier):
            yield "ANY for ALL", replace(node, quantifier="ALL" if quantifier == "ANY" else "ANY")
            yield from (("another comparison", replace(node, op=other)) for other in _comparisons(op, value))
        case Between(value=value, low=low, high=high, negated=negated):
            for sides in (((">", low), ("<=", high)), ((">=", low), ("<", high))):
                within = And(tuple(Compare(sign, value, end, type=BOOLEAN) for sign, end in sides), type=BOOLEAN)
                yield "another comparison", Not(within, type=BOOLEAN) if negated else within
        case In(options=options) if len(options) > 1:
            for place in range(len(options)):
                yield "option dropped", replace(node, options=(*options[:place], *options[place + 1 :]))
        case IsNull(negated=negated):
            yield "IS NULL inverted", replace(node, negated=not negated)
        case IsTruth(truth=truth, negated=negated):
            yield "IS TRUE inverted", replace(node, negated=not negated)
            yield "IS TRUE for IS FALSE", replace(node, truth=not truth)
        case Like(pattern=pattern):
            yield from (("LIKE with another pattern", replace(node, pattern=other)) for other in _likes(pattern))
        case Match(pattern=pattern):
            yield from ((kind, replace(node, pattern=other)) for kind, other in patterns.mutated(pattern))
        case _:
            yield from _of_value(node)


def _of_value(node: Expression) -> Iterator[Change]:
    match node:
        case Arithmetic(op=op, left=left, right=right):
            yield from (("another operation", replace(node, op=other)) for other in _OTHER_OPERATION[op])
            if op in "-/":
                yield "operands exchanged", replace(node, left=right, right=left)
        case Negate(value=value):
            yield "minus dropped", value
        case Call(function="coalesce", arguments=arguments):
            for rest in (arguments[:-1], arguments[1:]):
                yield "default lost", rest[0] if len(rest) == 1 else replace(node, arguments=rest)
        case Call(function="abs", arguments=(value,)):
            yield "abs dropped", value
        case Call(function="round", arguments=(value, *_)):
            yield "rounding dropped", value
        case Case(branches=branches, otherwise=otherwise):
            for place in range(len(branches) if len(branches) > 1 else 0):
                yield "branch dropped", replace(node, branches=(*branches[:place], *branches[place + 1 :]))
            if otherwise is not None:
                yield "branch dropped", replace(node, otherwise=None)


def _inverted(node: Expression) -> Expression:
    match node:
        case In() | Between() | Like() | Match() | IsNull() | IsTruth():
            return replace(node, negated=not node.negated)
        case Not(part=part):
            return part
    return Not(node, type=BOOLEAN)


def _comparisons(op: str, value: Expression) -> Iterator[str]:
    """The comparisons beside one; of what has no order, only the other one."""
    for other in _NEIGHBOURS[op]:
        if value.type.kind in _ORDERED or other in ("=", "<>"):
            yield other


def _without(node: And | Or, parts: tuple[Expression, ...]) -> Iterator[Expression]:
    for place in range(len(parts)):
        rest = (*parts[:place], *parts[place + 1 :])
        yield rest[0] if len(rest) == 1 else replace(node, parts=rest)


def _beside(node: Literal) -> Iterator[Any]:
    """The constants beside a constant: one more and one less in its last digit, another letter, the other truth."""
    match node.value:
        case bool():
            yield not node.value
        case int() | Decimal():
            unit = _unit(node)
            for step in (unit, -unit):
                yield int(node.value + step) if isinstance(node.value, int) and unit == 1 else node.value + step
        case str():
            yield from _texts(node.type.kind, node.value)


def _unit(node: Literal) -> Decimal:
    assert isinstance(node.value, int | Decimal) and not isinstance(node.value, bool)
    exponent = Decimal(node.value).normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(-max(node.type.scale, -exponent, 0))


def _texts(kind: str, text: str) -> Iterator[str]:
    match kind:
        case "date":
            yield from ((date.fromisoformat(text) + timedelta(step)).isoformat() for step in (1, -1))
        case "timestamp" | "local_timestamp":
            zone = "Z" if text.endswith("Z") else ""
            instant = datetime.fromisoformat(text.removesuffix("Z"))
            yield from ((instant + timedelta(0, step)).isoformat() + zone for step in (1, -1))
        case "text" | "enum":
            yield text[:-1] + ("a" if text[-1:] == "z" else "z")


def _likes(pattern: str) -> Iterator[str]:
    """Without a wildcard, or with another one."""
    for place, sign in enumerate(pattern):
        if sign in "%_" and pattern[place - 1 : place] != "\\":
            yield pattern[:place] + pattern[place + 1 :]
            yield pattern[:place] + ("_" if sign == "%" else "%") + pattern[place + 1 :]


def _parts(node: Expression) -> Iterator[tuple[Expression, Callable[[Expression], Expression]]]:
    """The direct parts of a node, each with what puts another in its place."""
    for name in fields(node):
        if name not in ("type", "at"):
            for part, put in _held(getattr(node, name)):
                yield part, lambda made, name=name, put=put: replace(node, **{name: put(made)})  # type: ignore[misc]


def _held(value: Any) -> Iterator[tuple[Expression, Callable[[Expression], Any]]]:
    if isinstance(value, Expression):
        yield value, lambda made: made
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            for part, put in _held(item):
                yield (
                    part,
                    lambda made, place=place, put=put: (*value[:place], put(made), *value[place + 1 :]),  # type: ignore[misc]
                )
