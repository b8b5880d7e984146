"""What differs between two databases of hypertables, and its repair."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from isotype.catalog.comparison import compare, repair
from isotype.catalog.postgres import read
from isotype.catalog.postgres.rows import RowsOf
from tests.engines.postgres import Database
from tests.timescale.test_hypertables import load

pytestmark = pytest.mark.timescale

TABLE = ("infrastructure", "system_metrics")
CHANGES = {
    "interval": "SELECT set_chunk_time_interval('infrastructure.system_metrics', INTERVAL '3 days')",
    "": "ALTER TABLE infrastructure.system_metrics RENAME TO old;"
    "CREATE TABLE infrastructure.system_metrics (LIKE infrastructure.old INCLUDING ALL);"
    "DROP TABLE infrastructure.old CASCADE",
}


@pytest.mark.parametrize("attribute", CHANGES)
def test_a_change_of_chunks_is_found_and_repaired(chunked: Database, attribute: str) -> None:
    """The hypertable is named, and after the repair nothing differs."""
    with chunked.connect() as connection:
        load(connection)
        schemas = ("public", "infrastructure")
        expected = read(connection, schemas)
        assert TABLE in expected.of("hypertable")
        assert compare(expected, read(connection, schemas)) == ()
        with connection.transaction(force_rollback=True):
            connection.execute(CHANGES[attribute].encode())
            actual = read(connection, schemas)
            found = compare(expected, actual)
            assert ("hypertable", TABLE, attribute) in {(one.kind, one.path, one.attribute) for one in found}
            for statement in repair(found, expected, actual):
                connection.execute(statement.sql.encode())
            assert compare(expected, read(connection, schemas)) == ()


def test_hypertables_and_rows_are_one_query(chunked: Database) -> None:
    """With TimescaleDB and reference rows a database is read in nine queries; the run itself asks one more."""
    asked: list[object] = []

    class Counting(psycopg.Cursor[Any]):
        def execute(self, query: Any, *given: Any, **options: Any) -> Any:
            asked.append(query)
            return super().execute(query, *given, **options)

    with chunked.connect() as connection:
        load(connection)
        connection.execute("CREATE TABLE public.units (code text PRIMARY KEY, name text)")
        connection.execute("INSERT INTO public.units VALUES ('m', 'metre'), ('s', NULL)")
        connection.cursor_factory = Counting
        facts = read(connection, ("public", "infrastructure"), rows=[RowsOf("public", "units", ("code",), ("name",))])
    assert TABLE in facts.of("hypertable")
    assert facts.of("row")["public", "units", '{"code" : "s"}'] == ('{"name" : null}',)
    assert len(asked) <= 9
