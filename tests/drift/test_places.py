"""Every object of a database is traced to the line of the schema that says what it is."""

from __future__ import annotations

import json

import pytest

from isotype import tables
from isotype.catalog import sqlite
from isotype.catalog.facts import Facts
from isotype.catalog.postgres import read
from isotype.drift.places import Places
from isotype.drift.source import own_rows, own_schemas
from isotype.drift.targets import POSTGRES, SQLITE
from tests.domains.conftest import SCHEMAS, rendered, require_extensions, understood
from tests.engines import ROOT
from tests.engines.postgres import Database

NOT_THEIRS = ("schema", "extension")
"""Kinds that the whole schema is the place of."""


def lines(name: str) -> list[str]:
    return (ROOT / SCHEMAS[name]).read_text().splitlines()


def unplaced(name: str, places: Places, facts: Facts) -> list[str]:
    """The objects for which nothing nearer than the name of the domain is found."""
    whole = understood(name).place
    return [
        f"{kind} {'.'.join(path)}"
        for kind, objects in facts.objects.items()
        for path in objects
        if kind not in NOT_THEIRS and places.of(kind, path) == whole
    ]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_objects_of_postgres_have_their_places(name: str, database: Database) -> None:
    """In the database of every domain all objects have a place but the helpers, and what raw SQL makes."""
    require_extensions(name, database.server)
    made = tables.project(understood(name))
    with database.connect() as connection:
        connection.execute(rendered(name).files["sql", "postgres.sql"].encode())
        facts = read(connection, own_schemas(made), rows=own_rows(made))
    places = Places(made, POSTGRES)
    helpers = tuple(f"function {schema}.{made.prefix}" for schema in own_schemas(made))
    raw = " ".join(part.postgres for part in made.raw_sql)
    left = [said for said in unplaced(name, places, facts) if not said.startswith(helpers)]
    assert [said for said in left if said.split(".")[-1].partition("(")[0] not in raw] == []


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_objects_of_sqlite_have_their_places(name: str) -> None:
    """In an SQLite database of every domain all tables, columns, constraints and triggers have a place."""
    made = tables.project(understood(name))
    facts = sqlite.load(rendered(name).files["sql", "sqlite.sql"])
    raw = " ".join(part.sqlite for part in made.raw_sql)
    left = [said for said in unplaced(name, Places(made, SQLITE), facts) if said.split(".")[-1] not in raw]
    assert [said for said in left if not said.startswith("index")] == []


@pytest.mark.parametrize("engine", [POSTGRES, SQLITE])
@pytest.mark.parametrize("name", ["library", "compression"])
def test_row_leads_to_its_line(name: str, engine: str, database: Database) -> None:
    """The place of a reference row is where the schema gives it, not its table's."""
    require_extensions(name, database.server)
    made = tables.project(understood(name))
    if engine == SQLITE:
        facts = sqlite.load(rendered(name).files["sql", "sqlite.sql"], own_rows(made, SQLITE))
    else:
        with database.connect() as connection:
            connection.execute(rendered(name).files["sql", "postgres.sql"].encode())
            facts = read(connection, own_schemas(made), rows=own_rows(made))
    places, text = Places(made, engine), lines(name)
    assert facts.of("row")
    for path in facts.of("row"):
        place = places.of("row", path)
        key = str(next(iter(json.loads(path[2]).values())))
        assert key in " ".join(text[place.line - 1 : place.line + 1]), (path, place)


def test_column_leads_to_its_field() -> None:
    """The place of a column is the line of its field, of a guard the same, of a rule the rule's."""
    made = tables.project(understood("library"))
    text = lines("library")
    for table in made.tables:
        schema = table.schema or "public"
        for column in table.columns:
            place = Places(made).of("column", (schema, table.name, column.name))
            assert place == column.place
            assert column.field in text[place.line - 1] or place.line == table.place.line or place != table.place
            if column.guard:
                assert Places(made).of("constraint", (schema, table.name, column.guard)) == place
        for check in table.checks:
            assert Places(made).of("constraint", (schema, table.name, check.name)) == check.place
