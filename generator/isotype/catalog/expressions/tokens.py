"""Expressions of PostgreSQL cut into words."""

from __future__ import annotations

import re
from typing import NamedTuple


class Unread(Exception):
    """The text is not one that this reader knows."""


class Token(NamedTuple):
    """A word: its kind, what it says, and where it stands.

    A `word` is in lower case; a `name` was quoted; `text` is without its quotes; the last token is an `end`.
    """

    kind: str
    text: str
    start: int
    end: int


LONGEST = 200_000
"""Characters of a text that is still read."""

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<bits>[bBxX]'[^']*')
    |(?P<escaped>[eE]'(?:[^'\\]|''|\\.)*')
    |(?P<text>'(?:[^']|'')*')
    |(?P<name>"(?:[^"]|"")+")
    |(?P<word>[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_$\u0080-\U0010ffff]*)
    |(?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<mark>::|:=|=>(?![-+*/<>=~!@\#%^&|`?])|[()\[\],.:])
    |(?P<operator>[-+*/<>=~!@\#%^&|`?]+)
    |(?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)

_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|''", re.DOTALL)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def tokens(text: str) -> list[Token]:
    """The words of a text; raises `Unread` where none begins."""
    if len(text) > LONGEST:
        raise Unread
    made: list[Token] = []
    at = 0
    while True:
        found = _TOKEN.match(text, at)
        if found is None:
            raise Unread
        kind = str(found.lastgroup)
        start, at = found.span(kind)
        made.append(Token("text" if kind == "escaped" else kind, _said(kind, found[kind]), start, at))
        if kind == "end":
            return made


def _said(kind: str, text: str) -> str:
    match kind:
        case "word":
            # The server lowers ASCII letters only.
            return text.lower() if text.isascii() else re.sub("[A-Z]+", lambda upper: upper[0].lower(), text)
        case "name":
            return text[1:-1].replace('""', '"')
        case "text":
            return text[1:-1].replace("''", "'")
        case "escaped":
            return _ESCAPE.sub(_unescaped, text[2:-1])
        case _:
            return text


def _unescaped(found: re.Match[str]) -> str:
    octal, byte, short, long, other = found.groups()
    if octal or byte:
        code = int(octal, 8) if octal else int(byte, 16)
        # Bytes beyond ASCII are halves of characters.
        if code > 127:
            raise Unread
        return chr(code)
    if short or long:
        code = int(short or long, 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise Unread
        return chr(code)
    return _CONTROLS.get(other, other) if other else "'"
