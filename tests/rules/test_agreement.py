"""One rule, one meaning: PostgreSQL, SQLite, Python and TypeScript give the same verdict on every row."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from isotype.dialects.expressions import postgres, sqlite
from isotype.domain.expressions import Expression
from isotype.domain.ledger import NotExpressible
from tests.engines.node import Node
from tests.engines.postgres import Database
from tests.rules import witnesses
from tests.rules.fields import FIELDS, TYPES, Row, physical, rows
from tests.rules.reading import random_rules, rule

TEXTS = (
    # NULL and short circuits beside an overflow
    "a > 0 AND big + other_big > 0",
    "a > 0 OR big + other_big > 0",
    "NOT (a > 0 AND big * 2 > 0)",
    "a BETWEEN b AND big + 1",
    "a NOT BETWEEN b AND big + 1",
    "(a > 0 AND big + 1 > 0) IS NULL",
    "big + other_big + a > 0",
    "a + (big + other_big) > 0",
    "coalesce(a, big + other_big) > 0",
    "CASE WHEN flag THEN big + other_big ELSE a END + b > 0",
    "abs(big) > 0",
    "-big < 0",
    "abs(-big) >= 0 AND flag",
    "(big + other_big) * 0 = 0",
    "(big + other_big) * 0.0 = 0.0 OR price > 0",
    "big * other_big = -big",
    # widths of PostgreSQL's integers
    "small + small > 0",
    "small * small < 40000",
    "-small > 32767",
    "abs(small) > 32767",
    "a * 2 > b",
    "a + 2147483647 > b",
    "a - -2147483648 > 0",
    "big - -9223372036854775808 > 0",
    "-a > 2147483647",
    "abs(a) = 2147483648",
    "length(name) * 2147483647 > a",
    # exact decimals
    "price * rate = cost",
    "price + rate > cost",
    "price * price > 0",
    "rate * 3 <> 1",
    "price = 0.00",
    "price > 9.995",
    "wide * wide > 0",
    "wide + 0.00000001 > wide",
    "rate > a",
    "price IN (9.99, a, 0.010)",
    "price BETWEEN rate AND cost",
    "coalesce(price, rate, 1) > 0.5",
    # text, time, identity
    "name < title",
    "name >= '\U0001f600'",
    "length(name) = 1",
    "name LIKE '%\\%%' OR name LIKE '__'",
    "title ~ '^[^a]$'",
    "name = ANY (tags)",
    "name > ALL (tags)",
    "started <= ended",
    "started = ANY (moments)",
    "planned < '2024-03-01T00:00:00'",
    "day <> last_day",
    "opens > '08:30:00'",
    "token = ANY (owners)",
    "token > owner",
    "'done' <> ALL (states)",
    "phase = 'done' OR status LIKE 'l%'",
    # arrays with NULL items, and none
    "1 = ANY (levels)",
    "1 <> ALL (levels)",
    "a < ANY (levels)",
    "1.5 <= ALL (levels)",
    "price = ANY (levels)",
    "big > ANY (bigs)",
    "rate < ALL (prices)",
    "big + 1 > ANY (bigs)",
    "cardinality(levels) = 0 OR 1 <= ALL (levels)",
    # truth values
    "flag = ready",
    "flag <> ready",
    "flag IS TRUE AND ready IS NOT FALSE",
    "(flag OR ready) = (flag AND ready)",
    "coalesce(flag, FALSE)",
    "CASE WHEN flag THEN ready END",
    "CASE WHEN a > 0 THEN NULL WHEN flag THEN TRUE ELSE FALSE END",
    "flag IN (TRUE, ready)",
)


def describe(tree: Expression) -> str:
    return postgres.print_expression(tree, str)


def test_all_witnesses_agree(database: Database, sqlite: sqlite3.Connection, node: Node, tmp_path: Path) -> None:
    """Chosen and random rules over random rows: every engine gives TRUE, FALSE, NULL or a refusal alike."""
    rules = [*map(rule, TEXTS), *random_rules(20, 500)]
    sample = rows(7, 24)
    expected = witnesses.by_postgres(database, rules, sample)
    in_sqlite = witnesses.by_sqlite(sqlite, rules, sample)
    in_python = witnesses.by_python(rules, sample)
    in_typescript = witnesses.by_typescript(node, tmp_path, rules, sample)
    differences = [
        (describe(tree), ours, *others)
        for tree, ours, *others in zip(rules, expected, in_sqlite, in_python, in_typescript, strict=True)
        if any(other not in (ours, None) for other in others)
    ]
    assert differences == []
    assert set("".join(expected)) == set("TFNE")
    assert sum(verdict is None for verdict in in_sqlite) < len(rules) / 4


def test_what_is_not_known_refuses_nothing_that_could_be_true(node: Node, tmp_path: Path) -> None:
    """With operands not known here, a rule refuses only rows it would refuse whatever those values were."""
    source = random.Random(3)
    rules = random_rules(30, 250)
    unknown = witnesses.support().UNKNOWN
    partial: list[Row] = [
        {name: unknown if source.random() < 0.25 else value for name, value in row.items()} for row in rows(8, 16)
    ]
    in_python = witnesses.by_python(rules, partial)
    assert in_python == witnesses.by_typescript(node, tmp_path, rules, partial)
    assert set("".join(in_python)) == set("TFNE?")
    for tree, verdicts in zip(rules, in_python, strict=True):
        judge = witnesses.python_function(tree)
        for row, verdict in zip(partial, verdicts, strict=True):
            for _ in range(4 if verdict in "FE" else 0):
                whole = {
                    name: source.choice([None, *FIELDS[name].values]) if value is unknown else value
                    for name, value in row.items()
                }
                assert witnesses.letter(judge(whole)) in "FE", (describe(tree), whole)


@pytest.mark.parametrize("text", ["a IS NULL", "a IS NOT NULL", "a = 1", "a IN (1, a)", "coalesce(a, 1) = 1", "flag"])
def test_nothing_is_known_of_what_is_not_known(text: str) -> None:
    """Every predicate over a value that is not known here is not known, IS NULL included."""
    unknown = witnesses.support().UNKNOWN
    verdict = witnesses.python_function(rule(text))({"a": unknown, "flag": unknown})
    assert verdict is unknown
    assert not witnesses.support().refuses(verdict)


OVERFLOWS = (
    "big + other_big > 0",
    "a > 0 AND big + other_big > 0",
    "a > 0 OR big - other_big > 0",
    "a BETWEEN 0 AND big * 2",
)


@pytest.mark.parametrize("text", OVERFLOWS)
def test_a_check_refuses_what_leaves_64_bits(text: str, database: Database, sqlite: sqlite3.Connection) -> None:
    """As CHECKs of real tables, both databases take and refuse the same rows."""
    tree = rule(text)
    in_postgres, in_sqlite = postgres.print_expression(tree, str), _sqlite(tree)
    sqlite.execute(f"CREATE TABLE t (a INTEGER, big INTEGER, other_big INTEGER, CHECK ({in_sqlite})) STRICT")
    judge = witnesses.python_function(tree)
    numbers = (None, 1, -1, 2**63 - 1, -(2**63))
    taken = 0
    with database.connect() as connection:
        connection.execute(f"CREATE TABLE t (a int, big bigint, other_big bigint, CHECK ({in_postgres}))")
        for row in ({"a": a, "big": b, "other_big": c} for a in (None, 0, 1) for b in numbers for c in numbers):
            takes = not witnesses.support().refuses(judge(row))
            taken += takes
            values = list(row.values())
            assert _accepted(connection.execute, "INSERT INTO t VALUES (%s, %s, %s)", values) == takes, row
            assert _accepted(sqlite.execute, "INSERT INTO t VALUES (?, ?, ?)", values) == takes, row
    assert 0 < taken < 75


def _accepted(execute: Callable[..., object], statement: str, values: list[int | None]) -> bool:
    try:
        execute(statement, values)
    except (psycopg.DataError, psycopg.IntegrityError, sqlite3.OperationalError, sqlite3.IntegrityError):
        return False
    return True


def _sqlite(tree: Expression, context: str = "check", scale: int | None = None) -> str:
    text = sqlite.print_expression(tree, str, context, scale)
    assert not isinstance(text, NotExpressible), text
    return text


COMPUTED = {
    "price - cost": 2,
    "price * 1.5": 3,
    "rate * small": 4,
    "a - b": 0,
    "small / 7": 0,
    "a / small": 0,
    "big / other_big": 0,
    "-(a / 2) * 3": 0,
    "round(price, 1)": 1,
    "round(price, 0)": 0,
    "round(price, 4)": 4,
    "round(rate * small / 100, 2)": 2,
    "round(price / 3, 2)": 2,
    "round(price / -8, 1)": 1,
    "round(price / 100, 2)": 2,
    "round(1.0 * small / a, 2)": 2,
    "round(small / 0.03, 1)": 1,
    "round(rate / small, 2)": 2,
    "round((a - b) * 100.0 / a, 2)": 2,
    "coalesce(round(price / 7, 1), 0) + 1": 1,
    "CASE WHEN flag THEN price ELSE a END": 2,
    "abs(price - cost)": 2,
}


@pytest.mark.parametrize("text", COMPUTED)
def test_computed_values_agree(text: str, database: Database, sqlite: sqlite3.Connection) -> None:
    """Both databases compute the same number, division and rounding included, or refuse the row."""
    tree = rule(text, computed=True, want="")
    # A decimal column may keep more digits than its value has.
    scale = COMPUTED[text] + (tree.type.kind == "decimal")
    in_postgres, in_sqlite = postgres.print_expression(tree, str), _sqlite(tree, "generated", scale)
    names = ("a", "b", "small", "big", "other_big", "price", "cost", "rate", "flag")
    columns = ", ".join(f"{name} {FIELDS[name].postgres}" for name in names)
    sqlite_columns = ", ".join(f"{name} {FIELDS[name].sqlite}" for name in names)
    sqlite.execute(f"CREATE TABLE t ({sqlite_columns}, result INTEGER AS ({in_sqlite}) STORED) STRICT")
    computed = 0
    with database.connect() as connection:
        connection.execute(f"CREATE TABLE t ({columns}, result numeric GENERATED ALWAYS AS ({in_postgres}) STORED)")
        for row in rows(11, 150):
            marks = ", ".join(["%s"] * len(names))
            ours: Decimal | str | None
            try:
                found = connection.execute(
                    f"INSERT INTO t VALUES ({marks}) RETURNING result", [row[name] for name in names]
                ).fetchone()
                ours = None if found is None or found[0] is None else Decimal(found[0]).scaleb(scale)
            except psycopg.DataError:
                ours = "refused"
            try:
                values = [physical(TYPES[name], row[name]) for name in names]
                theirs = sqlite.execute(
                    f"INSERT INTO t VALUES ({', '.join('?' * len(names))}) RETURNING result", values
                ).fetchone()[0]
            except (sqlite3.OperationalError, sqlite3.IntegrityError):
                theirs = "refused"
            assert ours == theirs, row
            computed += ours not in (None, "refused")
    assert computed > 30
