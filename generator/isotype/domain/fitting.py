"""What a computed value must be: the rules that follow from the type of its field.

A value that the database computes is judged like one that is given: it is a value of its type, or the row is refused.
Most expressions cannot make any other, which their bounds show; then there is no rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from isotype.domain.bounds import Range, bounds, leaves_64_bits, scale_of, type_range
from isotype.domain.expressions import (
    BOOLEAN,
    And,
    Arithmetic,
    Between,
    Call,
    Case,
    Compare,
    Expression,
    IsNull,
    IsTruth,
    Literal,
    Match,
    Name,
    ValueType,
    children,
    literal_type,
    walk,
)
from isotype.domain.formats import FORMATS
from isotype.domain.identifiers import shorten
from isotype.domain.lazy import NamedTuple
from isotype.domain.model import Field, Rule
from isotype.domain.types import INTEGERS, TEXTUAL, Scalar, Type, value_type
from isotype.domain.values import replace

Fields = Mapping[str, Field]

_BOTH = ("postgres", "sqlite")
_EXACT = Context(prec=5000)
_LENGTH = ValueType("integer", digits=10, number=True)


def value_rules(table: str, field: Field, fields: Fields, source: str) -> Iterator[Rule]:
    """What a row must keep so that the value computed from it, as `source` says, is one of its field."""
    value = field.computed.expression if field.computed is not None else None
    if value is None:
        return
    text = source if isinstance(value, Call | Case | Name) else f"({source})"
    stem = f"{table}_{field.column or field.name}"
    if not field.nullable and _may_be_null(value, fields):
        present = IsNull(value, negated=True, type=BOOLEAN)
        message = f"The computed {field.name} would be null."
        yield Rule(shorten(f"{stem}_not_null"), present, f"{text} IS NOT NULL", message, (), field.place, _BOTH)
    conditions = tuple(_conditions(value, field.type, fields, text)) if isinstance(field.type, Scalar) else ()
    held: tuple[str, ...] = ("postgres",) if all(condition.held for condition in conditions) else ()
    if not conditions and _may_fail(value):
        known = IsNull(IsNull(value, type=BOOLEAN), negated=True, type=BOOLEAN)
        conditions = (_Condition(known, f"({text} IS NULL) IS NOT NULL"),)
        held = _BOTH
    if conditions:
        name = field.constraints.get("check") or shorten(f"{stem}_check")
        tests = tuple(condition.test for condition in conditions)
        that = tests[0] if len(tests) == 1 else And(tests, type=BOOLEAN)
        words = " AND ".join(condition.words for condition in conditions)
        refused = "not fit its type" if value.type.kind == "text" else "be out of range"
        message = f"The computed {field.name} would {refused}."
        yield Rule(name, that, words, message, (), field.place, held)


class _Condition(NamedTuple):
    """What is asked of a value; `held` where the type of PostgreSQL's column asks it already."""

    test: Expression
    words: str
    held: bool = False


def _conditions(value: Expression, of: Scalar, fields: Fields, text: str) -> Iterator[_Condition]:
    """What the type of a field asks and the expression does not promise."""
    if of.base in INTEGERS or of.base == "decimal":
        yield from _of_number(value, of, text)
    elif of.base == "float":
        yield from _of_float(value, of, tuple(_chosen(value, fields)), text)
    elif of.base in TEXTUAL:
        yield from _of_text(value, of, tuple(_chosen(value, fields)), text)


def _of_number(value: Expression, of: Scalar, text: str) -> Iterator[_Condition]:
    """The sides of an exact number's range that the expression can leave, in the digits that it has."""
    scale = max(scale_of(value), 0)
    least, most = bounds(value)
    low, high = _coarser(_range(of), of.scale - scale)
    lowest, highest = _coarser(type_range(replace(value_type(of), number=False)), of.scale - scale)
    start, end = _number(low, scale), _number(high, scale)
    if least < low and most > high:
        test = Between(value, _literal(start), _literal(end), type=BOOLEAN)
        words = f"{text} BETWEEN {_shown(start)} AND {_shown(end)}"
        yield _Condition(test, words, (low, high) == (lowest, highest))
    elif least < low:
        yield _compared(value, ">=", start, text, low == lowest)
    elif most > high:
        yield _compared(value, "<=", end, text, high == highest)


def _range(of: Scalar) -> Range:
    """The least and the greatest number of a type, in units of its last digit."""
    low, high = type_range(value_type(of))
    if of.minimum is not None:
        low = max(low, _units(of.minimum, of.scale, ROUND_CEILING))
    if of.above is not None:
        low = max(low, _units(of.above, of.scale, ROUND_FLOOR) + 1)
    if of.maximum is not None:
        high = min(high, _units(of.maximum, of.scale, ROUND_FLOOR))
    if of.below is not None:
        high = min(high, _units(of.below, of.scale, ROUND_CEILING) - 1)
    return (low, high)


