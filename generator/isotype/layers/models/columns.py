"""Columns as attributes of their model; what columns of many tables have in common is spelled once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isotype.binding.model import FieldBinding
from isotype.dialects.literals.python import python_string
from isotype.dialects.python import INDENT, Code, annotated, call, prefixed, subscript
from isotype.dialects.python_types import Uses
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import INTEGERS, Scalar, Type
from isotype.layers.models.tables import spelled
from isotype.layers.models.types import TypeNames, column_type, python_type
from isotype.layers.statements import Statements, Texts
from isotype.tables.model import Table


class _Look(NamedTuple):
    """All that decides how a column is spelled.

    `key` is true for a part of the primary key, `whole_key` for one that is all of it and that nothing counts;
    `miscounted` where SQLAlchemy would take a column for a counter that the schema has none of.
    """

    attribute: str
    name: str
    type: Type
    nullable: bool
    computed: Texts | None
    identity: bool
    default: Texts
    stamped: bool
    key: bool
    whole_key: bool
    miscounted: bool
    comment: str


class _Spelled(NamedTuple):
    """The lines of a column, and the names in them."""

    lines: Sequence[str]
    uses: Uses


class Columns:
    """Spells the columns of one domain; what it spelled for one table it gives to the next that has the same."""

    def __init__(self, statements: Statements, enums: str, schema: str) -> None:
        self._statements = statements
        self._places = (enums, schema)
        self._known: dict[object, _Spelled] = {}

    def lines(self, field: FieldBinding, table: Table, names: TypeNames) -> Sequence[str]:
        """The lines of one column; `names` are those of its module."""
        column = field.column
        key = table.primary_key.columns if table.primary_key else ()
        said = (
            field.attribute,
            column.name,
            id(column.type),
            column.nullable,
            id(column.default),
            id(column.computed),
            column.stamped,
            column.comment,
            column.name in key,
            key == (column.name,) and self._statements.counter(table),
        )
        known = self._known.get(said)
        if known is None:
            look = _look(field, table, self._statements)
            used = TypeNames(set(), set(), *self._places)
            known = self._known[said] = _Spelled(_lines(look, used), used.uses())
        return known.lines if names.take(known.uses) else _lines(_look(field, table, self._statements), names)


def _look(field: FieldBinding, table: Table, statements: Statements) -> _Look:
    column = field.column
    of, made = column.type, column.default
    key = table.primary_key.columns if table.primary_key else ()
    whole = key == (column.name,)
    identity = made is not None and made.kind == "identity"
    return _Look(
        attribute=field.attribute,
        name=column.name,
        type=of,
        nullable=column.nullable,
        computed=None if column.computed is None else statements.computed(column),
        identity=identity,
        default=statements.default(column),
        stamped=column.stamped,
        key=column.name in key,
        whole_key=whole and statements.counter(table) != column.name,
        miscounted=whole and isinstance(of, Scalar) and of.base in INTEGERS and not identity,
        comment=column.comment.strip(),
    )


def _lines(look: _Look, names: TypeNames) -> list[str]:
    mapped = subscript(names.use("sqlalchemy.orm", "Mapped"), python_type(look.type, look.nullable, names))
    arguments: list[Code] = [] if look.attribute == look.name else [python_string(look.name)]
    arguments.append(column_type(look.type, names, look.whole_key))
    arguments += _makers(look, names)
    if isinstance(look.type, Scalar) and look.type.base == "json":
        arguments.append(f"nullable={look.nullable}")
    if look.key:
        arguments.append("primary_key=True")
    if look.miscounted:
        arguments.append("autoincrement=False")
    if look.comment:
        arguments.append(f"comment={python_string(look.comment)}")
    value = call(names.use("sqlalchemy.orm", "mapped_column"), *arguments)
    return annotated(look.attribute, mapped, value, INDENT)


def _makers(look: _Look, names: TypeNames) -> Iterator[Code]:
    """What the database writes by itself."""
    if look.computed is not None:
        texts = look.computed
        kind = names.use("sqlalchemy", "Computed") if texts.sqlite else names.column("ComputedOnPostgres")
        yield call(kind, spelled(texts, names, texts.postgres), "persisted=True")
        return
    if look.identity:
        yield call(names.use("sqlalchemy", "Identity"))
    if any(look.default):
        yield prefixed("server_default=", spelled(look.default, names, "NULL"))
    if look.stamped:
        yield call(f"server_onupdate={names.use('sqlalchemy', 'FetchedValue')}")
