"""Rules as Python: calls of the emitted support module `rules.py` over a row's values.

Operands are what a model holds: int, Decimal, float, str or an enum member, aware datetime, date, time, UUID, list;
None is NULL and `UNKNOWN` a value that is not known here.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from isotype.dialects import patterns
from isotype.dialects.expressions.calls import COMPARISONS, OPERATIONS, inexact
from isotype.dialects.expressions.code import Code, FunctionCall, Helper, PrintedCode, helpers
from isotype.dialects.expressions.like import as_pattern
from isotype.dialects.literals.python import python_raw_string, python_string
from isotype.domain.bounds import leaves_64_bits
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
    names,
)
from isotype.domain.ledger import NotExpressible

_READERS = {"timestamp": "instant", "local_timestamp": "local", "date": "day", "time": "clock"}
_CALLS = {"length": "length", "cardinality": "cardinality", "abs": "absolute", "coalesce": "coalesce"}


def print_expression(tree: Expression, operand: Callable[[str], Code]) -> PrintedCode | NotExpressible:
    """The call that gives the verdict (or value) for the operands that `operand` spells by field name."""
    return _printed(tree, id(tree), tuple(map(operand, names(tree))))


# Shapes of one entity have the same rules, and so have entities with fields alike. Equal trees are not yet the same:
# a constant may be written in two ways.
@lru_cache(maxsize=1024)
def _printed(tree: Expression, identity: int, operands: tuple[Code, ...]) -> PrintedCode | NotExpressible:
    gap = inexact(tree, "python")
    if gap is not None:
        return gap
    code = _code(tree, dict(zip(names(tree), operands, strict=True)).__getitem__)
    return PrintedCode(code, helpers(code), packs_arguments=True)


def _code(node: Expression, operand: Callable[[str], Code]) -> Code:
    def call(name: str, *parts: Expression) -> FunctionCall:
        return FunctionCall(name, tuple(_code(part, operand) for part in parts))

    match node:
        case Name(name=name):
            return operand(name)
        case Literal():
            return print_literal(node)
        case And(parts=parts):
            return call("and_", *parts)
        case Or(parts=parts):
            return call("or_", *parts)
        case Not(part=part):
            return call("not_", part)
        case Compare(op=op, left=left, right=right):
            return call(COMPARISONS[op], left, right)
        case In(value=value, options=options, negated=negated):
            return _negated(call("is_in", value, *options), negated)
        case Between(value=value, low=low, high=high, negated=negated):
            return _negated(call("between", value, low, high), negated)
        case IsNull(value=value, negated=negated):
            return call("is_not_null" if negated else "is_null", value)
        case IsTruth(value=value, truth=truth, negated=negated):
            return _negated(call("is_true" if truth else "is_false", value), negated)
        case Like(value=value, pattern=pattern, negated=negated):
            text = python_raw_string(patterns.python(as_pattern(pattern)))
            return _negated(FunctionCall("matches", (_code(value, operand), text)), negated)
        case Match(value=value, pattern=parsed, negated=negated):
            text = python_raw_string(patterns.python(parsed))
            return _negated(FunctionCall("matches", (_code(value, operand), text)), negated)
        case Arithmetic(op=op, left=left, right=right):
            return _bounded(call(OPERATIONS[op], left, right), node)
        case Negate(value=value):
            return _bounded(call("negate", value), node)
        case Call(function=function, arguments=arguments):
            return _bounded(call(_CALLS[function], *arguments), node)
        case Case(branches=branches, otherwise=otherwise):
            code = "None" if otherwise is None else _code(otherwise, operand)
            for condition, result in reversed(branches):
                code = FunctionCall("choose", (_code(condition, operand), _code(result, operand), code))
            return code
        case Quantified(op=op, value=value, quantifier=quantifier, array=array):
            name = "any_of" if quantifier == "ANY" else "all_of"
            compare = Helper(COMPARISONS[op])
            return FunctionCall(name, (compare, _code(value, operand), _code(array, operand)))
    raise TypeError(f"no such expression: {type(node).__name__}")


def print_literal(node: Literal) -> Code:
    """A constant, as operators and support functions take it."""
    match node.value:
        case None | bool():
            return repr(node.value)
        case str(text):
            reader = _READERS.get(node.type.kind)
            return FunctionCall(reader, (python_string(text),)) if reader else python_string(text)
        case number if node.type.kind == "float":
            return repr(float(number))
        case Decimal() as number:
            return FunctionCall("number", (python_string(format(number, "f")),))
        case number:
            return str(number)


def _negated(code: FunctionCall, negated: bool) -> FunctionCall:
    return FunctionCall("not_", (code,)) if negated else code


def _bounded(code: FunctionCall, node: Expression) -> FunctionCall:
    return FunctionCall("bounded", (code,)) if leaves_64_bits(node) else code
