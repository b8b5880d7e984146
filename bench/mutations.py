"""Every change of every database of tests/catalog, and what Alembic and migra say of the same ones.

A drift has to be found and named, an equivalent change has to be silent. The peers are asked about `EACH` cases of a
class in every database, spread over all that there are; a change counts as found by them when they say anything that
they do not say of the unchanged database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from bench.rows import skipped
from tests.catalog import sqlite_suite, suite
from tests.catalog.benign import Benign, benign
from tests.catalog.mutations import Mutation, mutations
from tests.catalog.respelling import Respelling, respellings
from tests.catalog.shop import Live
from tests.catalog.suite import DATABASES, DRIFT, EQUIVALENCE, Verdict, class_of
from tests.domains.conftest import SCHEMAS, write
from tests.domains.rows import packaged
from tests.engines.postgres import Server

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".cache" / "peers" / "python" / "bin" / "python"
EACH = int(os.environ.get("EACH", "1"))

Case = Mutation | Benign | Respelling
Ask = Callable[[str], bool]
Tallies = dict[tuple[str, str], Counter[str]]
"""By suite and class: how many cases, and how many of them each tool was asked about and has found."""


def measure(parent: Path) -> None:
    """Print a row per class; a case that is missed or cries wolf ends the run with an error."""
    tallies: Tallies = defaultdict(Counter)
    wrong: list[Verdict] = []
    facts = []
    with Server(settings={"max_locks_per_transaction": "1024"}) as server:
        for name in DATABASES:
            print(f"asking about {name}", file=sys.stderr, flush=True)
            with suite.live(server, name) as on:
                facts.append(on.expected)
                wrong += _ours(on, tallies)
                _theirs(on, tallies, parent)
        engine = f"PostgreSQL {server.major}"
    _table(engine, tallies)
    on_sqlite: Tallies = defaultdict(Counter)
    for name in sqlite_suite.DOMAINS:
        wrong += _counted(sqlite_suite.verdicts(name), on_sqlite)
    _table("SQLite", on_sqlite)
    fewer = [*suite.fewer("postgres", suite.counts(facts)), *suite.fewer("sqlite", sqlite_suite.counts())]
    for one in wrong:
        print(f"{one.outcome}: {one.database}, {one.of}: {one.name}\n    {one.sql}\n    {one.said}")
    if wrong or fewer:
        raise SystemExit("\n".join(("bench: the suite is not whole", *fewer)))


def _ours(on: Live, tallies: Tallies) -> Iterator[Verdict]:
    yield from _counted(suite.drifted(on, mutations(on.expected)), tallies)
    yield from _counted(suite.unchanged(on, benign(on.expected)), tallies)
    yield from _counted(suite.respelled(on, respellings(on.expected)), tallies)


def _counted(verdicts: Iterable[Verdict], tallies: Tallies) -> Iterator[Verdict]:
    """Count the verdicts; those that did not pass."""
    for one in verdicts:
        if one.outcome == "absent":
            continue
        tally = tallies[one.suite, one.of]
        tally["cases"] += 1
        tally["failed"] += one.outcome != "passed"
        if one.outcome != "passed":
            yield one


# The peers


def _theirs(on: Live, tallies: Tallies, parent: Path) -> None:
    with ExitStack() as stack:
        peers = {"migra": stack.enter_context(_migra(on))}
        if on.name in SCHEMAS:
            # The shop has no models that Alembic could compare it with.
            peers["Alembic"] = stack.enter_context(_alembic(on, parent))
        for of, cases in _samples(on).items():
            for peer, ask in peers.items():
                if ask is not None:
                    tallies[of][f"{peer} asked"] += len(cases)
                    tallies[of][peer] += sum(map(ask, cases))


def _samples(on: Live) -> dict[tuple[str, str], list[str]]:
    """The SQL of some cases of each class, spread over all."""
    every: dict[tuple[str, str], list[str]] = defaultdict(list)
    spelled = (case for some in respellings(on.expected) for case in some)
    cases: Iterator[Case] = chain(mutations(on.expected), benign(on.expected), spelled)
    for case in cases:
        sql = case.sql
        if isinstance(case, Benign) and case.repaired:
            with on.changed(sql) as actual:
                sql = ";\n".join((sql, *(statement.sql for statement in on.repair(actual) if statement.sql)))
        every[class_of(case)].append(sql)
    return {of: _spread(asked) for of, asked in every.items()}


def _spread(cases: Sequence[str]) -> list[str]:
    step = max(len(cases) / EACH, 1)
    return [cases[int(number * step)] for number in range(min(EACH, len(cases)))]


@contextmanager
def _migra(on: Live) -> Iterator[Ask | None]:
    """Asks migra, in the form of its successor, in the environment of the peers; None where it is not installed."""
    program = ROOT / "bench" / "programs" / "migra.py"
    installed = PYTHON.exists() and subprocess.run([PYTHON, "-c", "import results"], check=False, capture_output=True)
    if not installed or installed.returncode:
        skipped(f"migra on {on.name}", "it did not install")
        yield None
        return
    command = [str(PYTHON), str(program), on.database.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def ask(sql: str) -> bool:
            asked.write(json.dumps({"sql": sql}) + "\n")
            asked.flush()
            # One that fails has noticed something.
            return json.loads(answers.readline())["found"] is not False

        assert not ask("SELECT 1")
        yield ask
        asked.close()


@contextmanager
def _alembic(on: Live, parent: Path) -> Iterator[Ask]:
    """Asks Alembic's autogenerate, with the generated models and everything compared that it can compare."""
    import sqlalchemy as sa
    from alembic.autogenerate import produce_migrations, render_python_code
    from alembic.migration import MigrationContext

    with tempfile.TemporaryDirectory(dir=parent) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with packaged(on.name, write(on.name, Path(folder), "models", "schemas")) as package:
            metadata = package.models.metadata
            engine = sa.create_engine(on.database.url_for("psycopg"))
            schemas = {table.schema for table in metadata.tables.values()}
            options: dict[str, Any] = {
                "compare_type": True,
                "compare_server_default": True,
                "include_schemas": any(schemas),
                "include_name": lambda name, kind, _: kind != "schema" or name in schemas,
            }

            def said(sql: str) -> str:
                with engine.connect() as connection, connection.begin() as transaction:
                    connection.exec_driver_sql(sql.replace("%", "%%"))
                    connection.exec_driver_sql("SET LOCAL search_path = public")
                    context = MigrationContext.configure(connection, opts=options)
                    operations = produce_migrations(context, metadata).upgrade_ops
                    assert operations is not None
                    written = str(render_python_code(operations))
                    transaction.rollback()
                    return written

            usual = said("SELECT 1")

            def ask(sql: str) -> bool:
                try:
                    return said(sql) != usual
                except Exception:  # one that fails has noticed something
                    return True

            yield ask
            engine.dispose()


# Printing


def _table(engine: str, tallies: Tallies) -> None:
    for of, heading in ((DRIFT, "found and named"), (EQUIVALENCE, "cried wolf")):
        print(f"\n{engine}, {of:42} {'cases':>7} {heading:>16} {'Alembic':>14} {'migra':>14}")
        total: Counter[str] = Counter()
        for (suite_of, name), tally in sorted(tallies.items()):
            if suite_of == of:
                total.update(tally)
                _row(name, of, tally)
        _row("all", of, total)


def _row(name: str, of: str, tally: Counter[str]) -> None:
    failed, cases = tally["failed"], tally["cases"]
    ours = cases - failed if of == DRIFT else failed
    peers = " ".join(f"{_share(tally, peer):>14}" for peer in ("Alembic", "migra"))
    print(f"  {name:55} {cases:>7} {ours:>10} {100 * ours / cases:>4.0f}% {peers}", flush=True)


def _share(tally: Counter[str], peer: str) -> str:
    asked = tally[f"{peer} asked"]
    return f"{tally[peer]} of {asked} {100 * tally[peer] / asked:.0f}%" if asked else "-"
