"""A record as a row of its entity's table, and what the schema says of that row.

A row is judged by the types of its columns and the rules that hold for stored rows; what is asked of inputs only is no
part of it. Not every fault of a JSON text is one that a row can have: a digit too many is, another spelling is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from isotype.binding.model import Bindings, EntityBinding, FieldBinding
from isotype.domain.lazy import NamedTuple
from isotype.domain.model import JsonValue
from isotype.domain.types import TEXTUAL, Array, Map, ObjectType, Scalar, Type
from isotype.probes.forms import FORMS
from isotype.probes.logic import UNKNOWN, Mark, Read, evaluate, operand
from isotype.probes.meaning import Judged, Path, Refusal, fits_digits, plain
from isotype.probes.records import Records, at
from isotype.probes.unseen import MOVED, NEW
from isotype.probes.values import NotJson, read, write
from isotype.shapes.model import Shape
from isotype.tables.model import Column, Table

STORED = ("create", "response", NEW, MOVED)
"""The variants of an entity that make a row: what begins one, what shows all of one, and the table itself."""


class Cell(NamedTuple):
    """A value of a column, and the text that it is known by: that of its JSON.

    `foreign` is what one database is given in its stead, which no JSON says.
    """

    value: JsonValue
    text: str
    foreign: Any = None


class Row(NamedTuple):
    """What an INSERT gives: cells by column; a column that is left out takes its default.

    `started` is true for a new row, which transitions bound; a row that has moved on may be in every state.
    Where `before` is given, it is the row that an UPDATE changes into this one.
    `doubtful` is true where a rule depends on what only the database makes; `unasked` are targets that judge the row
    without what others know of it, `blind` those that do not know what its rules read, and so refuse it for none.
    """

    table: Table
    cells: Mapping[str, Cell]
    started: bool
    refusals: tuple[Refusal, ...] = ()
    doubtful: bool = False
    before: Mapping[str, Cell] | None = None
    unasked: frozenset[str] = frozenset()
    blind: frozenset[str] = frozenset()

    @property
    def stands(self) -> bool:
        """Whether it is taken, and what is stored is what was given."""
        return not self.refusals and not self.doubtful


class _Place(NamedTuple):
    """Where a column's value stands in a shape; () where it stands nowhere, and `given` is what a service would say."""

    column: Column
    path: Path
    given: Cell | None = None


