"""What the loaded database does by itself: defaults, stamps, transitions, keys, indexes, partitions, views."""

from __future__ import annotations

import re
import sqlite3
from decimal import Decimal

import psycopg
import pytest

from tests.engines import ROOT
from tests.engines.postgres import Database
from tests.sql.support import (
    Postgres,
    postgres_sql,
    postgres_takes,
    sqlite_sql,
    sqlite_takes,
    violated,
)

AUTHOR = "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11"
BOOK = f"(author_id, isbn, title, pages) VALUES ('{AUTHOR}', '9780000000001', 'Title', 10)"


def one(cursor: psycopg.Cursor[tuple[object, ...]] | sqlite3.Cursor) -> tuple[object, ...]:
    row = cursor.fetchone()
    assert row is not None
    return tuple(row)


# Defaults and computed values


def test_postgres_defaults(library: Postgres) -> None:
    """A row that gives only what it must receives every default of the schema."""
    wanted = (
        "id, tags, scores, levels, shape, price, metadata, labels, opens::text, host(origin), cover, keyword, number"
    )
    row = one(library.execute(f"INSERT INTO library.books {BOOK} RETURNING {wanted}"))
    assert row == (
        *(1, [], [1, None, 3], [1, 2], "3d-printed", Decimal("9.99")),
        *({"source": ["import", 1, 2.5, True, None]}, {"a": None}, "08:30:00", "192.0.2.1", b"hello", "now", 1),
    )


def test_sqlite_defaults(small_library: sqlite3.Connection) -> None:
    """The same row receives the same defaults in physical form."""
    small_library.execute(f"INSERT INTO library_books {BOOK}")
    wanted = "id, tags, scores, levels, shape, price, labels, opens, lead_time, origin, cover, keyword, old_code"
    assert one(small_library.execute(f"SELECT {wanted} FROM library_books")) == (
        *(1, "[]", "[1,null,3]", "[1,2]", "3d-printed", 999, '{"a":null}', "08:30:00.000000"),
        *("P000000001DT02H00M00.000000S", "192.0.2.1", b"hello", "now", None),
    )
    [created] = one(small_library.execute("SELECT created_at FROM library_books"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z", str(created))


def test_random_uuids(sqlite: sqlite3.Connection) -> None:
    """SQLite makes hyphenated lower-case uuids of version 4, each another."""
    sqlite.executescript(sqlite_sql("entities: {Item: {fields: {id: {type: uuid, key: true, default: uuid}, n: int}}}"))
    sqlite.executemany("INSERT INTO items (n) VALUES (?)", [(n,) for n in range(200)])
    made = {str(row[0]) for row in sqlite.execute("SELECT id FROM items")}
    form = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert len(made) == 200
    assert all(map(form.fullmatch, made))


COMPUTED = """
entities:
  Line:
    fields:
      id:       {type: int, key: true}
      price:    'decimal(8,2)'
      count:    int
      shipped:  {type: bool?}
      total:    {type: 'decimal(18,2)?', computed: price * count}
      is_large: {type: bool?, computed: count > 10 AND shipped}
"""


def test_computed_values_agree(database: Database, sqlite: sqlite3.Connection) -> None:
    """Both databases compute the same value, SQLite in units of the last digit."""
    sqlite.executescript(sqlite_sql(COMPUTED))
    with database.connect() as connection:
        connection.execute(postgres_sql(COMPUTED))
        connection.execute("INSERT INTO lines (id, price, count, shipped) VALUES (1, 19.99, 12, TRUE)")
        assert one(connection.execute("SELECT total, is_large FROM lines")) == (Decimal("239.88"), True)
    sqlite.execute("INSERT INTO lines (id, price, count, shipped) VALUES (1, 1999, 12, 1)")
    assert one(sqlite.execute("SELECT total, is_large FROM lines")) == (23988, 1)


# Constraints by name


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("author_id = gen_random_uuid()", "books_author_id_fkey"),
        ("isbn = 'x'", "chk_isbn_"),
        ("tags = '{A}'", "books_tags_items_check"),
        ("tags = '{a,a}'", "books_tags_items_check"),
        ("levels = '{}'", "chk_book_levels"),
        ("levels = '{2,1}'", "chk_book_levels"),
        ("levels = '{{1,2}}'", "books_levels_guard"),
        ("shape = 'oval'", "books_shape_check"),
        ("pages = 0", "chk_book_pages"),
        ("price = 'NaN'", "grd_book_price"),
        ("price = 0.4", "books_price_check"),
        ("price = 0.6, discount = 1", "chk_prices"),
        ("subtitle = title", "chk_subtitle"),
        ("counters = '{\"a\": -1}'", "books_counters_object_check"),
        ("metadata = 'null'", "books_metadata_guard"),
        ("lead_time = '1 month'", "books_lead_time_guard"),
        ("origin = '192.0.2.0/24'", "books_origin_guard"),
    ],
)
def test_postgres_names_the_constraint(library: Postgres, change: str, constraint: str) -> None:
    """A refusal carries the name of the constraint that refused."""
    library.execute(f"INSERT INTO library.books {BOOK}")
    assert violated(library, f"UPDATE library.books SET {change}").startswith(constraint)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("tags = '[\"A\"]'", "books_tags_items_check"),
        ("levels = '[2,1]'", "chk_book_levels"),
        ("levels = '[]'", "chk_book_levels"),
        ("shape = 'oval'", "books_shape_check"),
        ("price = 49", "books_price_check"),
        ("price = 60, discount = 100", "chk_prices"),
        ("counters = '{\"a\": -1}'", "books_counters_object_check"),
        ("is_available = 2", "books_is_available_guard"),
    ],
)
def test_sqlite_names_the_constraint(small_library: sqlite3.Connection, change: str, constraint: str) -> None:
    """CHECK and trigger alike refuse in the words of a failed CHECK, with its name."""
    small_library.execute(f"INSERT INTO library_books {BOOK}")
    with pytest.raises(sqlite3.IntegrityError, match=f"^CHECK constraint failed: {constraint}$"):
        small_library.execute(f"UPDATE library_books SET {change}")


