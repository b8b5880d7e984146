"""A catalog is read with a fixed number of queries, and a transaction that is open stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from isotype.catalog.comparison import compare, repair
from isotype.catalog.postgres import read
from isotype.catalog.postgres.queries import ATTRIBUTES
from isotype.catalog.postgres.rows import RowsOf
from tests.catalog.shop import SCHEMAS, SHOP, Connection, Live
from tests.engines.postgres import Database, PostgresError, Server


def test_ten_queries_are_enough(shop: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their number does not depend on what there is; TimescaleDB adds the tenth."""
    asked: list[object] = []
    execute: Callable[..., Any] = psycopg.Cursor.execute

    def counted(cursor: object, query: object, *others: object) -> object:
        asked.append(query)
        return execute(cursor, query, *others)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    shop.read()
    assert len(asked) == 9


def test_every_object_has_every_attribute(shop: Live) -> None:
    """As many values as its kind has attributes."""
    for kind, objects in shop.expected.objects.items():
        assert {len(values) for values in objects.values()} == {len(ATTRIBUTES[kind])}


def test_an_open_transaction_keeps_its_settings(shop: Live) -> None:
    """Reading changes neither the search path nor what was done before."""
    with shop.changed("SET LOCAL search_path = depot; CREATE TABLE mine ()") as actual:
        assert ("depot", "mine") in actual.of("table")
        assert shop.connection.execute("SHOW search_path").fetchone() == ("depot",)
        assert shop.connection.execute("SELECT 'mine'::regclass::text").fetchone() == ("mine",)


def test_reading_leaves_no_transaction(shop: Live) -> None:
    """A connection of its own is as free as before."""
    shop.read()
    assert shop.connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_only_declared_rows_and_columns_are_read(shop: Live) -> None:
    """Other rows are nobody's business; a table or a column that is gone is said as that."""
    with shop.changed("INSERT INTO countries VALUES ('IT', 'Italy', 1); ALTER TABLE countries ADD more text") as actual:
        assert len(actual.of("row")) == 2
    with shop.changed("ALTER TABLE countries DROP COLUMN area") as actual:
        assert [(one.kind, one.attribute) for one in shop.differences(actual)] == [("column", "")]
    with shop.changed("DROP TABLE countries") as actual:
        assert [(one.kind, one.attribute) for one in shop.differences(actual)] == [("table", "")]
        shop.repair(actual)
        assert shop.differences() == ()


def _said_and_repaired(connection: Connection, before: str, change: str) -> list[tuple[str, str, str]]:
    """What is said of a change outside a transaction; its repair takes it back."""
    connection.execute(before.encode())
    expected = read(connection, SCHEMAS)
    connection.execute(change.encode())
    actual = read(connection, SCHEMAS)
    found = compare(expected, actual)
    for statement in repair(found, expected, actual):
        connection.execute(statement.sql.encode())
    left = [one for one in compare(expected, read(connection, SCHEMAS)) if one.way != "unmanaged"]
    assert left == []
    return [(one.kind, one.attribute, one.way) for one in found]


def test_a_partition_that_is_being_detached(database: Database) -> None:
    """A detachment that was interrupted is a difference of the partition; it is finished, and undone."""
    with database.connect() as connection, database.connect() as reader:
        connection.execute(SHOP.read_bytes())
        connection.execute("DROP TABLE depot.events_default")
        with reader.transaction():
            reader.execute("SELECT FROM depot.events")
            connection.execute("SET statement_timeout = 300")
            with pytest.raises(psycopg.errors.QueryCanceled):
                connection.execute("ALTER TABLE depot.events DETACH PARTITION depot.events_y2025m01 CONCURRENTLY")
            connection.execute("SET statement_timeout = 0")
        pending = read(connection, SCHEMAS)
        connection.execute("ALTER TABLE depot.events DETACH PARTITION depot.events_y2025m01 FINALIZE")
        connection.execute(
            "ALTER TABLE depot.events ATTACH PARTITION depot.events_y2025m01"
            " FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2025-02-01 00:00:00+00')"
        )
        found = compare(read(connection, SCHEMAS), pending)
        assert {(one.path, one.attribute) for one in found} == {(("depot", "events_y2025m01"), "detached")}
        statements = repair(found, read(connection, SCHEMAS), pending)
        assert [statement.sql.split(" FOR ")[0] for statement in statements] == [
            "ALTER TABLE depot.events DETACH PARTITION depot.events_y2025m01 FINALIZE",
            "ALTER TABLE depot.events ATTACH PARTITION depot.events_y2025m01",
        ]


