"""Faults of Python text: each comparison, condition, constant, operand and step changed, wherever it stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from isotype.domain.lazy import NamedTuple
from tests.conformance.mutations import regexes


class Fault(NamedTuple):
    """One change of a text: its class, the function or constant it is in, where it begins, and what becomes of what."""

    kind: str
    function: str
    at: int
    old: str
    new: str


_OFF, _INVERTED = "comparison off by one", "comparison inverted"
_COMPARED: dict[type[ast.cmpop], tuple[tuple[str, str], ...]] = {
    ast.Lt: ((_OFF, "<="), (_INVERTED, ">=")),
    ast.LtE: ((_OFF, "<"), (_INVERTED, ">")),
    ast.Gt: ((_OFF, ">="), (_INVERTED, "<=")),
    ast.GtE: ((_OFF, ">"), (_INVERTED, "<")),
    ast.Eq: ((_INVERTED, "!="),),
    ast.NotEq: ((_INVERTED, "=="),),
    ast.Is: ((_INVERTED, "is not"),),
    ast.IsNot: ((_INVERTED, "is"),),
    ast.In: ((_INVERTED, "not in"),),
    ast.NotIn: ((_INVERTED, "in"),),
}
_SIGNS: dict[type[ast.cmpop], str] = {
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="},
    **{ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in"},
}
_ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    **{ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "+"), ast.Div: ("/", "*"), ast.Pow: ("**", "*")},
    **{ast.FloorDiv: ("//", "%"), ast.Mod: ("%", "//"), ast.BitOr: ("|", "")},
}
_BESIDE = {
    **{"UNKNOWN": ("OVERFLOW", "None"), "OVERFLOW": ("UNKNOWN", "None")},
    **{
        "and_": ("or_",),
        "or_": ("and_",),
        "ge": ("gt",),
        "le": ("lt",),
        "eq": ("ne",),
        "any": ("all",),
        "all": ("any",),
    },
}
"""Names, and those that one could be taken for."""
_OPERATORS = {
    **{"eq": "ne", "ne": "eq", "lt": "le", "le": "lt", "gt": "ge", "ge": "gt"},
    **{"add": "sub", "sub": "add", "mul": "add", "subtract": "add", "multiply": "add", "max": "min", "min": "max"},
    **{"copy_negate": "copy_abs", "copy_abs": "copy_negate", "search": "match", "fullmatch": "match"},
}
"""Attributes, and the one beside each."""
_CONTAINERS = ("frozenset", "tuple", "list", "dict")
_HOLDERS = ("date", "datetime", "time", "re", "core_schema")
"""Modules and classes whose functions make one value of another."""
_WORDS = ("custom_error_type", "custom_error_message", "description", "json_schema_extra")
"""Arguments that are words for people."""


def faults(text: str) -> Iterator[Fault]:
    """Every fault of a module."""
    lines = [0]
    for line in text.encode().splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    data = text.encode()

    def span(node: ast.AST) -> tuple[int, int]:
        first, last = lines[node.lineno - 1] + node.col_offset, lines[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return len(data[:first].decode()), len(data[:last].decode())

    yield from _Walk(text, span).body(ast.parse(text).body, "")


def functions(text: str) -> list[str]:
    """The names of all functions of a module, those of classes behind the name of the class."""

    def inside(body: list[ast.stmt], above: str) -> Iterator[str]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                name = f"{above}.{node.name}" if above else node.name
                if isinstance(node, ast.FunctionDef):
                    yield name
                yield from inside(node.body, name)

    return list(inside(ast.parse(text).body, ""))


class _Walk:
    def __init__(self, text: str, span: Callable[[ast.AST], tuple[int, int]]) -> None:
        self._text, self._span = text, span

    def body(self, body: list[ast.stmt], function: str) -> Iterator[Fault]:
        for node in body:
            yield from self._statement(node, function)

    def _made(self, kind: str, function: str, node: ast.AST, new: str) -> Fault:
        start, end = self._span(node)
        return Fault(kind, function, start, self._text[start:end], new)

    def _source(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self._text[start:end]

    def _statement(self, node: ast.stmt, function: str) -> Iterator[Fault]:
        match node:
            case ast.FunctionDef(name=name, body=body, args=arguments):
                inner = f"{function}.{name}" if function else name
                if not _is_overload(node):
                    for default in (*arguments.defaults, *arguments.kw_defaults):
                        if default is not None:
                            yield from self._expression(default, inner)
                    yield from self.body(body, inner)
            case ast.ClassDef(name=name, body=body):
                yield from self.body(body, f"{function}.{name}" if function else name)
            case ast.If(test=test, body=body, orelse=orelse):
                yield from self._condition(test, function)
                yield from self.body([*body, *orelse], function)
            case ast.While(test=test, body=body):
                yield self._made("condition constant", function, test, "False")
                yield from self.body(body, function)
            case ast.For(iter=of, body=body, orelse=orelse):
                yield from self._expression(of, function)
                yield from self.body([*body, *orelse], function)
            case ast.Try(body=body, handlers=handlers):
                yield from self.body(body, function)
                for handler in handlers:
                    yield from self.body(handler.body, function)
            case ast.Raise():
                yield self._made("refusal forgotten", function, node, "pass")
            case ast.Assign(targets=[ast.Name(id=name) | ast.Tuple(elts=[ast.Name(id=name), *_])], value=value) if (
                not function
            ):
                yield from self._expression(value, name)
            case ast.Return(value=ast.expr() as value) | ast.Assign(value=value):
                yield from self._expression(value, function)
            case ast.AnnAssign(value=ast.expr() as value):
                if not self._source(node.annotation).endswith("TypeAlias"):
                    yield from self._expression(value, function)
            case ast.AugAssign(value=value):
                yield self._made("step forgotten", function, node, "pass")
                yield from self._expression(value, function)
            case ast.Expr(value=ast.Call() as value):
                yield self._made("step forgotten", function, node, "pass")
                yield from self._expression(value, function)

    def _condition(self, test: ast.expr, function: str) -> Iterator[Fault]:
        for constant in ("True", "False"):
            yield self._made("condition constant", function, test, constant)
        yield from self._expression(test, function)

    def _expression(self, node: ast.expr, function: str) -> Iterator[Fault]:
        yield from self._own(node, function)
        for part in _parts(node):
            yield from self._expression(part, function)

    def _own(self, node: ast.expr, function: str) -> Iterator[Fault]:
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others):
                values = [self._source(one) for one in (left, *others)]
                for place, op in enumerate(ops):
                    for kind, other in _COMPARED[type(op)]:
                        signs = [_SIGNS[type(one)] for one in ops]
                        signs[place] = other
                        pairs = zip(signs, values[1:], strict=True)
                        yield self._made(kind, function, node, " ".join([values[0], *(f"{s} {v}" for s, v in pairs)]))
            case ast.BoolOp(op=op, values=parts):
                word, other = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
                texts = [f"({self._source(part)})" for part in parts]
                yield self._made("AND and OR exchanged", function, node, f" {other} ".join(texts))
                for place in range(len(texts)):
                    yield self._made(
                        "operand forgotten", function, node, f" {word} ".join(texts[:place] + texts[place + 1 :])
                    )
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._made("condition inverted", function, node, f"({self._source(operand)})")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                yield self._made("sign lost", function, node, f"({self._source(operand)})")
            case ast.IfExp(test=test):
                for constant in ("True", "False"):
                    yield self._made("condition constant", function, test, constant)
            case ast.Constant(value=bool() as value):
                yield self._made("constant changed", function, node, repr(not value))
            case ast.Constant(value=int() | float() as value):
                for by in (-1, 1):
                    yield self._made("constant off by one", function, node, f"({value + by!r})")
            case ast.Constant(value=str() as value) if _is_regex(value):
                yield from self._regex(node, function)
            case ast.JoinedStr() if _is_regex(self._source(node)):
                yield from self._regex(node, function)
            case ast.BinOp(left=left, op=op, right=right):
                sign, other = _ARITHMETIC[type(op)]
                if other:
                    made = f"({self._source(left)}) {other} ({self._source(right)})"
                    yield self._made("operation changed", function, node, made)
                if sign == "|":
                    yield self._made("operand forgotten", function, node, f"({self._source(left)})")
                    yield self._made("operand forgotten", function, node, f"({self._source(right)})")
            case ast.Name(id=name) if name in _BESIDE:
                for other in _BESIDE[name]:
                    yield self._made("another name", function, node, other)
            case ast.Attribute(value=value, attr=attribute) if attribute in _OPERATORS:
                yield self._made("another name", function, node, f"{self._source(value)}.{_OPERATORS[attribute]}")
            case ast.Call():
                yield from self._call(node, function)

    def _call(self, node: ast.Call, function: str) -> Iterator[Fault]:
        arguments = [*node.args, *node.keywords]
        for given in node.keywords:
            if given.arg is not None and given.arg not in _WORDS:
                kept = ", ".join(self._source(one) for one in arguments if one is not given)
                yield self._made("argument forgotten", function, node, f"{self._source(node.func)}({kept})")
        plain = [one for one in node.args if not isinstance(one, ast.Starred)]
        if len(plain) == len(node.args) == 1 and not node.keywords and _is_function(node.func):
            yield self._made("step left out", function, node, f"({self._source(node.args[0])})")
        if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name | ast.Constant):
            yield self._made("step left out", function, node, f"({self._source(node.func.value)})")
        if isinstance(node.func, ast.Attribute) and node.func.attr.endswith("_validator_function"):
            for schema in node.args[1:]:
                yield self._made("step left out", function, node, f"({self._source(schema)})")
        texts = [self._source(one) for one in arguments]
        for place, (first, second) in enumerate(pairwise(node.args)):
            if isinstance(first, ast.Name) and isinstance(second, ast.Name):
                made = [*texts[:place], texts[place + 1], texts[place], *texts[place + 2 :]]
                yield self._made("operands exchanged", function, node, f"{self._source(node.func)}({', '.join(made)})")

    def _regex(self, node: ast.expr, function: str) -> Iterator[Fault]:
        start, _ = self._span(node)
        source = self._source(node)
        if source.count('"') != 2 or "\\u" in source:
            return
        opening = source.index('"') + 1
        for at, old, new in regexes.changes(source[opening:-1]):
            yield Fault("pattern changed", function, start + opening + at, old, new)


def _is_regex(text: str) -> bool:
    return " " not in text and bool(re.search(r"^\^|\[[^\]]+\]|\$\"?$", text))


def _is_function(called: ast.expr) -> bool:
    """Whether what is called makes one value of another: a function by its name, or one of a module or a class."""
    match called:
        case ast.Name(id=name):
            return name not in _CONTAINERS
        case ast.Attribute(value=ast.Name(id=holder)):
            return holder in _HOLDERS
    return False


def _is_overload(node: ast.FunctionDef) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "overload" for one in node.decorator_list)


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.JoinedStr | ast.Lambda):
        # Positions inside of a text are not known to every version of Python.
        if isinstance(node, ast.Lambda):
            yield node.body
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.keyword) and child.arg not in _WORDS:
            yield child.value
        elif isinstance(child, ast.comprehension):
            yield child.iter
            yield from child.ifs
