"""The API is a witness: it is served and asked over HTTP, here or where it runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import sessionmaker

from isotype.cli import main
from isotype.conformance.building import Compiled, compiled
from isotype.conformance.engines import Engines
from isotype.conformance.findings import findings
from isotype.conformance.http.model import steady
from isotype.conformance.matrix import Matrix
from isotype.conformance.run import Request, run
from isotype.conformance.witnesses import assembled
from isotype.domain.model import Domain
from isotype.report import agreement
from isotype.service.live import Caller
from tests.api.package import Package, served, understood
from tests.conformance.conftest import ENGINES
from tests.engines import ROOT
from tests.probes.domains import SCHEMAS, schema
from tests.probes.domains import understood as known

STORE = """
isotype: 1
domain: store
database: {session: sync}
enums:
  State: [open, paid, sent]
entities:
  Rack:
    fields:
      id:   {type: int, key: true, default: identity}
      room: {type: string(8), unique: true}
  Item:
    fields:
      id:    {type: uuid, key: true, default: uuid}
      rack: {ref: Rack, on_delete: restrict}
      name:  {type: string(6), min_length: 2, unique: true}
      price: {type: 'decimal(6,2)', min: 0.5, default: 9.99}
      much:  {type: int, min: 0, default: 3}
      most:  {type: int, min: 0, default: 5}
      worth: {type: 'decimal(18,2)?', computed: price * much}
      state: {type: State, default: open, transitions: {open: [paid], paid: [sent], sent: []}, initial: open}
      sold:  date?
    rules:
      chk_much: much <= most
      chk_sold: sold IS NULL OR state <> 'open'
objects:
  Offer:
    fields: {price: 'decimal(6,2)', until: date?, many: {type: int, default: 1}}
operations:
  add:    {post: /items, body: Item, returns: Item, status: 201, errors: [404, 409, 422], rate_limit: 5/minute}
  get:    {get: '/items/{id}', path: {id: uuid}, returns: Item, errors: [404, 422]}
  change: {patch: '/items/{id}', path: {id: uuid}, body: Item, returns: Item, errors: [404, 409, 422]}
  drop:   {delete: '/items/{id}', path: {id: uuid}, returns: none, errors: [404, 422]}
  stand: {post: /racks, body: Rack, returns: Rack, errors: [409, 422]}
  sell:   {post: '/items/{id}/sale', path: {id: uuid}, body: Item, returns: Item, errors: [404, 422]}
  offer:  {post: '/items/{id}/offers', path: {id: uuid}, body: 'Offer[]', returns: none, errors: [404, 422]}
"""


@contextmanager
def store(folder: Path, broken: tuple[str, str, str] | None = None, text: str = STORE) -> Iterator[Compiled]:
    """The domain, compiled; with something else in one file."""
    with compiled(schema(text), folder) as of:
        if broken is not None:
            path, old, new = broken
            file = of.folder / of.package / path
            text = file.read_text()
            assert old in text
            file.write_text(text.replace(old, new))
        yield of


def asked(of: Compiled, request: Request, running: Caller | None = None, engines: Engines = ENGINES) -> Matrix:
    """What comes of asking the API alone."""
    with assembled(of, ROOT, ["http"], engines, running) as (found, missing):
        assert not missing
        return run(of, found, missing, request)


def said(matrix: Matrix) -> list[str]:
    return [str(finding) for finding in findings(matrix)]


@pytest.mark.parametrize("database", ["session: sync", "session: async, schema: depot"])
def test_the_generated_api_agrees(database: str, tmp_path: Path) -> None:
    """Boundaries and some random records are sent to each operation that the schema says; the report says which."""
    with store(tmp_path, text=STORE.replace("session: sync", database)) as of:
        matrix = asked(of, Request())
    assert said(matrix) == []
    assert matrix.rates["http"].asked > 500
    assert {"valid", "range", "length", "type", "rule:chk_much"} <= {it for _, it in matrix.cells}
    note = matrix.notes["http"]
    assert note.startswith("3 of 5 operations with a body were asked; what others do is for a service to say, ")
    assert note.endswith("only how they read a body was asked: POST /items/{id}/sale, POST /items/{id}/offers")
    assert {one.owner for one, _ in matrix.cells} >= {"Item", "Rack", "Offer"}
    assert "no verdict" not in note
    assert f"  http: {note}" in agreement.lines(matrix)
    assert json.loads(agreement.document([matrix]))["domains"][0]["witnesses"]["http"]["note"] == note
    assert "<p>http: 3 of 5 operations" in agreement.page([matrix])


BREAKS: dict[str, tuple[tuple[str, str, str], str, str]] = {
    "a body that is parsed before it is judged": (
        ("api/dependencies.py", "        return await self.body()\n", "        return await super().json()\n"),
        *("Item.much", "refuses what the schema takes: 422"),
    ),
    "a change that is not made": (
        ("api/services/store.py", "        item_mapping.apply(body, row)\n", ""),
        *("Item.price", "gives back another value: price"),
    ),
    "a value that is computed otherwise": (
        ("sql/sqlite.sql", "AS (price * much)", "AS (price * most)"),
        *("Item.much", "gives back another value: worth"),
    ),
    "a move that is not told": (
        ("api/errors.py", "        case TransitionRefused():\n", "        case TransitionRefused() if False:\n"),
        *("Item.state", "answers 500: "),
    ),
    "a body that is handed on as another": (
        ("api/routes/store.py", "service.sell(id, body)", 'service.sell(id, body.model_copy(update={"much": 4}))'),
        *("Item.much", 'gives back another value: {"rackId"'),
    ),
    "an array that is parsed before it is judged": (
        ("api/routes/store.py", "FromJson[list[Offer]]", "list[Offer]"),
        *("Offer.many", "refuses what the schema takes: 422"),
    ),
    "a refusal in another form": (
        ("api/errors.py", 'status, headers, "application/json")', 'status, headers, "text/plain")'),
        *("Item.sold", "media type: application/json, not text/plain"),
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found(name: str, tmp_path: Path) -> None:
    """An API that answers otherwise is found out, and what it answers is said."""
    broken, field, fact = BREAKS[name]
    with store(tmp_path, broken) as of:
        found = said(asked(of, Request(only=field)))
    assert any(fact in one for one in found), found


def test_nothing_to_ask(tmp_path: Path) -> None:
    """Where no operation takes a record nothing is started, and the report says so."""
    engines = Engines()
    with store(tmp_path, text=STORE.partition("operations:")[0]) as of:
        matrix = asked(of, Request(only="Rack"), engines=engines)
    assert matrix.rates["http"].asked == 0 and engines.started == 0
    assert matrix.notes["http"] == "no operation has a body"


def test_a_package_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the packages of an API nobody is asked, and a sentence says which to install."""
    from importlib import util

    find = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name: None if name == "uvicorn" else find(name))
    with store(tmp_path) as of, assembled(of, ROOT, ["http"], ENGINES) as (found, missing):
        assert not found
        assert missing["http"] == "uvicorn is not installed: pip install 'isotype[verify]'"


