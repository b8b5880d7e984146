"""The form of a query: its words as they stand, and each expression between them in its normal form.

No query is understood here. Wherever an expression may begin, the reader of expressions is asked how far one goes; what
it does not know stays word by word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isotype.catalog.expressions.normal import settled
from isotype.catalog.expressions.reading import HIGHEST, Reader
from isotype.catalog.expressions.tokens import Token, Unread, tokens
from isotype.catalog.expressions.trees import Tree, height
from isotype.catalog.expressions.types import NOWHERE, Scope
from isotype.catalog.facts import Path

_BEFORE = frozenset({"select", "distinct", "where", "having", "on", "by", ",", "("})
"""Words and marks after which an expression may begin."""

_AFTER = frozenset(
    {
        *(")", ",", "as", "asc", "desc", "nulls", "from", "where", "group", "having", "order", "limit", "offset"),
        *("fetch", "for", "union", "intersect", "except", "window", "left", "right", "full", "inner", "cross", "join"),
        "natural",
    }
)
"""Words and marks before which an expression has ended."""


def query_form(text: str, scope: Scope = NOWHERE) -> tuple[object, ...]:
    """The form of a query, or of another statement with expressions; the text where it cannot be cut into words."""
    try:
        words = tokens(text.strip().removesuffix(";"))
    except Unread:
        return (text,)
    made: list[object] = []
    at = 0
    while words[at].kind != "end":
        if at and _is(words[at - 1], _BEFORE) and (found := _expression(words, at)):
            tree, at = found
            made.append(settled(tree, scope))
        else:
            made.append((words[at].kind, words[at].text))
            at += 1
    return tuple(made)


def _expression(words: list[Token], at: int) -> tuple[Tree, int] | None:
    """The expression that begins there, and where it ends; None when there is none that is known."""
    reader = Reader(words)
    reader.at = at
    try:
        tree = reader.expression()
    except Unread:
        return None
    if height(tree) > HIGHEST or not (reader.next.kind == "end" or _is(reader.next, _AFTER)):
        return None
    return tree, reader.at


def _is(word: Token, texts: frozenset[str]) -> bool:
    return word.kind in ("word", "mark") and word.text in texts


def query_scope(text: str, relations: Mapping[Path, Scope]) -> Scope:
    """What the names of a query mean, as far as that is certain: where it selects once, from known relations alone.

    A name that two of them have with different types is left out.
    """
    try:
        words = tokens(text.strip().removesuffix(";"))
    except Unread:
        return NOWHERE
    said = [word.text if word.kind == "word" else "" for word in words]
    if said.count("select") != 1 or "from" not in said:
        return NOWHERE
    columns: dict[str, str] = {}
    unsure: set[str] = set()
    named: Mapping[str, str] = {}
    for path in _sources(words, said.index("from") + 1):
        known = relations.get(path)
        if known is None:
            return NOWHERE
        named = known.named
        unsure |= {column for column, of in known.columns.items() if columns.get(column, of) != of}
        columns |= known.columns
    return Scope({name: of for name, of in columns.items() if name not in unsure}, named)


_AFTER_SOURCES = frozenset(
    {"where", "group", "having", "order", "limit", "offset", "fetch", "window", "union", "intersect", "except"}
)
_BEFORE_SOURCE = frozenset({"join", ",", "("})


def _sources(words: list[Token], at: int) -> Iterator[Path]:
    """The qualified names of what a query reads; () for anything else that it reads, such as a function."""
    begins = True
    while words[at].kind != "end" and not _is(words[at], _AFTER_SOURCES):
        if _is(words[at], frozenset({"on"})):
            at = _behind(words, at + 1)
            begins = False
        elif begins and not _is(words[at], _BEFORE_SOURCE):
            schema, dot, name, after = (*words[at : at + 4], *([words[-1]] * 4))[:4]
            is_relation = dot.kind == "mark" and dot.text == "." and not _is(after, frozenset({"(", "."}))
            yield (schema.text, name.text) if is_relation else ()
            begins = False
            at += 3 if is_relation else 1
        else:
            begins = _is(words[at], _BEFORE_SOURCE)
            at += 1


def _behind(words: list[Token], at: int) -> int:
    """The place behind a group in parentheses."""
    depth = 0
    while words[at].kind != "end":
        if words[at].kind == "mark":
            depth += {"(": 1, ")": -1}.get(words[at].text, 0)
        at += 1
        if depth <= 0:
            break
    return at
