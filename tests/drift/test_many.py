"""One database per tenant: many of them in one run, one expected side, one report."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.drift.conftest import Shop, fill
from tests.engines.postgres import Database, Server

COUNT = 20


@pytest.fixture
def tenants(postgres: Server, live: Database) -> Iterator[list[Database]]:
    """Twenty databases in sync."""
    made = [Database(postgres, postgres.create_database(live.name)) for _ in range(COUNT)]
    yield made
    for database in made:
        postgres.drop_database(database.name)


def urls(databases: list[Database]) -> list[str]:
    return [part for database in databases for part in ("--db", database.url)]


def test_twenty_databases_at_once(
    shop: Shop, tenants: list[Database], empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty databases are compared in one run, whose expected side is made once."""
    from isotype.drift import scratch

    loads: list[tuple[Any, ...]] = []
    real = scratch.read

    def counted(*given: Any) -> Any:
        loads.append(given)
        return real(*given)

    monkeypatch.setattr(scratch, "read", counted)
    assert shop.drift(*urls(tenants)) == 0, shop.out
    assert shop.out.endswith("nothing found\nshop: 20 of 20 databases in sync\n")
    assert len(loads) == 1


def test_same_difference_is_one_finding_that_names_its_databases(shop: Shop, tenants: list[Database]) -> None:
    """What differs in several databases alike is one finding; what differs in one names that one."""
    for database in tenants[:3]:
        fill(database, "DROP INDEX idx_purchases_status")
    fill(tenants[7], "ALTER TABLE purchases DROP COLUMN note CASCADE")
    assert shop.drift(*urls(tenants), "--format", "json") == 1
    document = json.loads(shop.out)
    messages = {finding["code"]: finding["message"] for finding in document["findings"]}
    names = ", ".join(database.name for database in tenants[:3])
    assert messages["drift-missing-index"] == (
        f"index public.idx_purchases_status is missing, in 3 of 20 databases: {names}"
    )
    assert messages["drift-missing-column"].endswith(f"in 1 of 20 databases: {tenants[7].name}")
    assert document["summary"][-1] == "shop: 16 of 20 databases in sync"


def test_failing_database_does_not_hide_the_others(shop: Shop, tenants: list[Database]) -> None:
    """A database that cannot be reached is exit code 2, and the findings of the others are there."""
    fill(tenants[1], "DROP INDEX idx_purchases_status")
    assert shop.drift("--db", "postgresql://127.0.0.1:1/gone", *urls(tenants[:3])) == 2
    assert "cannot connect to 127.0.0.1:1/gone" in shop.err
    assert "idx_purchases_status is missing" in shop.out
    assert "shop: 127.0.0.1:1/gone could not be compared" in shop.out
    assert "shop: 2 of 4 databases in sync" in shop.out


def test_a_page_draws_what_could_be_read(shop: Shop, tenants: list[Database]) -> None:
    """A database that fails leaves the diagram of the others in the page; with none read, nothing is drawn."""
    fill(tenants[1], "DROP INDEX idx_purchases_status")
    gone = ("--db", "postgresql://127.0.0.1:1/gone")
    assert shop.drift(*gone, *urls(tenants[:2]), "--format", "html") == 2
    assert "<svg" in shop.out
    assert "cannot connect to 127.0.0.1:1/gone" in shop.out
    assert shop.drift(*gone, "--format", "html") == 2
    assert "<svg" not in shop.out


def test_list_of_addresses_or_names(shop: Shop, tenants: list[Database], monkeypatch: pytest.MonkeyPatch) -> None:
    """A file lists addresses, or names on the server of --db, one to a line; - is standard input."""
    few = tenants[:3]
    shop.write("tenants.txt", "# all of them\n\n" + "".join(f"{database.url}\n" for database in few))
    assert shop.drift("--db-list", "tenants.txt") == 0
    assert "3 of 3 databases" in shop.out
    shop.write("names.txt", "".join(f"{database.name}\n" for database in few))
    assert shop.drift("--db", few[0].server.url(), "--db-list", "names.txt") == 0
    assert "3 of 3 databases" in shop.out
    monkeypatch.setattr("sys.stdin", io.StringIO((shop.root / "names.txt").read_text()))
    assert shop.drift("--db", few[0].server.url(), "--db-list", "-") == 0
    assert "3 of 3 databases" in shop.out


