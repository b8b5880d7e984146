"""The same rows as instances of models, asked by flushing them to a database that is never reached."""

from __future__ import annotations

import importlib
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from isotype.domain.model import JsonValue
from isotype.domain.types import INTEGERS, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
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


def python_value(value: JsonValue, of: Type) -> Any:
    """A constant of the schema, in wire form, as Python holds it."""
    if value is None:
        return None
    match of:
        case Scalar(base=base) if base in INTEGERS or base == "decimal":
            return int(str(value)) if base in INTEGERS and "." not in str(value) else Decimal(str(value))
        case Scalar(base="float"):
            return float(str(value))
        case Scalar(base=base) if base in _READERS:
            return _READERS[base](str(value))
        case Array(item=item) if isinstance(value, tuple):
            return [python_value(part, item) for part in value]
        case Scalar(base="json") | Map() | ObjectType():
            return _plain(value)
        case Scalar() | EnumType() | Opaque() | Array():
            return value


def _plain(value: JsonValue) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else float(value)
        case tuple():
            return [_plain(part) for part in value]
        case Mapping():
            return {name: _plain(part) for name, part in value.items()}
    return value


def _elapsed(text: str) -> timedelta:
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?", text)
    assert found is not None
    days, hours, minutes, seconds = (Decimal(part or 0) for part in found.groups())
    whole = int(seconds)
    return timedelta(int(days), whole, int((seconds - whole) * 10**6), 0, int(minutes), int(hours))


_READERS: Mapping[str, Callable[[str], Any]] = {
    "timestamp": datetime.fromisoformat,
    "local_timestamp": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": _elapsed,
    "uuid": UUID,
    "bytes": b64decode,
    "inet": ip_address,
}
