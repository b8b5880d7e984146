"""The laws of the normal form, asked of a real server."""

from __future__ import annotations

import pytest

from isotype.catalog.expressions import is_read, normal, normal_check
from isotype.catalog.expressions.knowledge import STEADY_CALLS
from isotype.catalog.expressions.laws import LAWS
from tests.catalog.expressions.cases import APART, SAME, instances
from tests.catalog.expressions.support import SCOPE, Connection, deparsed, verdicts

NAMES = sorted({law.__name__ for laws in LAWS.values() for law in laws})


def test_every_law_has_cases() -> None:
    """No law is without instances, and none has instances that it does not know."""
    assert sorted(SAME) == NAMES


@pytest.mark.parametrize("law", NAMES)
def test_spellings_of_one_meaning_have_one_form(law: str, sample: Connection) -> None:
    """Every spelling is printed by the server, read, brought to one form, and says the same of every row."""
    groups = [group for spellings in SAME[law] for group in instances(spellings)]
    flat = [text for group in groups for text in group]
    said = verdicts(sample, flat)
    forms = [normal(text, SCOPE) for text in deparsed(sample, flat)]
    at = 0
    for group in groups:
        found = dict(zip(group, forms[at : at + len(group)], strict=True))
        answers = dict(zip(group, said[at : at + len(group)], strict=True))
        at += len(group)
        assert all(is_read(form) for form in found.values()), found
        assert len(set(found.values())) == 1, found
        assert len(set(answers.values())) == 1, group


@pytest.mark.parametrize("law", NAMES)
def test_no_law_is_idle(law: str, sample: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the law some of its spellings have different forms."""
    groups = [next(instances(spellings)) for spellings in SAME[law]]
    for kind, laws in LAWS.items():
        monkeypatch.setitem(LAWS, kind, tuple(one for one in laws if one.__name__ != law))
    apart = 0
    for group in groups:
        apart += len({normal(text, SCOPE) for text in deparsed(sample, group)}) > 1
    assert apart


def test_what_says_something_else_has_another_form(sample: Connection) -> None:
    """Each pair differs on a row of the sample, and in its form, as a CHECK too."""
    flat = [text for pair in APART for text in pair]
    said = verdicts(sample, flat)
    printed = deparsed(sample, flat)
    for at in range(0, len(flat), 2):
        assert said[at] != said[at + 1], flat[at : at + 2]
        assert normal(printed[at], SCOPE) != normal(printed[at + 1], SCOPE), flat[at : at + 2]
        assert normal_check(printed[at], SCOPE) != normal_check(printed[at + 1], SCOPE), flat[at : at + 2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a = 0 OR 10 / a > 1", "10 / a > 1 OR a = 0"),
        ("random() > 0.5 OR random() > 0.5", "random() > 0.5"),
        ("ok OR ARRAY[ia, '{1}'::integer[]] IS NULL", "ARRAY[ia, '{1}'::integer[]] IS NULL OR ok"),
        ("ok OR t ~ v", "t ~ v OR ok"),
        ("ok OR (a + b) > 1", "(a + b) > 1 OR ok"),
        ("ok OR n::integer = 1", "n::integer = 1 OR ok"),
        ("random() IN (1, 2)", "random() = 1 OR random() = 2"),
        ("public.f(a) OR ok", "ok OR public.f(a)"),
        ("a OPERATOR(public.=) b", "b OPERATOR(public.=) a"),
        ("tz = CURRENT_TIMESTAMP(3)", "tz = now()"),
        ("tz = clock_timestamp()", "tz = now()"),
        ("ts = (now())::timestamp(0) without time zone", "ts = LOCALTIMESTAMP"),
        ("('now'::text)::time without time zone = x", "LOCALTIMESTAMP = x"),
        ("'a'::text = x", "'a'::regclass = x"),
        ("v > ('a'::text COLLATE \"C\")", "v > ('a'::text COLLATE \"de_DE\")"),
    ],
)
def test_what_could_differ_is_not_moved(one: str, other: str) -> None:
    """An operand that can fail, change from call to call, or is another's function or operator stays as it is."""
    assert normal(one, SCOPE) != normal(other, SCOPE)


def test_a_check_may_ask_in_any_order() -> None:
    """A row is refused where a part is FALSE and where it fails, so the parts of a CHECK's AND may change places."""
    one, other = "((a + b) > 1) AND ((10 / a) > 1)", "((10 / a) > 1) AND ((a + b) > 1)"
    assert normal_check(one, SCOPE) == normal_check(other, SCOPE)
    assert normal(one, SCOPE) != normal(other, SCOPE)


def test_without_types_fewer_things_are_the_same() -> None:
    """A law that needs to know a type rests where it does not."""
    assert normal("(x)::text = 'a'::text") != normal("x = 'a'::text")
    assert normal("NOT (x IS NULL)") != normal("x IS NOT NULL")
    assert normal("(x)::bigint > 1") != normal("x > 1")
    assert normal("x > 1") == normal("(1)::numeric < x")


def test_functions_that_are_steady_are_so_on_the_server(sample: Connection) -> None:
    """No function of a listed name gives another value for the same arguments within a statement."""
    rows = sample.execute(
        "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"
        " AND provolatile = 'v' AND proname = ANY (%s)",
        [list(STEADY_CALLS)],
    ).fetchall()
    assert rows == []
