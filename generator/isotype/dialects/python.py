"""How Python spells constants, and how code is broken into lines that `ruff format` leaves as they are.

```
Code
├── str        an atom: never broken
└── Bracket    parts between an opening text (`Field(`, `Annotated[`, `[`, `default={`) and a closing sign
```
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from isotype.dialects.expressions.code import FunctionCall
from isotype.dialects.literals.python import python_string
from isotype.domain.model import JsonValue

WIDTH = 88
"""The line length of generated Python: the default of ruff and black."""

INDENT = "    "


class Bracket(NamedTuple):
    """Parts in brackets. A literal has one part a line when broken; a call or subscript first tries one line inside."""

    opening: str
    parts: tuple[Code, ...]
    closing: str
    literal: bool = False


Code = str | Bracket


def call(callee: str, *arguments: Code) -> Bracket:
    """`callee(arguments)`."""
    return Bracket(f"{callee}(", arguments, ")")


def subscript(name: str, *arguments: Code) -> Bracket:
    """`name[arguments]`."""
    return Bracket(f"{name}[", arguments, "]")


def prefixed(prefix: str, code: Code) -> Code:
    """The code after a text that belongs to it, such as `default=`."""
    return prefix + code if isinstance(code, str) else code._replace(opening=prefix + code.opening)


def constant(value: JsonValue) -> Code:
    """A constant of the schema; numbers with a fraction are floats."""
    if value is None or isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, str):
        return python_string(value)
    if isinstance(value, Decimal):
        return repr(float(value))
    if isinstance(value, Mapping):
        parts = tuple(prefixed(f"{python_string(key)}: ", constant(part)) for key, part in value.items())
        return Bracket("{", parts, "}", literal=True)
    return sequence(map(constant, value))


def sequence(parts: Iterable[Code]) -> Bracket:
    """A list."""
    return Bracket("[", tuple(parts), "]", literal=True)


def exact(value: int | Decimal, name: str = "Decimal") -> str:
    """A Decimal, by the name that the module has for it."""
    return f'{name}("{value:f}")' if isinstance(value, Decimal) else f"{name}({value})"


def from_rule(code: object) -> Code:
    """The printed code of a rule."""
    if isinstance(code, FunctionCall):
        return call(code.name, *map(from_rule, code.arguments))
    return str(code)


def flat(code: Code) -> str:
    """The code on one line."""
    if isinstance(code, str):
        return code
    return f"{code.opening}{', '.join(map(flat, code.parts))}{code.closing}"


def layout(code: Code, before: str = "", after: str = "") -> list[str]:
    """The lines from `before`, its indentation included, to `after`."""
    whole = f"{before}{flat(code)}{after}"
    if len(whole) <= WIDTH or isinstance(code, str) or not code.parts:
        return [whole]
    indent = before[: len(before) - len(before.lstrip(" "))]
    inner = indent + INDENT
    lines = [before + code.opening]
    packed = inner + ", ".join(map(flat, code.parts))
    if not code.literal and len(packed) <= WIDTH:
        lines.append(packed)
    else:
        comma = "," if code.literal or len(code.parts) > 1 else ""
        for part in code.parts:
            lines.extend(layout(part, inner, comma))
    lines.append(f"{indent}{code.closing}{after}")
    return lines


def annotated(name: str, annotation: Code, value: Code | None, indent: str = "") -> list[str]:
    """The lines of `name: annotation = value`."""
    if value is None:
        return layout(annotation, f"{indent}{name}: ")
    head = f"{indent}{name}: {flat(annotation)} = "
    breakable = isinstance(value, Bracket) and value.parts
    if len(head + flat(value)) <= WIDTH or isinstance(annotation, str):
        return layout(value, head)
    if breakable and isinstance(value, Bracket) and len(head + value.opening) <= WIDTH:
        return layout(value, head)
    if len(head) + 1 <= WIDTH:
        return [f"{head}(", *layout(value, indent + INDENT), f"{indent})"]
    *lines, last = layout(annotation, f"{indent}{name}: ", f" = {flat(value)}")
    if len(last) <= WIDTH or not breakable:
        return [*lines, last]
    return [*lines, *layout(value, f"{indent}] = ")]


def from_import(module: str, names: Iterable[str], indent: str = "") -> list[str]:
    """`from module import names`, in the order of isort, renamed ones by themselves; none when there are no names."""
    ordered = sorted(set(names), key=_import_order)
    plain = [name for name in ordered if " as " not in name]
    lines = [f"{indent}from {module} import {name}" for name in ordered if " as " in name]
    line = f"{indent}from {module} import {', '.join(plain)}"
    if plain and len(line) <= WIDTH:
        lines.insert(0, line)
    elif plain:
        broken = [f"{indent}{INDENT}{name}," for name in plain]
        lines[:0] = [f"{indent}from {module} import (", *broken, f"{indent})"]
    return lines


def _import_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as isort sorts members."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name
