"""An entity in its variants: create, update, response, list item and list, with nested groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from isotype.domain.expressions import BOOLEAN, Expression, In, IsNull, Literal, Name, Or
from isotype.domain.expressions import names as expression_names
from isotype.domain.identifiers import module_name, pascal, schema_attribute
from isotype.domain.model import FULL, INTERNAL, ONCE, READ, WRITE, Domain, Entity, Field, Group
from isotype.domain.names import snake
from isotype.domain.types import EnumType, ObjectType, value_type
from isotype.shapes.directions import Directions
from isotype.shapes.fields import (
    FieldName,
    FieldNames,
    field_names,
    input_property,
    output_property,
    page_shape,
    when_absent,
)
from isotype.shapes.model import INPUT, OUTPUT, UPDATE, Operand, Property, Shape, ShapeRule, StateMachine, WirePath

CREATE = "create"
RESPONSE = "response"
LIST_ITEM = "list_item"

_CARRIES = {
    CREATE: (FULL, WRITE, ONCE),
    UPDATE: (FULL, WRITE),
    RESPONSE: (FULL, READ, ONCE),
    LIST_ITEM: (FULL, READ, ONCE),
}
_DIRECTION = {CREATE: INPUT, UPDATE: UPDATE, RESPONSE: OUTPUT, LIST_ITEM: OUTPUT}
_SUFFIX = {CREATE: "Create", UPDATE: "Update", RESPONSE: "Response", LIST_ITEM: "ListItem"}


def entity_shapes(domain: Domain, entity: Entity, used: Directions) -> Iterator[Shape]:
    """Groups before the shapes that hold them; the page last."""
    builder = _Builder(domain, entity, used, entity_field_names(domain, entity))
    variants = [CREATE, UPDATE, RESPONSE, *([LIST_ITEM] if entity.api.list_fields else [])]
    seen: set[str] = set()
    for variant in variants:
        for shape in builder.variant(variant):
            if shape.name not in seen:
                seen.add(shape.name)
                yield shape
    item = f"{entity.api.name}{_SUFFIX[LIST_ITEM if entity.api.list_fields else RESPONSE]}"
    yield page_shape(domain, entity.api.name, item, entity.name, entity.place)


def entity_field_names(domain: Domain, entity: Entity) -> dict[str, FieldName]:
    """Both names of every field of an entity."""
    return field_names(entity.fields, links(entity), domain.case)


def links(entity: Entity) -> frozenset[str]:
    """Fields that are a reference themselves, such as `author`: outside the schema they go by `author_id`."""
    return frozenset(
        reference.fields[0]
        for reference in entity.references
        if len(reference.fields) == 1 and reference.name == reference.fields[0]
    )


def state_machines(entity: Entity) -> Iterator[StateMachine]:
    """The transitions of an entity's enum fields."""
    for field in entity.fields:
        if field.transitions is not None and isinstance(field.type, EnumType):
            yield StateMachine(
                name=f"{entity.api.name}{pascal(field.name)}",
                owner=entity.name,
                module=module_name(entity.name),
                field=field.name,
                enum=field.type.enum,
                transitions=field.transitions,
            )


