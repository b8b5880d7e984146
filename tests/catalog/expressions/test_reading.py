"""The reader of expressions: what it knows, what it does not, and that nothing stops it."""

from __future__ import annotations

import time

import pytest

from isotype.catalog.expressions import is_read, normal, normal_type, parse
from isotype.catalog.expressions.literals import items
from isotype.catalog.expressions.reading import HIGHEST
from isotype.catalog.expressions.trees import height
from tests.catalog.expressions.support import Connection, deparsed

READ = """
a BETWEEN SYMMETRIC 2 AND 1
(a, b) < (1, 2)
ROW(a, t) IS DISTINCT FROM ROW(1, 'a'::text)
(p).x = 1
ia[1:2] = ARRAY[1]
(ARRAY[[1, 2], [3, 4]])[1][2] = a
j['a'] = '1'
a OPERATOR(pg_catalog.+) 1 > 2
t LIKE 'a!%' ESCAPE '!'
t SIMILAR TO 'a|b'
t IS NFC NORMALIZED
normalize(t, NFD) = t
'{}'::jsonb IS NOT NULL
EXTRACT(year FROM ts) > 2000
ts AT TIME ZONE 'UTC' > CURRENT_TIMESTAMP(3)
tz - tz > INTERVAL '1' DAY
tz - tz > INTERVAL '1.5 seconds'
ts::timestamp(3) = ts
t::varchar(3)[] IS NULL
OVERLAY(t PLACING 'a' FROM 1 FOR 2) = 'b'
TRIM(TRAILING 'x' FROM t) = 'a'
SUBSTRING(t FROM '^a') = 'b'
num_nonnulls(VARIADIC ia) = 1
make_interval(days => 1) > '1 hour'
CASE a WHEN 1 THEN true WHEN 2 THEN false END
CASE WHEN ok THEN ia ELSE ia END = ia
B'101' = '101'::bit(3)
X'1F'::bit(8) IS NOT NULL
|/ f > 1
@ a > 1
a ^ 2 > - 1
f = 1e300
to_tsvector('english', t) @@ 'a & b'::tsquery
tableoid = 1
'it''s \\ so' = t
CURRENT_USER = t
COLLATION FOR (t) IS NULL
""".strip().splitlines()
KNOWN_UNREAD = {"COLLATION FOR (t) IS NULL"}


def test_what_the_server_prints_is_read(sample: Connection) -> None:
    """Every kind of expression that has no query in it, but for the listed."""
    found = dict(zip(READ, deparsed(sample, READ), strict=True))
    assert {text for text, printed in found.items() if parse(printed) is None} == KNOWN_UNREAD


@pytest.mark.parametrize("text", READ)
def test_what_a_person_writes_is_read(text: str) -> None:
    """The reader does not need the server's parentheses and casts."""
    expected = text in KNOWN_UNREAD or any(word in text for word in ("SIMILAR", "ESCAPE", "' DAY"))
    assert (parse(text) is None) == expected


def test_operators_bind_as_the_manual_says() -> None:
    """What is written without parentheses is what the server would put them round."""
    for written, printed in {
        "a OR b AND NOT c = d": "(a OR (b AND (NOT (c = d))))",
        "a + b * - c ^ d": "(a + (b * ((- c) ^ d)))",
        "a < b IS NULL": "((a < b) IS NULL)",
        "a || b = c": "((a || b) = c)",
        "a BETWEEN b AND c AND d": "(((a >= b) AND (a <= c)) AND d)",
        "a::int[] = b": "((a)::integer[] = b)",
        "- a::int": "(- (a)::integer)",
    }.items():
        assert parse(written) is not None
        assert normal(written) == normal(printed), written


