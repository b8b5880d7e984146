"""PostgreSQL: one server, two databases, and in them one table at a time that is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from isotype.conformance.building import Compiled
from isotype.conformance.engines import Engines
from isotype.conformance.model import Witness
from isotype.conformance.witnesses.postgres import Postgres
from isotype.domain.values import replace
from isotype.layers import Options, sql
from isotype.layers.rendering import Renderer
from isotype.tables.model import Tables
from tests.conformance.mutations.model import Subject
from tests.conformance.mutations.rows import Unloadable


class OnPostgres:
    name = "postgres"

    def __init__(self, subject: Subject, folder: Path, engines: Engines) -> None:
        self._renderer = Renderer()
        tables = subject.bindings.tables
        empty = replace(tables, tables=(), enum_types=(), views=(), structures=(), raw_sql=())
        target = folder / subject.name / "sql"
        target.mkdir(parents=True)
        (target / "postgres.sql").write_text(self.text(empty), encoding="utf-8")
        bindings = replace(subject.bindings, tables=empty)
        self._witness = Postgres(Compiled(subject.domain, bindings, (), folder, subject.name), engines)

    def text(self, of: Tables) -> str:
        files, _ = sql.render(of, self._renderer, Options("schema.yaml"), databases=("postgres",))
        return files["postgres.sql"]

    @contextmanager
    def loaded(self, of: Tables, text: str) -> Iterator[Witness]:
        with ExitStack() as stack:
            try:
                stack.enter_context(self._witness.holding(text, of.tables))
            except psycopg.Error as error:
                raise Unloadable(str(error)) from error
            yield self._witness

    def close(self) -> None:
        self._witness.close()
