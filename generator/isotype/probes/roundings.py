"""Numbers that show how something is rounded: at a half, and so near that to round it twice is something else."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Context, Decimal
from typing import Any

from isotype.domain.expressions import Call, Expression, Literal, walk
from isotype.domain.types import Scalar
from isotype.probes.numbers import limits, moved, step

_EXACT = Context(prec=4000)
_HALF, _TWICE = Decimal("0.5"), Decimal("0.45")


def rounding(of: Expression) -> Iterator[tuple[Expression, int]]:
    """What an expression rounds, and to how many places."""
    for node in walk(of):
        match node:
            case Call(function="round", arguments=(value,)):
                yield value, 0
            case Call(function="round", arguments=(value, Literal(value=int() as places))):
                yield value, places


def near_half(value: Any, places: int) -> tuple[str, bool] | None:
    """How a number stands to a half of its last place, and whether it is below zero; None where it shows nothing."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    rest = abs(_EXACT.scaleb(Decimal(value), places)) % 1
    if rest == _HALF:
        return "at a half", value < 0
    return ("below a half", value < 0) if _TWICE <= rest < _HALF else None


def some(of: Scalar, source: random.Random) -> Decimal:
    """A number of a type: few digits are as likely as many, one or two followed by zeros likelier than others."""
    (low, high), unit = limits(of), step(of)
    base = max(low, min(high, Decimal(0)))
    upwards = low == base or (high != base and source.random() < 0.5)
    count = int(((high - base) if upwards else (base - low)) / unit)
    digits = len(str(count))
    plain = source.random() < 0.75
    steps = source.randint(1, 99) * 10 ** source.randrange(digits) if plain else int(10 ** source.uniform(0, digits))
    steps = min(count, steps)
    return moved(base, unit * steps if upwards else -unit * steps)
