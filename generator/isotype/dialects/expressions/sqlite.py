"""Rules as SQLite expressions, over columns in their physical form.

A decimal column holds an integer in units of its last digit, a truth value 0 or 1, an instant fixed-width UTC text,
an array JSON text whose items have the form of such a column. An integer that leaves 64 bits turns into a float
without a word, and a division by zero into NULL: where that can happen, the text makes it an error.
"""

from __future__ import annotations

from decimal import Decimal

from isotype.dialects.expressions.like import glob
from isotype.dialects.expressions.sql import AND, ATOM, OR, PRODUCT, SIGN, SUM, Column, SqlPrinter, fenced, is_number
from isotype.dialects.literals.sql import sqlite_string
from isotype.dialects.sqlite_patterns import sqlite_condition
from isotype.domain.bounds import (
    HIGHEST,
    LOWEST,
    bounds,
    can_fail,
    divides_by_unknown,
    leaves_64_bits,
    scale_of,
    scaled,
)
from isotype.domain.expressions import (
    And,
    Arithmetic,
    Between,
    Call,
    Case,
    Compare,
    Expression,
    Like,
    Literal,
    Match,
    Name,
    Negate,
    Or,
    Quantified,
    ValueType,
)
from isotype.domain.ledger import NotExpressible

CONTEXTS = ("check", "trigger", "generated", "index")
LONGEST = 50_000

_OVERFLOW = "abs(-9223372036854775808)"
_DIVISION_BY_ZERO = "json_extract('0', 'division by zero')"
_ITEM = "item.value"


def _gap(construct: str, reason: str) -> NotExpressible:
    return NotExpressible(construct, "sqlite", reason)


WIDE_DECIMAL = _gap(
    "rule over a wide decimal", "SQLite keeps a decimal of more than 18 digits as text, which has no numeric order."
)
WIDE_VALUE = _gap(
    "rule beyond 64 bits", "SQLite computes in 64 bits, and the exact value of this expression may need more."
)
ARRAY_ITEMS = _gap("rule over array items", "SQLite allows no subquery here; only a trigger can look at items.")
ARRAY_VALUE = _gap(
    "rule over array items with arithmetic", "SQLite computes the value per item, and so not at all without items."
)
OPEN_QUOTIENT = _gap(
    "rounding of an inner quotient", "SQLite has no decimal division; round(x / y, digits) is expressible as a whole."
)
TOO_LONG = _gap("rule with nested arithmetic", "The guards against overflow would make the text too long.")


class _Refused(Exception):
    def __init__(self, gap: NotExpressible) -> None:
        super().__init__(gap.reason)
        self.gap = gap


def print_expression(
    tree: Expression, column: Column, context: str = "check", scale: int | None = None
) -> str | NotExpressible:
    """The expression over the columns that `column` spells, such as `NEW.name` in a trigger.

    `context` is `check`, `trigger` (its WHEN), `generated` or `index`. A number is printed in units of `scale` fraction
    digits, by default its own: give the scale of the column that holds a computed decimal.
    """
    printer = _Printer(column, context)
    try:
        if tree.type.kind == "boolean":
            return printer.condition(tree)
        return printer.number(tree, scale) if is_number(tree.type) else printer.value(tree)
    except _Refused as refused:
        return refused.gap


