"""An entity or a view as a mapped class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isotype.binding.model import Bindings, EntityBinding, FieldBinding, Relationship, ViewBinding
from isotype.dialects.literals.python import python_docstring, python_string
from isotype.dialects.python import (
    INDENT,
    WIDTH,
    Code,
    annotated,
    bracket,
    call,
    layout,
    mapping,
    natural,
    prefixed,
    sequence,
    subscript,
)
from isotype.domain.types import Enum, EnumType, Scalar
from isotype.layers.models.imports import import_lines
from isotype.layers.models.tables import counts_by_itself, is_whole_key, spelled, table_arguments
from isotype.layers.models.types import TypeNames, column_type, python_type
from isotype.layers.statements import Statements
from isotype.tables.model import Column, Table, TransitionGuard


def entity_view(
    entity: EntityBinding,
    bindings: Bindings,
    by_class: Mapping[str, EntityBinding],
    statements: Statements,
    enums: str,
) -> dict[str, object]:
    """What the template of a module needs; `by_class` finds the other end of a relationship."""
    attributes = {field.attribute for field in entity.fields} | {end.name for end in entity.relationships}
    others = {end.target: end.target_module for end in entity.relationships if end.target != entity.class_name}
    names = TypeNames({entity.class_name, *others}, attributes, enums, bindings.tables.schema)
    body = list(_entity_lines(entity, by_class, statements, names))
    if others:
        names.use("typing", "TYPE_CHECKING")
    neighbours = [
        f"{INDENT}from .{others[name]} import {name}" for name in sorted(others, key=lambda name: natural(others[name]))
    ]
    return _view(names, entity.class_name, entity.table.comment, body, neighbours)


def view_view(view: ViewBinding, bindings: Bindings, enums: str) -> dict[str, object]:
    """The same for a stored query."""
    names = TypeNames({view.class_name}, {name for name, _ in view.attributes}, enums, bindings.tables.schema)
    return _view(names, view.class_name, view.view.comment, list(_view_lines(view, names)), [])


def _view(names: TypeNames, name: str, text: str, body: list[str], neighbours: list[str]) -> dict[str, object]:
    return {
        "docstring": "\n".join(python_docstring(text or name, "", WIDTH)),
        "imports": import_lines(names.imports),
        "builtins": "\n".join(f"_{name} = {name}" for name in sorted(names.builtins)),
        "body": "\n".join(body),
        "neighbours": "\n".join(neighbours),
    }


def _head(name: str, base: str, text: str) -> Iterator[str]:
    yield f"class {name}({base}):"
    yield from python_docstring(text or f"A row of {name}.", INDENT, WIDTH)
    yield ""


def _entity_lines(
    entity: EntityBinding, by_class: Mapping[str, EntityBinding], statements: Statements, names: TypeNames
) -> Iterator[str]:
    table = entity.table
    yield from _head(entity.class_name, names.use(".base", "Base"), table.comment)
    yield f"{INDENT}__tablename__ = {python_string(table.name)}"
    yield from layout(table_arguments(table, statements, names), f"{INDENT}__table_args__ = ")
    if table.primary_key is None:
        # Without a key of its own, a row is known by everything in it.
        yield from _mapper_arguments([field.attribute for field in entity.fields], names)
    yield from _moves(table, entity, names)
    yield ""
    for field in entity.fields:
        yield from _column_lines(field, table, statements, names)
    if entity.relationships:
        yield ""
    attributes = {
        name: {field.column.name: field.attribute for field in by_class[name].fields}
        for name in {entity.class_name, *(end.target for end in entity.relationships)}
    }
    for end in entity.relationships:
        yield from _relationship_lines(end, entity, attributes, names)


def _mapper_arguments(key: list[str], names: TypeNames) -> Iterator[str]:
    """How rows are known apart where the table does not say it."""
    parts = (("eager_defaults", "True"), ("primary_key", sequence(map(python_string, key))))
    kind = subscript(names.use("collections.abc", "Mapping"), names.builtin("str"), names.use("typing", "Any"))
    yield from annotated("__mapper_args__", kind, mapping(parts), INDENT)


def _column_lines(field: FieldBinding, table: Table, statements: Statements, names: TypeNames) -> Iterator[str]:
    column = field.column
    mapped = subscript(names.use("sqlalchemy.orm", "Mapped"), python_type(column.type, column.nullable, names))
    key = table.primary_key is not None and column.name in table.primary_key.columns
    arguments: list[Code] = [] if field.attribute == column.name else [python_string(column.name)]
    arguments.append(column_type(column.type, names, is_whole_key(table, column.name, statements)))
    arguments += _makers(column, statements, names)
    if isinstance(column.type, Scalar) and column.type.base == "json":
        arguments.append(f"nullable={column.nullable}")
    if key:
        arguments.append("primary_key=True")
    if counts_by_itself(table, column.name):
        arguments.append("autoincrement=False")
    if column.comment:
        arguments.append(f"comment={python_string(column.comment.strip())}")
    value = call(names.use("sqlalchemy.orm", "mapped_column"), *arguments)
    yield from annotated(field.attribute, mapped, value, INDENT)


def _makers(column: Column, statements: Statements, names: TypeNames) -> Iterator[Code]:
    """What the database writes by itself."""
    if column.computed is not None:
        texts = statements.computed(column)
        kind = names.use("sqlalchemy", "Computed") if texts.sqlite else names.column("ComputedOnPostgres")
        yield call(kind, spelled(texts, names, texts.postgres), "persisted=True")
        return
    if column.default is not None and column.default.kind == "identity":
        yield call(names.use("sqlalchemy", "Identity"))
    default = statements.default(column)
    if any(default):
        yield prefixed("server_default=", spelled(default, names, "NULL"))
    if column.stamped:
        yield call(f"server_onupdate={names.use('sqlalchemy', 'FetchedValue')}")


# ----- relationships


def _relationship_lines(
    end: Relationship, entity: EntityBinding, attributes: Mapping[str, Mapping[str, str]], names: TypeNames
) -> Iterator[str]:
    target = subscript(names.builtin("list"), end.target) if end.many else end.target
    of: Code = f"{end.target} | None" if end.optional and not end.many else target
    mapped = subscript(names.use("sqlalchemy.orm", "Mapped"), of)
    owner = entity.class_name if end.local else end.target
    referred = end.target if end.local else entity.class_name
    key = end.foreign_key
    arguments: list[Code] = []
    if end.back:
        arguments.append(f"back_populates={python_string(end.back)}")
    own = attributes[owner]
    arguments.append(f"foreign_keys={_columns(owner, key.columns, own)}")
    if owner == referred:
        arguments.append(f"remote_side={_columns(owner, key.target_columns if end.local else key.columns, own)}")
    if end.many:
        arguments += _deletion(key.on_delete)
    value = call(names.use("sqlalchemy.orm", "relationship"), *arguments)
    yield from annotated(end.name, mapped, value, INDENT)


def _columns(owner: str, columns: tuple[str, ...], attributes: Mapping[str, str]) -> str:
    spelled_columns = [f"{owner}.{attributes[name]}" for name in columns]
    whole = ", ".join(spelled_columns)
    return python_string(whole if len(spelled_columns) == 1 else f"[{whole}]")


def _deletion(action: str) -> list[Code]:
    """Who deletes what refers to a deleted row: the database, and the session what it has loaded."""
    if action == "cascade":
        return ['cascade="all"', "passive_deletes=True"]
    if action == "set null":
        return ["passive_deletes=True"]
    return ['passive_deletes="all"']


# ----- state machines


def _moves(table: Table, entity: EntityBinding, names: TypeNames) -> Iterator[str]:
    if not table.transition_guards:
        return
    machines = tuple(_machine(guard, table, entity, names) for guard in table.transition_guards)
    kind = names.use(".base", "Moves")
    yield from annotated(
        "__moves__", subscript(names.use("typing", "ClassVar"), kind), bracket("{", machines, "}", literal=True), INDENT
    )


def _machine(guard: TransitionGuard, table: Table, entity: EntityBinding, names: TypeNames) -> Code:
    column = table.column(guard.column)
    attribute = next(field.attribute for field in entity.fields if field.column.name == guard.column)
    assert isinstance(column.type, EnumType)
    enum = column.type.enum
    moves = tuple(
        prefixed(f"{_member(enum, source, names)}: ", sequence(_member(enum, target, names) for target in targets))
        for source, targets in guard.transitions.moves
    )
    return bracket(f"{python_string(attribute)}: {{", moves, "}", literal=True)


def _member(enum: Enum, text: str, names: TypeNames) -> str:
    member = next(value.member for value in enum.values if value.value == text)
    return f"{names.enum(enum)}.{member}"


# ----- views


def _view_lines(view: ViewBinding, names: TypeNames) -> Iterator[str]:
    stored = view.view
    yield from _head(view.class_name, names.use(".base", "View"), stored.comment)
    yield f"{INDENT}__tablename__ = {python_string(stored.name)}"
    if stored.schema:
        yield f'{INDENT}__table_args__ = ({{"schema": {python_string(stored.schema)}}},)'
    yield from _mapper_arguments(_view_key(view), names)
    yield ""
    for attribute, column in view.attributes:
        mapped = subscript(names.use("sqlalchemy.orm", "Mapped"), python_type(column.type, column.nullable, names))
        arguments: list[Code] = [] if attribute == column.name else [python_string(column.name)]
        arguments.append(column_type(column.type, names))
        value = call(names.use("sqlalchemy.orm", "mapped_column"), *arguments)
        yield from annotated(attribute, mapped, value, INDENT)


def _view_key(view: ViewBinding) -> list[str]:
    """A row is known by a unique index, else by everything in it."""
    attributes = {column.name: attribute for attribute, column in view.attributes}
    keys = [
        [attributes[key.column] for key in index.keys]
        for index in view.view.indexes
        if index.unique and not index.where and not index.where_sql and all(key.column for key in index.keys)
    ]
    return keys[0] if keys else list(attributes.values())
