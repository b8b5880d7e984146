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
from functools import lru_cache

from isotype.dialects.expressions.code import FunctionCall
from isotype.dialects.literals.python import python_string
from isotype.dialects.literals.widths import width
from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.model import JsonValue

WIDTH = 88
"""The line length of generated Python: the default of ruff and black."""

INDENT = "    "


class Bracket(NamedTuple):
    """Parts in brackets; `text` is all of it on one line.

    A literal has one part a line when broken; a call or subscript first tries one line inside.
    `comma` stands behind each part of several.
    """

    opening: str
    parts: tuple[Code, ...]
    closing: str
    text: str
    literal: bool = False
    comma: str = ","


Code = str | Bracket

Natural = tuple[str | int, ...]
"""Texts and numbers in turn."""


def bracket(opening: str, parts: Iterable[Code], closing: str, literal: bool = False) -> Bracket:
    """Parts between an opening text and a closing sign."""
    listed = tuple(parts)
    text = ", ".join([part if isinstance(part, str) else part.text for part in listed])
    return Bracket(opening, listed, closing, f"{opening}{text}{closing}", literal)


def call(callee: str, *arguments: Code) -> Bracket:
    """`callee(arguments)`."""
    return bracket(f"{callee}(", arguments, ")")


def subscript(name: str, *arguments: Code) -> Bracket:
    """`name[arguments]`."""
    return bracket(f"{name}[", arguments, "]")


def prefixed(prefix: str, code: Code) -> Code:
    """The code after a text that belongs to it, such as `default=`."""
    if isinstance(code, str):
        return prefix + code
    return code._replace(opening=prefix + code.opening, text=prefix + code.text)


def mapping(entries: Iterable[tuple[str, Code]], prefix: str = "") -> Bracket:
    """A dict whose keys are texts."""
    return bracket(f"{prefix}{{", [prefixed(f"{python_string(key)}: ", value) for key, value in entries], "}", True)


def sequence(parts: Iterable[Code]) -> Bracket:
    """A list."""
    return bracket("[", parts, "]", literal=True)


def comprehension(item: Code, loop: str) -> Bracket:
    """A list made in a loop, such as `for row in rows`."""
    return Bracket("[", (item, loop), "]", f"[{flat(item)} {loop}]", comma="")


def constant(value: JsonValue) -> Code:
    """A constant of the schema; numbers with a fraction are floats."""
    if value is None or isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, str):
        return python_string(value)
    if isinstance(value, Decimal):
        return repr(float(value))
    if isinstance(value, Mapping):
        return mapping((key, constant(part)) for key, part in value.items())
    return sequence(map(constant, value))


def exact(value: int | Decimal, name: str = "Decimal") -> str:
    """A Decimal, by the name that the module has for it."""
    return f'{name}("{value:f}")' if isinstance(value, Decimal) else f"{name}({value})"


# Entities with fields alike have rules alike.
@lru_cache(maxsize=1024)
def from_rule(code: object) -> Code:
    """The printed code of a rule."""
    if isinstance(code, FunctionCall):
        return call(code.name, *map(from_rule, code.arguments))
    return str(code)


def flat(code: Code) -> str:
    """The code on one line."""
    return code if isinstance(code, str) else code.text


def layout(code: Code, before: str = "", after: str = "") -> list[str]:
    """The lines from `before`, its indentation included, to `after`."""
    if isinstance(code, str):
        return [f"{before}{code}{after}"]
    opening, parts, closing, text, literal, comma = code
    whole = f"{before}{text}{after}"
    if not parts or width(whole) <= WIDTH:
        return [whole]
    indent = before[: len(before) - len(before.lstrip(" "))]
    inner = indent + INDENT
    lines = [before + opening]
    if not literal and len(inner) + width(content := text[len(opening) : len(text) - len(closing)]) <= WIDTH:
        lines.append(inner + content)
    else:
        comma = comma if literal or len(parts) > 1 else ""
        room = WIDTH - len(inner) - len(comma)
        for part in parts:
            if isinstance(part, str):
                lines.append(f"{inner}{part}{comma}")
            elif width(part.text) <= room:
                lines.append(f"{inner}{part.text}{comma}")
            else:
                lines += layout(part, inner, comma)
    lines.append(f"{indent}{closing}{after}")
    return lines


def annotated(name: str, annotation: Code, value: Code | None, indent: str = "") -> list[str]:
    """The lines of `name: annotation = value`."""
    if value is None:
        return layout(annotation, f"{indent}{name}: ")
    head = f"{indent}{name}: {flat(annotation)} = "
    fits = width(head) + width(flat(value)) <= WIDTH
    if fits or isinstance(annotation, str):
        return layout(value, head)
    breakable = isinstance(value, Bracket) and value.parts
    if isinstance(value, Bracket) and breakable and width(head) + width(value.opening) <= WIDTH:
        return layout(value, head)
    if width(head) + 1 <= WIDTH:
        return [f"{head}(", *layout(value, indent + INDENT), f"{indent})"]
    *lines, last = layout(annotation, f"{indent}{name}: ", f" = {flat(value)}")
    if width(last) <= WIDTH or not breakable:
        return [*lines, last]
    return [*lines, *layout(value, f"{indent}] = ")]


def from_import(module: str, names: Iterable[str], indent: str = "") -> tuple[str, ...]:
    """`from module import names`, in the order of isort, renamed ones by themselves; none when there are no names."""
    different = frozenset(names)
    if len(different) == 1:
        return tuple(_import(module, [*different], indent))
    return _from_import(module, different, indent)


# Most modules of a layer import the same names from the same places.
@lru_cache(maxsize=512)
def _from_import(module: str, names: frozenset[str], indent: str) -> tuple[str, ...]:
    ordered = sorted(names, key=_import_order)
    plain = [name for name in ordered if " as " not in name]
    if len(plain) == len(ordered):
        return tuple(_import(module, plain, indent))
    renamed = [name for name in ordered if " as " in name]
    groups = sorted(
        [*([plain] if plain else []), *([name] for name in renamed)], key=lambda group: _import_order(group[0])
    )
    return tuple([line for group in groups for line in _import(module, group, indent)])


def _import(module: str, names: list[str], indent: str) -> list[str]:
    line = f"{indent}from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{indent}from {module} import (", *(f"{indent}{INDENT}{name}," for name in names), f"{indent})"]


@lru_cache(maxsize=512)
def _import_order(name: str) -> tuple[int, Natural, str]:
    """Constants, then classes, then the rest, letters without case, as isort sorts members."""
    return _kind(name), natural(name.lower()), name


def _kind(name: str) -> int:
    return 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2


_RUNS = regular(r"([0-9]+)")


@lru_cache(maxsize=4096)
def exported(name: str) -> tuple[int, Natural]:
    """The order of names in `__all__`: constants, then classes, then the rest."""
    return _kind(name), natural(name)


# Every layer sorts the names of a domain, a thousand entities have some ten thousand, and each is asked for in turn.
@lru_cache(maxsize=32768)
def natural(name: str) -> Natural:
    """The order in which runs of digits count by value, so that `item_10` follows `item_9`."""
    pieces: list[str | int] = [*_RUNS.split(name)]
    # Every second piece is a run of digits; so texts are compared with texts, and numbers with numbers.
    pieces[1::2] = map(int, pieces[1::2])
    return tuple(pieces)