class _Printer(SqlPrinter):
    def __init__(self, column: Column, context: str) -> None:
        super().__init__(column)
        self._context = context

    # Conditions

    def condition(self, node: Expression, least: int = OR) -> str:
        match node:
            case And(parts=parts) | Or(parts=parts) if any(map(can_fail, parts[1:])):
                return self._in_order(node, parts, least)
            case Between(value=value, low=low, high=high, negated=negated) if can_fail(high):
                above = Compare("<" if negated else ">=", value, low, type=node.type)
                below = Compare(">" if negated else "<=", value, high, type=node.type)
                return self.condition((Or if negated else And)((above, below), type=node.type), least)
        return super().condition(node, least)

    def _in_order(self, node: Expression, parts: tuple[Expression, ...], least: int) -> str:
        """AND or OR with a part that can be an error: it is computed unless what stands before has decided.

        By itself, SQLite would also stop at NULL where only truth matters, and would not stop where it does not.
        """
        conjunction = isinstance(node, And)
        joint, inner = (" AND ", AND + 1) if conjunction else (" OR ", AND)
        text, power = self.condition(parts[0], inner), ATOM
        for part in parts[1:]:
            joined, power = f"{text}{joint}{self.condition(part, inner)}", AND if conjunction else OR
            if can_fail(part):
                decided = f"NOT ({text}) THEN FALSE" if conjunction else f"{text} THEN TRUE"
                joined, power = f"CASE WHEN {decided} ELSE {joined} END", ATOM
            text = _limited(joined)
        return fenced(text, power, least)

    def operands(self, nodes: tuple[Expression, ...], ordered: bool = False) -> list[str]:
        if any(is_number(node.type) and node.type.kind != "float" for node in nodes):
            scale = max(scale_of(node) for node in nodes)
            return [self._guarded(node, scale) for node in nodes]
        return [self.value(node, SUM) for node in nodes]

    def search(self, node: Like | Match | Quantified) -> str:
        match node:
            case Like(value=value, pattern=pattern, negated=negated):
                return f"{self.value(value)}{' NOT' if negated else ''} GLOB {sqlite_string(glob(pattern))}"
            case Match(value=value, pattern=pattern, negated=negated):
                condition = sqlite_condition(pattern, self.value(value))
                if isinstance(condition, NotExpressible):
                    raise _Refused(condition)
                composed = " AND " in condition or " OR " in condition
                return f"NOT ({condition})" if negated else f"({condition})" if composed else condition
            case Quantified():
                return self._quantified(node)

    def _quantified(self, node: Quantified) -> str:
        if self._context != "trigger":
            raise _Refused(ARRAY_ITEMS)
        if can_fail(node.value):
            raise _Refused(ARRAY_VALUE)
        # The item is a name that no field has: the column printer never sees it.
        item = Name(_ITEM, type=node.array.type.item or ValueType("null"))
        inner = _Printer(lambda name: name if name is _ITEM else self._column(name), self._context)
        value, other = inner.operands((node.value, item), ordered=node.op not in ("=", "<>"))
        test = f"{value} {node.op} {other}"
        array = self.value(node.array)
        decided = f"WHEN max({test}) THEN TRUE" if node.quantifier == "ANY" else f"WHEN NOT min({test}) THEN FALSE"
        rest = "FALSE" if node.quantifier == "ANY" else "TRUE"
        verdict = f"CASE {decided} WHEN count(*) > count({test}) THEN NULL ELSE {rest} END"
        return f"CASE WHEN {array} IS NOT NULL THEN (SELECT {verdict} FROM json_each({array}) AS item) END"

    # Values that are not exact numbers

    def value(self, node: Expression, least: int = SUM) -> str:
        """The text of a value; exact numbers come in units of their own last digit."""
        if node.type.kind in ("integer", "decimal"):
            return self._guarded(node, scale_of(node))
        match node:
            case Name(name=name):
                return self._column(name)
            case Literal():
                return self._literal(node)
            case Negate(value=value):
                return fenced(f"-{self.value(value, ATOM)}", SIGN, least)
            case Call(function="abs", arguments=(value,)):
                return f"abs({self.value(value, OR)})"
            case Call(function="coalesce") | Case() if node.type.kind != "boolean":
                return self.choice(node, lambda result: self.value(result, OR))
        return self.condition(node, least)

    def _literal(self, node: Literal) -> str:
        match node.value:
            case str(text):
                return sqlite_string(_fixed_width(node.type.kind, text))
            case bool() | None:
                return self.condition(node)
            case number:
                return repr(float(number))

    # Exact numbers

    def number(self, node: Expression, scale: int | None) -> str:
        """A number as the whole of an expression."""
        if node.type.kind == "float":
            return self.value(node)
        return self._guarded(node, max(scale_of(node), 0) if scale is None else scale)

    def _guarded(self, node: Expression, scale: int) -> str:
        """A number in units of `scale`, made an error where its computation leaves 64 bits.

        Once a float, arithmetic stays a float or becomes NULL.
        """
        text = self._number(node, scale, SUM)
        tests = [f"typeof({self._number(part, 0, SUM)})" for part in _overflowing(node, hidden=True)]
        if not tests:
            return text
        if tests == [f"typeof({text})"]:
            return _limited(f"CASE {tests[0]} WHEN 'real' THEN {_OVERFLOW} ELSE {text} END")
        test = f"{tests[0]} = 'real'" if len(tests) == 1 else f"'real' IN ({', '.join(tests)})"
        return _limited(f"CASE WHEN {test} THEN {_OVERFLOW} ELSE {text} END")

    def _number(self, node: Expression, scale: int, least: int) -> str:
        if node.type.kind == "null":
            return "NULL"
        if node.type.kind == "decimal" or scale > 0:
            _refuse_beyond_64_bits(node, scale)
        own = scale_of(node)
        match node:
            case Literal(value=int() | Decimal() as number):
                exact = scaled(number, scale)
                if not LOWEST <= exact <= HIGHEST:
                    raise _Refused(WIDE_VALUE)
                return str(exact)
            case Name(name=name):
                if node.type.kind == "decimal" and node.type.digits > 18:
                    raise _Refused(WIDE_DECIMAL)
                return self._times(self._column(name), node, scale - own, least)
            case Arithmetic(op="*"):
                return self._product(node, scale, least)
            case Arithmetic(op="/"):
                return self._quotient(node, scale, least)
            case Arithmetic(op=op, left=left, right=right):
                first, second = self._number(left, scale, SUM), self._number(right, scale, PRODUCT)
                return fenced(f"{first} {op} {second}", SUM, least)
            case Negate(value=value):
                return fenced(f"-{self._number(value, scale, ATOM)}", SIGN, least)
            case Call(function="abs", arguments=(value,)):
                return f"abs({self._number(value, scale, SUM)})"
            case Call(function="length", arguments=(value,)):
                return self._times(f"length({self.value(value)})", node, scale, least)
            case Call(function="cardinality", arguments=(value,)):
                return self._times(f"json_array_length({self.value(value)})", node, scale, least)
            case Call(function="round"):
                return self._rounded(node, scale, least)
        return self.choice(node, lambda result: self._guarded(result, scale))

    def _times(self, text: str, node: Expression, digits: int, least: int) -> str:
        """The text, multiplied by a power of ten where it must have more fraction digits."""
        if digits == 0:
            return text
        _refuse_beyond_64_bits(node, scale_of(node) + digits)
        return fenced(f"{text} * {10**digits}", PRODUCT, least)

    def _product(self, node: Arithmetic, scale: int, least: int) -> str:
        scales = [scale_of(node.left), scale_of(node.right)]
        surplus = scale - sum(scales)
        # A literal takes what is missing; without one, the product is multiplied again.
        for index, side in enumerate((node.left, node.right)):
            if surplus and isinstance(side, Literal):
                scales[index] += surplus
                surplus = 0
        left, right = self._number(node.left, scales[0], PRODUCT), self._number(node.right, scales[1], SIGN)
        extra = f" * {10**surplus}" if surplus else ""
        if surplus:
            _refuse_beyond_64_bits(node, scale)
        return fenced(f"{left} * {right}{extra}", PRODUCT, least)

    def _quotient(self, node: Arithmetic, scale: int, least: int) -> str:
        if node.type.kind != "integer":
            raise _Refused(OPEN_QUOTIENT)
        left, right = self._number(node.left, 0, PRODUCT), self._number(node.right, 0, SIGN)
        text = f"{left} / {right}"
        if divides_by_unknown(node):
            dividend, divisor = self._number(node.left, 0, SUM), self._number(node.right, 0, SUM)
            return self._times(_checked_division(dividend, divisor, text), node, scale, least)
        return self._times(text, node, scale, least) if scale else fenced(text, PRODUCT, least)

    def _rounded(self, node: Call, scale: int, least: int) -> str:
        """round(): half away from zero, in integers; a quotient is rounded once, as a whole."""
        value, places = node.arguments
        digits = int(places.value) if isinstance(places, Literal) and isinstance(places.value, int) else 0
        if isinstance(value, Arithmetic) and value.op == "/" and value.type.kind == "decimal":
            text = self._rounded_quotient(value, digits)
        elif scale_of(value) < 0:
            raise _Refused(OPEN_QUOTIENT)
        elif scale_of(value) <= digits:
            return self._number(value, scale, least)
        else:
            unit = Literal(10 ** (scale_of(value) - digits), type=ValueType("integer", digits=19))
            text = self._halves_away(value, scale_of(value), unit, 0)
        return self._times(fenced(text, PRODUCT, ATOM if scale > digits else least), node, scale - digits, least)

    def _rounded_quotient(self, node: Arithmetic, digits: int) -> str:
        left, right = max(scale_of(node.left), 0), max(scale_of(node.right), 0)
        if scale_of(node.left) < 0 or scale_of(node.right) < 0 or not _rounds_once(node, digits):
            raise _Refused(OPEN_QUOTIENT)
        surplus = right + digits - left
        return self._halves_away(node.left, left + max(surplus, 0), node.right, right + max(-surplus, 0))

    def _halves_away(self, above: Expression, above_scale: int, below: Expression, below_scale: int) -> str:
        """above / below as the nearest integer, halves away from zero."""
        _refuse_range(above, above_scale, below, below_scale)
        n = self._number(above, above_scale, PRODUCT)
        if isinstance(below, Literal) and isinstance(below.value, int | Decimal):
            divisor = scaled(below.value, below_scale)
            if divisor < 0:
                above, divisor = Negate(above, type=above.type), -divisor
                n = self._number(above, above_scale, PRODUCT)
            if divisor == 1:
                return n
            test = self._number(above, above_scale, SUM)
            if divisor % 2:
                return f"(2 * {_closed(n)} + CASE WHEN {test} < 0 THEN -{divisor} ELSE {divisor} END) / {2 * divisor}"
            half = divisor // 2
            return f"({test} + CASE WHEN {test} < 0 THEN -{half} ELSE {half} END) / {divisor}"
        d = _closed(self._number(below, below_scale, ATOM))
        n = _closed(self._number(above, above_scale, ATOM))
        text = f"(2 * {n} + CASE WHEN ({n} < 0) = ({d} < 0) THEN {d} ELSE -{d} END) / (2 * {d})"
        return _checked_division(n, d, text)


