"""One column of each type: what its constraints, its guard and its physical form take and refuse."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import pytest

from tests.engines import sqlite as sqlite_engine
from tests.engines.postgres import Database, Server
from tests.sql.support import Postgres, postgres_sql, postgres_takes, sqlite_sql, sqlite_takes

UUID = "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11"


class Case(NamedTuple):
    """SQL literals that a column takes and refuses."""

    taken: tuple[str, ...]
    refused: tuple[str, ...]


POSTGRES = {
    "string(3)": Case(("'abc'", "''", "'🦉🦉🦉'"), ("'abcd'",)),
    "{type: text, min_length: 2, max_length: 3}": Case(("'ab'", "'🦉🦉'"), ("'a'", "'abcd'", "'🦉'")),
    "{type: text, pattern: '^[a-z]+$'}": Case(("'abc'",), ("''", "'aB'", r"E'a\n'")),
    "email": Case(("'ada@example.org'",), ("'ada'", "'Ada <ada@example.org>'", r"E'ada@example.org\n'")),
    "url": Case(("'https://example.org/a?b#c'",), ("'ftp://example.org'", "'https://a b'")),
    "smallint": Case(("32767", "-32768"), ("32768",)),
    "{type: int, min: 1, max: 9}": Case(("1", "9"), ("0", "10")),
    "{type: int, above: 1, below: 9}": Case(("2", "8"), ("1", "9")),
    "bigint": Case(("9223372036854775807",), ("9223372036854775808",)),
    "{type: bigint, wire: number}": Case(("9007199254740991",), ("9007199254740992", "-9007199254740992")),
    "'decimal(5,2)'": Case(("999.99", "-0.01"), ("1000", "'NaN'", "'Infinity'")),
    "{type: 'decimal(5,2)', min: 0, max: 100}": Case(("0", "100"), ("100.01", "-0.01", "'NaN'")),
    "float": Case(("1.5e300", "-5e-324"), ("'NaN'", "'Infinity'", "'-Infinity'")),
    "{type: float, min: 0}": Case(("0",), ("'NaN'", "'Infinity'", "-1")),
    "bool": Case(("TRUE",), ("'maybe'",)),
    "timestamp": Case(
        ("'0001-01-01T00:00:00Z'", "'9999-12-31T23:59:59.999999Z'"),
        (
            "'infinity'",
            "'-infinity'",
            "'10000-01-01T00:00:00Z'",
            "'0001-01-01 00:00:00 BC'",
            "'0001-01-01T00:00:00+01'",
        ),
    ),
    "local_timestamp": Case(("'9999-12-31T23:59:59.999999'",), ("'infinity'", "'10000-01-01T00:00:00'")),
    "date": Case(("'0001-01-01'", "'9999-12-31'"), ("'infinity'", "'10000-01-01'", "'0001-01-01 BC'")),
    "time": Case(("'23:59:59.999999'",), ("'24:00:00'",)),
    "duration": Case(
        ("'P1DT2H'", "'PT0S'", "'999999999 days 23:59:59.999999'"),
        ("'1 month'", "'1 year'", "'-1 second'", "'1000000000 days'"),
    ),
    "uuid": Case((f"'{UUID}'",), ("'6f1c'",)),
    "bytes": Case((r"'\x00ff'", "''"), (r"'\x0'",)),
    "inet": Case(("'192.0.2.1'", "'::1'"), ("'192.0.2.0/24'", "'2001:db8::/32'")),
    "json": Case(("'[null]'", "'0'", "'{\"a\": null}'"), ("'null'", "'[1e400]'", r"""'"\u0000"'""")),
    "Shape": Case(("'round'",), ("'oval'", "''")),
    "NativeShape": Case(("'round'",), ("'oval'",)),
    "'int[]'": Case(("'{}'", "'{1,2}'"), ("'{1,NULL}'", "'{{1,2},{3,4}}'")),
    "'int?[]'": Case(("'{1,NULL}'",), ("'{{1},{NULL}}'",)),
    "{type: 'int[]', min_items: 1, max_items: 2}": Case(("'{1}'", "'{1,2}'"), ("'{}'", "'{1,2,3}'")),
    "{type: 'int[]', items: {min: 1, below: 9}}": Case(("'{1,8}'", "'{}'"), ("'{0}'", "'{1,9}'")),
    "{type: 'int[]', unique_items: true, sorted: true}": Case(("'{1,2}'", "'{}'"), ("'{2,1}'", "'{1,1}'")),
    "{type: 'uuid[]', unique_items: true}": Case((f"'{{{UUID}}}'",), (f"'{{{UUID},{UUID.upper()}}}'",)),
    "{type: 'text[]', sorted: true}": Case(
        ("'{B,a,é}'", "ARRAY[U&'\\FFEE', U&'\\+01F989']"), ("'{a,B}'", "ARRAY[U&'\\+01F989', U&'\\FFEE']")
    ),
    "{type: 'string(9)[]', items: {min_length: 2, pattern: '^[a-z]+$'}}": Case(("'{ab}'", "'{}'"), ("'{a}'", "'{AB}'")),
    "'Shape[]'": Case(("'{round,square}'",), ("'{oval}'", "'{NULL}'")),
    "'Shape?[]'": Case(("'{round,NULL}'",), ("'{oval,NULL}'",)),
    "'NativeShape[]'": Case(("'{round,square}'",), ("'{oval}'", "'{NULL}'")),
    "'decimal(5,2)[]'": Case(("'{1.5}'",), ("'{NaN}'",)),
    "'float[]'": Case(("'{1.5}'",), ("'{NaN}'", "'{Infinity}'", "'{-Infinity}'")),
    "'timestamp[]'": Case(("'{2024-01-01T00:00:00Z}'",), ("'{infinity}'",)),
    "'duration[]'": Case(("'{1 day}'", "'{}'"), ("'{1 month}'", "'{1 day,-1 day}'")),
    "'inet[]'": Case(("'{192.0.2.1}'",), ("'{192.0.2.0/24}'",)),
    "'json[]'": Case(("ARRAY['1'::jsonb]",), ("ARRAY['null'::jsonb]",)),
    "'Point[]'": Case(("ARRAY['{\"x\": 1}'::jsonb]",), ("ARRAY['{}'::jsonb]", "ARRAY['1'::jsonb]")),
    "sql(point)": Case(("'(1,2)'",), ("'1'",)),
}

SQLITE = {
    "string(3)": Case(("'abc'", "''", "'🦉🦉🦉'"), ("'abcd'", "'a' || char(0)", "X'61'")),
    "{type: text, min_length: 2, max_length: 3}": Case(("'ab'", "'🦉🦉'"), ("'a'", "'abcd'", "'🦉'")),
    "{type: text, pattern: '^[a-z]+$'}": Case(("'abc'",), ("''", "'aB'", "'a' || char(10)")),
    "smallint": Case(("32767", "-32768"), ("32768", "1.5", "'x'")),
    "int": Case(("2147483647",), ("2147483648",)),
    "{type: int, min: 1, max: 9}": Case(("1", "9"), ("0", "10")),
    "bigint": Case(("9223372036854775807",), ("9223372036854775808",)),
    "{type: bigint, wire: number}": Case(("9007199254740991",), ("9007199254740992",)),
    "'decimal(5,2)'": Case(("99999", "-99999"), ("100000", "1.5", "'1.50x'")),
    "{type: 'decimal(5,2)', min: 0.5, max: 100}": Case(("50", "10000"), ("49", "10001")),
    "'decimal(20,2)'": Case(
        ("'0.00'", "'-1.50'", "'123456789012345678.90'"),
        (
            "'1.5'",
            "'01.50'",
            "'-0.00'",
            "'1.500'",
            "'1234567890123456789.00'",
            "'--1.00'",
            "'1-1.00'",
            "'.50'",
            "'x'",
            "'1.00.00'",
        ),
    ),
    "'decimal(20,20)'": Case(("'0.12345678901234567890'",), ("'1.12345678901234567890'", "'0.1'")),
    "'decimal(20,0)'": Case(("'12345678901234567890'", "'0'", "'-7'"), ("'-0'", "'1.0'", "''", "'-'", "'007'")),
    "float": Case(("1.5e300", "1"), ("9e999", "-9e999")),
    "bool": Case(("0", "1", "TRUE"), ("2", "'true'")),
    "timestamp": Case(
        ("'0001-01-01T00:00:00.000000Z'", "'2024-02-29T23:59:59.999999Z'", "'9999-12-31T23:59:59.999999Z'"),
        (
            "'0000-01-01T00:00:00.000000Z'",
            "'2023-02-29T00:00:00.000000Z'",
            "'2024-01-01T24:00:00.000000Z'",
            "'2024-01-01T23:60:00.000000Z'",
            "'2024-01-01T23:00:60.000000Z'",
            "'2024-01-01 00:00:00.000000Z'",
            "'2024-01-01T00:00:00.000Z'",
            "'2024-01-01T00:00:00Z'",
            "'2024-01-01T00:00:00.000000'",
            "'2024-01-01T00:00:00.000000+00:00'",
            "'now'",
            "''",
        ),
    ),
    "local_timestamp": Case(("'2024-02-29T23:59:59.999999'",), ("'2024-02-29T23:59:59.999999Z'", "'2024-02-30'")),
    "date": Case(
        ("'2024-02-29'", "'0001-01-01'"), ("'2023-02-29'", "'0000-01-01'", "'2024-1-1'", "'now'", "'20240101'")
    ),
    "time": Case(("'23:59:59.999999'",), ("'24:00:00.000000'", "'23:60:00.000000'", "'23:00:00'", "'29:00:00.000000'")),
    "duration": Case(
        ("'P000000001DT02H00M00.000000S'",),
        ("'P1DT2H'", "'P000000001DT24H00M00.000000S'", "'P000000001DT02H60M00.000000S'"),
    ),
    "uuid": Case((f"'{UUID}'",), (f"'{UUID.upper()}'", f"'{UUID.replace('-', '')}'", f"'{UUID[:-1]}-'", f"'{UUID}0'")),
    "bytes": Case(("X'00FF'", "X''"), ("'text'", "1")),
    "inet": Case(
        ("'192.0.2.1'", "'255.255.255.255'", "'::1'", "'2001:db8::1'"),
        (
            "'192.0.2.256'",
            "'192.0.2.01'",
            "'192.0.2'",
            "'192.0.2.1.1'",
            "'192.0.2.0/24'",
            "'::G'",
            "'2001:DB8::1'",
            "''",
        ),
    ),
    "json": Case(
        ("'[null]'", "'0'", "'{\"a\": null}'", r"""'["\\u0000"]'"""),
        ("'null'", "'{'", "''", r"""'"\u0000"'""", r"""'["\\\u0000"]'""", "'\"' || char(0) || '\"'"),
    ),
    "Shape": Case(("'round'",), ("'oval'", "''")),
    "NativeShape": Case(("'round'",), ("'oval'",)),
    "'int[]'": Case(
        ("'[]'", "'[1,2]'"), ("'[1,null]'", "'[[1]]'", "'[1.5]'", "'[\"1\"]'", "'{}'", "'x'", "'1'", "'[2147483648]'")
    ),
    "'int?[]'": Case(("'[1,null]'",), ("'[true]'",)),
    "{type: 'int[]', min_items: 1, max_items: 2}": Case(("'[1]'", "'[1,2]'"), ("'[]'", "'[1,2,3]'")),
    "{type: 'int[]', items: {min: 1, below: 9}}": Case(("'[1,8]'", "'[]'"), ("'[0]'", "'[1,9]'")),
    "{type: 'int[]', unique_items: true, sorted: true}": Case(("'[1,2]'", "'[]'"), ("'[2,1]'", "'[1,1]'")),
    "{type: 'text[]', sorted: true}": Case(('\'["B","a","é"]\'',), ('\'["a","B"]\'', r"""'["\u0000"]'""")),
    "{type: 'string(9)[]', items: {min_length: 2, pattern: '^[a-z]+$'}}": Case(
        ("'[\"ab\"]'",), ("'[\"a\"]'", "'[\"AB\"]'", "'[\"abcdefghij\"]'")
    ),
    "'Shape[]'": Case(("'[\"round\"]'",), ("'[\"oval\"]'", "'[null]'")),
    "{type: 'decimal(5,2)[]', items: {min: 0.5}}": Case(("'[50]'",), ("'[49]'", "'[0.5]'", "'[100000]'")),
    "'decimal(20,2)[]'": Case(("'[\"1.50\"]'",), ("'[\"1.5\"]'", "'[1.5]'")),
    "'bool[]'": Case(("'[true,false]'",), ("'[1]'",)),
    "{type: 'float[]', items: {max: 1}}": Case(("'[0.5,1]'",), ("'[1.5]'", "'[9e999]'", "'[\"1\"]'")),
    "'timestamp[]'": Case(("'[\"2024-01-01T00:00:00.000000Z\"]'",), ("'[\"2024-01-01T00:00:00Z\"]'",)),
    "'uuid[]'": Case((f"'[\"{UUID}\"]'",), (f"'[\"{UUID.upper()}\"]'",)),
    "'json[]'": Case(("'[1,{}]'",), ("'[null]'",)),
    "'Point[]'": Case(("'[{\"x\":1}]'",), ("'[{}]'", "'[1]'", '\'[{"x":1,"y":1}]\'')),
    "sql(point)": Case(("'(1,2)'",), ("X'00'",)),
}

HEAD = """
enums:
  Shape: [round, square]
  NativeShape: {native: true, values: [square, round]}
