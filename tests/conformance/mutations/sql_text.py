"""Faults of SQL text: each comparison, condition, constant, operand and pattern of what no node of a table stands for.

That is what PostgreSQL's checks call, the triggers of both databases, and the CHECKs that hold a column to its form.
It is read as tokens. What columns of one type have in common differs in names alone, and is broken once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import partial

from isotype.domain.lazy import NamedTuple
from isotype.tables.model import Table
from tests.conformance.mutations import regexes
from tests.conformance.mutations.python_text import Fault

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|--[^\n]*)
  | (?P<text>E?'(?:[^']|'')*')
  | (?P<quote>\$\w*\$)
  | (?P<number>[0-9]+(?:\.[0-9]+)?(?:e[0-9]+)?)
  | (?P<name>"(?:[^"]|"")*"|[^\W\d]\w*)
  | (?P<sign><>|!~|<=|>=|:=|::|->>|->|\?&|@\?|\|\||.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PART = re.compile(r"^(?:CREATE FUNCTION|CREATE TRIGGER|    CONSTRAINT) (?P<name>[\w.\"]+)", re.MULTILINE)
_OFF, _INVERTED = "comparison off by one", "comparison inverted"
_COMPARED = {
    **{"<": ((_OFF, "<="), (_INVERTED, ">=")), "<=": ((_OFF, "<"), (_INVERTED, ">"))},
    **{">": ((_OFF, ">="), (_INVERTED, "<=")), ">=": ((_OFF, ">"), (_INVERTED, "<"))},
    **{"=": ((_INVERTED, "<>"),), "<>": ((_INVERTED, "="),), "~": ((_INVERTED, "!~"),), "!~": ((_INVERTED, "~"),)},
}
_WORDS = {
    **{"TRUE": "FALSE", "FALSE": "TRUE", "BEFORE": "AFTER", "AFTER": "BEFORE", "NEW": "OLD", "OLD": "NEW"},
    **{"ALL": "ANY", "min": "max", "max": "min", "GLOB": "LIKE"},
    **{"INSERT": "UPDATE", "BETWEEN": "NOT BETWEEN", "IN": "NOT IN", "EXISTS": "NOT EXISTS"},
}
_ARITHMETIC = {"+": "-", "*": "+", "-": "+"}
_ENDS = frozenset({"AND", "OR", "THEN", "ELSE", "END", "WHEN", "WHERE", "BEGIN", "RETURN", "CASE", "IF", ";", ","})
_OPENING, _CLOSING = ("(", "[", "CASE"), (")", "]", "END")
_JSON_PATH = re.compile(r"&&|\|\||!\(|==|!=|<=|>=|<|>|strict |%|[0-9]+(?:\.[0-9]+e[0-9]+)?")
_IN_JSON_PATH = {
    **{"&&": ("||",), "||": ("&&",), "!(": ("(",), "==": ("!=",), "!=": ("==",), "strict ": ("",), "%": ("*",)},
    **{"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<")},
}


class _Token(NamedTuple):
    at: int
    kind: str
    text: str

    @property
    def end(self) -> int:
        return self.at + len(self.text)


Key = tuple[str, str, str]
"""The class of a fault, and the text without it and with it, where names do not count."""


class Part(NamedTuple):
    """A function, a trigger or a CHECK of a file: its name, and where it stands."""

    name: str
    start: int
    end: int


def parts(text: str, table: Table) -> Iterator[Part]:
    """All that is printed of a table, other than its columns, its keys and CHECKs that are rules of their own.

    What somebody has to call judges no row.
    """
    said = {check.name for check in table.checks if check.expression is not None}
    said |= {table.partitions.maintain} if table.partitions else set()
    said |= {table.hypertable.maintain} if table.hypertable else set()
    for found in _PART.finditer(text):
        name = found["name"].rpartition(".")[2].strip('"')
        if name in said:
            continue
        if found[0].startswith(" "):
            opening = re.compile(r" CHECK ").match(text, found.end())
            if opening is None:
                continue
            yield Part(name, opening.end(), _closed(text, opening.end()))
        else:
            end = text.find("\n\n", found.start())
            yield Part(name, found.start(), end if end > 0 else len(text.rstrip()))


def faults(text: str, table: Table) -> Iterator[tuple[Key, Fault]]:
    """Every fault of what is printed of a table, by what it is where names do not count.

    Two triggers with one condition, for INSERT and for UPDATE, are one text too, but for what reads the row before.
    """
    for part in parts(text, table):
        whole = text[part.start : part.end]
        tokens = [_Token(part.start + one.at, one.kind, one.text) for one in _tokens(whole)]
        left_out = _raised(tokens) | _of_rules(tokens)
        body = part.start + max(0, whole.find("\n")) if whole.startswith("CREATE TRIGGER") else part.start
        for place in (number for number in range(len(tokens)) if number not in left_out):
            for kind, at, old, new in _of(text, tokens, place):
                if new != old:
                    after = text[part.start : at] + new + text[at + len(old) : part.end]
                    alike = at > body and old not in ("NEW", "OLD")
                    blank = partial(_blanked, part=part, table=table, alike=alike)
                    yield (kind, blank(whole), blank(after)), Fault(kind, part.name, at, old, new)
        if whole.startswith("CREATE TRIGGER"):
            key = "trigger dropped", _blanked(whole, part, table, False), ""
            yield key, Fault("trigger dropped", part.name, part.start, whole, "")


def _blanked(text: str, part: Part, table: Table, alike: bool) -> str:
    """A text without the names of what it is about; with `alike` without the event of a trigger too."""
    names = {part.name, table.name, f"{table.schema}_{table.name}", *(column.name for column in table.columns)}
    own = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    bare = re.sub(rf"\b{re.escape(table.schema)}\.", "", text) if table.schema else text
    made = re.sub(rf"\b(?:{own})\b", "_", bare)
    made = re.sub(r"'CHECK constraint failed: [^']*'", "''", made)
    return re.sub(r"\A(CREATE TRIGGER .*?) (?:INSERT|UPDATE(?: OF .*?)?) ON", r"\1 ON", made) if alike else made


def _closed(text: str, opening: int) -> int:
    """Behind the bracket that closes the one at a place."""
    depth = 0
    for token in _tokens(text[opening:]):
        depth += (token.text == "(") - (token.text == ")")
        if not depth:
            return opening + token.end
    raise ValueError("a bracket is never closed")


def _tokens(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        if found.lastgroup != "blank":
            yield _Token(found.start(), str(found.lastgroup), found[0])


def _raised(tokens: Sequence[_Token]) -> set[int]:
    """The places of the words that are raised for people."""
    found: set[int] = set()
    for place, token in enumerate(tokens):
        if token.text == "EXCEPTION":
            end = next(number for number in range(place, len(tokens)) if tokens[number].text == "USING")
            found |= set(range(place, end))
    return found


def _of_rules(tokens: Sequence[_Token]) -> set[int]:
    """The places inside rules of typed JSON: each of them is a node of its own."""
    found: set[int] = set()
    for place in range(1, len(tokens) - 2):
        if [token.text for token in tokens[place - 1 : place + 3]] == [")", "IS", "NOT", "FALSE"]:
            start = next(number for number in range(place) if tokens[number].at >= _opened(tokens, place - 1))
            found |= set(range(start, place))
    return found


def _opened(tokens: Sequence[_Token], closing: int) -> int:
    """Where the bracket stands that one closes."""
    depth = 0
    for token in reversed(tokens[: closing + 1]):
        depth += (token.text == ")") - (token.text == "(")
        if not depth:
            return token.at
    raise ValueError("a bracket is never opened")


_Found = tuple[str, int, str, str]


def _of(text: str, tokens: Sequence[_Token], place: int) -> Iterator[_Found]:
    at, kind, word = tokens[place]
    before = tokens[place - 1].text if place else ""
    after = tokens[place + 1].text if place + 1 < len(tokens) else ""
    match kind, word:
        case "text", _ if before in ("~", "!~") or tokens[place - 4].text == "regexp_replace":
            yield from (
                ("pattern changed", at + 1 + start, old, new) for start, old, new in regexes.changes(word[1:-1])
            )
        case "text", _ if before == "GLOB":
            yield from _glob(at, word)
        case "text", _ if "@." in word:
            yield from _json_path(at, word)
        case "text", _ if tokens[place - 6].text == "regexp_replace":
            yield "text changed", at, word, f"{word[:-1]}_'"
        case "text", _ if before not in ("RAISE", "EXCEPTION", ",", "=") or after not in (",", ")", "USING", ";"):
            number = re.match(r"'-?([0-9]+)", word)
            if number is None:
                yield "text changed", at, word, f"{word[:-1]}_'"
            else:
                for value in (int(number[1]) - 1, int(number[1]) + 1):
                    digits = f"{max(value, 0):0{len(number[1])}}"
                    yield "text changed", at, word, f"{word[: number.start(1)]}{digits}{word[number.end(1) :]}"
        case "text", _ if tokens[place - 2].text == "ERRCODE":
            yield "text changed", at, word, "'IS002'"
        case "number", _ if before != "SELECT":
            yield from (("constant off by one", at, word, other) for other in _others(word))
        case "sign", _ if word in _COMPARED and not (word == "=" and before in ("ERRCODE", "CONSTRAINT", "SCHEMA")):
            if before not in ("TABLE", "COLUMN") and text[at + 1 : at + 2] != ">":
                yield from ((kind, at, word, new) for kind, new in _COMPARED[word])
        case "sign", _ if word in _ARITHMETIC and text[at - 1] == " " == text[at + 1]:
            yield "operation changed", at, word, _ARITHMETIC[word]
        case "name", "NOT" if before == "IS":
            yield "condition inverted", at, word, ""
        case "name", "NOT" if after != "NULL" or before == "NOT":
            yield "condition inverted", at, word, ""
        case "name", "IS" if after in ("NULL", "TRUE", "FALSE"):
            yield "condition inverted", at, word, "IS NOT"
        case "name", "OR" if before == "INSERT":
            pass
        case "name", "AND" | "OR" if not _is_of_between(tokens, place):
            other = "OR" if word == "AND" else "AND"
            yield "AND and OR exchanged", at, word, other
            start, end = _before(tokens, place), _after(tokens, place)
            yield "operand forgotten", at, text[at:end], ""
            yield "operand forgotten", start, text[start : tokens[place].end], ""
        case "name", "WHEN" | "IF" if after and before != "END":
            first, end = tokens[place + 1], _then(tokens, place)
            if end > place + 2 or (end > place + 1 and first.kind == "name"):
                condition = text[first.at : tokens[end - 1].end]
                yield from (("condition constant", first.at, condition, constant) for constant in ("TRUE", "FALSE"))
        case "name", "DISTINCT":
            yield "step left out", at, word, ""
        case "name", "OF":
            pass
        case "name", "INSERT" if after == "OR":
            yield "operand forgotten", at, text[at : tokens[place + 2].at], ""
            yield "operand forgotten", at, text[at : tokens[place + 2].end], word
        case "name", ("EXISTS" | "IN" | "BETWEEN") if before == "NOT":
            pass
        case "name", _ if word in _WORDS and not (word in ("NEW", "OLD") and before == "REFERENCING"):
            yield "another word", at, word, _WORDS[word]


def _others(number: str) -> tuple[str, ...]:
    """The whole numbers beside one; of a double the next one to zero."""
    if number.isdigit():
        return tuple(str(other) if other >= 0 else f"({other})" for other in (int(number) - 1, int(number) + 1))
    return (repr(math.nextafter(float(number), 0)),) if "e" in number else (f"({number} - 1)", f"({number} + 1)")


def _then(tokens: Sequence[_Token], place: int) -> int:
    """The place of the word that ends a condition; 0 where there is none."""
    depth = 0
    for number in range(place + 1, len(tokens)):
        word = tokens[number].text
        if not depth and word in ("THEN", "BEGIN", ";"):
            return number
        depth += (word in _OPENING) - (word in _CLOSING)
    return 0


def _glob(at: int, word: str) -> Iterator[_Found]:
    """A class, a `*` or a sign dropped, a class that is another."""
    for found in re.finditer(r"\[\^?[^\]]+\]|.", word[1:-1]):
        start = at + 1 + found.start()
        yield "pattern changed", start, found[0], ""
        if found[0].startswith("["):
            yield "pattern changed", start, found[0], "?"
            for old, new in (("9", "8"), ("f", "e"), ("z", "y")):
                if f"-{old}" in found[0]:
                    yield "pattern changed", start, found[0], found[0].replace(f"-{old}", f"-{new}")
        elif found[0] not in "*?":
            yield "pattern changed", start, found[0], "?"


def _json_path(at: int, word: str) -> Iterator[_Found]:
    for found in _JSON_PATH.finditer(word):
        for new in _IN_JSON_PATH.get(found[0], ()):
            yield "condition of a path changed", at + found.start(), found[0], new


def _is_of_between(tokens: Sequence[_Token], place: int) -> bool:
    """Whether an AND stands between two bounds."""
    depth = 0
    for token in reversed(tokens[:place]):
        depth += (token.text == ")") - (token.text == "(")
        if depth < 0 or (not depth and token.text in _ENDS):
            return False
        if not depth and token.text == "BETWEEN":
            return True
    return False


def _before(tokens: Sequence[_Token], place: int) -> int:
    """Where the operand begins that ends before an operator."""
    depth, start = 0, tokens[place].at
    for number in range(place - 1, -1, -1):
        token = tokens[number]
        depth += (token.text in _CLOSING) - (token.text in _OPENING)
        if depth < 0 or (not depth and token.text in _ENDS - {"END", "CASE"} and not _is_joining(tokens, number)):
            break
        start = token.at
    return start


def _after(tokens: Sequence[_Token], place: int) -> int:
    """Where the operand ends that begins behind an operator."""
    depth, end = 0, tokens[place].end
    for number in range(place + 1, len(tokens)):
        token = tokens[number]
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth < 0 or (not depth and token.text in _ENDS - {"END", "CASE"} and not _is_joining(tokens, number)):
            break
        end = token.end
    return end


def _is_joining(tokens: Sequence[_Token], place: int) -> bool:
    return tokens[place].text == "AND" and _is_of_between(tokens, place)
