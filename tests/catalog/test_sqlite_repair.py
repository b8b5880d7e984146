"""The script that repairs: what it keeps, what it refuses to do, and that it loses nothing where it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from isotype.catalog.comparison import compare, repair
from isotype.catalog.differences import Statement
from isotype.catalog.facts import Facts
from isotype.catalog.rows import RowsOf, declared_rows
from isotype.catalog.sqlite import load, read
from tests.catalog.sqlite_suite import expected, text

SHOP = """
CREATE TABLE customers (
    id   INTEGER NOT NULL CONSTRAINT customers_pkey PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    size INTEGER NOT NULL DEFAULT 1,
    twice INTEGER GENERATED ALWAYS AS (size * 2) STORED,
    CONSTRAINT customers_name_key UNIQUE (name),
    CONSTRAINT customers_size_check CHECK (size > 0)
) STRICT;
CREATE TABLE orders (
    number      INT NOT NULL,
    customer_id INTEGER NOT NULL,
    note        TEXT,
    CONSTRAINT orders_pkey PRIMARY KEY (number),
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
    CONSTRAINT orders_note_check CHECK (length(note) <= 5)
) STRICT;
CREATE INDEX orders_customer ON orders (customer_id);
CREATE VIEW big AS SELECT * FROM customers WHERE size > 5;
CREATE TRIGGER big_insert INSTEAD OF INSERT ON big BEGIN INSERT INTO customers (name, size) VALUES (NEW.name, 6); END;
CREATE TRIGGER orders_count AFTER INSERT ON orders
BEGIN UPDATE customers SET size = size + 1 WHERE id = NEW.customer_id; END;
"""
ROWS = """
INSERT INTO customers (id, name, size) VALUES (3, 'Ada', 1), (9, 'Bob', 6), (20, 'gone', 1);
INSERT INTO orders VALUES (1, 3, 'one'), (2, 9, NULL);
DELETE FROM customers WHERE id = 20;
"""


@pytest.fixture
def shop() -> Facts:
    return load(SHOP)


def live(*changes: tuple[str, str], rows: str = ROWS) -> sqlite3.Connection:
    """The shop with rows, pieces of its text being others; foreign keys enforced as an application has them."""
    sql = SHOP
    for before, after in changes:
        assert before in sql
        sql = sql.replace(before, after)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(sql + rows)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def statements(connection: sqlite3.Connection, shop: Facts, destructive: bool = False) -> list[Statement]:
    found = read(connection)
    return [it for it in repair(compare(shop, found), shop, found) if destructive or not it.destructive]


def run(connection: sqlite3.Connection, script: list[Statement]) -> None:
    """As a tool does that stops at the first error."""
    connection.executescript(";\n".join(statement.sql for statement in script if statement.sql))


def run_on(connection: sqlite3.Connection, script: list[Statement]) -> list[str]:
    """As a tool does that goes on after errors, and closes the connection at the end; the errors."""
    errors = []
    for statement in script:
        try:
            connection.execute(statement.sql)
        except sqlite3.Error as error:
            errors.append(str(error))
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    return errors


def rows(connection: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    return [
        connection.execute("SELECT id, name, size, twice FROM customers ORDER BY id").fetchall(),
        connection.execute("SELECT number, customer_id, note FROM orders ORDER BY number").fetchall(),
    ]


def test_rows_survive_a_table_made_anew(shop: Facts) -> None:
    """Rows, what refers to them, the next number, and what a transaction was."""
    with closing(live(("CHECK (size > 0)", "CHECK (size > -1)"))) as connection:
        before = rows(connection)
        run(connection, statements(connection, shop))
        assert compare(shop, read(connection)) == ()
        assert rows(connection) == before
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("INSERT INTO customers (name) VALUES ('Cleo') RETURNING id").fetchall() == [(21,)]
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM customers WHERE id = 3")
        assert rows(connection)[1] == [(2, 9, None)]


def test_a_missing_column_is_added_with_its_constraints(shop: Facts) -> None:
    """By ALTER TABLE where SQLite takes it: the table is not made anew."""
    with closing(
        live(
            ("    note        TEXT,\n", ""),
            (",\n    CONSTRAINT orders_note_check CHECK (length(note) <= 5)", ""),
            rows=ROWS.replace(", 'one'", "").replace(", NULL", ""),
        )
    ) as connection:
        script = statements(connection, shop)
        assert [it.sql for it in script if "orders" in it.sql] == [
            "ALTER TABLE orders ADD COLUMN note TEXT\n    CONSTRAINT orders_note_check CHECK (length(note) <= 5)"
        ]
        run(connection, script)
        assert compare(shop, read(connection)) == ()
        assert rows(connection)[1] == [(1, 3, None), (2, 9, None)]


def test_what_nobody_expects_is_kept_until_somebody_says_so(shop: Facts) -> None:
    """A table made anew has its further columns, constraints, indexes and triggers; dropping them is destructive."""
    more = """
        ALTER TABLE orders ADD COLUMN extra VARCHAR(20) CHECK (extra <> 'no');
        UPDATE orders SET extra = 'kept';
        CREATE INDEX orders_extra ON orders (extra);
        CREATE TRIGGER orders_extra AFTER DELETE ON orders BEGIN SELECT 1; END;
        CREATE TRIGGER big_delete INSTEAD OF DELETE ON big BEGIN SELECT 1; END;
    """
    lax = ("CHECK (length(note) <= 5)\n) STRICT", "CHECK (length(note) <= 6)\n)")
    with closing(live(lax, ("size > 5", "size > 4"), rows=ROWS + more)) as connection:
        run(connection, statements(connection, shop))
        left = compare(shop, read(connection))
        assert {(it.kind, it.path[-1], it.way) for it in left} == {
            ("column", "extra", "extra"),
            ("constraint", "check (extra <> 'no')", "extra"),
            ("index", "orders_extra", "extra"),
            ("trigger", "orders_extra", "extra"),
            ("trigger", "big_delete", "extra"),
        }
        assert connection.execute("SELECT DISTINCT extra FROM orders").fetchall() == [("kept",)]
        before = rows(connection)
        run(connection, statements(connection, shop, destructive=True))
        assert compare(shop, read(connection)) == ()
        assert rows(connection) == before


def test_an_unmanaged_table_is_left_alone(shop: Facts) -> None:
    """Nothing is said of it but that it is there, also where it refers to a table that is made anew."""
    other = "CREATE TABLE other (c INTEGER REFERENCES customers (id)); INSERT INTO other VALUES (3);"
    with closing(live(("CHECK (size > 0)", "CHECK (1)"), rows=ROWS + other)) as connection:
        script = statements(connection, shop, destructive=True)
        run(connection, script)
        assert [it.way for it in compare(shop, read(connection))] == ["unmanaged"]
        assert connection.execute("SELECT c FROM other").fetchall() == [(3,)]
        assert not any("other" in it.sql.split() for it in script)


REFUSED = {
    "null": (("name TEXT NOT NULL", "name TEXT"), "INSERT INTO customers (name) VALUES (NULL)"),
    "check": (("CHECK (size > 0)", "CHECK (1)"), "INSERT INTO customers (name, size) VALUES ('zero', 0)"),
    "unique": (("UNIQUE (name)", "CHECK (2)"), "INSERT INTO customers (name) VALUES ('Ada')"),
    "type": (("size INTEGER", "size ANY"), "INSERT INTO customers (name, size) VALUES ('much', 'many')"),
    "reference": (
        (
            "CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE",
            "CHECK (3)",
        ),
        "INSERT INTO orders VALUES (3, 77, NULL)",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("stops", [True, False])
def test_what_the_rows_refuse_changes_nothing(name: str, stops: bool, shop: Facts) -> None:
    """Whether the tool stops at the first error or goes on, every row and every table is as it was."""
    change, row = REFUSED[name]
    with closing(live(change, rows=f"{ROWS}; {row};")) as connection:
        before, facts = rows(connection), read(connection)
        script = statements(connection, shop)
        assert any("decide" in it.note for it in script)
        if stops:
            with pytest.raises(sqlite3.Error):
                run(connection, script)
            with suppress(sqlite3.OperationalError):
                connection.execute("ROLLBACK")
        else:
            assert run_on(connection, script) != []
        assert rows(connection) == before
        assert read(connection) == facts


def test_a_script_that_goes_on_repairs_all_or_nothing(shop: Facts) -> None:
    """One table refuses: the other, made anew before or after it, is as it was too."""
    changes = (("CHECK (size > 0)", "CHECK (1)"), ("CHECK (length(note) <= 5)", "CHECK (2)"))
    with closing(live(*changes, rows=f"{ROWS}; INSERT INTO orders VALUES (3, 3, 'too long');")) as connection:
        before, facts = rows(connection), read(connection)
        assert run_on(connection, statements(connection, shop)) != []
        assert (rows(connection), read(connection)) == (before, facts)


def test_views_and_triggers_come_back_as_they_were(shop: Facts) -> None:
    """Those that name a table which is made anew, in their own words."""
    with closing(live(("CHECK (size > 0)", "CHECK (1)"))) as connection:
        query = "SELECT name, sql FROM sqlite_schema WHERE name LIKE 'big%' ORDER BY name"
        before = connection.execute(query).fetchall()
        run(connection, statements(connection, shop))
        assert connection.execute(query).fetchall() == before
        connection.execute("INSERT INTO big (name) VALUES ('Dora')")
        connection.execute("INSERT INTO orders VALUES (3, 3, NULL)")
        assert ("Ada", 3) in [row[1:3] for row in rows(connection)[0]]


def test_a_view_in_place_of_a_table_is_for_a_person(shop: Facts) -> None:
    """Nothing is dropped, and the rest is repaired."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE VIEW customers AS SELECT 1 AS id")
        script = statements(connection, shop)
        (unsaid,) = [it for it in script if not it.sql]
        assert unsaid.note.startswith("A view is called customers")
        run(connection, script)
        assert {(it.path[1], it.way) for it in compare(shop, read(connection))} == {
            ("customers", "missing"),
            ("customers", "unmanaged"),
        }


