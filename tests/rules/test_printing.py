"""Rules are spelled in every target as a person would spell them."""

from __future__ import annotations

import pytest

from isotype.dialects.expressions import postgres, python, sqlite, typescript
from isotype.domain.expressions import BOOLEAN, Arithmetic, Compare, Expression, Literal, Name, ValueType
from isotype.domain.ledger import NotExpressible
from tests.rules.fields import INT
from tests.rules.reading import rule

OVERFLOW = "abs(-9223372036854775808)"


def spelled(tree: Expression, context: str = "check") -> tuple[str, str, str, str]:
    """PostgreSQL, SQLite, Python and TypeScript; a reason instead of a text that is not expressible."""
    in_sqlite = sqlite.print_expression(tree, str, context)
    in_python = python.print_expression(tree, lambda name: f"row.{name}")
    in_typescript = typescript.print_expression(tree, lambda name: f"row.{name}")
    assert not isinstance(in_python, NotExpressible) and not isinstance(in_typescript, NotExpressible)
    return (
        postgres.print_expression(tree, str),
        in_sqlite.construct if isinstance(in_sqlite, NotExpressible) else in_sqlite,
        in_python.text,
        in_typescript.text,
    )


CASES = {
    "started IS NULL OR (ended >= started AND a <> 0)": (
        "started IS NULL OR ended >= started AND a <> 0",
        "started IS NULL OR ended >= started AND a <> 0",
        "or_(is_null(row.started), and_(ge(row.ended, row.started), ne(row.a, 0)))",
        "or(isNull(row.started), and(ge(instant(row.ended), instant(row.started)), ne(row.a, 0)))",
    ),
    "(flag OR ready) AND NOT (a = 1 OR flag)": (
        "(flag OR ready) AND NOT (a = 1 OR flag)",
        "(flag OR ready) AND NOT (a = 1 OR flag)",
        "and_(or_(row.flag, row.ready), not_(or_(eq(row.a, 1), row.flag)))",
        "and(or(row.flag, row.ready), not(or(eq(row.a, 1), row.flag)))",
    ),
    "price > 9.995": (
        "price > 9.995",
        "price * 10 > 9995",
        'gt(row.price, number("9.995"))',
        "gt(decimal(row.price, 3), 9995n)",
    ),
    "a + b > 0": (
        "a::bigint + b > 0",
        "a + b > 0",
        "gt(add(row.a, row.b), 0)",
        "gt(add(integer(row.a), integer(row.b)), 0n)",
    ),
    "big - 1 >= safe": (
        "big - 1 >= safe",
        f"CASE typeof(big - 1) WHEN 'real' THEN {OVERFLOW} ELSE big - 1 END >= safe",
        "ge(bounded(subtract(row.big, 1)), row.safe)",
        "ge(bounded(subtract(integer(row.big), 1n)), integer(row.safe))",
    ),
    "a - (b - 1) * -2 <> -a": (
        "a - (b::bigint - 1) * -2 <> -a::bigint",
        "a - (b - 1) * -2 <> -a",
        "ne(subtract(row.a, multiply(subtract(row.b, 1), -2)), negate(row.a))",
        "ne(subtract(integer(row.a), multiply(subtract(integer(row.b), 1n), -2n)), negate(integer(row.a)))",
    ),
    "name BETWEEN 'a' AND title": (
        "name COLLATE \"C\" BETWEEN 'a' AND title",
        "name BETWEEN 'a' AND title",
        'between(row.name, "a", row.title)',
        'between(row.name, "a", row.title)',
    ),
    "length(name) <= 10 AND cardinality(tags) > 0": (
        "char_length(name) <= 10 AND cardinality(tags) > 0",
        "length(name) <= 10 AND json_array_length(tags) > 0",
        "and_(le(length(row.name), 10), gt(cardinality(row.tags), 0))",
        "and(le(length(row.name), 10), gt(cardinality(row.tags), 0))",
    ),
    "name NOT LIKE 'a\\_*%' AND status ~ '^d'": (
        "name NOT LIKE 'a\\_*%' AND status::text ~ '^d'",
        "name NOT GLOB 'a_[*]*' AND status GLOB 'd*'",
        'and_(not_(matches(row.name, r"^a_\\*[\\s\\S]*\\Z")), matches(row.status, "^d"))',
        "and(not(matches(row.name, /^a_\\*[\\s\\S]*$/u)), matches(row.status, /^d/u))",
    ),
    "status IN ('done', 'lost') AND (flag AND ready) IS NOT FALSE": (
        "status IN ('done', 'lost') AND (flag AND ready) IS NOT FALSE",
        "status IN ('done', 'lost') AND (flag AND ready) IS NOT FALSE",
        'and_(is_in(row.status, "done", "lost"), not_(is_false(and_(row.flag, row.ready))))',
        'and(isIn(row.status, "done", "lost"), not(isFalse(and(row.flag, row.ready))))',
    ),
    "started >= '2025-01-31T08:30:00Z'": (
        "started >= '2025-01-31T08:30:00Z'::timestamptz",
        "started >= '2025-01-31T08:30:00.000000Z'",
        'ge(row.started, instant("2025-01-31T08:30:00Z"))',
        'ge(instant(row.started), instant("2025-01-31T08:30:00Z"))',
    ),
    "CASE WHEN flag THEN a ELSE 0 END < coalesce(b, 7)": (
        "CASE WHEN flag THEN a ELSE 0 END < coalesce(b, 7)",
        "CASE WHEN flag THEN a ELSE 0 END < coalesce(b, 7)",
        "lt(choose(row.flag, row.a, 0), coalesce(row.b, 7))",
        "lt(choose(row.flag, row.a, 0), coalesce(row.b, 7))",
    ),
    "1 <= ALL (levels)": (
        "1 <= ALL (levels)",
        "rule over array items",
        "all_of(le, 1, row.levels)",
        "allOf(le, 1, row.levels)",
    ),
    "wide > 0": (
        "wide > 0",
        "rule over a wide decimal",
        "gt(row.wide, 0)",
        "gt(decimal(row.wide, 8), 0n)",
    ),
    "price * price * price > 0": (
        "price * price * price > 0",
        "rule beyond 64 bits",
        "gt(multiply(multiply(row.price, row.price), row.price), 0)",
        "gt(multiply(multiply(decimal(row.price, 2), decimal(row.price, 2)), decimal(row.price, 2)), 0n)",
    ),
    "score <= 1": (
        "score <= 1",
        "score <= 1.0",
        "le(row.score, 1.0)",
        "le(row.score, 1)",
    ),
}


