"""Two patterns are the same when they take the same texts."""

from __future__ import annotations

import re
from itertools import product
from time import process_time

import pytest

from isotype.dialects.patterns import json_schema
from isotype.domain.patterns import Pattern, from_start
from isotype.language.patterns import parse
from isotype.service.languages import Relation, canonical, lengths, relation

PATTERNS = (
    "^a$",
    "a",
    "^a",
    "a$",
    "^(a|b)$",
    "^[ab]$",
    "^a?b*$",
    "^(ab)*$",
    "^a{1,2}$",
    "^(a|aa)$",
    "^(b|a)+$",
    "^$",
    "(^a|b$)",
)
TEXTS = [""] + ["".join(letters) for length in (1, 2, 3, 4) for letters in product("abc", repeat=length)]


@pytest.mark.parametrize(("left", "right"), [*product(PATTERNS, PATTERNS)])
def test_relation_is_that_of_the_texts(left: str, right: str) -> None:
    """What the automata say is what Python's engine says of every short text."""
    found = relation((left,), (right,))
    assert found is not None
    one, other = ({text for text in TEXTS if re.search(pattern, text)} for pattern in (left, right))
    assert found == Relation(one <= other, other <= one)


@pytest.mark.parametrize(
    ("pattern", "expected"), [("^a{2,5}b?$", (2, 6)), ("ab", (2, None)), ("^(abc|d)$", (1, 3)), ("^$", (0, 0))]
)
def test_lengths_of_a_pattern(pattern: str, expected: tuple[int, int | None]) -> None:
    """The shortest and the longest text in which it is found."""
    assert lengths((pattern,)) == expected


@pytest.mark.parametrize("source", ["[a-f]", "a$", "a|b", "^a"])
def test_a_search_has_one_spelling(source: str) -> None:
    """A search that begins at the start, as several patterns side by side do, is the search."""
    pattern = parse(source)
    assert isinstance(pattern, Pattern)
    assert canonical(json_schema(from_start(pattern))) == canonical(source)


def test_several_patterns_are_all_found() -> None:
    """A text has to match each of them."""
    assert relation(("^[a-m]+$", "^[h-z]+$"), ("^[h-m]+$",)) == Relation(True, True)
    assert lengths(("^a$", "^b$")) is None


@pytest.mark.parametrize("pattern", ["^(?=a)b$", "a{1000}", "^(a)\\1$", "^[[:alpha:]]$", "("])
def test_what_cannot_be_read_is_not_decided(pattern: str) -> None:
    """Neither the same nor different."""
    assert relation((pattern,), ("^a$",)) is None
    assert relation((pattern,), (pattern,)) == Relation(True, True)


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a?){200}(a?){200}a{200}$",
        "^(.*a.{15}){3}$",
        "^([a-z]{0,200}|[b-y]{0,200}|[c-x]{0,200})*$",
        "|".join(f"[{chr(code)}-{chr(code + 500)}]{{0,20}}x" for code in range(0x100, 0x8000, 0x100)),
    ],
)
def test_what_is_too_large_is_left_soon(pattern: str) -> None:
    """A document of a stranger cannot keep a run busy."""
    before = process_time()
    relation((pattern,), ("^b+c$",))
    lengths((pattern,))
    assert process_time() - before < 5