def test_a_missing_index_takes_no_table_apart(shop: Facts) -> None:
    """Foreign keys are switched off only where a table is made anew."""
    with closing(live(("CREATE INDEX orders_customer ON orders (customer_id);", ""))) as connection:
        script = [it.sql for it in statements(connection, shop)]
        assert script == [
            "SAVEPOINT isotype_repair",
            "CREATE INDEX orders_customer ON orders (customer_id)",
            "RELEASE isotype_repair",
        ]
        run(connection, statements(connection, shop))
        assert compare(shop, read(connection)) == ()
        assert connection.execute("PRAGMA foreign_keys").fetchall() == [(1,)]


COUNTRIES = """
CREATE TABLE countries (
    code TEXT NOT NULL, name TEXT NOT NULL, size INTEGER, facts TEXT, flag BLOB,
    CONSTRAINT countries_pkey PRIMARY KEY (code),
    CONSTRAINT countries_facts_guard CHECK (facts IS NULL OR json_valid(facts))
) STRICT;
INSERT INTO countries VALUES ('de', 'Germany', 5, '{"a": [1, 2]}', X'00FF'), ('DE', 'It''s another', NULL, NULL, NULL);
"""
REFERENCE = (RowsOf("main", "countries", ("code",), ("name", "size", "facts", "flag")),)

