"""Rules, judged by walking their tree: what every layer's compiled form is held against.

A verdict is True, False or None for NULL, or one of two marks: `UNKNOWN`, what is not known here and makes everything
that follows from it unknown, and `OVERFLOW`, an integer that left 64 bits or a quotient by zero, which refuses unless
an earlier part has decided. Values are what `operand` makes of canonical wire forms, so that Python's own order is the
one that is meant.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum as Marks
from functools import cache, lru_cache
from typing import Any

from isotype.dialects import patterns
from isotype.domain.expressions import (
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
    ValueType,
)
from isotype.domain.patterns import Pattern
from isotype.domain.types import Type, value_type
from isotype.probes import forms


class Mark(Marks):
    """What a value can be beside itself and None."""

    UNKNOWN = "unknown"
    OVERFLOW = "overflow"


UNKNOWN, OVERFLOW = Mark.UNKNOWN, Mark.OVERFLOW
Read = Callable[[str], Any]
"""The value of a field; None for NULL."""

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EXACT = Context(prec=4000, rounding=ROUND_HALF_UP)
_EXACT_QUOTIENT = Context(prec=200)
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {"+": _EXACT.add, "-": _EXACT.subtract, "*": _EXACT.multiply}


def refuses(rule: Expression, read: Read) -> bool:
    """Whether a row is refused: where its verdict is FALSE, whatever is not known."""
    verdict = evaluate(rule, read)
    return verdict is False or verdict is OVERFLOW


def operand(of: Type, value: Any) -> Any:
    """A value in canonical wire form as rules compute with it."""
    return value if value is None else of_kind(_kind(of), value)


def of_kind(kind: ValueType, value: Any) -> Any:
    """The same for a value of which only its kind in rules is known."""
    if value is None:
        return None
    match kind.kind:
        case "integer":
            return int(value)
        case "decimal":
            return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        case "float":
            return float(value)
        case "array" if kind.item is not None:
            return [of_kind(kind.item, item) for item in value]
        case name if name in forms.FORMS:
            return forms.ordered(name, value)
    return value


_kind = lru_cache(maxsize=4096)(value_type)


def evaluate(node: Expression, read: Read) -> Any:
    """The value or verdict of an expression."""
    match node:
        case Name(name=name):
            return read(name)
        case Literal():
            return _literal(node)
        case And(parts=parts):
            return _and(evaluate(part, read) for part in parts)
        case Or(parts=parts):
            return _or(evaluate(part, read) for part in parts)
        case Not(part=part):
            return _not(evaluate(part, read))
        case Compare(op=op, left=left, right=right):
            return _compared(op, evaluate(left, read), evaluate(right, read))
        case In(value=value, options=options, negated=negated):
            given = evaluate(value, read)
            found = _or(_compared("=", given, evaluate(option, read)) for option in options)
            return _not(found) if negated else found
        case Between(value=value, low=low, high=high, negated=negated):
            given = evaluate(value, read)
            within = (_compared(">=", given, evaluate(low, read)), _compared("<=", given, evaluate(high, read)))
            return _not(_and(within)) if negated else _and(within)
        case IsNull(value=value, negated=negated):
            given = evaluate(value, read)
            return given if isinstance(given, Mark) else (given is None) != negated
        case IsTruth(value=value, truth=truth, negated=negated):
            given = evaluate(value, read)
            return given if isinstance(given, Mark) else (given is truth) != negated
        case Like(value=value, pattern=pattern, negated=negated):
            expected = _like(pattern)
            return _strict(lambda text: (expected.fullmatch(text) is not None) != negated, evaluate(value, read))
        case Match(value=value, pattern=parsed, negated=negated):
            return _strict(lambda text: finds(parsed, text) != negated, evaluate(value, read))
        case Quantified(op=op, value=value, quantifier=quantifier, array=array):
            return _quantified(op, evaluate(value, read), quantifier, evaluate(array, read))
    return _number(node, read)


def _number(node: Expression, read: Read) -> Any:
    match node:
        case Arithmetic(op=op, left=left, right=right) if op in _OPERATIONS:
            return _bounded(node.type, _strict(_exactly(op), evaluate(left, read), evaluate(right, read)))
        case Negate(value=value):
            return _bounded(node.type, _strict(_negative, evaluate(value, read)))
        case Call(function="coalesce", arguments=arguments):
            return next((found for part in arguments if (found := evaluate(part, read)) is not None), None)
        case Call(function="length" | "cardinality", arguments=(value,)):
            return _strict(len, evaluate(value, read))
        case Call(function="abs", arguments=(value,)):
            return _bounded(node.type, _strict(_size, evaluate(value, read)))
        case Arithmetic(op="/", left=left, right=right):
            return _bounded(node.type, _strict(_quotient, evaluate(left, read), evaluate(right, read)))
        case Call(function="round", arguments=(value, *places)):
            digits = next((evaluate(place, read) for place in places), 0)
            return _bounded(node.type, _strict(_rounded, evaluate(value, read), digits))
        case Case(branches=branches, otherwise=otherwise):
            for condition, result in branches:
                chosen = evaluate(condition, read)
                if isinstance(chosen, Mark):
                    return chosen
                if chosen:
                    return evaluate(result, read)
            return None if otherwise is None else evaluate(otherwise, read)
    return UNKNOWN


@cache
def compiled(pattern: Pattern) -> re.Pattern[str]:
    """A pattern for Python."""
    return re.compile(patterns.python(pattern))


def finds(pattern: Pattern, text: str) -> bool:
    """Whether a pattern is found in a text."""
    return compiled(pattern).search(text) is not None


@cache
def _like(pattern: str) -> re.Pattern[str]:
    signs = iter(pattern)
    wild = {"%": ".*", "_": "."}
    parts = (re.escape(next(signs, "\\")) if sign == "\\" else wild.get(sign) or re.escape(sign) for sign in signs)
    return re.compile("".join(parts), re.DOTALL)


def _literal(node: Literal) -> Any:
    kind: ValueType = node.type
    if node.value is None or isinstance(node.value, bool):
        return node.value
    if isinstance(node.value, str):
        return forms.ordered(kind.kind, node.value) if kind.kind in forms.FORMS else node.value
    return float(node.value) if kind.kind == "float" else node.value


def _strict(compute: Callable[..., Any], *values: Any) -> Any:
    """What is computed from the values, unless one is OVERFLOW, UNKNOWN or None."""
    for value in values:
        if value is None or value is UNKNOWN or value is OVERFLOW:
            break
    else:
        return compute(*values)
    return next(mark for mark in (OVERFLOW, UNKNOWN, None) if any(value is mark for value in values))


def _negative(value: Any) -> Any:
    # The sign alone changes: Python's own operators round a decimal of many digits.
    return value.copy_negate() if isinstance(value, Decimal) else -value


def _size(value: Any) -> Any:
    return value.copy_abs() if isinstance(value, Decimal) else abs(value)


def _exactly(op: str) -> Callable[[Any, Any], Any]:
    def compute(left: Any, right: Any) -> Any:
        found = _OPERATIONS[op](Decimal(left), Decimal(right))
        return int(found) if isinstance(left, int) and isinstance(right, int) else found

    return compute


def _quotient(left: Any, right: Any) -> Any:
    """Of integers the whole part, of decimals more digits than any column keeps; by zero it refuses the row."""
    if not right:
        return OVERFLOW
    if isinstance(left, int) and isinstance(right, int):
        whole = abs(left) // abs(right)
        return whole if (left < 0) == (right < 0) else -whole
    return _EXACT_QUOTIENT.divide(Decimal(left), Decimal(right))


def _rounded(value: Any, digits: int) -> Any:
    """The nearest value of so many digits behind the point, halves away from zero."""
    found = _EXACT.quantize(Decimal(value), Decimal(1).scaleb(-digits))
    return int(found) if isinstance(value, int) else found


def _bounded(kind: ValueType, value: Any) -> Any:
    if kind.kind == "integer" and isinstance(value, int) and not -(2**63) <= value < 2**63:
        return OVERFLOW
    return value


def _compared(op: str, left: Any, right: Any) -> Any:
    def compare(left: Any, right: Any) -> bool:
        # A bound of a float is the nearest double.
        if isinstance(left, float) or isinstance(right, float):
            left, right = float(left), float(right)
        return _COMPARISONS[op](left, right)

    return _strict(compare, left, right)


def _quantified(op: str, value: Any, quantifier: str, items: Any) -> Any:
    if isinstance(value, Mark) or items is None or isinstance(items, Mark):
        return value if isinstance(value, Mark) else items
    found = (_compared(op, value, item) for item in items)
    return _or(found) if quantifier == "ANY" else _and(found)


def _and(parts: Iterable[Any]) -> Any:
    return _joined(parts, False)


def _or(parts: Iterable[Any]) -> Any:
    return _joined(parts, True)


def _joined(parts: Iterable[Any], deciding: bool) -> Any:
    """AND, which FALSE decides, or OR, which TRUE does; judged from left to right."""
    result: Any = not deciding
    for part in parts:
        if part is deciding:
            return part
        if part is OVERFLOW:
            return UNKNOWN if result is UNKNOWN else OVERFLOW
        if part is UNKNOWN or (part is None and result is not UNKNOWN):
            result = part
    return result


def _not(part: Any) -> Any:
    return not part if isinstance(part, bool) else part
