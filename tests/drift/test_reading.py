"""A live database is read with the least power there is, and never written."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from isotype.drift import servers
from tests.drift.conftest import ROWLESS, Shop, fill
from tests.engines.postgres import Database


def test_login_that_may_only_connect_is_enough(
    shop: Shop, database: Database, login: Callable[[Database], str]
) -> None:
    """A login without any right but to connect sees the same as its owner."""
    shop.say(ROWLESS)
    fill(database, shop.sql())
    url = login(database)
    assert shop.drift("--db", url) == 0, shop.err
    fill(database, "ALTER TABLE purchases ALTER COLUMN note SET NOT NULL")
    assert shop.drift("--db", url) == 1
    assert "column public.purchases.note differs in not null" in shop.out


def test_select_on_reference_tables_is_enough_for_rows(
    shop: Shop, live: Database, login: Callable[[Database], str]
) -> None:
    """With reference rows the login needs SELECT on their tables, and no more."""
    url = login(live)
    fill(live, "GRANT SELECT ON countries TO PUBLIC")
    assert shop.drift("--db", url) == 0, shop.err


def test_nothing_is_written(shop: Shop, live: Database) -> None:
    """The server counts no row written and no file made, in the database or in its catalog."""
    assert shop.drift("--db", live.url) == 0
    before = _written(live)
    for _ in range(3):
        assert shop.drift("--db", live.url) == 0
    assert _written(live) == before
    fill(live, "INSERT INTO countries VALUES ('XX', 'Elsewhere')")
    assert _written(live) != before


def _written(database: Database) -> tuple[Any, ...]:
    # What a session has counted arrives at its end, or a second later.
    time.sleep(1.1)
    row = database.server.execute(
        "SELECT tup_inserted, tup_updated, tup_deleted, temp_files, pg_database_size(datname)"
        f" FROM pg_stat_database WHERE datname = '{database.name}'"
    ).fetchone()
    assert row is not None
    return row


def test_database_that_refuses_writing_is_read_all_the_same(shop: Shop, live: Database) -> None:
    """Where every transaction is read-only by default, as on a replica, a run works."""
    fill(live, f'ALTER DATABASE "{live.name}" SET default_transaction_read_only = on')
    assert shop.drift("--db", live.url) == 0


def test_transaction_is_one_read_only_snapshot(shop: Shop, live: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """All queries after the first run in one transaction that cannot write, and there are ten of them at most."""
    seen: list[tuple[str, str, str]] = []

    class Watched(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            done = super().execute(query, params, **options)
            with psycopg.Cursor(self.connection) as asking:
                row = asking.execute(
                    "SELECT current_setting('transaction_read_only'), current_setting('transaction_isolation')"
                ).fetchone()
            assert row is not None
            seen.append((str(query)[:40], *row))
            return done

    real = servers.connect

    def watched(*given: Any) -> psycopg.Connection[Any]:
        connection = real(*given)
        connection.cursor_factory = Watched
        return connection

    assert shop.drift("--db", live.url) == 0
    monkeypatch.setattr(servers, "connect", watched)
    assert shop.drift("--db", live.url) == 0
    assert 5 < len(seen) <= 10
    assert {row[1:] for row in seen} == {("on", "repeatable read")}


def test_nothing_is_set_for_a_session(shop: Shop, live: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection is given back as it was: a pooler hands the same one to somebody else after each transaction."""
    asked = "SELECT name, setting FROM pg_settings WHERE source = 'session' ORDER BY name"
    kept: list[psycopg.Connection[Any]] = []
    real = servers.connect

    class Kept(psycopg.Connection[Any]):
        def close(self) -> None:
            kept.append(self)

    def connect(*given: Any) -> psycopg.Connection[Any]:
        connection = real(*given)
        connection.__class__ = Kept
        return connection

    with live.connect() as fresh:
        before = fresh.execute(asked).fetchall()
    assert shop.drift("--db", live.url) == 0
    monkeypatch.setattr(servers, "connect", connect)
    assert shop.drift("--db", live.url) == 0
    assert shop.drift("--db", live.url, "--db-query", "SELECT current_database()") == 0
    assert len(kept) >= 3
    for connection in kept:
        assert connection.execute(asked).fetchall() == before
        connection.__class__ = psycopg.Connection
        connection.close()


def test_settings_of_a_login_change_nothing(shop: Shop, live: Database, login: Callable[[Database], str]) -> None:
    """Search path, date style and quoting that a login has set do not become differences."""
    url = login(live)
    fill(live, "GRANT SELECT ON countries TO PUBLIC")
    name = url.partition("//")[2].partition(":")[0]
    for setting in (
        "search_path = public, pg_catalog",
        "datestyle = 'German, DMY'",
        "intervalstyle = sql_standard",
        "timezone = 'Asia/Kolkata'",
        "quote_all_identifiers = on",
        "extra_float_digits = -2",
        "bytea_output = escape",
        "standard_conforming_strings = off",
    ):
        fill(live, f"ALTER ROLE {name} SET {setting}")
    assert shop.drift("--db", url) == 0, shop.out
