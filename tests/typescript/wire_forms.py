"""The example blocks of docs/wire-forms.md, as types and JSON texts."""

from __future__ import annotations

import re
from typing import NamedTuple

from isotype.domain.types import Array, Enum, EnumType, EnumValue, Map, Scalar, Type
from tests.engines import ROOT

_BLOCK = re.compile(r"^```examples (.+)\n((?:.*\n)*?)```$", re.MULTILINE)
_TYPE = re.compile(r"([a-z_]+)(?:\(([^)]*)\))?(\??)(\[\])?((?: [a-z_]+)*)( wire: number)?")


class Example(NamedTuple):
    """A JSON text; `canonical` is '' when it is refused, and `reason` says why."""

    text: str
    canonical: str
    reason: str


def examples() -> list[tuple[str, Type, list[Example]]]:
    """Every block: its title, the type it is about, and its lines."""
    page = (ROOT / "docs" / "wire-forms.md").read_text()
    return [
        (title, parse_type(title), [_example(line) for line in body.splitlines()])
        for title, body in _BLOCK.findall(page)
    ]


def _example(line: str) -> Example:
    accepted, _, canonical = line.rpartition(" = ")
    if accepted and not re.search(r'^(?:"(?:[^"\\]|\\.)*"|[^"]*) ! ', line):
        return Example(accepted, canonical, "")
    text, _, reason = line.rpartition(" ! ")
    assert text and reason, line
    return Example(text, "", reason)


def parse_type(title: str) -> Type:
    """`decimal(5,2) wire: number`, `uuid[] unique_items` and the like."""
    match = _TYPE.fullmatch(title)
    assert match is not None, title
    base, arguments, null, array, words, number = match.groups()
    item = _base(base, arguments or "", bool(number))
    if not array:
        return item
    return Array(item, bool(null), unique_items="unique_items" in words, sorted="sorted" in words)


def _base(base: str, arguments: str, number: bool) -> Type:
    if base == "enum":
        values = arguments.split(", ")
        return EnumType(Enum("Sample", tuple(EnumValue(value, f"VALUE_{at}") for at, value in enumerate(values))))
    if base == "map":
        return Map(Scalar(arguments))
    if base == "string":
        return Scalar(base, length=int(arguments))
    if base == "decimal":
        precision, scale = map(int, arguments.split(","))
        return Scalar(base, precision=precision, scale=scale, number=number)
    return Scalar(base, number=number)
