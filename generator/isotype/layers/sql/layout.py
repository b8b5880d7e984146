"""Long conditions on several lines, broken where a reader would break them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from isotype.domain.lazy import NamedTuple, regular

WIDTH = 112

_TOKEN = regular(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[()\[\]]|\b(?:CASE|END|WHEN|THEN|ELSE|AND|OR|WHERE|BETWEEN)\b")
_OPENING = ("(", "[", "CASE")
_CLOSING = (")", "]", "END")


class _Mark(NamedTuple):
    """A word or sign outside strings, and how deep inside parentheses and CASE it stands."""

    word: str
    start: int
    end: int
    depth: int


# Columns of one name and type are many, and so are their conditions.
@lru_cache(maxsize=1024)
def laid_out(text: str, indent: int) -> tuple[str, ...]:
    """The lines of an SQL expression, indented by `indent` blanks; one line when it is short enough."""
    margin = " " * indent
    if indent + len(text) <= WIDTH:
        return (margin + text,)
    marks = list(_marks(text))
    for words in (("WHERE",), ("OR",), ("AND",)):
        pieces = _pieces(text, [mark.start for mark in marks if mark.depth == 0 and mark.word in words and mark.start])
        if len(pieces) > 1:
            # What follows WHERE stands beside what precedes it, parts of an OR or AND below each other.
            return tuple([line for piece in pieces for line in laid_out(piece, indent)])
    return _opened(text, marks, indent) or (margin + text,)


def _opened(text: str, marks: list[_Mark], indent: int) -> tuple[str, ...]:
    """The longest parenthesis or CASE, its inside on lines of its own; () when there is none."""
    margin = " " * indent
    spans = [
        (close.start - opening.start, opening, close)
        for opening, close in _pairs(marks)
        if opening.depth == 0 and opening.word != "["
    ]
    if not spans:
        return ()
    _, opening, close = max(spans, key=lambda span: span[0])
    head, inner, tail = text[: opening.end], text[opening.end : close.start].strip(), text[close.start :]
    if opening.word == "(":
        return (margin + head, *laid_out(inner, indent + 4), margin + tail)
    starts = [
        mark.start - opening.end
        for mark in marks
        if mark.depth == 1 and mark.word in ("WHEN", "ELSE") and opening.end < mark.start < close.start
    ]
    subject, *branches = _pieces(text[opening.end : close.start], starts)
    first = f"{margin}{head} {subject.strip()}".rstrip()
    return (first, *(line for branch in branches for line in _branch(branch, indent + 4)), margin + tail)


def _branch(text: str, indent: int) -> list[str]:
    """WHEN … THEN …, the result on lines of its own where both are too long for one."""
    if indent + len(text) <= WIDTH:
        return [" " * indent + text]
    cut = next((mark.end for mark in _marks(text) if mark.depth == 0 and mark.word == "THEN"), len("ELSE"))
    return [*laid_out(text[:cut], indent), *laid_out(text[cut:].strip(), indent + 4)]


def _marks(text: str) -> Iterator[_Mark]:
    depth = 0
    between: set[int] = set()
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word in _CLOSING:
            depth -= 1
        if word == "BETWEEN":
            between.add(depth)
        elif word == "AND" and depth in between:
            between.discard(depth)
        elif word[0] not in "'\"":
            yield _Mark(word, match.start(), match.end(), depth)
        if word in _OPENING:
            depth += 1


def _pairs(marks: list[_Mark]) -> Iterator[tuple[_Mark, _Mark]]:
    waiting: list[_Mark] = []
    for mark in marks:
        if mark.word in _OPENING:
            waiting.append(mark)
        elif mark.word in _CLOSING and waiting:
            yield waiting.pop(), mark


def _pieces(text: str, starts: list[int]) -> list[str]:
    """The text cut where the pieces start; the first may be empty."""
    cuts = zip([0, *starts], [*starts, len(text)], strict=True)
    return [text[start:end].strip() for start, end in cuts]
