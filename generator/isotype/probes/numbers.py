"""The least and the greatest a number may be, and how it is written on the wire."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from math import isqrt

from isotype.domain.types import INTEGERS, SAFE_INTEGER, Scalar
from isotype.probes.values import Json, Raw

_EXACT = Context(prec=4000)
FACTORS = 10_000
"""No divisor beyond is looked for."""
HUGE = Decimal("1.7976931348623157e308")


def step(of: Scalar) -> Decimal:
    """The distance between two values of the type; 1 for a float, whose own is no use."""
    return Decimal(1).scaleb(-of.scale) if of.base == "decimal" else Decimal(1)


def is_exact(of: Scalar) -> bool:
    """Whether numbers of the type are computed with exactly."""
    return of.base in INTEGERS or of.base == "decimal"


def type_limits(of: Scalar) -> tuple[Decimal, Decimal]:
    """What the type alone allows."""
    if of.base in INTEGERS:
        low, high = (-SAFE_INTEGER, SAFE_INTEGER) if of.base == "bigint" and of.number else INTEGERS[of.base]
        return Decimal(low), Decimal(high)
    if of.base == "decimal":
        highest = Decimal(10**of.precision - 1).scaleb(-of.scale)
        return -highest, highest
    return -HUGE, HUGE


def limits(of: Scalar) -> tuple[Decimal, Decimal]:
    """The least and the greatest value, both included."""
    low, high = type_limits(of)
    if of.base == "float":
        for bound, outward in ((of.minimum, 0.0), (of.above, math.inf)):
            low = low if bound is None else max(low, Decimal(_next(float(bound), outward)))
        for bound, outward in ((of.maximum, 0.0), (of.below, -math.inf)):
            high = high if bound is None else min(high, Decimal(_next(float(bound), outward)))
        return low, high
    unit = step(of)
    if of.minimum is not None:
        low = max(low, up(Decimal(of.minimum), unit))
    if of.above is not None:
        low = max(low, _EXACT.add(down(Decimal(of.above), unit), unit))
    if of.maximum is not None:
        high = min(high, down(Decimal(of.maximum), unit))
    if of.below is not None:
        high = min(high, _EXACT.subtract(up(Decimal(of.below), unit), unit))
    return low, high


def _next(bound: float, towards: float) -> float:
    return math.nextafter(bound, towards) if towards else bound


def up(value: Decimal, unit: Decimal) -> Decimal:
    """The least multiple of the unit that is not below the value."""
    return _EXACT.multiply(_EXACT.divide(value, unit).to_integral_value(ROUND_CEILING), unit)


def down(value: Decimal, unit: Decimal) -> Decimal:
    """The greatest multiple of the unit that is not above the value."""
    return _EXACT.multiply(_EXACT.divide(value, unit).to_integral_value(ROUND_FLOOR), unit)


def operands(op: str, result: Decimal, one: Scalar, other: Scalar) -> tuple[Decimal, Decimal] | None:
    """A value of each type whose sum, difference or product is the result; None where none is found soon."""
    for pair in _factors(result, one, other) if op == "*" else _summands(op, result, one, other):
        if all(low <= it <= high for it, (low, high) in zip(pair, (limits(one), limits(other)), strict=True)):
            return pair
    return None


def _summands(op: str, result: Decimal, one: Scalar, other: Scalar) -> Iterator[tuple[Decimal, Decimal]]:
    """A half and the rest, and what is left beside either end of the first."""
    for first in (down(result / 2, step(one)), *limits(one)):
        rest = _EXACT.subtract(result, first) if op == "+" else _EXACT.subtract(first, result)
        if rest == down(rest, step(other)):
            yield first, rest


def _factors(result: Decimal, one: Scalar, other: Scalar) -> Iterator[tuple[Decimal, Decimal]]:
    units = _EXACT.divide(abs(result), _EXACT.multiply(step(one), step(other)))
    if units and units == units.to_integral_value():
        whole = int(units)
        for least in range(1, min(isqrt(whole), FACTORS) + 1):
            if whole % least == 0:
                for left, right in ((least, whole // least), (whole // least, least)):
                    first, second = _EXACT.multiply(step(one), left), _EXACT.multiply(step(other), right)
                    yield first, second.copy_sign(result)
                    yield first.copy_sign(result), second


def moved(value: Decimal, by: Decimal) -> Decimal:
    """The exact sum."""
    return _EXACT.add(value, by)


def written(of: Scalar, value: Decimal) -> Json:
    """A number in the wire form of its type."""
    if of.base == "float":
        return Raw(repr(float(value)))
    text = f"{value:.{of.scale}f}" if of.base == "decimal" else f"{value:.0f}"
    return Raw(text) if of.number or of.base in ("int", "smallint") else text