def test_uniques_and_keys(library: Postgres, small_library: sqlite3.Connection) -> None:
    """Keys, uniques, and unique indexes hold in both databases."""
    library.execute(f"INSERT INTO library.books {BOOK}")
    small_library.execute(f"INSERT INTO library_books {BOOK}")
    other = BOOK.replace("'Title'", "'Other'")
    assert violated(library, f"INSERT INTO library.books {other}") == "uq_books_isbn"
    assert not sqlite_takes(small_library, f"INSERT INTO library_books {other}")
    assert violated(library, f"INSERT INTO library.books {BOOK.replace('01', '02')}") == "uq_books_title"
    assert not sqlite_takes(small_library, f"INSERT INTO library_books {BOOK.replace('01', '02')}")


NULLS = """
entities:
  Pair:
    fields: {id: {type: int, key: true}, a: int?, b: text?}
    uniques: {uq_pairs: {on: [a, b], nulls: not distinct}, uq_loose: [b, id]}
"""


def test_nulls_not_distinct(database: Database, sqlite: sqlite3.Connection) -> None:
    """Two NULLs are the same for such a unique, and none is the same as zero or the empty text."""
    sqlite.executescript(sqlite_sql(NULLS))
    rows = [("NULL, NULL", True), ("0, ''", True), ("NULL, ''", True), ("0, NULL", True), ("NULL, NULL", False)]
    with database.connect() as connection:
        if connection.info.server_version < 150000:
            pytest.skip("NULLS NOT DISTINCT needs PostgreSQL 15")
        connection.execute(postgres_sql(NULLS))
        for number, (values, wanted) in enumerate(rows):
            insert = f"INSERT INTO pairs (id, a, b) VALUES ({number}, {values})"
            assert postgres_takes(connection, insert) == wanted
            assert sqlite_takes(sqlite, insert) == wanted


def test_a_key_without_counter_is_given(sqlite: sqlite3.Connection) -> None:
    """SQLite makes no number up for an integer key that the schema does not count."""
    sqlite.executescript(sqlite_sql("entities: {Plain: {fields: {id: {type: int, key: true}, n: int}}}"))
    assert not sqlite_takes(sqlite, "INSERT INTO plains (n) VALUES (1)")
    assert sqlite_takes(sqlite, "INSERT INTO plains (id, n) VALUES (1, 1)")


