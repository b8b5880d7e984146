"""Defaults and generated columns compare by the value that a column then has."""

from __future__ import annotations

import pytest

from isotype.catalog.expressions import NO_DEFAULT, Scope, normal_assigned, normal_default
from isotype.catalog.expressions.trees import Tree
from tests.catalog.expressions.support import SCOPE, Connection

SAME = {
    "smallint": ("5", "5::smallint", "'5'", "5.0", "5::bigint"),
    "integer": ("0", "0.0", "'0'::numeric", "0::bigint", "'0'", "0::float8", "-0"),
    "bigint": ("-5000000000", "'-5000000000'", "- 5000000000", "-5000000000.0"),
    "numeric": ("1", "1.0", "'1'", "1::bigint"),
    "numeric(5,2)": ("1.5", "1.50", "'1.5'::numeric", "1.5::numeric(5,2)", "'1.5'"),
    "double precision": ("0.1", "'0.1'", "0.1::float8", "0.10", "'0.1'::numeric"),
    "real": ("0.1", "'0.1'", "0.1::real", "0.10"),
    "boolean": ("true", "'t'", "'yes'::boolean", "'on'"),
    "text": ("'x'", "'x'::text", "'x'::varchar", "'x'::varchar::text"),
    "character varying": ("'x'", "'x'::text", "'x'::varchar"),
    "character varying(20)": ("'x'", "'x'::text", "'x'::varchar", "'x'::text::varchar", "'x'::varchar(20)"),
    "character(3)": ("'x'", "'x  '", "'x'::bpchar"),
    "timestamp with time zone": (
        *("now()", "current_timestamp", "transaction_timestamp()", "current_timestamp(6)"),
        *("'now'::text::timestamptz", "now()::timestamptz(6)"),
    ),
    "timestamp(6) without time zone": ("now()", "localtimestamp", "now()::timestamp", "current_timestamp(6)"),
    "date": ("current_date", "now()::date", "now()", "'now'::text::date", "localtimestamp"),
    "text[]": ("'{}'", "ARRAY[]::text[]", "'{}'::varchar[]", "ARRAY[]::varchar[]::text[]"),
    "character varying(20)[]": ("'{}'", "ARRAY[]::text[]", "'{}'::varchar[]", "ARRAY[]::varchar[]"),
    "integer[]": ("'{1,2}'", "ARRAY[1, 2]", "ARRAY[1::smallint, 2::smallint]", "ARRAY[1, 2]::bigint[]"),
    "character varying(3)[]": ("'{a,b}'", "ARRAY['a', 'b']", "ARRAY['a', 'b']::varchar[]"),
    "jsonb": ("'{\"a\": 1}'", "'{ \"a\":1 }'", "'{\"a\": 1}'::jsonb"),
    "public.mood": ("'good'", "'good'::public.mood"),
    "public.slug": ("'a'", "'a'::text", "'a'::public.slug"),
}

APART = (
    ("integer", "0", "1"),
    ("integer", "0", "0.5"),
    ("integer", "2", "2.5::float8 + 0.1"),
    ("numeric(5,2)", "1.5", "1.51"),
    ("numeric(5,2)", "1", "1.004 + 0.01"),
    ("double precision", "0.1", "0.1::real"),
    ("double precision", "0.1", "0.10000000000000002"),
    ("text", "'x'", "'X'"),
    ("text", "'x'", "'x '"),
    ("text", "'{}'", "'{ }'"),
    ("character varying(20)", "'x'", "'x '"),
    ("character(3)", "'x'", "'y'"),
    ("boolean", "true", "false"),
    ("text[]", "'{}'", "'{NULL}'"),
    ("text[]", "'{NULL}'", "'{\"NULL\"}'"),
    ("integer[]", "'{1,2}'", "'{2,1}'"),
    ("integer[]", "'{1,2}'", "'[0:1]={1,2}'"),
    ("jsonb", "'{}'", "'[]'"),
    ("json", "'{}'", "'{ }'"),
    ("public.mood", "'good'", "'bad'"),
    ("timestamp with time zone", "'2020-01-01 00:00+00'", "'2020-01-01 00:00+02'"),
    ("timestamp with time zone", "now()", "now() + '1 day'"),
    ("timestamp(0) without time zone", "'2020-01-01 00:00:00.7'::timestamp", "'2020-01-01 00:00:00'::timestamp"),
)


