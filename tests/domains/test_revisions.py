"""Later revisions: the schema changes, Alembic writes what that means, and the database follows, there and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.domains.history import FIRST, History, environment_of
from tests.engines.postgres import Database

BASE = """
isotype: 1
domain: shop
enums:
  State: [open, paid, sent]
  Size: {native: true, values: [small, large]}
entities:
  Item:
    fields:
      id: {type: int, key: true, default: identity}
      name: {type: string(20), default: new}
      size: {type: Size, default: small}
      state: {type: State, default: open, transitions: {open: [paid], paid: [sent], sent: []}}
      count: {type: int, default: 1, min: 0}
      changed_at: {type: timestamp, default: now, on_update: now}
  Order:
    fields:
      id: {type: int, key: true, default: identity}
      item: {ref: Item, on_delete: cascade}
      code: {type: text?, max_length: 10}
"""
TRANSITIONS = ", transitions: {open: [paid], paid: [sent], sent: []}"
SIZED = "      size: {type: Size, default: small}\n"
STAMP = "      changed_at: {type: timestamp, default: now, on_update: now}\n"
VIEW = """
views:
  SmallItem:
    table: small_items
    sql: {body}
    sqlite: {body}
    columns: {{id: int, name: "string(20)"}}
"""


@dataclass(frozen=True)
class Shop:
    """A database and its history; `become` takes both to another schema."""

    url: str
    folder: Path

    @property
    def history(self) -> History:
        return History(self.folder / "examples" / "shop")

    def start(self, schema: str) -> None:
        """Make the database of a schema by a first revision."""
        environment_of("shop", schema, self.folder)
        self.history.run(self.url, FIRST, "upgrade head", "check")

    def become(self, schema: str) -> str:
        """Change the schema, which `check` must see, and upgrade; the text of the revision."""
        environment_of("shop", schema, self.folder)
        succeeded, _ = self.history.attempt(self.url, "check")
        assert not succeeded, "check sees nothing"
        number = f"{len(self.history.versions) + 1:04}"
        revision = f"revision --autogenerate --rev-id {number} --message later"
        self.history.run(self.url, revision, "upgrade head", "check")
        return self.history.versions[-1].read_text(encoding="utf-8")

    def back(self, schema: str) -> None:
        """Downgrade by one revision, to what is the database of the schema before."""
        self.history.run(self.url, "downgrade -1")
        environment_of("shop", schema, self.folder)
        for file in self.history.versions[1:]:
            file.unlink()
        self.history.run(self.url, "check")

    def run(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements; the rows of the last one."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        rows: list[tuple[object, ...]] = []
        with engine.begin() as connection:
            for statement in statements:
                result = connection.exec_driver_sql(statement)
                rows = [tuple(row) for row in result] if result.returns_rows else []
        return rows


@pytest.fixture
def on_postgres(database: Database, tmp_path: Path) -> Shop:
    """An empty PostgreSQL."""
    return Shop(database.url_for("psycopg"), tmp_path)


@pytest.fixture(params=["postgres", "sqlite"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """An empty database of either kind."""
    if request.param == "postgres":
        yield request.getfixturevalue("on_postgres")
    else:
        yield Shop(f"sqlite:///{tmp_path / 'shop.db'}", tmp_path)


ITEM = "INSERT INTO items (name) VALUES ('a')"


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(BASE.replace(STAMP, ""), id="a field that is stamped"),
        pytest.param(BASE.replace(", on_update: now", ""), id="only the stamp"),
        pytest.param(BASE.replace(TRANSITIONS, ""), id="transitions"),
    ],
)
def test_triggers_go_with_what_they_serve(shop: Shop, later: str) -> None:
    """A row can be updated after its stamp or its transitions are gone; the way back restores them."""
    shop.start(BASE)
    shop.run(ITEM)
    shop.become(later)
    shop.run("UPDATE items SET name = 'b'")
    if later == BASE.replace(TRANSITIONS, ""):
        shop.run("UPDATE items SET state = 'sent'", "UPDATE items SET state = 'open'")
    assert shop.run("SELECT name, state, count FROM items") == [("b", "open", 1)]
    shop.back(BASE)
    with pytest.raises(sa.exc.DBAPIError, match="state"):
        shop.run("UPDATE items SET state = 'sent'")


def test_a_trigger_of_somebody_else_stays(shop: Shop) -> None:
    """One with a name that no revision gives is none of the schema's business, also when its table is made anew."""
    shop.start(BASE)
    if shop.url.startswith("sqlite"):
        shop.run("CREATE TRIGGER audit AFTER UPDATE ON items BEGIN SELECT 1; END")
        kept = "SELECT count(*) FROM sqlite_master WHERE name = 'audit'"
    else:
        shop.run(
            "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER items_audit BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION noted()",
        )
        kept = "SELECT count(*) FROM pg_trigger WHERE tgname = 'items_audit'"
    shop.history.run(shop.url, "check")
    shop.become(BASE.replace(STAMP, ""))
    assert shop.run(kept) == [(1,)]
    shop.back(BASE)
    assert shop.run(kept) == [(1,)]


def test_an_entity_goes_and_comes_back(shop: Shop) -> None:
    """With its enum type, its triggers and its CHECKs."""
    first = BASE.replace("{ref: Item, on_delete: cascade}", "int")
    shop.start(first)
    shop.become(first[: first.index("enums:")] + "entities:\n" + first[first.index("  Order:") :])
    shop.back(first)
    with pytest.raises(sa.exc.DBAPIError):
        shop.run("INSERT INTO items (name, count) VALUES ('a', -1)")


