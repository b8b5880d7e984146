"""What holds for an array and its items."""

from __future__ import annotations

from isotype.dialects import patterns
from isotype.dialects.json_text import exact
from isotype.dialects.literals.sql import postgres_string
from isotype.dialects.postgres.documents import conditions as document_conditions
from isotype.dialects.postgres.guards import scalar_guard
from isotype.dialects.postgres.names import Names
from isotype.dialects.postgres.types import column_type
from isotype.domain.formats import FORMATS
from isotype.domain.types import TEXTUAL, Array, EnumType, Map, ObjectType, Scalar, Type

_ONE_BY_ONE = ("duration", "inet", "json")


def array_conditions(of: Array, column: str, names: Names) -> list[str]:
    """Conditions to be joined by AND; items that need a look at each go through `item_conditions`."""
    found = _size(of, column)
    if not of.nullable_items:
        found.append(f"array_position({column}, NULL) IS NULL")
    match of.item:
        case Scalar() as item:
            found += _bounds(item, column)
            if item.base in TEXTUAL:
                found += _texts(item, column, names)
        case EnumType(enum=enum) if not enum.native:
            values = ", ".join(postgres_string(text) for text in enum.texts)
            items = f"array_remove({column}, NULL)" if of.nullable_items else column
            found.append(f"{items} <@ ARRAY[{values}]::{column_type(of, names.enum)}")
    if of.unique_items:
        found.append(f"{names.helper('items_are_unique')}({column})")
    if of.sorted:
        found.append(f"{names.helper('items_are_sorted')}({_by_code_point(of.item, column)})")
    return found


def item_conditions(of: Array, item: str, names: Names) -> list[str]:
    """What each item that is not null must hold, where nothing can be said about all of them at once."""
    match of.item:
        case Scalar(base=base) as scalar if base in _ONE_BY_ONE:
            return scalar_guard(scalar, item, names)
        case Map() | ObjectType() | Array():
            return document_conditions(of.item, item, names)
    return []


def _size(of: Array, column: str) -> list[str]:
    size = f"cardinality({column})"
    match of.min_items, of.max_items:
        case None, None:
            return []
        case None, most:
            return [f"{size} <= {most}"]
        case least, None:
            return [f"{size} >= {least}"]
        case least, most:
            return [f"{size} = {least}" if least == most else f"{size} BETWEEN {least} AND {most}"]


def _bounds(item: Scalar, column: str) -> list[str]:
    sides = (("<=", item.minimum), ("<", item.above), (">=", item.maximum), (">", item.below))
    return [f"{exact(bound)} {operator} ALL ({column})" for operator, bound in sides if bound is not None]


def _texts(item: Scalar, column: str, names: Names) -> list[str]:
    found = []
    longest = item.longest
    if item.min_length is not None:
        found.append(f"{names.helper('shortest_item')}({column}) >= {item.min_length}")
    if longest is not None and longest != item.length:
        found.append(f"{names.helper('longest_item')}({column}) <= {longest}")
    wanted = (*item.patterns, *([FORMATS[item.base]] if item.base in FORMATS else []))
    for pattern in wanted:
        found.append(f"{names.helper('items_match')}({column}, {postgres_string(patterns.postgres(pattern))})")
    return found


def _by_code_point(item: Type, column: str) -> str:
    return f'{column} COLLATE "C"' if isinstance(item, Scalar) and item.base in TEXTUAL else column
