"""What is spelled or stored otherwise and means the same is no difference."""

from __future__ import annotations

import pytest

from isotype.catalog.comparison import compare
from tests.catalog.shop import Live

BENIGN = {
    "physical order of columns": (
        "DROP VIEW busy; DROP VIEW open_orders; ALTER TABLE customers DROP COLUMN notes;"
        "ALTER TABLE customers ADD COLUMN notes text; ALTER TABLE customers ALTER COLUMN notes SET STORAGE EXTERNAL;"
        "CREATE VIEW open_orders WITH (security_barrier = true) AS"
        " SELECT number, customer, total FROM orders WHERE status IN ('new', 'paid');"
        "COMMENT ON VIEW open_orders IS 'What has to be sent.';"
        "CREATE VIEW busy AS SELECT customer, count(*) AS orders FROM open_orders GROUP BY customer"
    ),
    "unique index for unique constraint": (
        "ALTER TABLE customers DROP CONSTRAINT customers_email_key;"
        "CREATE UNIQUE INDEX customers_email_key ON customers (email)"
    ),
    "name that the server makes up": (
        "ALTER TABLE customers DROP CONSTRAINT customers_self,"
        " ADD FOREIGN KEY (parent) REFERENCES customers (id) ON DELETE SET NULL"
    ),
    "index name that the server makes up": "DROP INDEX orders_tags; CREATE INDEX ON orders USING gin (tags)",
    "primary key under another name than the server's": "ALTER INDEX customers_pkey RENAME TO customers_key",
    "check under the server's name": ("ALTER TABLE orders DROP CONSTRAINT orders_total, ADD CHECK (total >= 0)"),
    "name of a serial's sequence": "ALTER SEQUENCE orders_number_seq RENAME TO order_numbers",
    "where a sequence stands": "SELECT nextval('orders_number_seq')",
    "further partition": (
        "CREATE TABLE depot.events_y2025m03 PARTITION OF depot.events"
        " FOR VALUES FROM ('2025-03-01 00:00:00+00') TO ('2025-04-01 00:00:00+00')"
    ),
    "further partition attached after a gap": (
        "CREATE TABLE depot.events_y2026m01 (LIKE depot.events INCLUDING ALL);"
        "ALTER TABLE depot.events ATTACH PARTITION depot.events_y2026m01"
        " FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-02-01 00:00:00+00')"
    ),
    "spelling of a check": (
        "ALTER TABLE customers DROP CONSTRAINT customers_level,"
        " ADD CONSTRAINT customers_level CHECK (9 >= level AND NOT level < 1);"
        "COMMENT ON CONSTRAINT customers_level ON customers IS 'Nine levels.'"
    ),
    "spelling of a default": "ALTER TABLE orders ALTER COLUMN changed SET DEFAULT CURRENT_TIMESTAMP",
    "spelling of a default's value": "ALTER TABLE orders ALTER COLUMN price SET DEFAULT '0.00'",
    "default that is null": "ALTER TABLE customers ALTER COLUMN notes SET DEFAULT NULL",
    "spelling of a predicate": (
        "DROP INDEX orders_made; CREATE INDEX orders_made ON orders (made DESC NULLS LAST, status)"
        " INCLUDE (price) WHERE NOT 'sent' = status; COMMENT ON INDEX orders_made IS 'What is open.'"
    ),
    "precision that is the finest": "ALTER TABLE orders ALTER COLUMN changed TYPE timestamptz(6)",
    "spelling of a switch": "ALTER VIEW open_orders SET (security_barrier = on)",
    "spelling of a trigger's condition": (
        "DROP TRIGGER base_said ON depot.base;"
        "CREATE TRIGGER base_said AFTER UPDATE OF word, code ON depot.base FOR EACH ROW"
        " WHEN (1 < char_length(NEW.word) AND NOT (NEW.word IS NOT DISTINCT FROM OLD.word)) EXECUTE FUNCTION touch()"
    ),
    "spelling of a domain's check": (
        "ALTER DOMAIN cents DROP CONSTRAINT cents_positive;"
        "ALTER DOMAIN cents ADD CONSTRAINT cents_positive CHECK (NOT VALUE < 0)"
    ),
    "spelling of a view's condition": (
        "CREATE OR REPLACE VIEW open_orders WITH (security_barrier = true) AS"
        " SELECT number, customer, total FROM orders WHERE 'paid' = status OR NOT status <> 'new'"
    ),
    "spelling of a rule's condition": (
        "CREATE OR REPLACE RULE orders_kept AS ON DELETE TO orders WHERE 'paid' = old.status DO INSTEAD NOTHING"
    ),
    "owner": "CREATE ROLE somebody; ALTER TABLE customers OWNER TO somebody",
    "privileges": "GRANT SELECT ON customers TO PUBLIC",
    "statistics target": "ALTER TABLE customers ALTER COLUMN email SET STATISTICS 500; ANALYZE customers",
    "other schemas": "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.more (id int)",
    "rows nobody declared": "INSERT INTO countries VALUES ('IT', 'Italy', 1)",
    "settings of the database": "SET search_path = depot; SET timezone = 'Asia/Tokyo'; SET datestyle = 'German'",
}