def test_a_native_enum_grows(on_postgres: Shop) -> None:
    """By values at each place; PostgreSQL takes none back, and the way up can be gone again."""
    on_postgres.start(BASE)
    on_postgres.become(BASE.replace("[small, large]", '[tiny, small, medium, large, "it\'s"]'))
    assert on_postgres.run("SELECT enum_range(NULL::size)::text") == [("{tiny,small,medium,large,it's}",)]
    on_postgres.history.run(on_postgres.url, "downgrade -1", "upgrade head", "check")


def test_a_default_changes(shop: Shop) -> None:
    """For the rows to come."""
    later = BASE.replace("default: new", "default: old").replace("default: small", "default: large")
    shop.start(BASE)
    shop.run("INSERT INTO items (count) VALUES (1)")
    shop.become(later.replace("count: {type: int, default: 1,", "count: {type: int,"))
    shop.run("INSERT INTO items (count) VALUES (2)")
    found = shop.run("SELECT name, size, count FROM items ORDER BY count")
    assert found == [("new", "small", 1), ("old", "large", 2)]
    shop.back(BASE)


def test_a_view_changes_and_goes(shop: Shop) -> None:
    """Before the columns that it reads no more."""
    body = "SELECT id, name FROM items WHERE {}"
    first, then = (BASE + VIEW.format(body=body.format(of)) for of in ("count > 1", "id > 0"))
    shop.start(first)
    shop.run(ITEM)
    assert shop.run("SELECT name FROM small_items") == []
    count = "      count: {type: int, default: 1, min: 0}\n"
    shop.become(then.replace(count, ""))
    assert shop.run("SELECT name FROM small_items") == [("a",)]
    shop.back(first)
    assert shop.run("SELECT name FROM small_items") == []
    shop.become(BASE.replace(count, ""))
    shop.back(first)


def test_an_added_column_brings_its_checks(shop: Shop) -> None:
    """They judge the rows that are added then."""
    shop.start(BASE)
    shop.run(ITEM)
    shop.become(BASE.replace("  Order:", "      extra: {type: int, default: 5, min: 1}\n  Order:"))
    assert shop.run("SELECT extra FROM items") == [(5,)]
    with pytest.raises(sa.exc.DBAPIError):
        shop.run("INSERT INTO items (name, extra) VALUES ('b', 0)")
    shop.back(BASE)


def test_a_check_changes(on_postgres: Shop) -> None:
    """Another bound and another value of an enum are seen on PostgreSQL."""
    on_postgres.start(BASE)
    on_postgres.become(
        BASE.replace("min: 0", "min: -5")
        .replace("[open, paid, sent]", "[open, paid, sent, lost]")
        .replace("sent: []}", "sent: [], lost: []}")
    )
    on_postgres.run("INSERT INTO items (count) VALUES (-5)", "DELETE FROM items")
    on_postgres.back(BASE)
    with pytest.raises(sa.exc.DBAPIError):
        on_postgres.run("INSERT INTO items (count) VALUES (-5)")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("code: {type: text?, max_length: 10}", "code: {type: text?, max_length: 10, unique: true}"),
        ("on_delete: cascade", "on_delete: restrict"),
        ("code: {type: text?, max_length: 10}", "code: {type: text, max_length: 10}"),
        ("      code: {type: text?, max_length: 10}\n", ""),
        ("count: {type: int, default: 1, min: 0}", "count: {type: int, default: 1, min: 0, unique: true}"),
        ("  Order:", "      twice: {type: int?, computed: count * 2}\n  Order:"),
    ],
)
def test_a_table_changes_with_its_rows(shop: Shop, old: str, new: str) -> None:
    """Whatever changes, rows, references, triggers and CHECKs stay, there and back."""
    assert old in BASE
    shop.start(BASE)
    shop.run(ITEM, "INSERT INTO orders (item_id, code) SELECT id, 'x' FROM items")
    shop.become(BASE.replace(old, new))
    for _ in range(2):
        assert shop.run("SELECT count(*) FROM orders JOIN items ON items.id = item_id") == [(1,)]
        for refused in ("UPDATE items SET state = 'sent'", "UPDATE items SET count = -1"):
            with pytest.raises(sa.exc.DBAPIError):
                shop.run(refused)
        if len(shop.history.versions) > 1:
            shop.back(BASE)


@pytest.mark.parametrize("bound", [1, 2])
def test_a_materialized_view_keeps_its_index(on_postgres: Shop, bound: int) -> None:
    """When its text changes, and when the change is taken back; the same text is no change."""
    indexes = "    materialized: true\n    indexes: {idx_small: {on: [id], unique: true}}\n"
    first, then = (
        BASE + VIEW.format(body=f"SELECT id, name FROM items WHERE count > {of}") + indexes for of in (1, bound)
    )
    on_postgres.start(first)
    if bound == 2:
        on_postgres.become(then)
        assert on_postgres.run("SELECT indexname FROM pg_indexes WHERE tablename = 'small_items'") == [("idx_small",)]
        on_postgres.back(first)
    on_postgres.become(BASE)
    on_postgres.back(first)
    assert on_postgres.run("SELECT indexname FROM pg_indexes WHERE tablename = 'small_items'") == [("idx_small",)]


def test_an_extension_is_asked_for_later(on_postgres: Shop) -> None:
    """`check` sees that it is missing; the way back leaves it, since others may use it."""
    if not on_postgres.run("SELECT FROM pg_available_extensions WHERE name = 'pg_trgm'"):
        pytest.skip("this PostgreSQL is built without pg_trgm")
    on_postgres.start(BASE)
    on_postgres.become(BASE + "database: {extensions: [pg_trgm]}\n")
    assert on_postgres.run("SELECT extname FROM pg_extension WHERE extname = 'pg_trgm'") == [("pg_trgm",)]
    on_postgres.back(BASE)
