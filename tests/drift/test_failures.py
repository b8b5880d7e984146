"""What cannot be compared is exit code 2 and a sentence; never in sync, never a traceback, never a password."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from isotype.report import FORMATS
from tests.drift.conftest import ROWLESS, Shop, fill
from tests.drift.impostors import http, listening, speaking
from tests.engines.postgres import Database, Server

SECRET = "geheim-Ωß"
FORMS = ("geheim", "Ωß", "%CE%A9")
"""What would give it away."""


def failed(shop: Shop, *given: str) -> str:
    """What a run says that could not do its job."""
    assert shop.drift(*given) == 2
    assert "Traceback" not in shop.err
    assert "in sync" not in shop.out
    assert shop.err.startswith("isotype: ")
    return shop.err


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql://127.0.0.1:1/shop", "cannot-connect"),
        ("postgresql://no-such-host.invalid/shop", "cannot-connect"),
        ("postgresql:///shop?host=/no/such/folder", "cannot-connect"),
        ("host=127.0.0.1 port=1 dbname=shop", "cannot-connect"),
        ("postgresql://127.0.0.1:1/shop?sslmode=sometimes", "cannot-connect"),
        ("postgresql://127.0.0.1:1/shop?nonsense=1", "invalid-database-url"),
        ("postgresql://127.0.0.1:port/shop", "invalid-database-url"),
        ("postgresql://a:b@c@127.0.0.1/shop", "invalid-database-url"),
        ("postgresql://127.0.0.1/a/b", "invalid-database-url"),
        ("shop", "invalid-database-url"),
        ("", "invalid-database-url"),
        ("mysql://127.0.0.1/shop", "unknown-engine"),
        ("sqlite:///none.db", "unreadable-database"),
        ("$NO_SUCH_VARIABLE", "variable-missing"),
    ],
)
def test_wrong_address_is_a_sentence(shop: Shop, url: str, code: str) -> None:
    """An address that leads nowhere, or is none, is refused with its own code."""
    assert f"[{code}]" in failed(shop, "--db", url)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://reader:{SECRET}@127.0.0.1:1/shop",
        "postgresql://reader:geheim-%CE%A9%C3%9F@127.0.0.1:1/shop",
        f"postgresql://reader:a@{SECRET}@127.0.0.1:1/shop",
        f"postgresql://reader:a/{SECRET}@127.0.0.1:1/shop",
        f"postgresql://reader:a:{SECRET}@127.0.0.1:1/shop",
        f"postgresql://reader:a#{SECRET}@127.0.0.1:1/shop",
        f"postgresql://reader:a?{SECRET}@127.0.0.1:1/shop",
        f"postgresql://127.0.0.1:1/shop?user=reader&password={SECRET}",
        f"host=127.0.0.1 port=1 user=reader password={SECRET}",
        f"host=127.0.0.1 port=1 user=reader password='a b {SECRET}'",
        f"postgresql+psycopg://reader:{SECRET}@127.0.0.1:1/shop",
        f"mysql://reader:{SECRET}@127.0.0.1/shop",
        f"reader:{SECRET}@127.0.0.1/shop",
        SECRET,
    ],
)
def test_password_is_in_no_output(shop: Shop, url: str, form: str) -> None:
    """However the address is written, and whatever is wrong with it, its password is not printed."""
    assert shop.drift("--db", url, "--format", form) == 2
    for part in FORMS:
        assert part not in shop.out + shop.err


@pytest.fixture
def strict_login(postgres: Server, database: Database) -> Iterator[str]:
    """The URL of a login whose password is asked for, without one."""
    row = postgres.execute("SHOW hba_file").fetchone()
    assert row is not None
    rules = Path(str(row[0]))
    before = rules.read_text()
    postgres.execute("CREATE ROLE strict_reader LOGIN PASSWORD 'right'")
    rules.write_text(f"local all strict_reader scram-sha-256\n{before}")
    postgres.execute("SELECT pg_reload_conf()")
    yield database.url.replace("postgresql://postgres@", "postgresql://strict_reader{}@")
    rules.write_text(before)
    postgres.execute("SELECT pg_reload_conf()")
    postgres.execute("DROP ROLE strict_reader")


def test_wrong_password_is_told_from_the_right_one(shop: Shop, strict_login: str, database: Database) -> None:
    """A wrong password is a sentence in which it does not appear; the right one gets an answer."""
    said = failed(shop, "--db", strict_login.format(":geheim"))
    assert "password authentication failed" in said
    assert "geheim" not in said
    assert "no password supplied" in failed(shop, "--db", strict_login.format(""))
    assert shop.drift("--db", strict_login.format(":right")) == 1


def test_login_that_may_not_connect_is_told_so(
    shop: Shop, live: Database, login: Callable[[Database], str], postgres: Server
) -> None:
    """A login without CONNECT is exit code 2."""
    url = login(live)
    postgres.execute(f'REVOKE ALL ON DATABASE "{live.name}" FROM {url.partition("//")[2].partition(":")[0]}')
    assert "permission denied for database" in failed(shop, "--db", url)


def test_reference_rows_need_the_right_to_read_them(
    shop: Shop, live: Database, login: Callable[[Database], str]
) -> None:
    """Where the schema has reference rows, a login that may not read them is told which table it is about."""
    said = failed(shop, "--db", login(live))
    assert "permission denied for table countries" in said
    assert "grant SELECT" in said


def test_catalog_that_is_closed_is_told(shop: Shop, database: Database, login: Callable[[Database], str]) -> None:
    """A server that hides its catalog from a login is exit code 2."""
    shop.say(ROWLESS)
    fill(database, shop.sql())
    url = login(database)
    fill(database, "REVOKE SELECT ON pg_catalog.pg_proc FROM PUBLIC")
    assert "permission denied for table pg_proc" in failed(shop, "--db", url)


def test_other_services_are_no_database(shop: Shop) -> None:
    """A web server on that port, or one that says nothing and hangs up, is exit code 2."""
    for answer in (http, lambda connection: None):
        with listening(answer) as port:
            assert "[cannot-connect]" in failed(shop, "--db", f"postgresql://127.0.0.1:{port}/shop")


def test_silent_service_is_waited_for_only_so_long(shop: Shop) -> None:
    """A port that takes a connection and never answers is given up after the time the URL allows."""
    with listening(lambda connection: time.sleep(8)) as port:
        said = failed(shop, "--db", f"postgresql://127.0.0.1:{port}/shop?connect_timeout=2&sslmode=disable")
    assert "[cannot-connect]" in said


@pytest.mark.parametrize("version", ["9.6.24", "13.16", "19.1", "next"])
def test_unknown_version_is_not_guessed_at(shop: Shop, version: str) -> None:
    """A server of a version whose catalog is not known is exit code 2."""
    with listening(speaking(version)) as port:
        said = failed(shop, "--db", f"postgresql://reader@127.0.0.1:{port}/shop")
    assert "[unknown-server-version]" in said
    assert "PostgreSQL 14 to 18 are known" in said


def test_server_that_goes_away_is_no_database_in_sync(shop: Shop, live: Database) -> None:
    """A server that ends in the middle of a run is exit code 2."""
    assert shop.drift("--db", live.url) == 0
    with listening(speaking(f"{live.server.major}.1")) as port:
        said = failed(shop, "--db", f"postgresql://reader@127.0.0.1:{port}/shop")
    assert "[connection-lost]" in said


def test_query_that_takes_too_long_is_ended(shop: Shop, live: Database) -> None:
    """A table that somebody holds locked is waited for as long as --timeout says."""
    with psycopg.connect(live.url) as holder:
        holder.execute("LOCK TABLE countries IN ACCESS EXCLUSIVE MODE")
        said = failed(shop, "--db", live.url, "--timeout", "1")
    assert "[database-too-slow]" in said


def test_missing_driver_names_the_extra(shop: Shop, live: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg a run says what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "install isotype[postgres]" in failed(shop, "--db", live.url)


def test_wrong_schema_is_reported_at_its_line(shop: Shop, live: Database) -> None:
    """A schema with an error is exit code 2 with the place of the error."""
    shop.say("isotype: 1\ndomain: shop\nentities: {A: {fields: {id: {type: nonsense, key: true}}}}\n")
    assert shop.drift("--db", live.url) == 2
    assert shop.out.startswith("schema/shop.yaml:3:")


def test_failure_in_a_machine_format_is_a_finding(shop: Shop) -> None:
    """With --format json the reason is in the document."""
    assert shop.drift("--db", "postgresql://127.0.0.1:1/shop", "--format", "json") == 2
    assert [finding["code"] for finding in json.loads(shop.out)["findings"]] == ["cannot-connect"]
