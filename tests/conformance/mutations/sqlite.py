"""SQLite, with one table in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from isotype.conformance.building import Compiled
from isotype.conformance.model import Witness
from isotype.conformance.witnesses.sqlite import Sqlite
from isotype.domain.values import replace
from isotype.layers import Options, sql
from isotype.layers.rendering import Renderer
from isotype.tables.model import Tables
from tests.conformance.mutations.model import Subject
from tests.conformance.mutations.rows import Unloadable


class OnSqlite:
    name = "sqlite"

    def __init__(self, subject: Subject, folder: Path) -> None:
        self._subject = subject
        self._folder = folder
        self._renderer = Renderer()
        (folder / subject.name / "sql").mkdir(parents=True)

    def text(self, of: Tables) -> str:
        files, _ = sql.render(of, self._renderer, Options("schema.yaml"), databases=("sqlite",))
        return files["sqlite.sql"]

    @contextmanager
    def loaded(self, of: Tables, text: str) -> Iterator[Witness]:
        subject = self._subject
        bindings = replace(subject.bindings, tables=of)
        compiled = Compiled(subject.domain, bindings, (), self._folder, subject.name)
        (self._folder / subject.name / "sql" / "sqlite.sql").write_text(text, encoding="utf-8")
        try:
            witness = Sqlite(compiled)
        except sqlite3.Error as error:
            raise Unloadable(str(error)) from error
        try:
            yield witness
        finally:
            witness.close()