def test_an_event_trigger_is_unmanaged(shop: Live) -> None:
    """It belongs to no schema, but its function does."""
    sql = (
        "CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        "CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION watch()"
    )
    with shop.changed(sql) as actual:
        found = {(one.kind, one.path, one.way) for one in shop.differences(actual)}
        trigger = ("event trigger", ("watching",), "unmanaged")
        assert found == {trigger, ("function", ("public", "watch()"), "unmanaged")}


NEW = {
    "not null that is not valid": (
        "CREATE TABLE t (a int NOT NULL)",
        "ALTER TABLE t ALTER COLUMN a DROP NOT NULL, ADD CONSTRAINT n NOT NULL a NOT VALID",
        ("column", "not_null", "different"),
    ),
    "not null that is not inherited": (
        "CREATE TABLE t (a int NOT NULL)",
        "ALTER TABLE t ALTER COLUMN a DROP NOT NULL, ADD CONSTRAINT n NOT NULL a NO INHERIT",
        ("column", "not_null", "different"),
    ),
    "virtual instead of stored": (
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED)",
        "ALTER TABLE t DROP COLUMN b, ADD COLUMN b int GENERATED ALWAYS AS (a + 1) VIRTUAL",
        ("column", "generated", "different"),
    ),
    "check that is not enforced": (
        "CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0))",
        "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED",
        ("constraint", "enforced", "different"),
    ),
    "key without overlaps": (
        "CREATE TABLE t (a int4range, b daterange, CONSTRAINT c UNIQUE (a, b))",
        "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c UNIQUE (a, b WITHOUT OVERLAPS)",
        ("constraint", "period", "different"),
    ),
}


@pytest.mark.parametrize(("before", "change", "said"), NEW.values(), ids=list(NEW))
def test_what_version_18_brought(
    postgres_of: Callable[[int], Server], before: str, change: str, said: tuple[str, str, str]
) -> None:
    """It is read, named and repaired."""
    try:
        server = postgres_of(18)
    except PostgresError as error:
        pytest.skip(str(error))
    name = server.create_database()
    with Database(server, name).connect() as connection:
        assert said in _said_and_repaired(connection, before, change)
    server.drop_database(name)


def test_rows_are_made_after_those_they_refer_to(database: Database) -> None:
    """The order of tables is not the alphabet's."""
    tables = (
        "CREATE TABLE countries (code text PRIMARY KEY);"
        "CREATE TABLE cities (name text PRIMARY KEY, country text NOT NULL REFERENCES countries)"
    )
    rows = (RowsOf("public", "cities", ("name",), ("country",)), RowsOf("public", "countries", ("code",), ()))
    with database.connect() as connection:
        connection.execute(tables.encode())
        connection.execute("INSERT INTO countries VALUES ('FR'); INSERT INTO cities VALUES ('Lyon', 'FR')")
        expected = read(connection, ("public",), rows=rows)
        connection.execute("DELETE FROM cities; DELETE FROM countries")
        actual = read(connection, ("public",), rows=rows)
        for statement in repair(compare(expected, actual), expected, actual):
            connection.execute(statement.sql.encode())
        assert compare(expected, read(connection, ("public",), rows=rows)) == ()
