"""Expected facts are made once: kept in a cache, or in a file of the project."""

from __future__ import annotations

import concurrent.futures
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from isotype.drift import cache
from isotype.drift.expected import read, written
from tests.drift.conftest import SCHEMA, Shop, fill
from tests.engines.postgres import Database, Server

SAVED = "drift/postgres.json"
SETTINGS = f'[drift]\nexpected = "{SAVED}"\n'


def test_cached_facts_need_no_server(
    shop: Shop, live: Database, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run of a schema starts no server and reads no schema."""
    assert shop.drift("--db", live.url) == 0
    assert list(empty_cache.glob("*.json"))
    _refuse_servers(monkeypatch)
    monkeypatch.setattr("isotype.language.load", _refuse)
    assert shop.drift("--db", live.url) == 0


def _refuse(*_: object) -> None:
    raise AssertionError("this was not needed")


def _refuse_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("isotype.scratch.server.Server.start", _refuse)


def test_change_that_leaves_the_sql_alone_needs_no_server(
    shop: Shop, live: Database, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the cache holds goes by the SQL: another comment in the YAML makes nothing new."""
    assert shop.drift("--db", live.url) == 0
    _refuse_servers(monkeypatch)
    shop.say(f"# A remark.\n{SCHEMA}")
    assert shop.drift("--db", live.url) == 0


def test_change_of_the_sql_makes_new_facts(shop: Shop, live: Database, empty_cache: Path) -> None:
    """After a change of the schema the same database has drifted."""
    assert shop.drift("--db", live.url) == 0
    shop.say(SCHEMA.replace("note: text?", "note: string(80)?"))
    assert shop.drift("--db", live.url) == 1
    assert "column public.purchases.note differs in type" in shop.out


def test_manifest_made_by_hand_cannot_vouch_for_another_schema(shop: Shop, live: Database, empty_cache: Path) -> None:
    """What is loaded is what the schema says, whatever the generated file holds."""
    shop.sql()
    generated = shop.root / "generated/shop/sql/postgres.sql"
    generated.write_text(generated.read_text().replace("CREATE TABLE countries", "CREATE TABLE lands"))
    assert shop.drift("--db", live.url) == 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}', '{"version": 99}', "\0"])
def test_spoiled_cache_is_as_good_as_none(shop: Shop, live: Database, empty_cache: Path, content: str) -> None:
    """An entry that cannot be read is made again."""
    assert shop.drift("--db", live.url) == 0
    (entry,) = empty_cache.glob("*.json")
    whole = entry.read_text()
    entry.write_text(content)
    assert shop.drift("--db", live.url) == 0
    assert entry.read_text() == whole


