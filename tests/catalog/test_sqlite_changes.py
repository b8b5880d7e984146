"""What means the same is silent, and what does not is named: changes to the text of a database, by hand."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from isotype.catalog.comparison import compare
from isotype.catalog.differences import Difference
from isotype.catalog.sqlite import load, read
from tests.catalog.sqlite_suite import DOMAINS, REWRITES, altered, backwards, expected, text

SHOP = """
CREATE TABLE customers (
    id    INTEGER CONSTRAINT customers_pkey PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL COLLATE NOCASE,
    "order" TEXT DEFAULT 'new',
    CONSTRAINT customers_email_key UNIQUE (email),
    CONSTRAINT customers_email_check CHECK (instr(email, '@') > 1 AND email NOT LIKE '% %')
) STRICT;
CREATE TABLE lines (
    customer_id INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    price       INTEGER DEFAULT -1,
    total       INTEGER GENERATED ALWAYS AS (price * number) VIRTUAL,
    made_at     TEXT DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT lines_pkey PRIMARY KEY (customer_id, number),
    CONSTRAINT lines_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX lines_price_idx ON lines (price DESC, lower(made_at) COLLATE NOCASE) WHERE price IS NOT NULL;
CREATE VIEW totals (customer, total) AS SELECT customer_id, sum(total) FROM lines GROUP BY customer_id;
CREATE TRIGGER lines_stamp AFTER UPDATE OF price, number ON lines WHEN NEW.price <> OLD.price
BEGIN UPDATE lines SET made_at = 'now' WHERE number = NEW.number; END;
CREATE TRIGGER totals_insert INSTEAD OF INSERT ON totals BEGIN SELECT 1; END;
"""


def found(before: str, after: str, shop: str = SHOP) -> tuple[Difference, ...]:
    """What differs when one piece of the shop's text is another."""
    assert before in shop
    return compare(load(shop), load(shop.replace(before, after)))


CHANGED = {
    " AUTOINCREMENT": ("", "constraint", "autoincrement"),
    "id    INTEGER CONSTRAINT customers_pkey PRIMARY KEY AUTOINCREMENT": (
        *("id INT CONSTRAINT customers_pkey PRIMARY KEY", "column", "type"),
    ),
    "TEXT NOT NULL COLLATE NOCASE": ("TEXT NOT NULL", "column", "collation"),
    "NOT NULL COLLATE": ("NOT NULL ON CONFLICT IGNORE COLLATE", "column", "on_conflict"),
    "DEFAULT 'new'": ("DEFAULT 'New'", "column", "default"),
    "DEFAULT -1": ("DEFAULT 1", "column", "default"),
    "CURRENT_TIMESTAMP": ("'CURRENT_TIMESTAMP'", "column", "default"),
    "UNIQUE (email)": ("UNIQUE (email) ON CONFLICT REPLACE", "constraint", "on_conflict"),
    "CONSTRAINT customers_email_check CHECK": ("CHECK", "constraint", "name"),
    "'@') > 1": ("'@') >= 1", "constraint", "expression"),
    "NOT LIKE '% %'": ("NOT GLOB '% %'", "constraint", "expression"),
    "instr(email, '@')": ('instr(email, "@@")', "constraint", "expression"),
    "(price * number)": ("(price + number)", "column", "expression"),
    "VIRTUAL": ("STORED", "column", "generated"),
    "PRIMARY KEY (customer_id, number)": ("PRIMARY KEY (number, customer_id)", "constraint", "columns"),
    "ON DELETE CASCADE": ("ON UPDATE CASCADE", "constraint", "on_delete"),
    "DEFERRABLE INITIALLY DEFERRED": ("DEFERRABLE", "constraint", "deferred"),
    "REFERENCES customers (id)": ("REFERENCES customers (email)", "constraint", "target_columns"),
    ") STRICT, WITHOUT ROWID": (") STRICT", "table", "without_rowid"),
    "CREATE UNIQUE INDEX": ("CREATE INDEX", "index", "unique"),
    "price DESC": ("price", "index", "keys"),
    "lower(made_at) COLLATE NOCASE": ("lower(made_at)", "index", "keys"),
    " WHERE price IS NOT NULL": ("", "index", "where"),
    "totals (customer, total)": ("totals (customer, sum)", "view", "columns"),
    "sum(total)": ("max(total)", "view", "query"),
    "AFTER UPDATE": ("BEFORE UPDATE", "trigger", "timing"),
    "OF price, number": ("OF price", "trigger", "columns"),
    "WHEN NEW.price <> OLD.price": ("", "trigger", "condition"),
    "'now'": ("'then'", "trigger", "body"),
    "INSTEAD OF INSERT": ("INSTEAD OF DELETE", "trigger", "event"),
}


@pytest.mark.parametrize("before", CHANGED)
def test_a_change_is_named(before: str) -> None:
    """The kind and the attribute of what was changed are said."""
    after, kind, attribute = CHANGED[before]
    assert (kind, attribute) in {(it.kind, it.attribute) for it in found(before, after)}


SAME = {
    "id    INTEGER CONSTRAINT customers_pkey PRIMARY KEY AUTOINCREMENT": (
        "id INTEGER PRIMARY KEY ASC AUTOINCREMENT NOT NULL"
    ),
    "email TEXT NOT NULL COLLATE NOCASE": (
        "[email] text collate nocase CONSTRAINT given NOT NULL ON CONFLICT ABORT NULL"
    ),
    "\"order\" TEXT DEFAULT 'new'": "`order` TEXT DEFAULT (('new'))",
    "CONSTRAINT customers_email_key UNIQUE": "UNIQUE",
    "(instr(email, '@') > 1 AND email NOT LIKE '% %')": (
        "/* a -- b */ ((instr(email, '@') > 1 AND email NOT LIKE '% %') )"
    ),
    "instr(email, '@') > 1": 'instr("email", "@") > 1 -- (\',\n',
    "DEFAULT -1": "DEFAULT (-1)",
    "price       INTEGER": "price INT",
    "GENERATED ALWAYS AS (price * number) VIRTUAL": "AS (price*number)",
    "DEFAULT CURRENT_TIMESTAMP": "DEFAULT (current_timestamp)",
    "REFERENCES customers (id)\n": "REFERENCES Customers MATCH FULL ON UPDATE NO ACTION\n",
    "customer_id INTEGER NOT NULL": "customer_id INTEGER",
    "CREATE UNIQUE INDEX": "CREATE UNIQUE INDEX IF NOT EXISTS main.",
    "WHERE price IS NOT NULL": "WHERE (price NOTNULL)",
    "UPDATE OF price, number": "UPDATE OF number, price",
    "ON lines WHEN": "ON lines FOR EACH ROW WHEN",
    "NEW.price <> OLD.price": 'new . price != "OLD".[price]',
    "CREATE VIEW totals": 'CREATE VIEW IF NOT EXISTS "totals"',
    "CREATE TABLE lines": "CREATE TABLE IF NOT EXISTS 'lines'",
    ") STRICT, WITHOUT ROWID": ") without rowid, strict",
}


@pytest.mark.parametrize("before", SAME)
def test_what_means_the_same_is_silent(before: str) -> None:
    """Another spelling of the same thing is no difference."""
    assert found(before, SAME[before]) == ()


def test_a_unique_index_is_a_unique_constraint() -> None:
    """Under one name they are the same on either side; a partial one is not."""
    index = "CREATE UNIQUE INDEX customers_email_key ON customers (email);"
    one = load(SHOP)
    other = load(SHOP.replace("CONSTRAINT customers_email_key UNIQUE (email),\n", "") + index)
    assert compare(one, other) == compare(other, one) == ()
    partial = load(
        SHOP.replace("CONSTRAINT customers_email_key UNIQUE (email),\n", "") + index.replace(";", " WHERE id > 1;")
    )
    assert {(it.kind, it.way) for it in compare(one, partial)} == {("constraint", "missing"), ("index", "extra")}


def test_a_string_in_double_quotes_is_no_name() -> None:
    """SQLite takes double quotes for a string where no column has the name."""
    assert found("'@'", '"@"') == ()
    assert found("'@'", '"email"') != ()


def test_a_trigger_on_another_table_is_one_trigger() -> None:
    """Its table is what differs: names of triggers are those of the whole database."""
    moved = SHOP.replace(
        "lines_stamp AFTER UPDATE OF price, number ON lines WHEN NEW.price <> OLD.price",
        "lines_stamp AFTER UPDATE ON customers",
    )
    differences = compare(load(SHOP), load(moved))
    assert ("trigger", "table", "different", "lines", "customers") in {
        (it.kind, it.attribute, it.way, it.expected, it.actual) for it in differences
    }
    assert {it.kind for it in differences} == {"trigger"}


def test_what_is_missing_or_unmanaged_as_a_whole_is_said_once() -> None:
    """Not once more for each of its parts."""
    table = (
        "CREATE TABLE other (a TEXT PRIMARY KEY, b TEXT REFERENCES customers, CHECK (a <> b));"
        "CREATE INDEX o ON other (b);"
    )
    with_more = load(SHOP + table)
    assert [(it.kind, it.path[1], it.way) for it in compare(load(SHOP), with_more)] == [("table", "other", "unmanaged")]
    assert [(it.kind, it.path[1], it.way) for it in compare(with_more, load(SHOP))] == [("table", "other", "missing")]


def test_a_virtual_table_is_unmanaged_and_its_shadows_are_its_own() -> None:
    """A full-text index nobody declared is one finding."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(f"{SHOP}; CREATE VIRTUAL TABLE texts USING fts5 (body); ANALYZE;")
        differences = compare(load(SHOP), read(connection))
    assert [(it.kind, it.path, it.way) for it in differences] == [("virtual table", ("main", "texts"), "unmanaged")]


@pytest.mark.parametrize(
    "patched",
    [
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, something ELSE)",
        "CREATE TABLE customers ((((",
        "CREATE TABLE customers",
        "",
        "SELECT 1",
    ],
)
def test_what_cannot_be_read_is_never_in_sync(patched: str) -> None:
    """A table whose text says something else than pragmas do is compared as it is printed."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SHOP)
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'customers'", (patched,))
        differences = compare(load(SHOP), read(connection))
    assert ("table", "definition") in {(it.kind, it.attribute) for it in differences}


# Benign rewrites of every statement of every domain


@pytest.mark.parametrize("rewrite", REWRITES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_another_spelling_of_a_whole_domain_is_silent(domain: str, rewrite: str) -> None:
    """Case, quotes, comments, blanks and signs of every statement may be others."""
    facts = expected(domain)
    changed = REWRITES[rewrite](text(domain), facts)
    assert changed != text(domain)
    assert compare(facts, load(changed)) == ()


@pytest.mark.parametrize("domain", DOMAINS)
def test_another_order_is_silent(domain: str) -> None:
    """Columns, constraints, indexes, triggers and views may stand in any order."""
    with closing(backwards(expected(domain))) as made:
        assert compare(expected(domain), read(made)) == ()


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_alter_table_leaves_is_silent(domain: str) -> None:
    """A table renamed and back, a column renamed and back, a column added and dropped again."""
    with closing(altered(domain)) as made:
        assert compare(expected(domain), read(made)) == ()
