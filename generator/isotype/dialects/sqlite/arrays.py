"""What holds for the items of an array, which only a trigger can look at."""

from __future__ import annotations

from decimal import Decimal

from isotype.dialects.json_text import exact
from isotype.dialects.literals.sql import sqlite_string
from isotype.dialects.sqlite.documents import Structures, all_ascend, all_differ, is_any
from isotype.dialects.sqlite.documents import conditions as document_conditions
from isotype.dialects.sqlite.forms import date_form, scalar_form
from isotype.dialects.sqlite.gaps import FORMS_IN_JSON, WIDE_DECIMAL_RANGE
from isotype.dialects.sqlite.types import WIDEST_INTEGER
from isotype.dialects.sqlite_patterns import sqlite_condition
from isotype.domain.formats import FORMATS
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import INTEGERS, TEXTUAL, Array, EnumType, Scalar, Type


def size_conditions(of: Array, column: str) -> list[str]:
    """How many items there are: a CHECK can say it."""
    size = f"json_array_length({column})"
    match of.min_items, of.max_items:
        case None, None:
            return []
        case None, most:
            return [f"{size} <= {most}"]
        case least, None:
            return [f"{size} >= {least}"]
        case least, most:
            return [f"{size} = {least}" if least == most else f"{size} BETWEEN {least} AND {most}"]


def item_conditions(of: Array, column: str, structures: Structures) -> tuple[list[str], list[NotExpressible]]:
    """Conditions to be joined by AND over `column`, which holds a JSON array; and what they leave open."""
    tests, gaps = _item(of.item, structures)
    whole = f"({' AND '.join(tests)})"
    if of.nullable_items:
        whole = f"(item.type = 'null' OR {whole})" if len(tests) > 1 else f"(item.type = 'null' OR {tests[0]})"
    each = f"NOT EXISTS (SELECT 1 FROM json_each({column}) AS item WHERE {whole} IS NOT TRUE)"
    found = [] if is_any(of.item, of.nullable_items) else [each]
    if of.unique_items:
        found.append(all_differ(column, "value"))
    if of.sorted:
        lost = _without_order(of.item)
        if lost:
            gaps.append(lost)
        else:
            found.append(all_ascend(column, "value"))
    return found, gaps


def _without_order(of: Type) -> NotExpressible | None:
    """Why the physical form of an item does not sort as its value does."""
    match of:
        case Scalar(base="decimal", precision=precision) if precision > WIDEST_INTEGER:
            return WIDE_DECIMAL_RANGE
        case Scalar(base="bytes"):
            return FORMS_IN_JSON
    return None


def _item(of: Type, structures: Structures) -> tuple[list[str], list[NotExpressible]]:
    match of:
        case Scalar(base="json"):
            return ["item.type <> 'null'"], []
        case Scalar():
            return _scalar(of)
        case EnumType(enum=enum):
            return [f"item.value IN ({', '.join(map(sqlite_string, enum.texts))})"], []
    return document_conditions(of, "item.value", "item.type", structures)


def _scalar(of: Scalar) -> tuple[list[str], list[NotExpressible]]:
    if of.base == "bytes":
        alphabet = "item.value NOT GLOB '*[^A-Za-z0-9+/=]*'"
        return ["item.type = 'text'", "length(item.value) % 4 = 0", alphabet], [FORMS_IN_JSON]
    if of.base == "bool":
        return ["item.type IN ('true', 'false')"], []
    if of.base == "date":
        return date_form("item.value"), []
    if of.base in TEXTUAL:
        # That there is no U+0000 the form of the whole array says.
        length = [f"length(item.value) <= {of.length}"] if of.length is not None else []
        found, gaps = text_conditions(of, "item.value")
        return ["item.type = 'text'", *length, *found], gaps
    tests, gaps = scalar_form(of, "item.value")
    found, more = _bounds(of, "item.value")
    return [*_kind(of), *tests, *found], gaps + more


def _kind(of: Scalar) -> list[str]:
    """The type in JSON of what is no text by its form alone: instants, uuids and addresses are not read as numbers."""
    if of.base in INTEGERS or (of.base == "decimal" and of.precision <= WIDEST_INTEGER):
        return ["item.type = 'integer'"]
    return {"float": ["item.type IN ('integer', 'real')"], "decimal": ["item.type = 'text'"]}.get(of.base, [])


def text_conditions(of: Scalar, value: str) -> tuple[list[str], list[NotExpressible]]:
    """Length and patterns of a text inside JSON."""
    tests: list[str] = []
    gaps: list[NotExpressible] = []
    if of.min_length is not None:
        tests.append(f"length({value}) >= {of.min_length}")
    if of.longest is not None and of.longest != of.length:
        tests.append(f"length({value}) <= {of.longest}")
    for pattern in (*of.patterns, *([FORMATS[of.base]] if of.base in FORMATS else [])):
        condition = sqlite_condition(pattern, value)
        if isinstance(condition, NotExpressible):
            gaps.append(condition)
        else:
            tests.append(condition)
    return tests, gaps


def _bounds(of: Scalar, value: str) -> tuple[list[str], list[NotExpressible]]:
    sides = ((">=", of.minimum), (">", of.above), ("<=", of.maximum), ("<", of.below))
    given = [(operator, bound) for operator, bound in sides if bound is not None]
    if given and of.base == "decimal" and of.precision > WIDEST_INTEGER:
        return [], [WIDE_DECIMAL_RANGE]
    unit = 10**of.scale if of.base == "decimal" else 1
    if of.base == "float":
        return [f"{value} {operator} {float(bound)!r}" for operator, bound in given], []
    return [f"{value} {operator} {_plain(bound * unit)}" for operator, bound in given], []


def _plain(number: int | Decimal) -> str:
    text = exact(number)
    return text.rstrip("0").rstrip(".") if "." in text else text