def test_tables_in_several_schemas(tmp_path: Path) -> None:
    """Models find those on PostgreSQL alone."""
    text = STORE.replace("  Rack:\n", "  Rack:\n    schema: depot\n")
    with store(tmp_path, text=text) as of, assembled(of, ROOT, ["http"], ENGINES) as (found, missing):
        assert not found and "several schemas" in missing["http"]


# An API that runs

CALLS = count()
"""Every call is another caller's, so that a limit stops none."""


@contextmanager
def running(of: Compiled) -> Iterator[tuple[str, sa.Engine]]:
    """Where the API of a domain answers, and its database."""
    engine = sa.create_engine(f"sqlite:///{of.folder / 'running.db'}")
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"))
    of.module("models").metadata.create_all(engine)
    limits = of.module("api").Limits(client=lambda _: str(next(CALLS)))
    app = Package(of.package).app(sessionmaker(engine, expire_on_commit=False), limits=limits)
    with served(app) as http:
        yield str(http.base_url), engine
    engine.dispose()


def test_an_api_that_runs(tmp_path: Path) -> None:
    """It has rows of its own, which stay; what is made there is taken away, as far as operations do that."""
    with store(tmp_path) as of, running(of) as (address, engine):
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO racks (id, room) VALUES (7, 'a')")
        matrix = asked(of, Request(only="Item.state"), steady("it", address))
        assert said(matrix) == []
        assert matrix.rates["http"].asked > 40
        assert "1 rows that were made stay: no operation takes them away" in matrix.notes["http"]
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM items").scalar() == 0
            assert connection.exec_driver_sql("SELECT room FROM racks WHERE id = 7").scalar() == "a"


def test_a_running_api_is_found_out(tmp_path: Path) -> None:
    """What it takes, refuses or gives back otherwise is a disagreement."""
    broken = ("api/services/store.py", "        item_mapping.apply(body, row)\n", "")
    with store(tmp_path, broken) as of, running(of) as (address, _):
        found = said(asked(of, Request(only="Item.price"), steady("it", address)))
    assert any("http gives back another value: price" in one for one in found), found


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "store.yaml").write_text(STORE)
    (tmp_path / "isotype.toml").write_text('schema = "schema"\noutput = "generated"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An API is asked where the configuration says that tests may write, and nowhere else."""
    arguments = ["verify", "--witness", "http", "--only", "Rack.room", "--api"]
    with store(project) as of, running(of) as (address, _):
        assert main([*arguments, address]) == 2
        assert "[no-test-target]" in capsys.readouterr().err
        monkeypatch.setenv("STORE", address)
        with (project / "isotype.toml").open("a") as file:
            file.write('[drift]\ntest_apis = ["$STORE"]\n')
        assert main([*arguments, "$STORE", "--header", "X-Key: $STORE"]) == 0
        assert "asked" in capsys.readouterr().out
    assert main([*arguments, "$STORE"]) == 2
    assert "[cannot-connect]" in capsys.readouterr().err
    (project / "schema" / "other.yaml").write_text(STORE.replace("domain: store", "domain: other"))
    assert main([*arguments, "$STORE"]) == 2
    assert "name one: isotype verify DOMAIN" in capsys.readouterr().err


EVERY = [*SCHEMAS, "shop"] if os.environ.get("ISOTYPE_EVERY_VALUE") else []


@pytest.mark.parametrize("name", EVERY)
def test_each_domain(name: str, tmp_path: Path) -> None:
    """The generated API of every domain agrees with its schema at every boundary."""
    domain: Domain = understood(name) if name == "shop" else known(name)
    with compiled(domain, tmp_path) as of:
        assert said(asked(of, Request())) == []
