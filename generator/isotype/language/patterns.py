"""Reads the portable subset of regular expressions.

What every engine spells alike, or can be made to mean alike, is read into a tree; all else is refused with a reason.
Classes are sets of code points: `\\d` is `[0-9]`, `\\w` is `[A-Za-z0-9_]`, `\\s` is blank, tab, LF, VT, FF, CR.
U+0000 stands in no text, so it is left out of every set, and a set which holds nothing else is refused.
Captures mean nothing here, and whether a repeat is lazy does not change what is found.
"""

from __future__ import annotations

from functools import lru_cache

from isotype.domain.automata import automaton
from isotype.domain.patterns import (
    LAST,
    Alternatives,
    Characters,
    End,
    Node,
    Pattern,
    Ranges,
    Repeat,
    Sequence,
    Start,
    characters,
    complement,
    parts,
    union,
    walk,
)
from isotype.domain.values import frozen

MAXIMUM_COUNT = 255
MAXIMUM_NESTING = 24
MAXIMUM_SIZE = 2048
MAXIMUM_STEPS = 40_000
"""PostgreSQL and Rust's engine write counts out; beyond these limits that costs seconds, or is refused."""

DIGITS: Ranges = ((0x30, 0x39),)
WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
BLANK: Ranges = ((0x09, 0x0D), (0x20, 0x20))
LINE_ENDS: Ranges = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))

_SETS = {"d": DIGITS, "w": WORD, "s": BLANK}
_CONTROLS = {"n": 0x0A, "r": 0x0D, "t": 0x09, "f": 0x0C, "v": 0x0B}
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ")
_DIGITS = frozenset("0123456789")
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_QUANTIFIERS = frozenset("*+?{")

# A pattern of this size has few steps, whatever its shape.
_SMALL = 128

_NO_MEANING = "write the characters themselves, or a class such as [a-z]"
_REFUSED_ESCAPES = {
    "b": ("'\\b' is a word boundary, which engines place differently", "spell the neighbours out, as (^|[^a-z])"),
    "B": ("'\\B' is no word boundary, which engines place differently", "spell the neighbours out as a class"),
    "A": ("'\\A' is not known to every engine", "write ^, which is the start of the text"),
    "z": ("'\\z' is not known to every engine", "write $, which is the end of the text"),
    "Z": ("'\\Z' means different ends in different engines", "write $, which is the end of the text"),
    "p": ("'\\p' needs Unicode tables that differ between engines", "write the ranges out, as [a-zà-öø-ÿ]"),
    "P": ("'\\P' needs Unicode tables that differ between engines", "write the ranges out, as [^a-zà-öø-ÿ]"),
    "k": ("'\\k' is a back-reference, which has no meaning in every engine", "repeat the part itself"),
    "g": ("'\\g' is a back-reference, which has no meaning in every engine", "repeat the part itself"),
    "a": ("'\\a' is not known to every engine", "write \\x07"),
    "e": ("'\\e' is not known to every engine", "write \\x1b"),
    "c": ("'\\c' is not known to every engine", "write the control character as \\xHH"),
    "U": ("'\\U' is not known to every engine", "write \\u{…}"),
}
_GROUPS = (
    ("?=", "a look-ahead is not known to every engine", "say it with a second pattern or a rule"),
    ("?!", "a look-ahead is not known to every engine", "say it with a second pattern or a rule"),
    ("?<=", "a look-behind is not known to every engine", "say it with a second pattern or a rule"),
    ("?<!", "a look-behind is not known to every engine", "say it with a second pattern or a rule"),
    ("?P=", "a back-reference is not known to every engine", "repeat the part itself"),
    ("?P<", "a named group is spelled differently by every engine", "write (…), since captures mean nothing here"),
    ("?<", "a named group is spelled differently by every engine", "write (…), since captures mean nothing here"),
    ("?'", "a named group is spelled differently by every engine", "write (…), since captures mean nothing here"),
    ("?>", "an atomic group is not known to every engine", "write (…)"),
    ("?#", "a comment is not known to every engine", "say it in the description"),
    ("?(", "a conditional group is not known to every engine", "write the alternatives out with |"),
)
# The one spelling of the text's end which ECMAScript and Python share, and so what JSON Schemas carry.
_END_WITHOUT_FLAGS = "?![\\s\\S])"


