"""Values that no JSON says: NaN, the year 10000, an array of arrays, text in another form than the stored one.

A row that somebody else writes by SQL may hold them, and CHECKs are there to refuse it; so does a model refuse what is
of another type than Python has for its column.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Address, IPv6Address
from math import isnan
from types import UnionType
from typing import Any
from uuid import UUID

from isotype.dialects import postgres, sqlite
from isotype.dialects.json_text import json_text
from isotype.dialects.literals.sql import postgres_string
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import JsonValue
from isotype.domain.types import INTEGERS, TEXTUAL, Array, Enum, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.layers.sql.sqlite import File
from isotype.probes import Probe, Refusal
from isotype.probes.forms import FORMS, canonical
from isotype.probes.meaning import Path, fits_digits, word
from isotype.probes.rows import Cell, Row
from isotype.probes.spellings import SPELLINGS
from isotype.shapes import Shapes
from isotype.tables.model import Column, Table, Tables

TARGETS = frozenset({"models", "sqlite", "postgres"})
"""Who knows rows."""

OTHERS = 6
"""So many rows that differ in what is null beside a column are tried for it."""


class Foreign:
    """Puts such values into the first row that holds, column by column, each for one target alone."""

    def __init__(self, shapes: Shapes, tables: Tables) -> None:
        self._shapes = shapes
        self._required = {
            one.name: frozenset(entry.name for entry in one.properties if not entry.optional)
            for one in tables.structures
        }
        self._known: dict[tuple[str, str], set[frozenset[str]]] = {}
        self._beside = {table.name: _read_together(table) for table in tables.tables}
        self._computed: set[str] = set()
        printer = File(tables)
        self._uncomputed = {table.name: set(_uncomputed(printer, table)) for table in tables.tables}

    def beside(self, batch: Sequence[Probe]) -> Iterator[Probe]:
        """Rows beside those of a batch."""
        for probe in batch:
            row = probe.row
            if row is None or not row.stands or row.before is not None:
                continue
            for name, cell in row.cells.items():
                if cell.value is None:
                    continue
                key = (row.table.name, name)
                empty = self._empty(row, name)
                known = self._known.setdefault(key, set())
                if not known:
                    yield from self._of_column(probe, row, row.table.column(name), cell)
                elif empty not in known and len(known) < OTHERS:
                    yield from self._beyond(probe, row, row.table.column(name), cell)
                known.add(empty)
            if row.table.name not in self._computed:
                self._computed.add(row.table.name)
                for column in row.table.columns:
                    if column.computed is not None:
                        yield from self._of_computed(probe, row, column)

    def _empty(self, row: Row, name: str) -> frozenset[str]:
        """The columns without a value that a rule reads with another one: it may not mind that one then."""
        beside = self._beside[row.table.name].get(name, frozenset())
        return frozenset(other for other in beside if other not in row.cells or row.cells[other].value is None)

    def _beyond(self, probe: Probe, row: Row, column: Column, cell: Cell) -> Iterator[Probe]:
        """What the type of a column holds beyond its meaning, once more."""
        path, refusals = self._path(probe, column), _form(column)
        for value in _on_postgres(column, cell):
            yield _probe(probe, row, column, "postgres", Cell(None, "", value), path, refusals)

    def _path(self, probe: Probe, column: Column) -> Path:
        properties = self._shapes.shape(probe.shape).properties
        return next(((prop.name,) for prop in properties if prop.field == column.field), ())

    def _of_column(self, probe: Probe, row: Row, column: Column, cell: Cell) -> Iterator[Probe]:
        path, refusals = self._path(probe, column), _form(column)
        # What a body may leave out, its canonical form has.
        texts = [json_text(lacking) for lacking in self._lacking(column.type, cell.value, True)]
        by_target = {
            "sqlite": (*_on_sqlite(column.type, cell), *texts),
            "postgres": (*_on_postgres(column, cell), *map(postgres_string, texts)),
            "models": (*_of_python(column.type), *_of_number(column.type, cell.value)),
        }
        for target, values in by_target.items():
            for value in values:
                yield _probe(probe, row, column, target, Cell(None, "", value), path, refusals)
        for lacking in self._lacking(column.type, cell.value, False):
            text = json_text(lacking)
            for target, said in (("sqlite", text), ("postgres", postgres_string(text))):
                yield _probe(probe, row, column, target, Cell(lacking, "", said), path, ())

    def _of_computed(self, probe: Probe, row: Row, column: Column) -> Iterator[Probe]:
        """A value that a row brings for what the database computes, of the type of the column."""
        refusals = (Refusal((column.name,), "read_only", ""),)
        if column.name not in self._uncomputed[row.table.name]:
            value = _STORED[sqlite.column_type(column.type)]
            yield _probe(probe, row, column, "sqlite", Cell(None, "", value), (), refusals)
        yield _probe(probe, row, column, "postgres", Cell(None, "", "NULL"), (), refusals)

    def _lacking(self, of: Type, value: JsonValue, required: bool) -> Iterator[JsonValue]:
        """A typed object with each property left out that it must have, or each that is null and need not be there."""
        match of, value:
            case ObjectType(name=name), Mapping():
                types = {prop.name: prop.type for prop in self._shapes.shape(name).properties}
                for key, part in value.items():
                    if (key in self._required.get(name, ())) == required and (required or part is None):
                        yield {other: kept for other, kept in value.items() if other != key}
                    yield from ({**value, key: less} for less in self._lacking(types[key], part, required))


def _form(column: Column) -> tuple[Refusal, ...]:
    return (Refusal((column.name,), "form", word(column.type)),)


def _read_together(table: Table) -> Mapping[str, frozenset[str]]:
    """The columns that may be null and that a rule reads with a column, by that one."""
    empty = {column.name for column in table.columns if column.nullable}
    found: dict[str, frozenset[str]] = {}
    for check in table.checks:
        for name in check.columns if check.kind == "rule" else ():
            found[name] = found.get(name, frozenset()) | (empty.intersection(check.columns) - {name})
    return found


def _probe(
    probe: Probe, row: Row, column: Column, target: str, cell: Cell, path: Path, refusals: tuple[Refusal, ...]
) -> Probe:
    """The row with a value for one target."""
    # Two values may be equal to Python, such as 1 and 1.0.
    cells = {**row.cells, column.name: cell._replace(text=f"{target} {cell.foreign!r}")}
    changed = row._replace(cells=cells, refusals=refusals, unasked=TARGETS - {target})
    text, constraint = f"{column.name}: {cell.foreign!r}", refusals[0].constraint if refusals else "required"
    return probe._replace(text=text, path=path, constraint=constraint, label="what no JSON says", row=changed)


def _uncomputed(printer: File, table: Table) -> Iterator[str]:
    """The columns that SQLite does not compute: each is an entry of the ledger."""
    for column in table.columns:
        gaps: list[NotExpressible] = []
        printer.computed(column, gaps)
        if gaps:
            yield column.name


_STORED = {"INTEGER": 1, "REAL": 1.0, "TEXT": "x", "BLOB": b"x"}


def is_foreign(row: Row) -> bool:
    """Whether a row holds what no JSON says."""
    return any(cell.foreign is not None for cell in row.cells.values())


# SQLite


def _on_sqlite(of: Type, cell: Cell) -> Iterator[Any]:
    """Values that a column of a STRICT table would store, in another form than that of its type."""
    match of:
        case Array(item=item):
            yield from ("x", "", "[", "{}", "null", '"x"', "1")
            if isinstance(item, Scalar):
                count = max(1, of.min_items or 0)
                known = cell.value[1:count] if isinstance(cell.value, tuple) else ()
                stored = sqlite.physical(known, of)
                rest = str(stored)[1:-1] if known else ""
                for text in _odd_items(item):
                    yield f"[{text}{', ' if rest else ''}{rest}]"
        case Scalar(base="json") | Map() | ObjectType():
            yield from ("x", "", "{", "null", "'a'", "{a:1}", "[1,]")
        case Scalar():
            yield from _odd(of, sqlite.physical(cell.value, of))


def _odd(of: Scalar, stored: Any) -> Iterator[Any]:
    match of.base:
        case "bool":
            yield from (2, -1)
        case "float":
            yield from (float("inf"), float("-inf"))
        case base if base in FORMS and base != "bytes":
            for text in _near(base, str(stored)):
                wire = canonical(base, text)
                if wire is None or sqlite.physical(wire, of) != text:
                    yield text
        case "decimal" if isinstance(stored, str):
            yield from (text for text in _near_digits(stored) if not _is_decimal(of, text))


def _near(base: str, stored: str) -> Iterator[str]:
    """Spellings of the type, and the stored text with one sign too few, too many, or another."""
    texts = [*SPELLINGS[base], "", "x", stored[:-1], f"{stored}0", f" {stored}", f"{stored} ", stored.swapcase()]
    texts += [f"{stored[:place]}x{stored[place + 1 :]}" for place in range(len(stored))]
    texts += [f"{stored[:place]}9{stored[place + 1 :]}" for place in range(len(stored))]
    yield from dict.fromkeys(text for text in texts if "\0" not in text)


def _near_digits(stored: str) -> Iterator[str]:
    texts = ["", "x", "-", "NaN", "1", "1.0", "1e2", "01", ".5", "+1", "--1", "-0", "0", f"-{stored}", f"+{stored}"]
    texts += [stored[:-1], f"{stored}0", f"0{stored}", f"9{'9' * 80}{stored}", f" {stored}", f"-0{stored[1:]}"]
    texts += [f"-{'0' * len(whole)}.{fraction}" for whole, point, fraction in [stored.partition(".")] if point]
    texts += [f"-0.{'0' * len(stored.partition('.')[2])}", f"{stored[:-1]}x", stored.replace(".", ",")]
    yield from dict.fromkeys(texts)


def _is_decimal(of: Scalar, text: str) -> bool:
    """Whether a text is the stored form of a decimal."""
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return False
    if not exact.is_finite() or not fits_digits(of, exact):
        return False
    return sqlite.physical(exact, of) == text and (exact != 0 or not text.startswith("-"))


def _odd_items(of: Scalar) -> Iterator[str]:
    """JSON texts of items that are stored otherwise."""
    match of.base:
        case "bool":
            yield from ("1", "0", '"true"')
        case "int" | "smallint" | "bigint" | "decimal" if sqlite.column_type(of) == "INTEGER":
            yield from ("1.0", '"1"', "1.5", "true")
        case "float":
            yield from ('"1"', "true", "1e999")
        case base if base in TEXTUAL:
            yield from ("1", "true", "{}", '["a"]')
        case base if base in FORMS and base != "bytes":
            for text in (*SPELLINGS[base], "", "x"):
                wire = canonical(base, text)
                if wire is None or sqlite.physical(wire, of) != text:
                    yield json_text(text)
            yield "1"


# PostgreSQL


def _on_postgres(column: Column, cell: Cell) -> Iterator[str]:
    """Literals that the type of a column takes, and its meaning does not; only what clients write is guarded."""
    if isinstance(column.type, Scalar) and column.type.base in FORMS and column.type.base != "bytes":
        yield from map(postgres_string, _NO_FORM)
    if isinstance(column.type, Scalar) and column.type.base in INTEGERS:
        # A number would be rounded, a text is not. The one is the number that stands there, so that no rule minds it.
        yield from (postgres_string("1.5"), postgres_string(f"{cell.value}.0"))
    if isinstance(column.type, Scalar) and column.type.base == "bytes":
        # No spelling of bytes, and as text as long as what stands there.
        yield postgres_string("\\" + "z" * (len(b64decode(str(cell.value))) - 1))
    if not column.writable:
        return
    match column.type:
        case Array(item=item):
            if isinstance(cell.value, tuple) and cell.value:
                yield f"ARRAY[{postgres.literal(cell.value, column.type, _enum)}]"
                if isinstance(item, Scalar) and item.base in INTEGERS:
                    yield postgres_string("{" + ", ".join(f"{one}.0" for one in cell.value) + "}")
            if isinstance(item, Scalar):
                count = max(1, column.type.min_items or 0)
                for text in _WIDER.get(item.base, ()):
                    yield postgres_string("{" + ", ".join([f'"{text}"'] * count) + "}")
        case Scalar(base=base):
            yield from map(postgres_string, _WIDER.get(base, ()))


_WIDER: Mapping[str, tuple[str, ...]] = {
    "decimal": ("NaN",),
    "float": ("NaN", "Infinity", "-Infinity"),
    "timestamp": ("infinity", "-infinity", "10000-01-01 00:00:00+00", "0001-12-31 23:59:59.999999+00 BC"),
    "local_timestamp": ("infinity", "-infinity", "10000-01-01 00:00:00", "0001-12-31 23:59:59.999999 BC"),
    "date": ("infinity", "-infinity", "10000-01-01", "0001-12-31 BC"),
    "time": ("24:00:00",),
    "duration": ("1 year", "1 mon", "-1 mon", "-1 microsecond", "1000000000 days"),
    "inet": ("192.0.2.0/24", "192.0.2.1/31", "2001:db8::/32", "::1/127"),
    "json": ("null",),
}
"""What a type of PostgreSQL holds beyond the meaning of ours."""

_NO_FORM = ("0999-99-99x", "9998-99-99x")
"""No instants and no addresses, yet as texts they stand between those that are."""


# Models


def _of_python(of: Type) -> Iterator[Any]:
    """Values of other Python types than that of a column, and those of its own that it does not hold."""
    match of:
        case Array(item=item):
            yield from ("x", 1, {}, ())
            if isinstance(item, Scalar):
                yield from ([value] * max(1, of.min_items or 0) for value in _of_python(item))
        case Map() | ObjectType():
            yield from ("x", 1, [], {1: 1}, {"a": b"x"}, {"a": {1}})
        case Scalar(base="json"):
            yield from (b"x", _NAN, {"a": _NAN}, [Decimal(1)], {1: 1}, {1, 2})
        case Scalar(base=base):
            own = _PYTHON.get(base, lambda value: isinstance(value, str))
            yield from (value for value in _ANY if not own(value))
        case EnumType():
            yield from (1, True, b"x", [])
        case Opaque():
            yield from (value for value in _ANY if not isinstance(value, str))


def _of_number(of: Type, value: JsonValue) -> Iterator[float]:
    """The whole number that stands there, as a float: no rule minds it."""
    if isinstance(of, Scalar) and of.base in INTEGERS:
        yield float(str(value))


_NAN = float("nan")
_MOMENT = datetime(2024, 2, 29, 12)
_ANY: Sequence[Any] = (
    *(True, 1, 1.5, _NAN, float("inf"), Decimal(1), Decimal("NaN"), Decimal("Infinity"), "x", "1", b"x", [], {}, ["x"]),
    *(_MOMENT, _MOMENT.replace(tzinfo=UTC), _MOMENT.date(), _MOMENT.time(), _MOMENT.time().replace(tzinfo=UTC)),
    *(timedelta(1), -timedelta(1), UUID(int=1), IPv4Address("192.0.2.1"), IPv6Address("fe80::1%1"), object),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
)


def _is_number(value: Any, kinds: type | UnionType) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool) and value not in (float("inf"), Decimal("Infinity"))


_PYTHON: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("smallint", "int", "bigint"), lambda value: _is_number(value, int)),
    "decimal": lambda value: _is_number(value, int | Decimal) and not Decimal(value).is_nan(),
    "float": lambda value: _is_number(value, int | float) and not isnan(value),
    "bool": lambda value: isinstance(value, bool),
    "timestamp": lambda value: isinstance(value, datetime) and value.tzinfo is UTC,
    "local_timestamp": lambda value: isinstance(value, datetime) and value.tzinfo is None,
    "date": lambda value: type(value) is date,
    "time": lambda value: isinstance(value, time) and value.tzinfo is None,
    "duration": lambda value: isinstance(value, timedelta) and value >= timedelta(0),
    "uuid": lambda value: isinstance(value, UUID),
    "bytes": lambda value: isinstance(value, bytes),
    "inet": lambda value: isinstance(value, IPv4Address),
}
"""Which values a model takes for a column of a base; for any other, texts."""


def _enum(enum: Enum) -> str:
    return enum.database_name
