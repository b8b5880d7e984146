"""One spelling for all ways to write the same, and never one for what is not the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import product
from random import Random

import pytest

from isotype.catalog.sqlite.tokens import spelled, tokens

VALUES = ("NULL", "0", "1", "2", "'a'", "-1")
ROWS = [*product(VALUES, repeat=3)]


def expression(random: Random, depth: int) -> str:
    """A condition over a, b and c, with more parentheses than it needs."""
    if depth == 0:
        return random.choice(("a", "b", "c", "1", "'a'", "NULL"))
    one, other, third = (expression(random, depth - 1 - random.randrange(2) if depth > 1 else 0) for _ in range(3))
    made = random.choice(
        (
            f"{one} AND {other}",
            f"{one} OR {other}",
            f"NOT {one}",
            f"{one} = {other}",
            f"{one} < {other}",
            f"{one} - {other}",
            f"- {one}",
            f"{one} BETWEEN ({other}) AND {third}",
            f"{one} IN ({other}, {third})",
            f"{one} IS {other}",
            f"{one} NOTNULL",
            f"CASE WHEN {one} THEN {other} ELSE {third} END",
            f"CASE {one} WHEN {other} THEN {third} END",
            f"coalesce({one}, {other})",
            f"{one} LIKE {other}",
            f"{one} || {other}",
            f"EXISTS (SELECT 1 WHERE {one})",
        )
    )
    return f"({made})" if random.random() < 0.6 else made


def answers(connection: sqlite3.Connection, text: str) -> list[object]:
    rows = ", ".join(f"({', '.join(row)})" for row in ROWS)
    return connection.execute(f"WITH r (a, b, c) AS (VALUES {rows}) SELECT {text} FROM r").fetchall()


@pytest.mark.parametrize("seed", range(4))
def test_what_is_spelled_anew_means_the_same(seed: int) -> None:
    """For every row, NULLs among its values, the new text has the answer of the old; and it is spelled as itself."""
    random = Random(seed)
    shorter = 0
    with closing(sqlite3.connect(":memory:")) as connection:
        for _ in range(400):
            text = expression(random, 4)
            anew = spelled(tokens(text))
            assert answers(connection, anew) == answers(connection, text), (text, anew)
            assert spelled(tokens(anew)) == anew
            shorter += anew.count("(") < text.count("(")
    assert shorter > 100


@pytest.mark.parametrize("seed", range(4))
def test_what_means_something_else_is_spelled_otherwise(seed: int) -> None:
    """Two conditions with different answers for some row never have one spelling."""
    random = Random(100 + seed)
    with closing(sqlite3.connect(":memory:")) as connection:
        found: dict[str, tuple[str, list[object]]] = {}
        for _ in range(1500):
            text = expression(random, 2)
            spelling = spelled(tokens(text))
            if spelling in found:
                assert answers(connection, text) == found[spelling][1], (text, found[spelling][0])
            else:
                found[spelling] = (text, answers(connection, text))
    assert 300 < len(found) < 1500


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(a = b) AND (c)", "a = b AND c"),
        ("((a) OR ((b AND c)))", "a OR b AND c"),
        ("(a BETWEEN 1 AND 2) AND b", "a BETWEEN 1 AND 2 AND b"),
        ("a == 0X1f", "A=0x1F"),
        ("a IN (1,2)", "`a`in ( 1 , 2 )"),
        ("x'ab'", "X'AB'"),
        ("CASE WHEN (a) THEN (b) END", "case when a then b end"),
    ],
)
def test_one_spelling(one: str, other: str) -> None:
    """Two ways to write the same."""
    assert spelled(tokens(one)) == spelled(tokens(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(a OR b) AND c", "a OR b AND c"),
        ("NOT (a AND b)", "NOT a AND b"),
        ("a BETWEEN 1 AND (b = c)", "a BETWEEN 1 AND b = c"),
        ("a IN ((SELECT 1))", "a IN (SELECT 1)"),
        ("(a, b) = (1, 2)", "a, b = 1, 2"),
        ("a - (b - c)", "a - b - c"),
        ("'A'", "'a'"),
        ("1", "1.0"),
        ("a = 'b'", 'a = "b"'),
        ("TRUE", '"true"'),
        ("a > b", "a >= b"),
    ],
)
def test_two_spellings(one: str, other: str) -> None:
    """Two things that are not the same."""
    assert spelled(tokens(one)) != spelled(tokens(other))
