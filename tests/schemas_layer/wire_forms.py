"""The examples of docs/wire-forms.md, and the types their headings name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from isotype.domain.types import Array, Enum, EnumType, EnumValue, Map, Scalar, Type

PAGE = Path(__file__).parents[2] / "docs" / "wire-forms.md"


class Example(NamedTuple):
    """A JSON text and its canonical form; None when it is refused."""

    heading: str
    text: str
    canonical: str | None


def examples() -> Iterator[Example]:
    """Every example of the page."""
    heading = ""
    for line in PAGE.read_text(encoding="utf-8").split("\n"):
        if line.startswith("```"):
            heading = line.removeprefix("```examples ") if line.startswith("```examples") else ""
        elif heading:
            accepted = re.fullmatch(r"(.*?) = (.*)", line)
            refused = re.fullmatch(r"(.*) ! .*", line)
            if accepted is not None:
                yield Example(heading, accepted[1], accepted[2])
            elif refused is not None:
                yield Example(heading, refused[1], None)


def heading_type(heading: str) -> Type:
    """The type that the heading of an example block names."""
    if heading.startswith("enum("):
        texts = heading[5:-1].split(", ")
        return EnumType(Enum("Look", tuple(EnumValue(text, f"VALUE_{i}") for i, text in enumerate(texts))))
    written, *words = heading.split(" ")
    of = _written(written)
    if isinstance(of, Array):
        return replace(of, unique_items="unique_items" in words, sorted="sorted" in words)
    return replace(of, number=True) if isinstance(of, Scalar) and "number" in words else of


def _written(text: str) -> Type:
    if text.endswith("[]"):
        nullable = text.endswith("?[]")
        return Array(_written(text.removesuffix("[]").removesuffix("?")), nullable_items=nullable)
    if text.startswith("map("):
        return Map(_written(text[4:-1]))
    found = re.fullmatch(r"(\w+)(?:\((\d+)(?:,(\d+))?\))?", text)
    assert found is not None, text
    base, first, second = found.groups()
    if base == "decimal":
        return Scalar(base, precision=int(first), scale=int(second))
    return Scalar(base, length=int(first) if first else None)
