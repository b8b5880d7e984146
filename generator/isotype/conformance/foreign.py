"""Values that no JSON says: NaN, the year 10000, an array of arrays, text in another form than the stored one.

A row that somebody else writes by SQL may hold them, and CHECKs are there to refuse it; so does a model refuse what is
of another type than Python has for its column.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from isotype.conformance import python_values
from isotype.conformance.python_values import EXPRESSION
from isotype.dialects import postgres, sqlite
from isotype.dialects.json_text import json_text
from isotype.dialects.literals.sql import postgres_string
from isotype.dialects.postgres.paths import GREATEST_DOUBLE
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import JsonValue
from isotype.domain.types import INTEGERS, TEXTUAL, Array, Enum, Map, ObjectType, Scalar, Type
from isotype.layers.sql.sqlite import File
from isotype.probes import Probe, Refusal
from isotype.probes.forms import FORMS, canonical
from isotype.probes.meaning import Path, fits_digits, word
from isotype.probes.rows import Cell, Row, constant, holds_document, is_document
from isotype.probes.spellings import EVERY, SPELLINGS
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
        self._ruled = {
            one.name: frozenset(name for rule in one.rules for name in rule.columns) for one in tables.structures
        }
        self._known: dict[tuple[str, str], set[frozenset[str]]] = {}
        self._beside = {table.name: _read_together(table) for table in tables.tables}
        self._held: set[tuple[str, str, str]] = set()
        self._ways: set[tuple[str, str, str]] = set()
        self._computed: set[str] = set()
        printer = File(tables)
        self._uncomputed = {table.name: set(_uncomputed(printer, table)) for table in tables.tables}

    def beside(self, batch: Sequence[Probe]) -> Iterator[Probe]:
        """Rows beside those of a batch."""
        for probe in batch:
            row = probe.row
            if row is None or not row.stands:
                continue
            if row.before is not None:
                yield from self._moved(probe, row)
                continue
            for name, cell in row.cells.items():
                if cell.value is None:
                    continue
                if (row.table.name, name, cell.text) not in self._held:
                    self._held.add((row.table.name, name, cell.text))
                    yield from self._otherwise(probe, row, row.table.column(name), cell)
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
        for target, values in (("sqlite", _no_form(column.type)), ("postgres", _on_postgres(column, cell))):
            for value in values:
                yield _probe(probe, row, column, target, Cell(None, "", value), path, refusals)
        yield self._not_known(probe, row, column)

    def _path(self, probe: Probe, column: Column) -> Path:
        properties = self._shapes.shape(probe.shape).properties
        return next(((prop.name,) for prop in properties if prop.field == column.field), ())

    def _of_column(self, probe: Probe, row: Row, column: Column, cell: Cell) -> Iterator[Probe]:
        path, refusals = self._path(probe, column), _form(column)
        # What a body may leave out, its canonical form has.
        odd = (*self._lacking(column.type, cell.value, True), *self._further(column.type, cell.value))
        free = [json_text(document) for document in self._free(column.type, cell.value)]
        inside = [text for text in free if text != _MARK]
        texts_beyond = [text.replace(_MARK, number) for text in inside for number in ("1e400", "-1e400")]
        by_target = {
            "sqlite": (*_on_sqlite(column.type, cell), *map(json_text, odd)),
            "postgres": (
                *_on_postgres(column, cell),
                *(_in_postgres(one, column.type) for one in odd),
                *map(postgres_string, texts_beyond),
            ),
            "models": (*python_values.refused(column.type), *python_values.too_much(column.type, cell.value)),
        }
        for target, values in by_target.items():
            for value in values:
                made = _probe(probe, row, column, target, Cell(None, "", value), path, refusals)
                yield made
                if target == "sqlite" and (isinstance(column.type, Array) or is_document(column.type)):
                    yield _updating(made, row, column)
        for text in free:
            for number in (GREATEST_DOUBLE, f"-{GREATEST_DOUBLE}"):
                said = text.replace(_MARK, number)
                value = constant(json.loads(said, parse_float=lambda number: int(Decimal(number))))
                yield _probe(probe, row, column, "postgres", Cell(value, "", postgres_string(said)), path, ())
        documents = [*self._lacking(column.type, cell.value, False)]
        documents += self._respelled(column.type, cell.value) if holds_document(column.type) else ()
        for document in documents:
            for target, said in (("sqlite", json_text(document)), ("postgres", _in_postgres(document, column.type))):
                yield _probe(probe, row, column, target, Cell(document, "", said), path, ())
        yield self._not_known(probe, row, column)

    def _not_known(self, probe: Probe, row: Row, column: Column) -> Probe:
        """SQL in the place of a value: no rule refuses what is not known."""
        cell = Cell(None, "", EXPRESSION)
        return _probe(probe, row, column, "models", cell, self._path(probe, column), ())

    def _otherwise(self, probe: Probe, row: Row, column: Column, cell: Cell) -> Iterator[Probe]:
        """Other Python values for what stands there, and another text of SQLite's, in each way once."""
        models = (("models", *other) for other in python_values.taken(column.type, cell.value, self._shapes))
        texts = (("sqlite", "whole", cell.value, text) for text in _without_fractions(column.type, cell))
        for target, way, value, given in (*models, *texts):
            key = (row.table.name, column.name, way)
            if key not in self._ways:
                self._ways.add(key)
                yield _probe(probe, row, column, target, Cell(value, "", given), self._path(probe, column), ())

    def _moved(self, probe: Probe, row: Row) -> Iterator[Probe]:
        """A state that becomes what SQL says."""
        for guard in row.table.transition_guards:
            key = (row.table.name, guard.column, "moved")
            if guard.column in row.cells and guard.column in (row.before or ()) and key not in self._ways:
                self._ways.add(key)
                yield self._not_known(probe, row, row.table.column(guard.column))

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
            case _:
                yield from _first(of, value, partial(self._lacking, required=required))

    def _further(self, of: Type, value: JsonValue) -> Iterator[JsonValue]:
        """A typed object with a property more that it does not know, wherever it stands."""
        match of, value:
            case ObjectType(name=name), Mapping():
                yield {**value, "no_such_property": 1}
                types = {prop.name: prop.type for prop in self._shapes.shape(name).properties}
                for key, part in value.items():
                    yield from ({**value, key: more} for more in self._further(types[key], part))
            case _:
                yield from _first(of, value, self._further)

    def _respelled(self, of: Type, value: JsonValue) -> Iterator[JsonValue]:
        """A document with a text of each form in its other spellings, which may be of another value."""
        match of, value:
            case Scalar(base=base), str() if base in FORMS:
                texts = (*SPELLINGS[base], *EVERY.get(base, ()))
                yield from (text for text in texts if canonical(base, text) not in (None, text))
            case ObjectType(name=name), Mapping():
                for prop in self._shapes.shape(name).properties:
                    if prop.name not in self._ruled.get(name, ()):
                        made = self._respelled(prop.type, value.get(prop.name))
                        yield from ({**value, prop.name: other} for other in made)
            case Array(unique_items=True) | Array(sorted=True), _:
                return
            case _:
                yield from _first(of, value, self._respelled)

    def _free(self, of: Type, value: JsonValue) -> Iterator[JsonValue]:
        """A document with a mark at each place where any JSON stands."""
        match of, value:
            case Scalar(base="json"), _:
                yield _MARKED
            case Map(value=Scalar(base="json")), Mapping():
                yield {"a": _MARKED}
            case ObjectType(name=name), Mapping():
                for prop in self._shapes.shape(name).properties:
                    yield from ({**value, prop.name: made} for made in self._free(prop.type, value.get(prop.name)))


