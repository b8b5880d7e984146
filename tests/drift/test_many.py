"""One database per tenant: many of them in one run, one expected side, one report."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
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
