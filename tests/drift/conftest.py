"""A small project with a schema, and databases made from it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from isotype.cli import arguments
from tests.engines import ROOT
from tests.engines.postgres import Database, Server

SCHEMA = """\
isotype: 1
domain: shop
description: A small shop
enums:
  Status: {values: [open, paid, sent], native: true}
entities:
  Customer:
    fields:
      id: {type: uuid, key: true, default: uuid}
      email: {type: email(254), unique: true}
  Purchase:
    description: What a customer buys
    fields:
      id: {type: uuid, key: true, default: uuid}
      customer: {ref: Customer, on_delete: restrict}
      total: {type: 'decimal(10,2)', min: 0}
      status: {type: Status, default: open, transitions: {open: [paid], paid: [sent], sent: []}}
      note: text?
      changed_at: {type: timestamp, default: now, on_update: now, access: read}
    indexes:
      idx_purchases_status: [status]
    rules:
      chk_purchases_note: {that: total > 0 OR note IS NOT NULL, message: A gift has a note.}
  Country:
    fields:
      code: {type: string(2), key: true}
      name: {type: string(80)}
    rows:
      - {code: DE, name: Germany}
      - {code: FR, name: France}
"""
ROWLESS = SCHEMA.partition("    rows:")[0]
"""The schema without reference rows, so that nothing but catalogs has to be read."""


class Shop:
    """A project folder with that schema. `run` answers with the exit code; `out` and `err` hold what was printed."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str], schema: str = SCHEMA) -> None:
        self.root = root
        self._capsys = capsys
        self.out = ""
        self.err = ""
        self.write("isotype.toml", "")
        self.say(schema)

    def say(self, schema: str) -> None:
        """Change the schema."""
        self.write("schema/shop.yaml", schema)

    def run(self, *given: str) -> int:
        self._capsys.readouterr()
        code = arguments.run(given)
        self.out, self.err = self._capsys.readouterr()
        return code

    def drift(self, *given: str) -> int:
        return self.run("drift", *given)

    def start(self, *given: str) -> subprocess.Popen[str]:
        """The same in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "isotype", *given],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": f"{ROOT / 'generator'}{os.pathsep}{ROOT}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell lets what it starts in the background ignore SIGINT, and so would this.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def place(self, text: str) -> str:
        """The line of the schema that holds a text, as reports name it."""
        lines = (self.root / "schema/shop.yaml").read_text().splitlines()
        return f"schema/shop.yaml:{next(number for number, line in enumerate(lines, 1) if text in line)}:"

    def sql(self) -> str:
        """What the schema compiles to."""
        assert self.run("generate") == 0, self.err
        return (self.root / "generated/shop/sql/postgres.sql").read_text()


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that the tests share, so that each kind of expected facts is made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def shop(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shop:
    """The project, as the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ISOTYPE_CACHE", str(kept))
    return Shop(tmp_path, capsys)


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shop: Shop) -> Path:
    """A cache of this test's own, empty."""
    folder = tmp_path / ".cache"
    monkeypatch.setenv("ISOTYPE_CACHE", str(folder))
    return folder / "drift"


@pytest.fixture
def no_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no server can be started."""
    from isotype.scratch import server

    def refuse(*_: object) -> None:
        raise AssertionError("a server was started")

    monkeypatch.setattr(server.Server, "start", refuse)


@pytest.fixture
def live(shop: Shop, database: Database) -> Database:
    """A database in sync with the schema."""
    fill(database, shop.sql())
    return database


@pytest.fixture
def login(postgres: Server) -> Iterator[Callable[[Database], str]]:
    """A function from a database to the URL of a new login that may only connect to it."""
    made: list[str] = []

    def log_in(database: Database) -> str:
        name = f"reader_{os.getpid()}_{len(made)}"
        made.append(name)
        postgres.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'reader'")
        postgres.execute(f'REVOKE ALL ON DATABASE "{database.name}" FROM PUBLIC')
        postgres.execute(f'GRANT CONNECT ON DATABASE "{database.name}" TO {name}')
        return database.url.replace("postgresql://postgres@", f"postgresql://{name}:reader@")

    yield log_in
    for name in made:
        for (database,) in postgres.execute("SELECT datname FROM pg_database WHERE datallowconn").fetchall():
            postgres.execute(f'REVOKE ALL ON DATABASE "{database}" FROM {name}')
        postgres.execute(f"DROP ROLE IF EXISTS {name}")


def fill(database: Database, sql: str) -> None:
    """Run a text of SQL in a database."""
    with database.connect() as connection:
        connection.execute(sql.encode())
