"""Between which numbers an expression stays, whatever rows the CHECKs of a table let in.

What is not known to have both ends has none: nothing is said of it then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import product

from isotype.domain.expressions import And, Arithmetic, Between, Call, Case, Compare, Expression, Literal, Name, Negate
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import INTEGERS, Scalar
from isotype.probes.numbers import type_limits
from isotype.tables.model import Table


class Interval(NamedTuple):
    """All numbers from the one to the other, whole ones alone if `whole`."""

    low: Fraction
    high: Fraction
    whole: bool = False

    @property
    def size(self) -> Fraction:
        """How far from zero a number of it may be."""
        return max(abs(self.low), abs(self.high))


Known = Mapping[str, Interval]

_EXACT = Fraction(1, 10**12)
"""A quotient has at least 16 digits that count: it lies nearer than this part of itself to what it should be."""


def reach(of: Expression, known: Known) -> Interval | None:
    """Between which numbers an expression of exact numbers stays, where it is one."""
    match of:
        case Literal(value=int() | Decimal() as value) if not isinstance(value, bool):
            return Interval(Fraction(value), Fraction(value), isinstance(value, int))
        case Name(name=name):
            return known.get(name)
        case Negate(value=value):
            found = reach(value, known)
            return found and Interval(-found.high, -found.low, found.whole)
        case Arithmetic(op=op, left=left, right=right):
            one, other = reach(left, known), reach(right, known)
            return None if one is None or other is None else _computed(op, one, other)
        case Call(function="round", arguments=(value, *places)):
            found = reach(value, known)
            digits = [place.value for place in places if isinstance(place, Literal) and isinstance(place.value, int)]
            if found is None or len(digits) != len(places):
                return None
            unit = Fraction(1, 10 ** sum(digits))
            return Interval(_rounded(found.low, unit), _rounded(found.high, unit), found.whole)
        case Case(branches=branches, otherwise=otherwise):
            results = [reach(result, {**known, **_narrowed([condition], known)}) for condition, result in branches]
            results += [] if otherwise is None or _is_null(otherwise) else [reach(otherwise, known)]
            sure = [found for found in results if found is not None]
            if not sure or len(sure) != len(results):
                return None
            low, high = min(found.low for found in sure), max(found.high for found in sure)
            return Interval(low, high, all(found.whole for found in sure))
    return None


def columns(table: Table) -> Known:
    """Between which numbers each column of exact numbers stays by its type, and by the CHECKs about it alone."""
    known = {}
    for column in table.columns:
        if isinstance(column.type, Scalar) and column.type.base in (*INTEGERS, "decimal"):
            low, high = map(Fraction, type_limits(by_itself(column.type)))
            known[column.name] = Interval(low, high, column.type.base in INTEGERS)
    return {**known, **_narrowed((one.expression for one in table.checks if one.expression is not None), known)}


def by_itself(of: Scalar) -> Scalar:
    """The type as a database has it: what travels as a number is no narrower there."""
    return Scalar(of.base, precision=of.precision, scale=of.scale)


def _is_null(of: Expression) -> bool:
    return isinstance(of, Literal) and of.value is None


def _computed(op: str, one: Interval, other: Interval) -> Interval | None:
    whole = one.whole and other.whole
    match op:
        case "+":
            return Interval(one.low + other.low, one.high + other.high, whole)
        case "-":
            return Interval(one.low - other.high, one.high - other.low, whole)
        case "*":
            corners = [left * right for left, right in product(one[:2], other[:2])]
            return Interval(min(corners), max(corners), whole)
        case "/" if other.low > 0 or other.high < 0:
            corners = [left / right for left, right in product(one[:2], other[:2])]
            beyond = max(map(abs, corners)) * _EXACT
            return Interval(min(corners) - beyond, max(corners) + beyond)
    return None


def _rounded(value: Fraction, unit: Fraction) -> Fraction:
    """The nearest multiple of the unit, half away from zero."""
    count = abs(value) / unit + Fraction(1, 2)
    size = count.numerator // count.denominator * unit
    return size if value >= 0 else -size


def _narrowed(conditions: Iterable[Expression], known: Known) -> dict[str, Interval]:
    """What is known of columns where conditions hold, of those that compare a column with a constant."""
    found = dict(known)
    for name, op, value in (one for condition in conditions for one in _bounds(condition)):
        if name in found:
            low, high, whole = found[name]
            bound = Fraction(value)
            beside = Fraction(whole and bound.denominator == 1)
            match op:
                case ">=" | ">":
                    low = max(low, bound + beside * (op == ">"))
                case "<=" | "<":
                    high = min(high, bound - beside * (op == "<"))
            found[name] = Interval(low, high, whole)
    return found


def _bounds(condition: Expression) -> Iterator[tuple[str, str, int | Decimal]]:
    match condition:
        case And(parts=parts):
            for part in parts:
                yield from _bounds(part)
        case Compare(op=op, left=Name(name=name), right=Literal(value=int() | Decimal() as value)):
            yield name, op, value
        case Between(value=Name(name=name), low=Literal(value=low), high=Literal(value=high), negated=False):
            if isinstance(low, int | Decimal) and isinstance(high, int | Decimal):
                yield name, ">=", low
                yield name, "<=", high
