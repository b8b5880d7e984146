"""One change of a PostgreSQL database is one difference, and its repair takes it back."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from isotype.catalog.postgres.queries import ATTRIBUTES
from tests.catalog.shop import Live

Case = tuple[str, str, str, str, str]

# What is done; then the kind, the path, the attribute and the way of the one difference.
CASES: tuple[Case, ...] = (
    ("DROP TABLE depot.special", "table", "depot.special", "", "missing"),
    ("CREATE TABLE new ()", "table", "public.new", "", "unmanaged"),
    ("ALTER TABLE customers SET (fillfactor = 90)", "table", "public.customers", "options", "different"),
    ("ALTER TABLE customers RESET (fillfactor)", "table", "public.customers", "options", "different"),
    (
        "ALTER TABLE customers SET (toast.autovacuum_enabled = false)",
        *("table", "public.customers", "toast_options", "different"),
    ),
    ("ALTER TABLE depot.special SET UNLOGGED", "table", "depot.special", "persistence", "different"),
    ("ALTER TABLE depot.special NO INHERIT depot.base", "table", "depot.special", "parents", "different"),
    (
        "ALTER TABLE depot.events DETACH PARTITION depot.events_y2025m01;"
        "ALTER TABLE depot.events ATTACH PARTITION depot.events_y2025m01"
        " FOR VALUES FROM ('2024-12-01 00:00:00+00') TO ('2025-02-01 00:00:00+00')",
        *("table", "depot.events_y2025m01", "bound", "different"),
    ),
    ("DROP TABLE depot.events_y2025m01", "table", "depot.events_y2025m01", "", "missing"),
    ("ALTER TABLE orders DISABLE ROW LEVEL SECURITY", "table", "public.orders", "row_security", "different"),
    ("ALTER TABLE orders FORCE ROW LEVEL SECURITY", "table", "public.orders", "forced_row_security", "different"),
    ("ALTER TABLE customers REPLICA IDENTITY FULL", "table", "public.customers", "replica_identity", "different"),
    ("COMMENT ON TABLE customers IS 'Others.'", "table", "public.customers", "comment", "different"),
    ("COMMENT ON TABLE customers IS NULL", "table", "public.customers", "comment", "different"),
    # Columns
    ("ALTER TABLE customers DROP COLUMN notes", "column", "public.customers.notes", "", "missing"),
    ("ALTER TABLE customers ADD COLUMN more text", "column", "public.customers.more", "", "extra"),
    (
        "ALTER TABLE customers ALTER COLUMN email TYPE varchar(50)",
        "column",
        "public.customers.email",
        "type",
        "different",
    ),
    ("ALTER TABLE orders ALTER COLUMN made TYPE timestamp", "column", "public.orders.made", "type", "different"),
    ("ALTER TABLE depot.events ALTER COLUMN weight TYPE float8", "column", "depot.events.weight", "type", "different"),
    (
        "ALTER TABLE customers ALTER COLUMN email DROP NOT NULL",
        "column",
        "public.customers.email",
        "not_null",
        "different",
    ),
    (
        "ALTER TABLE customers ALTER COLUMN name SET NOT NULL",
        "column",
        "public.customers.name",
        "not_null",
        "different",
    ),
    (
        "ALTER TABLE customers ALTER COLUMN level SET DEFAULT 2",
        "column",
        "public.customers.level",
        "default",
        "different",
    ),
    (
        "ALTER TABLE customers ALTER COLUMN level DROP DEFAULT",
        "column",
        "public.customers.level",
        "default",
        "different",
    ),
    (
        "ALTER TABLE customers ALTER COLUMN notes SET DEFAULT 'x'",
        "column",
        "public.customers.notes",
        "default",
        "different",
    ),
    ("ALTER TABLE orders ALTER COLUMN number DROP DEFAULT", "column", "public.orders.number", "default", "different"),
    ("ALTER TABLE orders ALTER COLUMN fee SET DEFAULT NULL", "column", "public.orders.fee", "default", "different"),
    (
        "ALTER TABLE customers ALTER COLUMN id SET GENERATED ALWAYS",
        *("column", "public.customers.id", "identity", "different"),
    ),
    ("ALTER TABLE customers ALTER COLUMN id DROP IDENTITY", "column", "public.customers.id", "identity", "different"),
    (
        'ALTER TABLE customers ALTER COLUMN name TYPE text COLLATE "POSIX"',
        *("column", "public.customers.name", "collation", "different"),
    ),
    ("ALTER TABLE customers ALTER COLUMN name TYPE text", "column", "public.customers.name", "collation", "different"),
    (
        "ALTER TABLE customers ALTER COLUMN notes SET STORAGE MAIN",
        "column",
        "public.customers.notes",
        "storage",
        "different",
    ),
    (
        "ALTER TABLE customers ALTER COLUMN email SET STORAGE MAIN",
        "column",
        "public.customers.email",
        "storage",
        "different",
    ),
    (
        "ALTER TABLE customers ALTER COLUMN email SET COMPRESSION pglz",
        *("column", "public.customers.email", "compression", "different"),
    ),
    ("COMMENT ON COLUMN customers.email IS 'Other.'", "column", "public.customers.email", "comment", "different"),
    ("COMMENT ON COLUMN open_orders.total IS 'Other.'", "column", "public.open_orders.total", "comment", "different"),
    (
        "ALTER VIEW open_orders ALTER COLUMN total SET DEFAULT 1",
        "column",
        "public.open_orders.total",
        "default",
        "different",
    ),
    (
        "ALTER SEQUENCE orders_number_seq INCREMENT BY 2",
        "column sequence",
        "public.orders.number",
        "increment",
        "different",
    ),
    ("ALTER SEQUENCE customers_id_seq CACHE 7", "column sequence", "public.customers.id", "cache", "different"),
    ("ALTER SEQUENCE orders_number_seq CYCLE", "column sequence", "public.orders.number", "cycle", "different"),
    ("ALTER SEQUENCE customers_id_seq MAXVALUE 99", "column sequence", "public.customers.id", "maximum", "different"),
    ("COMMENT ON SEQUENCE orders_number_seq IS 'x'", "column sequence", "public.orders.number", "comment", "different"),
    # Constraints
    ("ALTER TABLE orders DROP CONSTRAINT orders_total", "constraint", "public.orders.orders_total", "", "missing"),
    ("ALTER TABLE orders DROP CONSTRAINT orders_key", "constraint", "public.orders.orders_key", "", "missing"),
    ("ALTER TABLE orders DROP CONSTRAINT orders_once", "constraint", "public.orders.orders_once", "", "missing"),
    ("ALTER TABLE orders DROP CONSTRAINT orders_apart", "constraint", "public.orders.orders_apart", "", "missing"),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_customer",
        "constraint",
        "public.orders.orders_customer",
        "",
        "missing",
    ),
    ("ALTER TABLE orders ADD CONSTRAINT more CHECK (price >= 0)", "constraint", "public.orders.more", "", "extra"),
    ("ALTER TABLE orders ADD CONSTRAINT more UNIQUE (data)", "constraint", "public.orders.more", "", "extra"),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_total, ADD CONSTRAINT orders_total CHECK (total > 0)",
        *("constraint", "public.orders.orders_total", "expression", "different"),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_total, ADD CONSTRAINT orders_total CHECK (total >= 0) NO INHERIT",
        *("constraint", "public.orders.orders_total", "inherited", "different"),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_total, ADD CONSTRAINT orders_total CHECK (total >= 0) NOT VALID",
        *("constraint", "public.orders.orders_total", "validated", "different"),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_customer, ADD CONSTRAINT orders_customer FOREIGN KEY (customer)"
        " REFERENCES customers ON UPDATE CASCADE DEFERRABLE",
        *("constraint", "public.orders.orders_customer", "on delete", "different"),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_customer, ADD CONSTRAINT orders_customer FOREIGN KEY (customer)"
        " REFERENCES customers ON UPDATE SET NULL ON DELETE RESTRICT DEFERRABLE",
        *("constraint", "public.orders.orders_customer", "on update", "different"),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_customer, ADD CONSTRAINT orders_customer FOREIGN KEY (customer)"
        " REFERENCES customers MATCH FULL ON UPDATE CASCADE ON DELETE RESTRICT DEFERRABLE",
        *("constraint", "public.orders.orders_customer", "match", "different"),
    ),
    (
        "ALTER TABLE orders ALTER CONSTRAINT orders_customer NOT DEFERRABLE",
        *("constraint", "public.orders.orders_customer", "deferrable", "different"),
    ),
    (
        "ALTER TABLE orders ALTER CONSTRAINT orders_customer INITIALLY DEFERRED",
        *("constraint", "public.orders.orders_customer", "deferrable", "different"),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_key, ADD CONSTRAINT orders_key PRIMARY KEY (number, customer)",
        *("constraint", "public.orders.orders_key", "columns", "different"),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_once, ADD CONSTRAINT orders_once UNIQUE (customer, made)",
        *("constraint", "public.orders.orders_once", "deferrable", "different"),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_once,"
        " ADD CONSTRAINT orders_once UNIQUE (customer, made) INCLUDE (price) DEFERRABLE",
        *("constraint", "public.orders.orders_once", "include", "different"),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_once,"
        " ADD CONSTRAINT orders_once FOREIGN KEY (customer) REFERENCES customers",
        *("constraint", "public.orders.orders_once", "type", "different"),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_apart,"
        " ADD CONSTRAINT orders_apart EXCLUDE USING btree (data WITH =) WHERE (price > 0)",
        *("constraint", "public.orders.orders_apart", "predicate", "different"),
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_apart,"
        " ADD CONSTRAINT orders_apart EXCLUDE USING hash (data WITH =) WHERE (data IS NOT NULL)",
        *("constraint", "public.orders.orders_apart", "method", "different"),
    ),
    ("ALTER INDEX orders_key SET (fillfactor = 60)", "constraint", "public.orders.orders_key", "options", "different"),
    (
        "ALTER TABLE orders DISABLE TRIGGER ALL; ALTER TABLE orders ENABLE TRIGGER orders_touch;"
        "ALTER TABLE orders DROP CONSTRAINT orders_once, ADD CONSTRAINT orders_once UNIQUE (customer, made) DEFERRABLE",
        *("constraint", "public.orders.orders_customer", "suspended", "different"),
    ),
    (
        "COMMENT ON CONSTRAINT customers_level ON customers IS NULL",
        *("constraint", "public.customers.customers_level", "comment", "different"),
    ),
    (
        "ALTER TABLE customers RENAME CONSTRAINT customers_level TO ninefold",
        *("constraint", "public.customers.customers_level", "name", "different"),
    ),
    # Indexes
    ("DROP INDEX orders_tags", "index", "public.orders_tags", "", "missing"),
    ("DROP INDEX sums_customer", "index", "public.sums_customer", "", "missing"),
    ("DROP INDEX depot.events_kind", "index", "depot.events_kind", "", "missing"),
    ("CREATE INDEX more ON orders (price)", "index", "public.more", "", "extra"),
    ("ALTER INDEX orders_tags RENAME TO tagged", "index", "public.orders_tags", "name", "different"),
    ("COMMENT ON INDEX orders_made IS NULL", "index", "public.orders_made", "comment", "different"),
    (
        "DROP INDEX orders_tags; CREATE INDEX orders_tags ON orders USING btree (tags)",
        *("index", "public.orders_tags", "method", "different"),
    ),
    (
        "DROP INDEX orders_total_index; CREATE INDEX orders_total_index ON orders (total DESC)",
        *("index", "public.orders_total_index", "order", "different"),
    ),
    (
        "DROP INDEX orders_total_index; CREATE INDEX orders_total_index ON orders (total NULLS FIRST)",
        *("index", "public.orders_total_index", "order", "different"),
    ),
    (
        "DROP INDEX orders_total_index; CREATE INDEX orders_total_index ON orders (total, made)",
        *("index", "public.orders_total_index", "definition", "different"),
    ),
    (
        "DROP INDEX orders_total_index; CREATE INDEX orders_total_index ON orders (price)",
        *("index", "public.orders_total_index", "columns", "different"),
    ),
    (
        "DROP INDEX orders_total_index; CREATE INDEX orders_total_index ON orders (total) INCLUDE (tax)",
        *("index", "public.orders_total_index", "include", "different"),
    ),
    (
        "DROP INDEX orders_total_index; CREATE UNIQUE INDEX orders_total_index ON orders (total)",
        *("index", "public.orders_total_index", "unique", "different"),
    ),
    (
        "DROP INDEX orders_total_index; CREATE INDEX orders_total_index ON orders (total) WHERE total > 0",
        *("index", "public.orders_total_index", "predicate", "different"),
    ),
    (
        "DROP INDEX orders_total_index; CREATE INDEX orders_total_index ON customers (level)",
        *("index", "public.orders_total_index", "table", "different"),
    ),
    (
        "DROP INDEX orders_data; CREATE UNIQUE INDEX orders_data ON orders ((data ->> 'key')) WITH (fillfactor = 70)",
        *("index", "public.orders_data", "operator classes", "different"),
    ),
    (
        "DROP INDEX orders_data;"
        "CREATE UNIQUE INDEX orders_data ON orders ((data ->> 'key') COLLATE \"C\" text_pattern_ops)"
        " WITH (fillfactor = 70)",
        *("index", "public.orders_data", "collations", "different"),
    ),
    ("ALTER INDEX orders_data SET (fillfactor = 75)", "index", "public.orders_data", "options", "different"),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_tags'::regclass",
        *("index", "public.orders_tags", "valid", "different"),
    ),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid IN"
        " (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'depot.events_kind'::regclass)",
        *("index", "depot.events_kind", "valid", "different"),
    ),
    # Views
    ("DROP VIEW busy", "view", "public.busy", "", "missing"),
    ("CREATE VIEW more AS SELECT 1 AS one", "view", "public.more", "", "unmanaged"),
    (
        "CREATE OR REPLACE VIEW busy AS SELECT customer, count(*) + 1 AS orders FROM open_orders GROUP BY customer",
        *("view", "public.busy", "definition", "different"),
    ),
    (
        "CREATE OR REPLACE VIEW busy AS"
        " SELECT customer, count(*) AS orders, 1 AS more FROM open_orders GROUP BY customer",
        *("view", "public.busy", "definition", "different"),
    ),
    (
        "CREATE OR REPLACE VIEW open_orders WITH (security_barrier = true) AS"
        " SELECT number, customer, total FROM orders WHERE status IN ('new', 'sent')",
        *("view", "public.open_orders", "definition", "different"),
    ),
    ("ALTER VIEW open_orders RESET (security_barrier)", "view", "public.open_orders", "options", "different"),
    ("ALTER VIEW busy SET (security_barrier)", "view", "public.busy", "options", "different"),
    ("COMMENT ON VIEW busy IS 'x'", "view", "public.busy", "comment", "different"),
    ("DROP MATERIALIZED VIEW sums", "materialized view", "public.sums", "", "missing"),
    ("CREATE MATERIALIZED VIEW more AS SELECT 1", "materialized view", "public.more", "", "unmanaged"),
    (
        "DROP MATERIALIZED VIEW sums; CREATE MATERIALIZED VIEW sums AS SELECT customer, max(total) AS total FROM orders"
        " GROUP BY customer; CREATE UNIQUE INDEX sums_customer ON sums (customer);"
        "COMMENT ON MATERIALIZED VIEW sums IS 'What each bought.'",
        *("materialized view", "public.sums", "definition", "different"),
    ),
    (
        "REFRESH MATERIALIZED VIEW sums WITH NO DATA",
        *("materialized view", "public.sums", "populated", "different"),
    ),
    ("ALTER MATERIALIZED VIEW sums SET (fillfactor = 50)", "materialized view", "public.sums", "options", "different"),
    # Triggers, policies, rules
    ("DROP TRIGGER orders_touch ON orders", "trigger", "public.orders.orders_touch", "", "missing"),
    (
        "CREATE TRIGGER more BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch()",
        *("trigger", "public.orders.more", "", "extra"),
    ),
    (
        "ALTER TABLE orders DISABLE TRIGGER orders_touch",
        "trigger",
        "public.orders.orders_touch",
        "enabled",
        "different",
    ),
    (
        "ALTER TABLE orders ENABLE ALWAYS TRIGGER orders_touch",
        *("trigger", "public.orders.orders_touch", "enabled", "different"),
    ),
    (
        "ALTER TABLE depot.events_y2025m01 DISABLE TRIGGER events_touch",
        *("trigger", "depot.events.events_touch", "on_partitions", "different"),
    ),
    (
        "CREATE OR REPLACE TRIGGER orders_touch BEFORE UPDATE OR INSERT ON orders"
        " FOR EACH ROW EXECUTE FUNCTION touch()",
        *("trigger", "public.orders.orders_touch", "events", "different"),
    ),
    (
        "COMMENT ON TRIGGER orders_touch ON orders IS NULL",
        "trigger",
        "public.orders.orders_touch",
        "comment",
        "different",
    ),
    ("DROP POLICY orders_open ON orders", "policy", "public.orders.orders_open", "", "missing"),
    ("CREATE POLICY more ON orders USING (true)", "policy", "public.orders.more", "", "extra"),
    (
        "ALTER POLICY orders_open ON orders USING (status <> 'paid')",
        "policy",
        "public.orders.orders_open",
        "using",
        "different",
    ),
    ("ALTER POLICY orders_open ON orders TO pg_monitor", "policy", "public.orders.orders_open", "roles", "different"),
    (
        "DROP POLICY orders_open ON orders; CREATE POLICY orders_open ON orders FOR SELECT USING (status <> 'sent')",
        *("policy", "public.orders.orders_open", "comment", "different"),
    ),
    (
        "DROP POLICY orders_open ON orders; CREATE POLICY orders_open ON orders AS RESTRICTIVE FOR SELECT"
        " USING (status <> 'sent'); COMMENT ON POLICY orders_open ON orders IS 'Sent ones are hidden.'",
        *("policy", "public.orders.orders_open", "permissive", "different"),
    ),
    (
        "DROP POLICY orders_open ON orders; CREATE POLICY orders_open ON orders FOR DELETE"
        " USING (status <> 'sent'); COMMENT ON POLICY orders_open ON orders IS 'Sent ones are hidden.'",
        *("policy", "public.orders.orders_open", "command", "different"),
    ),
    ("DROP RULE orders_kept ON orders", "rule", "public.orders.orders_kept", "", "missing"),
    ("CREATE RULE more AS ON DELETE TO customers DO ALSO NOTHING", "rule", "public.customers.more", "", "extra"),
    ("ALTER TABLE orders DISABLE RULE orders_kept", "rule", "public.orders.orders_kept", "enabled", "different"),
    (
        "CREATE OR REPLACE RULE orders_kept AS ON DELETE TO orders WHERE old.status = 'new' DO INSTEAD NOTHING",
        *("rule", "public.orders.orders_kept", "definition", "different"),
    ),
    # Types and sequences
    ("ALTER TYPE status ADD VALUE 'lost'", "enum type", "public.status", "labels", "different"),
    ("COMMENT ON TYPE status IS NULL", "enum type", "public.status", "comment", "different"),
    ("CREATE TYPE more AS ENUM ()", "enum type", "public.more", "", "unmanaged"),
    ("ALTER DOMAIN cents SET DEFAULT 1", "domain", "public.cents", "default", "different"),
    ("ALTER DOMAIN cents SET NOT NULL", "domain", "public.cents", "not_null", "different"),
    ("ALTER DOMAIN cents DROP CONSTRAINT cents_positive", "domain", "public.cents", "checks", "different"),
    ("COMMENT ON DOMAIN cents IS NULL", "domain", "public.cents", "comment", "different"),
    ("ALTER TYPE size DROP ATTRIBUTE height", "composite type", "public.size", "columns", "different"),
    ("DROP TYPE size", "composite type", "public.size", "", "missing"),
    ("COMMENT ON TYPE size IS 'x'", "composite type", "public.size", "comment", "different"),
    ("ALTER SEQUENCE numbers INCREMENT BY 7", "sequence", "public.numbers", "increment", "different"),
    ("ALTER SEQUENCE numbers START WITH 10", "sequence", "public.numbers", "start", "different"),
    ("ALTER SEQUENCE numbers MAXVALUE 600", "sequence", "public.numbers", "maximum", "different"),
    ("ALTER SEQUENCE numbers MINVALUE 1", "sequence", "public.numbers", "minimum", "different"),
    ("ALTER SEQUENCE numbers CACHE 3", "sequence", "public.numbers", "cache", "different"),
    ("ALTER SEQUENCE numbers NO CYCLE", "sequence", "public.numbers", "cycle", "different"),
    ("ALTER SEQUENCE numbers AS bigint", "sequence", "public.numbers", "type", "different"),
    ("COMMENT ON SEQUENCE numbers IS NULL", "sequence", "public.numbers", "comment", "different"),
    ("DROP SEQUENCE numbers", "sequence", "public.numbers", "", "missing"),
    ("CREATE SEQUENCE more", "sequence", "public.more", "", "unmanaged"),
    # Functions
    ("DROP PROCEDURE sweep", "procedure", "public.sweep(date)", "", "missing"),
    ("CREATE FUNCTION more() RETURNS int RETURN 1", "function", "public.more()", "", "unmanaged"),
    ("ALTER FUNCTION touch() STABLE", "function", "public.touch()", "definition", "different"),
    ("COMMENT ON FUNCTION touch() IS NULL", "function", "public.touch()", "comment", "different"),
    (
        "CREATE OR REPLACE PROCEDURE sweep(before date) LANGUAGE plpgsql AS 'BEGIN NULL; END'",
        *("procedure", "public.sweep(date)", "definition", "different"),
    ),
    (
        "DROP PROCEDURE sweep; CREATE PROCEDURE sweep(since date) LANGUAGE plpgsql AS"
        " ' BEGIN DELETE FROM public.orders WHERE made < before; END '",
        *("procedure", "public.sweep(date)", "definition", "different"),
    ),
    (
        "ALTER TABLE customers DROP CONSTRAINT customers_plain; DROP FUNCTION plain;"
        "CREATE FUNCTION plain(given text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN given = lower(given);"
        "ALTER TABLE customers ADD CONSTRAINT customers_plain CHECK (plain(email))",
        *("function", "public.plain(text)", "definition", "different"),
    ),
    # What the language has no word for
    ("CREATE AGGREGATE more(text) (SFUNC = textcat, STYPE = text)", "aggregate", "public.more(text)", "", "unmanaged"),
    ("DROP AGGREGATE longest(text)", "aggregate", "public.longest(text)", "", "missing"),
    (
        "CREATE OR REPLACE AGGREGATE longest(text) (SFUNC = textcat, STYPE = text, INITCOND = 'x')",
        *("aggregate", "public.longest(text)", "definition", "different"),
    ),
    ("DROP TYPE span", "range type", "public.span", "", "missing"),
    ("CREATE STATISTICS more ON price, tax FROM orders", "statistics", "public.more", "", "unmanaged"),
    ("DROP STATISTICS orders_usual", "statistics", "public.orders_usual", "", "missing"),
    (
        "DROP STATISTICS orders_usual; CREATE STATISTICS orders_usual ON customer, price FROM orders",
        *("statistics", "public.orders_usual", "definition", "different"),
    ),
    (
        "CREATE OPERATOR ## (FUNCTION = int4pl, LEFTARG = int, RIGHTARG = int)",
        *("operator", "public.public.##(integer,integer)", "", "unmanaged"),
    ),
    ('CREATE COLLATION more FROM "C"', "collation", "public.more", "", "unmanaged"),
    (
        "CREATE TEXT SEARCH CONFIGURATION more (COPY = simple)",
        *("text search configuration", "public.more", "", "unmanaged"),
    ),
    (
        "CREATE TEXT SEARCH DICTIONARY more (TEMPLATE = simple)",
        *("text search dictionary", "public.more", "", "unmanaged"),
    ),
    (
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE far () SERVER s",
        *("foreign table", "public.far", "", "unmanaged"),
    ),
    ("COMMENT ON SCHEMA depot IS NULL", "schema", "depot", "comment", "different"),
    # Reference rows
    ("DELETE FROM countries WHERE code = 'FR'", "row", 'public.countries.{"code" : "FR"}', "", "missing"),
    (
        "UPDATE countries SET name = 'Allemagne' WHERE code = 'DE'",
        "row",
        'public.countries.{"code" : "DE"}',
        "name",
        "different",
    ),
    ("UPDATE countries SET area = 1 WHERE code = 'FR'", "row", 'public.countries.{"code" : "FR"}', "area", "different"),
)

# No statement makes these again: somebody has to run the raw SQL, or to decide.
BY_HAND = {("aggregate", ""), ("aggregate", "definition"), ("range type", "")}


def _path(text: str) -> tuple[str, ...]:
    head, brace, row = text.partition("{")
    parts = tuple(head.removesuffix(".").split(".", 2))
    if "(" in head:
        schema, _, name = head.partition(".")
        return schema, name
    return (*parts, brace + row) if brace else parts


@pytest.mark.parametrize("case", CASES, ids=[case[0][:70] for case in CASES])
def test_one_change_is_one_difference_that_its_repair_takes_back(shop: Live, case: Case) -> None:
    """It is named by kind, path and attribute; nothing else is said, and nothing is left after the repair."""
    sql, kind, path, attribute, way = case
    with shop.changed(sql) as actual:
        found = shop.differences(actual)
        assert [(d.kind, d.path, d.attribute, d.way) for d in found] == [(kind, _path(path), attribute, way)]
        statements = shop.repair(actual)
        if way == "unmanaged":
            assert statements == ()
        elif (kind, attribute) in BY_HAND:
            assert [(statement.sql, bool(statement.note)) for statement in statements] == [("", True)]
        else:
            assert shop.differences() == ()
            assert all(statement.differences == found for statement in statements)
            assert any(statement.destructive for statement in statements) == (way == "extra")


def test_nothing_differs_where_nothing_changed(shop: Live) -> None:
    """A database equals itself."""
    with shop.changed("SELECT 1") as actual:
        assert shop.differences(actual) == ()


def _covered() -> Iterable[tuple[str, str]]:
    return {(kind, attribute) for _, kind, _, attribute, _ in CASES}


def test_every_kind_is_changed() -> None:
    """No kind of object is without a case, but for those that only an extension or a superuser makes."""
    kinds = {kind for kind, _ in _covered()}
    assert set(ATTRIBUTES) - kinds == {"base type", "operator class", "event trigger", "extension", "hypertable"}
