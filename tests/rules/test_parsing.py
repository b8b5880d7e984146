"""Rule text is read by a closed grammar, and every error stands at its place."""

from __future__ import annotations

import random

import pytest

from isotype.domain.expressions import And, Arithmetic, Compare, Expression, IsNull, Literal, Name, Negate, Not, Or
from isotype.language.expressions import DEEPEST, LONGEST, ExpressionError, parse
from tests.rules import samples
from tests.rules.reading import read

A, B, C = Name("a"), Name("b"), Name("c")
ONE, TWO = Literal(1), Literal(2)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a or b and not c", Or((A, And((B, Not(C)))))),
        ("a AND b AND c", And((A, B, C))),
        ("a AND (b AND c)", And((A, B, C))),
        ("NOT a = 1", Not(Compare("=", A, ONE))),
        ("a != 1", Compare("<>", A, ONE)),
        ("a - b - 1 < c * 2", Compare("<", Arithmetic("-", Arithmetic("-", A, B), ONE), Arithmetic("*", C, TWO))),
        ("a = 1 IS NULL", IsNull(Compare("=", A, ONE))),
        ("a > -1", Compare(">", A, Literal(-1))),
        ("- a > 1", Compare(">", Negate(A), ONE)),
        ("\"order\" = 'it''s'", Compare("=", Name("order"), Literal("it's"))),
        ("a\n  <>\tb", Compare("<>", A, B)),
    ],
)
def test_precedence_is_postgresqls(text: str, tree: Expression) -> None:
    """Operators bind as they do in PostgreSQL, and spelling does not matter."""
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "at", "code"),
    [
        ("", 0, "rule-syntax"),
        ("   ", 3, "rule-syntax"),
        ("a >", 3, "rule-syntax"),
        ("a > 1)", 5, "rule-syntax"),
        ("(a > 1", 6, "rule-syntax"),
        ("a < b < c", 6, "rule-syntax"),
        ("a b", 2, "rule-syntax"),
        ("a = NOT b", 4, "rule-syntax"),
        ("a NOT b", 2, "rule-syntax"),
        ("a IN ()", 6, "rule-syntax"),
        ("a BETWEEN 1", 11, "rule-syntax"),
        ("name LIKE title", 10, "rule-syntax"),
        ("name LIKE 'a\\'", 10, "rule-syntax"),
        ("name ILIKE 'a'", 5, "rule-syntax"),
        ("a IS DISTINCT FROM b", 5, "rule-syntax"),
        ("CASE a WHEN 1 THEN 2 END = 2", 5, "rule-syntax"),
        ("EXISTS (SELECT 1)", 0, "rule-syntax"),
        ("a == 1", 2, "rule-syntax"),
        ("a && b", 2, "rule-syntax"),
        ("a % 2 = 0", 2, "rule-syntax"),
        ("a = 1 -- why", 6, "rule-syntax"),
        ("a = 1; DROP TABLE x", 5, "rule-syntax"),
        ("doc ->> 'x' = 'y'", 4, "rule-syntax"),
        ("levels[1] = 2", 6, "rule-syntax"),
        ("name = 'open", 7, "rule-syntax"),
        ('"open = 1', 0, "rule-syntax"),
        ("a > 1e5", 5, "rule-literal"),
        ("a > 12abc", 6, "rule-literal"),
        ("a > " + "9" * 400, 4, "rule-literal"),
        ("name = 'a\0b'", 7, "rule-literal"),
        ("a > ٣", 4, "rule-syntax"),
        ("a::text = 'x'", 1, "rule-cast"),
        ("CAST(a AS text) = 'x'", 0, "rule-cast"),
        ("day > date '2025-01-01'", 6, "rule-cast"),
        ("started > now()", 10, "rule-function"),
        ("started > CURRENT_TIMESTAMP", 10, "rule-function"),
        ("array_length(levels, 1) > 0", 0, "rule-function"),
        ("length(name, 1) > 0", 0, "rule-function"),
        ("coalesce(a) > 0", 0, "rule-function"),
        ("frobnicate(a) > 0", 0, "rule-function"),
        ("name ~ 'a(b'", 9, "rule-pattern"),
        ("name ~ 'it''s(?=x)'", 13, "rule-pattern"),
        ("(" * 100 + "a" + ")" * 100, DEEPEST, "rule-too-deep"),
        ("NOT " * 100 + "a", 4 * DEEPEST, "rule-too-deep"),
        (" - ".join("a" * 200), 0, "rule-too-deep"),
        ("a" * (LONGEST + 1), LONGEST, "rule-too-long"),
    ],
)
def test_an_error_stands_at_its_place(text: str, at: int, code: str) -> None:
    """What the grammar refuses is one error with the offset of the offending part."""
    found = parse(text)
    assert isinstance(found, tuple), found
    assert [(error.at, error.code) for error in found] == [(at, code)]


def test_errors_that_allow_reading_on_come_together() -> None:
    """Casts and refused functions are reported all at once, in order of place."""
    found = parse("a::text = 'x' AND started > now() AND lower(name) = 'x' AND name ~* 'x'")
    assert isinstance(found, tuple)
    assert [error.code for error in found] == ["rule-cast", "rule-function", "rule-function", "rule-syntax"]
    assert found[1] == ExpressionError(
        28,
        "now() reads the clock, so the same row would pass today and fail tomorrow",
        "compare with a timestamp field",
        "rule-function",
    )


WORDS = "a b big name flag started levels status doc LIKE IN BETWEEN AND OR NOT IS NULL TRUE CASE WHEN THEN ELSE END"
SIGNS = "( ) , ' '' 'x' 1 0.5 + - * / = <> < >= ~ ANY ALL length( coalesce( round( :: -- \" ; \\ \0 \u202e"
PIECES = (*WORDS.split(), *SIGNS.split())


def test_any_text_is_read_or_refused_with_places() -> None:
    """Random words and damaged rules give a tree or errors within the text, never an exception."""
    source = random.Random(1)
    soups = [" ".join(source.choices(PIECES, k=source.randrange(1, 14))) for _ in range(3000)]
    for _ in range(1500):
        text = samples.rule(source)
        cut = source.randrange(len(text))
        soups.append(text[:cut] + source.choice((*PIECES, "")) + text[cut + source.randrange(4) :])
    trees = 0
    for text in soups:
        found = read(text, computed=source.random() < 0.5)
        if isinstance(found, tuple):
            assert found and all(0 <= error.at <= len(text) for error in found), text
        else:
            assert found.type.kind, text
            trees += 1
    assert 20 < trees < len(soups) / 2
