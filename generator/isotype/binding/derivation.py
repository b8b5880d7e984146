"""Operations of which the schema says everything: a plain create, get, list, update or delete of one entity.

An operation is derived when its parameters, body and result are those of such an operation, and the statuses that it
declares are exactly those which that can come to. All others are for the service to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from isotype.binding.mapper import asked_properties, given_fields, is_content
from isotype.binding.model import Bindings, EntityBinding, FieldBinding
from isotype.domain.names import snake
from isotype.domain.types import Array, EnumType, ObjectType, Scalar, Type
from isotype.domain.values import frozen
from isotype.shapes.model import ApiOperation, ApiParameter, Property, Shape
from isotype.tables.model import ForeignKey

CREATE, GET, LIST, UPDATE, DELETE = "create", "get", "list", "update", "delete"

_ALWAYS = frozenset((422, 429, 500))
_OF_ROWS = ("response", "list_item", "named")
_SIZES = ("limit", "page_size", "per_page", "size")
_COUNTS = ("total", "total_count", "count")
_PAGES = ("total_pages", "pages")


@frozen
class Match:
    """A parameter that is compared with a field."""

    parameter: ApiParameter
    field: FieldBinding


@frozen
class Parent:
    """The row that a path leads through: rows of a list refer to it by `match`, and it must be there."""

    match: Match
    entity: EntityBinding
    key: FieldBinding


@frozen
class Paging:
    """The parameters that choose a page, and which property of it holds what: `total`, `page`, `size` or `pages`."""

    page: ApiParameter
    size: ApiParameter
    properties: tuple[tuple[Property, str], ...]


@frozen
class Derivation:
    """What an operation does to rows of an entity, every decision made.

    `result` is what is shown of a row, None where nothing is; `envelope` the page around it, None for a plain list.
    `keys` find one row, `filters` choose some; those of the path are always given. `order` sorts them: fields, the key
    last, and whether each descends.
    """

    kind: str
    entity: EntityBinding
    result: Shape | None = None
    keys: tuple[Match, ...] = ()
    filters: tuple[Match, ...] = ()
    parents: tuple[Parent, ...] = ()
    order: tuple[tuple[FieldBinding, bool], ...] = ()
    envelope: Shape | None = None
    paging: Paging | None = None


def derive(operation: ApiOperation, bindings: Bindings) -> Derivation | None:
    """What an operation does, None where the schema does not say all of it."""
    found = _CANDIDATES.get(operation.method)
    if found is None or any(parameter.location == "header" for parameter in operation.parameters):
        return None
    for candidate in found:
        made = candidate(operation, bindings)
        if made is not None:
            return made if _declares(operation, made, bindings) else None
    return None


# ----- which statuses


def _declares(operation: ApiOperation, made: Derivation, bindings: Bindings) -> bool:
    """Whether an operation declares what it can come to, and nothing else."""
    needed, possible = _statuses(operation, made, bindings)
    return needed <= frozenset(operation.errors) <= needed | possible | _ALWAYS


def _statuses(operation: ApiOperation, made: Derivation, bindings: Bindings) -> tuple[set[int], set[int]]:
    """The statuses that must be declared, and those that may be."""
    match made.kind:
        case "get":
            return {404}, set()
        case "list":
            return ({404} if made.parents else set()), set()
        case "delete":
            return ({404, 409} if _is_held(made.entity, bindings) else {404}), set()
        case "update":
            needed = {404, 409} if _can_conflict(made.entity, "update") else {404}
            return needed, {409} if _refers(made.entity, "update") else set()
    missing = {404} if 404 in operation.errors else {409}
    refers = missing if _refers(made.entity, "create") else set()
    return ({409} if _can_conflict(made.entity, "create") else set()), refers


def _is_held(entity: EntityBinding, bindings: Bindings) -> bool:
    """Whether rows that refer to a row can keep it, or one that would go with it, from being deleted."""
    reached: set[str] = set()
    waiting = [entity]
    while waiting:
        table = waiting.pop().table
        for other in bindings.entities:
            for key in other.table.foreign_keys:
                if (key.target_schema, key.target_table) != (table.schema, table.name):
                    continue
                if key.on_delete in ("no action", "restrict"):
                    return True
                if key.on_delete == "cascade" and other.entity not in reached:
                    reached.add(other.entity)
                    waiting.append(other)
    return False


def _can_conflict(entity: EntityBinding, variant: str) -> bool:
    """Whether a body can clash with another row, or ask for a move that is not allowed."""
    carried = {field.column.name for field in entity.fields if variant in field.paths}
    made = {field.column.name for field in entity.fields if _is_made(field)} - carried
    unique = [unique.columns for unique in entity.table.uniques]
    unique += [tuple(key.column for key in index.keys) for index in entity.table.indexes if index.unique]
    unique += [entity.table.primary_key.columns] if entity.table.primary_key else []
    if variant == "create":
        clashes = any(made.isdisjoint(columns) for columns in unique)
    else:
        clashes = any(not carried.isdisjoint(columns) and made.isdisjoint(columns) for columns in unique)
    moves = variant == "update" and any("update" in entity.field(machine.field).paths for machine in entity.machines)
    return clashes or moves


def _is_made(field: FieldBinding) -> bool:
    """Whether a value is a new one for each row."""
    return field.column.default is not None and field.column.default.kind in ("uuid", "identity")


def _refers(entity: EntityBinding, variant: str) -> bool:
    """Whether a body names other rows."""
    carried = {field.column.name for field in entity.fields if variant in field.paths}
    return any(not carried.isdisjoint(key.columns) for key in entity.table.foreign_keys)


# ----- the five operations


def _create(operation: ApiOperation, bindings: Bindings) -> Derivation | None:
    shown = _shown(operation.result.type, bindings)
    if operation.parameters or shown is None or not _takes(operation, shown[0], "create"):
        return None
    return None if any(given_fields(shown[0])) else Derivation(CREATE, *shown)


def _update(operation: ApiOperation, bindings: Bindings) -> Derivation | None:
    shown = _shown(operation.result.type, bindings)
    if shown is None or not _takes(operation, shown[0], "update"):
        return None
    keys = _keys(operation, shown[0])
    return Derivation(UPDATE, *shown, keys=keys) if keys else None


def _get(operation: ApiOperation, bindings: Bindings) -> Derivation | None:
    shown = _shown(operation.result.type, bindings)
    keys = _keys(operation, shown[0]) if shown is not None else ()
    return Derivation(GET, *shown, keys=keys) if shown is not None and keys else None


def _delete(operation: ApiOperation, bindings: Bindings) -> Derivation | None:
    if operation.result.type is not None or operation.result.media != "application/json":
        return None
    entity = _at(operation.path, bindings)
    keys = _keys(operation, entity) if entity is not None else ()
    return Derivation(DELETE, entity, keys=keys) if entity is not None and keys else None


def _at(path: str, bindings: Bindings) -> EntityBinding | None:
    """The entity of which the other operations of a path show a row, or change one."""
    for operation in bindings.shapes.operations:
        if operation.path == path and operation.method in ("get", "patch"):
            for of in (operation.result.type, operation.body.type if operation.body is not None else None):
                shape = bindings.shapes.shape(of.name) if isinstance(of, ObjectType) else None
                if shape is not None and shape.variant in (*_OF_ROWS, "update"):
                    return _owner(shape, bindings)
    return None


def _list(operation: ApiOperation, bindings: Bindings) -> Derivation | None:
    of = operation.result.type
    if operation.result.nullable or operation.result.media != "application/json":
        return None
    envelope = None
    if isinstance(of, ObjectType) and bindings.shapes.shape(of.name).variant == "list":
        envelope = bindings.shapes.shape(of.name)
        items = next((prop for prop in envelope.properties if is_content(prop, envelope)), None)
        of = items.type if items is not None else None
    if not isinstance(of, Array) or of.nullable_items or not operation.order:
        return None
    shown = _shown(of.item, bindings)
    if shown is None:
        return None
    paging = _paging(operation, envelope) if envelope is not None else None
    if envelope is not None and paging is None:
        return None
    chosen = (paging.page, paging.size) if paging is not None else ()
    others = [parameter for parameter in operation.parameters if parameter not in chosen]
    parents = [_parent(it, operation, shown[0], bindings) for it in others if it.location == "path"]
    filters = [_filter(it, shown[0]) for it in others if it.location == "query"]
    if None in filters or None in parents:
        return None
    through = tuple(parent for parent in parents if parent)
    return Derivation(
        LIST,
        *shown,
        filters=(*(parent.match for parent in through), *(match for match in filters if match)),
        parents=through,
        order=tuple(_order(operation, shown[0])),
        envelope=envelope,
        paging=paging,
    )


def _order(operation: ApiOperation, entity: EntityBinding) -> Iterator[tuple[FieldBinding, bool]]:
    """What rows are sorted by, after which no two are equal."""
    named = {key.field: key.descending for key in operation.order}
    yield from ((entity.field(name), descending) for name, descending in named.items())
    key = entity.table.primary_key
    for field in entity.fields:
        if field.field not in named and (key is None or field.column.name in key.columns):
            yield field, False


_CANDIDATES = {"get": (_get, _list), "post": (_create,), "patch": (_update,), "delete": (_delete,)}


def _shown(of: Type | None, bindings: Bindings) -> tuple[EntityBinding, Shape] | None:
    """The entity of which a result shows a row, and how; None for all that a row alone does not tell."""
    if not isinstance(of, ObjectType):
        return None
    shape = bindings.shapes.shape(of.name)
    if shape.variant not in _OF_ROWS or any(asked_properties(shape, bindings.shapes)):
        return None
    entity = _owner(shape, bindings)
    return None if entity is None else (entity, shape)


def _owner(shape: Shape, bindings: Bindings) -> EntityBinding | None:
    return next((entity for entity in bindings.entities if entity.entity == shape.owner), None)


def _takes(operation: ApiOperation, entity: EntityBinding, variant: str) -> bool:
    """Whether the body is a variant of the entity, and holds nothing but what its columns do."""
    shape = entity.shapes.get(variant)
    if shape is None or operation.body is None or operation.body.nullable or operation.result.nullable:
        return False
    return operation.body.type == ObjectType(shape.name) and not any(prop.given for prop in shape.properties)


# ----- parameters and fields


def _keys(operation: ApiOperation, entity: EntityBinding) -> tuple[Match, ...]:
    """The fields that the path names a row by; () where it does not, or says more than that."""
    if operation.result.nullable or not operation.path.endswith("}"):
        return ()
    matches = [_key(parameter, entity) for parameter in operation.parameters if parameter.location == "path"]
    found = tuple(match for match in matches if match is not None)
    if len(found) != len(operation.parameters) or not _is_unique({match.field.column.name for match in found}, entity):
        return ()
    return found


def _key(parameter: ApiParameter, entity: EntityBinding) -> Match | None:
    """The field that a parameter of the path names: `id`, or `post_id` for the `id` of a BlogPost."""
    exact = _named(parameter, entity)
    if exact is not None:
        return exact
    words = f"_{snake(entity.entity)}"
    for field in entity.fields:
        stem = parameter.name.removesuffix(f"_{field.field}")
        if stem != parameter.name and words.endswith(f"_{stem}") and _compares(parameter.type, field):
            return Match(parameter, field)
    return None


def _is_unique(columns: set[str], entity: EntityBinding) -> bool:
    table = entity.table
    unique = [set(unique.columns) for unique in table.uniques]
    unique += [set(table.primary_key.columns)] if table.primary_key else []
    nullable = any(table.column(column).nullable for column in columns)
    return columns in unique and not nullable and table.partitions is None


def _filter(parameter: ApiParameter, entity: EntityBinding) -> Match | None:
    """The field that a parameter filters by; rows are chosen by what a caller may see of them."""
    if parameter.has_default or isinstance(parameter.type, Array):
        return None
    match = _named(parameter, entity)
    return match if match is not None and "response" in match.field.paths else None


def _named(parameter: ApiParameter, entity: EntityBinding) -> Match | None:
    """The field of the same name, on the wire or in the schema, and of the same type."""
    for field in entity.fields:
        path = field.paths.get("response")
        names = {field.field, field.attribute, field.column.name, *(path.wire if path and len(path.wire) == 1 else ())}
        if parameter.name in names:
            return Match(parameter, field) if _compares(parameter.type, field) else None
    return None


def _compares(of: Type, field: FieldBinding) -> bool:
    """Whether a parameter holds what the column of a field does."""
    match of, field.column.type:
        case Scalar(base=one), Scalar(base=other):
            return _KINDS.get(one, one) == _KINDS.get(other, other)
        case EnumType(enum=one), EnumType(enum=other):
            return one == other
    return False


_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("string", "text", "email", "url"), "text"),
    **dict.fromkeys(("smallint", "int", "bigint"), "integer"),
}


def _parent(
    parameter: ApiParameter, operation: ApiOperation, entity: EntityBinding, bindings: Bindings
) -> Parent | None:
    """The row that a parameter of the path names, where rows of the entity refer to it by one field.

    The parameter is called as that field, or as the key after the table's name: `/posts/{id}/comments`.
    """
    named = _named(parameter, entity)
    for key in entity.table.foreign_keys:
        if len(key.columns) == 1:
            field = next(it for it in entity.fields if it.column.name == key.columns[0])
            target = _target(key, bindings.entities)
            own = next(it for it in target.fields if it.column.name == key.target_columns[0])
            below = f"/{target.table.name.replace('_', '-')}/{{{own.field}}}/"
            called = named is not None and named.field == field
            called = called or (parameter.name == own.field and below in operation.path)
            if called and _compares(parameter.type, field):
                return Parent(Match(parameter, field), target, own)
    return None


def _target(key: ForeignKey, entities: Iterable[EntityBinding]) -> EntityBinding:
    place = (key.target_schema, key.target_table)
    return next(entity for entity in entities if (entity.table.schema, entity.table.name) == place)


def _paging(operation: ApiOperation, envelope: Shape) -> Paging | None:
    """How a page is chosen and described; None where a property of it has no known meaning."""
    named = {parameter.name: parameter for parameter in operation.parameters if _is_number(parameter)}
    page = named.get("page")
    size = next((named[name] for name in _SIZES if name in named), None)
    if page is None or size is None:
        return None
    meanings = tuple(_meanings(envelope))
    known = len(meanings) == len(envelope.properties) - 1
    return Paging(page, size, meanings) if known else None


def _is_number(parameter: ApiParameter) -> bool:
    of = parameter.type
    whole = isinstance(of, Scalar) and of.base in ("int", "smallint") and of.minimum is not None and of.minimum >= 1
    return whole and parameter.location == "query" and (parameter.required or parameter.has_default)


def _meanings(envelope: Shape) -> Iterator[tuple[Property, str]]:
    words = {"page": "page", **dict.fromkeys(_SIZES, "size"), **dict.fromkeys(_COUNTS, "total")}
    words |= dict.fromkeys(_PAGES, "pages")
    for prop in envelope.properties:
        meaning = words.get(snake(prop.attribute))
        if meaning is not None and isinstance(prop.type, Scalar) and prop.type.base in ("int", "smallint", "bigint"):
            yield prop, meaning
