"""An entity or a view as a mapped class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isotype.binding.model import Bindings, EntityBinding, Relationship, ViewBinding
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
from isotype.domain.types import Enum, EnumType
from isotype.layers.imports import import_lines
from isotype.layers.models.columns import Columns
from isotype.layers.models.rules import rule_lines
from isotype.layers.models.tables import table_arguments
from isotype.layers.models.types import TypeNames, column_type, python_type
from isotype.layers.statements import Statements
from isotype.tables.model import ForeignKey, Table, TransitionGuard


def entity_view(
    entity: EntityBinding,
    bindings: Bindings,
    attributes_of: Mapping[str, Mapping[str, str]],
    statements: Statements,
    columns: Columns,
    enums: str,
) -> dict[str, object]:
    """What the template of a module needs; `attributes_of` has the attributes of every class by their columns."""
    attributes = {field.attribute for field in entity.fields} | {end.name for end in entity.relationships}
    others = {end.target: end.target_module for end in entity.relationships if end.target != entity.class_name}
    names = TypeNames({entity.class_name, *others}, attributes, enums, bindings.tables.schema)
    body = _entity_lines(entity, attributes_of, statements, columns, names)
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
    entity: EntityBinding,
    attributes_of: Mapping[str, Mapping[str, str]],
    statements: Statements,
    columns: Columns,
    names: TypeNames,
) -> list[str]:
    table = entity.table
    lines = [
        *_head(entity.class_name, names.use(".base", "Base"), table.comment),
        f"{INDENT}__tablename__ = {python_string(table.name)}",
        *layout(table_arguments(table, statements, names), f"{INDENT}__table_args__ = "),
    ]
    if table.primary_key is None:
        # Without a key of its own, a row is known by everything in it.
        lines += _mapper_arguments([field.attribute for field in entity.fields], names)
    lines += _moves(table, entity, names)
    lines += _starts(table, entity, names)
    lines.append("")
    for field in entity.fields:
        lines += columns.lines(field, table, names)
    if entity.relationships:
        lines.append("")
    for end in entity.relationships:
        lines += _relationship_lines(end, entity, attributes_of, names)
    lines += rule_lines(entity, names)
    return lines


def _mapper_arguments(key: list[str], names: TypeNames) -> Iterator[str]:
    """How rows are known apart where the table does not say it."""
    parts = (("eager_defaults", "True"), ("primary_key", sequence(map(python_string, key))))
    kind = subscript(names.use("collections.abc", "Mapping"), names.builtin("str"), names.use("typing", "Any"))
    yield from annotated("__mapper_args__", kind, mapping(parts), INDENT)


# ----- relationships


def _relationship_lines(
    end: Relationship, entity: EntityBinding, attributes: Mapping[str, Mapping[str, str]], names: TypeNames
) -> list[str]:
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
    shared = key.written != key.columns
    if shared:
        # Linking writes some of the columns only; the others may be a key's, which no row can lose.
        arguments.append(f"primaryjoin={_join(owner, referred, key, attributes, end.local)}")
    if owner != referred or not shared:
        arguments.append(f"foreign_keys={_columns(owner, key.written, own)}")
    if owner == referred and not shared:
        arguments.append(f"remote_side={_columns(owner, key.target_columns if end.local else key.columns, own)}")
    if end.many:
        arguments += _deletion(key.on_delete, end.optional)
    value = call(names.use("sqlalchemy.orm", "relationship"), *arguments)
    return annotated(end.name, mapped, value, INDENT)


def _columns(owner: str, columns: tuple[str, ...], attributes: Mapping[str, str]) -> str:
    spelled_columns = [f"{owner}.{attributes[name]}" for name in columns]
    whole = ", ".join(spelled_columns)
    return python_string(whole if len(spelled_columns) == 1 else f"[{whole}]")


def _join(owner: str, referred: str, key: ForeignKey, attributes: Mapping[str, Mapping[str, str]], local: bool) -> str:
    """What joins two rows, where linking them writes some of the columns only.

    Where both are of one class, a column says itself whether it is written, and whether it is the other row's.
    """
    tests = []
    for column, there in zip(key.columns, key.target_columns, strict=True):
        ours, theirs = f"{owner}.{attributes[owner][column]}", f"{referred}.{attributes[referred][there]}"
        if owner == referred:
            ours = f"foreign({ours})" if column in key.written else ours
            ours, theirs = (ours, f"remote({theirs})") if local else (f"remote({ours})", theirs)
        tests.append(f"{ours} == {theirs}")
    return python_string(f"and_({', '.join(tests)})")


def _deletion(action: str, optional: bool) -> list[Code]:
    """Who deletes what refers to a deleted row: the database, and the session what it has loaded.

    A row that cannot be without the other goes when it is taken off its list, too.
    """
    if action == "cascade":
        return [f'cascade="all{"" if optional else ", delete-orphan"}"', "passive_deletes=True"]
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
    attribute = _attribute(entity, guard.column)
    assert isinstance(column.type, EnumType)
    enum = column.type.enum
    moves = tuple(
        prefixed(f"{_member(enum, source, names)}: ", sequence(_member(enum, target, names) for target in targets))
        for source, targets in guard.transitions.moves
    )
    return bracket(f"{python_string(attribute)}: {{", moves, "}", literal=True)


def _starts(table: Table, entity: EntityBinding, names: TypeNames) -> Iterator[str]:
    """The states that a new row may be in, where it may not be in any."""
    starts: list[tuple[str, Code]] = []
    for guard in table.transition_guards:
        if guard.transitions.bounds_starts:
            of = table.column(guard.column).type
            assert isinstance(of, EnumType)
            members = sequence(_member(of.enum, value, names) for value in guard.transitions.initial)
            starts.append((_attribute(entity, guard.column), members))
    if starts:
        kind = subscript(names.use("typing", "ClassVar"), names.use(".base", "Starts"))
        yield from annotated("__starts__", kind, mapping(starts), INDENT)


def _attribute(entity: EntityBinding, column: str) -> str:
    return next(field.attribute for field in entity.fields if field.column.name == column)


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
