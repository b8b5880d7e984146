"""Prints patterns for every engine.

One printer serves all regular-expression engines: what differs between them is a row of a table.
Classes are written out, so that no engine's Unicode tables take part; groups never capture.
SQLite has no regular expressions; see `sqlite_patterns`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from isotype.domain.patterns import (
    Alternatives,
    Characters,
    End,
    Node,
    Pattern,
    Ranges,
    Repeat,
    Sequence,
    Start,
    complement,
    walk,
)
from isotype.domain.values import frozen

_HYPHEN, _CARET = (0x2D, 0x2D), (0x5E, 0x5E)
_SYNTAX = frozenset("^$\\.*+?()[]{}|")
_SPACE = Characters(((0x20, 0x20),))
_NAMED = {0x09: "\\t", 0x0A: "\\n", 0x0B: "\\v", 0x0C: "\\f", 0x0D: "\\r"}
_LETTERS = 26
# Letters that look the same everywhere and do not combine: a closed list, so that output does not depend on the
# Unicode tables of the Python that prints it.
_READABLE = (
    (0x00A1, 0x00AC), (0x00AE, 0x024F), (0x0386, 0x0481), (0x048A, 0x052F), (0x0561, 0x0586), (0x05D0, 0x05EA),
    (0x1E00, 0x1EFF), (0x3041, 0x3096), (0x30A1, 0x30FA), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3),
)  # fmt: skip


@frozen
class _Spelling:
    """What differs between engines.

    `end` asserts the end of the text; `anything` is any code point; `escaped` are the characters that need a
    backslash outside a class, `escaped_inside` those inside; `astral` spells a code point above U+FFFF;
    `avoids_controls` has a class written as its complement where that names no control character, and a control
    character by its letter where it has one.
    """

    end: str
    anything: str
    astral: Callable[[int], str]
    escaped: frozenset[str] = _SYNTAX
    escaped_inside: frozenset[str] = frozenset("\\[]")
    avoids_controls: bool = False


def _eight_digits(code: int) -> str:
    return f"\\U{code:08x}"


def _braces(code: int) -> str:
    return f"\\u{{{code:x}}}"


# Without flags PostgreSQL's `$` is the end of the text alone, and its `.` is any character.
_POSTGRES = _Spelling(end="$", anything=".", astral=_eight_digits)
# Python's `$` is also found before a last newline.
_PYTHON = _Spelling(end="\\Z", anything="[\\s\\S]", astral=_eight_digits)
_RUST = _Spelling(end="$", anything="[\\s\\S]", astral=_braces)
# Biome wants no backslash that is not needed, and no control character by its number.
_JAVASCRIPT = _Spelling(
    end="$",
    anything="[\\s\\S]",
    astral=_braces,
    escaped=_SYNTAX | {"/"},
    escaped_inside=frozenset("\\]"),
    avoids_controls=True,
)
# Read by ECMAScript and by Python alike: no `$`, and no escape above U+FFFF that both would know.
_JSON_SCHEMA = _Spelling(end="(?![\\s\\S])", anything="[\\s\\S]", astral=chr)


def postgres(pattern: Pattern) -> str:
    """An advanced regular expression for `~`, without flags, in a database that is encoded in UTF-8."""
    return _print(pattern.root, _POSTGRES)


def python(pattern: Pattern) -> str:
    """A pattern for `re.search` and `re.compile`, without flags."""
    return _print(pattern.root, _PYTHON)


def pydantic(pattern: Pattern) -> str:
    """A pattern for `Field(pattern=…)`, which is read by Rust's engine."""
    return _print(pattern.root, _RUST)


def javascript(pattern: Pattern) -> str:
    """What stands between the slashes of a literal with the flag `u`."""
    return _print(pattern.root, _JAVASCRIPT)


def json_schema(pattern: Pattern) -> str:
    """A `pattern` that ECMAScript, with or without `u`, and Python's `re.search` read alike.

    `$` would be the plainer end, but Python finds it before a last newline too; Rust's engine and RE2, in turn, refuse
    the look-ahead. Without `u` a class that holds characters above U+FFFF is wrong, whatever its spelling.
    """
    return _print(pattern.root, _JSON_SCHEMA)


def excludes_nul(pattern: Pattern) -> bool:
    """Whether a text with U+0000 never matches: all of it is described, and no part by what it is not."""
    root = pattern.root
    if not (isinstance(root, Sequence) and isinstance(root.parts[0], Start) and isinstance(root.parts[-1], End)):
        return False
    return not any(isinstance(node, Characters) and (node.negated or node.ranges[0][0] == 0) for node in walk(root))


