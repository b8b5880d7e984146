"""Queries: their expressions in normal form, and everything else word by word."""

from __future__ import annotations

import pytest

from isotype.catalog.expressions import Scope, query_form, query_scope, trigger_definition

RELATIONS: dict[tuple[str, ...], Scope] = {
    ("public", "a"): Scope({"id": "integer", "b": "character varying(20)", "n": "integer"}, {}),
    ("public", "c"): Scope({"id": "bigint", "z": "text"}, {}),
}
HEAD = "SELECT a.id FROM public.a "


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{HEAD}WHERE (a.n > 1)", f"{HEAD}WHERE (1 < a.n);"),
        (f"{HEAD}WHERE ((a.n = 1) OR (a.n = 2))", f"{HEAD}WHERE (a.n = ANY (ARRAY[2, 1]))"),
        (
            "SELECT x FROM (public.a JOIN public.c ON ((a.id = c.id)))",
            "SELECT x FROM (public.a JOIN public.c ON ((c.id = a.id)))",
        ),
        (
            "SELECT count(*) FILTER (WHERE (a.n > 1)) AS m FROM public.a",
            "SELECT count(*) FILTER (WHERE (NOT (a.n <= 1))) AS m FROM public.a",
        ),
        (
            f"{HEAD}WHERE (EXISTS ( SELECT 1 FROM public.c WHERE (c.id < 3)))",
            f"{HEAD}WHERE (EXISTS ( SELECT 1 FROM public.c WHERE (3 > c.id)))",
        ),
        ("SELECT char_length(z) AS n FROM public.c", "SELECT length(z) AS n\n   FROM public.c"),
    ],
)
def test_spellings_of_one_query_have_one_form(one: str, other: str) -> None:
    """Wherever an expression stands: in a condition, a join, a filter, a query within, a column."""
    assert query_form(one) == query_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{HEAD}WHERE (a.n > 1)", f"{HEAD}WHERE (a.n >= 1)"),
        (f"{HEAD}WHERE (a.n > 1)", f"{HEAD}WHERE (a.n > 1) LIMIT 5"),
        (f"{HEAD}ORDER BY a.n", f"{HEAD}ORDER BY a.n DESC"),
        ("SELECT x AS y FROM t", "SELECT x AS z FROM t"),
        ("SELECT x FROM t", "SELECT DISTINCT x FROM t"),
        ("SELECT x, y FROM t", "SELECT y, x FROM t"),
        ("SELECT a FROM t UNION SELECT b FROM t", "SELECT b FROM t UNION SELECT a FROM t"),
        ("SELECT a FROM t LEFT JOIN u ON (t.a = u.a)", "SELECT a FROM t JOIN u ON (t.a = u.a)"),
        ("SELECT 'a' AS x", "SELECT 'A' AS x"),
        ("SELECT $x", "SELECT  $x"),
    ],
)
def test_other_queries_have_other_forms(one: str, other: str) -> None:
    """Another condition, order, name or clause is another query; what cannot be read is its text."""
    assert query_form(one) != query_form(other)


def test_names_have_types_where_it_is_certain() -> None:
    """One selection from known relations; a name of two types, a function or a query within leaves it open."""
    assert query_scope(f"{HEAD}WHERE (a.n > 1)", RELATIONS).columns["b"] == "character varying(20)"
    joined = query_scope("SELECT 1 FROM (public.a x JOIN public.c ON ((x.id = c.id))) WHERE (z = b)", RELATIONS)
    assert set(joined.columns) == {"b", "n", "z"}
    for text in (
        "SELECT 1 FROM public.f(1) f(n)",
        "SELECT 1 FROM (SELECT b::text AS n FROM public.a) x",
        "SELECT 1 FROM public.unknown",
        "WITH t AS (VALUES (1)) SELECT 1 FROM t",
        "SELECT 1",
        "SELECT 1 FROM public.a, LATERAL unnest(a.b) n",
    ):
        assert query_scope(text, RELATIONS).columns == {}, text


TRIGGER = (
    "CREATE TRIGGER t BEFORE UPDATE OF a, b ON public.x FOR EACH ROW WHEN ((old.a > 1)) EXECUTE FUNCTION public.f()"
)


@pytest.mark.parametrize(
    ("before", "after", "part"),
    [
        ("BEFORE", "AFTER", "timing"),
        ("UPDATE OF a, b", "INSERT OR UPDATE OF b, a", "events"),
        ("OF a, b", "OF a", "columns"),
        ("ROW", "STATEMENT", "level"),
        ("> 1", ">= 1", "condition"),
        (" WHEN ((old.a > 1))", "", "condition"),
        ("public.f()", "public.g()", "function"),
        ("f()", "f('x')", "arguments"),
        ("CREATE TRIGGER", "CREATE CONSTRAINT TRIGGER", "constraint"),
        ("FOR EACH", "DEFERRABLE INITIALLY DEFERRED FOR EACH", "deferrable"),
        ("FOR EACH", "NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH", ""),
        ("FOR EACH", "FROM public.y FOR EACH", "referenced"),
        ("FOR EACH", "REFERENCING OLD TABLE AS o FOR EACH", "transitions"),
        ("OF a, b", "OF b, a", ""),
        ("old.a > 1", "1 < old.a", ""),
    ],
)
def test_a_change_of_a_trigger_has_a_name(before: str, after: str, part: str) -> None:
    """Each part of a definition has one; what means the same has none."""
    assert before in TRIGGER
    one, other = trigger_definition(TRIGGER), trigger_definition(TRIGGER.replace(before, after, 1))
    assert one is not None
    assert other is not None
    wanted, had = one.parts(), other.parts()
    assert [name for name in wanted if wanted[name] != had[name]] == [part] * bool(part)
    assert trigger_definition("CREATE TRIGGER t BEFORE LUNCH ON x") is None
