"""SQLite files beside their schema, with the same command."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from isotype.catalog import sqlite
from tests.drift.conftest import Shop, fill
from tests.engines.postgres import Database


@pytest.fixture
def file(shop: Shop) -> Path:
    """A database file in sync with the schema."""
    shop.sql()
    path = shop.root / "shop.db"
    change(path, (shop.root / "generated/shop/sql/sqlite.sql").read_text())
    return path


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)


def test_file_in_sync_needs_no_server_and_no_driver(shop: Shop, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file made from the schema is in sync, on a machine without psycopg, and is left as it was."""
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    before = file.read_bytes()
    assert shop.drift("--db", f"sqlite:///{file}") == 0, shop.out + shop.err
    assert shop.out.endswith(f"nothing found\nshop: {file}, in sync\n")
    assert file.read_bytes() == before


def test_expected_facts_are_kept(shop: Shop, file: Path, empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SQL is loaded once; then the cache knows, with a manifest and without, until the schema says otherwise."""
    loaded: list[str] = []
    real = sqlite.load

    def load(sql: str, *given: Any) -> Any:
        loaded.append(sql)
        return real(sql, *given)

    monkeypatch.setattr(sqlite, "load", load)
    for _ in range(2):
        assert shop.drift("--db", str(file)) == 0
        (shop.root / "generated/shop/isotype.manifest").unlink(missing_ok=True)
    assert len(loaded) == 1
    assert len([*empty_cache.glob("*.json")]) == 1
    shop.say((shop.root / "schema/shop.yaml").read_text().replace("min: 0", "min: 1"))
    assert shop.drift("--db", str(file)) == 1
    assert len(loaded) == 2


@pytest.mark.parametrize(
    ("sql", "code", "line"),
    [
        ("DROP INDEX idx_purchases_status", "drift-missing-index", "idx_purchases_status"),
        ("DROP TRIGGER purchases_stamp", "drift-missing-trigger", "changed_at: {type"),
        ("ALTER TABLE customers ADD COLUMN age INTEGER", "drift-extra-column", "Customer:"),
        ("CREATE TABLE strays (id INTEGER)", "drift-unmanaged-table", "domain: shop"),
    ],
)
def test_change_is_found_at_its_line_and_repaired(shop: Shop, file: Path, sql: str, code: str, line: str) -> None:
    """A change of the file is found at the line that says otherwise; the script makes what is missing."""
    change(file, sql)
    assert shop.drift("--db", str(file), "--fix-sql", "fix.sql") == 1
    found = [said for said in shop.out.splitlines() if said.endswith(f"[{code}]")]
    assert found, shop.out
    assert found[0].startswith(shop.place(line)), shop.out
    change(file, (shop.root / "fix.sql").read_text())
    assert shop.drift("--db", str(file)) == (0 if "missing" in code else 1), shop.out


@pytest.mark.parametrize(
    "spoil",
    [lambda path: path.unlink(), lambda path: path.write_bytes(b"no database" * 100), lambda path: _as_folder(path)],
)
def test_what_is_no_database_is_a_sentence(shop: Shop, file: Path, spoil: Callable[[Path], object]) -> None:
    """A file that is missing or something else is exit code 2, and is not made."""
    spoil(file)
    existed = file.exists()
    assert shop.drift("--db", str(file)) == 2
    assert "[unreadable-database]" in shop.err
    assert file.exists() is existed


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def test_both_engines_in_one_run(shop: Shop, file: Path, live: Database) -> None:
    """A run compares a PostgreSQL database and an SQLite file, and tells their differences apart."""
    assert shop.drift("--db", str(file), "--db", live.url) == 0, shop.out + shop.err
    fill(live, "DROP INDEX idx_purchases_status")
    change(file, "DROP INDEX idx_purchases_status")
    assert shop.drift("--db", str(file), "--db", live.url) == 1
    assert "index main.idx_purchases_status is missing, in 1 of 2 databases" in shop.out
    assert "index public.idx_purchases_status is missing, in 1 of 2 databases" in shop.out
