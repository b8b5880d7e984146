"""The suite of changes on SQLite: every domain, every case, and what a comparison says of each; see `suite`."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import cache

from isotype.catalog.comparison import compare
from isotype.catalog.differences import Difference
from isotype.catalog.facts import Facts
from isotype.catalog.sqlite import load, read
from isotype.domain.values import replace
from tests.catalog.sqlite_changes import Change, changes, make, only
from tests.catalog.suite import DRIFT, EQUIVALENCE, Verdict
from tests.domains.conftest import SCHEMAS, rendered

DOMAINS = sorted(SCHEMAS)


@cache
def text(domain: str) -> str:
    """The SQL of a domain."""
    return rendered(domain).files["sql", "sqlite.sql"]


@cache
def expected(domain: str) -> Facts:
    """What its database is."""
    return load(text(domain))


# Drift


def parts(domain: str) -> Iterator[Facts]:
    """Each table and view of a domain with all that belongs to it."""
    facts = expected(domain)
    for kind in ("table", "view"):
        for path in facts.of(kind):
            yield only(facts, path[1])


def asked(part: Facts, change: Change) -> tuple[Difference, ...]:
    """What differs in a database that SQLite itself has made from the changed facts."""
    with closing(make(change.facts)) as made:
        return compare(part, read(made))


def is_named(change: Change, found: tuple[Difference, ...]) -> bool:
    """Whether a change is among the differences, by kind, path and attribute."""
    named = {(one.kind, one.path, one.attribute, one.way) for one in found}
    return (change.kind, change.path, change.attribute, change.way) in named


def class_of(change: Change) -> str:
    """The class that a change counts for."""
    return f"{change.kind}: {change.attribute or change.way}"


# Equivalence

_WORD = re.compile(r"'(?:[^']|'')*'|--[^\n]*|\"(?:[^\"]|\"\")*\"|[A-Za-z_]\w*|\s+|.", re.DOTALL)


def _rewritten(sql: str, change: Callable[[str], str]) -> str:
    """The text with each piece outside comments and strings rewritten."""
    return "".join(piece if piece[0] in "'\"-" else change(piece) for piece in _WORD.findall(sql))


def _quoted(name: str, facts: Facts) -> Callable[[str], str]:
    own = {it for kind in facts.objects for path in facts.of(kind) for it in path[1:] if re.fullmatch(r"[a-z_]\w*", it)}
    return lambda piece: name.format(piece) if piece in own else piece


def _other_signs(sql: str) -> str:
    # In strings, and where a value is set, the sign is not the operator.
    sql = re.sub(r"(?s)^-- Reference rows.*?^-- Indexes", "-- Indexes", sql, flags=re.MULTILINE)
    pieces = re.split(r"('(?:[^']|'')*'|SET .*? WHERE|PRAGMA [^;]*;)", sql)
    return "".join(
        piece if number % 2 else piece.replace(" <> ", " != ").replace(" = ", " == ")
        for number, piece in enumerate(pieces)
    )


REWRITES: Mapping[str, Callable[[str, Facts], str]] = {
    "capitals": lambda sql, _: _rewritten(sql, str.upper),
    "small letters": lambda sql, _: _rewritten(sql, str.lower),
    "double quotes": lambda sql, facts: _rewritten(sql, _quoted('"{}"', facts)),
    "brackets": lambda sql, facts: _rewritten(sql, _quoted("[{}]", facts)),
    "backticks": lambda sql, facts: _rewritten(sql, _quoted("`{}`", facts)),
    "no comments": lambda sql, _: re.sub(r"^\s*--.*\n", "", sql, flags=re.MULTILINE),
    "comments": lambda sql, _: _rewritten(sql, lambda piece: f"{piece}/* it's (, */ " if piece in "(,)" else piece),
    "tabs and line feeds": lambda sql, _: _rewritten(sql, lambda piece: "\t\r\n\f " if piece.isspace() else piece),
    "other signs": lambda sql, _: _other_signs(sql),
}
"""Other spellings of all statements of a domain."""


def backwards(facts: Facts) -> sqlite3.Connection:
    """The same database, all of it made in the opposite order."""
    turned = {kind: dict(reversed([*found.items()])) for kind, found in facts.objects.items()}
    return make(replace(facts, objects=turned))


def altered(domain: str) -> sqlite3.Connection:
    """The same database after every table was renamed and back, a column too, and one was added and dropped again."""
    facts = expected(domain)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(text(domain))
    for _, table in facts.of("table"):
        column = [path[2] for path in facts.of("column") if path[1] == table][-1]
        connection.execute(f"ALTER TABLE {table} ADD COLUMN zz TEXT CHECK (zz <> ')')")
        connection.execute(f"ALTER TABLE {table} DROP COLUMN zz")
        connection.execute(f"ALTER TABLE {table} RENAME TO zz")
        connection.execute(f"ALTER TABLE zz RENAME TO {table}")
        connection.execute(f'ALTER TABLE {table} RENAME COLUMN "{column}" TO zz')
        connection.execute(f'ALTER TABLE {table} RENAME COLUMN zz TO "{column}"')
    return connection


def statements(facts: Facts) -> int:
    """How many statements make a database."""
    return sum(len(facts.of(kind)) for kind in ("table", "index", "view", "trigger"))


# All of it


def counts() -> dict[str, dict[str, int]]:
    """How many cases there are of each class."""
    drift: Counter[str] = Counter()
    equivalence: Counter[str] = Counter()
    for domain in DOMAINS:
        drift.update(class_of(change) for part in parts(domain) for change in changes(part))
        facts = expected(domain)
        equivalence.update(dict.fromkeys((*REWRITES, "another order"), statements(facts)))
        equivalence["ALTER TABLE and back"] += len(facts.of("table"))
    return {DRIFT: dict(sorted(drift.items())), EQUIVALENCE: dict(sorted(equivalence.items()))}


def verdicts(domain: str) -> Iterator[Verdict]:
    """What a comparison says of every case of a domain."""
    for part in parts(domain):
        for change in changes(part):
            found = asked(part, change)
            outcome = "passed" if is_named(change, found) else "failed"
            name = f"{class_of(change)} of {'.'.join(change.path)}"
            yield Verdict(domain, DRIFT, class_of(change), name, "", outcome, str(found))
    facts = expected(domain)
    for rewrite, change_text in REWRITES.items():
        yield from _silent(domain, rewrite, compare(facts, load(change_text(text(domain), facts))))
    for way, connection in (("another order", backwards(facts)), ("ALTER TABLE and back", altered(domain))):
        with closing(connection):
            yield from _silent(domain, way, compare(facts, read(connection)))


def _silent(domain: str, way: str, found: tuple[Difference, ...]) -> Iterator[Verdict]:
    """One verdict for each statement that was spelled otherwise."""
    facts = expected(domain)
    said = list(found)
    count = len(facts.of("table")) if way == "ALTER TABLE and back" else statements(facts)
    for number in range(count):
        outcome = "failed" if number < len(said) else "passed"
        yield Verdict(domain, EQUIVALENCE, way, f"statement {number}", "", outcome, str(said[number : number + 1]))
