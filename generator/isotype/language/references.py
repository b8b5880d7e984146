"""References between entities: links by one field, links over several, and both ends of the relationship."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from isotype.domain.model import Entity, Field, Reference
from isotype.domain.names import snake
from isotype.domain.places import Place
from isotype.domain.types import EnumType, Scalar, Type
from isotype.language.context import Context, Outline
from isotype.language.given import Given
from isotype.language.scope import Scope
from isotype.language.types import describe
from isotype.language.wording import plural, quoted

NO_ACTION = "no action"


def read_references(context: Context, outline: Outline, fields: Mapping[str, Field]) -> tuple[Reference, ...]:
    """The references of an entity: those of its fields in order, then those over several fields."""
    made = []
    for name, field in fields.items():
        given = outline.fields[name][1]
        if "ref" in given.words:
            made.append(_of_field(context, outline, field, given))
    several: Given | None = outline.given.get("references")
    if several is not None:
        for name, given in several.words.items():
            reference = _over_fields(context, outline, name, several, given, fields)
            if reference is not None:
                made.append(reference)
    return tuple(made)


def _of_field(context: Context, outline: Outline, field: Field, given: Given) -> Reference:
    words = given.words
    entity = words["ref"].strip().removesuffix("?")
    on_update = words.get("on_update", NO_ACTION)
    return _checked(
        context.scope,
        outline,
        given,
        (field,),
        Reference(
            name=field.name.removesuffix("_id") or field.name,
            entity=entity,
            fields=(field.name,),
            target_fields=context.entities[entity].key,
            on_delete=words.get("on_delete", NO_ACTION),
            on_update=NO_ACTION if on_update == "now" else on_update,
            back=_back(outline, words.get("back")),
            deferrable=words.get("deferrable", False),
            constraint=field.constraints.get("reference", ""),
            place=field.place,
        ),
    )


def _back(outline: Outline, given: str | None) -> str:
    if given is None:
        return plural(snake(outline.name))
    return "" if given == "none" else given


def _checked(scope: Scope, outline: Outline, given: Given, fields: Iterable[Field], reference: Reference) -> Reference:
    for word, action in (("on_delete", reference.on_delete), ("on_update", reference.on_update)):
        # What a deleted target nulls are the fields that may be null, where there are any.
        rest = [field for field in fields if field.nullable] if word == "on_delete" and action == "set null" else []
        for field in rest or fields:
            if action == "set null" and not field.nullable:
                message = f"{word} sets {quoted(field.name)} to null, but it is never null"
                ref_word = "add a ? to the reference, or choose another action"
                scope.report("bad-action", message, given, word, ref_word)
                break
            if action == "set default" and field.default is None and not field.nullable:
                message = f"{word} sets {quoted(field.name)} to its default, but it has none"
                scope.report("bad-action", message, given, word, "give it a default, or choose another action")
                break
    return reference


def _over_fields(
    context: Context, outline: Outline, name: str, owner: Given, given: Given, fields: Mapping[str, Field]
) -> Reference | None:
    scope = context.scope
    if "to" not in given or "on" not in given:
        return None
    entity: str = given.words["to"]
    subject = f"reference {outline.name}.{name}"
    other = context.entities.get(entity)
    if other is None:
        if not scope.is_broken(entity):
            place, path = given.place("to"), given.path_of("to")
            scope.unknown("entity", entity, scope.names("entities"), place, path, subject)
        return None
    if "hypertable" in other.given:
        message = f"{subject} refers to {entity}, a hypertable, to which nothing can refer"
        suggestion = "keep the values of its key without a reference, or let it be a plain table"
        scope.report("reference-to-hypertable", message, given, "to", suggestion)
        return None
    pairs: Given = given.words["on"]
    sound = not pairs.broken
    for local, target in pairs.words.items():
        if not outline.knows(local):
            place, path = pairs.key_place(local), pairs.path
            scope.unknown("field", local, outline.names(), place, path, subject)
            sound = False
        if not other.knows(target):
            place, path = pairs.place(local), pairs.path
            scope.unknown("field", target, other.names(), place, path, f"{subject} to {entity}")
            sound = False
    if not sound or any(local not in fields for local in pairs.words):
        return None
    targets = tuple(pairs.words.values())
    if not targets or not _is_unique(other, targets):
        keys = ", ".join(other.key)
        message = f"{subject} names {', '.join(targets) or 'nothing'} of {entity}, which need not be unique there"
        scope.report("reference-needs-key", message, given, "on", f"name its key: {keys}" if keys else "")
        return None
    if other.partition and other.partition not in targets:
        message = f"{subject} lacks {quoted(other.partition)}, which is part of every key of the partitioned {entity}"
        scope.report("reference-to-partitioned", message, given, "on", "name it too")
        return None
    for local, target in pairs.words.items():
        _check_pair(context, other, fields[local], target, pairs)
    return _checked(
        scope,
        outline,
        given,
        [fields[local] for local in pairs.words],
        Reference(
            name=name,
            entity=entity,
            fields=tuple(pairs.words),
            target_fields=targets,
            on_delete=given.get("on_delete", NO_ACTION),
            on_update=given.get("on_update", NO_ACTION),
            back=_back(outline, given.get("back")),
            deferrable=given.get("deferrable", False),
            constraint=given.get("constraint", ""),
            place=owner.key_place(name),
        ),
    )


def _is_unique(outline: Outline, fields: Iterable[str]) -> bool:
    """Whether these fields are a key or a unique of an entity, the partition field aside."""
    wanted = set(fields) - {outline.partition}
    if wanted == set(outline.key) - {outline.partition}:
        return True
    if len(wanted) == 1 and (name := next(iter(wanted))) in outline.fields and outline.fields[name][1].get("unique"):
        return True
    uniques: Given | None = outline.given.get("uniques")
    return uniques is not None and any(
        wanted == set(unique.get("on") or ()) - {outline.partition} for unique in uniques.words.values()
    )


def _check_pair(context: Context, other: Outline, field: Field, target: str, pairs: Given) -> None:
    given = other.fields[target][1] if target in other.fields else None
    if given is None:
        return
    there: Type | None = None
    if "ref" in given:
        found = context.target(given.words["ref"].strip().removesuffix("?"))
        there = found.type if found else None
    elif "type" in given:
        resolved = context.types.constrained(given.words["type"], given)
        there = resolved.type if resolved else None
    if there is not None and not _same(field.type, there):
        message = f"{quoted(field.name)} is {describe(field.type)}, but {other.name}.{target} is {describe(there)}"
        context.scope.report("reference-type", message, pairs, field.name, "give both the same type")


def _same(one: Type, other: Type) -> bool:
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        return (one.base, one.precision, one.scale) == (other.base, other.precision, other.scale)
    if isinstance(one, EnumType) and isinstance(other, EnumType):
        return one.enum.name == other.enum.name
    return one == other


def check_relationships(scope: Scope, outlines: Mapping[str, Outline], entities: Iterable[Entity]) -> None:
    """Every relationship has a name of its own on both of its sides."""
    taken: dict[str, dict[str, tuple[str, Place]]] = {}
    entities = list(entities)
    for entity in entities:
        names = taken.setdefault(entity.name, {})
        links = {
            reference.fields[0]: entity.field(reference.fields[0]).column
            for reference in entity.references
            if not _is_several(outlines, entity, reference)
        }
        for field in entity.fields:
            name = links.get(field.name, field.name)
            names.setdefault(name, ("a field", field.place))
        for reference in entity.references:
            if reference.name in names:
                what, place = names[reference.name]
                message = f"the relationship {quoted(reference.name)} of {entity.name} is also {what} at {place}"
                path = f"entities.{entity.name}.fields.{reference.fields[0]}"
                scope.report_at("repeated-name", message, reference.place, path, "rename one of them")
            names.setdefault(reference.name, ("a relationship", reference.place))
    for entity in entities:
        for reference in entity.references:
            names = taken.setdefault(reference.entity, {})
            if not reference.back:
                continue
            if reference.back in names:
                what, place = names[reference.back]
                message = (
                    f"{reference.entity} would have {quoted(reference.back)} twice: as the other side of "
                    f"{entity.name}.{reference.name}, and as {what} at {place}"
                )
                suggestion = f"say back: {plural(snake(entity.name))}_by_{reference.name}, or another name, or none"
                path = f"entities.{entity.name}.fields.{reference.fields[0]}"
                scope.report_at("repeated-back", message, reference.place, path, suggestion)
            names.setdefault(reference.back, (f"the other side of {entity.name}.{reference.name}", reference.place))


def check_cascades(scope: Scope, entities: Mapping[str, Entity]) -> None:
    """Deleting one row never deletes rows of its own table that do not refer to it, by way of another table."""
    behind: dict[str, list[tuple[Entity, Reference]]] = {}
    for entity in entities.values():
        for reference in entity.references:
            if reference.on_delete == "cascade" and reference.entity != entity.name:
                behind.setdefault(reference.entity, []).append((entity, reference))
    finished: set[str] = set()
    for start in behind:
        path = {start: iter(behind[start])} if start not in finished else {}
        while path:
            name = next(reversed(path))
            step = next(path[name], None)
            if step is None:
                finished.add(name)
                del path[name]
            elif step[0].name in path:
                circle = list(path)
                _report_cascade(scope, circle[circle.index(step[0].name) :], *step)
            elif step[0].name not in finished:
                path[step[0].name] = iter(behind.get(step[0].name, ()))


def _report_cascade(scope: Scope, circle: list[str], entity: Entity, reference: Reference) -> None:
    """`reference` closes the circle: it belongs to the first and points at the last."""
    steps = ", then ".join(circle[1:])
    message = f"deleting a row of {circle[0]} deletes rows of {steps}, then others of {circle[0]}"
    path = f"entities.{entity.name}.fields.{reference.fields[0]}"
    suggestion = "let one of the references between them restrict, or set null"
    scope.report_at("cascade-cycle", message, reference.place, path, suggestion)


def _is_several(outlines: Mapping[str, Outline], entity: Entity, reference: Reference) -> bool:
    fields = outlines[entity.name].fields
    return len(reference.fields) > 1 or "ref" not in fields[reference.fields[0]][1]
