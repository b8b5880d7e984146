"""Every kind of change of every domain's database is found, named, and repaired.

`ISOTYPE_EVERY_MUTATION=1` changes every object; otherwise it is one object for each attribute of each kind.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from isotype.catalog.facts import Facts
from isotype.tables import project as tables_of
from tests.catalog.mutations import Mutation, mutations
from tests.catalog.shop import Live
from tests.domains.conftest import SCHEMAS, rendered, require_extensions, understood, write
from tests.domains.rows import packaged
from tests.engines.postgres import Database, Server, find_installation


@pytest.fixture(params=sorted(SCHEMAS), scope="module")
def live(request: pytest.FixtureRequest, postgres: Server) -> Iterator[Live]:
    """The database that a domain's SQL makes."""
    domain = str(request.param)
    require_extensions(domain, postgres)
    name = postgres.create_database()
    database = Database(postgres, name)
    with database.connect() as connection:
        connection.execute(rendered(domain).files["sql", "postgres.sql"].encode())
    schemas = {schema for schema in tables_of(understood(domain)).schemas if not schema.startswith("pg_")}
    made = Live(database, sorted(schemas | {"public"}), name=domain)
    yield made
    made.connection.close()
    postgres.drop_database(name)


def test_a_restored_dump_is_the_same(live: Live, postgres: Server, database: Database) -> None:
    """The server spells some expressions otherwise when it reads what it has printed; that is no difference."""
    program = find_installation(postgres.major).binaries / "pg_dump"
    if not program.exists():
        pytest.skip("this PostgreSQL has no pg_dump")
    dumped = subprocess.run(
        [program, "--inserts", live.database.url], capture_output=True, text=True, check=True
    ).stdout
    with database.connect() as connection:
        connection.execute("\n".join(line for line in dumped.splitlines() if not line.startswith("\\")).encode())
    assert live.differences(live.read(database)) == ()


def test_the_models_make_the_same_database(live: Live, database: Database, tmp_path: Path) -> None:
    """`create_all` and the SQL file differ in nothing."""
    engine = sa.create_engine(database.url_for("psycopg"))
    with packaged(live.name, write(live.name, tmp_path, "models", "schemas")) as package:
        package.models.metadata.create_all(engine)
    engine.dispose()
    assert live.differences(live.read(database)) == ()


def test_every_kind_of_change_is_found_and_repaired(live: Live) -> None:
    """The change is among what is said, and nothing is left after the repair."""
    failures: list[str] = []
    made = 0
    for mutation in _chosen(live):
        try:
            with live.changed(mutation.sql) as actual:
                failures += _failures(live, mutation, actual)
                made += 1
        except _REFUSALS:
            # The server refuses some changes itself, such as of the type of a column that a view shows.
            continue
    assert failures == []
    assert made >= 25


_REFUSALS = (
    psycopg.errors.NotNullViolation,
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.DependentObjectsStillExist,
    psycopg.errors.InvalidTableDefinition,
    psycopg.errors.DatatypeMismatch,
    psycopg.errors.CannotCoerce,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.UndefinedObject,
)


def _chosen(live: Live) -> Iterator[Mutation]:
    """All, or the first for each attribute of each kind, and for each type where that matters."""
    seen: set[tuple[str, str, object]] = set()
    for mutation in mutations(live.expected):
        shape = live.expected.of(mutation.kind)[mutation.path][0] if mutation.kind == "constraint" else None
        key = mutation.kind, mutation.attribute, shape
        if key not in seen or os.environ.get("ISOTYPE_EVERY_MUTATION"):
            seen.add(key)
            yield mutation


def _failures(live: Live, mutation: Mutation, actual: Facts) -> Iterator[str]:
    found = {(one.kind, one.path, one.attribute) for one in live.differences(actual)}
    if (mutation.kind, mutation.path, mutation.attribute) not in found:
        yield f"{mutation.name}: said {sorted(found)}"
    try:
        live.repair(actual)
    except psycopg.Error as error:
        # The reference rows can refuse a repair that says so, such as a column that none of them has a value for.
        if not any(error.__notes__):
            yield f"{mutation.name}: {error}"
        return
    left = [one for one in live.differences() if one.way != "unmanaged"]
    if left:
        yield f"{mutation.name}: left {left}"
