"""The SQLAlchemy models, asked by flushing each row, new or changed, to a database that is never reached.

What they would write to SQLite, and make of it when they read it again, they are asked beside that.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from uuid import UUID

from isotype.conformance.building import Compiled
from isotype.conformance.model import Answer, NotAsked
from isotype.conformance.physical import Forms
from isotype.conformance.python_values import EXPRESSION, document
from isotype.domain.model import Default, JsonValue
from isotype.domain.types import INTEGERS, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.probes import Probe
from isotype.probes.rows import Cell, Row
from isotype.tables.model import Table

if TYPE_CHECKING:
    from sqlalchemy import Engine


class Reached(BaseException):
    """A statement that writes these values is on its way to the database: the models had nothing against it."""

    def __init__(self, statement: Any, written: Mapping[str, Any]) -> None:
        super().__init__()
        self.statement = statement
        self.written = written


def unreached() -> Engine:
    """A database that no statement reaches but those about strangers: the first one raises `Reached`."""
    import sqlalchemy

    engine = sqlalchemy.create_engine("sqlite://")
    stranger().__table__.create(engine)
    sqlalchemy.event.listen(engine, "before_execute", _reach)
    return engine


@cache
def stranger() -> Any:
    """A model that is none of a schema: a session may hold rows of others too."""
    from sqlalchemy import Column, Integer, MetaData, Table
    from sqlalchemy.orm import registry

    class Stranger:
        pass

    table = Table("strangers", MetaData(), Column("id", Integer, primary_key=True), Column("word", Integer))
    registry().map_imperatively(Stranger, table)
    return Stranger


class Models:
    name, target, apart = "models", "models", False

    def __init__(self, of: Compiled) -> None:
        try:
            from sqlalchemy import literal_column
            from sqlalchemy.orm import Session, make_transient_to_detached
        except ImportError as error:
            raise NotAsked("SQLAlchemy is not installed: pip install 'isotype[verify]'") from error
        self._expression: Any = literal_column("expression")
        self._connection = unreached().connect()
        self._session, self._detached = Session(self._connection), make_transient_to_detached
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
        self._accompanied: set[tuple[int, bool]] = set()
        self._returned: dict[tuple[int, bool, frozenset[str]], frozenset[str]] = {}

    def asks(self, probe: Probe) -> bool:
        """Rows alone."""
        return probe.row is not None

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        return [self._answer(probe.row) for probe in probes if probe.row is not None]

    def _answer(self, row: Row) -> Answer:
        if row.before is not None and _is_unknown(row.table, row.before):
            return Answer(elsewhere=True)
        made = self._classes[row.table.name]
        # A row that has moved on may be in every state; one that is changed without a state begins as a new one.
        begin(made, self._starts[row.table.name] if row.started or row.before is not None else {})
        given = self._given(row.table, row.cells)
        try:
            model = made(**given) if row.before is None else made(**self._given(row.table, row.before))
        except Exception as error:
            _unwound(error)
            refused = _refusal(error)
            before = row.before is not None and refused.reason
            return Answer(fault=f"the row to be changed is refused: {refused.reason}") if before else refused
        try:
            self._accompany(row)
            if row.before is None:
                self._session.add(model)
            else:
                self._change(model, given)
            self._session.flush()
        except Reached as reached:
            _unwound(reached)
            return Answer(changed=self._reached(row, given, reached) if row.stands else "")
        except Exception as error:
            _unwound(error)
            return _refusal(error)
        finally:
            self._session.close()
        if row.before is not None:
            # It is what it was.
            return Answer(changed=self._changed(row, given) if row.stands else "")
        raise RuntimeError(f"nothing was written for a row of {row.table.name}")

    def _reached(self, row: Row, given: Mapping[str, Any], reached: Reached) -> str:
        """What is wrong with the statement for a row, or with the form of a value; '' where nothing is."""
        if reached.statement.is_select:
            # A row whose key is not known is looked for first.
            return self._changed(row, given)
        names = self._attributes[row.table.name]
        return (
            _overwritten(row, reached.written)
            or _left_out(row, names, given, reached.written)
            or self._unread(row, reached)
            or self._changed(row, given)
        )

    def _unread(self, row: Row, reached: Reached) -> str:
        """What the database makes of a row and the statement does not ask for; '' where nothing."""
        key = (id(row.table), row.before is None, frozenset(reached.written))
        if key not in self._returned:
            compiled = reached.statement.compile(self._session.bind, column_keys=list(reached.written))
            self._returned[key] = frozenset(column.name for column in compiled.effective_returning or ())
        for column in row.table.columns:
            if column.name in row.cells:
                continue
            made = _is_made(column.default) if row.before is None else column.stamped
            # Without a key a row is known by everything in it.
            wanted = made or column.computed is not None or (row.before is None and row.table.primary_key is None)
            if wanted and not (column.name in reached.written or column.name in self._returned[key]):
                return f"{column.name}: the database makes it, and the models do not read it"
        return ""

    def _changed(self, row: Row, given: Mapping[str, Any]) -> str:
        """The first value that goes to SQLite, or comes from there, as another than was meant; '' when none does."""
        columns, names = self._classes[row.table.name].__table__.c, self._attributes[row.table.name]
        for name, cell in row.cells.items():
            key = (id(row.table), name, cell.text)
            if cell.foreign is not EXPRESSION and key not in self._misformed:
                if len(self._misformed) > 200_000:
                    self._misformed.clear()
                try:
                    of = row.table.column(name).type
                    held = python_value(cell.value, of)
                    said = self._forms.fault(columns[name].type, of, cell.value, given[names[name]], held)
                except Exception as error:  # whatever a type stumbles over
                    said = f"{type(error).__name__}: {error}"
                self._misformed[key] = f"{name}: {said}" if said else ""
            if misformed := self._misformed.get(key):
                return misformed
        return ""

    def _accompany(self, row: Row) -> None:
        """A stranger stands beside the first row of each table that is new, and beside the first that is changed."""
        if (id(row.table), row.before is None) in self._accompanied:
            return
        self._accompanied.add((id(row.table), row.before is None))
        other = stranger()()
        if row.before is not None:
            other.id = other.word = 1
            self._detached(other)
        self._session.add(other)
        if row.before is not None:
            # It is none that has to be written.
            other.word = 1

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
                found[names[column]] = self._expression if cell.foreign is EXPRESSION else cell.foreign
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
        self._connection.close()


def begin(model: Any, starts: Mapping[str, Any]) -> None:
    """Say in which states rows of a model begin."""
    # A mapper forgets all that it has worked out whenever something of its class is set in the usual way.
    type.__setattr__(model, "__starts__", starts)


def _is_unknown(table: Table, before: Mapping[str, Cell]) -> bool:
    """Whether a row of a table without a key is none that models can change: by null no row is known."""
    return table.primary_key is None and any(cell.value is None for cell in before.values())


def _unwound(error: BaseException) -> None:
    """Let go of how an error came about: a session keeps it, and so all that was there would be kept in a circle."""
    error.__traceback__ = None


def _refusal(error: Exception) -> Answer:
    """A row that is refused; a model that breaks in another way has no verdict."""
    if isinstance(error, ValueError | OverflowError):
        return Answer(str(error) or "refused")
    return Answer(fault=f"{type(error).__name__}: {error}")


def _reach(*told: Any) -> None:
    _, statement, _, values, _ = told
    if not statement.is_select and statement.table.name == "strangers":
        return
    # A condition of an UPDATE names its values after the table and the column.
    key = (
        set()
        if statement.is_select
        else {f"{statement.table.name}_{column.name}" for column in statement.table.primary_key}
    )
    raise Reached(statement, {name: value for name, value in values.items() if name not in key})


def _left_out(row: Row, names: Mapping[str, str], given: Mapping[str, Any], written: Mapping[str, Any]) -> str:
    """What a new row was given and is not written as it was; '' where nothing."""
    for name, cell in row.cells.items() if row.before is None else ():
        if cell.foreign is EXPRESSION:
            continue
        if name not in written:
            return f"{name}: it was given, and the models do not write it"
        if (given[names[name]] is None) != (written[name] is None):
            return f"{name}: {given[names[name]]!r} was given, and the models write {written[name]!r}"
    return ""


def _overwritten(row: Row, written: Mapping[str, Any]) -> str:
    """What a statement writes though it was not given and the database is to make it; '' where nothing."""
    for column in row.table.columns:
        if column.name in written and column.name not in row.cells:
            if column.computed is not None:
                return f"{column.name}: it is computed, and the models write it"
            if row.before is not None or _is_made(column.default):
                return f"{column.name}: it was not given, and the models write it"
    return ""


def _is_made(default: Default | None) -> bool:
    """Whether what is left out is something else than null."""
    return default is not None and (default.kind != "literal" or default.value is not None)


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
            return document(value)
        case Scalar() | EnumType() | Opaque() | Array():
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
