"""What holds for JSON values of a type, as conditions for a trigger.

A value is given twice: as the SQL that yields it, and as the SQL that yields its JSON type, NULL when it is absent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from isotype.dialects.json_text import exact
from isotype.dialects.literals.sql import sqlite_string
from isotype.dialects.sqlite import gaps as gap
from isotype.dialects.sqlite.forms import GREATEST_DOUBLE, date_form, uuid_form, within
from isotype.dialects.sqlite_patterns import sqlite_condition
from isotype.domain.formats import FORMATS
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import INTEGERS, SAFE_INTEGER, TEXTUAL, Array, EnumType, Map, ObjectType, Scalar, Type
from isotype.domain.values import field, frozen, mutable

FORMS_LEFT_OPEN = ("timestamp", "local_timestamp", "time", "duration", "bytes", "inet")
EXACT_DOUBLE = 15


class Property(Protocol):
    """A property of a typed JSON object."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> Type: ...
    @property
    def nullable(self) -> bool: ...
    @property
    def optional(self) -> bool: ...


Rules = Callable[[Callable[[str], str]], tuple[list[str], list[NotExpressible]]]


@frozen
class Structure:
    """A typed JSON object: its properties, and its rules printed over operands spelled by property name."""

    properties: tuple[Property, ...]
    rules: Rules


Structures = Callable[[str], Structure]
"""The structure of an object by the object's name."""

Found = tuple[list[str], list[NotExpressible]]


def conditions(of: Type, value: str, kind: str, structures: Structures) -> Found:
    """Conditions to be joined by AND, true exactly for the type as far as SQLite can say; and what they leave open."""
    writer = _Writer(structures)
    tests = writer.conditions(of, value, kind, ())
    return tests, writer.gaps


def is_any(of: Type, nullable: bool) -> bool:
    """Whether any JSON is a value of the type, so that nothing need be asked of it."""
    return nullable and isinstance(of, Scalar) and of.base == "json"


def all_differ(array: str, item: str) -> str:
    """No two items of a JSON array are the same; `item` says what is compared, as an expression over `value`."""
    return f"(SELECT count({item}) = count(DISTINCT {item}) FROM json_each({array}))"


def all_ascend(array: str, item: str) -> str:
    """Each item of a JSON array is at least the one before it."""
    pairs = f"SELECT {item} AS item, lag({item}) OVER (ORDER BY key) AS previous FROM json_each({array})"
    return f"NOT EXISTS (SELECT 1 FROM ({pairs}) WHERE previous > item)"


def operand(value: str, key: str) -> str:
    """A property as an operand of a rule."""
    return f"json_extract({value}, '$.{key}')"