def test_a_counter_never_counts_twice(sqlite: sqlite3.Connection) -> None:
    """The number of a deleted row is not given again."""
    schema = "entities: {Plain: {fields: {id: {type: int, key: true, default: identity}, n: int}}}"
    sqlite.executescript(sqlite_sql(schema))
    sqlite.executescript("INSERT INTO plains (n) VALUES (1); DELETE FROM plains; INSERT INTO plains (n) VALUES (1);")
    assert one(sqlite.execute("SELECT id FROM plains")) == (2,)


CYCLE = """
entities:
  Man:
    table: men
    fields: {id: {type: int, key: true, default: identity}, wife: {ref: Woman?, deferrable: true}, name: text}
    rows: [{id: 7, wife: 1, name: Adam}]
  Woman:
    table: women
    fields: {id: {type: int, key: true}, man: {ref: Man, on_delete: cascade}}
    rows: [{id: 1, man: 7}]
"""


def test_tables_that_refer_to_each_other(database: Database, sqlite: sqlite3.Connection) -> None:
    """Their reference rows load, their keys hold, and counting goes on after the rows."""
    sqlite.executescript(sqlite_sql(CYCLE))
    with database.connect() as connection:
        connection.execute(postgres_sql(CYCLE))
        assert one(connection.execute("INSERT INTO men (name) VALUES ('Eve') RETURNING id")) == (8,)
        assert violated(connection, "UPDATE men SET wife_id = 9") == "men_wife_id_fkey"
    sqlite.execute("INSERT INTO men (name) VALUES ('Eve')")
    assert one(sqlite.execute("SELECT max(id) FROM men")) == (8,)
    assert not sqlite_takes(sqlite, "UPDATE men SET wife_id = 9")


SHARED_COLUMN = """
entities:
  Place:
    key: [town, number]
    fields: {town: string(10), number: int, near: int?}
    references:
      neighbour: {to: Place, on: {town: town, near: number}, on_delete: set null, back: neighbours}
"""


def _settle(database: Postgres | sqlite3.Connection) -> None:
    """Places in two towns: 2 and 3 of `a` lie near 1, and so does 2 of `b`."""
    database.execute("INSERT INTO places VALUES ('a', 1, NULL), ('b', 1, NULL)")
    database.execute("INSERT INTO places VALUES ('a', 2, 1), ('a', 3, 1), ('b', 2, 1)")


@pytest.mark.parametrize("engine", ["postgres", "sqlite"])
def test_a_reference_loses_what_may_be_null(engine: str, database: Database, sqlite: sqlite3.Connection) -> None:
    """Of a reference over several columns, a deleted target nulls those that may be; rows of other keys stay."""
    if engine == "sqlite":
        sqlite.executescript(sqlite_sql(SHARED_COLUMN))
        _settle(sqlite)
        sqlite.execute("DELETE FROM places WHERE town = 'a' AND number <= 2")
        assert not sqlite_takes(sqlite, "INSERT INTO places VALUES ('a', 4, 2)")
        rows = sqlite.execute("SELECT town, number, near FROM places ORDER BY 1, 2").fetchall()
    else:
        if database.server.major < 15:
            pytest.skip("the file needs version 15, as its ledger says")
        with database.connect() as connection:
            connection.execute(postgres_sql(SHARED_COLUMN))
            _settle(connection)
            connection.execute("DELETE FROM places WHERE town = 'a' AND number <= 2")
            assert not postgres_takes(connection, "INSERT INTO places VALUES ('a', 4, 2)")
            rows = connection.execute("SELECT town, number, near FROM places ORDER BY 1, 2").fetchall()
    assert rows == [("a", 3, None), ("b", 1, None), ("b", 2, 1)]


# Stamps


def test_postgres_stamp(library: Postgres) -> None:
    """Every UPDATE sets the stamped column, whatever it says itself."""
    library.execute("UPDATE library.authors SET updated_at = '2000-01-01Z'")
    [is_current] = one(library.execute("SELECT updated_at > now() - interval '1 minute' FROM library.authors"))
    assert is_current


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_sqlite_stamp(small_library: sqlite3.Connection, recursive: str) -> None:
    """The trigger stamps, and ends, also where triggers are recursive."""
    small_library.execute(f"PRAGMA recursive_triggers = {recursive}")
    old = "2000-01-01T00:00:00.000000Z"
    small_library.execute(f"UPDATE library_authors SET created_at = '{old}'")
    for change in (f"updated_at = '{old}'", "display_name = 'Other'", f"display_name = 'Third', updated_at = '{old}'"):
        small_library.execute(f"UPDATE library_authors SET {change}")
        [stamp] = one(small_library.execute("SELECT updated_at FROM library_authors"))
        assert str(stamp) > "2020"