@pytest.mark.parametrize("sql", BENIGN.values(), ids=list(BENIGN))
def test_a_change_without_meaning_is_silent(shop: Live, sql: str) -> None:
    """Nothing is said of it."""
    with shop.changed(sql) as actual:
        assert shop.differences(actual) == ()


NOT_BENIGN = {
    "unique index over some rows": (
        "ALTER TABLE customers DROP CONSTRAINT customers_email_key;"
        "CREATE UNIQUE INDEX customers_email_key ON customers (email) WHERE level > 1"
    ),
    "unique index over other columns": (
        "ALTER TABLE customers DROP CONSTRAINT customers_email_key;"
        "CREATE UNIQUE INDEX customers_email_key ON customers (email, level)"
    ),
    "index that is not unique": (
        "ALTER TABLE customers DROP CONSTRAINT customers_email_key;"
        "CREATE INDEX customers_email_key ON customers (email)"
    ),
    "unique index for a deferrable constraint": (
        "ALTER TABLE orders DROP CONSTRAINT orders_once;CREATE UNIQUE INDEX orders_once ON orders (customer, made)"
    ),
    "partition of another interval": (
        "CREATE TABLE depot.events_y2025m03 PARTITION OF depot.events"
        " FOR VALUES FROM ('2025-03-01 00:00:00+00') TO ('2025-05-01 00:00:00+00')"
    ),
    "partition of another name": (
        "CREATE TABLE depot.march PARTITION OF depot.events"
        " FOR VALUES FROM ('2025-03-01 00:00:00+00') TO ('2025-04-01 00:00:00+00')"
    ),
    "partition whose name is another's": (
        "CREATE TABLE depot.events_y2025m04 PARTITION OF depot.events"
        " FOR VALUES FROM ('2025-03-01 00:00:00+00') TO ('2025-04-01 00:00:00+00')"
    ),
    "bound of a check": (
        "ALTER TABLE customers DROP CONSTRAINT customers_level,"
        " ADD CONSTRAINT customers_level CHECK (level BETWEEN 1 AND 8);"
        "COMMENT ON CONSTRAINT customers_level ON customers IS 'Nine levels.'"
    ),
    "condition of a trigger": (
        "DROP TRIGGER base_said ON depot.base;"
        "CREATE TRIGGER base_said AFTER UPDATE OF code, word ON depot.base FOR EACH ROW"
        " WHEN (OLD.word IS DISTINCT FROM NEW.word AND length(OLD.word) > 1) EXECUTE FUNCTION touch()"
    ),
    "check of a domain": (
        "ALTER DOMAIN cents DROP CONSTRAINT cents_positive;"
        "ALTER DOMAIN cents ADD CONSTRAINT cents_positive CHECK (VALUE >= 0 OR VALUE < 0)"
    ),
    "check of a domain that is not valid": (
        "ALTER DOMAIN cents DROP CONSTRAINT cents_positive;"
        "ALTER DOMAIN cents ADD CONSTRAINT cents_positive CHECK (VALUE >= 0) NOT VALID"
    ),
    "condition of a view": (
        "CREATE OR REPLACE VIEW open_orders WITH (security_barrier = true) AS"
        " SELECT number, customer, total FROM orders WHERE status IN ('new', 'paid') AND total > 0"
    ),
    "sequence of another column": "ALTER TABLE orders ALTER COLUMN number SET DEFAULT nextval('numbers')",
    "check that is another under the server's name": (
        "ALTER TABLE orders DROP CONSTRAINT orders_total, ADD CHECK (total > 0)"
    ),
}


@pytest.mark.parametrize("sql", NOT_BENIGN.values(), ids=list(NOT_BENIGN))
def test_what_only_looks_the_same_is_said(shop: Live, sql: str) -> None:
    """It differs in meaning, so it is a difference; its repair takes it back where it is one of a table."""
    with shop.changed(sql) as actual:
        assert shop.differences(actual)
        shop.repair(actual)
        assert all(difference.way == "unmanaged" for difference in shop.differences())


def test_old_partitions_are_not_missed_where_they_are_trimmed(shop: Live) -> None:
    """A declared partition that is older than every one left is missed only where none is dropped by declaration."""
    with shop.changed("DROP TABLE depot.events_y2025m01") as actual:
        assert [difference.path for difference in compare(shop.expected, actual)] == [("depot", "events_y2025m01")]
        assert compare(shop.expected, actual, trimmed=[("depot", "events")]) == ()
    with shop.changed("DROP TABLE depot.events_y2025m02") as actual:
        assert compare(shop.expected, actual, trimmed=[("depot", "events")]) != ()