def _closed(text: str) -> str:
    """A number that may follow an operator: the sign of a literal must not run into it."""
    return f"({text})" if text.startswith("-") else text


def _checked_division(dividend: str, divisor: str, text: str) -> str:
    zero = f"{divisor} = 0 AND {dividend} IS NOT NULL"
    return _limited(f"CASE WHEN {zero} THEN {_DIVISION_BY_ZERO} ELSE {text} END")


def _limited(text: str) -> str:
    if len(text) > LONGEST:
        raise _Refused(TOO_LONG)
    return text


def _refuse_beyond_64_bits(node: Expression, scale: int) -> None:
    own = max(scale_of(node), 0)
    if scale_of(node) < 0:
        return
    low, high = bounds(node, max(scale, own))
    if low < LOWEST or high > HIGHEST:
        raise _Refused(WIDE_DECIMAL if isinstance(node, Name) and node.type.digits > 18 else WIDE_VALUE)


def _refuse_range(above: Expression, above_scale: int, below: Expression, below_scale: int) -> None:
    """What rounding computes on the way: twice the dividend and the divisor."""
    most = [max(map(abs, bounds(node, scale))) for node, scale in ((above, above_scale), (below, below_scale))]
    if 2 * most[0] + most[1] > HIGHEST or 2 * most[1] > HIGHEST:
        raise _Refused(WIDE_VALUE)


