"""The least and the greatest a number may be, and how it is written on the wire."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from isotype.domain.types import INTEGERS, SAFE_INTEGER, Scalar
from isotype.probes.values import Json, Raw

_EXACT = Context(prec=4000)
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


def moved(value: Decimal, by: Decimal) -> Decimal:
    """The exact sum."""
    return _EXACT.add(value, by)


def written(of: Scalar, value: Decimal) -> Json:
    """A number in the wire form of its type."""
    if of.base == "float":
        return Raw(repr(float(value)))
    text = f"{value:.{of.scale}f}" if of.base == "decimal" else f"{value:.0f}"
    return Raw(text) if of.number or of.base in ("int", "smallint") else text
