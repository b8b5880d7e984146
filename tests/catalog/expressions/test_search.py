"""A random search for two expressions of one form that disagree on a row."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from isotype.catalog.expressions import is_read, normal, normal_check
from isotype.catalog.expressions.trees import Tree
from tests.catalog.expressions.generator import condition, mutated, value
from tests.catalog.expressions.support import SCOPE, Connection, deparsed, deparsed_values, values, verdicts

PAIRS = 2000
VALUES = 1500
AT_ONCE = 500


@dataclass(frozen=True)
class Found:
    """An expression as it was written and as it was printed, its forms, and what it says of each row."""

    written: str
    printed: str
    form: Tree
    as_check: Tree
    said: tuple[Any, ...]


@pytest.fixture(scope="module")
def searched(sample: Connection) -> list[Found]:
    """Random conditions, each followed by a mutation of it."""
    chance = Random(20)
    written: list[str] = []
    for _ in range(PAIRS):
        one = condition(chance, 2)
        written += [one.text, mutated(chance, one).text]
    made: list[Found] = []
    for at in range(0, len(written), AT_ONCE):
        texts = written[at : at + AT_ONCE]
        for text, printed, said in zip(texts, deparsed(sample, texts), verdicts(sample, texts), strict=True):
            made.append(Found(text, printed, normal(printed, SCOPE), normal_check(printed, SCOPE), said))
    return made


def test_every_condition_is_read(searched: list[Found]) -> None:
    """The reader knows everything that the search writes."""
    assert all(is_read(found.form) for found in searched)


def test_conditions_of_one_form_agree_on_every_row(searched: list[Found]) -> None:
    """No two conditions with the same form say something else of a row of the sample."""
    forms: dict[Tree, Found] = {}
    checks: dict[Tree, Found] = {}
    for found in searched:
        for other in (forms.setdefault(found.form, found), checks.setdefault(found.as_check, found)):
            assert found.said == other.said, (found.written, other.written)


def test_the_search_finds_what_it_looks_for(searched: list[Found]) -> None:
    """Many mutations say something else, and many others are printed otherwise and have the same form."""
    pairs = list(zip(searched[::2], searched[1::2], strict=True))
    assert sum(one.said != other.said for one, other in pairs) > PAIRS / 3
    assert sum(one.form == other.form and one.printed != other.printed for one, other in pairs) > PAIRS / 4


def test_a_dump_and_its_restore_have_one_form(sample: Connection, searched: list[Found]) -> None:
    """What the server prints, read by it again and printed again, may be spelled otherwise and has the same form."""
    once = searched[:AT_ONCE]
    again = deparsed(sample, [found.printed for found in once])
    assert any(found.printed != text for found, text in zip(once, again, strict=True))
    for found, text in zip(once, again, strict=True):
        assert normal(text, SCOPE) == found.form, found.written


def test_values_of_one_form_are_equal_on_every_row(sample: Connection) -> None:
    """No two expressions with the same form have another text, or another type, on a row of the sample."""
    chance = Random(21)
    written = sorted({value(chance) for _ in range(VALUES)})
    found: dict[Tree, tuple[str, tuple[str | None, ...]]] = {}
    respelled = 0
    with sample.transaction():
        for at in range(0, len(written), AT_ONCE):
            texts = written[at : at + AT_ONCE]
            for text, printed, said in zip(texts, deparsed_values(sample, texts), values(sample, texts), strict=True):
                form = normal(printed, SCOPE)
                assert is_read(form), printed
                other, expected = found.setdefault(form, (text, said))
                assert said == expected, (text, other)
                respelled += text != other
    assert respelled > VALUES / 20