@dataclass(frozen=True, slots=True)
class _Builder:
    """Everything one entity's variants are made of."""

    domain: Domain
    entity: Entity
    used: Directions
    names: FieldNames

    def variant(self, variant: str) -> Iterator[Shape]:
        """The shape of a variant, after the groups inside it."""
        entity = self.entity
        nested: list[Shape] = []
        properties = tuple(self._properties(variant, nested))
        yield from nested
        client = entity.api.client if variant == RESPONSE else ()
        client_names = field_names(client, (), self.domain.case)
        yield Shape(
            name=f"{entity.api.name}{_SUFFIX[variant]}",
            variant=variant,
            direction=_DIRECTION[variant],
            owner=entity.name,
            module=module_name(entity.name),
            properties=properties,
            rules=tuple(self._rules(variant)),
            refused=tuple(self._refused(variant)),
            client=tuple(output_property(field, client_names, self.used) for field in client),
            description=entity.description,
            place=entity.place,
        )

    def _properties(self, variant: str, nested: list[Shape]) -> Iterator[Property]:
        """Fields in source order; a group stands where its first field would."""
        home = {name: group for group in self.entity.api.groups for name in members(group)}
        done: set[str] = set()
        for field in self.entity.fields:
            group = home.get(field.name)
            if group is None:
                if self._carries(variant, field):
                    yield self._property(variant, field)
            elif group.name not in done:
                done.add(group.name)
                made = self._group(variant, group, pascal(group.name), nested)
                if made is not None:
                    yield made

    def _carries(self, variant: str, field: Field) -> bool:
        if variant == LIST_ITEM and field.name not in self.entity.api.list_fields:
            return False
        if field.computed is not None and variant in (CREATE, UPDATE):
            return False
        return field.access in _CARRIES[variant]

    def _is_listed_whole(self, group: Group) -> bool:
        """Whether a list shows all that a response shows of a group, so that both can share a shape."""
        shown = (name for name in members(group) if self._carries(RESPONSE, self.entity.field(name)))
        return all(name in self.entity.api.list_fields for name in shown)

    def _property(self, variant: str, field: Field, wire: str = "") -> Property:
        if variant in (CREATE, UPDATE):
            made = input_property(field, self.names, self.used, variant)
        else:
            made = output_property(field, self.names, self.used)
        return replace(made, name=wire, attribute=schema_attribute(snake(wire))) if wire else made

    def _group(self, variant: str, group: Group, path: str, nested: list[Shape]) -> Property | None:
        """The property that holds a group, its shape appended to `nested`; None when the variant has none of it."""
        inner = CREATE if variant == UPDATE and group.replace else variant
        if variant == LIST_ITEM and self._is_listed_whole(group):
            inner = RESPONSE
        properties: list[Property] = []
        for wire, member in group.members:
            if isinstance(member, Group):
                made = self._group(inner, member, path + pascal(member.name), nested)
                if made is not None:
                    properties.append(made)
            else:
                field = self.entity.field(member)
                if self._carries(variant, field):
                    properties.append(self._property(inner, field, wire))
        if not properties:
            return None
        name = f"{self.entity.api.name}{path}{'' if inner == RESPONSE else _GROUP_SUFFIX[inner]}"
        refused = tuple(
            (wire, reason)
            for wire, member in group.members
            if isinstance(member, str) and (reason := self._reason(variant, self.entity.field(member)))
        )
        nested.append(
            Shape(
                name=name,
                variant="object",
                direction=_DIRECTION[inner],
                owner=self.entity.name,
                module=module_name(self.entity.name),
                properties=tuple(properties),
                rules=(_some_value(group, properties),) if group.nullable_when_all_null else (),
                refused=refused,
                description=group.description,
                place=group.place,
            )
        )
        return Property(
            name=group.name,
            attribute=schema_attribute(snake(group.name)),
            field="",
            type=ObjectType(name),
            required=variant in (RESPONSE, LIST_ITEM)
            or (variant == CREATE and any(prop.required for prop in properties)),
            nullable=group.nullable_when_all_null,
            description=group.description,
            place=group.place,
        )

    def _rules(self, variant: str) -> Iterator[ShapeRule]:
        paths = self.paths(variant)
        for rule in self.entity.rules:
            if rule.on and variant not in rule.on:
                continue
            operands = tuple(self._operand(variant, name, paths) for name in expression_names(rule.that))
            known = sum(operand.known for operand in operands)
            if known == len(operands) or (known and variant in (CREATE, UPDATE)):
                yield ShapeRule(rule.name, rule.that, rule.source, rule.message, operands)
        if variant == CREATE:
            for field in self.entity.fields:
                if field.transitions is not None and field.name in paths:
                    yield from self._initial(field, paths)

    def _initial(self, field: Field, paths: dict[str, WirePath]) -> Iterator[ShapeRule]:
        """A new row starts in one of the initial values."""
        if not isinstance(field.type, EnumType) or field.transitions is None:
            return
        initial = field.transitions.initial
        if len(initial) == len(field.type.enum.values):
            return
        kind = value_type(field.type)
        options = tuple(Literal(value, type=kind) for value in initial)
        expression = In(Name(field.name, type=kind), options, type=BOOLEAN)
        listed = ", ".join(f"'{value}'" for value in initial)
        source = f"{field.name} IN ({listed})"
        message = f"{self.names[field.name].wire} starts as {_either(initial)}."
        operand = self._operand(CREATE, field.name, paths)
        yield ShapeRule(f"{field.name}_initial", expression, source, message, (operand,))

    def _operand(self, variant: str, name: str, paths: dict[str, WirePath]) -> Operand:
        if name not in paths:
            return Operand(name)
        default = when_absent(self.entity.field(name)) if variant == CREATE else None
        return Operand(name, paths[name].wire, paths[name].attributes, default)

    def paths(self, variant: str) -> dict[str, WirePath]:
        """Where each field a variant carries stands: wire names and attributes down from the shape."""
        found: dict[str, WirePath] = {}

        def visit(group: Group, wire: tuple[str, ...], attributes: tuple[str, ...]) -> None:
            for name, member in group.members:
                here = WirePath((*wire, name), (*attributes, schema_attribute(snake(name))))
                if isinstance(member, Group):
                    visit(member, here.wire, here.attributes)
                elif self._carries(variant, self.entity.field(member)):
                    found[member] = here

        for group in self.entity.api.groups:
            visit(group, (group.name,), (schema_attribute(snake(group.name)),))
        grouped = {name for group in self.entity.api.groups for name in members(group)}
        for field in self.entity.fields:
            if field.name not in grouped and self._carries(variant, field):
                named = self.names[field.name]
                found[field.name] = WirePath((named.wire,), (named.attribute,))
        return found

    def _refused(self, variant: str) -> Iterator[tuple[str, str]]:
        grouped = {name for group in self.entity.api.groups for name in members(group)}
        for field in self.entity.fields:
            reason = self._reason(variant, field)
            if reason and field.name not in grouped:
                yield self.names[field.name].wire, reason

    def _reason(self, variant: str, field: Field) -> str:
        """Why an input refuses a field that a response shows; '' when it does not, or when nobody sees the field."""
        if variant not in (CREATE, UPDATE) or field.access in (INTERNAL, WRITE) or self._carries(variant, field):
            return ""
        if field.access == ONCE:
            return "is set once, when it is created"
        return "is read-only"