def test_cache_that_cannot_be_written_is_done_without(
    shop: Shop, live: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run works where the cache folder is no folder."""
    monkeypatch.setenv("ISOTYPE_CACHE", str(shop.write("plain.file", "")))
    assert shop.drift("--db", live.url) == 0


def test_runs_at_the_same_time_share_the_cache(shop: Shop, live: Database, empty_cache: Path) -> None:
    """Many writers and readers of one entry never meet half of it."""
    assert shop.drift("--db", live.url) == 0
    (entry,) = empty_cache.glob("*.json")
    made = read(entry.read_text())
    start = threading.Barrier(8)

    def use(number: int) -> bool:
        start.wait()
        for _ in range(20):
            if number % 2:
                cache.keep(entry.stem, made)
            elif cache.find(entry.stem) != made:
                return False
        return True

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(8)))
    assert [path.name for path in empty_cache.iterdir() if path.name.startswith(".")] == []


def test_saved_facts_need_neither_server_nor_rights(
    shop: Shop,
    live: Database,
    login: Callable[[Database], str],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a committed file a run works from a clean clone, with an empty cache and a login that may only read."""
    assert shop.drift("--save-expected", SAVED, "--db", live.url) == 0
    shop.write("isotype.toml", SETTINGS)
    monkeypatch.setenv("ISOTYPE_CACHE", str(tmp_path_factory.mktemp("none")))
    _refuse_servers(monkeypatch)
    url = login(live)
    fill(live, "GRANT SELECT ON countries TO PUBLIC")
    assert shop.drift("--db", url) == 0, shop.err
    fill(live, "DROP INDEX idx_purchases_status")
    assert shop.drift("--db", url) == 1
    assert f"\n{shop.place('idx_purchases_status')}" in shop.out


def test_saved_facts_are_the_same_bytes(shop: Shop, postgres: Server, empty_cache: Path) -> None:
    """Two servers of one version give the same file, and it reads back as what it was written from."""
    assert shop.drift("--save-expected", "one.json", "--scratch", postgres.url()) == 0
    for entry in empty_cache.iterdir():
        entry.unlink()
    assert shop.drift("--save-expected", "two.json", "--db", postgres.url()) == 0
    text = (shop.root / "one.json").read_text()
    assert (shop.root / "two.json").read_text() == text
    assert written(read(text)) == text
    assert json.loads(text)["made_by"] == "isotype drift --save-expected"


def test_check_says_when_saved_facts_are_stale(shop: Shop) -> None:
    """A file that a change of the schema has made old is a finding of `check`, fast and full, until it is saved."""
    shop.sql()
    assert shop.drift("--save-expected", SAVED) == 0, shop.err
    shop.write("isotype.toml", SETTINGS)
    shop.sql()
    assert shop.run("check") == 0, shop.out
    assert shop.run("check", "--full") == 0
    shop.say(SCHEMA.replace("note: text?", "note: string(80)?"))
    shop.sql()
    for way in ((), ("--full",)):
        assert shop.run("check", *way) == 1
        assert shop.out.startswith(f"{SAVED}:1:1: ")
        assert "[expected-stale]" in shop.out
    assert shop.drift("--save-expected", SAVED) == 0
    assert shop.run("check") == 0


def test_stale_facts_are_not_compared_with(shop: Shop, live: Database) -> None:
    """A run with facts of another schema is exit code 2, not a wrong answer."""
    assert shop.drift("--save-expected", SAVED, "--db", live.url) == 0
    shop.say(SCHEMA.replace("note: text?", "note: string(80)?"))
    assert shop.drift("--expected", SAVED, "--db", live.url) == 2
    assert "[expected-stale]" in shop.out
    assert f"--save-expected {SAVED}" in shop.out


def test_facts_of_another_version_are_refused(shop: Shop, live: Database, postgres_of: Callable[[int], Server]) -> None:
    """Facts of one major version say nothing about a database of another; several files serve several versions."""
    other = postgres_of(18 if live.server.major != 18 else 17)
    assert shop.drift("--save-expected", "a.json", "--scratch", other.url()) == 0, shop.err
    assert shop.drift("--expected", "a.json", "--db", live.url) == 2
    assert f"the saved facts are of {other.major}" in shop.out
    assert shop.drift("--save-expected", "b.json", "--db", live.url) == 0
    assert shop.drift("--expected", "a.json", "--expected", "b.json", "--db", live.url) == 0


@pytest.mark.parametrize("content", [None, "", "[1]", '{"version": 1, "objects": 3}'])
def test_saved_facts_that_cannot_be_read_are_a_sentence(shop: Shop, live: Database, content: str | None) -> None:
    """A file that is missing or spoiled is exit code 2 with what to run."""
    if content is not None:
        shop.write(SAVED, content)
    assert shop.drift("--expected", SAVED, "--db", live.url) == 2
    assert f"--save-expected {SAVED}" in shop.out + shop.err


def test_reference_rows_are_watched_as_far_as_they_are_given(shop: Shop, database: Database) -> None:
    """A row is compared in the columns that the schema gives of it, though another row gives more."""
    shop.say(
        SCHEMA.replace(
            "name: {type: string(80)}", "name: {type: string(80)}\n      rank: {type: int, default: 1}"
        ).replace("{code: FR, name: France}", "{code: FR, name: France, rank: 3}")
    )
    fill(database, shop.sql())
    assert shop.drift("--db", database.url) == 0, shop.out
    fill(database, "UPDATE countries SET rank = 7 WHERE code = 'DE'; INSERT INTO countries VALUES ('IT', 'Italy', 1)")
    assert shop.drift("--db", database.url) == 0, shop.out
    fill(database, "UPDATE countries SET rank = 7 WHERE code = 'FR'")
    assert shop.drift("--db", database.url) == 1
    assert "differs in rank" in shop.out
