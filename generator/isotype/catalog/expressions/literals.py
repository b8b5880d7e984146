"""Literals: the same value in one spelling."""

from __future__ import annotations

import re
import struct
from decimal import Decimal

from isotype.catalog.expressions.trees import Tree
from isotype.catalog.expressions.types import BINARY, INTEGERS, NUMBERS, limit

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?\Z")
_SPECIAL = {
    "nan": "NaN",
    **dict.fromkeys(("infinity", "+infinity", "inf", "+inf"), "Infinity"),
    **dict.fromkeys(("-infinity", "-inf"), "-Infinity"),
}
_TRUE = ("t", "tr", "tru", "true", "y", "ye", "yes", "on", "1")
_FALSE = ("f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0")


def boolean(text: str) -> str | None:
    """`true` or `false`, as the server reads a boolean: the start of a word is enough that is the start of no other."""
    text = text.strip().lower()
    return "true" if text in _TRUE else "false" if text in _FALSE else None


def number(tree: Tree) -> str | None:
    """The exact value of a literal number, in its fewest digits; None for what is none."""
    if tree[0] == "number":
        return str(tree[1])
    if tree[0] != "literal" or tree[1] not in NUMBERS:
        return None
    name, text = tree[1], tree[2].strip()
    if text.lower() in _SPECIAL:
        return None if name in INTEGERS else _SPECIAL[text.lower()]
    if not _NUMBER.match(text):
        return None
    if name in BINARY:
        value = floating(text, name)
        return None if value is None else exact(Decimal(value))
    return exact(Decimal(text))


def exact(value: Decimal) -> str:
    """A number as its sign, its digits without zeros at either end, and a power of ten."""
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    kept = "".join(map(str, digits)).lstrip("0")
    short = kept.rstrip("0")
    if not short:
        return "0"
    return f"{'-' if sign else ''}{short}e{exponent + len(kept) - len(short)}"


_HALF = 1 << 28
"""The lowest 29 bits of a double that is half-way between two neighbouring floats of single precision."""


def floating(text: str, name: str) -> float | None:
    """The binary number nearest to a decimal one; None where the type has none, or rounding twice could show."""
    value = float(text)
    if value in (float("inf"), float("-inf")):
        return None
    if name == "double precision":
        return value
    if int.from_bytes(struct.pack(">d", value), "big") & (2 * _HALF - 1) == _HALF:
        return None
    try:
        single: float = struct.unpack(">f", struct.pack(">f", value))[0]
    except OverflowError:
        return None
    return single


def fits(text: str, name: str) -> bool:
    """Whether an integer is in the range of an integer type."""
    return -INTEGERS[name] <= int(text) < INTEGERS[name]


_ITEM = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^{}",\\\s](?:[^{}",\\]*[^{}",\\\s])?))\s*([,}])', re.DOTALL)


def items(text: str, of: str) -> list[Tree] | None:
    """The items of an array in the server's form, of one dimension that starts at 1; None for any other."""
    text = text.strip()
    if text == "{}":
        return []
    if not text.startswith("{"):
        return None
    made: list[Tree] = []
    at = 1
    while (found := _ITEM.match(text, at)) is not None:
        quoted, bare, mark = found.groups()
        if quoted is not None:
            made.append(("literal", of, re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)))
        elif bare.lower() == "null":
            made.append(("null", of))
        else:
            made.append(("literal", of, bare))
        at = found.end()
        if mark == "}":
            return made if at == len(text) else None
    return None


def assigned(tree: Tree, to: str) -> Tree | None:
    """The value that a column of the type has after a literal is assigned to it; None where the type says no more.

    Numbers are equal when their values are; text when it is the same and is not cut.
    """
    name, modifiers = limit(to)
    if name in NUMBERS:
        value = _assigned_number(tree, name, modifiers)
        return None if value is None else ("number", value)
    if tree[0] != "literal" or tree[1].endswith("]"):
        return None
    text = tree[2]
    source, lengths = limit(tree[1])
    if source not in _TEXTUAL or not all(len(text) <= length for length in lengths):
        return None
    if name in ("text", "character varying") and source in ("text", "character varying"):
        return ("literal", "text", text) if all(len(text) <= length for length in modifiers) else None
    if name in ("character", "bpchar"):
        # Blanks at the end of a `character(n)` are no part of its value.
        text = text.rstrip(" ") if modifiers else text
        return ("literal", "bpchar", text) if all(len(text) <= length for length in modifiers) else None
    return None


_TEXTUAL = ("text", "character varying", "character", "bpchar")


def _assigned_number(tree: Tree, name: str, modifiers: tuple[int, ...]) -> str | None:
    value = number(tree)
    if value is None:
        return None
    if not value[-1].isdigit():
        return value if name not in INTEGERS and not modifiers else None
    decimal = Decimal(value)
    whole = value == "0" or not value.partition("e")[2].startswith("-")
    if name in INTEGERS:
        return value if whole and abs(decimal) < 2**63 and fits(str(int(decimal)), name) else None
    if name in BINARY:
        # From a number in binary the server rounds once more; from a decimal one it takes the nearest.
        if tree[1] in BINARY and tree[1] != name:
            return None
        binary = floating(tree[2], name)
        return None if binary is None else exact(Decimal(binary))
    if tree[1] in BINARY and not (whole and abs(decimal) < 10**6):
        return None
    if modifiers:
        precision, scale = modifiers
        exponent = decimal.as_tuple().exponent
        assert isinstance(exponent, int)
        if value != "0" and (exponent < -scale or decimal.adjusted() >= precision - scale):
            return None
    return value