@pytest.mark.parametrize("text", CASES)
def test_spelling(text: str) -> None:
    """One rule in PostgreSQL, SQLite, Python and TypeScript, or why SQLite cannot hold it."""
    assert spelled(rule(text)) == CASES[text]


def test_a_trigger_looks_at_array_items() -> None:
    """What a CHECK of SQLite may not hold, a trigger does, NULLs included."""
    assert sqlite.print_expression(rule("'x' = ANY (tags)"), lambda name: f"NEW.{name}", "trigger") == (
        "CASE WHEN NEW.tags IS NOT NULL THEN (SELECT CASE WHEN max('x' = item.value) THEN TRUE"
        " WHEN count(*) > count('x' = item.value) THEN NULL ELSE FALSE END FROM json_each(NEW.tags) AS item) END"
    )


def test_a_bounded_field_needs_no_guard() -> None:
    """The range of a field shows that a sum stays within 64 bits, and within 32."""
    bounded = ValueType("integer", digits=19, low=0, high=10**12)
    percent = ValueType("integer", digits=10, low=0, high=100)
    for kind in (bounded, percent):
        total = Arithmetic("+", Name("x", type=kind), Name("x", type=kind), type=ValueType("integer", digits=19))
        tree = Compare(">", total, Literal(0, type=kind), type=BOOLEAN)
        assert sqlite.print_expression(tree, str) == "x + x > 0"
        assert postgres.print_expression(tree, str) == "x + x > 0"


def test_a_native_enum_is_told_its_type_inside_a_choice() -> None:
    """PostgreSQL takes a choice between texts for text; a native enum's values carry their type there."""
    tree = rule("phase = CASE WHEN flag THEN 'done' ELSE 'lost' END")
    text = postgres.print_expression(tree, str, lambda name: "app.status" if name == "Status" else "")
    assert text == "phase = CASE WHEN flag THEN 'done'::app.status ELSE 'lost'::app.status END"


def test_a_computed_decimal_is_printed_in_the_units_of_its_column() -> None:
    """SQLite stores a decimal by its last digit, so the column says which digit that is."""
    tree = rule("price - cost", computed=True, want="decimal")
    assert sqlite.print_expression(tree, str, "generated", scale=4) == "price * 100 - cost * 100"
    assert sqlite.print_expression(rule("a * 2", computed=True, want=INT), str, "generated") == "a * 2"


def test_division_is_left_to_the_database() -> None:
    """Quotients are computed values, which Python and TypeScript only receive."""
    tree = rule("round(price / a, 2)", computed=True, want="decimal")
    assert isinstance(python.print_expression(tree, str), NotExpressible)
    assert isinstance(typescript.print_expression(tree, str), NotExpressible)


def test_a_text_is_inert() -> None:
    """Quotes, backslashes, line ends and comment signs of a constant stay inside it."""
    tree = rule("name = 'it''s */ -- \\ \n ${x} \u2028'")
    assert postgres.print_expression(tree, str) == "name = E'it''s */ -- \\\\ \\n ${x} \\u2028'"
    assert "\n" not in "".join(spelled(tree))


def test_the_layout_breaks_long_calls() -> None:
    """A call that fits stays on a line; one that does not is broken as the formatter of its language does it."""
    tree = rule("NOT (started IS NULL OR ended >= started)")
    printed = python.print_expression(tree, str)
    assert not isinstance(printed, NotExpressible)
    assert printed.layout("return ") == "return not_(or_(is_null(started), ge(ended, started)))"
    assert printed.layout("return ", width=40) == (
        "return not_(\n    or_(\n        is_null(started),\n        ge(ended, started),\n    )\n)"
    )
    printed = typescript.print_expression(tree, str)
    assert not isinstance(printed, NotExpressible)
    assert printed.helpers == {"not", "or", "isNull", "ge", "instant"}
    assert printed.layout("  const holds = ", ";", width=50, indent="  ") == (
        "  const holds = not(\n    or(\n      isNull(started),\n"
        "      ge(instant(ended), instant(started)),\n    ),\n  );"
    )


def test_guards_do_not_grow_without_end() -> None:
    """Where SQLite would need guards inside guards, the text is bounded and the gap has a reason."""
    nested = "big"
    for _ in range(18):
        nested = f"big + CASE WHEN {nested} > other_big THEN a ELSE b END"
    text = sqlite.print_expression(rule(f"{nested} > 0"), str)
    assert isinstance(text, NotExpressible) and text.construct == "rule with nested arithmetic"