ROW_CHANGES = {
    "UPDATE countries SET name = 'Deutschland' WHERE code = 'de'": [("different", "name")],
    "UPDATE countries SET size = 6, flag = NULL WHERE code = 'de'": [("different", "flag"), ("different", "size")],
    "UPDATE countries SET facts = '{\"a\": [2, 1]}' WHERE code = 'de'": [("different", "facts")],
    "DELETE FROM countries WHERE code = 'DE'": [("missing", "")],
    "UPDATE countries SET facts = '{\"a\":[1,2]}' WHERE code = 'de'": [],
    "INSERT INTO countries (code, name) VALUES ('fr', 'France')": [],
}


@pytest.mark.parametrize("sql", ROW_CHANGES)
def test_reference_rows_are_found_and_repaired(sql: str) -> None:
    """By key and by column; rows that nobody declares are the database's own, and JSON is its value."""
    wanted = load(COUNTRIES, REFERENCE)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(COUNTRIES)
        connection.execute(sql)
        found = read(connection, declared_rows(wanted))
        differences = compare(wanted, found)
        assert [(it.way, it.attribute) for it in differences if it.kind == "row"] == ROW_CHANGES[sql]
        run(connection, [*repair(differences, wanted, found)])
        assert compare(wanted, read(connection, declared_rows(wanted))) == ()


def test_rows_of_a_column_that_comes_back_get_their_values() -> None:
    """After the column is added, its declared values are written."""
    wanted = load(COUNTRIES, REFERENCE)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(COUNTRIES)
        connection.execute("ALTER TABLE countries DROP COLUMN size")
        found = read(connection, declared_rows(wanted))
        run(connection, [*repair(compare(wanted, found), wanted, found)])
        assert compare(wanted, read(connection, declared_rows(wanted))) == ()
        assert connection.execute("SELECT size FROM countries WHERE code = 'de'").fetchall() == [(5,)]


def test_what_is_shown_of_one_difference_runs_by_itself(shop: Facts) -> None:
    """Of a table made anew it is the whole script; nothing of it is left out."""
    with closing(live(("CHECK (size > 0)", "CHECK (1)"), ("size > 5", "size > 4"))) as connection:
        found = read(connection)
        differences = compare(shop, found)
        script = repair(differences, shop, found)
        (check,) = [it for it in differences if it.kind == "constraint"]
        before = rows(connection)
        run(connection, [it for it in script if check in it.differences])
        assert rows(connection) == before
        assert {it.kind for it in compare(shop, read(connection))} == {"view"}


def test_an_empty_database_gets_everything() -> None:
    """The whole domain, from its facts alone."""
    wanted = expected("compression")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        run(connection, statements(connection, wanted))
        assert compare(wanted, read(connection)) == ()


def mutations() -> Iterator[tuple[str, str]]:
    yield (
        "speed_rating IN ('very_fast', 'fast', 'medium', 'slow', 'very_slow')",
        "speed_rating IN ('very_fast', 'fast', 'medium', 'slow', 'very_slow', 'odd')",
    )
    yield "ON DELETE RESTRICT", "ON DELETE CASCADE"


@pytest.mark.parametrize(("before", "after"), [*mutations()])
def test_a_whole_domain_keeps_its_rows(before: str, after: str) -> None:
    """Reference rows are the same after tables with views, triggers and references round them were made anew."""
    wanted, sql = expected("compression"), text("compression")
    assert before in sql
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(sql.replace(before, after))
        query = "SELECT * FROM compression_algorithms ORDER BY id"
        kept = connection.execute(query).fetchall()
        assert len(kept) == 5
        run(connection, statements(connection, wanted))
        assert compare(wanted, read(connection)) == ()
        assert connection.execute(query).fetchall() == kept
