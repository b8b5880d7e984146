"""What a database makes of a row by itself: defaults, computed values, stamps; and what may be said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from isotype.domain.lazy import NamedTuple
from isotype.domain.model import JsonValue
from isotype.domain.types import Scalar, Type, value_type
from isotype.probes.logic import Mark, evaluate
from isotype.probes.rows import Cell, Row, reader
from isotype.tables.model import Column, Table

VALUE, NOW, UUID, NUMBER, FORM = "value", "now", "uuid", "number", "form"

_EXACT = Context(prec=4000, rounding=ROUND_HALF_UP)


class Made(NamedTuple):
    """A column that is not given, and what it must hold: a `value`, the present, a new uuid, the next number.

    What raw SQL makes only the database knows: it has the form of its type.
    """

    column: Column
    kind: str
    value: JsonValue = None

    def __str__(self) -> str:
        return repr(self.value) if self.kind == VALUE else _WORDS[self.kind]


def made(row: Row) -> Iterator[Made]:
    """What the database adds to a row that it takes; what only it can say is not among it."""
    for column in row.table.columns:
        if column.name in row.cells:
            continue
        if column.computed is not None:
            if column.computed.expression is None:
                yield Made(column, FORM)
            elif (cell := _computed(row.table, column, row.cells)) is not None:
                yield Made(column, VALUE, cell.value)
        elif row.before is not None:
            if column.stamped:
                yield Made(column, NOW)
        elif column.default is None:
            yield Made(column, VALUE, None)
        elif column.default.kind == "literal":
            yield Made(column, VALUE, column.default.value)
        elif column.default.kind in _KINDS:
            yield Made(column, _KINDS[column.default.kind])


def computed(table: Table, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The columns that the database computes of a row, as far as their values can be said."""
    found = {column.name: _computed(table, column, cells) for column in table.columns}
    return {name: cell for name, cell in found.items() if cell is not None}


def _computed(table: Table, column: Column, cells: Mapping[str, Cell]) -> Cell | None:
    if column.computed is None or column.computed.expression is None:
        return None
    value = evaluate(column.computed.expression, reader(table, cells))
    if isinstance(value, Mark) or not _is_sayable(column.type, value):
        return None
    kept = _assigned(column.type, value)
    return Cell(kept, repr(kept))


_SAYABLE = frozenset(("integer", "decimal", "float", "boolean", "text", "enum", "uuid", "date", "inet"))


def present(column: Column, clock: datetime | None = None) -> Cell:
    """The present, or what the clock says, as a column holds it."""
    base = column.type.base if isinstance(column.type, Scalar) else ""
    text = (clock or datetime.now(UTC)).strftime(_FORMS.get(base, _FORMS["timestamp"]))
    return Cell(text, text)


_FORMS = {
    "timestamp": "%Y-%m-%dT%H:%M:%S.%fZ",
    "local_timestamp": "%Y-%m-%dT%H:%M:%S.%f",
    "date": "%Y-%m-%d",
    "time": "%H:%M:%S.%f",
}
_WORDS = {NOW: "the present", UUID: "a new uuid", NUMBER: "a number", FORM: "a value of its type"}
_KINDS = {"now": NOW, "uuid": UUID, "identity": NUMBER, "sql": FORM}


def _is_sayable(of: Type, value: Any) -> bool:
    """Whether a computed value can be written down as it is; an instant computes as something else."""
    kind = value_type(of).kind
    return value is None or kind in _SAYABLE


def _assigned(of: Type, value: Any) -> JsonValue:
    """A value as its column takes it: a decimal has the digits of its type, rounded half away from zero."""
    if isinstance(of, Scalar) and of.base == "decimal" and value is not None:
        return _EXACT.quantize(Decimal(value), Decimal(1).scaleb(-of.scale))
    if isinstance(value, float):
        return Decimal(repr(value))
    kept: JsonValue = value
    return kept
