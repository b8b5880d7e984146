"""Rules as PostgreSQL expressions, spelled as a person would: everything the language can say, it can say."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from isotype.dialects import patterns
from isotype.dialects.expressions.sql import (
    ATOM,
    OR,
    PRODUCT,
    SIGN,
    SUM,
    Column,
    SqlPrinter,
    fenced,
)
from isotype.dialects.literals.sql import postgres_string
from isotype.domain.bounds import bounds
from isotype.domain.expressions import (
    Arithmetic,
    Call,
    Case,
    Expression,
    Like,
    Literal,
    Match,
    Name,
    Negate,
    Quantified,
)

_TYPES = {"timestamp": "timestamptz", "local_timestamp": "timestamp", "date": "date", "time": "time", "uuid": "uuid"}
_WIDTHS = ((5, 16), (10, 32))


def print_expression(tree: Expression, column: Column, enum_type: Callable[[str], str] | None = None) -> str:
    """The expression over the columns that `column` spells.

    `enum_type` gives the type of a native enum by the enum's name, '' for one stored as text.
    """
    printer = _Printer(column, enum_type or (lambda name: ""))
    return printer.condition(tree) if tree.type.kind == "boolean" else printer.value(tree)


class _Printer(SqlPrinter):
    def __init__(self, column: Column, enum_type: Callable[[str], str]) -> None:
        super().__init__(column)
        self._enum_type = enum_type

    def operands(self, nodes: tuple[Expression, ...], ordered: bool = False) -> list[str]:
        first, *rest = [self.value(node, SUM) for node in nodes]
        if ordered and nodes[0].type.kind == "text":
            first = f'{fenced(first, ATOM if _is_atom(nodes[0]) else SUM, ATOM)} COLLATE "C"'
        return [first, *rest]

    def search(self, node: Like | Match | Quantified) -> str:
        match node:
            case Like(value=value, pattern=pattern, negated=negated):
                return f"{self._text(value)}{' NOT' if negated else ''} LIKE {postgres_string(pattern)}"
            case Match(value=value, pattern=pattern, negated=negated):
                operator = "!~" if negated else "~"
                return f"{self._text(value)} {operator} {postgres_string(patterns.postgres(pattern))}"
            case Quantified(op=op, value=value, quantifier=quantifier, array=array):
                [first] = self.operands((value,), ordered=op not in ("=", "<>"))
                return f"{first} {op} {quantifier} ({self.value(array)})"

    def value(self, node: Expression, least: int = OR) -> str:
        """The text of any value."""
        match node:
            case Name(name=name):
                return self._column(name)
            case Literal():
                return self._literal(node)
            case Arithmetic():
                return self._arithmetic(node, least)
            case Negate(value=value):
                text = self._widened(node, value) or self.value(value, ATOM)
                return fenced(f"-{text}", SIGN, least)
            case Call(function="coalesce") | Case():
                return self.choice(node, self._result)
            case Call():
                return self._call(node)
        return self.condition(node, least)

    def _literal(self, node: Literal) -> str:
        match node.value:
            case None | bool():
                return self.condition(node)
            case int(number):
                return str(number)
            case Decimal() as number:
                return format(number, "f")
            case str(text):
                cast = _TYPES.get(node.type.kind)
                return f"'{text}'::{cast}" if cast else postgres_string(text)

    def _result(self, node: Expression) -> str:
        """A result of CASE or coalesce: nothing else tells the type of an enum's value there."""
        text = self.value(node)
        kind = self._enum_type(node.type.name) if isinstance(node, Literal) and node.type.kind == "enum" else ""
        return f"{text}::{kind}" if kind else text

    def _arithmetic(self, node: Arithmetic, least: int) -> str:
        power = SUM if node.op in "+-" else PRODUCT
        left, right = self.value(node.left, power), self.value(node.right, power + 1)
        if isinstance(node.left, Literal):
            right = self._widened(node, node.right) or right
        else:
            left = self._widened(node, node.left) or left
        return fenced(f"{left} {node.op} {right}", power, least)

    def _widened(self, node: Expression, part: Expression) -> str:
        """The part cast to bigint when the node may not fit the type PostgreSQL would compute it in; else ''."""
        if node.type.kind != "integer" or (width := _width(node, cast=False)) == 64:
            return ""
        low, high = bounds(node)
        if -(2 ** (width - 1)) <= low and high < 2 ** (width - 1):
            return ""
        return f"{self.value(part, ATOM)}::bigint"

    def _call(self, node: Call) -> str:
        value, *rest = node.arguments
        match node.function:
            case "length":
                return f"char_length({self._text(value)})"
            case "abs":
                return f"abs({self._widened(node, value) or self.value(value)})"
        return f"{node.function}({', '.join(self.value(argument) for argument in (value, *rest))})"

    def _text(self, node: Expression) -> str:
        return f"{self.value(node, ATOM)}::text" if node.type.kind == "enum" else self.value(node, ATOM)


def _is_atom(node: Expression) -> bool:
    return isinstance(node, Name | Literal | Call | Case)


def _width(node: Expression, cast: bool = True) -> int:
    """The bits PostgreSQL computes an integer in; `cast` when the node's own cast to bigint counts."""
    match node:
        case Name():
            return next((bits for digits, bits in _WIDTHS if node.type.digits <= digits), 64)
        case Literal(value=int(number)):
            return 32 if -(2**31) <= number < 2**31 else 64
        case Literal():
            return 0
        case Call(function="length" | "cardinality"):
            return 32
        case Arithmetic(left=left, right=right):
            parts: tuple[Expression, ...] = (left, right)
        case Negate(value=value) | Call(function="abs", arguments=(value,)):
            parts = (value,)
        case Call(arguments=arguments):
            return max(map(_width, arguments))
        case Case(branches=branches, otherwise=otherwise):
            return max(_width(result) for result in (*(value for _, value in branches), otherwise) if result)
        case _:
            return 64
    width = max(map(_width, parts))
    if not cast or width == 64:
        return width
    low, high = bounds(node)
    return width if -(2 ** (width - 1)) <= low and high < 2 ** (width - 1) else 64
