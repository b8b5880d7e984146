"""What a pattern becomes in SQLite, and what becomes of patterns that GLOB cannot say."""

from __future__ import annotations

import itertools
import sqlite3

import pytest

from isotype.dialects.sqlite_patterns import sqlite_condition
from isotype.domain.ledger import NotExpressible
from isotype.domain.patterns import Pattern
from isotype.language.patterns import parse


def condition(source: str) -> str | NotExpressible:
    pattern = parse(source)
    assert isinstance(pattern, Pattern), pattern
    return sqlite_condition(pattern, "x")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("^[a-z0-9_]+$", "x <> '' AND x NOT GLOB '*[^0-9_a-z]*'"),
        ("^[a-z0-9_]*$", "x NOT GLOB '*[^0-9_a-z]*'"),
        ("^[0-9a-f]{64}$", "length(x) = 64 AND x NOT GLOB '*[^0-9a-f]*'"),
        ("^https?://", "(x GLOB 'http://*' OR x GLOB 'https://*')"),
        ("^abc$", "x = 'abc'"),
        ("^$", "x = ''"),
        ("a*b", "x GLOB '*b*'"),
        (r"\*\[", "x GLOB '*[*][[]*'"),
        ("^[a-z][a-z0-9_]*$", "x GLOB '[a-z]*' AND x NOT GLOB '*[^0-9_a-z]*'"),
        (
            "^[a-z0-9]+(-[a-z0-9]+)*$",
            "x GLOB '[0-9a-z]*' AND x GLOB '*[0-9a-z]' AND x NOT GLOB '*[^-0-9a-z]*' AND x NOT GLOB '*--*'",
        ),
        (r"^\d+\.\d+$", "x GLOB '[0-9]*.[0-9]*' AND x NOT GLOB '*[^.0-9]*' AND x NOT GLOB '*.*.*'"),
        ("^-[0-9]{1,9}$", "x GLOB '-[0-9]*' AND length(x) <= 10 AND substr(x, 2) NOT GLOB '*[^0-9]*'"),
    ],
)
def test_says_everyday_patterns(source: str, expected: str) -> None:
    """Everyday patterns become conditions that a person could have written."""
    assert condition(source) == expected


@pytest.mark.parametrize(
    "source", ["(a+b)*", r"^\d{1,3}(\.\d{1,3}){3}$", "a.*b", "^(ab)+$|c", "^([a-z]{2}-)*x{2}y$", r"^[\ufffe]$"]
)
def test_says_nothing_where_it_could_only_come_near(source: str) -> None:
    """A pattern without an exact condition is not expressible, always for the same reason."""
    said = condition(source)
    assert isinstance(said, NotExpressible)
    assert (said.construct, said.target) == ("pattern", "sqlite")


@pytest.mark.parametrize("sign", ["", "^"])
def test_classes_hold_what_they_name(sqlite: sqlite3.Connection, sign: str) -> None:
    """Signs that mean something inside GLOB's brackets mean themselves, wherever a range ends."""
    for low, high in itertools.combinations(range(0x2A, 0x63), 2):
        if high - low in (1, 2, 5, 0x30, 0x31, 0x33):
            said = condition(rf"^[{sign}\x{low:02x}-\x{high:02x}\-\^]$")
            held = {*range(low, high + 1), ord("-"), ord("^")}
            statement = f"SELECT {said} FROM (SELECT ? AS x)"
            found = {code for code in range(0x20, 0x7F) if sqlite.execute(statement, (chr(code),)).fetchone()[0]}
            assert found == (set(range(0x20, 0x7F)) - held if sign else held), said


def test_stands_in_a_check(sqlite: sqlite3.Connection) -> None:
    """The condition is a CHECK that refuses what does not match, and lets NULL pass."""
    said = condition("^(en|de)(-[A-Z]{2})?$")
    sqlite.execute(f"CREATE TABLE t (x TEXT CHECK ({said})) STRICT")
    sqlite.executemany("INSERT INTO t VALUES (?)", [("en",), ("de-AT",), (None,)])
    with pytest.raises(sqlite3.IntegrityError):
        sqlite.execute("INSERT INTO t VALUES ('en-at')")
