"""A computed value is a value of its type, or the row is refused: the rules that follow, and where none does."""

from __future__ import annotations

import pytest

from tests.probes.domains import schema

FIELDS = """
isotype: 1
domain: sums
types:
  Percent: {{base: 'decimal(5,2)', min: 0, max: 100}}
  Slug: {{base: string(8), pattern: '^[a-z]+$'}}
entities:
  Sum:
    fields:
      id:    {{type: int, key: true}}
      a:     int
      b:     int?
      small: {{type: smallint, min: 0, max: 300}}
      large: bigint
      price: 'decimal(6,2)'
      share: {{type: float, min: 0}}
      slug:  Slug
      note:  {{type: string(20)?, min_length: 1}}
      mail:  email
      made:  {0}
"""
ENDS = "BETWEEN -2147483648 AND 2147483647"
POSTGRES, BOTH = ("postgres",), ("postgres", "sqlite")


def rules(field: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """What follows from a computed field: the end of the name, the condition, who keeps it untold."""
    [entity] = schema(FIELDS.format(field)).entities
    return [(rule.name.removeprefix("sums_made_"), rule.source, rule.held) for rule in entity.rules]


@pytest.mark.parametrize(
    ("field", "source", "held"),
    [
        ("{type: int, computed: a + 1}", "(a + 1) <= 2147483647", POSTGRES),
        ("{type: int, computed: 1 - a}", "(1 - a) <= 2147483647", POSTGRES),
        ("{type: int, computed: abs(a)}", "abs(a) <= 2147483647", POSTGRES),
        ("{type: int?, computed: a + b}", f"(a + b) {ENDS}", POSTGRES),
        ("{type: smallint, computed: small * 200}", "(small * 200) <= 32767", POSTGRES),
        ("{type: int, max: 50, computed: small + 1}", "(small + 1) <= 50", ()),
        ("{type: int, above: 0, below: 300, computed: small}", "small BETWEEN 1 AND 299", ()),
        ("{type: 'decimal(7,2)', computed: price * small}", "(price * small) BETWEEN -99999.99 AND 99999.99", POSTGRES),
        ("{type: 'decimal(4,3)', computed: price}", "price BETWEEN -9.99 AND 9.99", POSTGRES),
        ("{type: Percent, computed: price}", "price BETWEEN 0.00 AND 100.00", ()),
        ("{type: bigint, computed: large * a}", "((large * a) IS NULL) IS NOT NULL", BOTH),
        ("{type: bool, computed: large * a > 5}", "((large * a > 5) IS NULL) IS NOT NULL", BOTH),
        ("{type: int?, computed: small / a}", "((small / a) IS NULL) IS NOT NULL", BOTH),
        ("{type: float, min: 1, computed: share}", "share >= 1", ()),
        ("{type: string(5), computed: slug}", "length(slug) <= 5", ()),
        (
            "{type: Slug, computed: 'coalesce(note, slug)'}",
            "length(coalesce(note, slug)) <= 8 AND coalesce(note, slug) ~ '^[a-z]+$'",
            (),
        ),
        ("{type: email?, computed: note}", "note ~ email", ()),
    ],
)
def test_what_does_not_always_fit_is_a_rule(field: str, source: str, held: tuple[str, ...]) -> None:
    """Each side that the expression can leave is asked, of whoever does not keep it by the type of the column."""
    assert rules(field) == [("check", source, held)]


@pytest.mark.parametrize(
    "field",
    [
        "{type: bigint, computed: a + 1}",
        "{type: int, computed: small * 200}",
        "{type: 'decimal(9,2)', computed: price * small}",
        "{type: 'decimal(7,2)', computed: 'round(price / 7, 2)'}",
        "{type: 'decimal(12,2)?', computed: 'CASE WHEN a > 0 AND b > 0 THEN round(1.0 * small / b, 2) END'}",
        "{type: int?, computed: b}",
        "{type: bool, computed: a > 5 AND b IS NOT NULL}",
        "{type: int, computed: 'coalesce(b, a)'}",
        "{type: int, computed: CASE WHEN b > 1 THEN small ELSE 5 END}",
        "{type: float, min: 0, computed: share}",
        "{type: text?, computed: note}",
        "{type: 'string(20)?', min_length: 1, computed: \"CASE WHEN a > 1 THEN 'one' ELSE note END\"}",
        "{type: Slug, computed: slug}",
        "{type: email, computed: mail}",
        "{type: int, computed: {sql: 'a + 1', sqlite: 'a + 1'}}",
    ],
)
def test_what_always_fits_is_no_rule(field: str) -> None:
    """Bounds of what is read show that the value is one of its type; of raw SQL nobody knows."""
    assert rules(field) == []


def test_what_is_never_null_is_computed_of_what_is_there() -> None:
    """NULL in a column that has none is refused by the column in a database, and by a rule above it."""
    assert rules("{type: bigint, computed: b + 1}") == [("not_null", "(b + 1) IS NOT NULL", BOTH)]


def test_a_rule_has_the_name_that_the_field_gives() -> None:
    """`constraints` names it as it names the bounds of a field that is given."""
    assert [name for name, *_ in rules("{type: int, computed: a + 1, constraints: {check: chk_made}}")] == ["chk_made"]