@mutable
class _Writer:
    structures: Structures
    gaps: list[NotExpressible] = field(default_factory=list)
    aliases: int = 0

    def conditions(self, of: Type, value: str, kind: str, inside: tuple[str, ...]) -> list[str]:
        match of:
            case Scalar():
                return self._scalar(of, value, kind)
            case EnumType(enum=enum):
                options = ", ".join(map(sqlite_string, enum.texts))
                # A list and an object are their text to SQLite, too.
                known = [f"{kind} = 'text'"] if any(text.startswith(("[", "{")) for text in enum.texts) else []
                return [*known, f"{value} IN ({options})"]
            case ObjectType(name=name):
                return self._object(name, value, kind, inside)
            case Map():
                return self._map(of, value, kind, inside)
            case Array():
                return self._array(of, value, kind, inside)
        return [f"{kind} = 'text'"]

    def _object(self, name: str, value: str, kind: str, inside: tuple[str, ...]) -> list[str]:
        if name in inside:
            self.gaps.append(gap.RECURSION)
            return [f"{kind} = 'object'"]
        structure = self.structures(name)
        alias = self._alias("entry")
        keys = ", ".join(sqlite_string(entry.name) for entry in structure.properties)
        found = [
            f"{kind} = 'object'",
            f"NOT EXISTS (SELECT 1 FROM json_each({value}) AS {alias} WHERE {alias}.key NOT IN ({keys}))",
        ]
        for entry in structure.properties:
            entry_kind = f"json_type({value}, '$.{entry.name}')"
            if is_any(entry.type, entry.nullable):
                found += [] if entry.optional else [f"{entry_kind} IS NOT NULL"]
                continue
            parts = self.conditions(entry.type, operand(value, entry.name), entry_kind, (*inside, name))
            escapes = [f"{entry_kind} IS NULL"] * entry.optional + [f"{entry_kind} = 'null'"] * entry.nullable
            whole = " AND ".join(parts)
            found += [f"({' OR '.join((*escapes, f'({whole})' if len(parts) > 1 else whole))})"] if escapes else parts
        rules, gaps = structure.rules(lambda key: operand(value, key))
        self.gaps += gaps
        return found + [f"({rule}) IS NOT FALSE" for rule in rules]

    def _map(self, of: Map, value: str, kind: str, inside: tuple[str, ...]) -> list[str]:
        found = [f"{kind} = 'object'"]
        if of.max_items is not None:
            found.append(f"(SELECT count(*) FROM json_each({value})) <= {of.max_items}")
        return [*found, *self._each(of.value, of.nullable_values, value, inside)]

    def _array(self, of: Array, value: str, kind: str, inside: tuple[str, ...]) -> list[str]:
        found = [f"{kind} = 'array'"]
        if of.min_items is not None:
            found.append(f"json_array_length({value}) >= {of.min_items}")
        if of.max_items is not None:
            found.append(f"json_array_length({value}) <= {of.max_items}")
        found += self._each(of.item, of.nullable_items, value, inside)
        if of.unique_items or of.sorted:
            compared = _compared(of.item)
            if isinstance(compared, NotExpressible):
                self.gaps.append(compared)
            else:
                found += [all_differ(value, compared)] * of.unique_items + [all_ascend(value, compared)] * of.sorted
        return found

    def _each(self, of: Type, nullable: bool, value: str, inside: tuple[str, ...]) -> list[str]:
        if is_any(of, nullable):
            return []
        alias = self._alias("part")
        tests = self.conditions(of, f"{alias}.value", f"{alias}.type", inside)
        escape = f"{alias}.type <> 'null' AND " if nullable else ""
        whole = " AND ".join(tests)
        return [f"NOT EXISTS (SELECT 1 FROM json_each({value}) AS {alias} WHERE {escape}({whole}) IS NOT TRUE)"]

    def _alias(self, stem: str) -> str:
        self.aliases += 1
        return stem if self.aliases == 1 else f"{stem}_{self.aliases}"

    def _scalar(self, of: Scalar, value: str, kind: str) -> list[str]:
        text = f"{kind} = 'text'"
        if of.base in TEXTUAL:
            return [text, *self._text(of, value)]
        if of.base in FORMS_LEFT_OPEN:
            self.gaps.append(gap.FORMS_IN_JSON)
            return [text]
        match of.base:
            case "json":
                return [f"{kind} <> 'null'"]
            case "bool":
                return [f"{kind} IN ('true', 'false')"]
            case "date":
                return date_form(value)
            case "uuid":
                return uuid_form(f"lower({value})")
            case "float":
                finite = within(of, value, f"-{GREATEST_DOUBLE}", GREATEST_DOUBLE)
                return [_is_number(kind), *finite, *_bounds(of, value)]
            case "bigint" if not of.number:
                number = f"CAST({value} AS INTEGER)"
                return [text, f"CAST({number} AS TEXT) = {value}", *_bounds(of, number)]
            case "decimal" if of.number:
                limit = 10 ** (of.precision - of.scale)
                exact = f"{value} = round({value}, {of.scale})"
                return [_is_number(kind), exact, f"{value} > -{limit} AND {value} < {limit}", *_bounds(of, value)]
            case "decimal":
                return [text, *self._decimal(of, value)]
        low, high = (-SAFE_INTEGER, SAFE_INTEGER) if of.base == "bigint" else INTEGERS[of.base]
        whole = f"{value} = CAST({value} AS INTEGER)"
        return [_is_number(kind), whole, *within(of, value, str(low), str(high)), *_bounds(of, value)]

    def _text(self, of: Scalar, value: str) -> list[str]:
        tests = []
        if of.min_length is not None:
            tests.append(f"length({value}) >= {of.min_length}")
        if of.longest is not None:
            tests.append(f"length({value}) <= {of.longest}")
        for pattern in (*of.patterns, *([FORMATS[of.base]] if of.base in FORMATS else [])):
            condition = sqlite_condition(pattern, value)
            if isinstance(condition, NotExpressible):
                self.gaps.append(condition)
            else:
                tests.append(condition)
        return tests

    def _decimal(self, of: Scalar, value: str) -> list[str]:
        digits = f"ltrim({value}, '-')"
        places = of.precision - of.scale
        point = f"instr({digits} || '.', '.')"
        tests = [
            f"{value} NOT GLOB '?*-*'",
            f"{digits} GLOB '[0-9]*'",
            f"{digits} NOT GLOB '*[^0-9.]*'",
            f"{digits} NOT GLOB '0[0-9]*'",
            f"{digits} NOT GLOB '*.'",
            f"{point} <= {places + 1}" if places else f"{digits} GLOB '0*'",
            f"length({digits}) - {point} <= {of.scale}" if of.scale else f"{digits} NOT GLOB '*.*'",
            f"{digits} NOT GLOB '*.*.*'",
        ]
        bounds = _bounds(of, f"CAST({value} AS REAL)")
        if bounds and of.precision > EXACT_DOUBLE:
            self.gaps.append(gap.RANGES_IN_JSON)
            return tests
        return tests + bounds


def _compared(of: Type) -> str | NotExpressible:
    """What is compared of an item in wire form, so that two spellings of one value are the same."""
    match of:
        case Scalar(base="uuid"):
            return "lower(value)"
        case Scalar(base="bigint", number=False):
            return "CAST(value AS INTEGER)"
        case Scalar(base="decimal", number=False, precision=precision):
            return "CAST(value AS REAL)" if precision <= EXACT_DOUBLE else gap.RANGES_IN_JSON
        case Scalar(base=base) if base in FORMS_LEFT_OPEN:
            return gap.FORMS_IN_JSON
    return "value"


def _is_number(kind: str) -> str:
    return f"{kind} IN ('integer', 'real')"


def _bounds(of: Scalar, value: str) -> list[str]:
    sides = ((">=", of.minimum), (">", of.above), ("<=", of.maximum), ("<", of.below))
    return [f"{value} {operator} {exact(bound)}" for operator, bound in sides if bound is not None]