# Transitions

LOANS = "INSERT INTO {} (library_code, number, book_id, state, phase) VALUES ('x', {}, 1, '{}', '{}')"


def test_postgres_transitions(library: Postgres) -> None:
    """A start or move that is not listed is refused with one SQLSTATE and the trigger's name."""
    library.execute(f"INSERT INTO library.books {BOOK}")
    library.execute(LOANS.format("library.loans", 1, "active", "a"))
    library.execute("UPDATE library.loans SET state = 'active', phase = 'b'")
    for statement, name in (
        (LOANS.format("library.loans", 2, "returned", "a"), "loans_state_transitions"),
        (LOANS.format("library.loans", 2, "pending", "b"), "loans_phase_transitions"),
        ("UPDATE library.loans SET state = 'pending'", "loans_state_transitions"),
        ("UPDATE library.loans SET phase = 'a'", "loans_phase_transitions"),
    ):
        with pytest.raises(psycopg.Error) as raised:
            library.execute(statement)
        assert (raised.value.sqlstate, raised.value.diag.constraint_name) == ("IS001", name)
        assert raised.value.diag.table_name == "loans"
    library.execute("UPDATE library.loans SET state = 'returned', phase = 'c'")


def test_sqlite_transitions(small_library: sqlite3.Connection) -> None:
    """The same moves, refused with the trigger's name."""
    small_library.execute(f"INSERT INTO library_books {BOOK}")
    small_library.execute(LOANS.format("library_loans", 1, "active", "a"))
    small_library.execute("UPDATE library_loans SET state = 'active', phase = 'b'")
    for statement, name in (
        (LOANS.format("library_loans", 2, "returned", "a"), "loans_state_transitions"),
        (LOANS.format("library_loans", 2, "pending", "b"), "loans_phase_transitions"),
        ("UPDATE library_loans SET state = 'pending'", "loans_state_transitions"),
        ("UPDATE library_loans SET phase = 'a'", "loans_phase_transitions"),
    ):
        with pytest.raises(sqlite3.IntegrityError, match=f"^{name}$"):
            small_library.execute(statement)
    small_library.execute("UPDATE library_loans SET state = 'returned', phase = 'c'")


FREE = """
enums: {State: [open, shut]}
entities:
  Door:
    fields:
      id: {type: int, key: true}
      state: {type: State?, transitions: {open: [shut], shut: []}}
"""


def test_transitions_of_a_nullable_field(database: Database, sqlite: sqlite3.Connection) -> None:
    """NULL is a field that has not started: it may become any start, and nothing becomes NULL again."""
    sqlite.executescript(sqlite_sql(FREE))
    with database.connect() as connection:
        connection.execute(postgres_sql(FREE))
        for number, (first, then, wanted) in enumerate(
            [("NULL", "'shut'", True), ("NULL", "NULL", True), ("'open'", "NULL", False), ("'shut'", "'open'", False)]
        ):
            insert = f"INSERT INTO doors VALUES ({number}, {first})"
            update = f"UPDATE doors SET state = {then} WHERE id = {number}"
            connection.execute(insert)
            sqlite.execute(insert)
            assert (violated(connection, update) == "") == wanted
            assert sqlite_takes(sqlite, update) == wanted


PARTITIONED_STATES = """
enums: {State: [open, shut, lost]}
entities:
  Ticket:
    partition: {by: at, every: month, from: 2025-01-01, count: 2}
    fields:
      id: {type: int, key: true}
      at: timestamp
      state: {type: State, default: open, transitions: {open: [shut], shut: [], lost: []}}
"""
TICKET = "INSERT INTO tickets (id, at, state) VALUES ({}, '{} 12:00Z', '{}')"


