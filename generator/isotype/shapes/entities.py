"""An entity in its variants: create, update, response, list item and those with names of their own; nested groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from isotype.domain.expressions import BOOLEAN, Expression, In, IsNull, Literal, Name, Or
from isotype.domain.expressions import names as expression_names
from isotype.domain.identifiers import module_name, pascal, schema_attribute, wire_name
from isotype.domain.lazy import NamedTuple
from isotype.domain.model import (
    FULL,
    INTERNAL,
    ONCE,
    READ,
    SHAPE_ENDINGS,
    WRITE,
    Default,
    Domain,
    Entity,
    EntityShape,
    Field,
    Group,
    Relation,
)
from isotype.domain.names import snake
from isotype.domain.types import Array, EnumType, ObjectType, innermost, value_type
from isotype.domain.values import frozen, replace
from isotype.shapes.directions import Directions
from isotype.shapes.fields import (
    FieldName,
    FieldNames,
    field_names,
    input_property,
    output_property,
    placed,
    when_absent,
)
from isotype.shapes.model import INPUT, OUTPUT, UPDATE, Operand, Property, Shape, ShapeRule, StateMachine, WirePath

CREATE = "create"
RESPONSE = "response"
LIST_ITEM = "list_item"
NAMED = "named"

_INPUTS = {CREATE: (FULL, WRITE, ONCE), UPDATE: (FULL, WRITE)}
_RESULT = (FULL, READ, ONCE)
_DIRECTION = {CREATE: INPUT, UPDATE: UPDATE}


def entity_shapes(domain: Domain, entity: Entity, used: Directions) -> Iterator[Shape]:
    """Groups before the shapes that hold them."""
    builder = _Builder(domain, entity, used, _shared(domain, entity, used))
    variants = [CREATE, UPDATE, RESPONSE, *([LIST_ITEM] if entity.api.list_fields else []), *builder.found.shapes]
    seen: set[str] = set()
    for variant in variants:
        for shape in builder.variant(variant):
            if shape.name not in seen:
                seen.add(shape.name)
                yield shape


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
                nullable=field.nullable,
            )


def _shared(domain: Domain, entity: Entity, used: Directions) -> _Found:
    """What is found out of an entity; those whose fields look alike share it, unless they say more of the API."""
    api = entity.api
    if api.groups or api.inputs or api.added or api.list_fields or api.shapes:
        return _found(domain, entity)
    looks = links(entity), *map(_look, entity.fields)
    known: _Found | None = used.alike.get(looks)
    if known is None:
        known = used.alike[looks] = _found(domain, entity)
    return known


def _look(field: Field) -> tuple[object, ...]:
    """All of a field that decides how it travels; a domain that is whole holds what is told apart by identity."""
    return (
        field.name,
        id(field.type),
        field.nullable,
        field.optional,
        field.description,
        id(field.default),
        id(field.computed),
        field.access,
        id(field.input),
        field.column,
        field.wire,
        field.deprecated,
    )


class _Found(NamedTuple):
    """What is found out of the fields of an entity and of what its API says of them.

    `lists`, `refusals` and `places` are by variant, found when they are asked for, and so is what rules read of the
    fields, which `operands` keeps by the identity of their expressions.
    """

    names: FieldNames
    shapes: Mapping[str, EntityShape]
    limits: Mapping[str, Collection[str]]
    carried: Mapping[str, frozenset[str]]
    flat: Mapping[str, WirePath]
    lists: dict[str, tuple[Property, ...]]
    refusals: dict[str, tuple[tuple[str, str], ...]]
    places: dict[str, dict[str, WirePath]]
    operands: dict[tuple[str, int], tuple[Operand, ...]]


def _found(domain: Domain, entity: Entity) -> _Found:
    shapes = {shape.name: shape for shape in entity.api.shapes}
    limits = {LIST_ITEM: entity.api.list_fields, **{name: shape.fields for name, shape in shapes.items()}}
    carried = {variant: _carried(entity, variant, limits.get(variant)) for variant in (*SHAPE_ENDINGS, *shapes)}
    names = entity_field_names(domain, entity)
    grouped = {name for group in entity.api.groups for name in group.fields()}
    flat = {name: _path(named) for name, named in names.items() if name not in grouped}
    return _Found(names, shapes, limits, carried, flat, {}, {}, {}, {})


@lru_cache(maxsize=4096)
def _path(named: FieldName) -> WirePath:
    """Where a property of the shape itself stands."""
    return WirePath((named.wire,), (named.attribute,))


def _carried(entity: Entity, variant: str, shown: Collection[str] | None) -> frozenset[str]:
    """The fields a variant has, in groups or not; `shown` are those it is limited to, None for no limit."""
    access, is_input = _INPUTS.get(variant, _RESULT), variant in _INPUTS
    carried = [
        field.name
        for field in entity.fields
        if field.access in access
        and (shown is None or field.name in shown)
        and not (is_input and field.computed is not None)
    ]
    return frozenset(carried)


@frozen
class _Builder:
    """Everything one entity's variants are made of; a variant is a word of SHAPE_ENDINGS, or the name of a shape."""

    domain: Domain
    entity: Entity
    used: Directions
    found: _Found

    def variant(self, variant: str) -> Iterator[Shape]:
        """The shape of a variant, after the groups inside it."""
        entity = self.entity
        named = self.found.shapes.get(variant)
        nested: list[Shape] = []
        properties = self.used.listed((*self._own(variant, nested), *self._beside(variant)))
        yield from nested
        client = entity.api.client if variant == RESPONSE else ()
        client_names = field_names(client, (), self.domain.case)
        yield Shape(
            name=variant if named is not None else entity.api.shape(variant),
            variant=variant if named is None else NAMED,
            direction=_DIRECTION.get(variant, OUTPUT),
            owner=entity.name,
            module=self._module(variant),
            properties=properties,
            rules=tuple(self._rules(variant)),
            refused=self._refusals(variant),
            client=tuple(placed(output_property(field, client_names, self.used), field) for field in client),
            fields=entity.fields,
            description=(named.description if named is not None else "") or entity.description,
            place=named.place if named is not None else entity.place,
        )

    def _module(self, variant: str) -> str:
        """The file of a shape: one of its own where it shows others, so that using an entity loads no other."""
        named = self.found.shapes.get(variant)
        return module_name(self.entity.name if named is None or not is_apart(named) else named.name)

    def _beside(self, variant: str) -> Iterator[Property]:
        """What a shape has that no column of the row holds: properties of bodies, related rows, what is added."""
        api, named = self.entity.api, self.found.shapes.get(variant)
        if variant in _INPUTS:
            inputs = [one.field for one in api.inputs if variant in one.on]
            names = field_names(inputs, (), self.domain.case)
            for field in inputs:
                made = placed(input_property(field, names, self.used, variant), field)
                yield replace(made, given=True)
        if named is not None:
            yield from map(self._relation, named.relations)
        added = named.added if named is not None else api.added if variant == RESPONSE else ()
        names = field_names(added, (), self.domain.case)
        for field in added:
            made = placed(output_property(field, names, self.used), field)
            yield replace(made, read_only=True, given=True)

    def _relation(self, relation: Relation) -> Property:
        shape = ObjectType(relation.shape)
        return Property(
            name=relation.wire or wire_name(relation.name, self.domain.case),
            attribute=schema_attribute(relation.name),
            field="",
            type=Array(shape) if relation.many else shape,
            required=True,
            nullable=relation.nullable,
            description=relation.description,
            relation=relation.name,
            place=relation.place,
        )

    def _own(self, variant: str, nested: list[Shape]) -> tuple[Property, ...]:
        """The properties that carry fields; the shapes of groups are appended to `nested`."""
        if self.entity.api.groups:
            return tuple(self._properties(variant, nested))
        lists = self.found.lists
        return lists.get(variant) or lists.setdefault(variant, tuple(self._properties(variant, nested)))

    def _properties(self, variant: str, nested: list[Shape]) -> Iterator[Property]:
        """Fields in source order; a group stands where its first field would."""
        home = {name: group for group in self.entity.api.groups for name in group.fields()}
        carried = self.found.carried[variant]
        done: set[str] = set()
        for field in self.entity.fields:
            group = home.get(field.name)
            if group is None:
                if field.name in carried:
                    yield self._property(variant, field)
            elif group.name not in done:
                done.add(group.name)
                made = self._group(variant, group, pascal(group.name), nested)
                if made is not None:
                    yield made

    def _carries(self, variant: str, field: Field) -> bool:
        return field.name in self.found.carried[variant]

    def _is_whole(self, variant: str, group: Group) -> bool:
        """Whether a variant shows all that a response shows of a group, so that both can share a shape."""
        shown = self.found.limits.get(variant)
        return shown is not None and all(
            name in shown for name in group.fields() if self._carries(RESPONSE, self.entity.field(name))
        )

    def _property(self, variant: str, field: Field, wire: str = "") -> Property:
        if variant in _INPUTS:
            made = input_property(field, self.found.names, self.used, variant)
        else:
            made = output_property(field, self.found.names, self.used)
        return replace(made, name=wire, attribute=schema_attribute(snake(wire))) if wire else made

    def _group(self, variant: str, group: Group, path: str, nested: list[Shape]) -> Property | None:
        """The property that holds a group, its shape appended to `nested`; None when the variant has none of it."""
        inner = CREATE if variant == UPDATE and group.replace else variant
        if self._is_whole(variant, group):
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
        stem = inner if inner in self.found.shapes else self.entity.api.name
        name = f"{stem}{path}{_GROUP_SUFFIX.get(inner, '')}"
        refused = tuple(
            (wire, reason)
            for wire, member in group.members
            if isinstance(member, str) and (reason := self._reason(variant, self.entity.field(member)))
        )
        nested.append(
            Shape(
                name=name,
                variant="object",
                direction=_DIRECTION.get(inner, OUTPUT),
                owner=self.entity.name,
                module=self._module(inner),
                properties=tuple(properties),
                rules=(_some_value(group, properties, inner),) if group.nullable_when_all_null else (),
                refused=refused,
                fields=self.entity.fields,
                description=group.description,
                place=group.place,
            )
        )
        return Property(
            name=group.name,
            attribute=schema_attribute(snake(group.name)),
            field="",
            type=ObjectType(name),
            required=variant not in _INPUTS or (variant == CREATE and any(prop.required for prop in properties)),
            nullable=group.nullable_when_all_null,
            description=group.description,
            place=group.place,
        )

    def _rules(self, variant: str) -> Iterator[ShapeRule]:
        if not self.entity.rules and variant != CREATE:
            return
        paths = self.paths(variant)
        for rule in self.entity.rules:
            if rule.on and variant not in rule.on:
                continue
            operands = self._operands(variant, rule.that, paths)
            known = sum([operand.known for operand in operands])
            if known == len(operands) or (known and variant in _INPUTS):
                yield ShapeRule(rule.name, rule.that, rule.source, rule.message, operands)
        if variant == CREATE:
            for field in self.entity.fields:
                if field.transitions is not None and field.name in paths:
                    yield from self._initial(field, paths)

    def _initial(self, field: Field, paths: Mapping[str, WirePath]) -> Iterator[ShapeRule]:
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
        message = f"{self.found.names[field.name].wire} starts as {_either(initial)}."
        operand = self._operand(CREATE, field.name, paths)
        yield ShapeRule(f"{field.name}_initial", expression, source, message, (operand,))

    def _operands(self, variant: str, expression: Expression, paths: Mapping[str, WirePath]) -> tuple[Operand, ...]:
        key = variant, id(expression)
        known = self.found.operands
        if key not in known:
            known[key] = tuple(self._operand(variant, name, paths) for name in expression_names(expression))
        return known[key]

    def _operand(self, variant: str, name: str, paths: Mapping[str, WirePath]) -> Operand:
        if name not in paths:
            return Operand(name)
        default = when_absent(self.entity.field(name)) if variant == CREATE else None
        return Operand(name, paths[name].wire, paths[name].attributes, default)

    def paths(self, variant: str) -> Mapping[str, WirePath]:
        """Where each field a variant carries stands: wire names and attributes down from the shape."""
        if variant in self.found.places:
            return self.found.places[variant]
        carried = self.found.carried[variant]
        found: dict[str, WirePath] = {}
        for group in self.entity.api.groups:
            inside = _inside(group, WirePath((group.name,), (schema_attribute(snake(group.name)),)))
            found.update((name, path) for name, path in inside if name in carried)
        found.update((name, path) for name, path in self.found.flat.items() if name in carried)
        self.found.places[variant] = found
        return found

    def _refusals(self, variant: str) -> tuple[tuple[str, str], ...]:
        known = self.found.refusals
        return known.get(variant) or known.setdefault(variant, tuple(self._refused(variant)))

    def _refused(self, variant: str) -> Iterator[tuple[str, str]]:
        if variant not in _INPUTS:
            return
        for field in self.entity.fields:
            reason = self._reason(variant, field)
            if reason and field.name in self.found.flat:
                yield self.found.names[field.name].wire, reason
        taken = {one.field.name for one in self.entity.api.inputs if variant in one.on}
        added = [field for field in self.entity.api.added if field.name not in taken]
        names = field_names(added, (), self.domain.case)
        yield from ((names[field.name].wire, "is read-only") for field in added)

    def _reason(self, variant: str, field: Field) -> str:
        """Why an input refuses a field that a response shows; '' when it does not, or when nobody sees the field."""
        if variant not in _INPUTS or field.access in (INTERNAL, WRITE) or self._carries(variant, field):
            return ""
        if field.access == ONCE:
            return "is set once, when it is created"
        return "is read-only"


