"""The same rows as instances of models, asked by flushing them to a database that is never reached."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from isotype.conformance.witnesses.models import python_value
from isotype.tables.model import Table
from tests.agreement.domains import Compiled
from tests.agreement.rows import Row

TARGET = "models"


class Reached(BaseException):
    """A statement is on its way to the database: the models had nothing against it."""


def unreached() -> Engine:
    """An engine that lets no statement through."""
    engine = create_engine("sqlite://")
    event.listen(engine, "before_cursor_execute", _reach)
    return engine


class Models:
    """The models of a domain, imported as part of the package of its schemas."""

    def __init__(self, of: Compiled, package: str) -> None:
        module = importlib.import_module(f"{package}.models")
        self._classes = {entity.table.name: getattr(module, entity.class_name) for entity in of.bindings.entities}
        self._attributes = {
            entity.table.name: {field.column.name: field.attribute for field in entity.fields}
            for entity in of.bindings.entities
        }

    def judge(self, found: Sequence[tuple[Table, Row]]) -> list[str]:
        """'' for each row that is taken, else why not."""
        engine = unreached()
        return [self._verdict(engine, table, row) for table, row in found]

    def _verdict(self, engine: Engine, table: Table, row: Row) -> str:
        names = self._attributes[table.name]
        values = {names[column]: python_value(value, of) for column, (of, value) in row.items()}
        with Session(engine) as session:
            try:
                session.add(self._classes[table.name](**values))
                session.flush()
            except Reached:
                return ""
            except ValueError as error:
                return str(error)
        raise AssertionError(f"nothing was written for {row}")

    @contextmanager
    def any_state(self) -> Iterator[None]:
        """Let a new row be in any state: a response shows rows that have moved on."""
        starts = {model: model.__starts__ for model in self._classes.values()}
        for model in starts:
            model.__starts__ = {}
        try:
            yield
        finally:
            for model, kept in starts.items():
                model.__starts__ = kept


def _reach(*_: object) -> None:
    raise Reached
