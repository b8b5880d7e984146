"""The whole suite of changes: every database it changes, every case, and what a comparison says of each.

A case of **drift** has to be found and named, one of **equivalence** has to be silent.
`cases.yaml` holds how many there are of each class; they may only become more.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path as File

import psycopg
import yaml

from isotype.catalog.differences import Difference
from isotype.catalog.facts import Facts, Path
from isotype.domain.values import frozen
from isotype.drift.source import own_rows
from isotype.tables import project as tables_of
from tests.catalog.benign import Benign, benign
from tests.catalog.mutations import Mutation, mutations
from tests.catalog.respelling import Respelling, respellings
from tests.catalog.respelling.laws import REWRITES
from tests.catalog.shop import ROWS, SHOP, Live
from tests.catalog.shop import SCHEMAS as SHOP_SCHEMAS
from tests.domains.conftest import SCHEMAS, rendered, understood
from tests.engines.postgres import Database, Server

CASES = File(__file__).with_name("cases.yaml")
EVERY = bool(os.environ.get("ISOTYPE_EVERY_MUTATION"))
DRIFT, EQUIVALENCE = "drift", "equivalence"
DATABASES = (*sorted(SCHEMAS), "shop")
Counts = Mapping[str, Mapping[str, int]]


@frozen
class Verdict:
    """What came of a case: `passed`, `failed`, `refused` by the server, or `absent`: it lacks what is asked for.

    `said` is why.
    """

    database: str
    suite: str
    of: str
    name: str
    sql: str
    outcome: str
    said: str = ""


@contextmanager
def live(server: Server, name: str) -> Iterator[Live]:
    """One database of the suite: a domain's, the one that uses every word of the language, or the shop."""
    made = server.create_database()
    database = Database(server, made)
    with database.connect() as connection:
        if name == "shop":
            connection.execute(SHOP.read_bytes())
        else:
            connection.execute(rendered(name).files["sql", "postgres.sql"].encode())
    opened = Live(database, SHOP_SCHEMAS, ROWS) if name == "shop" else _of_domain(database, name)
    try:
        yield opened
    finally:
        opened.connection.close()
        server.drop_database(made)


def _of_domain(database: Database, name: str) -> Live:
    tables = tables_of(understood(name))
    schemas = {schema for schema in tables.schemas if not schema.startswith("pg_")} | {"public"}
    return Live(database, sorted(schemas), own_rows(tables), name)


# Classes


def class_of(case: Mutation | Benign | Respelling) -> tuple[str, str]:
    """The suite and the class that a case counts for."""
    if isinstance(case, Mutation):
        attribute = case.attribute or case.way or "missing"
        return DRIFT, f"{case.kind}: {'a value' if case.kind == 'row' and case.attribute else attribute}"
    if isinstance(case, Benign):
        return EQUIVALENCE, case.change
    return EQUIVALENCE, f"{'law' if case.law in REWRITES else 'spelling'}: {case.law}"


def counts(databases: Iterable[Facts]) -> dict[str, dict[str, int]]:
    """How many cases there are of each class."""
    found: Counter[tuple[str, str]] = Counter()
    for facts in databases:
        found.update(map(class_of, mutations(facts)))
        found.update(map(class_of, benign(facts)))
        found.update(class_of(case) for spelled in respellings(facts) for case in spelled)
    return {
        suite: {name: count for (of, name), count in sorted(found.items()) if of == suite}
        for suite in (DRIFT, EQUIVALENCE)
    }


def recorded(engine: str) -> Counts:
    """The counts of `cases.yaml`."""
    written: Mapping[str, Counts] = yaml.safe_load(CASES.read_text(encoding="utf-8")) if CASES.exists() else {}
    return written.get(engine, {})


def fewer(engine: str, found: Counts) -> list[str]:
    """The classes that have fewer cases than `cases.yaml` says."""
    return [
        f"{suite}, {name}: {found.get(suite, {}).get(name, 0)} cases, and there were {count}"
        for suite, classes in recorded(engine).items()
        for name, count in classes.items()
        if found.get(suite, {}).get(name, 0) < count
    ]


