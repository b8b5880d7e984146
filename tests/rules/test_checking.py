"""Every name is a field, and every operator meets types it has one meaning for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from isotype.domain.expressions import Case, Compare, Literal, ValueType
from isotype.language.checking import check
from isotype.language.expressions import parse
from tests.rules.fields import INT, PRICE, STATUS, TYPES
from tests.rules.reading import errors, read, rule


@pytest.mark.parametrize(
    ("text", "at", "code"),
    [
        ("nam = 'x'", 0, "unknown-field"),
        ("status = 'pendin'", 9, "unknown-enum-value"),
        ("status < 'done'", 0, "rule-order"),
        ("flag > FALSE", 0, "rule-order"),
        ("a = NULL", 4, "rule-null-comparison"),
        ("a NOT IN (1, NULL)", 13, "rule-null-comparison"),
        ("a = 'x'", 4, "rule-type"),
        ("name = 1", 7, "rule-type"),
        ("flag = 1", 7, "rule-type"),
        ("flag = 'true'", 7, "rule-type"),
        ("name = status", 7, "rule-type"),
        ("a", 0, "rule-type"),
        ("a AND flag", 0, "rule-type"),
        ("NOT name", 4, "rule-type"),
        ("doc = 'x'", 0, "rule-type"),
        ("levels = 1", 0, "rule-type"),
        ("name + 1 > 2", 0, "rule-type"),
        ("length(a) > 1", 7, "rule-type"),
        ("length(levels) > 1", 7, "rule-type"),
        ("cardinality(name) > 1", 12, "rule-type"),
        ("a LIKE '1%'", 0, "rule-type"),
        ("1 = ANY (a)", 9, "rule-type"),
        ("'x' = ANY (levels)", 0, "rule-type"),
        ("a IN (1, b + 1)", 9, "rule-type"),
        ("coalesce(1, a) > 0", 9, "rule-type"),
        ("coalesce(doc, doc) IS NULL", 9, "rule-type"),
        ("score + 1 > 2", 0, "rule-inexact"),
        ("score > a", 8, "rule-inexact"),
        ("a / 2 > 1", 0, "rule-inexact"),
        ("round(price, 1) > 1", 0, "rule-inexact"),
        ("day = '2025-02-29'", 6, "rule-literal"),
        ("started > '2025-01-01'", 10, "rule-literal"),
        ("started > '2025-01-01T00:00:00'", 10, "rule-literal"),
        ("started > '2025-01-01T23:59:60Z'", 10, "rule-literal"),
        ("started > '0001-01-01T00:00:00+01:00'", 10, "rule-literal"),
        ("token = 'x'", 8, "rule-literal"),
        ("a > 9223372036854775807 + 1", 4, "rule-literal"),
        ("a > -(-9223372036854775808)", 4, "rule-literal"),
        ("1 = 1", 0, "rule-constant"),
        ("flag OR TRUE", 8, "rule-constant"),
        ("CASE WHEN TRUE THEN flag END", 10, "rule-constant"),
        ("TRUE", 0, "rule-constant"),
        ("wide" + " * wide" * 34 + " > 0", 0, "rule-too-wide"),
    ],
)
def test_what_has_no_one_meaning_is_refused(text: str, at: int, code: str) -> None:
    """A wrong operand is one error at its place; nothing follows from it."""
    assert errors(text) == [(at, code)]


def test_all_errors_come_together() -> None:
    """Errors of separate parts are reported in order of place."""
    found = errors("nam = 1 AND status = 'x' AND score > a")
    assert found == [(0, "unknown-field"), (21, "unknown-enum-value"), (37, "rule-inexact")]


def test_suggestions_name_what_was_meant() -> None:
    """A close name is offered in the suggestion."""
    found = read("nam = 'x' OR status = 'pendin'")
    assert isinstance(found, tuple)
    assert [error.suggestion for error in found] == ['did you mean "name"?', 'did you mean "pending"?']


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("started > '2025-01-31T01:30:00.120+02:00'", "2025-01-30T23:30:00.120Z"),
        ("started > '2025-01-31T01:30:00.000000Z'", "2025-01-31T01:30:00Z"),
        ("opens = '08:30:00.5'", "08:30:00.500"),
        ("token = '6F1C0A34-2A53-5F0E-9A55-3D7B1F1F9B11'", "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11"),
        ("a > 60 * 60 - -1", 3601),
        ("price > 0.1 + 0.20", Decimal("0.30")),
        ("score > 1", 1),
    ],
)
def test_literals_take_the_type_and_form_of_what_they_meet(text: str, value: object) -> None:
    """A constant is typed by the other side, in canonical form, and constant arithmetic is worked out exactly."""
    tree = rule(text)
    assert isinstance(tree, Compare) and isinstance(tree.right, Literal)
    assert tree.right.value == value
    assert tree.right.type.kind == tree.left.type.kind or tree.left.type.kind in ("integer", "decimal")


def test_a_choice_between_literals_takes_the_type_of_what_it_meets() -> None:
    """CASE between texts compared with an enum holds values of the enum."""
    tree = rule("status = CASE WHEN flag THEN 'done' ELSE 'lost' END")
    assert isinstance(tree, Compare) and isinstance(tree.right, Case)
    assert tree.right.type == STATUS
    assert errors("status = CASE WHEN flag THEN 'done' ELSE 'x' END") == [(41, "unknown-enum-value")]


def test_a_computed_value_fits_its_field() -> None:
    """What a field keeps decides what may be computed into it; more digits are refused, never rounded."""
    assert rule("round(price / (a + 1), 2)", computed=True, want=PRICE).type.scale == 2
    assert rule("a + b", computed=True, want=INT).type.kind == "integer"
    assert rule("CASE WHEN a > 1 THEN 'done' ELSE 'lost' END", computed=True, want=STATUS).type == STATUS
    assert errors("price * rate", computed=True, want=PRICE) == [(0, "rule-inexact")]
    assert errors("price / a", computed=True, want=PRICE) == [(0, "rule-inexact")]
    assert errors("round(a / b, 2)", computed=True, want=PRICE) == [(6, "rule-type")]
    assert errors("a / 0", computed=True, want=INT) == [(4, "rule-literal")]
    assert errors("name", computed=True, want=INT) == [(0, "rule-type")]
    assert errors("5", computed=True, want=INT) == [(0, "rule-constant")]


def test_a_field_is_never_text_by_accident() -> None:
    """Hostile names are quoted harmlessly in messages."""
    tree = parse('"a\u202eb" = 1')
    assert not isinstance(tree, tuple)
    found = check(tree, TYPES, {})
    assert isinstance(found, tuple)
    assert "\u202e" not in found[0].message


def test_every_kind_of_value_knows_null() -> None:
    """IS NULL is asked of every field, whatever its type."""
    kinds = [*TYPES.values(), *map(ValueType, ("bytes", "inet", "duration"))]
    for kind in kinds:
        tree = parse("x IS NOT NULL")
        assert not isinstance(tree, tuple)
        assert not isinstance(check(tree, {"x": kind}, {}), tuple)