_GROUP_SUFFIX = {CREATE: "Input", UPDATE: "Update", LIST_ITEM: "ListItem"}


def variant_paths(domain: Domain, entity: Entity, used: Directions, variant: str) -> dict[str, WirePath]:
    """Field → (wire path, attribute path) in one variant of an entity."""
    return _Builder(domain, entity, used, entity_field_names(domain, entity)).paths(variant)


def members(group: Group) -> Iterator[str]:
    """Every field inside a group, at any depth."""
    for _, member in group.members:
        if isinstance(member, Group):
            yield from members(member)
        else:
            yield member


def _some_value(group: Group, properties: list[Property]) -> ShapeRule:
    """A group that is null when all its columns are cannot also be an object of nulls."""
    flat = [prop for prop in properties if prop.field]
    parts: tuple[Expression, ...] = tuple(
        IsNull(Name(prop.field, type=value_type(prop.type)), negated=True, type=BOOLEAN) for prop in flat
    )
    return ShapeRule(
        name=f"{snake(group.name)}_some_value",
        expression=Or(parts, type=BOOLEAN) if len(parts) > 1 else parts[0],
        source=" OR ".join(f"{prop.field} IS NOT NULL" for prop in flat),
        message=f"{group.name} has a value, or is null itself.",
        operands=tuple(Operand(prop.field, (prop.name,), (prop.attribute,)) for prop in flat),
    )


def _either(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
