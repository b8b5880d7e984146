"""Patterns that would keep a backtracking engine busy for ever are told apart from those that look alike."""

from __future__ import annotations

import multiprocessing
import re

import pytest

from isotype.dialects import patterns as printers
from isotype.domain.patterns import Pattern
from isotype.language.ambiguity import is_ambiguous
from isotype.language.patterns import parse

CALM = [
    ("^[a-z0-9]+(-[a-z0-9]+)*$", "a" * 40 + "!"),
    ("^([a-z]+-)*[a-z]+$", "a" * 40 + "!"),
    ("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63}$", "a" * 60 + "!"),
    (r"^(\d{1,3}\.){3}\d{1,3}$", "1.1.1.1!"),
    ("^(a|b)*$", "ab" * 20 + "!"),
    ("^(ab|ac)*$", "abac" * 20 + "!"),
    (r'^("[^"]*",)*$', '"a",' * 20 + "!"),
]
AMBIGUOUS = [
    ("^(a+)+$", "a" * 40 + "!"),
    ("^(a|a)*$", "a" * 40 + "!"),
    ("^(a*)*$", "a" * 40 + "!"),
    (r"^(\w+\s?)*$", "a" * 40 + "!"),
    ("^(ab|aba|ba)*$", "aba" * 40 + "!"),
    ("^([a-z]{1,20}){1,20}$", "a" * 40 + "!"),
    ("^(x(a?|b?))*$", "x" * 40 + "!"),
    ("^(.*,)*$", "," * 40 + "!"),
]


def read(source: str) -> Pattern:
    pattern = parse(source)
    assert isinstance(pattern, Pattern), pattern
    return pattern


@pytest.mark.parametrize(("source", "text"), CALM)
def test_calm_patterns_are_not_flagged_and_end_at_once(source: str, text: str) -> None:
    """A loop with one way to read each text is calm, and Python refuses the worst text at once."""
    assert not is_ambiguous(read(source))
    assert re.search(printers.python(read(source)), text) is None


@pytest.mark.parametrize(("source", "text"), AMBIGUOUS)
def test_ambiguous_patterns_are_flagged(source: str, text: str) -> None:
    """A loop that can read one text in two ways is ambiguous."""
    assert is_ambiguous(read(source))


def test_ambiguous_patterns_do_not_end() -> None:
    """What is flagged is true: Python does not come back from such a text in a second."""
    source, text = AMBIGUOUS[0]
    search = multiprocessing.get_context("spawn").Process(target=re.search, args=(printers.python(read(source)), text))
    search.start()
    search.join(1.5)
    assert search.is_alive()
    search.kill()
    search.join()
