"""A file is read and never written; what cannot be read is said in a sentence."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from isotype.catalog.comparison import compare
from isotype.catalog.sqlite import load, read
from isotype.catalog.sqlite.opening import opened
from isotype.findings import IsotypeError
from tests.catalog.test_sqlite_changes import SHOP

State = dict[str, tuple[bytes, int, int]]


def state(folder: Path) -> State:
    """Every file of a folder: its bytes, its inode, when it was written."""
    return {
        file.name: (file.read_bytes(), file.stat().st_ino, file.stat().st_mtime_ns) for file in sorted(folder.iterdir())
    }


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A database file in a folder of its own, with rows; a second name would show what is created."""
    file = tmp_path / "folder" / "a shop?%20#é.db"
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(f"{SHOP}; INSERT INTO customers (email) VALUES ('a@b')")
    return file


def refused(file: Path) -> str:
    """The one finding about a file that cannot be read."""
    with pytest.raises(IsotypeError) as caught:
        read(file)
    (finding,) = caught.value.findings
    assert finding.code == "unreadable-database" and finding.suggestion
    assert str(file) in finding.message
    return finding.message.partition("' ")[2]


def test_a_file_is_read_and_left_as_it_is(shop: Path) -> None:
    """Bytes, inode and time of writing stay, and nothing appears beside it."""
    before = state(shop.parent)
    assert compare(load(SHOP), read(shop)) == compare(load(SHOP), read(str(shop))) == ()
    assert state(shop.parent) == before


def test_a_connection_cannot_write(shop: Path) -> None:
    """Not even where the reader would try."""
    with pytest.raises(IsotypeError, match="readonly"), opened(shop) as connection:
        connection.execute("DELETE FROM customers")


def test_a_file_of_write_ahead_mode_is_left_as_it_is(shop: Path) -> None:
    """At rest, no log and no index of it appear beside the file."""
    with closing(sqlite3.connect(shop)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    before = state(shop.parent)
    assert list(before) == [shop.name]
    assert compare(load(SHOP), read(shop)) == ()
    assert state(shop.parent) == before


def test_a_log_in_use_is_read(shop: Path) -> None:
    """What a running program has committed to its log counts, what it has not does not; the file is not touched."""
    with closing(sqlite3.connect(shop, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE other (a)")
        writer.execute("BEGIN")
        writer.execute("CREATE TABLE later (a)")
        before = state(shop.parent)
        assert [it.path[-1] for it in compare(load(SHOP), read(shop))] == ["other"]
        after = state(shop.parent)
        assert after.keys() == before.keys()
        for name in (shop.name, f"{shop.name}-wal"):
            assert after[name] == before[name]


def test_a_log_without_its_index_is_no_guess(shop: Path, tmp_path: Path) -> None:
    """A copy made while a program wrote has changes that only a writer can take over."""
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(shop, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE other (a)")
        shutil.copy(shop, copy)
        shutil.copy(f"{shop}-wal", f"{copy}-wal")
    before = state(tmp_path / "folder")
    assert "has changes in its log" in refused(copy)
    assert not Path(f"{copy}-shm").exists()
    assert state(tmp_path / "folder") == before


def test_a_change_left_in_the_middle_is_no_guess(shop: Path, tmp_path: Path) -> None:
    """A hot journal has to be rolled back by a program that may write."""
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(shop, isolation_level=None)) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("PRAGMA cache_spill = 1")
        writer.execute("BEGIN")
        for number in range(300):
            writer.execute(f"CREATE TABLE t{number} (a, b, c)")
        shutil.copy(shop, copy)
        shutil.copy(f"{shop}-journal", f"{copy}-journal")
        writer.execute("ROLLBACK")
    with Path(f"{copy}-journal").open("rb") as journal:
        assert journal.read(8) == bytes.fromhex("d9d505f920a163d7"), "the journal is hot"
    assert "in the middle of a change" in refused(copy)


def test_a_locked_file_is_no_guess(shop: Path) -> None:
    """Somebody who writes is waited for, and named after that."""
    with closing(sqlite3.connect(shop, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(IsotypeError, match="is locked by another program"), opened(shop, 0.01) as connection:
            read(connection)


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    """Neither the file nor its folder."""
    assert refused(tmp_path / "no" / "shop.db") == "does not exist"
    assert refused(tmp_path / "shop.db") == "does not exist"
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    """A folder, a text, something encrypted, half a header."""
    for name, content in (("text", b"hello"), ("noise", os.urandom(4096)), ("half", b"SQLite for")):
        (tmp_path / name).write_bytes(content)
        assert refused(tmp_path / name) == "is not an SQLite database, or is encrypted"
    assert refused(tmp_path) == "is a folder"


def test_an_empty_file_is_an_empty_database(tmp_path: Path) -> None:
    """Everything is missing from it."""
    (tmp_path / "empty.db").touch()
    assert {(it.kind, it.way) for it in compare(load(SHOP), read(tmp_path / "empty.db"))} == {
        ("table", "missing"),
        ("view", "missing"),
    }


@pytest.mark.parametrize("start", [100, 3600])
def test_a_damaged_file_is_refused(shop: Path, start: int) -> None:
    """Noise where the catalog says what lies where, and in the text of a statement."""
    content = bytearray(shop.read_bytes())
    content[start : start + 300] = b"\xff" * 300
    damaged = shop.with_name("damaged.db")
    damaged.write_bytes(content)
    assert "is damaged" in (reason := refused(damaged)) or "cannot be read" in reason


def test_a_file_that_nobody_lets_read_is_refused(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system refuses."""

    def refuse(*_: object, **__: object) -> Iterator[None]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert refused(shop) == "cannot be opened: permission denied"


def test_a_file_that_changes_while_it_is_read_is_refused(shop: Path) -> None:
    """At rest when it was opened, and written before it was closed."""
    with closing(sqlite3.connect(shop)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    changed = pytest.raises(IsotypeError, match="changed while it was read")
    with changed, opened(shop), closing(sqlite3.connect(shop)) as writer:
        writer.execute("CREATE TABLE other (a)")


def test_reading_stays_in_the_transaction_of_its_caller(shop: Path) -> None:
    """What the caller has not committed is read, and is still to be committed."""
    with closing(sqlite3.connect(shop, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE other (a)")
        assert ("main", "other") in read(connection).of("table")
        assert connection.in_transaction
        connection.execute("ROLLBACK")
        assert ("main", "other") not in read(connection).of("table")
        assert not connection.in_transaction


# The scratch


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH '{0}' AS other",
        "VACUUM INTO '{0}'",
        "PRAGMA temp_store_directory = '{0}'",
        "SELECT load_extension('{0}')",
        "SELECT writefile('{0}', 'x')",
        "CREATE TABLE t (a",
        "SELECT \0",
    ],
)
def test_raw_sql_reaches_no_file(sql: str, tmp_path: Path) -> None:
    """What would open one is refused, as is what does not load."""
    with pytest.raises(IsotypeError, match="is refused by SQLite"):
        load(f"CREATE TABLE a (b); {sql.format(tmp_path / 'made')};")
    assert list(tmp_path.iterdir()) == []


def test_raw_sql_does_not_run_for_ever() -> None:
    """A query without an end is ended."""
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;"
    with pytest.raises(IsotypeError, match=r"takes longer than 0\.1 seconds"):
        load(endless, timeout=0.1)