@frozen
class PatternError:
    """Why a pattern was refused; `at` is the offset of the part that the message speaks of."""

    at: int
    message: str
    suggestion: str


@lru_cache(maxsize=1024)
def parse(source: str) -> Pattern | PatternError:
    """The pattern that `source` spells, or the first reason why not every engine could follow it."""
    reader = _Reader(source)
    try:
        root = reader.alternatives(0)
        if reader.at < len(source):
            raise _Refusal(reader.at, "')' closes no group", "write \\) for a bracket")
        if not source:
            raise _Refusal(0, "an empty pattern is found in every text", "leave the pattern out")
        _weigh(root)
    except _Refusal as refusal:
        return refusal.error
    return Pattern(source, root)


def is_anchored(pattern: Pattern) -> bool:
    """Whether the pattern speaks of the whole text, start to end, in each of its alternatives."""
    return _touches(pattern.root, Start, 0) and _touches(pattern.root, End, -1)


class _Refusal(Exception):
    def __init__(self, at: int, message: str, suggestion: str) -> None:
        super().__init__(message)
        self.error = PatternError(at, message, suggestion)


class _Reader:
    """A recursive descent over the text; `at` is the offset of the next character."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0

    def sees(self, text: str) -> bool:
        return self.source.startswith(text, self.at)

    def next(self) -> str:
        return self.source[self.at : self.at + 1]

    def alternatives(self, depth: int) -> Node:
        if depth > MAXIMUM_NESTING:
            raise _Refusal(self.at, f"groups are nested more than {MAXIMUM_NESTING} deep", "flatten the groups")
        options = [self.sequence(depth)]
        while self.sees("|"):
            self.at += 1
            options.append(self.sequence(depth))
        return options[0] if len(options) == 1 else Alternatives(tuple(options))

    def sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.at < len(self.source) and self.next() not in "|)":
            start = self.at
            atom = self.atom(depth)
            part = self.repeat(atom, start) if self.next() in _QUANTIFIERS else atom
            parts.extend(part.parts if isinstance(part, Sequence) else (part,))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def atom(self, depth: int) -> Node:
        start = self.at
        character = self.source[start]
        self.at += 1
        match character:
            case "^":
                return Start()
            case "$":
                return End()
            case ".":
                return Characters(LINE_ENDS, negated=True)
            case "(":
                return self.group(start, depth)
            case "[":
                return self.character_class(start)
            case "\\":
                value = self.escape(start, inside=False)
                return characters(value if isinstance(value, tuple) else ((value, value),))
            case "*" | "+" | "?":
                raise _Refusal(start, f"'{character}' has nothing to repeat", f"write \\{character} for the character")
            case "{" | "}" | "]":
                fact = f"a lone '{character}' is read differently by different engines"
                raise _Refusal(start, fact, f"write \\{character} for the character")
            case _:
                return Characters(((self.literal(character, start),) * 2,))

    def group(self, start: int, depth: int) -> Node:
        if self.sees(_END_WITHOUT_FLAGS):
            self.at += len(_END_WITHOUT_FLAGS)
            return End()
        if self.sees("?:"):
            self.at += 2
        elif self.sees("?"):
            for opening, fact, suggestion in _GROUPS:
                if self.sees(opening):
                    raise _Refusal(start, fact, suggestion)
            fact = "an inline flag is not known to every engine"
            raise _Refusal(start, fact, "write both cases out, as [Aa], or line ends as [\\r\\n]")
        node = self.alternatives(depth + 1)
        if not self.sees(")"):
            raise _Refusal(start, "'(' opens a group that is never closed", "add ')', or write \\( for a bracket")
        self.at += 1
        return node

    def repeat(self, part: Node, start: int) -> Node:
        low, high = self.counts()
        if self.sees("?"):
            self.at += 1
        elif self.sees("+"):
            fact = "a possessive repeat is not known to every engine"
            raise _Refusal(self.at, fact, "leave the second '+' out")
        if self.next() in _QUANTIFIERS:
            raise _Refusal(self.at, "a repeat follows a repeat", "put the first into a group, as (?:a{2})*")
        if not _can_consume(part):
            raise _Refusal(start, "a repeat of something that holds no character", "leave the repeat out")
        if max(low, high or 0) > 1 and any(isinstance(inner, Start | End) for inner in walk(part)):
            fact = "a counted repeat holds ^ or $, on which PostgreSQL can spend all its time"
            raise _Refusal(start, fact, "take the anchor out of the group, or repeat with * or +")
        if high == 0:
            return Sequence(())
        return part if (low, high) == (1, 1) else Repeat(part, low, high)

    def counts(self) -> tuple[int, int | None]:
        start = self.at
        character = self.next()
        self.at += 1
        if character != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[character]
        end = self.source.find("}", self.at)
        text = self.source[self.at : end] if end > 0 else ""
        first, comma, second = text.partition(",")
        if not (_is_number(first) and (_is_number(second) or not second)):
            if text.startswith(",") and _is_number(second):
                raise _Refusal(start, "a count without a lower bound is read differently", f"write {{0,{second}}}")
            raise _Refusal(start, "'{' opens no count", "write \\{ for the character, or a count as {2}, {2,} or {2,5}")
        self.at = end + 1
        low = _number(first)
        high = None if comma and not second else _number(second or first)
        if max(low, high or 0) > MAXIMUM_COUNT:
            raise _Refusal(
                start,
                f"a count is above {MAXIMUM_COUNT}, which PostgreSQL refuses when it meets the first row",
                "repeat with * or + and bound the length with the type, as string(300)",
            )
        if high is not None and high < low:
            raise _Refusal(start, f"the count {{{text}}} ends before it begins", f"write {{{high},{low}}}")
        return low, high

    def character_class(self, start: int) -> Node:
        negated = self.sees("^")
        self.at += negated
        if self.sees("]"):
            fact = "an empty class is read differently by different engines"
            raise _Refusal(start, fact, "write \\] for a bracket inside the class")
        members: list[tuple[int, int]] = []
        while not self.sees("]"):
            if self.at >= len(self.source):
                raise _Refusal(start, "'[' opens a class that is never closed", "add ']', or write \\[ for a bracket")
            members.extend(self.class_part())
        self.at += 1
        merged = union(members)
        if negated:
            merged = complement(merged)
        if not merged:
            raise _Refusal(start, "the class holds no character that a text could have", "leave it out")
        return characters(merged)

    def class_part(self) -> Ranges:
        """A character, an escape, or a range."""
        start = self.at
        low = self.class_atom()
        if not self.sees("-") or self.source.startswith("-]", self.at):
            return low if isinstance(low, tuple) else ((low, low),)
        if self.sees("--") and not self.source.startswith("--]", self.at):
            raise _Refusal(self.at, *_set_operation("--"))
        self.at += 1
        if self.at >= len(self.source):
            return ()
        high = self.class_atom()
        if isinstance(low, tuple) or isinstance(high, tuple):
            raise _Refusal(start, "a class such as \\d cannot bound a range", "write \\- for a hyphen")
        text = self.source[start : self.at]
        if high < low:
            raise _Refusal(
                start, f"the range '{text}' ends before it begins", "swap its ends, or write \\- for a hyphen"
            )
        if self.sees("-") and not self.source.startswith("-]", self.at):
            fact = f"a '-' after the range '{text}' is read differently by different engines"
            raise _Refusal(self.at, fact, "write \\- for a hyphen")
        return ((low, high),)

    def class_atom(self) -> int | Ranges:
        start = self.at
        character = self.source[start]
        for opening in ("[:", "[.", "[="):
            if self.sees(opening):
                raise _Refusal(start, "a POSIX class is not known to every engine", "write the ranges out, as a-z0-9")
        for operation in ("&&", "||", "~~", "--"):
            if self.sees(operation):
                raise _Refusal(start, *_set_operation(operation))
        self.at += 1
        return self.escape(start, inside=True) if character == "\\" else self.literal(character, start)

    def literal(self, character: str, start: int) -> int:
        code = ord(character)
        if 0xD800 <= code <= 0xDFFF:
            raise _Refusal(start, "an unpaired surrogate stands in no text", "write the whole character, as \\u{1F600}")
        if code == 0:
            raise _Refusal(start, "U+0000 stands in no text", "leave it out")
        return code

    def escape(self, start: int, inside: bool) -> int | Ranges:
        """What follows a backslash: one code point, or the set of a class escape."""
        if self.at >= len(self.source):
            raise _Refusal(start, "the pattern ends in a backslash", "write \\\\ for a backslash")
        character = self.source[self.at]
        self.at += 1
        if character in _SETS:
            return _SETS[character]
        if character.lower() in _SETS:
            return complement(_SETS[character.lower()])
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character in _PUNCTUATION:
            return ord(character)
        if character == "x":
            return self.scalar(start, self.digits(start, 2), inside)
        if character == "u":
            return self.scalar(start, self.unicode(start), inside)
        if character in _DIGITS:
            if character == "0":
                return self.scalar(start, 0, inside)
            fact = f"'\\{character}' is a back-reference, which is not known to every engine"
            raise _Refusal(start, fact, "repeat the part itself")
        if inside and character == "b":
            raise _Refusal(start, "'\\b' inside a class is not known to every engine", "write \\x08")
        fact, suggestion = _REFUSED_ESCAPES.get(
            character, (f"'\\{character}' has no meaning that every engine shares", _NO_MEANING)
        )
        raise _Refusal(start, fact, suggestion)

    def unicode(self, start: int) -> int:
        if self.sees("{"):
            end = self.source.find("}", self.at)
            digits = self.source[self.at + 1 : end] if end > 0 else ""
            if not _is_hexadecimal(digits) or int(digits, 16) > LAST:
                raise _Refusal(
                    start, "'\\u{…}' holds no code point", "write one to six hexadecimal digits up to 10FFFF"
                )
            self.at = end + 1
            return int(digits, 16)
        code = self.digits(start, 4)
        if 0xD800 <= code <= 0xDBFF and self.sees("\\u"):
            self.at += 2
            low = self.digits(start, 4)
            if 0xDC00 <= low <= 0xDFFF:
                return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            self.at = start + 6
        return code

    def digits(self, start: int, count: int) -> int:
        text = self.source[self.at : self.at + count]
        if len(text) < count or not _is_hexadecimal(text):
            kind = "x" if count == 2 else "u"
            raise _Refusal(start, f"'\\{kind}' wants {count} hexadecimal digits", f"write \\{kind}{'H' * count}")
        self.at += count
        return int(text, 16)

    def scalar(self, start: int, code: int, inside: bool) -> int:
        """U+0000 is let through inside a class, where `[^\\x00-\\x1f]` is a habit, and left out of the set."""
        return code if inside and code == 0 else self.literal(chr(code), start)


def _set_operation(signs: str) -> tuple[str, str]:
    fact = f"'{signs}' inside a class is a set operation in some engines"
    return fact, f"write \\{signs[0]} for the character, once"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _number(text: str) -> int:
    """The number, or one above every limit: a thousand digits are not worth reading."""
    digits = text.lstrip("0")
    return int(digits or "0") if len(digits) < 4 else MAXIMUM_COUNT + 1


def _is_hexadecimal(text: str) -> bool:
    return 0 < len(text) <= 6 and _HEXADECIMAL.issuperset(text)


def _can_consume(node: Node) -> bool:
    return any(isinstance(part, Characters) for part in walk(node))


def _weigh(root: Node) -> None:
    """Refuse what an engine could not compile in reasonable time."""
    size = _size(root)
    if size > MAXIMUM_SIZE:
        fact = f"the pattern stands for {size} characters when its counts are written out; {MAXIMUM_SIZE} is the limit"
        raise _Refusal(0, fact, "repeat with * or + and bound the length with the type")
    if size > _SMALL:
        machine = automaton(root, MAXIMUM_SIZE)
        steps = 0 if machine is None else sum(map(len, machine.follow))
        if steps > MAXIMUM_STEPS:
            fact = f"the pattern allows {steps} steps from character to character; {MAXIMUM_STEPS} is the limit"
            raise _Refusal(0, fact, "repeat fewer parts that may be empty")


def _size(node: Node) -> int:
    """How many characters the tree holds with its counts written out."""
    match node:
        case Characters():
            return 1
        case Repeat(part=part, low=low, high=high):
            return _size(part) * max(1, low, high or 0)
        case _:
            return sum(_size(part) for part in parts(node))


def _touches(node: Node, anchor: type[Node], index: int) -> bool:
    match node:
        case Sequence(parts=parts):
            return bool(parts) and _touches(parts[index], anchor, index)
        case Alternatives(options=options):
            return all(_touches(option, anchor, index) for option in options)
        case _:
            return isinstance(node, anchor)