@pytest.mark.parametrize(
    "text",
    [
        *("", "(", "a +", "f(", "f(a,", "a::", "a::int[", "a::int[3", "'abc", '"abc', "a =>", "a IS", "a.b.*", "1 2"),
        *("EXISTS (SELECT 1)", "a IN (SELECT 1)", "(SELECT 1)", "CASE WHEN a", "count(*)", "sum(a) OVER ()", "$1"),
        *("E'\\xff'", "E'\\U00110000'", "a NOT b", "a OPERATOR(+", "a COLLATE", "\x00", "a;", "--", "ROW("),
    ],
)
def test_what_is_not_known_is_its_own_form(text: str) -> None:
    """The form of an unread text is the text."""
    assert parse(text) is None
    assert normal(text) == ("unread", text)
    assert not is_read(normal(text))


@pytest.mark.parametrize(
    "piece", ["(", "a + ", "NOT ", "ARRAY[", "[", "CASE WHEN ", "a::int", "f(", "- ", "a AND (", "a."]
)
def test_depth_and_length_stop_nothing(piece: str) -> None:
    """A text of any depth or length is read or not, in time that grows with its length."""
    started = time.process_time()
    for count in (50, 150, 20_000):
        normal(piece * count + "a")
    assert time.process_time() - started < 5


def test_the_deepest_tree_is_worked_on() -> None:
    """Whatever is read can be brought to its form."""
    chain = "a" + " || 'x'" * (HIGHEST - 6)
    tree = parse(f"NOT ({chain} = 'x' AND b)")
    assert tree is not None
    assert height(tree) >= HIGHEST - 3
    assert is_read(normal(f"NOT ({chain} = 'x' AND b)"))
    assert not is_read(normal(f"{chain} || 'x' || 'x' || 'x' || 'x' || 'x' || 'x'"))
    assert normal("NOT (" * 45 + "a AND b" + ")" * 45) == normal("NOT (a AND b)")


def test_a_list_within_lists_does_not_grow_without_end() -> None:
    """A list whose operand is a list is not written out for every item."""
    text = "a"
    for _ in range(4):
        text = f"({text} = ANY (ARRAY[{', '.join(['true', 'false'] * 20)}]))"
    assert len(repr(normal(text))) < 1_000_000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("timestamp(6) without time zone", "timestamp without time zone"),
        ("timestamp(6) with time zone", "timestamptz"),
        ("int4", "integer"),
        ("int8[]", "bigint[]"),
        ("bool", "boolean"),
        ("float8", "double precision"),
        ("varchar(20)", "character varying(20)"),
        ("numeric(5)", "numeric(5,0)"),
        ("decimal(5, 2)", "numeric(5,2)"),
        ("char", "character(1)"),
        ("time(6) without time zone[]", "time[]"),
        ("pg_catalog.int4", "integer"),
        ("interval(6)", "interval"),
    ],
)
def test_types_of_one_meaning_have_one_name(one: str, other: str) -> None:
    """Synonyms and modifiers that say nothing do not matter."""
    assert normal_type(one) == normal_type(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("timestamp(3) without time zone", "timestamp without time zone"),
        ("timestamp without time zone", "timestamp with time zone"),
        ("numeric", "numeric(5,0)"),
        ("character varying", "text"),
        ("character varying(20)", "character varying(21)"),
        ("character(1)", '"char"'),
        ("integer", "integer[]"),
        ("public.a", "other.a"),
        ('public."A"', "public.a"),
    ],
)
def test_other_types_have_other_names(one: str, other: str) -> None:
    """What is another type, or has other limits, stays so."""
    assert normal_type(one) != normal_type(other)


def test_arrays_in_text_are_their_items() -> None:
    """One dimension from 1; anything else is left as it is."""
    assert items("{}", "text") == []
    assert items('{a, "b c" ,NULL,"NULL","\\"\\\\"}', "text") == [
        ("literal", "text", "a"),
        ("literal", "text", "b c"),
        ("null", "text"),
        ("literal", "text", "NULL"),
        ("literal", "text", '"\\'),
    ]
    for text in ("{{1,2},{3,4}}", "[0:1]={1,2}", "{1,2", "{1,,2}", "{,}", "1,2", "{1}x"):
        assert items(text, "integer") is None, text
