"""How an entity looks on the wire: nested groups, lists, frontend fields, and names that must not collide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from isotype.domain.model import INTERNAL, WRITE, ApiInput, EntityApi, Field, Group
from isotype.domain.places import Place
from isotype.language.context import Context, Outline
from isotype.language.fields import INPUTS, input_field, known_fields, plain_fields
from isotype.language.given import Given
from isotype.language.grammar import INHERITED
from isotype.language.scope import Scope
from isotype.language.wording import quoted

_SPECIAL = ("$nullable", "$replace", "$description")


def read_api(context: Context, outline: Outline, fields: Mapping[str, Field]) -> EntityApi:
    """The wire side of an entity."""
    scope = context.scope
    given: Given | None = outline.given.get("api")
    if given is None:
        check_wire_names(scope, _wire_names(context, fields.values()), f"entity {outline.name}", outline.given.path)
        return EntityApi(outline.name)
    seen: dict[str, Place] = {}
    groups = []
    nest: Given | None = given.get("nest")
    if nest is not None:
        for name, group in nest.words.items():
            groups.append(_group(scope, outline, fields, name, nest, group, seen))
    client = plain_fields(context, given.get("client"), "client field")
    added = plain_fields(context, given.get("add"), "added property")
    inputs = _inputs(context, given.get("inputs"))
    flat = [field for field in fields.values() if field.name not in seen]
    own = [*_wire_names(context, flat), *((group.name, group.place) for group in groups)]
    subject = f"entity {outline.name}"
    check_wire_names(scope, [*own, *_wire_names(context, (*client, *added))], subject, outline.given.path)
    check_wire_names(scope, [*own, *_wire_names(context, (one.field for one in inputs))], subject, outline.given.path)
    listed = given.get("list")
    return EntityApi(
        name=given.get("name") or outline.name,
        groups=tuple(groups),
        client=client,
        added=added,
        inputs=inputs,
        list_fields=_listed(scope, outline, fields, given) if isinstance(listed, list) else (),
        list_shape=_list_shape(scope, outline, given) if isinstance(listed, str) else "",
        exposed=given.get("expose", True),
    )


def _inputs(context: Context, given: Given | None) -> tuple[ApiInput, ...]:
    if given is None:
        return ()
    made = []
    for name, words in given.words.items():
        field = input_field(context, name, given, words)
        if field is not None:
            made.append(ApiInput(field, tuple(word for word in INPUTS if word in (words.get("on") or INPUTS))))
    return tuple(made)


def _listed(scope: Scope, outline: Outline, fields: Mapping[str, Field], given: Given) -> tuple[str, ...]:
    listed = known_fields(scope, given, "list", given.words["list"], outline, f"the list of {outline.name}")
    for name in listed:
        field = fields.get(name)
        if field is not None and field.access in (WRITE, INTERNAL):
            message = f"the list of {outline.name} shows {quoted(name)}, which is {field.access}"
            index = given.words["list"].index(name)
            scope.report_at(
                "hidden-field", message, given.item_place("list", index), given.path_of("list"), "remove it"
            )
    return listed


def _list_shape(scope: Scope, outline: Outline, given: Given) -> str:
    name: str = given.words["list"]
    shapes: Given | None = given.get("shapes")
    options = (*shapes.words, *shapes.broken) if shapes is not None else ()
    if name not in options and "shapes" not in given.broken:
        place, path = given.place("list"), given.path_of("list")
        scope.unknown("shape", name, options, place, path, f"the list of {outline.name}")
    return name


def _wire_names(context: Context, fields: Iterable[Field]) -> list[tuple[str, Place]]:
    return [(field.wire or context.wire(field.name), field.place) for field in fields if field.access != INTERNAL]


def check_wire_names(scope: Scope, names: Iterable[tuple[str, Place]], subject: str, path: str) -> None:
    """No two properties have one name; a collision is a finding at both places."""
    seen: dict[str, Place] = {}
    for name, place in names:
        if name in INHERITED:
            message = f"a property of {subject} is {quoted(name)} on the wire, a name every JavaScript object has"
            scope.report_at("bad-name", message, place, path, "give it another name with api")
        other = seen.setdefault(name, place)
        if other is place:
            continue
        for here, there in ((place, other), (other, place)):
            message = f"two properties of {subject} are {quoted(name)} on the wire, the other is at {there}"
            scope.report_at("wire-collision", message, here, path, "give one of them another name with api")


def check_object_names(
    context: Context, fields: Iterable[Field], client: Iterable[Field], subject: str, path: str
) -> None:
    """The same for the fields of an object."""
    names = [*_wire_names(context, fields), *_wire_names(context, client)]
    check_wire_names(context.scope, names, subject, path)


def _group(
    scope: Scope,
    outline: Outline,
    fields: Mapping[str, Field],
    name: str,
    owner: Given,
    given: Given,
    seen: dict[str, Place],
) -> Group:
    members: list[tuple[str, str | Group]] = []
    for wire, member in given.words.items():
        if wire in _SPECIAL:
            continue
        place, path = given.place(wire), given.path_of(wire)
        if isinstance(member, Given):
            members.append((wire, _group(scope, outline, fields, wire, given, member, seen)))
        elif not outline.knows(member):
            scope.unknown("field", member, outline.names(), place, path, f"group {name}")
        elif member in seen:
            message = f"{quoted(member)} stands in a group already, at {seen[member]}"
            scope.report_at("repeated-name", message, place, path, "name it once")
        else:
            seen[member] = place
            members.append((wire, member))
            if member in fields and fields[member].access == INTERNAL:
                message = f"group {name} shows {quoted(member)}, which is internal"
                scope.report_at("hidden-field", message, place, path, "remove it")
    if not members and not given.broken:
        scope.report("empty-group", f"group {name} has no members", given, "", "name a field")
    nullable = given.get("$nullable") == "all_null"
    if nullable:
        for wire, member in members:
            if isinstance(member, str) and member in fields and not fields[member].nullable:
                message = f"group {name} is null when all its columns are, but {quoted(member)} is never null"
                place, path = given.place(wire), given.path_of(wire)
                scope.report_at("never-null", message, place, path, "let its type end in ?, or drop $nullable")
    return Group(
        name,
        tuple(members),
        nullable,
        given.get("$replace", False),
        given.text("$description"),
        owner.key_place(name),
    )