def _first(of: Type, value: JsonValue, made: Callable[[Type, JsonValue], Iterator[JsonValue]]) -> Iterator[JsonValue]:
    """A list or a map with something else made of what it holds first."""
    match of, value:
        case Array(item=item), (first, *rest):
            yield from ((other, *rest) for other in made(item, first))
        case Map(value=item), Mapping() if value:
            key, first = next(iter(value.items()))
            yield from ({**value, key: other} for other in made(item, first))


_MARKED = "a number"
_MARK = json_text(_MARKED)


def _updating(probe: Probe, row: Row, column: Column) -> Probe:
    """The value as what an UPDATE gives to a column of the row that holds."""
    assert probe.row is not None
    cells = {column.name: probe.row.cells[column.name]}
    return probe._replace(row=probe.row._replace(cells=cells, before=row.cells, started=False))


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
    text, constraint = f"{column.name}: {cell.foreign!r}", refusals[0].constraint if refusals else "form"
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


def _no_form(of: Type) -> Sequence[str]:
    """Texts that stand before and behind all that a column holds in a form of its own."""
    return ("", "x") if isinstance(of, Scalar) and of.base in FORMS and of.base != "bytes" else ()


def _on_sqlite(of: Type, cell: Cell) -> Iterator[Any]:
    """Values that a column of a STRICT table would store, in another form than that of its type."""
    match of:
        case Array(item=item):
            yield from ("x", "", "[", "{}", "null", '"x"', "1", str(sqlite.physical(cell.value, of)) + "\0x")
            if isinstance(item, Scalar):
                count = max(1, of.min_items or 0)
                known = cell.value[1:count] if isinstance(cell.value, tuple) else ()
                stored = sqlite.physical(known, of)
                rest = str(stored)[1:-1] if known else ""
                for text in _odd_items(item):
                    yield f"[{text}{', ' if rest else ''}{rest}]"
        case Scalar(base="json") | Map() | ObjectType():
            yield from ("x", "", "{", "null", "'a'", "{a:1}", "[1,]", f"{json_text(cell.value)}\0x")
        case Scalar():
            yield from _odd(of, sqlite.physical(cell.value, of))