class Rows:
    """Makes rows of the records of one domain."""

    def __init__(self, bindings: Bindings, records: Records) -> None:
        self._meaning = records.meaning
        self._records = records
        self._plans: dict[str, tuple[EntityBinding, str, tuple[_Place, ...]]] = {}
        self._made: dict[tuple[int, str], tuple[Cell | None, tuple[Refusal, ...]]] = {}
        for entity in bindings.entities:
            for variant in STORED:
                shape = entity.shapes.get(variant)
                if shape is not None:
                    self._plans[shape.name] = (entity, variant, tuple(self._places(entity, variant)))
        entities = {entity.entity: entity for entity in bindings.entities}
        for shape in records.meaning.shapes.by_name.values():
            if shape.variant in (NEW, MOVED):
                entity = entities[shape.owner]
                columns = (_Place(it, () if it.computed else (it.name,)) for it in entity.table.columns)
                self._plans[shape.name] = (entity, shape.variant, tuple(columns))

    def _places(self, entity: EntityBinding, variant: str) -> Iterator[_Place]:
        for field in entity.fields:
            column = field.column
            path = _path(field, variant)
            if path or column.default is not None or column.nullable or column.computed is not None:
                yield _Place(column, path)
            else:
                samples = self._records.samples(column.type)
                if samples:
                    text = write(samples[0])
                    judged = self._meaning.text(column.type, False, text)
                    yield _Place(column, (), Cell(constant(judged.value), text))

    def row(self, shape: Shape, texts: Mapping[str, str], judged: Judged) -> Row | None:
        """The row of a record; None when the shape makes none, or the record holds what no row shows."""
        if shape.name not in self._plans:
            return None
        entity, variant, places = self._plans[shape.name]
        refused: dict[str, list[Refusal]] = {}
        for refusal in judged.refusals:
            if refusal.path and refusal.constraint not in ("unknown", "read_only"):
                refused.setdefault(refusal.path[0], []).append(refusal)
            elif not refusal.constraint.startswith("rule"):
                return None
        if not refused.keys() <= {place.path[0] for place in places if place.path}:
            return None
        held = self._cells(places, texts, judged.value, refused)
        if held is None:
            return None
        cells, found = held
        found += (
            Refusal((column.name,), "required", "")
            for column in entity.table.columns
            if column.name not in cells and _must_be_given(column)
        )
        blind: frozenset[str] = frozenset()
        rules, doubtful = ([], False) if found else broken_rules(entity.table, reader(entity.table, cells))
        if doubtful:
            # To a database its own clock is known, to a model nothing that is still to be made.
            known = len(rules)
            rules, doubtful = broken_rules(entity.table, reader(entity.table, {**_now(entity.table, cells), **cells}))
            blind = frozenset({"models"} if rules and not known else ())
        found += rules
        started = variant in ("create", NEW)
        if started:
            found += _starts(entity.table, cells)
        return Row(entity.table, cells, started, tuple(found), doubtful and not found, blind=blind)

    def _cells(
        self,
        places: Sequence[_Place],
        texts: Mapping[str, str],
        record: Mapping[str, Any],
        refused: Mapping[str, Sequence[Refusal]],
    ) -> tuple[dict[str, Cell], list[Refusal]] | None:
        """The values of all columns with what their table has against them; None when a row cannot show one."""
        cells: dict[str, Cell] = {}
        found: list[Refusal] = []
        for place in places:
            if place.given is not None:
                cells[place.column.name] = place.given
            if not place.path or (place.path[0] not in texts and place.column.computed is None):
                continue
            faults = refused.get(place.path[0], ())
            if place.column.computed is not None:
                if any(_below(fault.path, place.path) for fault in faults):
                    return None
                continue
            made = self._cell(place, texts[place.path[0]], record, faults)
            if made is None:
                return None
            cell, refusals = made
            if cell is not None:
                cells[place.column.name] = cell
                found += refusals
        return cells, found

    def _cell(
        self, place: _Place, text: str, record: Mapping[str, Any], refusals: Sequence[Refusal]
    ) -> tuple[Cell | None, tuple[Refusal, ...]] | None:
        """A column's value with why its table refuses it; None when a row cannot show it."""
        value: Any = record
        if _is_left_out(place, text):
            return None, ()
        for level, name in enumerate(place.path, 1):
            if value is None:
                break
            if not isinstance(value, Mapping):
                return None
            if name not in value:
                # A group that lacks what it must have is no row; a column that is left out takes its default.
                if level == len(place.path):
                    return None, ()
                return None if any(one.path == place.path[:level] for one in refusals) else (None, ())
            value = value[name]
        depth = len(place.path)
        here = [one._replace(path=one.path[depth:]) for one in refusals if _below(one.path, place.path)]
        if any(one.path == place.path[: len(one.path)] and len(one.path) < depth for one in refusals):
            return None
        # What a text leaves out of an object is another value in another shape.
        known = text if depth == 1 and not holds_document(place.column.type) else write(value)
        key = (id(place.column), known)
        found = self._made.get(key)
        if found is None:
            if len(self._made) > 200_000:
                self._made.clear()
            found = self._made[key] = self._judged(place.column, value, known, here)
        return None if found[0] is None else found

    def _judged(
        self, column: Column, value: Any, text: str, refusals: Sequence[Refusal]
    ) -> tuple[Cell | None, tuple[Refusal, ...]]:
        if not all(_is_of_a_value(column.type, one, value) for one in refusals) or _is_counted(column, value):
            return None, ()
        judged = self._meaning.value(column.type, column.nullable, value)
        if not all(_is_of_a_value(column.type, one, value) for one in judged.refusals):
            return None, ()
        where = (column.name,)
        found = tuple(one._replace(path=(*where, *one.path)) for one in judged.refusals)
        return Cell(constant(value), text), found


def reader(table: Table, cells: Mapping[str, Cell]) -> Read:
    """What a rule reads in a new row: defaults for what is not given, UNKNOWN for what only the database makes."""

    def read(name: str) -> Any:
        column = table.column(name)
        if name in cells:
            return operand(column.type, plain(cells[name].value))
        if column.computed is not None or (column.default is not None and column.default.kind != "literal"):
            return UNKNOWN
        return operand(column.type, None if column.default is None else plain(column.default.value))

    return read