def _coarser(of: Range, digits: int) -> Range:
    """The numbers of a range that end in so many zeros, without these."""
    low, high = of
    return (-(-low // 10**digits), high // 10**digits)


def _units(bound: int | Decimal, scale: int, rounding: str) -> int:
    return int(_EXACT.scaleb(Decimal(bound), scale).to_integral_value(rounding))


def _number(units: int, scale: int) -> int | Decimal:
    return _EXACT.scaleb(Decimal(units), -scale) if scale else units


def _of_float(value: Expression, of: Scalar, chosen: tuple[_Choice, ...], text: str) -> Iterator[_Condition]:
    """The range of a float, unless it is that of every field that the value comes from."""
    sides = ((">=", of.minimum), (">", of.above), ("<=", of.maximum), ("<", of.below))
    if not all(isinstance(it, Scalar) and replace(it, alias=of.alias) == of for it in chosen):
        for op, bound in sides:
            if bound is not None:
                yield _compared(value, op, bound, text)


def _of_text(value: Expression, of: Scalar, chosen: tuple[_Choice, ...], text: str) -> Iterator[_Condition]:
    """The lengths, the form and the patterns that a text has not by what it comes from."""
    length, words = Call("length", (value,), type=_LENGTH), f"length({text})"
    if of.min_length is not None and not all(_least(it) >= of.min_length for it in chosen):
        yield _compared(length, ">=", of.min_length, words)
    if of.longest is not None and not all(_most(it, of.longest) <= of.longest for it in chosen):
        yield _compared(length, "<=", of.longest, words)
    if of.base in FORMATS and not all(isinstance(it, Scalar) and it.base == of.base for it in chosen):
        yield _Condition(Match(value, FORMATS[of.base], type=BOOLEAN), f"{text} ~ {of.base}")
    for pattern in of.patterns:
        if not all(isinstance(it, Scalar) and pattern in it.patterns for it in chosen):
            yield _Condition(Match(value, pattern, type=BOOLEAN), f"{text} ~ '{pattern.source}'")


def _least(of: _Choice) -> int:
    """So long is a text at least."""
    return len(of) if isinstance(of, str) else (of.min_length or 0) if isinstance(of, Scalar) else 0


def _most(of: _Choice, bound: int) -> int:
    """So long is a text at most; beyond the bound where nothing says so."""
    longest = len(of) if isinstance(of, str) else of.longest if isinstance(of, Scalar) else None
    return bound + 1 if longest is None else longest


def _compared(value: Expression, op: str, bound: int | Decimal, words: str, held: bool = False) -> _Condition:
    other = Literal(bound, type=value.type) if value.type.kind == "float" else _literal(bound)
    return _Condition(Compare(op, value, other, type=BOOLEAN), f"{words} {op} {_shown(bound)}", held)


def _literal(number: int | Decimal) -> Literal:
    return Literal(number, type=literal_type(number))


def _shown(number: int | Decimal) -> str:
    return format(number, "f") if isinstance(number, Decimal) else str(number)


_Choice = Type | str | None
"""What a value comes from: a field of some type, a constant text, or something else."""


def _chosen(value: Expression, fields: Fields) -> Iterator[_Choice]:
    """What an expression chooses its value from; NULL is no choice."""
    match value:
        case Name(name=name):
            yield fields[name].type
        case Literal(value=constant):
            if constant is not None:
                yield constant if isinstance(constant, str) else None
        case Call(function="coalesce", arguments=arguments):
            for argument in arguments:
                yield from _chosen(argument, fields)
        case Case(branches=branches, otherwise=otherwise):
            for _, result in branches:
                yield from _chosen(result, fields)
            if otherwise is not None:
                yield from _chosen(otherwise, fields)
        case _:
            yield None


def _may_be_null(value: Expression, fields: Fields) -> bool:
    match value:
        case Name(name=name):
            return fields[name].nullable
        case Literal(value=constant):
            return constant is None
        case IsNull() | IsTruth():
            return False
        case Call(function="coalesce", arguments=arguments):
            return all(_may_be_null(argument, fields) for argument in arguments)
        case Case(branches=branches, otherwise=otherwise):
            results = (*(result for _, result in branches), otherwise)
            return any(result is None or _may_be_null(result, fields) for result in results)
    return any(_may_be_null(part, fields) for part in children(value))


def _may_fail(value: Expression) -> bool:
    """Whether computing the value may refuse a row: an integer leaves 64 bits, or a divisor is zero."""
    return any(map(leaves_64_bits, walk(value))) or _divides_by_zero(value, ())


def _divides_by_zero(value: Expression, other: tuple[Expression, ...]) -> bool:
    """Whether a divisor may be zero where none of `other` is."""
    match value:
        case Arithmetic(op="/", right=right) if not (isinstance(right, Literal) or right in other):
            low, high = bounds(right)
            return low <= 0 <= high or any(_divides_by_zero(part, other) for part in children(value))
        case Case(branches=branches, otherwise=otherwise):
            return any(
                _divides_by_zero(condition, other) or _divides_by_zero(result, (*other, *_not_zero(condition)))
                for condition, result in branches
            ) or (otherwise is not None and _divides_by_zero(otherwise, other))
    return any(_divides_by_zero(part, other) for part in children(value))


def _not_zero(condition: Expression) -> Iterator[Expression]:
    """What a condition says is not zero where it is true."""
    match condition:
        case And(parts=parts):
            for part in parts:
                yield from _not_zero(part)
        case Compare(op="<>" | "<" | ">", left=left, right=Literal(value=0)):
            yield left