objects:
  Point: {fields: {x: int}}
entities:
"""


def schema(cases: dict[str, Case]) -> str:
    """One entity per declaration: `c0`, `c1`, …"""
    return HEAD + "".join(
        f"  C{number}: {{table: c{number}, fields: {{id: {{type: bigint, key: true, default: identity}},"
        f" value: {declaration}}}}}\n"
        for number, declaration in enumerate(cases)
    )


@pytest.fixture(scope="module")
def postgres_columns(postgres: Server) -> Iterator[Postgres]:
    name = postgres.create_database()
    with Database(postgres, name).connect() as connection:
        connection.execute(postgres_sql(schema(POSTGRES)))
        yield connection
    postgres.drop_database(name)


@pytest.fixture(scope="module")
def sqlite_columns() -> Iterator[sqlite3.Connection]:
    with closing(sqlite_engine.connect()) as connection:
        connection.executescript(sqlite_sql(schema(SQLITE)))
        yield connection


@pytest.mark.parametrize("declaration", POSTGRES)
def test_postgres_column(postgres_columns: Postgres, declaration: str) -> None:
    """PostgreSQL takes what the type means and refuses the rest, beyond what its own type would."""
    insert = f"INSERT INTO c{list(POSTGRES).index(declaration)} (value) VALUES ({{}})"
    case = POSTGRES[declaration]
    verdicts = {value: postgres_takes(postgres_columns, insert.format(value)) for value in case.taken + case.refused}
    assert verdicts == dict.fromkeys(case.taken, True) | dict.fromkeys(case.refused, False)


@pytest.mark.parametrize("declaration", SQLITE)
def test_sqlite_column(sqlite_columns: sqlite3.Connection, declaration: str) -> None:
    """SQLite takes the one physical form of each value and nothing else."""
    insert = f"INSERT INTO c{list(SQLITE).index(declaration)} (value) VALUES ({{}})"
    case = SQLITE[declaration]
    verdicts = {value: sqlite_takes(sqlite_columns, insert.format(value)) for value in case.taken + case.refused}
    assert verdicts == dict.fromkeys(case.taken, True) | dict.fromkeys(case.refused, False)


@pytest.mark.parametrize("declaration", SQLITE)
def test_sqlite_update(sqlite_columns: sqlite3.Connection, declaration: str) -> None:
    """What SQLite refuses in an INSERT it refuses in an UPDATE."""
    number, case = list(SQLITE).index(declaration), SQLITE[declaration]
    sqlite_columns.execute(f"INSERT INTO c{number} (value) VALUES ({case.taken[0]})")
    for value in case.refused:
        assert not sqlite_takes(sqlite_columns, f"UPDATE c{number} SET value = {value}"), value


NULLABLE = tuple(dict.fromkeys((*POSTGRES, *SQLITE)))


def nullable(declaration: str) -> str:
    """The same type, nullable."""
    match = re.fullmatch(r"\{type: ('[^']*'|[^,]*)(, .*)\}", declaration)
    kind, rest = (match[1], match[2]) if match else (declaration, "")
    bare = kind.strip("'")
    return f"{{type: '{bare}?'{rest}}}"


def test_null_is_taken_where_it_may_stand(database: Database, sqlite: sqlite3.Connection) -> None:
    """No CHECK, guard, form or trigger refuses NULL in a nullable column of any type."""
    cases = {nullable(declaration): Case((), ()) for declaration in NULLABLE}
    sqlite.executescript(sqlite_sql(schema(cases)))
    with database.connect() as connection:
        connection.execute(postgres_sql(schema(cases)))
        for number in range(len(cases)):
            connection.execute(f"INSERT INTO c{number} (value) VALUES (NULL)")
            sqlite.execute(f"INSERT INTO c{number} (value) VALUES (NULL)")
