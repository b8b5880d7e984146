"""Faults of TypeScript text as Biome lays it out: each comparison, condition, constant and step changed.

It is read as tokens. Types are passed over: between them no operator has blanks around it but `&` and `|`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from isotype.domain.lazy import NamedTuple
from tests.conformance.mutations import regexes
from tests.conformance.mutations.python_text import Fault

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<text>"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)
  | (?P<regex>(?<=[=(,!\s])/(?![/*\s])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\]|\\.)*\])+/[a-z]*)
  | (?P<number>0x[0-9a-fA-F]+|[0-9][0-9_]*(?:e[0-9]+)?n?)
  | (?P<name>[A-Za-z_$][\w$]*)
  | (?P<sign>===|!==|=>|<=|>=|&&|\|\||\?\?|\?\.|\.\.\.|\*\*|\+=|-=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function|const) (\w+)", re.MULTILINE)
_TYPES = re.compile(r"^(?:export )?(?:type|interface) .*?(?:;|^\})$|^import .*?;$", re.MULTILINE | re.DOTALL)
_COMPARED = {
    **{"<": (("comparison off by one", "<="), ("comparison inverted", ">="))},
    **{"<=": (("comparison off by one", "<"), ("comparison inverted", ">"))},
    **{">": (("comparison off by one", ">="), ("comparison inverted", "<="))},
    **{">=": (("comparison off by one", ">"), ("comparison inverted", "<"))},
    **{"===": (("comparison inverted", "!=="),), "!==": (("comparison inverted", "==="),)},
}
_ARITHMETIC = {"+": "-", "-": "+", "*": "+", "/": "*", "%": "/", "&": "|", "**": "*", "+=": "-=", "-=": "+="}
_BESIDE = {
    **{"undefined": ("null",), "null": ("undefined",), "OVERFLOW": ("undefined", "null")},
    **{"and": ("or",), "or": ("and",), "every": ("some",), "some": ("every",), "ge": ("lt",), "le": ("lt",)},
    **{"true": ("false",), "false": ("true",)},
}
_ENDS = frozenset({"&&", "||", "?", ":", ",", ";", "=>", "=", "return", "(", "[", "{", "}", ")", "]", "if", "${"})
_KEYWORDS = frozenset({"if", "for", "while", "return", "switch", "catch", "typeof", "readonly"})
_NO_CALLS = frozenset({".", "?.", "function", "new"})
"""What stands before a name that is declared, or called as a part of something."""
_OPENING, _CLOSING = "([{", ")]}"


class _Token(NamedTuple):
    at: int
    kind: str
    text: str


def faults(text: str) -> Iterator[Fault]:
    """Every fault of a module."""
    tokens = list(_tokens(text))
    names = [(found.start(), found[1]) for found in _DECLARED.finditer(text)]
    endless = _steps(text)
    for place, token in enumerate(tokens):
        function = next((name for at, name in reversed(names) if at <= token.at), "")
        for kind, at, old, new in _of(text, tokens, place):
            if not any(start <= at < end for start, end in endless) or kind == "comparison off by one":
                yield Fault(kind, function, at, old, new)


def _steps(text: str) -> list[tuple[int, int]]:
    """Where loops are told to end, and their steps: what breaks these never answers, and needs no value to be seen."""
    found = []
    for loop in re.finditer(r"for \(let (\w+) = \d+; [^)]*\)", text):
        found.append((loop.start(), loop.end()))
        found += [step.span() for step in re.finditer(rf"^ *{loop[1]} [+-]= .*;$", text, re.MULTILINE)]
    return found


def functions(text: str) -> list[str]:
    """The names of all functions and constants of a module."""
    return [found[1] for found in _DECLARED.finditer(text)]


def _tokens(text: str) -> Iterator[_Token]:
    types = [(found.start(), found.end()) for found in _TYPES.finditer(text)]
    for found in _TOKEN.finditer(text):
        kind = str(found.lastgroup)
        if kind != "blank" and not any(start <= found.start() < end for start, end in types):
            yield _Token(found.start(), kind, found[0])


_Found = tuple[str, int, str, str]


def _of(text: str, tokens: list[_Token], place: int) -> Iterator[_Found]:
    at, kind, word = tokens[place]
    before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
    match kind:
        case "regex":
            body, _, flags = word[1:].rpartition("/")
            for start, old, new in regexes.changes(body):
                yield "pattern changed", at + 1 + start, old, new
            if flags:
                yield "flag of a pattern lost", at, word, f"/{body}/"
        case "text" if word == '"u"':
            yield "flag of a pattern lost", at, word, '""'
        case "text" if word[0] == "`" and word[1] in "^-":
            yield from (("pattern changed", at + 1 + start, old, new) for start, old, new in _ends(word[1:-1]))
        case "text" if word[0] == '"' and re.fullmatch(r'"-?[0-9]+"', word):
            for by in (-1, 1):
                yield "constant off by one", at, word, f'"{int(word[1:-1]) + by}"'
        case "number":
            yield from (("constant off by one", at, word, new) for new in _near(word))
        case "name" if (word in _BESIDE and before != ".") or word in ("every", "some"):
            if after != ":" and not _is_type(tokens, place):
                yield from (("another name", at, word, new) for new in _BESIDE[word])
        case "name" if word == "if":
            end = _closed(tokens, place + 1)
            first, last = tokens[place + 2], tokens[end - 1]
            condition = text[first.at : last.at + len(last.text)]
            yield from (("condition constant", first.at, condition, constant) for constant in ("true", "false"))
        case "sign" if word in _COMPARED and before == after == " ":
            yield from ((kind, at, word, new) for kind, new in _COMPARED[word])
        case "sign" if word in ("&&", "||"):
            yield "AND and OR exchanged", at, word, "||" if word == "&&" else "&&"
            constant = "true" if word == "&&" else "false"
            for start, end in (_before(tokens, place), _after(tokens, place)):
                part = text[tokens[start].at : tokens[end].at + len(tokens[end].text)]
                yield "operand forgotten", tokens[start].at, part, constant
        case "sign" if word == "??":
            start, end = _after(tokens, place)
            part = text[at : tokens[end].at + len(tokens[end].text)]
            yield "operand forgotten", at, part, ""
        case "sign" if word == "!" and after != "=":
            yield "condition inverted", at, word, ""
        case "sign" if (word == "?" and before == after == " ") or (word == "?" and text[at - 1] == " "):
            start, end = _before(tokens, place, alone=False)
            part = text[tokens[start].at : tokens[end].at + len(tokens[end].text)]
            yield from (("condition constant", tokens[start].at, part, constant) for constant in ("true", "false"))
        case "sign" if word in _ARITHMETIC and before == after == " ":
            yield "operation changed", at, word, _ARITHMETIC[word]
            if word in ("+=", "-="):
                end = text.index(";", at)
                start = text.rindex("\n", 0, at) + 1
                yield "step forgotten", start, text[start : end + 1], ""
        case "sign" if word == "-" and after != " " and tokens[place - 1].text in ("(", "=", "?", ":", ","):
            yield "sign lost", at, word, ""
        case "sign" if word == "." and tokens[place + 2 : place + 3] and tokens[place + 2].text == "(":
            last = tokens[_closed(tokens, place + 2)]
            yield "step left out", at, text[at : last.at + 1], ""
        case "sign" if word == "(" and place and tokens[place - 1].kind == "name":
            yield from _exchanged(text, tokens, place)
            yield from _unread(text, tokens, place)


def _is_type(tokens: list[_Token], place: int) -> bool:
    """Whether a name is one of a union of types."""
    around = (tokens[place - 1].text, tokens[place + 1].text)
    return "|" in around or (tokens[place - 1].text == ":" and tokens[place + 1].text in ("{", ",", ")"))


def _exchanged(text: str, tokens: list[_Token], place: int) -> Iterator[_Found]:
    """A call that begins with two names, with one for the other."""
    names = [one.text for one in tokens[place : place + 5]]
    if names[2:3] == [","] and names[4:5] in ([")"], [","]) and all(tokens[place + by].kind == "name" for by in (1, 3)):
        first, last = tokens[place + 1], tokens[place + 3]
        old = text[first.at : last.at + len(last.text)]
        yield "operands exchanged", first.at, old, f"{last.text}, {first.text}"


def _unread(text: str, tokens: list[_Token], place: int) -> Iterator[_Found]:
    """A call of a function by its name with what it is given in its place, where that is one thing."""
    name, end = tokens[place - 1], _closed(tokens, place)
    depth, commas = 0, 0
    for token in tokens[place + 1 : end]:
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        commas += token.text == "," and not depth
    is_called = name.text not in _KEYWORDS and tokens[place - 2].text not in _NO_CALLS
    if is_called and end > place + 1 and tokens[place + 1].text != "..." and not commas:
        last = tokens[end]
        yield "step left out", name.at, text[name.at : last.at + 1], text[tokens[place].at : last.at + 1]


def _ends(regex: str) -> Iterator[tuple[int, str, str]]:
    for at, sign in ((0, "^"), (len(regex) - 1, "$")):
        if regex[at] == sign:
            yield at, sign, ""


def _near(word: str) -> Iterator[str]:
    digits = word.removesuffix("n").replace("_", "")
    if "e" in digits:
        yield word.replace("e", "1e", 1)
        return
    for by in (-1, 1):
        yield f"({int(digits, 0) + by}{'n' if word.endswith('n') else ''})"


def _closed(tokens: list[_Token], opening: int) -> int:
    """The place of what closes a bracket."""
    depth = 0
    for place in range(opening, len(tokens)):
        depth += (tokens[place].text in _OPENING) - (tokens[place].text in _CLOSING)
        if not depth:
            return place
    raise ValueError("a bracket is never closed")


def _before(tokens: list[_Token], place: int, alone: bool = True) -> tuple[int, int]:
    """The operand that ends before an operator; of `?` everything that `&&` and `||` join."""
    ends = _ENDS if alone else _ENDS - {"&&", "||"}
    depth, start = 0, place
    for at in range(place - 1, -1, -1):
        word = tokens[at].text
        if not depth and (word in ends - {")", "]", "}"} or (word == "}" and start == place)):
            break
        depth += (word in _CLOSING) - (word in _OPENING)
        start = at
    return start, place - 1


def _after(tokens: list[_Token], place: int) -> tuple[int, int]:
    """The operand that begins behind an operator."""
    depth, end = 0, place
    for at in range(place + 1, len(tokens)):
        word = tokens[at].text
        if not depth and word in _ENDS - {"(", "[", "{"}:
            break
        depth += (word in _OPENING) - (word in _CLOSING)
        end = at
    return place + 1, end
