"""Spells GLOB patterns.

Inside brackets GLOB knows no escape: a `]` must stand first, a `-` where it bounds nothing, a `^` not first.
"""

from __future__ import annotations

from collections.abc import Iterator

from isotype.dialects.literals.sql import sqlite_string
from isotype.domain.patterns import LAST, Ranges, complement, intersection

ANY: Ranges = ((1, LAST),)

# SQLite reads these three characters of a text as the first of them.
_ALIKE: Ranges = ((0xFFFD, 0xFFFF),)
_BRACKET, _HYPHEN, _CARET = 0x5D, 0x2D, 0x5E


class Unreadable(Exception):
    """A class tells characters apart that SQLite reads alike."""


def glob(operand: str, pattern: str) -> str:
    return f"{operand} GLOB {sqlite_string(pattern)}"


def not_glob(operand: str, pattern: str) -> str:
    return f"{operand} NOT GLOB {sqlite_string(pattern)}"


def only(operand: str, alphabet: Ranges) -> list[str]:
    """The condition that a text holds nothing outside the alphabet; none when there is no outside."""
    return [not_glob(operand, f"*{one_of(complement(alphabet))}*")] if alphabet != ANY else []


def one_of(members: Ranges) -> str:
    """GLOB's text for one character out of the set."""
    if members == ANY:
        return "?"
    if intersection(members, _ALIKE) not in ((), _ALIKE):
        raise Unreadable
    [(low, high), *others] = members
    if low == high and not others:
        return f"[{chr(low)}]" if chr(low) in "*?[" else chr(low)
    if members[-1][1] == LAST:
        return f"[^{_body(complement(members))}]"
    return f"[{_body(members)}]"


def literal(members: Ranges) -> str:
    """The one character that the set holds, or nothing."""
    [(low, high), *others] = members
    return chr(low) if low == high and not others and one_of(members) else ""


def _body(members: Ranges) -> str:
    parts = [part for low, high in members for part in _split(low, 0xFFFD if high == 0xFFFF else high)]
    signs = {low for low, high in parts if low == high}
    rest = [part for part in parts if part not in ((_BRACKET,) * 2, (_HYPHEN,) * 2, (_CARET,) * 2)]
    return "".join(
        (
            "]" if _BRACKET in signs else "",
            "-" if _HYPHEN in signs else "",
            *(chr(low) if low == high else f"{chr(low)}-{chr(high)}" for low, high in rest),
            "^" if _CARET in signs else "",
        )
    )


def _split(low: int, high: int) -> Iterator[tuple[int, int]]:
    """The range, such that none of the three signs ends it."""
    if low < high and low in (_BRACKET, _HYPHEN, _CARET):
        yield low, low
        yield from _split(low + 1, high)
    elif low < high and high in (_BRACKET, _HYPHEN, _CARET):
        yield from _split(low, high - 1)
        yield high, high
    else:
        yield low, high