def _print(node: Node, spelling: _Spelling) -> str:
    match node:
        case Characters(ranges=(), negated=True):
            return spelling.anything
        case Characters(ranges=((low, high),), negated=False) if low == high:
            return _character(low, spelling.escaped, spelling)
        case Characters():
            return _class(node, spelling)
        case Start():
            return "^"
        case End():
            return spelling.end
        case Alternatives(options=options):
            return "|".join(_print(option, spelling) for option in options)
        case Sequence(parts=()):
            return "(?:)"
        case Sequence(parts=parts):
            return "".join(_grouped(part, spelling, (Alternatives,)) for part in _counted(parts))
        case Repeat(part=part, low=low, high=high):
            return _grouped(part, spelling, (Alternatives, Sequence, Repeat)) + _count(low, high)
    raise TypeError(f"{node!r} is no part of a pattern")


def _grouped(node: Node, spelling: _Spelling, loose: tuple[type[Node], ...]) -> str:
    """The node's text, in a group when it binds no tighter than its surroundings."""
    text = _print(node, spelling)
    return f"(?:{text})" if isinstance(node, loose) and text != "(?:)" else text


def _counted(parts: tuple[Node, ...]) -> Iterator[Node]:
    """The parts, several blanks in a row as one repeat: they cannot be counted by eye."""
    for part, run in groupby(parts):
        alike = list(run)
        yield from [Repeat(part, len(alike), len(alike))] if part == _SPACE and len(alike) > 1 else alike


def _count(low: int, high: int | None) -> str:
    match low, high:
        case 0, None:
            return "*"
        case 1, None:
            return "+"
        case 0, 1:
            return "?"
        case _, None:
            return f"{{{low},}}"
        case _ if low == high:
            return f"{{{low}}}"
    return f"{{{low},{high}}}"


def _class(node: Characters, spelling: _Spelling) -> str:
    ranges, negated = node.ranges, node.negated
    if spelling.avoids_controls and _ends_in_control(ranges) and not _ends_in_control(complement(ranges)):
        ranges, negated = complement(ranges), not negated
    parts = sorted((part for low, high in ranges for part in _readable(low, high)), key=_familiar)
    if not negated and parts[0] == _CARET:
        parts.reverse()
    return f"[{'^' if negated else ''}{''.join(_range(low, high, spelling) for low, high in parts)}]"


def _readable(low: int, high: int) -> list[tuple[int, int]]:
    """The range as a person would write it: a hyphen never ends it, and a few signs in a row stand one by one."""
    if high - low < 2 or (high - low == 2 and high < 0x7F and not chr(low).isalnum()):
        return [(code, code) for code in range(low, high + 1)]
    if low == _HYPHEN[0]:
        return [_HYPHEN, *_readable(low + 1, high)]
    if high == _HYPHEN[0]:
        return [*_readable(low, high - 1), _HYPHEN]
    return [(low, high)]


def _familiar(members: tuple[int, int]) -> tuple[int, int]:
    """The order in which people write a class: letters, digits, the rest, a caret, and the hyphen last.

    There a hyphen needs no backslash, and a caret none unless they are alone together.
    """
    character = chr(members[0])
    if members in (_CARET, _HYPHEN):
        return (4, 0) if members == _CARET else (4, 1)
    if "a" <= character <= "z":
        return 0, members[0]
    if "A" <= character <= "Z":
        return 1, members[0]
    return (2 if "0" <= character <= "9" else 3), members[0]


def _range(low: int, high: int, spelling: _Spelling) -> str:
    first = (
        "\\0" if low == 0 < high and spelling.avoids_controls else _character(low, spelling.escaped_inside, spelling)
    )
    return first if low == high else f"{first}-{_character(high, spelling.escaped_inside, spelling)}"


def _ends_in_control(ranges: Ranges) -> bool:
    return any(code < 0x20 and code not in _NAMED for members in ranges for code in members)


def _character(code: int, escaped: frozenset[str], spelling: _Spelling) -> str:
    if code in _NAMED:
        return _NAMED[code]
    if 0x20 <= code < 0x7F:
        character = chr(code)
        return f"\\{character}" if character in escaped else character
    if any(low <= code <= high for low, high in _READABLE):
        return chr(code)
    if spelling.avoids_controls and 1 <= code <= _LETTERS:
        return f"\\c{chr(code + 0x40)}"
    return f"\\u{code:04x}" if code <= 0xFFFF else spelling.astral(code)
