"""What stands in `__table_args__`: keys, references, checks, indexes and the words for a whole table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from isotype.dialects.literals.python import python_string
from isotype.dialects.literals.sql import sql_identifier
from isotype.dialects.python import INDENT, Bracket, Code, bracket, call, layout, prefixed, sequence
from isotype.dialects.sqlite.names import table_name
from isotype.layers.models.types import TypeNames
from isotype.layers.statements import Statements, Texts
from isotype.tables.model import ForeignKey, Table, TableIndex, UniqueConstraint


def table_arguments(table: Table, statements: Statements, names: TypeNames) -> Bracket:
    """The tuple of constraints and indexes, the words for the whole table last."""
    parts: list[Code] = []
    key = table.primary_key
    if key:
        parts.append(_constraint("PrimaryKeyConstraint", key.name, _texts(key.columns), names))
    parts += (_unique(unique, names) for unique in table.uniques)
    parts += (_foreign_key(foreign_key, names) for foreign_key in table.foreign_keys)
    parts += _checks(table, statements, names)
    parts += (_index(index, statements, names) for index in table.indexes)
    parts.append(bracket("{", tuple(_options(table, statements)), "}", literal=True))
    return bracket("(", tuple(parts), ")", literal=True)


def spelled(texts: Texts, names: TypeNames, absent: str = "") -> Code:
    """SQL by database; `absent` stands in for a text that one of them does not have."""
    return _sql(names.column("sql"), texts.postgres or absent, texts.sqlite or absent)


# Columns of one name and type are many, and so are their conditions.
@lru_cache(maxsize=1024)
def _sql(callee: str, here: str, there: str) -> Bracket:
    return call(callee, *map(python_string, [here] if here == there else [here, there]))


def _texts(of: Iterable[str]) -> list[Code]:
    return [python_string(text) for text in of]


def _named(name: str, names: TypeNames) -> Code:
    """A name that no naming convention of the user's changes."""
    return call(f"name={names.use('sqlalchemy.sql.elements', 'conv')}", python_string(name))


def _constraint(
    kind: str, name: str, arguments: Iterable[Code], names: TypeNames, settings: Iterable[Code] = ()
) -> Bracket:
    return call(names.use("sqlalchemy", kind), *arguments, _named(name, names), *settings)


def _only_on(dialect: str, of: Bracket, names: TypeNames) -> Bracket:
    return call(names.column("only_on"), python_string(dialect), of)


def _unique(unique: UniqueConstraint, names: TypeNames) -> Code:
    settings = ["deferrable=True"] if unique.deferrable else []
    if not unique.nulls_distinct:
        settings.append("postgresql_nulls_not_distinct=True")
    found = _constraint("UniqueConstraint", unique.name, _texts(unique.columns), names, settings)
    # Where NULLs are the same SQLite has a unique index instead, among the statements after the tables.
    return found if unique.nulls_distinct else _only_on("postgresql", found, names)


def _foreign_key(key: ForeignKey, names: TypeNames) -> Code:
    home = f"{key.target_schema}." if key.target_schema else ""
    targets = [f"{home}{key.target_table}.{column}" for column in key.target_columns]
    arguments = (sequence(_texts(key.columns)), sequence(_texts(targets)))
    settings: list[Code] = []
    for event, action in (("ondelete", key.on_delete), ("onupdate", key.on_update)):
        if action != "no action":
            some = f" ({', '.join(map(sql_identifier, key.nulled))})" if event == "ondelete" and key.nulled else ""
            settings.append(f"{event}={python_string(action.upper() + some)}")
    if key.deferrable:
        settings.append("deferrable=True")
    if key.late:
        settings.append("use_alter=True")
    return _constraint("ForeignKeyConstraint", key.name, arguments, names, settings)


def _checks(table: Table, statements: Statements, names: TypeNames) -> Iterator[Code]:
    found = [(name, texts) for name, texts in statements.checks(table).items() if any(texts)]
    if not found:
        return
    spelled_names = [python_string(name) for name, _ in found]
    widths = tuple(map(len, spelled_names))
    around = _around_names(tuple([texts for _, texts in found]), widths, names.column("check"))
    yield from (f"{before}{name}{after}" for name, (before, after) in zip(spelled_names, around, strict=True))


# Tables that have the same columns have the same CHECKs but for their names.
@lru_cache(maxsize=64)
def _around_names(texts: tuple[Texts, ...], widths: tuple[int, ...], callee: str) -> list[tuple[str, str]]:
    return [_around_name(*said, callee) for said in zip(texts, widths, strict=True)]


@lru_cache(maxsize=1024)
def _around_name(texts: Texts, width: int, callee: str) -> tuple[str, str]:
    """The lines of a CHECK up to its name and behind it; those of a name as wide are broken alike."""
    name = "_" * width
    spelled_texts = map(python_string, dict.fromkeys(filter(None, texts)))
    only = () if all(texts) else ('only="postgresql"' if texts.postgres else 'only="sqlite"',)
    check = call(callee, name, *spelled_texts, *only)
    before, _, after = "\n".join(layout(check, INDENT * 2, ",")).partition(name)
    return before.removeprefix(INDENT * 2), after.removesuffix(",")


def _index(index: TableIndex, statements: Statements, names: TypeNames) -> Code:
    texts = statements.index(index)
    arguments: list[Code] = [call(names.use("sqlalchemy.sql.elements", "conv"), python_string(index.name))]
    for key, found in zip(index.keys, texts.keys, strict=True):
        plain = key.column and not (key.descending or key.nulls or key.operator_class)
        arguments.append(python_string(key.column) if plain else spelled(found, names, found.postgres))
    if index.unique:
        arguments.append("unique=True")
    if index.method != "btree":
        arguments.append(f"postgresql_using={python_string(index.method)}")
    if index.include:
        arguments.append(prefixed("postgresql_include=", sequence(_texts(index.include))))
    if texts.where.postgres:
        arguments.append(prefixed("postgresql_where=", call(names.column("sql"), python_string(texts.where.postgres))))
    if texts.where.sqlite:
        arguments.append(prefixed("sqlite_where=", call(names.column("sql"), python_string(texts.where.sqlite))))
    found_index = call(names.use("sqlalchemy", "Index"), *arguments)
    return found_index if texts.on_sqlite else _only_on("postgresql", found_index, names)


def _options(table: Table, statements: Statements) -> Iterator[Code]:
    if table.schema:
        yield f'"schema": {python_string(table.schema)}'
    if table.comment:
        yield f'"comment": {python_string(table.comment.strip())}'
    if table.partitions:
        yield f'"postgresql_partition_by": {python_string(f"RANGE ({table.partitions.column})")}'
    yield '"sqlite_strict": True'
    if statements.counter(table):
        yield '"sqlite_autoincrement": True'


def prefixes_needed(tables: Iterable[Table]) -> bool:
    """Whether SQLite knows a table by another name than PostgreSQL."""
    return any(table_name(table.schema, table.name) != table.name for table in tables)