def columns(connection: Connection, of: list[tuple[str, str]]) -> list[tuple[Tree, str | None]]:
    """The form of each default, and the text of the value that a row gets; types and defaults as written."""
    items = ", ".join(f"c{at} {type} DEFAULT {text}" for at, (type, text) in enumerate(of))
    connection.execute(f"CREATE TABLE public.defaults ({items})".encode())
    connection.execute("INSERT INTO public.defaults DEFAULT VALUES")
    wanted = ", ".join(f"c{at}::text" for at in range(len(of)))
    row = connection.execute(f"SELECT {wanted} FROM public.defaults".encode()).fetchone()
    printed = connection.execute(
        "SELECT format_type(atttypid, atttypmod), pg_get_expr(adbin, adrelid) FROM pg_attrdef"
        " JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum"
        " WHERE adrelid = 'public.defaults'::regclass ORDER BY adnum"
    ).fetchall()
    connection.execute("DROP TABLE public.defaults")
    assert row is not None
    return [(normal_default(text, type, SCOPE), value) for (type, text), value in zip(printed, row, strict=True)]


@pytest.mark.parametrize("type", SAME)
def test_defaults_of_one_value_have_one_form(type: str, sample: Connection) -> None:
    """However it is written, a default is the value that the column has."""
    connection = sample
    with connection.transaction():
        found = dict(zip(SAME[type], columns(connection, [(type, text) for text in SAME[type]]), strict=True))
    assert len({form for form, _ in found.values()}) == 1, found
    if type != "numeric":
        assert len({value for _, value in found.values()}) == 1, found


def test_defaults_of_other_values_have_other_forms(sample: Connection) -> None:
    """Each pair gives a column another value."""
    found = columns(sample, [(type, text) for type, *texts in APART for text in texts])
    for at, pair in enumerate(APART):
        (one, this), (other, that) = found[2 * at : 2 * at + 2]
        assert this != that, pair
        assert one != other, pair


def test_null_is_no_default_except_of_a_domain() -> None:
    """A column gets NULL without a default too; a domain may have a default that NULL takes the place of."""
    assert normal_default("NULL::character varying", "character varying(20)") == NO_DEFAULT
    assert normal_default("NULL::public.mood", "public.mood", SCOPE) == NO_DEFAULT
    assert normal_default(None, "public.slug", SCOPE) == NO_DEFAULT
    assert normal_default("NULL::public.slug", "public.slug", SCOPE) != NO_DEFAULT
    assert normal_default("NULL::public.other", "public.other", SCOPE) != NO_DEFAULT
    assert normal_default("''::text", "text") != NO_DEFAULT


def test_the_sequence_of_a_column_has_no_name() -> None:
    """The next value of the sequence that a column owns is one default, whatever the sequence is called."""
    one = normal_default("nextval('public.a_id_seq'::regclass)", "integer", sequence="public.a_id_seq")
    other = normal_default("nextval('public.b_id_seq'::regclass)", "integer", sequence="public.b_id_seq")
    foreign = normal_default("nextval('public.b_id_seq'::regclass)", "integer", sequence="public.a_id_seq")
    assert one == other
    assert one != foreign


def test_a_generated_column_is_what_is_assigned() -> None:
    """A cast to the column's own type is made anyway."""
    scope = Scope({"a": "integer", "b": "integer"}, {})
    assert normal_assigned("((a + b))::bigint", "bigint", scope) == normal_assigned("(a + b)", "bigint", scope)
    assert normal_assigned("((a + b))::smallint", "bigint", scope) != normal_assigned("(a + b)", "bigint", scope)
    assert normal_assigned("(a + b)", "bigint", scope) != normal_assigned("(a - b)", "bigint", scope)


def test_text_that_is_cut_is_not_text_that_is_refused() -> None:
    """A cast to a length cuts what is longer; assignment to a column of that length fails."""
    scope = Scope({"t": "text"}, {})
    for type in ("character varying(3)", "character(3)"):
        assert normal_assigned(f"(t)::{type}", type, scope) != normal_assigned("t", type, scope)
        assert normal_default(f"'abcdef'::{type}", type) != normal_default("'abcdef'::text", type)
        assert normal_default(f"'abc'::{type}", type) == normal_default("'abc'::text", type)