def _odd(of: Scalar, stored: Any) -> Iterator[Any]:
    match of.base:
        case "bool":
            yield from (2, -1)
        case "float":
            yield from (float("inf"), float("-inf"))
        case base if base in FORMS and base != "bytes":
            yield from (text for text in _near(base, str(stored)) if not _is_stored(of, text))
        case "decimal" if isinstance(stored, str):
            yield from (text for text in _near_digits(stored) if not _is_decimal(of, text))


def _is_stored(of: Scalar, text: str) -> bool:
    """Whether a text of a form is the one that is stored for its value."""
    wire = canonical(of.base, text)
    return wire is not None and sqlite.physical(wire, of) == text


def _without_fractions(of: Type, cell: Cell) -> Iterator[str]:
    """A list of doubles with whole numbers as JSON has them too."""
    if isinstance(of, Array) and isinstance(of.item, Scalar) and of.item.base == "float":
        stored = str(sqlite.physical(cell.value, of))
        if ".0" in stored:
            yield stored.replace(".0,", ",").replace(".0]", "]")


def _near(base: str, stored: str) -> Iterator[str]:
    """Spellings of the type, and the stored text with one sign too few, too many, or another."""
    texts = [*SPELLINGS[base], "", "x", stored[:-1], f"{stored}0", f" {stored}", f"{stored} ", stored.swapcase()]
    texts += [f"{stored[:place]}x{stored[place + 1 :]}" for place in range(len(stored))]
    texts += [f"{stored[:place]}9{stored[place + 1 :]}" for place in range(len(stored))]
    places = range(len(stored) - 1)
    # A sign between groups one place further, hours and years that there are not.
    texts += [
        f"{stored[:place]}{stored[place + 1]}{stored[place]}{stored[place + 2 :]}"
        for place in places
        if stored[place].isalnum() != stored[place + 1].isalnum()
    ]
    pairs = [place for place in places if stored[place : place + 2].isdigit()]
    texts += [f"{stored[:place]}{hour}{stored[place + 2 :]}" for place in pairs for hour in ("24", "29", " 4")]
    texts += [f"-{stored[1:]}", f"0000{stored[4:]}", "24:00:00.000000", f"{stored[:12]}24H00M00.000000S"]
    if base == "inet":
        # An address is of one of two kinds.
        texts += ["::1\0x", "192.0.2.1\0x", "1.2.3.4.5"]
    yield from dict.fromkeys((*texts, f"{stored}\0x"))


def _near_digits(stored: str) -> Iterator[str]:
    texts = ["", "x", "-", "NaN", "1", "1.0", "1e2", "01", ".5", "+1", "--1", "-0", "0", f"-{stored}", f"+{stored}"]
    texts += [
        f"{stored}\0x",
        stored[:-1],
        f"{stored}0",
        f"0{stored}",
        f"9{'9' * 80}{stored}",
        f" {stored}",
        f"-0{stored[1:]}",
    ]
    whole, point, fraction = stored.partition(".")
    texts += [f"-{'0' * len(whole)}.{fraction}", f"{stored}.{fraction}"] if point else []
    texts += [f"-0.{'0' * len(stored.partition('.')[2])}", stored.replace(".", ","), f"1-{stored}", f"-{stored}-1"]
    texts += [f"--{stored}", f"00{stored}", f"x{stored}", stored.replace(".", "x.")]
    texts += [f"{stored[:place]}{sign}{stored[place + 1 :]}" for place in range(len(stored)) for sign in "x-."]
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
        case "decimal":
            one = f"{'7' if of.precision > of.scale else '0'}{f'.{chr(48) * of.scale}' if of.scale else ''}"
            yield from (one, *(json_text(text) for text in _near_digits(one) if not _is_decimal(of, text)))
        case "float":
            yield from ('"1"', "true", "1e999")
        case base if base in TEXTUAL:
            yield from ("1", "true", "{}", '["a"]')
        case "bytes":
            yield from (*map(json_text, ("A", "AAA-", "AAA_", "AA A", "AAA\n", "AAAA\0AAA")), "1234", '["AA"]')
        case base if base in FORMS:
            stored = str(sqlite.physical(canonical(base, SPELLINGS[base][0]), of))
            yield from (json_text(text) for text in _near(base, stored) if not _is_stored(of, text))
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
    "json": ("null", "1e400", "-1e400"),
}
"""What a type of PostgreSQL holds beyond the meaning of ours."""


def _in_postgres(document: JsonValue, of: Type) -> str:
    """A document, or a list of them, that need not be one of its type."""
    return postgres.literal(document, of, _enum) if isinstance(of, Array) else postgres_string(json_text(document))


_NO_FORM = ("0999-99-99x", "9998-99-99x")
"""No instants and no addresses, yet as texts they stand between those that are."""


def _enum(enum: Enum) -> str:
    return enum.database_name
