"""Every change to a SQLite database is found and named, repaired by the script, and what means the same is silent."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from isotype.catalog.comparison import compare, repair
from isotype.catalog.facts import Facts
from isotype.catalog.sqlite import read
from tests.catalog import suite
from tests.catalog.sqlite_changes import alone, changes, make
from tests.catalog.sqlite_suite import DOMAINS, asked, class_of, counts, expected, is_named, parts

ENTAILING = ("type", "strict", "without_rowid", "columns", "collation")
"""Attributes that decide others: a column of a key is not null, for one."""


def repaired(connection: sqlite3.Connection, wanted: Facts, destructive: bool = True) -> Facts:
    """The facts after the script has run, with what it has commented out or without."""
    found = read(connection)
    statements = repair(compare(wanted, found), wanted, found)
    script = [it.sql for it in statements if it.sql and (destructive or not it.destructive)]
    connection.executescript(";\n".join(script))
    assert not connection.in_transaction
    return read(connection)


@pytest.mark.parametrize("domain", DOMAINS)
def test_everything_is_understood(domain: str) -> None:
    """No table, index, trigger or view of any domain is compared as it is printed; facts make the same database."""
    facts = expected(domain)
    assert facts.of("table") and not any(values[2] for values in facts.of("table").values())
    assert all(values[1] is not None for values in facts.of("index").values())
    assert all(values[0] is not None for values in facts.of("trigger").values())
    assert not any(str(values[1]).startswith("CREATE") for values in facts.of("view").values())
    with closing(make(facts)) as made:
        assert compare(facts, read(made)) == ()


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_change_is_found(domain: str) -> None:
    """Each attribute of each object, changed alone, is named by kind, path and attribute."""
    made: Counter[str] = Counter()
    for part in parts(domain):
        for change in changes(part):
            found = asked(part, change)
            assert is_named(change, found), (change.path, change.attribute)
            if change.way == "different" and change.attribute not in ENTAILING:
                assert len(found) == 1, found
            made[class_of(change)] += 1
    assert sum(made.values()) > 700 and made["constraint: expression"] > 20, made


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_kind_of_change_is_repaired(domain: str) -> None:
    """For each attribute of each kind in each table, the script of the first change brings the table back."""
    facts = expected(domain)
    done = 0
    for table in [path[1] for kind in ("table", "view") for path in facts.of(kind)]:
        part = alone(facts, table)
        seen: set[tuple[str, ...]] = set()
        for change in changes(part):
            what = (change.kind, change.attribute, change.way)
            if what in seen:
                continue
            seen.add(what)
            with closing(make(change.facts)) as made:
                left = [it for it in compare(part, repaired(made, part)) if it.way != "unmanaged"]
                assert left == [], (what, change.path)
            done += 1
    assert done > 100


def test_cases_only_become_more() -> None:
    """Every class has as many cases as `cases.yaml` says, or more."""
    found = counts()
    assert suite.fewer("sqlite", found) == []
    if os.environ.get("ISOTYPE_UPDATE_GOLDEN"):
        suite.record("sqlite", found)
    assert suite.recorded("sqlite")
