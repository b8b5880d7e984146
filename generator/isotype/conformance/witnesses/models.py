"""The SQLAlchemy models, asked by flushing each row, new or changed, to a database that is never reached.

What they would write to SQLite, and make of it when they read it again, they are asked beside that.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from uuid import UUID

from isotype.conformance.building import Compiled
from isotype.conformance.model import Answer, NotAsked
from isotype.conformance.physical import Forms
from isotype.domain.model import JsonValue
from isotype.domain.types import INTEGERS, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.probes import Probe
from isotype.probes.rows import Cell, Row
from isotype.tables.model import Table

if TYPE_CHECKING:
    from sqlalchemy import Engine


class Reached(BaseException):
    """A statement is on its way to the database: the models had nothing against it."""


def unreached() -> Engine:
    """A database that no statement reaches: the first one raises `Reached`."""
    import sqlalchemy

    engine = sqlalchemy.create_engine("sqlite://")
    sqlalchemy.event.listen(engine, "before_execute", _reach)
    return engine


class Models:
    name, target, apart = "models", "models", False

    def __init__(self, of: Compiled) -> None:
        try:
            from sqlalchemy.orm import Session, make_transient_to_detached
        except ImportError as error:
            raise NotAsked("SQLAlchemy is not installed: pip install 'isotype[verify]'") from error
        self._session, self._detached = Session(unreached()), make_transient_to_detached
        module = of.module("models")
        self._classes: dict[str, Any] = {
            entity.table.name: getattr(module, entity.class_name) for entity in of.bindings.entities
        }
        self._starts = {name: found.__starts__ for name, found in self._classes.items()}
        self._attributes = {
            entity.table.name: {field.column.name: field.attribute for field in entity.fields}
            for entity in of.bindings.entities
        }
        self._values: dict[tuple[int, str, str], Any] = {}
        self._forms = Forms()
        self._misformed: dict[tuple[int, str, str], str] = {}

    def asks(self, probe: Probe) -> bool:
        """Rows alone."""
        return probe.row is not None

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        return [self._answer(probe.row) for probe in probes if probe.row is not None]

    def _answer(self, row: Row) -> Answer:
        made = self._classes[row.table.name]
        # A row that has moved on may be in every state; one that is changed without a state begins as a new one.
        made.__starts__ = self._starts[row.table.name] if row.started or row.before is not None else {}
        given = self._given(row.table, row.cells)
        try:
            model = made(**given) if row.before is None else made(**self._given(row.table, row.before))
        except Exception as error:
            refused = _refusal(error)
            before = row.before is not None and refused.reason
            return Answer(fault=f"the row to be changed is refused: {refused.reason}") if before else refused
        try:
            if row.before is None:
                self._session.add(model)
            else:
                self._change(model, given)
            self._session.flush()
        except Reached:
            return Answer(changed=self._changed(row, given) if row.stands else "")
        except Exception as error:
            return _refusal(error)
        finally:
            self._session.close()
        if row.before is not None:
            # It is what it was.
            return Answer(changed=self._changed(row, given) if row.stands else "")
        raise RuntimeError(f"nothing was written for a row of {row.table.name}")

    def _changed(self, row: Row, given: Mapping[str, Any]) -> str:
        """The first value that goes to SQLite, or comes from there, as another than was meant; '' when none does."""
        columns, names = self._classes[row.table.name].__table__.c, self._attributes[row.table.name]
        for name, cell in row.cells.items():
            key = (id(row.table), name, cell.text)
            if cell.foreign is None and key not in self._misformed:
                if len(self._misformed) > 200_000:
                    self._misformed.clear()
                try:
                    of = row.table.column(name).type
                    said = self._forms.fault(columns[name].type, of, cell.value, given[names[name]])
                except Exception as error:  # whatever a type stumbles over
                    said = f"{type(error).__name__}: {error}"
                self._misformed[key] = f"{name}: {said}" if said else ""
            if cell.foreign is None and self._misformed[key]:
                return self._misformed[key]
        return ""

    def _change(self, model: Any, given: Mapping[str, Any]) -> None:
        """Change a row as if it had been read from the database."""
        self._detached(model)
        self._session.add(model)
        for name, value in given.items():
            setattr(model, name, value)

    def _given(self, table: Table, cells: Mapping[str, Cell]) -> dict[str, Any]:
        names = self._attributes[table.name]
        found = {}
        for column, cell in cells.items():
            if cell.foreign is not None:
                found[names[column]] = cell.foreign
                continue
            key = (id(table), column, cell.text)
            if key not in self._values:
                if len(self._values) > 200_000:
                    self._values.clear()
                self._values[key] = python_value(cell.value, table.column(column).type)
            found[names[column]] = self._values[key]
        return found

    def close(self) -> None:
        self._session.close()


def _refusal(error: Exception) -> Answer:
    """A row that is refused; a model that breaks in another way has no verdict."""
    if isinstance(error, ValueError | OverflowError):
        return Answer(str(error) or "refused")
    return Answer(fault=f"{type(error).__name__}: {error}")


def _reach(*_: object) -> None:
    raise Reached


def python_value(value: JsonValue, of: Type) -> Any:
    """A constant in wire form as Python holds it."""
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


def elapsed(text: str) -> timedelta:
    """A duration as ISO 8601 spells it."""
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?", text)
    if found is None:
        raise ValueError(text)
    days, hours, minutes, seconds = (Decimal(part or 0) for part in found.groups())
    whole = int(seconds)
    return timedelta(int(days), whole, int((seconds - whole) * 10**6), 0, int(minutes), int(hours))


_READERS: Mapping[str, Callable[[str], Any]] = {
    "timestamp": datetime.fromisoformat,
    "local_timestamp": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": elapsed,
    "uuid": UUID,
    "bytes": b64decode,
    "inet": ip_address,
}
