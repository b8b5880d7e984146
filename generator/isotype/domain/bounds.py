"""How large a number can become. Decimals are counted in units of their last fraction digit."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from isotype.domain.expressions import Arithmetic, Call, Case, Expression, Literal, Name, Negate, ValueType, walk

Range = tuple[int, int]

LOWEST, HIGHEST = -(2**63), 2**63 - 1
SAFE = 2**53 - 1
"""The greatest integer a JSON number holds exactly."""

_SIZES = {"length": 2**30, "cardinality": 2**27}
"""PostgreSQL keeps a text below one gigabyte, and the items of an array below 2^27 (MaxArraySize)."""

_EXACT = Context(prec=5000)


def scale_of(node: Expression) -> int:
    """The fraction digits of a number; those of a literal are its own, whatever column type it carries."""
    if isinstance(node, Literal):
        return _literal_scale(node.value)
    return node.type.scale


def scaled(value: int | Decimal, scale: int) -> int:
    """The value in units of 10^-scale; it has no more fraction digits than that."""
    return int(_EXACT.multiply(Decimal(value), Decimal(10) ** scale))


def bounds(node: Expression, scale: int | None = None) -> Range:
    """The least and greatest value a numeric expression can have, in units of `scale` (its own when not given).

    Integers stay within 64 bits: whatever leaves them is refused, not computed with.
    """
    own = max(scale_of(node), 0)
    low, high = _bounds(node, own)
    if node.type.kind == "integer":
        low, high = max(low, LOWEST), min(high, HIGHEST)
    factor = 10 ** ((own if scale is None else scale) - own)
    return (low * factor, high * factor)


def leaves_64_bits(node: Expression) -> bool:
    """Whether the integer that this very node computes may need more than 64 bits."""
    if node.type.kind != "integer" or not isinstance(node, Arithmetic | Negate | Call):
        return False
    low, high = _bounds(node, 0)
    return low < LOWEST or high > HIGHEST


def can_fail(node: Expression) -> bool:
    """Whether computing the expression may refuse a row by itself: overflow, or division by zero."""
    return any(leaves_64_bits(part) or divides_by_unknown(part) for part in walk(node))


def divides_by_unknown(node: Expression) -> bool:
    """Whether this very node divides by what may be zero."""
    return isinstance(node, Arithmetic) and node.op == "/" and not isinstance(node.right, Literal)


def _bounds(node: Expression, scale: int) -> Range:
    match node:
        case Literal(value=int() | Decimal() as value):
            exact = scaled(value, scale)
            return (exact, exact)
        case Name():
            return _type_bounds(node)
        case Negate(value=value):
            low, high = bounds(value, scale)
            return (-high, -low)
        case Arithmetic():
            return _arithmetic(node, scale)
        case Call(function="length" | "cardinality" as function):
            return (0, _SIZES[function])
        case Call(function="abs", arguments=(value,)):
            low, high = bounds(value, scale)
            return (0 if low <= 0 <= high else min(abs(low), abs(high)), max(abs(low), abs(high)))
        case Call(function="round", arguments=(value, *_)):
            return _rounded(value, scale)
        case Call(arguments=values):
            return _union(values, scale)
        case Case(branches=branches, otherwise=otherwise):
            values = tuple(value for _, value in branches)
            return _union(values if otherwise is None else (*values, otherwise), scale)
    return _digits(node.type.digits)


def _digits(digits: int) -> Range:
    return (1 - 10**digits, 10**digits - 1)


def _type_bounds(node: Expression) -> Range:
    """What the column's type holds, within the range of the field: a value outside is refused for itself."""
    of = node.type
    low, high = type_range(of)
    if of.low is not None:
        low = max(low, _units(of.low, of.scale, ROUND_FLOOR))
    if of.high is not None:
        high = min(high, _units(of.high, of.scale, ROUND_CEILING))
    return (low, high) if low <= high else (0, 0)


def type_range(of: ValueType) -> Range:
    """What a number of the type can be, in units of its last digit, whatever the range of its field."""
    return _integers(of) if of.kind == "integer" else _digits(of.digits)


def _integers(of: ValueType) -> Range:
    if of.digits <= 5:
        return (-(2**15), 2**15 - 1)
    if of.digits <= 10:
        return (-(2**31), 2**31 - 1)
    return (-SAFE, SAFE) if of.number else (LOWEST, HIGHEST)


def _units(bound: int | Decimal, scale: int, rounding: str) -> int:
    return int(_EXACT.multiply(Decimal(bound), Decimal(10) ** scale).to_integral_value(rounding))


def _arithmetic(node: Arithmetic, scale: int) -> Range:
    if node.op == "/":
        return _quotient(node)
    if node.op == "*":
        (a, b), (c, d) = bounds(node.left), bounds(node.right)
        surplus = 10 ** (scale - max(scale_of(node.left), 0) - max(scale_of(node.right), 0))
        products = (a * c, a * d, b * c, b * d)
        return (min(products) * surplus, max(products) * surplus)
    (a, b), (c, d) = bounds(node.left, scale), bounds(node.right, scale)
    return (a + c, b + d) if node.op == "+" else (a - d, b - c)


def _quotient(node: Arithmetic) -> Range:
    low, high = bounds(node.left)
    most = max(abs(low), abs(high))
    if node.type.kind == "integer" and isinstance(node.right, Literal) and node.right.value != -1:
        return (-most // 2, most // 2) if abs(int(str(node.right.value))) > 1 else (low, high)
    if node.type.kind == "decimal":
        least, greatest = bounds(node.right)
        nearest = least if least > 0 else -greatest if greatest < 0 else 1
        shift = 10 ** max(scale_of(node.right), 0)
        most = most * shift // (nearest * 10 ** max(scale_of(node.left), 0)) + 1
    return (-most, most)


def _rounded(value: Expression, scale: int) -> Range:
    low, high = bounds(value)
    own = max(scale_of(value), 0)
    if own <= scale:
        low, high = low * 10 ** (scale - own), high * 10 ** (scale - own)
    else:
        low, high = low // 10 ** (own - scale), -(-high // 10 ** (own - scale))
    return (low - 1, high + 1)


def _union(values: tuple[Expression, ...], scale: int) -> Range:
    ranges = [bounds(value, scale) for value in values if value.type.kind != "null"]
    return (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else (0, 0)


def _literal_scale(value: object) -> int:
    if not isinstance(value, Decimal):
        return 0
    exponent = value.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
