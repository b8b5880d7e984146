"""Calls of the emitted support modules, and their layout: as ruff formats Python, as Biome formats TypeScript."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from isotype.dialects.literals.widths import width as columns
from isotype.domain.values import frozen


@frozen
class FunctionCall:
    """A call of a support function by its name; an argument in text is printed as it is."""

    name: str
    arguments: tuple[Code, ...]

    def __str__(self) -> str:
        return _flat(self)


# Entities with fields alike have rules alike.
@lru_cache(maxsize=1024)
def _flat(call: FunctionCall) -> str:
    return f"{call.name}({', '.join(map(str, call.arguments))})"


@frozen
class Helper:
    """A support function handed to another one."""

    name: str

    def __str__(self) -> str:
        return self.name


Code = str | Helper | FunctionCall


@frozen
class PrintedCode:
    """An expression of the target and the `helpers` it imports from the support module."""

    code: Code
    helpers: frozenset[str]
    packs_arguments: bool
    """Whether the target's formatter keeps all arguments on one further line when they fit there."""

    @property
    def text(self) -> str:
        """The whole on one line."""
        return str(self.code)

    def layout(self, before: str, after: str = "", width: int = 100, indent: str = "    ") -> str:
        """The lines from `before` (its own indentation included) to `after`, none longer than needed."""
        return "\n".join(_lines(self.code, before, after, width, indent, self.packs_arguments))


def _lines(code: Code, before: str, after: str, width: int, indent: str, packs: bool) -> Iterator[str]:
    whole = f"{before}{code}{after}"
    if columns(whole) <= width or not isinstance(code, FunctionCall):
        yield whole
        return
    inner = before[: len(before) - len(before.lstrip(" \t"))] + indent
    yield f"{before}{code.name}("
    packed = inner + ", ".join(map(str, code.arguments))
    if packs and columns(packed) <= width:
        yield packed
    else:
        comma = "" if packs and len(code.arguments) == 1 else ","
        for argument in code.arguments:
            yield from _lines(argument, inner, comma, width, indent, packs)
    yield f"{before[: len(inner) - len(indent)]}){after}"


def helpers(code: Code) -> frozenset[str]:
    """The support functions that a piece of code names."""
    if isinstance(code, str):
        return frozenset()
    if isinstance(code, Helper):
        return frozenset({code.name})
    return frozenset({code.name}).union(*map(helpers, code.arguments))
