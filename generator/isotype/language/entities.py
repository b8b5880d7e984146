"""Entities and objects: their fields together, and everything that is said over several fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from isotype.domain.expressions import names as names_in
from isotype.domain.model import Computed, Entity, Field, JsonValue, ObjectDefinition, Rule, Unique
from isotype.domain.places import Place
from isotype.domain.types import ObjectType, value_type
from isotype.domain.values import replace
from isotype.language.context import Context, Outline
from isotype.language.fields import entity_field, known_fields, object_field, plain_fields, waivers
from isotype.language.given import Given
from isotype.language.indexes import read_indexes
from isotype.language.references import read_references
from isotype.language.rules import FieldTypes, Names, expression, one_line, read_rules
from isotype.language.scope import Scope
from isotype.language.values import Misfit, fit
from isotype.language.wire import check_object_names, read_api
from isotype.language.wording import quoted


def read_entity(context: Context, outline: Outline) -> Entity:
    """An entity; parts that could not be read are left out, each after a report."""
    scope, given = context.scope, outline.given
    fields: dict[str, Field] = {}
    for name in outline.fields:
        field = entity_field(context, outline, name)
        if field is not None:
            fields[name] = field
    unread = frozenset(outline.names()) - fields.keys()
    names: Names = FieldTypes(fields.values())
    _compute(context, outline, fields, names, unread)
    _check_columns(scope, outline, fields.values())
    rows, row_places = _rows(context, outline, fields)
    return Entity(
        name=outline.name,
        table=outline.table,
        schema=outline.schema,
        fields=tuple(fields.values()),
        key=tuple(name for name in outline.key if name in fields),
        api=read_api(context, outline, fields),
        description=given.text("description"),
        references=read_references(context, outline, fields),
        uniques=_uniques(scope, outline),
        indexes=read_indexes(scope, outline, given.get("indexes"), names, unread),
        rules=(*read_rules(scope, outline, names, unread), *_value_rules(outline, fields)),
        **_storage(scope, outline, fields),
        rows=rows,
        row_places=row_places,
        was=given.get("was", ""),
        waivers=waivers(given),
        place=scope.of("entities").place(outline.name),
    )


def _storage(scope: Scope, outline: Outline, fields: Mapping[str, Field]) -> dict[str, Any]:
    """What is said of how rows are kept, which is seldom anything."""
    if not any(word in outline.given for word in ("partition", "hypertable", "distribute")):
        return {}
    from isotype.language.storage import read_distribution, read_hypertable, read_partition

    return {
        "partition": read_partition(scope, outline, fields),
        "hypertable": read_hypertable(scope, outline, fields),
        "distribution": read_distribution(scope, outline, fields),
    }


def _compute(
    context: Context, outline: Outline, fields: dict[str, Field], names: Names, unread: frozenset[str]
) -> None:
    """Give the computed fields what computes them."""
    scope = context.scope
    calculated = {name for name in fields if "computed" in outline.fields[name][1]}
    for name in calculated:
        given = outline.fields[name][1]
        words = given.words["computed"]
        if isinstance(words, Given):
            fields[name] = replace(fields[name], computed=Computed(None, words.text("sql"), words.text("sqlite")))
            continue
        want = value_type(fields[name].type)
        tree = expression(scope, given, "computed", names, unread=unread, computed=True, want=want)
        if tree is None:
            continue
        if other := next((read for read in names_in(tree) if read in calculated), None):
            message = f"{quoted(name)} is computed from {quoted(other)}, which is itself computed"
            scope.report("computed-field", message, given, "computed", "compute both from the same fields")
            continue
        fields[name] = replace(fields[name], computed=Computed(tree))


def _value_rules(outline: Outline, fields: Mapping[str, Field]) -> Iterator[Rule]:
    """What follows from the types of the computed fields."""
    for field in fields.values():
        if field.computed is not None and field.computed.expression is not None:
            from isotype.domain.fitting import value_rules

            source = one_line(outline.fields[field.name][1].words["computed"])
            yield from value_rules(outline.table, field, fields, source)


def _check_columns(scope: Scope, outline: Outline, fields: Iterable[Field]) -> None:
    seen: dict[str, Field] = {}
    former: dict[str, Field] = {}
    for field in fields:
        column = field.column or field.name
        if len(column) > 63:
            message = f"the column {quoted(column)} has more than 63 characters"
            path = f"entities.{outline.name}.fields.{field.name}"
            scope.report_at("long-name", message, field.place, path, "give a shorter one with column")
        other = seen.setdefault(column, field)
        if other is not field and other.place == field.place:
            # A mixin that is included twice has its fields at one place.
            message = f"{other.name} and {field.name} of entity {outline.name} both have the column {quoted(column)}"
            path = f"entities.{outline.name}.fields.{field.name}"
            suggestion = "drop column from the mixin, since a prefix stands before names only"
            scope.report_at("column-collision", message, field.place, path, suggestion)
        elif other is not field:
            for here, there in ((field, other), (other, field)):
                message = f"two fields of entity {outline.name} have the column {quoted(column)}, also at {there.place}"
                path = f"entities.{outline.name}.fields.{here.name}"
                scope.report_at("column-collision", message, here.place, path, "give one of them another column")
        if field.was:
            former[field.was] = field
    for was, field in former.items():
        if was in seen and not seen[was].was:
            message = f"{outline.name}.{field.name} was {quoted(was)}, but a field of that name is still there"
            path = f"entities.{outline.name}.fields.{field.name}.was"
            scope.report_at("former-name", message, field.place, path, "remove was, or the old field")


def _uniques(scope: Scope, outline: Outline) -> tuple[Unique, ...]:
    listed: Given | None = outline.given.get("uniques")
    if listed is None:
        return ()
    made = []
    for name, given in listed.words.items():
        if "on" not in given:
            continue
        fields = known_fields(scope, given, "on", given.words["on"], outline, f"unique {name}")
        distinct = given.get("nulls", "distinct") == "distinct"
        made.append(Unique(name, fields, distinct, given.get("deferrable", False), listed.key_place(name)))
    return tuple(made)


# --- reference rows ---------------------------------------------------------------------------------------------------


def _rows(
    context: Context, outline: Outline, fields: Mapping[str, Field]
) -> tuple[tuple[Mapping[str, JsonValue], ...], tuple[Place, ...]]:
    """The rows, and where each is said."""
    listed: list[Given] | None = outline.given.get("rows")
    if listed is None:
        return (), ()
    scope = context.scope
    if not outline.key:
        message = f"the rows of {outline.name} cannot be told apart without a key"
        scope.report("bad-row", message, outline.given, "rows", "give the entity a key")
    made = []
    places = []
    seen: dict[tuple[JsonValue, ...], Given] = {}
    for row in listed:
        values = _row(context, outline, fields, row)
        if values is None:
            continue
        key = tuple(values.get(name) for name in outline.key)
        if key and seen.setdefault(key, row) is not row:
            message = f"a row of {outline.name} has the key of the row at {seen[key].place()}"
            scope.report("bad-row", message, row, "", "give it another key")
        made.append(values)
        places.append(row.place())
    return tuple(made), tuple(places)


def _row(context: Context, outline: Outline, fields: Mapping[str, Field], row: Given) -> Mapping[str, JsonValue] | None:
    scope = context.scope
    values: dict[str, JsonValue] = {}
    sound = not row.broken
    for name, value in row.words.items():
        field = fields.get(name)
        if field is None:
            sound = False
            if not outline.knows(name):
                place, path = row.key_place(name), row.path
                scope.unknown("field", name, outline.names(), place, path, f"a row of {outline.name}")
            continue
        problem = _row_value(context, field, value, values)
        if problem is not None:
            sound = False
            scope.report("bad-row", f"{outline.name}.{name}: {problem.message}", row, name, problem.suggestion)
    for field in fields.values():
        if field.name in row.spans or "computed" in outline.fields[field.name][1]:
            continue
        in_key = field.name in outline.key
        if in_key or (field.default is None and not field.nullable):
            sound = False
            reason = "which is part of its key" if in_key else "which has no default"
            message = f"a row of {outline.name} lacks {quoted(field.name)}, {reason}"
            scope.report("bad-row", message, row, "", f"add {field.name}")
    return MappingProxyType(values) if sound else None


def _row_value(context: Context, field: Field, value: Any, values: dict[str, JsonValue]) -> Misfit | None:
    if field.computed is not None:
        return Misfit("the database computes it", "remove it")
    if value is None:
        values[field.name] = None
        return None if field.nullable else Misfit("null is not allowed")
    try:
        values[field.name] = fit(value, field.type, context.structure)
    except Misfit as misfit:
        return misfit
    return None


# --- objects ----------------------------------------------------------------------------------------------------------


def read_object(context: Context, outline: Outline) -> ObjectDefinition:
    """An object of the schema."""
    scope, given = context.scope, outline.given
    fields: dict[str, Field] = {}
    for name in outline.fields:
        field = object_field(context, outline, name)
        if field is not None:
            fields[name] = field
    unread = frozenset(outline.names()) - fields.keys()
    client = plain_fields(context, given.get("client"), "client field")
    check_object_names(context, fields.values(), client, f"object {outline.name}", given.path)
    names = FieldTypes(fields.values())
    return ObjectDefinition(
        outline.name,
        tuple(fields.values()),
        read_rules(scope, outline, names, unread),
        client,
        given.text("description"),
        place=scope.of("objects").place(outline.name),
    )


def check_endless(scope: Scope, objects: Iterable[ObjectDefinition]) -> None:
    """An object may hold itself only where it can end: in a list, a map, a nullable or an optional field."""
    needs = {
        definition.name: [
            field
            for field in definition.fields
            if isinstance(field.type, ObjectType) and not field.nullable and not field.optional
        ]
        for definition in objects
    }
    finished: set[str] = set()
    for start in needs:
        _follow(scope, start, needs, finished)


def _follow(scope: Scope, start: str, needs: Mapping[str, list[Field]], finished: set[str]) -> None:
    """Walk down from `start` without recursion; a way back to an object on the path is endless."""
    path: list[tuple[str, int]] = [(start, 0)]
    above: set[str] = set()
    while path:
        name, index = path.pop()
        above.discard(name)
        if name in finished:
            continue
        if index >= len(needs.get(name, ())):
            finished.add(name)
            continue
        path.append((name, index + 1))
        above.add(name)
        field = needs[name][index]
        inner = field.type.name if isinstance(field.type, ObjectType) else ""
        if inner in above:
            message = (
                f"object {name} holds {inner}, which holds {name} again, without end"
                if inner != name
                else (f"object {name} holds itself, without end")
            )
            object_path = f"objects.{name}.fields.{field.name}"
            suggestion = f"write {inner}? or {inner}[], or make it optional"
            scope.report_at("endless-object", message, field.place, object_path, suggestion)
        elif inner not in finished:
            path.append((inner, 0))