def _inside(group: Group, path: WirePath) -> Iterator[tuple[str, WirePath]]:
    """Each field of a group that stands at `path`, at any depth, and where it stands itself."""
    for name, member in group.members:
        here = WirePath((*path.wire, name), (*path.attributes, schema_attribute(snake(name))))
        if isinstance(member, Group):
            yield from _inside(member, here)
        else:
            yield member, here


_GROUP_SUFFIX = {CREATE: "Input", UPDATE: "Update", LIST_ITEM: "ListItem"}


_ANY_WAY = Directions(frozenset(), frozenset(), frozenset())
"""Where fields stand is the same whichever way their objects travel."""


def variant_paths(domain: Domain, entity: Entity) -> dict[str, Mapping[str, WirePath]]:
    """For each variant of an entity where its fields stand, each by wire path and attribute path."""
    builder = _Builder(domain, entity, _ANY_WAY, _found(domain, entity))
    return {variant: builder.paths(variant) for variant in SHAPE_ENDINGS}


def is_apart(shape: EntityShape) -> bool:
    """Whether a shape of an entity shows other shapes, and stands in a file of its own."""
    return bool(shape.relations) or any(isinstance(innermost(field.type), ObjectType) for field in shape.added)


def _some_value(group: Group, properties: list[Property], variant: str) -> ShapeRule:
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
        operands=tuple(
            Operand(prop.field, (prop.name,), (prop.attribute,), _left_out(prop) if variant == CREATE else None)
            for prop in flat
        ),
    )


def _left_out(prop: Property) -> Default | None:
    """What a property of a new row is when it is left out; None when that is not known."""
    return Default("literal") if prop.nullable and not prop.server_default and prop.default is None else prop.default


def _either(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