def record(engine: str, found: Counts) -> None:
    """Write counts that have grown into `cases.yaml`."""
    written: dict[str, object] = yaml.safe_load(CASES.read_text(encoding="utf-8")) if CASES.exists() else {}
    written[engine] = {suite: dict(classes) for suite, classes in found.items()}
    head = (
        "# How many cases the suite of changes has of each class. They may only become more:\n"
        "# ISOTYPE_UPDATE_GOLDEN=1 pytest tests/catalog/test_suite.py writes those that have.\n"
    )
    CASES.write_text(head + yaml.safe_dump(dict(sorted(written.items())), width=120), encoding="utf-8")


# Asking


def drifted(on: Live, cases: Iterable[Mutation]) -> Iterator[Verdict]:
    """Make each change alone; it has to be found, by kind, path and attribute."""
    for case in cases:
        try:
            with on.changed(case.sql) as actual:
                found = on.differences(actual)
        except psycopg.Error as error:
            yield _verdict(on, case, case.name, case.sql, "refused", error)
            continue
        named = {(one.kind, one.path, one.attribute) for one in found}
        passed = (case.kind, case.path, case.attribute) in named
        yield _verdict(on, case, case.name, case.sql, "passed" if passed else "failed", _said(found))


def unchanged(on: Live, cases: Iterable[Benign]) -> Iterator[Verdict]:
    """Make each change without meaning alone; nothing may be said."""
    for case in cases:
        try:
            with on.changed(case.sql) as actual:
                if case.repaired:
                    on.repair(actual)
                    actual = on.read()
                found = on.differences(actual)
        except psycopg.Error as error:
            # Some packages of PostgreSQL come without extensions.
            outcome = "absent" if case.change == "what an extension owns" else "refused"
            yield _verdict(on, case, case.name, case.sql, outcome, error)
            continue
        yield _verdict(on, case, case.name, case.sql, "failed" if found else "passed", _said(found))


def respelled(on: Live, spelled: Iterable[list[Respelling]]) -> Iterator[Verdict]:
    """Write every expression in each of its spellings, those of different objects at once; nothing may be said."""
    waiting = [list(cases) for cases in spelled]
    while any(waiting):
        # An object with several expressions has one of them changed at a time.
        taken: dict[tuple[str, Path], Respelling] = {}
        for cases in waiting:
            if cases and (cases[0].kind, cases[0].path) not in taken:
                case = cases.pop(0)
                taken[case.kind, case.path] = case
        yield from _respelled_at_once(on, taken)


def _respelled_at_once(on: Live, cases: Mapping[tuple[str, Path], Respelling]) -> Iterator[Verdict]:
    with on.connection.transaction(force_rollback=True):
        refused: dict[tuple[str, Path], psycopg.Error] = {}
        for place, case in cases.items():
            try:
                with on.connection.transaction():
                    on.connection.execute(case.sql.encode())
            except psycopg.Error as error:
                refused[place] = error
        found = on.differences()
    of: dict[tuple[str, Path], list[Difference]] = {}
    for difference in found:
        of.setdefault((difference.kind, difference.path), []).append(difference)
    for place, case in cases.items():
        name = f"{case.law} in the {case.role} of {'.'.join(case.path)}"
        if place in refused:
            yield _verdict(on, case, name, case.sql, "refused", refused[place])
        else:
            said = of.pop(place, [])
            yield _verdict(on, case, name, case.sql, "failed" if said else "passed", _said(said))
    # Nothing else was changed.
    assert not of, _said([difference for some in of.values() for difference in some])


def _verdict(
    on: Live, case: Mutation | Benign | Respelling, name: str, sql: str, outcome: str, said: object
) -> Verdict:
    suite, of = class_of(case)
    return Verdict(on.name, suite, of, name, sql, outcome, str(said).strip())


def _said(found: Iterable[Difference]) -> str:
    return "; ".join(
        f"{one.way} {one.kind} {'.'.join(one.path)} {one.attribute}: {one.expected} / {one.actual}" for one in found
    )
