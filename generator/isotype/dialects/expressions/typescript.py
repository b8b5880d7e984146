"""Rules as TypeScript: calls of the emitted support module `rules.ts` over a row's wire values.

Operands are JSON values: a bigint or decimal is a string unless its type travels as a number, an instant RFC 3339
text; null is NULL and undefined a value that is not known here. Exact numbers are computed as BigInt, decimals in
units of their last digit; plain integers that are only compared stay numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from isotype.dialects import patterns
from isotype.dialects.expressions.calls import COMPARISONS, OPERATIONS, inexact
from isotype.dialects.expressions.code import Code, FunctionCall, Helper, PrintedCode, helpers
from isotype.dialects.expressions.like import as_pattern
from isotype.dialects.literals.typescript import typescript_regex, typescript_string
from isotype.domain.bounds import SAFE, leaves_64_bits, scale_of, scaled
from isotype.domain.expressions import (
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
    names,
)
from isotype.domain.ledger import NotExpressible

_READERS = {"timestamp": "instant", "local_timestamp": "local", "time": "clock", "uuid": "uuid"}
"""The support function that brings a wire value to the form it is compared in."""

_EXACT = ("integer", "decimal")


def print_expression(tree: Expression, operand: Callable[[str], str]) -> PrintedCode | NotExpressible:
    """The call that gives the verdict (or value) for the wire values that `operand` spells by field name."""
    return _printed(tree, id(tree), tuple(map(operand, names(tree))))


# Shapes of one entity have the same rules, and so have entities with fields alike. Equal trees are not yet the same:
# a constant may be written in two ways.
@lru_cache(maxsize=1024)
def _printed(tree: Expression, identity: int, operands: tuple[str, ...]) -> PrintedCode | NotExpressible:
    gap = inexact(tree, "typescript")
    if gap is not None:
        return gap
    code = _Printer(dict(zip(names(tree), operands, strict=True)).__getitem__).code(tree)
    return PrintedCode(code, helpers(code), packs_arguments=False)


class _Printer:
    def __init__(self, operand: Callable[[str], str]) -> None:
        self._operand = operand

    def code(self, node: Expression) -> Code:
        """The code of any node; exact numbers in units of their own last digit."""
        match node:
            case And(parts=parts):
                return FunctionCall("and", tuple(map(self.code, parts)))
            case Or(parts=parts):
                return FunctionCall("or", tuple(map(self.code, parts)))
            case Not(part=part):
                return FunctionCall("not", (self.code(part),))
            case Compare(op=op, left=left, right=right):
                return FunctionCall(COMPARISONS[op], self._together(left, right))
            case In(value=value, options=options, negated=negated):
                return _negated(FunctionCall("isIn", self._together(value, *options)), negated)
            case Between(value=value, low=low, high=high, negated=negated):
                return _negated(FunctionCall("between", self._together(value, low, high)), negated)
            case IsNull(value=value, negated=negated):
                name = "isNotNull" if negated else "isNull"
                return FunctionCall(name, (self._operand(value.name) if isinstance(value, Name) else self.code(value),))
            case IsTruth(value=value, truth=truth, negated=negated):
                return _negated(FunctionCall("isTrue" if truth else "isFalse", (self.code(value),)), negated)
            case Like(value=value, pattern=pattern, negated=negated):
                text = typescript_regex(patterns.javascript(as_pattern(pattern)))
                return _negated(FunctionCall("matches", (self.code(value), text)), negated)
            case Match(value=value, pattern=parsed, negated=negated):
                text = typescript_regex(patterns.javascript(parsed))
                return _negated(FunctionCall("matches", (self.code(value), text)), negated)
            case Quantified():
                return self._quantified(node)
        if node.type.kind in _EXACT:
            return self._exact(node, scale_of(node))
        return self._other(node)

    def _together(self, *nodes: Expression) -> tuple[Code, ...]:
        """Values that meet in one comparison, brought to one form."""
        if all(node.type.kind in _EXACT for node in nodes):
            if all(map(_is_plain, nodes)):
                return tuple(map(self._plain, nodes))
            scale = max(map(scale_of, nodes))
            return tuple(self._exact(node, scale) for node in nodes)
        return tuple(map(self.code, nodes))

    def _quantified(self, node: Quantified) -> FunctionCall:
        item = Name("", type=node.array.type.item or ValueType("null"))
        array: Code = self._operand(node.array.name) if isinstance(node.array, Name) else self.code(node.array)
        if item.type.kind in _EXACT and _is_plain(node.value) and _is_plain(item):
            value: Code = self._plain(node.value)
        elif item.type.kind in _EXACT:
            scale = max(scale_of(node.value), scale_of(item))
            value = self._exact(node.value, scale)
            reader: Code = FunctionCall("decimalOf", (str(scale),)) if scale else Helper("integer")
            array = FunctionCall("items", (array, reader))
        else:
            value = self.code(node.value)
            if item.type.kind in _READERS:
                array = FunctionCall("items", (array, Helper(_READERS[item.type.kind])))
        name = "anyOf" if node.quantifier == "ANY" else "allOf"
        return FunctionCall(name, (Helper(COMPARISONS[node.op]), value, array))

    def _plain(self, node: Expression) -> Code:
        """An integer as a JavaScript number."""
        match node:
            case Name(name=name):
                return self._operand(name)
            case Literal(value=value):
                return "null" if value is None else str(value)
            case Call(function="length" | "cardinality" as function, arguments=(value,)):
                return FunctionCall(function, (self._raw(value),))
            case Call(arguments=arguments):
                return FunctionCall("coalesce", tuple(map(self._plain, arguments)))
        return self._choice(node, self._plain)

    def _exact(self, node: Expression, scale: int) -> Code:
        """A number as BigInt in units of `scale` fraction digits."""
        surplus = scale - max(scale_of(node), 0)
        match node:
            case Literal(value=None):
                return "null"
            case Literal(value=int() | Decimal() as value):
                return f"{scaled(value, scale)}n"
            case Name(name=name) if node.type.kind == "decimal":
                return FunctionCall("decimal", (self._operand(name), str(scale)))
            case Name() | Call(function="length" | "cardinality"):
                return _times(FunctionCall("integer", (self._plain(node),)), surplus)
            case Arithmetic(op="*", left=left, right=right):
                product = FunctionCall(
                    "multiply", (self._exact(left, scale_of(left)), self._exact(right, scale_of(right)))
                )
                return _times(_bounded(product, node), surplus)
            case Arithmetic(op=op, left=left, right=right):
                inner = 0 if node.type.kind == "integer" else scale
                sides = (self._exact(left, inner), self._exact(right, inner))
                return _times(_bounded(FunctionCall(OPERATIONS[op], sides), node), scale - inner)
            case Negate(value=value):
                inner = 0 if node.type.kind == "integer" else scale
                return _times(_bounded(FunctionCall("negate", (self._exact(value, inner),)), node), scale - inner)
            case Call(function="abs", arguments=(value,)):
                inner = 0 if node.type.kind == "integer" else scale
                return _times(_bounded(FunctionCall("absolute", (self._exact(value, inner),)), node), scale - inner)
            case Call(arguments=arguments):
                return FunctionCall("coalesce", tuple(self._exact(argument, scale) for argument in arguments))
        return self._choice(node, lambda result: self._exact(result, scale))

    def _other(self, node: Expression) -> Code:
        match node:
            case Name(name=name):
                return _read(self._operand(name), node.type.kind)
            case Literal():
                return _literal(node)
            case Negate(value=value):
                return FunctionCall("negate", (self.code(value),))
            case Call(function="abs", arguments=(value,)):
                return FunctionCall("absolute", (self.code(value),))
            case Call(arguments=arguments):
                return FunctionCall("coalesce", tuple(map(self.code, arguments)))
        return self._choice(node, self.code)

    def _choice(self, node: Expression, result_code: Callable[[Expression], Code]) -> Code:
        if not isinstance(node, Case):
            raise TypeError(f"no such expression: {type(node).__name__}")
        code: Code = "null" if node.otherwise is None else result_code(node.otherwise)
        for condition, result in reversed(node.branches):
            code = FunctionCall("choose", (self.code(condition), result_code(result), code))
        return code

    def _raw(self, node: Expression) -> Code:
        return self._operand(node.name) if isinstance(node, Name) else self.code(node)


def _is_plain(node: Expression) -> bool:
    """Whether an integer is read and compared, not computed, and JavaScript numbers hold it."""
    match node:
        case Literal(value=value):
            return value is None or (isinstance(value, int) and abs(value) <= SAFE)
        case Name():
            return node.type.kind == "integer" and node.type.number
        case Call(function="length" | "cardinality"):
            return True
        case Call(function="coalesce", arguments=arguments):
            return all(map(_is_plain, arguments))
        case Case(branches=branches, otherwise=otherwise):
            return all(_is_plain(value) for _, value in branches) and (otherwise is None or _is_plain(otherwise))
    return False


def _literal(node: Literal) -> Code:
    match node.value:
        case None:
            return "null"
        case bool(truth):
            return "true" if truth else "false"
        case str(text):
            # A uuid's canonical text is already the form it is compared in.
            return _read(typescript_string(text), node.type.kind if node.type.kind != "uuid" else "")
        case number:
            return repr(float(number)).removesuffix(".0")


def _read(code: str, kind: str) -> Code:
    return FunctionCall(_READERS[kind], (code,)) if kind in _READERS else code


def _times(code: FunctionCall, digits: int) -> FunctionCall:
    return FunctionCall("multiply", (code, f"{10**digits}n")) if digits else code


def _negated(code: FunctionCall, negated: bool) -> FunctionCall:
    return FunctionCall("not", (code,)) if negated else code


def _bounded(code: FunctionCall, node: Expression) -> FunctionCall:
    return FunctionCall("bounded", (code,)) if leaves_64_bits(node) else code
