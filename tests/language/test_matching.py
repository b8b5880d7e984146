"""Constants are held against patterns without a regular expression engine."""

from __future__ import annotations

import re
import time

import pytest

from isotype.domain.patterns import Pattern
from isotype.language.matching import found
from isotype.language.patterns import parse

TEXTS = ["", "a", "b", "ab", "aab", "abab", "ba", "1", "a1", "aaa", "aaaa", "abc", "xabcx", "A", "a\n", "é", "🦉"]


@pytest.mark.parametrize(
    "source",
    [
        "a",
        "^a$",
        "^a*$",
        "^(ab)+$",
        "a|b",
        "^(a|b){2,3}$",
        "^[^a]$",
        "^a{0,2}b?$",
        "(a|ab)(c|bcd)?",
        "^(a?){3}$",
        "^.$",
        "b$",
    ],
)
def test_matching_agrees_with_python(source: str) -> None:
    """A pattern is found where Python's engine finds it."""
    pattern = parse(source)
    assert isinstance(pattern, Pattern)
    python = re.compile(source.replace("$", r"\Z"))
    assert [found(pattern, text) for text in TEXTS] == [python.search(text) is not None for text in TEXTS]


def test_matching_takes_polynomial_time() -> None:
    """A pattern on which backtracking engines hang is answered at once."""
    pattern = parse("^(a+)+$")
    assert isinstance(pattern, Pattern)
    started = time.process_time()
    assert not found(pattern, "a" * 300 + "!")
    assert time.process_time() - started < 2
