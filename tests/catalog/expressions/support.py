"""A table with columns of many types, rows that lie on every boundary, and what the server makes of expressions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import count
from typing import Any

import psycopg

from isotype.catalog.expressions import Scope

Connection = psycopg.Connection[Any]

COLUMNS = {
    "a": "integer",
    "b": "bigint",
    "s": "smallint",
    "n": "numeric",
    "n2": "numeric(5,2)",
    "f": "double precision",
    "r": "real",
    "t": "text",
    "v": "character varying",
    "v20": "character varying(20)",
    "c": "character(3)",
    "slug": "public.slug",
    "e": "public.mood",
    "ok": "boolean",
    "no": "boolean",
    "d": "date",
    "ts": "timestamp without time zone",
    "tz": "timestamp with time zone",
    "ia": "integer[]",
    "ta": "text[]",
    "va": "character varying[]",
    "j": "jsonb",
    "p": "public.pair",
}
SCOPE = Scope(COLUMNS, {"public.mood": "enum", "public.slug": "text"})

_INTEGERS = ("-1", "0", "1", "2", "3")
_WORDS = ("''", "'a'", "'A'", "'b'", "'ab'", "'a '", "'é'", "'1'")
SAMPLES = {
    "a": _INTEGERS,
    "b": (*_INTEGERS, "9007199254740993", "9007199254740992"),
    "s": _INTEGERS,
    "n": (*_INTEGERS, "0.5", "1.0", "0.1", "0.10000000000000000000001", "'NaN'"),
    "n2": ("0", "1.00", "0.50", "0.10"),
    "f": ("0", "1", "0.5", "0.1", "'NaN'", "'Infinity'", "9007199254740992"),
    "r": ("0", "1", "0.5", "0.1"),
    "t": _WORDS,
    "v": _WORDS,
    "v20": _WORDS,
    "c": ("'a'", "'A'", "'ab'", "''"),
    "slug": ("'a'", "'b'", "''"),
    "e": ("'good'", "'bad'"),
    "ok": ("true", "false"),
    "no": ("true", "false"),
    "d": ("current_date", "'2020-01-01'", "'infinity'"),
    "ts": ("now()", "'2020-01-01'", "'2020-01-01 00:00:00.000001'", "'-infinity'"),
    "tz": ("now()", "'2020-01-01 00:00+00'", "'2020-01-01 00:00+02'"),
    "ia": ("'{}'", "'{1,2}'", "'{2,1}'", "'{1,NULL}'"),
    "ta": ("'{}'", "'{a,b}'", "'{a}'", "'{NULL}'"),
    "va": ("'{}'", "'{a,b}'", "'{a}'", "'{NULL}'"),
    "j": ("'{}'", '\'{"a": "b"}\'', "'[1]'", "'null'"),
    "p": ("row(1, 2)", "row(NULL, NULL)", "row(1, NULL)"),
}

_numbers = count()


def prepare(connection: Connection, rows: int = 240, seed: int = 1) -> None:
    """Make the table `public.sample` with its rows; every value and NULL of every column is in one at least."""
    connection.execute("SET search_path = ''")
    connection.execute("SET timezone = 'Europe/Berlin'")
    connection.execute("CREATE TYPE public.mood AS ENUM ('good', 'bad')")
    connection.execute("CREATE TYPE public.pair AS (x integer, y integer)")
    connection.execute("CREATE DOMAIN public.slug AS text CHECK (VALUE <> 'never')")
    connection.execute(f"CREATE TABLE public.sample ({_columns()})")
    chance = random.Random(seed)
    made = [["NULL"] * len(COLUMNS)]
    for row in range(rows):
        # The first rows walk through the values, the others mix them.
        made.append(
            [
                (*values, "NULL")[row % (len(values) + 1)] if row < 12 else chance.choice((*values, "NULL"))
                for values in SAMPLES.values()
            ]
        )
    values = ", ".join(f"({', '.join(row)})" for row in made)
    connection.execute(f"INSERT INTO public.sample VALUES {values}".encode())


def _columns() -> str:
    return ", ".join(f"{name} {type}" for name, type in COLUMNS.items())


def deparsed(connection: Connection, expressions: Sequence[str]) -> list[str]:
    """What the server prints of conditions over the table."""
    table = f"public.probe_{next(_numbers)}"
    checks = ", ".join(f"CONSTRAINT c{at} CHECK ({text})" for at, text in enumerate(expressions))
    connection.execute(f"CREATE TABLE {table} ({_columns()}, {checks})".encode())
    found = connection.execute(
        "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'"
        " ORDER BY substr(conname, 2)::int",
        [table],
    ).fetchall()
    connection.execute(f"DROP TABLE {table}".encode())
    return [str(text) for (text,) in found]


def verdicts(connection: Connection, expressions: Sequence[str]) -> list[tuple[bool | None, ...]]:
    """What each condition says of each row, in one query."""
    items = ", ".join(f"({text})" for text in expressions)
    rows = connection.execute(f"SELECT ARRAY[{items}]::boolean[] FROM public.sample".encode()).fetchall()
    return list(zip(*(row for (row,) in rows), strict=True))


def deparsed_values(connection: Connection, expressions: Sequence[str]) -> list[str]:
    """What the server prints of expressions of any type over the table."""
    tests = deparsed(connection, [f"({text}) IS NULL" for text in expressions])
    return [text.removeprefix("(").removesuffix(" IS NULL)") for text in tests]


def values(connection: Connection, expressions: Sequence[str]) -> list[tuple[str | None, ...]]:
    """The text of each expression on each row, and its type before it."""
    items = ", ".join(f"pg_typeof({text})::text, ({text})::text" for text in expressions)
    rows = connection.execute(f"SELECT ARRAY[{items}]::text[] FROM public.sample".encode()).fetchall()
    made = list(zip(*(row for (row,) in rows), strict=True))
    return [(name[0], *text) for name, text in zip(made[::2], made[1::2], strict=True)]