def _now(table: Table, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The columns that take the present, all of them the same."""
    from isotype.probes.made import present

    clock = datetime.now(UTC)
    made = (column for column in table.columns if column.name not in cells and column.default is not None)
    return {column.name: present(column, clock) for column in made if column.default and column.default.kind == "now"}


def broken_rules(table: Table, read: Read) -> tuple[list[Refusal], bool]:
    """The rules of a table that a row breaks, and whether one depends on what is not known."""
    found, doubtful = [], False
    for check in table.checks:
        if check.kind == "rule" and check.expression is not None:
            verdict = evaluate(check.expression, read)
            doubtful = doubtful or verdict is Mark.UNKNOWN
            if verdict is False or verdict is Mark.OVERFLOW:
                found.append(Refusal((), f"rule:{check.name}", ""))
    return found, doubtful


def _is_left_out(place: _Place, text: str) -> bool:
    """Whether a group says nothing of a column whose default its canonical form has."""
    if len(place.path) == 1 or place.column.default is None or place.column.default.kind != "literal":
        return False
    try:
        group = read(text)
    except NotJson:
        return False
    *above, last = place.path[1:]
    holder = at(group, above)
    return isinstance(holder, Mapping) and last not in holder


def _path(field: FieldBinding, variant: str) -> Path:
    return field.paths[variant].wire if variant in field.paths else ()


def _below(path: Path, above: Path) -> bool:
    return path[: len(above)] == above


def _must_be_given(column: Column) -> bool:
    return not column.nullable and column.default is None and column.computed is None


def _is_counted(column: Column, value: Any) -> bool:
    """Whether NULL stands for the next number."""
    return value is None and column.default is not None and column.default.kind == "identity"


def _starts(table: Table, cells: Mapping[str, Cell]) -> Iterator[Refusal]:
    for guard in table.transition_guards:
        cell = cells.get(guard.column)
        default = table.column(guard.column).default
        value = cell.value if cell is not None else None if default is None else default.value
        if value is not None and value not in guard.transitions.initial:
            yield Refusal((guard.column,), "transition", "enum")


_OF_VALUES = frozenset(
    {
        "range",
        "size",
        "length",
        "padding",
        "pattern",
        "enum",
        "items",
        "unique_items",
        "sorted",
        "text",
        "surrogate",
        "null",
    }
)
_OF_DOCUMENTS = _OF_VALUES | {"type", "form", "required", "keys", "digits"}


def is_document(of: Type) -> bool:
    """Whether a column holds JSON."""
    return isinstance(of, Map | ObjectType) or (isinstance(of, Scalar) and of.base == "json")


def holds_document(of: Type) -> bool:
    """Whether a column holds JSON, or a list of it."""
    return is_document(of.item if isinstance(of, Array) else of)


def _is_of_a_value(of: Type, refusal: Refusal, value: Any) -> bool:
    """Whether a row can have the fault, at its path inside the value."""
    if is_document(of) or (isinstance(of, Array) and is_document(of.item) and refusal.path):
        return refusal.constraint in _OF_DOCUMENTS or refusal.constraint.startswith("rule")
    if refusal.constraint == "form":
        return refusal.of in TEXTUAL
    if refusal.constraint == "digits":
        # Zeros beyond the scale are a matter of spelling.
        return isinstance(of, Scalar) and not fits_digits(of, Decimal(str(value)))
    # An instant or a length of time that lies too far out has no canonical form to be sent in.
    return refusal.constraint in _OF_VALUES and (
        refusal.of not in FORMS or refusal.constraint in ("items", "unique_items", "sorted", "null")
    )


def constant(value: Any) -> JsonValue:
    """A value that was read from JSON as a constant of the schema has it: exact numbers, tuples."""
    match value:
        case float():
            shortest = Decimal(repr(value))
            return int(shortest) if value.is_integer() else shortest
        case dict():
            return {name: constant(item) for name, item in value.items()}
        case list():
            return tuple(map(constant, value))
    kept: JsonValue = value
    return kept
