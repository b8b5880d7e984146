"""Untyped rule tree → typed tree: every name is a field, every operator meets types it has one meaning for.

Literals take the type of what they meet. Constant arithmetic is worked out here, so that no target folds it in its own
way; a condition that reads no field is refused for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal

from isotype.domain.expressions import (
    BOOLEAN,
    NULL,
    UNTYPED,
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
    literal_type,
    names,
    walk,
)
from isotype.domain.values import replace
from isotype.language import constants
from isotype.language.expressions import ExpressionError
from isotype.language.wording import did_you_mean, quoted

WIDEST = 1000
"""Decimal digits a value may need (PostgreSQL manual, section 8.1.2: the greatest declared precision)."""

_NUMBERS = ("integer", "decimal")
_ORDERED = (*_NUMBERS, "float", "text", "timestamp", "local_timestamp", "date", "time", "uuid")
_COMPARABLE = (*_ORDERED, "enum", "boolean")
_ORDERS = ("<", "<=", ">", ">=")
_NOUNS = {
    "boolean": "a truth value",
    "integer": "an integer",
    "decimal": "a decimal",
    "float": "a float",
    "timestamp": "an instant",
    "local_timestamp": "a local date and time",
    "date": "a date",
    "time": "a time of day",
    "duration": "a duration",
    "uuid": "a uuid",
    "inet": "an address",
    "array": "an array",
    "json": "JSON",
    "null": "NULL",
}
_EXACT = Context(prec=4 * WIDEST)


def check(
    tree: Expression,
    fields: Mapping[str, ValueType],
    enums: Mapping[str, tuple[str, ...]],
    computed: bool = False,
    want: str | ValueType = "boolean",
) -> Expression | tuple[ExpressionError, ...]:
    """The typed tree, or everything that is wrong with it in order of place.

    `fields` gives the type of each name, `enums` the values of each enum. `computed` allows `/` and `round`.
    `want` is the kind of the whole, '' for any, or the exact type of the field that holds it.
    """
    checker = _Checker(fields, enums, computed)
    typed = checker.visit(tree)
    typed = checker.whole(typed, ValueType(want) if isinstance(want, str) else want, exact=isinstance(want, ValueType))
    if checker.errors:
        return tuple(sorted(checker.errors, key=lambda error: error.at))
    return typed


class _Checker:
    """Types one tree; `errors` grows while it goes. A part with an error is UNTYPED and causes no second one."""

    def __init__(self, fields: Mapping[str, ValueType], enums: Mapping[str, tuple[str, ...]], computed: bool) -> None:
        self.errors: list[ExpressionError] = []
        self._fields = fields
        self._enums = enums
        self._computed = computed

    def whole(self, node: Expression, want: ValueType, *, exact: bool) -> Expression:
        """The tree held against what is wanted of it."""
        if node.type == UNTYPED or self.errors:
            return node
        if not names(node):
            return self._error(node, "the expression reads no field, so it is always the same", "", "rule-constant")
        if not want.kind:
            return node
        if want.kind == "boolean":
            return self._condition(node)
        node = self._adapt(node, want)
        kind = node.type.kind
        if kind not in ("", want.kind) and not (kind in _NUMBERS and want.kind in _NUMBERS):
            return self._error(node, f"the expression is {_noun(node.type)}, not {_noun(want)}")
        if kind == "enum" and want.name and node.type.name != want.name:
            return self._error(node, f"the expression is a {node.type.name}, not a {want.name}")
        if kind == "decimal" and (node.type.scale < 0 or (exact and node.type.scale > want.scale)):
            digits = want.scale if exact else 2
            return self._error(
                node,
                f"the expression has more fraction digits than the {digits} its field keeps",
                f"write round(…, {digits})",
                "rule-inexact",
            )
        return node

    def visit(self, node: Expression) -> Expression:
        """The typed form of a node."""
        match node:
            case Name():
                return self._name(node)
            case Literal():
                return replace(node, type=literal_type(node.value))
            case Compare():
                return self._compare(node)
            case In():
                return self._in(node)
            case Between():
                return self._between(node)
            case And(parts=parts) | Or(parts=parts):
                return replace(node, parts=tuple(self._condition(self.visit(part)) for part in parts), type=BOOLEAN)
            case Not(part=part):
                return replace(node, part=self._condition(self.visit(part)), type=BOOLEAN)
            case IsNull(value=value):
                return replace(node, value=self._reading(self.visit(value)), type=BOOLEAN)
            case IsTruth(value=value):
                return replace(node, value=self._condition(self.visit(value)), type=BOOLEAN)
            case Like() | Match():
                return self._text_search(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Negate():
                return self._negate(node)
            case Call():
                return self._call(node)
            case Case():
                return self._case(node)
            case Quantified():
                return self._quantified(node)
        raise TypeError(f"no such expression: {type(node).__name__}")

    # Findings

    def _error(self, node: Expression, message: str, suggestion: str = "", code: str = "rule-type") -> Expression:
        self.errors.append(ExpressionError(node.at, message, suggestion, code))
        return replace(node, type=UNTYPED)

    def _condition(self, node: Expression) -> Expression:
        if node.type == UNTYPED:
            return node
        if node.type.kind == "null":
            return self._error(node, "NULL is no condition", "write field IS NULL")
        if node.type != BOOLEAN:
            return self._error(node, f"{_described(node)}, not a condition", _as_condition(node))
        return self._reading(node)

    def _reading(self, node: Expression) -> Expression:
        if not node.type.kind or any(isinstance(part, Name) for part in walk(node)):
            return node
        return self._error(node, "the condition reads no field, so it is always the same", "remove it", "rule-constant")

    # Operands

    def _name(self, node: Name) -> Expression:
        known = self._fields.get(node.name)
        if known is not None:
            return replace(node, type=known)
        valued = any(node.name in self._enums.get(known.name, ()) for known in self._fields.values())
        hint = f"a text stands in single quotes: '{node.name}'" if valued else _closest(node.name, self._fields)
        return self._error(node, f"there is no field {quoted(node.name)} here", hint, "unknown-field")

    def _adapt(self, node: Expression, to: ValueType) -> Expression:
        """The node as a value of type `to` when it is made of literals; else the node itself."""
        match node:
            case Literal(value=str(text)) if to.kind not in ("text", "", "null"):
                return self._adapt_text(node, text, to)
            case Literal(value=value) if to.kind == "float" and node.type.kind in _NUMBERS:
                if abs(Decimal(str(value))) > Decimal("1e308"):
                    return self._error(node, "the number is greater than any float", "", "rule-literal")
                return replace(node, type=to)
            case Case(branches=branches, otherwise=otherwise) if _constant(node):
                if node.type == to:
                    return node
                adapted = tuple((condition, self._adapt(value, to)) for condition, value in branches)
                rest = self._adapt(otherwise, to) if otherwise else None
                values = [value for _, value in adapted] + ([rest] if rest else [])
                kind = next((value.type for value in values if value.type.kind != "null"), NULL)
                return replace(node, branches=adapted, otherwise=rest, type=kind)
        return node

    def _adapt_text(self, node: Literal, text: str, to: ValueType) -> Expression:
        if to.kind == "enum":
            values = self._enums.get(to.name, ())
            if text in values:
                return replace(node, type=to)
            fact = f"{quoted(text)} is no value of {to.name}"
            return self._error(node, fact, _closest(text, values), "unknown-enum-value")
        if constants.has_form(to.kind):
            value = constants.canonical(to.kind, text)
            if value is not None:
                return replace(node, value=value, type=to)
            noun, sample = constants.example(to.kind)
            return self._error(node, f"{quoted(text)} is not {noun}", f"write it as '{sample}'", "rule-literal")
        if to.kind == "boolean":
            return self._error(node, f"{quoted(text)} is text, not a truth value", "write TRUE or FALSE without quotes")
        if to.kind in (*_NUMBERS, "float"):
            return self._error(node, f"{quoted(text)} is text, not a number", "write the number without quotes")
        return node

    def _together(self, parts: Sequence[Expression], verb: str) -> tuple[tuple[Expression, ...], ValueType]:
        """The parts brought to one type, and that type; UNTYPED when they have none in common."""
        if any(part.type == UNTYPED for part in parts):
            return tuple(parts), UNTYPED
        candidates = [part for part in parts if part.type.kind != "null"]
        anchor = next((part for part in candidates if not _constant(part)), candidates[0] if candidates else None)
        if anchor is None:
            return tuple(parts), NULL
        adapted = tuple(part if part is anchor else self._adapt(part, anchor.type) for part in parts)
        common = anchor.type
        for part in adapted:
            if part.type == UNTYPED:
                return adapted, UNTYPED
            merged = _merged(common, part.type)
            if merged == UNTYPED:
                inexact = "float" in (common.kind, part.type.kind) and {common.kind, part.type.kind} & {*_NUMBERS}
                hint = "a float is exact with floats and literals only: make both decimals" if inexact else ""
                fact = f"{_described(anchor)}, {_described(part)}; they cannot be {verb}"
                self._error(part, fact, hint, "rule-inexact" if inexact else "rule-type")
                return adapted, UNTYPED
            common = merged
        return adapted, common

    # Predicates

    def _operands(self, op: str, parts: Sequence[Expression]) -> tuple[tuple[Expression, ...], ValueType]:
        """Operands of a comparison; NULL, incomparable and unordered types are refused."""
        for part in parts:
            if part.type.kind == "null":
                self._error(part, "a comparison with NULL is never true", "write IS NULL", "rule-null-comparison")
                return tuple(parts), UNTYPED
            if part.type.kind not in (*_COMPARABLE, ""):
                hint = "write cardinality(array), or value = ANY (array)" if part.type.kind == "array" else ""
                self._error(part, f"{_described(part)}; of it a rule knows IS NULL only", hint)
                return tuple(parts), UNTYPED
        adapted, common = self._together(parts, "compared")
        if common == UNTYPED:
            return adapted, UNTYPED
        if op in _ORDERS and common.kind not in _ORDERED:
            hint = "write IN (…) with the values meant" if common.kind == "enum" else "write = or <>"
            self._error(adapted[0], f"{_described(adapted[0])}, which has no order", hint, "rule-order")
        elif common.scale < 0:
            self._error(adapted[0], "a quotient is compared unrounded", "write round(x / y, digits)", "rule-inexact")
        else:
            return adapted, common
        return adapted, UNTYPED

    def _predicate(self, node: Expression, of: ValueType) -> Expression:
        typed = replace(node, type=BOOLEAN if of != UNTYPED else UNTYPED)
        return self._reading(typed)

    def _compare(self, node: Compare) -> Expression:
        (left, right), common = self._operands(node.op, (self.visit(node.left), self.visit(node.right)))
        return self._predicate(replace(node, left=left, right=right), common)

    def _in(self, node: In) -> Expression:
        options = tuple(self.visit(option) for option in node.options)
        for option in options:
            if option.type != UNTYPED and not isinstance(option, Literal | Name):
                self._error(option, "IN lists literals and fields only", "write OR value = …")
                return replace(node, type=UNTYPED)
        (value, *rest), common = self._operands("=", (self.visit(node.value), *options))
        return self._predicate(replace(node, value=value, options=tuple(rest)), common)

    def _between(self, node: Between) -> Expression:
        parts = (self.visit(node.value), self.visit(node.low), self.visit(node.high))
        (value, low, high), common = self._operands("<=", parts)
        return self._predicate(replace(node, value=value, low=low, high=high), common)

    def _text_search(self, node: Like | Match) -> Expression:
        value = self.visit(node.value)
        operator = "LIKE" if isinstance(node, Like) else "~"
        if value.type.kind not in ("text", "enum", ""):
            return self._error(value, f"{_described(value)}; {operator} searches text")
        return self._predicate(replace(node, value=value), value.type)

    def _quantified(self, node: Quantified) -> Expression:
        value, array = self.visit(node.value), self.visit(node.array)
        if UNTYPED in (value.type, array.type):
            return replace(node, type=UNTYPED)
        if not isinstance(array, Name) or array.type.kind != "array" or array.type.item is None:
            hint = "write IN (…) for a list of values" if not isinstance(array, Name) else ""
            return self._error(array, f"{node.quantifier} takes an array field", hint)
        # The item stands for any one of them: it meets the value as a field of its own would.
        item = Name(array.name, type=array.type.item, at=array.at)
        (value, _), common = self._operands(node.op, (value, item))
        return self._predicate(replace(node, value=value, array=array), common)

    # Values

    def _arithmetic(self, node: Arithmetic) -> Expression:
        left, right = self.visit(node.left), self.visit(node.right)
        typed = replace(node, left=left, right=right)
        if node.op == "/" and not self._computed:
            return self._error(node, "division is not exact", "multiply the other side instead", "rule-inexact")
        for part in (left, right):
            if part.type == UNTYPED:
                return replace(typed, type=UNTYPED)
            if part.type.kind == "float":
                fact = f"{_described(part)}, and float arithmetic is not exact"
                return self._error(part, fact, "make the field a decimal", "rule-inexact")
            if part.type.kind not in _NUMBERS:
                return self._error(part, f"{_described(part)}; {node.op} takes numbers")
        if node.op == "/" and isinstance(right, Literal) and right.value == 0:
            return self._error(right, "division by zero", "", "rule-literal")
        typed = replace(typed, type=_arithmetic_type(node.op, left.type, right.type))
        if typed.type.digits > WIDEST:
            return self._error(node, f"the value may need more than {WIDEST} digits", "", "rule-too-wide")
        return self._folded(typed)

    def _folded(self, node: Arithmetic) -> Expression:
        """A literal where both sides are literals."""
        if node.op == "/" or not (isinstance(node.left, Literal) and isinstance(node.right, Literal)):
            return node
        left, right = Decimal(str(node.left.value)), Decimal(str(node.right.value))
        operation = {"+": _EXACT.add, "-": _EXACT.subtract, "*": _EXACT.multiply}[node.op]
        result = operation(left, right)
        return self._number(node, int(result) if node.type.kind == "integer" else result)

    def _number(self, node: Expression, value: int | Decimal) -> Expression:
        literal = Literal(value, type=literal_type(value), at=node.at)
        if node.type.kind == "integer" and literal.type.kind != "integer":
            return self._error(node, "the constant is beyond 64 bits", "", "rule-literal")
        return literal

    def _negate(self, node: Negate) -> Expression:
        value = self.visit(node.value)
        if value.type == UNTYPED:
            return replace(node, value=value, type=UNTYPED)
        if value.type.kind not in (*_NUMBERS, "float"):
            return self._error(value, f"{_described(value)}; - takes a number")
        if isinstance(value, Literal) and isinstance(value.value, int | Decimal):
            return self._number(replace(node, type=value.type), -value.value)
        return replace(node, value=value, type=_widened(value.type))

    def _call(self, node: Call) -> Expression:
        arguments = tuple(self.visit(argument) for argument in node.arguments)
        typed = replace(node, arguments=arguments)
        if any(argument.type == UNTYPED for argument in arguments):
            return replace(typed, type=UNTYPED)
        match node.function:
            case "length" | "cardinality":
                return self._size(typed, arguments[0])
            case "abs":
                return self._abs(typed, arguments[0])
            case "round":
                return self._round(typed)
            case _:
                return self._coalesce(typed)

    def _size(self, node: Call, value: Expression) -> Expression:
        takes, other = ("text", "array") if node.function == "length" else ("array", "text")
        if value.type.kind == takes or (takes == "text" and value.type.kind == "enum"):
            return replace(node, type=ValueType("integer", digits=10, number=True))
        hint = ("write cardinality(…)" if other == "array" else "write length(…)") if value.type.kind == other else ""
        return self._error(value, f"{_described(value)}; {node.function} takes {_noun(ValueType(takes))}", hint)

    def _abs(self, node: Call, value: Expression) -> Expression:
        if value.type.kind not in (*_NUMBERS, "float"):
            return self._error(value, f"{_described(value)}; abs takes a number")
        if isinstance(value, Literal) and isinstance(value.value, int | Decimal):
            positive = -value.value if value.value < 0 else value.value
            return self._number(replace(node, type=value.type), positive)
        return replace(node, type=_widened(value.type))

    def _round(self, node: Call) -> Expression:
        value, digits = node.arguments
        if not self._computed:
            return self._error(node, "rounding is not exact", "compare the exact value", "rule-inexact")
        if not isinstance(digits, Literal) or not isinstance(digits.value, int) or not 0 <= digits.value <= 100:
            return self._error(digits, "round takes its digits as a number from 0 to 100")
        if value.type.kind == "integer":
            fact = "an integer has no fraction to round, and the division of two integers drops it"
            return self._error(value, fact, "make one side a decimal: 1.0 * a / b")
        if value.type.kind != "decimal":
            return self._error(value, f"{_described(value)}; round takes a decimal", "", "rule-inexact")
        # Rounding may carry into one more digit before the point.
        return replace(node, type=_decimal(_whole_digits(value.type) + 1, digits.value))

    def _coalesce(self, node: Call) -> Expression:
        for argument in node.arguments[:-1]:
            if isinstance(argument, Literal):
                return self._error(argument, "what follows a constant in coalesce is never used", "put it last")
        if node.arguments[-1].type.kind == "null":
            return self._error(node.arguments[-1], "NULL adds nothing to coalesce", "remove it")
        arguments, common = self._together(node.arguments, "alternatives")
        return replace(node, arguments=arguments, type=self._carried(arguments[0], common))

    def _case(self, node: Case) -> Expression:
        conditions = [self._condition(self.visit(condition)) for condition, _ in node.branches]
        values = [self.visit(value) for _, value in node.branches]
        rest = [self.visit(node.otherwise)] if node.otherwise is not None else []
        adapted, common = self._together([*values, *rest], "alternatives")
        typed = replace(
            node,
            branches=tuple(zip(conditions, adapted, strict=False)),
            otherwise=adapted[-1] if rest else None,
            type=common,
        )
        if common == NULL:
            return self._error(node, "every branch of CASE is NULL")
        return replace(typed, type=self._carried(values[0], common))

    def _carried(self, at: Expression, common: ValueType) -> ValueType:
        """The type of a choice between values; JSON and arrays cannot be chosen between."""
        if common == UNTYPED or common.kind in _COMPARABLE:
            return common
        self._error(at, f"{_described(at)}; of it a rule knows IS NULL only")
        return UNTYPED


# --- types ------------------------------------------------------------------------------------------------------------


def _decimal(whole: int, scale: int) -> ValueType:
    return ValueType("decimal", scale=scale, digits=max(whole + max(scale, 0), 1))


def _whole_digits(of: ValueType) -> int:
    return of.digits - max(of.scale, 0)


def _widened(of: ValueType) -> ValueType:
    """The type of `-x` and `abs(x)`: the lowest integer has no positive of its own width."""
    return ValueType("integer", digits=19) if of.kind == "integer" else replace(of, number=False)


def _merged(first: ValueType, second: ValueType) -> ValueType:
    """The one type that holds values of both, or UNTYPED."""
    if first == second or second.kind == "null":
        return first
    if first.kind == "null":
        return second
    if first.kind == second.kind == "integer":
        return ValueType("integer", digits=max(first.digits, second.digits), number=first.number and second.number)
    if first.kind in _NUMBERS and second.kind in _NUMBERS:
        whole = max(_whole_digits(first), _whole_digits(second))
        open_ended = first.scale < 0 or second.scale < 0
        return _decimal(whole, -1 if open_ended else max(first.scale, second.scale))
    return first if (first.kind, first.name) == (second.kind, second.name) and first.kind != "array" else UNTYPED


def _arithmetic_type(op: str, left: ValueType, right: ValueType) -> ValueType:
    if left.kind == right.kind == "integer":
        return ValueType("integer", digits=19)
    if op == "/":
        return _decimal(_whole_digits(left) + max(right.scale, 0) + 1, -1)
    open_ended = left.scale < 0 or right.scale < 0
    if op == "*":
        return _decimal(_whole_digits(left) + _whole_digits(right), -1 if open_ended else left.scale + right.scale)
    scale = -1 if open_ended else max(left.scale, right.scale)
    return _decimal(max(_whole_digits(left), _whole_digits(right)) + 1, scale)


def _constant(node: Expression) -> bool:
    """Whether a value takes the type of what it meets: a literal, or CASE between literals."""
    match node:
        case Literal():
            return True
        case Case(branches=branches, otherwise=otherwise):
            return all(_constant(value) for _, value in branches) and (otherwise is None or _constant(otherwise))
    return False


# --- words ------------------------------------------------------------------------------------------------------------


def _noun(of: ValueType) -> str:
    if of.kind == "enum":
        return f"a {of.name}"
    return _NOUNS.get(of.kind, of.kind)


def _described(node: Expression) -> str:
    match node:
        case Name(name=name):
            return f"{quoted(name)} is {_noun(node.type)}"
        case Literal(value=str(text)):
            return f"{quoted(text)} is {_noun(node.type)}"
        case Literal(value=value):
            return f"{value} is {_noun(node.type)}"
        case Call(function=function):
            return f"{function}(…) is {_noun(node.type)}"
    return f"the value is {_noun(node.type)}"


def _as_condition(node: Expression) -> str:
    if isinstance(node, Name) and node.type.kind in _COMPARABLE:
        return f"compare it: {node.name} = …" if node.type.kind in ("text", "enum") else f"compare it: {node.name} > …"
    return "compare it with something"


def _closest(word: str, known: Mapping[str, object] | Sequence[str]) -> str:
    few = ", ".join(map(quoted, list(known)[:8]))
    return did_you_mean(word, known) or (f"there are {few}{', …' if len(known) > 8 else ''}" if few else "")
