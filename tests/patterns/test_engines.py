"""One pattern, one meaning: every engine finds a printed pattern in the same texts."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator

import pytest

from isotype.dialects import patterns as printers
from isotype.domain.patterns import Characters, Pattern, walk
from isotype.language.ambiguity import is_ambiguous
from isotype.language.patterns import MAXIMUM_SIZE, parse
from tests.engines.node import Node
from tests.engines.postgres import Database
from tests.patterns import samples, verdicts

EVERYDAY = [
    *("^[a-z0-9_]+$", "^https?://", "^[0-9a-f]{64}$", "^#[0-9a-fA-F]{6}$", r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "a.*b"),
    *("^[a-z0-9]+(-[a-z0-9]+)*$", r"^\d+\.\d+\.\d+$", r"^-?\d+(\.\d+)?$", r"^\+?[0-9]{7,15}$", "^(foo|bar)$", "^$"),
    *(r"^\S.*\S$|^\S$", "^[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}$", r"^[^\x00-\x1f\u202e]*$", "^[a-z]{2}(-[A-Z]{2})?$", "a^b"),
    *("(^|,)a(,|$)", "^(en|de|fr)(_[A-Z]{2})?$", "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", r"^\d{1,3}(\.\d{1,3}){3}$"),
    *("^[a-z][a-z0-9_]*$", r"[\s\S]*", r"^[a-z]+-\d+$"),
]
EVERYDAY_TEXTS = [
    *(
        "",
        "a",
        "abc",
        "a-b",
        "a--b",
        "-a",
        "a-",
        "foo",
        "bar",
        "foobar",
        "a_1",
        "1.2.3",
        "1.2",
        "1..2",
        "-1.5",
        "+1234567",
    ),
    *("127.0.0.1", "a@b.c", "a@@b.c", "a@b", "a b@c.d", "http://x", "https://x", "xhttp://", "#00ffAA", "#00ffA", "en"),
    *("en_GB", "en_gb", "en-GB", "DE12ABC", "a\n", "foo\n", "\n", " a", "a ", "a b", "\u202e", "\x1f", "a,b", "b,a"),
    *("x\u2028y", "f" * 64, "f" * 63, "a" * 63, "a" * 64),
]


def readable(seed: int, count: int) -> list[Pattern]:
    source = random.Random(seed)
    found = (parse(samples.pattern(source)) for _ in range(count))
    # An ambiguous pattern would keep the engines that backtrack busy for hours.
    return [pattern for pattern in found if isinstance(pattern, Pattern) and not is_ambiguous(pattern)]


@pytest.fixture
def probes() -> list[verdicts.Probe]:
    """Everyday patterns with everyday texts, and random ones with random ones."""
    source = random.Random(20)
    made: list[verdicts.Probe] = [(pattern, samples.texts(source)) for pattern in readable(4, 900)]
    for text in EVERYDAY:
        pattern = parse(text)
        assert isinstance(pattern, Pattern), pattern
        made.append((pattern, [*EVERYDAY_TEXTS, *samples.texts(source)]))
    assert len(made) > 600
    return made


def differences(
    probes: list[verdicts.Probe], left: verdicts.Verdicts, right: verdicts.Verdicts
) -> Iterator[tuple[str, str, bool, bool]]:
    """The pattern, the text and both verdicts, wherever they differ."""
    for (pattern, texts), ours, theirs in zip(probes, left, right, strict=True):
        for text, one, other in zip(texts, ours, theirs, strict=True):
            if one != other:
                yield pattern.source, text, one, other


def test_the_verdicts_are_of_both_kinds(probes: list[verdicts.Probe]) -> None:
    """The texts are found by some patterns and missed by others, so that agreement says something."""
    flat = [verdict for row in verdicts.python(probes) for verdict in row]
    assert 0.2 < sum(flat) / len(flat) < 0.8


def test_rust_agrees_with_python(probes: list[verdicts.Probe]) -> None:
    """Pydantic's engine finds what Python's finds."""
    assert list(differences(probes, verdicts.python(probes), verdicts.pydantic(probes))) == []


def test_javascript_agrees_with_python(probes: list[verdicts.Probe], node: Node) -> None:
    """A literal with the flag `u` finds what Python's engine finds."""
    assert list(differences(probes, verdicts.python(probes), verdicts.javascript(node, probes))) == []


def test_postgres_agrees_with_python(probes: list[verdicts.Probe], database: Database) -> None:
    """`~` finds what Python's engine finds."""
    with database.connect() as connection:
        found = verdicts.postgres(connection, probes)
    assert list(differences(probes, verdicts.python(probes), found)) == []


def test_json_schema_patterns_agree_with_python(probes: list[verdicts.Probe], node: Node) -> None:
    """A JSON Schema's pattern means the same to `re.search` and to ECMAScript with `u`."""
    expected = verdicts.python(probes)
    assert list(differences(probes, expected, verdicts.python(probes, printers.json_schema))) == []
    found = verdicts.javascript(node, probes, printers.json_schema)
    assert list(differences(probes, expected, found)) == []


def test_json_schema_patterns_need_no_flag(probes: list[verdicts.Probe], node: Node) -> None:
    """Without `u`, too, ECMAScript agrees, as long as pattern and text stay within U+FFFF."""

    def is_basic(pattern: Pattern) -> bool:
        sets = [node for node in walk(pattern.root) if isinstance(node, Characters)]
        return all(high <= 0xFFFF for node in sets for _, high in node.ranges)

    basic: list[verdicts.Probe] = [
        (pattern, [text for text in texts if text.isascii() or max(text) <= "\uffff"])
        for pattern, texts in probes
        if is_basic(pattern)
    ]
    assert len(basic) > 350
    found = verdicts.javascript(node, basic, printers.json_schema, flags="")
    assert list(differences(basic, verdicts.python(basic), found)) == []


def test_sqlite_conditions_are_exact(probes: list[verdicts.Probe], sqlite: sqlite3.Connection) -> None:
    """Where SQLite can say a pattern at all, it finds what Python's engine finds."""
    said = 0
    for probe, expected in zip(probes, verdicts.python(probes), strict=True):
        found = verdicts.sqlite(sqlite, probe)
        if found is not None:
            said += 1
            assert list(differences([probe], [expected], [found])) == []
    assert said > len(probes) / 3


def test_the_largest_patterns_are_taken_by_every_engine(node: Node, database: Database) -> None:
    """At the limit of size, PostgreSQL and Rust still compile a pattern within their own limits."""
    large = [
        f"^([^é]{{0,255}}b){{{MAXIMUM_SIZE // 256}}}$",
        "^(.{0,31}){48}$",
        r"^([^\s@]|\u00e9?-){255}(\W{0,255}){3}$",
        "^(a?){255}$",
    ]
    patterns = [pattern for pattern in map(parse, large) if isinstance(pattern, Pattern)]
    assert len(patterns) == len(large)
    probes = list(zip(patterns, [["bbbbbbbb"], ["x", ""], ["x" * 254], ["a" * 255]], strict=True))
    expected = [[True], [True, True], [False], [True]]
    assert verdicts.pydantic(probes) == expected
    with database.connect() as connection:
        assert verdicts.postgres(connection, probes) == expected
    assert verdicts.javascript(node, probes) == expected