def test_query_yields_the_databases(shop: Shop, tenants: list[Database]) -> None:
    """SQL on one database yields the names of the others; it can write nothing."""
    names = ", ".join(f"'{database.name}'" for database in tenants[:4])
    server = tenants[0].server.url()
    query = f"SELECT datname FROM pg_database WHERE datname IN ({names})"
    assert shop.drift("--db", server, "--db-query", query) == 0, shop.err
    assert "4 of 4 databases" in shop.out
    assert shop.drift("--db", tenants[0].url, "--db-query", "CREATE TABLE x (); SELECT 'x'") == 2
    assert "read-only transaction" in shop.err
    assert shop.drift("--db", server, "--db-query", "SELECT 1 WHERE false") == 2
    assert "the query yields no database" in shop.err


@pytest.mark.parametrize("content", ["", "# nobody\n", "one\n", None])
def test_list_that_names_nothing_is_refused(shop: Shop, content: str | None) -> None:
    """A list without a database, with a name that no server goes with, or that is not there, is exit code 2."""
    if content is not None:
        shop.write("tenants.txt", content)
    assert shop.drift("--db-list", "tenants.txt") == 2
    assert shop.err.startswith("isotype: ")


def test_scripts_are_one_for_each_database(shop: Shop, tenants: list[Database]) -> None:
    """--fix-sql with {database} in it writes a script for each; without it, several are refused."""
    fill(tenants[1], "DROP INDEX idx_purchases_status")
    assert shop.drift(*urls(tenants[:2]), "--fix-sql", "fix.sql") == 2
    assert "write {database} into the name of the file" in shop.err
    assert shop.drift(*urls(tenants[:2]), "--fix-sql", "fixes/{database}.sql") == 1
    scripts = {path.stem: path.read_text() for path in (shop.root / "fixes").iterdir()}
    assert set(scripts) == {database.name for database in tenants[:2]}
    assert "CREATE INDEX" in scripts[tenants[1].name]
    assert "CREATE INDEX" not in scripts[tenants[0].name]


def test_domains_of_one_database_manage_it_together(shop: Shop, live: Database) -> None:
    """What another domain that is configured for the database declares is managed by that; the rest by nobody."""
    other = "isotype: 1\ndomain: other\nentities: {Thing: {fields: {id: {type: int, key: true}}}}\n"
    shop.write("schema/other.yaml", other)
    assert shop.run("generate") == 0
    fill(live, (shop.root / "generated/other/sql/postgres.sql").read_text())
    fill(live, "CREATE TABLE strange (id int)")
    shop.write("isotype.toml", f'[domains.shop.drift]\ndatabases = ["{live.url}"]\n[domains.other]\n')
    assert shop.drift() == 1
    assert "table public.things is there, and nothing declares it" in shop.out
    shop.write("isotype.toml", f'[domains.shop]\n[domains.other]\n[drift]\ndatabases = ["{live.url}"]\n')
    for names in ((), ("shop",), ("other",), ("shop", "--db", live.url)):
        assert shop.drift(*names) == 1
        assert shop.out.count(" is there, and nothing declares it") == (1 if names else 2), shop.out
        assert "public.strange" in shop.out
    fill(live, "DROP TABLE strange")
    assert shop.drift() == 0, shop.out
    fill(live, "ALTER TABLE things ADD COLUMN more int")
    assert shop.drift("shop") == 0
    assert shop.drift() == 1
    assert "column public.things.more is there, and its table does not declare it" in shop.out


def test_domains_of_one_file_manage_it_together(shop: Shop) -> None:
    """The same holds for an SQLite file."""
    other = "isotype: 1\ndomain: other\nentities: {Thing: {fields: {id: {type: int, key: true}}}}\n"
    shop.write("schema/other.yaml", other)
    shop.write("isotype.toml", '[drift]\ndatabases = ["both.db"]\n')
    assert shop.run("generate") == 0
    with closing(sqlite3.connect(shop.root / "both.db")) as connection:
        for domain in ("shop", "other"):
            connection.executescript((shop.root / f"generated/{domain}/sql/sqlite.sql").read_text())
    assert shop.drift() == 0, shop.out


def test_databases_of_several_domains_come_from_the_configuration(
    shop: Shop, live: Database, database: Database
) -> None:
    """Without arguments each domain is held against its own databases, and a domain without any is left out."""
    other = "isotype: 1\ndomain: other\nentities: {Thing: {fields: {id: {type: int, key: true}}}}\n"
    shop.write("schema/other.yaml", other)
    shop.write("schema/third.yaml", other.replace("other", "third"))
    shop.write(
        "isotype.toml",
        f'[domains.shop.drift]\ndatabases = ["{live.url}"]\n'
        f'[domains.other.drift]\ndatabases = ["{database.server.url()}"]\n[domains.third]\n',
    )
    assert shop.drift() == 1
    assert f"shop: {live.name}, in sync" in shop.out
    assert "table public.things is missing" in shop.out
    assert "third" not in shop.out
    assert shop.drift("shop") == 0