def test_transitions_of_a_partitioned_table(database: Database) -> None:
    """A row that moves between partitions is no new row; new ones and moves are refused in every partition."""
    refused = "tickets_state_transitions"
    with database.connect() as connection:
        connection.execute(postgres_sql(PARTITIONED_STATES).encode())
        connection.execute(TICKET.format(1, "2025-01-05", "open"))
        connection.execute("UPDATE tickets SET state = 'shut'")
        assert violated(connection, "UPDATE tickets SET at = '2025-02-05 12:00Z'") == ""
        assert violated(connection, "UPDATE tickets SET at = '2030-01-05 12:00Z'") == ""
        assert violated(connection, "UPDATE tickets SET at = '2025-01-05 12:00Z', state = 'open'") == refused
        for day in ("2025-01-05", "2025-02-05", "2030-01-05"):
            assert violated(connection, TICKET.format(2, day, "shut")) == refused
        assert violated(connection, TICKET.format(2, "2025-02-05", "open")) == ""
        assert connection.execute("SELECT tableoid::regclass::text, state FROM tickets ORDER BY id").fetchall() == [
            ("tickets_default", "shut"),
            ("tickets_y2025m02", "open"),
        ]


# Computed values

REQUEST = """
INSERT INTO compression_requests
    (algorithm_id, content_hash, content_size_bytes, compression_level, status, started_at, completed_at,
     compressed_size_bytes)
VALUES ('7da3c0dd-4057-5f94-b901-7421432418d3', '{}', {}, 6, 'pending', NULL, NULL, NULL)
"""
FINISHED = """
UPDATE compression_requests SET status = 'cached', compressed_size_bytes = {},
    started_at = '9999-01-01T00:00:00.000000Z', completed_at = '9999-01-01T00:00:00.000000Z'
WHERE content_size_bytes = {}
"""


def test_the_reference_domain_computes_everywhere(database: Database, sqlite: sqlite3.Connection) -> None:
    """Both databases compute what a request saved, also where the result is much larger than the content."""
    text = (ROOT / "schema" / "compression.yaml").read_text(encoding="utf-8")
    sqlite.executescript(sqlite_sql(text))
    sizes = {2: 23, 3: 2, 7: 99_999_999, 40_000_000: 39_999_999, 1: 99_999_999}
    asked = "SELECT savings_bytes, savings_percent FROM compression_requests ORDER BY content_size_bytes"
    with database.connect() as connection:
        connection.execute(postgres_sql(text).encode())
        for size, result in sizes.items():
            for statement in (REQUEST.format("0" * 64, size), FINISHED.format(result, size)):
                connection.execute(statement.encode())
                sqlite.execute(statement)
        computed = [(saved, int(percent * 100)) for saved, percent in connection.execute(asked).fetchall()]
    assert sqlite.execute(asked).fetchall() == computed
    assert computed[1:3] == [(-21, -105000), (1, 3333)]


# Rules that only a trigger can judge on SQLite

RULES = """
entities:
  Box:
    fields: {id: {type: int, key: true}, sizes: 'int[]', most: int?}
    rules:
      fits: most >= ALL (sizes)
      both: cardinality(sizes) > 0 AND most <> ANY (sizes)
"""


def test_rules_over_items(database: Database, sqlite: sqlite3.Connection) -> None:
    """A rule over the items of an array gets one verdict from both, in INSERT and UPDATE."""
    sqlite.executescript(sqlite_sql(RULES))
    with database.connect() as connection:
        connection.execute(postgres_sql(RULES))
        cases = [([1, 2], 2, True), ([1, 3], 2, False), ([], 2, False), ([1], "NULL", True), ([2], 2, False)]
        for number, (sizes, most, wanted) in enumerate(cases):
            array = "'{" + ",".join(map(str, sizes)) + "}'"
            insert = f"INSERT INTO boxes (id, sizes, most) VALUES ({number}, {{}}, {most})"
            assert postgres_takes(connection, insert.format(array)) == wanted
            assert sqlite_takes(sqlite, insert.format(f"'{sizes}'")) == wanted
    assert not sqlite_takes(sqlite, "UPDATE boxes SET most = 1 WHERE id = 0")


# Partitions


def partitions(connection: Postgres) -> list[str]:
    parent = "library.system_metrics"
    query = f"SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = '{parent}'::regclass ORDER BY 1"
    return [str(name).removeprefix(f"{parent}_") for (name,) in connection.execute(query)]


