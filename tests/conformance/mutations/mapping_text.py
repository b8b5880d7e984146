"""Faults of a mapper's text: what is assigned, shown, converted and asked for between bodies and rows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from tests.conformance.mutations import python_text
from tests.conformance.mutations.python_text import Fault

_CONVERSIONS = {"document", "known", "read", "related"}
"""Helpers that bring a value into another form."""
_BODIES = frozenset({"create", "update"})


def faults(text: str) -> Iterator[Fault]:
    """Every fault of a module of mappers."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            yield from _Function(text, node).faults()
    yield from python_text.faults(text)


class _Function:
    """One function: properties are exchanged with the next one that it reads of the same thing."""

    def __init__(self, text: str, node: ast.FunctionDef) -> None:
        self._text = text
        self._node = node
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self._starts = starts
        self._read: dict[str, list[str]] = {}
        for one in ast.walk(node):
            match one:
                case ast.Attribute(value=ast.Name(id=of), attr=name) if name != "model_fields_set":
                    self._read.setdefault(of, []).append(name)

    def faults(self) -> Iterator[Fault]:
        for node in ast.walk(self._node):
            match node:
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="model"), attr=name) as target]):
                    yield self._made("assignment lost", node, "pass")
                    yield from self._exchanged("another attribute", target, "model", name)
                case ast.Attribute(value=ast.Name(id=of), attr=name, ctx=ast.Load()) if name != "model_fields_set":
                    yield from self._exchanged("another property", node, of, name)
                case ast.Call(func=function, args=arguments, keywords=keywords):
                    yield from self._of_call(node, function, arguments, keywords)

    def _of_call(
        self, node: ast.Call, function: ast.expr, arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword]
    ) -> Iterator[Fault]:
        for place, given in enumerate(keywords):
            rest = [*keywords[:place], *keywords[place + 1 :]]
            kept = ", ".join(map(self._source, (*arguments, *rest)))
            yield self._made("property lost", node, f"{self._source(function)}({kept})")
            misspelt = f"{given.arg}_={self._source(given.value)}"
            yield self._made("name misspelt", given, misspelt)
            yield self._made("null shown", given.value, "None")
        name = self._source(function)
        if name in _CONVERSIONS:
            match arguments:
                case [ast.Name(id=body), ast.Constant(value=str() as attribute)] if (
                    body not in _BODIES or name == "document"
                ):
                    yield self._made("conversion lost", node, f"{body}.{attribute}")
                    yield from self._exchanged("another property", arguments[1], body, attribute, repr)
                case [_, ast.Constant(value=str() as attribute), value]:
                    yield self._made("conversion lost", node, self._source(value))
                    yield self._made("name misspelt", arguments[1], repr(f"{attribute}_"))
                case [_, value]:
                    yield self._made("conversion lost", node, self._source(value))
        elif name.endswith(".model_validate"):
            yield self._made("conversion lost", node, self._source(arguments[0]))

    def _exchanged(
        self, kind: str, node: ast.expr, of: str, name: str, spelled: Callable[[str], str] | None = None
    ) -> Iterator[Fault]:
        """The next property that the function knows of the same thing, instead of this one."""
        known = list(dict.fromkeys(self._read.get(of, ())))
        if name in known and len(known) > 1:
            other = known[(known.index(name) + 1) % len(known)]
            yield self._made(kind, node, spelled(other) if spelled else f"{of}.{other}")

    def _source(self, node: ast.AST) -> str:
        return ast.get_source_segment(self._text, node) or ""

    def _made(self, kind: str, node: ast.AST, new: str) -> Fault:
        old = self._source(node)
        at = self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        return Fault(kind, self._node.name, at, old, new)
