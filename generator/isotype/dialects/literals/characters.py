"""Characters a reader cannot see, and prose broken into lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache

# Controls, soft hyphen, fillers, zero-width and bidirectional marks, line separators, surrogates, private signs of
# annotation and tags. A closed list, so that output does not depend on the Unicode tables of the Python that runs.
# The joiners U+200C and U+200D are left alone: Persian words and emoji are made with them.
_HIDDEN = (
    (0x0000, 0x001F), (0x007F, 0x009F), (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160),
    (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2000, 0x200B), (0x200E, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F),
    (0x3000, 0x3000), (0x3164, 0x3164), (0xD800, 0xDFFF), (0xFDD0, 0xFDEF), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFC), (0xFFFE, 0xFFFF), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    (0x10FFFE, 0x10FFFF),
)  # fmt: skip
_STARTS = [low for low, _ in _HIDDEN]

# Blanks that are not hidden: formatters take them from the end of a line.
_BLANKS = " \u00a0\u1680"
_NO_EDGE = ("", " ")


def is_hidden(character: str) -> bool:
    """Whether the character is one that a reader of source text cannot see, or that moves what is around it."""
    code = ord(character)
    return code <= _HIDDEN[bisect_right(_STARTS, code) - 1][1]


def has_hidden(text: str) -> bool:
    """Whether any character of the text is hidden."""
    return not (text.isascii() and text.isprintable()) and _finder("").search(text) is not None


def escape(text: str, spell: Callable[[str], str], special: str = "") -> str:
    """The text with each hidden character, and each of `special`, as `spell` spells it."""
    if text.isascii() and text.isprintable():
        for character in special:
            if character in text:
                break
        else:
            return text
    return _finder(special).sub(lambda found: spell(found[0]), text)


@cache
def _finder(special: str) -> re.Pattern[str]:
    """What finds a hidden character or one of `special`."""
    ranges = "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in _HIDDEN)
    return re.compile(f"[{ranges}{re.escape(special)}]")


def visible(text: str) -> str:
    """The text with hidden characters shown as `\\uXXXX`, for comments, where nothing is ever read back."""
    return escape(text, _shown)


def paragraph_lines(text: str) -> list[str]:
    """Prose as a comment holds it: its lines without trailing blanks, without blank lines at either end.

    Lines after the first lose the indentation they share, as they do in a Python docstring.
    """
    if text.isascii() and text.isprintable():
        return [line] if (line := text.strip(" ")) else []
    first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n").expandtabs(4).split("\n")
    indents = [len(line) - len(line.lstrip(" ")) for line in rest if line.strip(" ")]
    shared = min(indents, default=0)
    return [first.rstrip(_BLANKS), *(line[shared:].rstrip(_BLANKS) for line in rest)] if first else []


def is_plain(text: str) -> bool:
    """Whether prose is one line of visible ASCII as it is, as most of it is."""
    return text.isascii() and text.isprintable() and text[:1] not in _NO_EDGE and text[-1] != " "


def wrap(line: str, width: int, first_width: int | None = None) -> Iterator[str]:
    """The line, broken at blanks where it is longer than `width`; what follows a break keeps the line's indentation.

    `first_width` is what the first piece may take; a word longer than the width stays whole.
    """
    limit = width if first_width is None else first_width
    indent = line[: len(line) - len(line.lstrip(" "))]
    while len(line) > limit:
        at = line.rfind(" ", len(indent) + 1, limit + 1)
        if at < 0:
            at = line.find(" ", limit + 1)
        if at < 0:
            break
        yield line[:at].rstrip(_BLANKS)
        line = indent + line[at:].lstrip(" ")
        limit = width
    yield line


def _shown(character: str) -> str:
    return spell_hexadecimal(character) if ord(character) <= 0xFFFF else f"\\u{{{ord(character):x}}}"


def spell_hexadecimal(character: str) -> str:
    """`\\uXXXX`, which Python, JavaScript, JSON and PostgreSQL's `E''` share, up to U+FFFF."""
    return f"\\u{ord(character):04x}"