def test_partition_maintenance(library: Postgres) -> None:
    """The function creates ahead of the instant it is given, keeps early rows, and drops what is too old."""
    insert = "INSERT INTO library.system_metrics (name, recorded_at) VALUES ('m', '{}')"
    for instant in (
        "2025-10-01T00:00:00Z",
        "2025-12-31T23:59:59.999999Z",
        "2026-02-10T00:00:00Z",
        "2025-09-30T23:00:00Z",
    ):
        library.execute(insert.format(instant))
    library.execute("SET timezone = 'America/New_York'; SET datestyle = 'SQL, DMY'")
    library.execute("SELECT library.maintain_system_metrics('2025-12-31T23:59:59Z')")
    assert partitions(library) == ["default", "y2025m10", "y2025m11", "y2025m12", "y2026m01", "y2026m02", "y2026m03"]
    count = "SELECT count(*) FROM library.system_metrics_{}"
    assert one(library.execute(count.format("y2026m02"))) == (1,)
    assert one(library.execute(count.format("default"))) == (0,)
    library.execute("SELECT library.maintain_system_metrics('2026-03-30T00:00:00Z')")
    assert partitions(library)[:2] == ["default", "y2025m12"]
    library.execute("SELECT library.maintain_system_metrics('2026-03-30T00:00:00Z')")
    assert partitions(library)[-1] == "y2026m06"


LONG = "a_table_whose_name_is_as_long_as_a_name_can_be_in_this_place_x"
LENGTHS = {"days": "date", "weeks": "local_timestamp", "years": "timestamp", LONG: "date"}


def test_partitions_of_other_lengths(database: Database) -> None:
    """Days, weeks and years continue what the file began, under names shortened alike."""
    entities = "".join(
        f"  P{number}: {{table: {table}, fields: {{day: {kind}, n: int, m: {{type: int?, computed: n + 1}}}},"
        f" partition: {{by: day, every: {table[:-1] if table != LONG else 'day'}, from: 2024-01-01, count: 2}}}}\n"
        for number, (table, kind) in enumerate(LENGTHS.items())
    )
    children = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass ORDER BY 1"
    with database.connect() as connection:
        connection.execute(postgres_sql(f"entities:\n{entities}"))

        def after(table: str, day: str) -> list[str]:
            function = table if table != LONG else "%"
            query = "SELECT proname FROM pg_proc WHERE proname LIKE %s AND prosrc LIKE %s"
            [name] = one(connection.execute(query, [f"maintain_{function}", f"%LIKE {table}'%"]))
            connection.execute(f"INSERT INTO {table} (day, n) VALUES ('{day}', 1)")
            connection.execute(f"SELECT {name}('{day}T12:00:00Z')")
            return [str(row[0]).removeprefix(f"{table}_") for row in connection.execute(children, [table])]

        days = ["y2024m01d01", "y2024m01d02", "y2024m01d03", "y2024m01d04", "y2024m01d05"]
        assert after("days", "2024-01-03") == ["default", *days]
        weeks = ["y2024m01d01", "y2024m01d08", "y2024m01d15", "y2024m01d22", "y2024m01d29"]
        assert after("weeks", "2024-01-15") == ["default", *weeks]
        assert after("years", "2025-06-30") == ["default", "y2024", "y2025", "y2026", "y2027"]
        before = {str(row[0]) for row in connection.execute(children, [LONG])}
        assert len(before) == 3
        assert before < set(after(LONG, "2024-01-01"))


# Views


def test_materialized_view_refresh(library: Postgres) -> None:
    """The emitted function brings the view up to date, populated or not."""
    library.execute("INSERT INTO library.system_metrics (name, recorded_at, cpu) VALUES ('m', '2025-10-01Z', 50)")
    library.execute("SELECT library.refresh_metrics_last_hour()")
    assert one(library.execute("SELECT avg_cpu FROM library.metrics_last_hour")) == (Decimal("50.00"),)
    library.execute("REFRESH MATERIALIZED VIEW library.metrics_last_hour WITH NO DATA")
    library.execute("SELECT library.refresh_metrics_last_hour()")
    assert one(library.execute("SELECT count(*) FROM library.metrics_last_hour")) == (1,)
    assert one(library.execute("SELECT count(*) FROM library.open_book")) == (0,)


def test_sqlite_view(small_library: sqlite3.Connection) -> None:
    """A materialized view is a plain one on SQLite."""
    small_library.execute(
        "INSERT INTO library_system_metrics (name, recorded_at, cpu) VALUES ('m', '2025-10-01T00:00:00.000000Z', 5000)"
    )
    assert one(small_library.execute("SELECT minute, avg_cpu FROM library_metrics_last_hour")) == (
        "2025-10-01T00:00",
        5000,
    )
