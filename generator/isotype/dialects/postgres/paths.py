"""JSON values judged by a path expression, which never raises, whatever it meets."""

from __future__ import annotations

from decimal import Decimal

from isotype.dialects.json_text import exact
from isotype.domain.types import INTEGERS, SAFE_INTEGER, Scalar, Type

GREATEST_DOUBLE = "1.7976931348623158e308"
"""Numbers of JSON are exact here; whatever is no more than this is read as the greatest double at most, elsewhere."""


def number_path(of: Scalar, it: str = "$") -> str:
    """What a JSON number of the type must hold; '' for a type that is none on the wire. `it` is the number."""
    match of.base:
        case "float":
            return _all(of, it, low=f"-{GREATEST_DOUBLE}", high=GREATEST_DOUBLE)
        case "smallint" | "int":
            low, high = INTEGERS[of.base]
            return _all(of, it, f"{it} % 1 == 0", low=str(low), high=str(high))
        case "bigint" if of.number:
            return _all(of, it, f"{it} % 1 == 0", low=str(-SAFE_INTEGER), high=str(SAFE_INTEGER))
        case "decimal" if of.number:
            most = exact(Decimal(10**of.precision - 1).scaleb(-of.scale))
            return _all(of, it, f"{it} * {10**of.scale} % 1 == 0", low=f"-{most}", high=most)
    return ""


def value_path(of: Type, it: str = "@") -> str:
    """What a JSON value of the type must hold, where a path can say it whole; else ''."""
    match of:
        case Scalar(base="json"):
            return f"{it} != null"
        case Scalar(base="bool"):
            return f'{it}.type() == "boolean"'
        case Scalar(base="string" | "text", length=None, min_length=None, max_length=None, patterns=()):
            return f'{it}.type() == "string"'
        case Scalar():
            return number_path(of, it)
    return ""


def _all(of: Scalar, it: str, *tests: str, low: str, high: str) -> str:
    """The tests and the bounds, those of the type only where the schema gives none."""
    sides = ((">=", of.minimum), (">", of.above), ("<=", of.maximum), ("<", of.below))
    bounds = [f"{it} {operator} {exact(bound)}" for operator, bound in sides if bound is not None]
    if of.minimum is None and of.above is None:
        bounds.insert(0, f"{it} >= {low}")
    if of.maximum is None and of.below is None:
        bounds.append(f"{it} <= {high}")
    return " && ".join((f'{it}.type() == "number"', *tests, *bounds))
