"""Changes of indexes, part by part of their definitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isotype.catalog.expressions import IndexDefinition, index_definition
from isotype.catalog.expressions.indexes import IndexKey
from isotype.catalog.postgres.names import qualified
from isotype.dialects.literals.sql import sql_identifier
from isotype.domain.values import replace
from tests.catalog.mutations.model import Spot


def _index(spot: Spot) -> Iterator[tuple[str, str]]:
    yield "", f"DROP INDEX {spot.sql} CASCADE"
    yield "comment", f"COMMENT ON INDEX {spot.sql} IS 'Otherwise.'"
    yield "valid", f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{spot.sql}'::regclass"
    read = index_definition(spot.text("definition"))
    assert read is not None
    home = spot.path[0], spot.text("table")
    columns = spot.columns(home)
    for attribute, other in _parts(spot, read, [*columns]):
        yield attribute, f"DROP INDEX {spot.sql}; {written(other)}"
    elsewhere = next((path for path in spot.facts.of("table") if path[0] == home[0] and path != home), None)
    if elsewhere is not None:
        first = sql_identifier(next(iter(spot.columns(elsewhere))))
        named = sql_identifier(spot.path[1])
        yield "table", f"DROP INDEX {spot.sql}; CREATE INDEX {named} ON {qualified(elsewhere)} ({first})"
    held = all(key.column and columns[key.column]["not_null"] == "yes" for key in read.keys)
    if read.unique and held and read.predicate is None and home in spot.facts.of("table"):
        named = sql_identifier(spot.path[1])
        yield "replica_identity", f"ALTER TABLE {qualified(home)} REPLICA IDENTITY USING INDEX {named}"


def _parts(spot: Spot, read: IndexDefinition, columns: Sequence[str]) -> Iterator[tuple[str, IndexDefinition]]:
    ordered = read.method == "btree"
    home = spot.path[0], spot.text("table")
    if ordered:
        if read.unique or not (read.only or Spot(spot.facts, "table", home).has_rows):
            yield "unique", replace(read, unique=not read.unique)
        yield "order", _first(read, order=_OTHER[read.keys[0].order], nulls=_AT_END[_OTHER[read.keys[0].order]])
        yield "order", _first(read, nulls=_OTHER[read.keys[0].nulls])
        if len(read.keys) == 1 and not read.unique and not read.include:
            bare = (IndexKey(read.keys[0].expression),)
            yield "method" if bare == read.keys else "definition", replace(read, method="hash", keys=bare)
    if spot.major >= 15 and read.unique:
        yield "nulls distinct", replace(read, nulls_distinct=not read.nulls_distinct)
    taken = {key.column for key in read.keys} | {*read.include}
    free = next((name for name in columns if name not in taken), None)
    if ordered and free is not None:
        yield "include", replace(read, include=(*read.include, free))
        if read.include:
            yield "include", replace(read, include=())
        swapped = replace(read.keys[0], expression=sql_identifier(free), operator_class="", collation="")
        if not read.keys[0].operator_class and not read.keys[0].collation:
            yield "columns", replace(read, keys=(swapped, *read.keys[1:]))
        yield "definition", replace(read, keys=(*read.keys, IndexKey(sql_identifier(free))))
    if len(read.keys) > 1:
        yield "definition", replace(read, keys=read.keys[:-1])
    column = read.keys[0].column
    type = str(spot.columns(home)[column]["type"]) if column else ""
    if ordered and type.startswith(("text", "character varying")):
        yield "operator classes", _first(read, operator_class="" if read.keys[0].operator_class else "text_pattern_ops")
        yield "collations", _first(read, collation='"POSIX"')
    if read.method == "gin" and type == "jsonb":
        yield "operator classes", _first(read, operator_class="" if read.keys[0].operator_class else "jsonb_path_ops")
    option = {"gin": "fastupdate=off", "brin": "pages_per_range=7"}.get(read.method, "fillfactor=55")
    yield "options", replace(read, options=(option,))
    tested = f"(({read.keys[0].expression}) IS NULL)"
    yield "predicate", replace(read, predicate=None if read.predicate else tested)
    if read.predicate:
        yield "predicate", replace(read, predicate=f"({read.predicate} OR {tested})")


_OTHER = {"ascending": "descending", "descending": "ascending", "first": "last", "last": "first"}
_AT_END = {"ascending": "last", "descending": "first"}


def _first(read: IndexDefinition, **changed: str) -> IndexDefinition:
    return replace(read, keys=(replace(read.keys[0], **changed), *read.keys[1:]))


def written(of: IndexDefinition) -> str:
    """The statement that makes the index."""
    clauses = [
        f"CREATE {'UNIQUE ' if of.unique else ''}INDEX {sql_identifier(of.name)} ON {of.table} USING {of.method}",
        f"({', '.join(map(_key, of.keys))})",
    ]
    if of.include:
        clauses.append(f"INCLUDE ({', '.join(map(sql_identifier, of.include))})")
    if not of.nulls_distinct:
        clauses.append("NULLS NOT DISTINCT")
    if of.options:
        clauses.append(f"WITH ({', '.join(of.options)})")
    if of.predicate is not None:
        clauses.append(f"WHERE {of.predicate}")
    return " ".join(clauses)


def _key(key: IndexKey) -> str:
    made = [key.expression]
    if key.collation:
        made.append(f"COLLATE {key.collation}")
    made.append(key.operator_class)
    if key.order == "descending":
        made.append("DESC")
    if key.nulls != _AT_END[key.order]:
        made.append(f"NULLS {key.nulls.upper()}")
    return " ".join(filter(None, made))


CHANGES = {"index": _index}
