"""Other words for an expression: what is gone once the server has read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from isotype.catalog.expressions.trees import Tree
from tests.catalog.respelling.printing import written

_QUOTED = re.compile(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")")
_SYNONYMS = {
    "character varying": "varchar",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "double precision": "float8",
    "boolean": "bool",
    "integer": "int4",
    "bigint": "int8",
    "numeric": "decimal",
    "smallint": "int2",
}


def in_words(tree: Tree) -> Iterator[tuple[str, str]]:
    """The text in other words; each with what was changed."""
    plain = written(tree)
    yield "parentheses", f"(({plain}))"
    yield "blanks", _outside(plain, lambda text: re.sub(r"([ (),])", r" \n\t\1 ", text))
    yield "comments", _outside(plain, lambda text: text.replace(" ", " /* it's (, */ "))
    yield "capitals", _outside(plain, str.upper)
    yield "synonyms", _outside(plain, _with_synonyms)
    yield "operators", _outside(plain, lambda text: text.replace(" <> ", " != ").replace(" ~~ ", " LIKE "))
    if " IN (" in (text := _outside(plain, _membership)):
        yield "membership", text
    for between in _betweens(tree):
        yield "between", between


def _outside(text: str, change: Callable[[str], str]) -> str:
    """The text with each piece outside of quotes changed."""
    return "".join(piece if number % 2 else change(piece) for number, piece in enumerate(_QUOTED.split(text)))


def _with_synonyms(text: str) -> str:
    for name, other in _SYNONYMS.items():
        text = re.sub(rf"::{name}\b", f"::{other}", text)
    return text


def _membership(text: str) -> str:
    return re.sub(r" = ANY \(ARRAY\[([^][]*)\]\)", r" IN (\1)", text)


def _betweens(tree: Tree) -> Iterator[str]:
    """The text with each pair of bounds as one BETWEEN."""
    plain = written(tree)
    for part in _parts(tree):
        if part[0] == "and" and len(part) == 3 and part[1][0] == part[2][0] == "operation":
            (_, one, of, low), (_, other, same, high) = part[1:]
            if (one, other) == (">=", "<=") and of == same:
                yield plain.replace(written(part), f"({written(of)} BETWEEN {written(low)} AND {written(high)})")


def _parts(tree: Tree) -> Iterator[Tree]:
    yield tree
    for part in tree:
        if part.__class__ is tuple:
            yield from _parts(part)
