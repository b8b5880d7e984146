"""What the way rows are kept asks of keys, references and triggers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from isotype.domain.model import Distribution, Entity, Extension, Field, Hypertable, Reference
from isotype.domain.types import EnumType, Scalar
from isotype.language.context import Context, Outline
from isotype.language.given import Given
from isotype.language.scope import Scope
from isotype.language.types import describe
from isotype.language.wording import quoted

_MAKERS = (("hypertable", "timescaledb"), ("distribute", "citus"))


def check_storage(context: Context, entities: Mapping[str, Entity], extensions: Iterable[Extension]) -> None:
    """Keys hold the field that divides their rows; references stay where the database can look after them."""
    scope = context.scope
    known = {extension.name for extension in extensions}
    asked: set[str] = set()
    for name, entity in entities.items():
        outline = context.entities[name]
        for word, extension in _MAKERS:
            if word in outline.given and extension not in known | asked:
                asked.add(extension)
                message = f"{quoted(word)} needs the extension {extension}"
                advice = f"add {{name: {extension}, optional: true}} to extensions of database"
                place, path = outline.given.key_place(word), outline.given.path_of(word)
                scope.report_at("missing-extension", message, place, path, advice)
        if entity.hypertable is not None:
            field = entity.hypertable.field
            _check_keys(scope, outline, entity, field, "key-lacks-time", "which divides its rows into chunks")
            _check_compression(scope, outline, entity, entity.hypertable)
        if entity.distribution is not None and entity.distribution.field:
            field = entity.distribution.field
            _check_keys(scope, outline, entity, field, "key-lacks-distribution", "which says where a row is kept")
            _check_company(scope, outline, entity, entity.distribution, entities)
        if entity.distribution is not None:
            _check_triggers(scope, entity)
    for entity in entities.values():
        for reference in entity.references:
            _check_reference(scope, entity, reference, entities[reference.entity])


def _check_keys(scope: Scope, outline: Outline, entity: Entity, field: str, code: str, why: str) -> None:
    """No database can see across the parts of a table whether a value is unique."""
    path = f"entities.{entity.name}"
    if entity.key and field not in entity.key and "key" not in outline.given.broken:
        message = f"the key of {entity.name} lacks {quoted(field)}, {why}"
        listed = "key" in outline.given
        place = outline.given.place("key") if listed else entity.field(entity.key[0]).place
        advice = f"write key: [{', '.join((*entity.key, field))}]"
        scope.report_at(code, message, place, f"{path}.key", advice if listed else f"{advice} on the entity")
    for unique_field in entity.fields:
        if unique_field.unique and unique_field.name != field:
            message = f"{entity.name}.{unique_field.name} is unique without {quoted(field)}, {why}"
            advice = f"give the entity a unique over [{unique_field.name}, {field}]"
            scope.report_at(code, message, unique_field.place, f"{path}.fields.{unique_field.name}", advice)
    for unique in entity.uniques:
        if field not in unique.fields:
            message = f"unique {unique.name} of {entity.name} lacks {quoted(field)}, {why}"
            advice = f"write [{', '.join((*unique.fields, field))}]"
            scope.report_at(code, message, unique.place, f"{path}.uniques.{unique.name}", advice)
    for index in entity.indexes:
        if index.unique and all(part.field != field for part in index.parts):
            message = f"the unique index {index.name} of {entity.name} lacks {quoted(field)}, {why}"
            scope.report_at(code, message, index.place, f"{path}.indexes.{index.name}", f"add {field} to its keys")


def _check_compression(scope: Scope, outline: Outline, entity: Entity, hypertable: Hypertable) -> None:
    """A compressed row is found by its segment and its place there; what keys and references ask must be seen there."""
    compression = hypertable.compression
    if compression is None:
        return
    given: Given = outline.given.words["hypertable"].words["compress"]
    for reference in entity.references:
        for name in reference.fields:
            if name not in compression.segment_by:
                message = f"segment_by of {entity.name} lacks {quoted(name)}, which refers to {reference.entity}"
                advice = f"write segment_by: [{', '.join((*compression.segment_by, name))}]"
                word = "segment_by" if "segment_by" in given else ""
                scope.report("bad-hypertable", message, given, word, advice)
    seen = {*compression.segment_by, *(part.field for part in compression.order_by)}
    for fields in (entity.key, *(unique.fields for unique in entity.uniques)):
        for name in fields:
            if name not in seen and name in (field.name for field in entity.fields):
                seen.add(name)
                message = f"compress of {entity.name} lacks {quoted(name)}, which is part of a key"
                word = "order_by" if "order_by" in given else ""
                scope.report("bad-hypertable", message, given, word, f"add {name} to order_by or segment_by")


def _check_company(
    scope: Scope, outline: Outline, entity: Entity, distribution: Distribution, entities: Mapping[str, Entity]
) -> None:
    """Rows are kept next to those of an entity which is itself distributed by a field of the same type."""
    if not distribution.beside:
        return
    given: Given = outline.given.words["distribute"]
    subject = f"{entity.name} is kept with {distribution.beside}"
    other = entities.get(distribution.beside)
    if other is None:
        if not scope.is_broken(distribution.beside):
            place, path = given.place("with"), given.path_of("with")
            subject = f"the distribution of {entity.name}"
            scope.unknown("entity", distribution.beside, scope.names("entities"), place, path, subject)
        return
    there = other.distribution
    if other is entity:
        scope.report("bad-distribution", f"{entity.name} is kept with itself", given, "with", "remove with")
    elif there is None or not there.field:
        fact = "of which every node has a copy" if there else "which is not distributed"
        advice = f"give {other.name} a distribute: {{by: …}}, or remove with"
        scope.report("bad-distribution", f"{subject}, {fact}", given, "with", advice)
    elif there.beside:
        message = f"{subject}, which is itself kept with {there.beside}"
        scope.report("bad-distribution", message, given, "with", f"write with: {there.beside}")
    else:
        mine, theirs = entity.field(distribution.field), other.field(there.field)
        if _stored(mine) != _stored(theirs):
            message = f"{subject}, but {quoted(mine.name)} is {describe(mine.type)} and {quoted(theirs.name)} of "
            message += f"{other.name} is {describe(theirs.type)}"
            scope.report("bad-distribution", message, given, "by", "distribute both by fields of one type")


def _stored(field: Field) -> tuple[object, ...]:
    """What must be the same for two values to be kept in one place."""
    match field.type:
        case Scalar(base=base, precision=precision, scale=scale):
            return base, precision, scale
        case EnumType(enum=enum):
            return (enum.name,)
    return ()


def _check_triggers(scope: Scope, entity: Entity) -> None:
    """Citus refuses a table that has triggers."""
    for field in entity.fields:
        word = "on_update" if field.stamped else "transitions" if field.transitions else ""
        if word:
            message = f"{word} of {entity.name}.{field.name} needs a trigger, which a distributed table cannot have"
            path = f"entities.{entity.name}.fields.{field.name}.{word}"
            scope.report_at("distributed-trigger", message, field.place, path, "leave it to the service, or remove it")


def _check_reference(scope: Scope, entity: Entity, reference: Reference, target: Entity) -> None:
    """A reference joins rows that one node has together."""
    here, there = entity.distribution, target.distribution
    if here is None and there is None:
        return
    fact, advice = "", ""
    if here is None or not here.field:
        kind = "a plain table" if here is None else "a reference table"
        if there is not None and there.field:
            fact, advice = f"{kind} refers to a distributed one", f"distribute {entity.name} with {target.name}"
        elif there is None and (reference.on_delete, reference.on_update) not in _PASSIVE:
            fact, advice = f"{kind} refers to a plain one with an action", "write no action or restrict"
    elif there is None:
        fact, advice = "a distributed table refers to a plain one", f"write distribute: reference on {target.name}"
    elif there.field:
        pairs = dict(zip(reference.fields, reference.target_fields, strict=True))
        if (here.beside or entity.name) != (there.beside or target.name):
            home = there.beside or target.name
            fact, advice = "their rows are not kept together", f"distribute {entity.name} with {home}"
        elif pairs.get(here.field) != there.field:
            fact = f"it does not pair {quoted(here.field)} with {quoted(there.field)}, by which they are distributed"
            advice = "write a reference over several fields that has both"
        elif reference.on_delete in ("set null", "set default") or reference.on_update not in ("no action", "restrict"):
            fact = f"an action would change {quoted(here.field)}, by which {entity.name} is distributed"
            advice = "write on_delete: cascade, restrict or no action, and no on_update"
    if fact:
        message = f"reference {entity.name}.{reference.name} to {target.name} cannot be kept in a cluster: {fact}"
        path = f"entities.{entity.name}.fields.{reference.fields[0]}"
        scope.report_at("distributed-reference", message, reference.place, path, advice)


_PASSIVE = frozenset((one, other) for one in ("no action", "restrict") for other in ("no action", "restrict"))