def _rounds_once(node: Arithmetic, digits: int) -> bool:
    """Whether PostgreSQL's quotient has digits enough that rounding it equals rounding the exact one.

    numeric division keeps 16 significant digits (select_div_scale), by groups of four; what it drops must be less
    than the distance of any quotient from a half that it is not. A quotient with more groups has a smaller divisor.
    """
    left, right = scale_of(node.left), scale_of(node.right)
    dividend = max(map(abs, bounds(node.left))) * 10**right // 10**left + 1
    divisor = max(map(abs, bounds(node.right)))
    finer = 10 ** max(left - right - digits, 0)
    groups = (len(str(max(map(abs, bounds(node))))) - 1) // 4
    return all(
        min(divisor, dividend // 10 ** (4 * group) + 1) * finer < 10 ** (max(16 - 4 * group, left, right) - digits)
        for group in range(groups + 1)
    )


def _overflowing(node: Expression, hidden: bool) -> list[Expression]:
    """The parts whose value must be looked at to see every overflow below `node`, outermost first.

    `hidden` says that nobody looks at the node's own value, or that a NULL beside it may cover it. What CASE and
    coalesce choose from looks after itself.
    """
    looked_at = hidden and leaves_64_bits(node)
    own = [node] if looked_at else []
    hidden = hidden and not looked_at
    match node:
        case Arithmetic(left=left, right=right):
            return [
                *own,
                *_overflowing(left, hidden or not isinstance(right, Literal)),
                *_overflowing(right, hidden or not isinstance(left, Literal)),
            ]
        case Negate(value=value) | Call(function="abs", arguments=(value,)):
            return [*own, *_overflowing(value, hidden)]
        case Call(function="round", arguments=(value, *_)):
            return _overflowing(value, hidden=True)
    return own


def _fixed_width(kind: str, text: str) -> str:
    """A canonical constant in the form of its column: six fraction digits, so that texts compare as times do."""
    if kind not in ("timestamp", "local_timestamp", "time"):
        return text
    zone = "Z" if kind == "timestamp" else ""
    clock, _, fraction = text.removesuffix("Z").partition(".")
    return f"{clock}.{fraction:0<6}{zone}"
