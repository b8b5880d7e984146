"""Every change of every database is found, named and repaired, and what means nothing is silent.

`ISOTYPE_EVERY_MUTATION=1` asks every case, as `make mutations` does; otherwise it is a few of each class.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from zlib import crc32

import psycopg
import pytest

from isotype.catalog.postgres.queries import ATTRIBUTES
from tests.catalog import suite
from tests.catalog.benign import Benign, benign
from tests.catalog.mutations import UNCHANGED, Mutation, mutations
from tests.catalog.respelling import Respelling, respellings
from tests.catalog.shop import Live
from tests.catalog.suite import DATABASES, EVERY, class_of
from tests.domains.conftest import SCHEMAS, rendered, require_extensions
from tests.engines.postgres import Server


@pytest.fixture(params=DATABASES, scope="module")
def on(request: pytest.FixtureRequest, postgres: Server) -> Iterator[Live]:
    """Each database of the suite."""
    if request.param in SCHEMAS:
        require_extensions(request.param, postgres)
        if postgres.major < 15 and any("needs version 15" in gap.reason for gap in rendered(request.param).ledger):
            pytest.skip(f"{request.param} says that it needs PostgreSQL 15")
    with suite.live(postgres, request.param) as made:
        yield made


def test_every_change_is_found_and_repaired(on: Live) -> None:
    """It is named by kind, path and attribute, and nothing is left after the repair but what a person has to decide."""
    failures = [failure for case in _changes(on) for failure in _failures(on, case)]
    assert failures == []


ONLY_SHOP = ("policy", "rule", "domain", "composite type", "range type", "aggregate", "procedure", "statistics")
"""Kinds that the language has no word for, and no domain has."""


def _changes(on: Live) -> Iterator[Mutation]:
    """All; or of each class the first for each type of constraint, in one of the databases."""
    seen: set[tuple[str, object]] = set()
    for case in mutations(on.expected):
        of = class_of(case)[1]
        here = crc32(of.encode()) % len(DATABASES) == DATABASES.index(on.name)
        here = here or (on.name == "shop" and case.kind in ONLY_SHOP)
        shape = on.expected.of("constraint")[case.path][0] if case.kind == "constraint" and not case.way else None
        if EVERY or (here and (of, shape) not in seen):
            seen.add((of, shape))
            yield case


def _failures(on: Live, case: Mutation) -> Iterator[str]:
    try:
        with on.changed(case.sql) as actual:
            found = on.differences(actual)
            if (case.kind, case.path, case.attribute) not in {(one.kind, one.path, one.attribute) for one in found}:
                yield f"{case.name}: said {found}"
            try:
                statements = on.repair(actual)
            except psycopg.Error as error:
                # The data can refuse a repair that says so, such as a column that no row has a value for.
                if not any(error.__notes__):
                    yield f"{case.name}: {error}"
                return
            decided = {one for statement in statements if not statement.sql for one in statement.differences}
            left = [one for one in on.differences() if one.way != "unmanaged" and one not in decided]
            if left:
                yield f"{case.name}: left {left}"
    except psycopg.Error as error:
        # A case that the server refuses is none.
        yield f"{case.name}: {error}"


def test_what_means_nothing_is_silent(on: Live) -> None:
    """Storage, order, ownership, names that the server makes up: no word of them."""
    verdicts = list(suite.unchanged(on, _benign(on)))
    assert [one for one in verdicts if one.outcome not in ("passed", "absent")] == []
    assert len(verdicts) >= 10


def _benign(on: Live) -> Iterator[Benign]:
    seen: Counter[str] = Counter()
    for case in benign(on.expected):
        seen[case.change] += 1
        if EVERY or seen[case.change] <= (3 if on.name == "shop" else 1):
            yield case


def test_every_spelling_is_silent(on: Live) -> None:
    """By every law, at every place of an expression where it applies: no word of it."""
    verdicts = list(suite.respelled(on, _spellings(on)))
    assert [one for one in verdicts if one.outcome != "passed"] == []
    assert len(verdicts) >= 30


def _spellings(on: Live) -> Iterator[list[Respelling]]:
    seen: Counter[tuple[str, str]] = Counter()
    for spelled in respellings(on.expected):
        kept = []
        for case in spelled:
            seen[case.law, case.role] += 1
            if EVERY or seen[case.law, case.role] <= 3:
                kept.append(case)
        yield kept


def test_cases_only_become_more(postgres: Server) -> None:
    """Every class has as many cases as `cases.yaml` says, or more; the server has a say in what can be asked."""
    if postgres.major < 15:
        pytest.skip("this version knows less")
    facts = []
    for name in DATABASES:
        if name in SCHEMAS:
            require_extensions(name, postgres)
        with suite.live(postgres, name) as made:
            facts.append(made.expected)
    found = suite.counts(facts)
    assert suite.fewer("postgres", found) == []
    if os.environ.get("ISOTYPE_UPDATE_GOLDEN"):
        suite.record("postgres", found)
    assert suite.recorded("postgres")


def test_every_attribute_is_changed(postgres: Server) -> None:
    """Whatever is read of a kind of object is changed by some case, or there is a reason why it cannot be."""
    changed = {
        (kind, attribute)
        for kind, _, attribute in (name.partition(": ") for name in suite.recorded("postgres")[suite.DRIFT])
    }
    for kind, attributes in ATTRIBUTES.items():
        for attribute in attributes:
            parts = {of for of in changed if of[0] == kind}
            if kind in UNSEEN or (kind, attribute) in UNCHANGED:
                continue
            named = (kind, attribute) in changed or (attribute in DEFINING and len(parts) > 2)
            assert named or (kind, "a value") in parts, (kind, attribute)


DEFINING = ("definition",)
"""Attributes of several parts, which have names of their own."""

UNSEEN = {
    "foreign table": "only its presence counts, and a stranger is one",
    "hypertable": "tests/timescale changes them",
    "base type": "only a superuser's C code makes one",
    **dict.fromkeys(
        ("operator", "collation", "text search configuration", "text search dictionary", "operator class"),
        "only its presence counts",
    ),
    "event trigger": "only its presence counts",
}
"""Kinds of which no database of the suite declares one, and why that is enough."""
