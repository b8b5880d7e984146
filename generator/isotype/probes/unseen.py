"""Tables as shapes: what rows hold that no body shows, and states that no body begins in.

An entity without an API has rows all the same, and so have fields that only the service reads or writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isotype.binding.model import Bindings, EntityBinding
from isotype.domain.expressions import names
from isotype.domain.model import Default
from isotype.domain.values import replace
from isotype.shapes.model import INPUT, Operand, Property, Shape, ShapeRule, Shapes, WirePath
from isotype.tables.model import Check, Column

NEW, MOVED = "new row", "row"
"""The variants of a table as a shape: a row that begins, and one that has moved on."""


def with_tables(bindings: Bindings) -> Shapes:
    """The shapes of a domain, and each table of which something is unseen as two more."""
    found = {shape.name: shape for entity in bindings.entities if _is_half_seen(entity) for shape in _of_table(entity)}
    return replace(bindings.shapes, by_name={**bindings.shapes.by_name, **found}) if found else bindings.shapes


def unseen(entity: EntityBinding) -> frozenset[str]:
    """The columns that neither what creates a row nor what shows one says, and states that nobody creates a row in."""
    said = _said(entity)
    shown = set().union(*said.values())
    hidden = {one.name for one in entity.table.columns if one.computed is None and one.name not in shown}
    return frozenset(hidden | (states(entity) - said.get("create", set())))


def states(entity: EntityBinding) -> frozenset[str]:
    """The columns whose states a new row may not all begin in.

    Where a body may say such a state, a rule about what the body leaves out may refuse it first.
    """
    return frozenset(guard.column for guard in entity.table.transition_guards if guard.transitions.bounds_starts)


def unseen_rules(entity: EntityBinding) -> frozenset[str]:
    """The rules for which defaults stand in beside what no body says that creates a row."""
    begun = _said(entity).get("create", set())
    filled = {one.name for one in entity.table.columns if one.default is not None}
    rules = (check for check in entity.table.checks if check.kind == "rule")
    return frozenset(rule.name for rule in rules if filled & set(rule.columns) and not begun >= set(rule.columns))


def _is_half_seen(entity: EntityBinding) -> bool:
    return bool(unseen(entity) or unseen_rules(entity) or states(entity))


def _said(entity: EntityBinding) -> dict[str, set[str]]:
    """The columns that bodies say, by the variant of their shape."""
    return {
        variant: {field.column.name for field in entity.fields if variant in field.paths}
        for variant in ("create", "response")
        if variant in entity.shapes
    }


def computed(bindings: Bindings) -> Iterator[tuple[str, tuple[ShapeRule, ...]]]:
    """What values are computed from that a table makes of a body, by the shape of the body; each looks like a rule."""
    for entity in bindings.entities:
        for variant in ("create", "response"):
            shape = entity.shapes.get(variant)
            if shape is not None:
                places = {it.column.name: it.paths[variant] for it in entity.fields if variant in it.paths}
                found = (_value(column, places) for column in entity.table.columns)
                yield shape.name, tuple(rule for rule in found if rule is not None)


def _value(column: Column, places: Mapping[str, WirePath]) -> ShapeRule | None:
    expression = column.computed.expression if column.computed is not None else None
    if expression is None or not any(name in places for name in names(expression)):
        return None
    operands = tuple(
        Operand(name, places[name].wire, places[name].attributes) if name in places else Operand(name)
        for name in names(expression)
    )
    return ShapeRule(column.name, expression, "", "", operands)


def _of_table(entity: EntityBinding) -> Iterator[Shape]:
    properties = tuple(_property(column) for column in entity.table.columns if column.computed is None)
    columns = {column.name: column for column in entity.table.columns}
    rules = tuple(
        _rule(check, columns) for check in entity.table.checks if check.kind == "rule" and check.expression is not None
    )
    for variant in (NEW, MOVED):
        # No shape of the schema has a blank in its name.
        name = f"{entity.entity} as a {variant}"
        yield Shape(name, variant, INPUT, entity.entity, entity.module, properties, rules, place=entity.table.place)


def _property(column: Column) -> Property:
    literal = column.default if column.default is not None and column.default.kind == "literal" else None
    return Property(
        column.name,
        column.name,
        column.field,
        column.type,
        required=not column.nullable and column.default is None,
        nullable=column.nullable,
        default=literal,
        server_default=column.default is not None and literal is None,
        place=column.place,
    )


def _rule(check: Check, columns: dict[str, Column]) -> ShapeRule:
    assert check.expression is not None
    operands = tuple(_operand(columns[name]) for name in names(check.expression))
    return ShapeRule(check.name, check.expression, "", check.message, operands)


def _operand(column: Column) -> Operand:
    if column.computed is not None:
        return Operand(column.name)
    made = column.default is not None and column.default.kind != "literal"
    default = None if made else column.default or Default("literal")
    return Operand(column.name, (column.name,), (column.name,), default)
