"""Changes of tables, columns and views."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isotype.catalog.postgres.names import paths, qualified
from isotype.dialects.literals.sql import sql_identifier
from tests.catalog.mutations.model import Spot

_TEXTS = ("text", "character varying", "jsonb", "bytea")
_LARGE = re.compile(r"(text|jsonb|bytea)\Z|.*\[\]\Z")
"""Types for which a table always has a place for what does not fit a page."""


def _table(spot: Spot) -> Iterator[tuple[str, str]]:
    table, of = f"ALTER TABLE {spot.sql}", spot.of
    regclass = f"'{spot.sql}'::regclass"
    yield "", f"DROP TABLE {spot.sql} CASCADE"
    yield "comment", f"COMMENT ON TABLE {spot.sql} IS 'Otherwise.'"
    yield "row_security", f"{table} {'DISABLE' if of['row_security'] else 'ENABLE'} ROW LEVEL SECURITY"
    yield "forced_row_security", f"{table} FORCE ROW LEVEL SECURITY"
    yield "replica_identity", f"{table} REPLICA IDENTITY FULL"
    yield "replica_identity", f"{table} REPLICA IDENTITY NOTHING"
    # Where another table refers to it, no table is made unlogged by a statement of its own.
    yield "persistence", f"UPDATE pg_class SET relpersistence = 'u' WHERE oid = {regclass}"
    if of["partition_key"] is None:
        yield "options", f"{table} SET (fillfactor = 55)"
        yield "options", f"{table} SET (autovacuum_enabled = false)"
        if any(_LARGE.match(str(it["type"])) for it in spot.columns().values()):
            yield "toast_options", f"{table} SET (toast.autovacuum_enabled = false)"
        yield "method", _method(spot)
    else:
        # The statistics of a partition key are made of the key, so a changed key has to be made by hand.
        changed = "partattrs = ((partattrs[0] % 2) + 1)::text::int2vector"
        yield "partition_key", f"UPDATE pg_partitioned_table SET {changed} WHERE partrelid = {regclass}"
    if of["bound"] is not None:
        parent = qualified(paths(of["parents"])[0])
        detach = f"ALTER TABLE {parent} DETACH PARTITION {spot.sql}"
        yield "parents", detach
        yield (
            "detached",
            f"UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = {regclass}",
        )
        if (bound := str(of["bound"])) != "DEFAULT":
            other = re.sub(r" TO \('(\d{4})", lambda it: f" TO ('{int(it[1]) + 100}", bound)
            if other != bound:
                others = "; ".join(
                    f"DROP TABLE {qualified(path)} CASCADE"
                    for path, values in spot.facts.of("table").items()
                    if values[5] == of["parents"] and path != spot.path
                )
                yield "bound", f"{others}; {detach}; ALTER TABLE {parent} ATTACH PARTITION {spot.sql} {other}"
    elif of["partition_key"] is None:
        yield "parents", f"CREATE TABLE {spot.path[0]}.its_parent (); {table} INHERIT {spot.path[0]}.its_parent"
        if of["parents"]:
            yield "parents", f"{table} NO INHERIT {of['parents']}"


def _method(spot: Spot) -> str:
    made = "CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler"
    if spot.major >= 15:
        return f"{made}; ALTER {spot.kind.upper()} {spot.sql} SET ACCESS METHOD other"
    other = "(SELECT oid FROM pg_am WHERE amname = 'other')"
    return f"{made}; UPDATE pg_class SET relam = {other} WHERE oid = '{spot.sql}'::regclass"


_OTHER_TYPES = {
    "character varying": "text",
    "text": "character varying(300)",
    "boolean": "text",
    "uuid": "text",
    "jsonb": "text",
    "smallint": "integer",
    "integer": "bigint",
    "bigint": "numeric",
    "numeric": "double precision",
    "double precision": "numeric",
    "real": "double precision",
    "timestamp with time zone": "timestamp without time zone",
    "timestamp without time zone": "timestamp with time zone",
    "date": "timestamp without time zone",
    "time without time zone": "interval",
    "interval": "text",
    "inet": "text",
    "bytea": "text",
    "tsvector": "text",
    "character": "text",
}
_OTHER_MODIFIERS = {
    "character varying": "character varying({0}1)",
    "numeric": "numeric({0}1,{1})",
    "character": "character({0}1)",
}


def _other_types(type: str) -> Iterator[str]:
    """Types that are another one: of another name, of other modifiers."""
    base, modifiers, array = re.fullmatch(r"([^(\[]+)(?:\(([^)]*)\))?((?:\[\])*)", type.strip()).groups("")  # type: ignore[union-attr]
    base = base.strip()
    yield _OTHER_TYPES.get(base, "text") + array
    if modifiers and base in _OTHER_MODIFIERS:
        yield _OTHER_MODIFIERS[base].format(*modifiers.split(",")) + array
    elif base.startswith(("timestamp", "time ")):
        yield base.replace(" ", "(3) ", 1) + array
    if base != "character":
        yield f"{base}{f'({modifiers})' if modifiers else ''}{'' if array else '[]'}"


def _column(spot: Spot) -> Iterator[tuple[str, str]]:
    name, of = sql_identifier(spot.path[2]), spot.of
    yield "comment", f"COMMENT ON COLUMN {spot.table}.{name} IS 'Otherwise.'"
    if not spot.is_of_table:
        return
    table = f"ALTER TABLE {spot.table}"
    column = f"{table} ALTER COLUMN {name}"
    type = str(of["type"])
    if not of["generated"] and not of["identity"]:
        yield "default", f"{column} SET DEFAULT coalesce(NULL::{type}, NULL)"
        if of["default"] is not None:
            yield "default", f"{column} DROP DEFAULT"
    if type.startswith(_TEXTS) or type.endswith("[]"):
        yield "storage", f"{column} SET STORAGE {'MAIN' if of['storage'] == 'external' else 'EXTERNAL'}"
        yield "storage", f"{column} SET STORAGE PLAIN"
        yield "compression", f"{column} SET COMPRESSION pglz"
    if of["not_null"] == "no" and not of["generated"] and not spot.has_rows:
        yield "not_null", f"{column} SET NOT NULL"
    if spot.is_partition or spot.is_inherited or spot.is_partition_key:
        # The rest follows the table above, or decides where rows are: the server refuses to change it.
        return
    yield "", f"{table} DROP COLUMN {name} CASCADE"
    yield "", f"{table} RENAME COLUMN {name} TO renamed"
    key = ", ".join(spot.constraints("primary key").values())
    if of["not_null"] == "yes" and not of["identity"] and spot.path[2] not in re.findall(r"\w+", key):
        yield "not_null", f"{column} DROP NOT NULL"
    if not of["generated"]:
        yield from _typed(spot, column)
    if of["generated"] == "stored":
        yield "generated", f"{column} DROP EXPRESSION"
        anew = f"{table} DROP COLUMN {name} CASCADE, ADD COLUMN {name} {type} GENERATED ALWAYS AS"
        yield "expression", f"{anew} (NULLIF({of['expression']}, NULL)) STORED"
    elif not of["identity"] and of["default"] is None and type in ("integer", "bigint", "smallint"):
        if of["not_null"] == "yes":
            yield "identity", f"{column} ADD GENERATED BY DEFAULT AS IDENTITY"
    elif of["identity"]:
        yield "identity", f"{column} SET GENERATED {'ALWAYS' if of['identity'] == 'by default' else 'BY DEFAULT'}"
        yield "identity", f"{column} DROP IDENTITY"


def _typed(spot: Spot, column: str) -> Iterator[tuple[str, str]]:
    type, name = str(spot.of["type"]), sql_identifier(spot.path[2])
    freed = f"{column} DROP DEFAULT; " if spot.of["default"] is not None else ""
    freed += f"{column} DROP IDENTITY; " if spot.of["identity"] else ""
    # What says something of the column goes first: the server keeps a type that something depends on.
    mentions = re.compile(rf'(?<![\w"]){re.escape(spot.path[2])}(?![\w"])|"{re.escape(spot.path[2])}"')
    for path, values in spot.facts.of("constraint").items():
        if path[:2] == spot.path[:2] and mentions.search(str(values[1])):
            freed += f"ALTER TABLE {spot.table} DROP CONSTRAINT IF EXISTS {sql_identifier(path[2])} CASCADE; "
    for path, values in spot.facts.of("index").items():
        if (path[0], values[0]) == spot.path[:2] and mentions.search(str(values[1]).partition(" USING ")[2]):
            freed += f"DROP INDEX {qualified(path)}; "
    for kind, word in (("view", "VIEW"), ("materialized view", "MATERIALIZED VIEW")):
        for path, values in spot.facts.of(kind).items():
            if spot.path[1] in str(values[11]) or spot.path[2] in str(values[11]):
                freed += f"DROP {word} IF EXISTS {qualified(path)} CASCADE; "
    for path, values in spot.facts.of("column").items():
        if path[:2] == spot.path[:2] and values[3] and mentions.search(str(values[4])):
            freed += f"ALTER TABLE {spot.table} DROP COLUMN {sql_identifier(path[2])} CASCADE; "
    for kind, word in (("trigger", "TRIGGER"), ("policy", "POLICY"), ("rule", "RULE")):
        for path, values in spot.facts.of(kind).items():
            if path[:2] == spot.path[:2] and any(mentions.search(str(it)) for it in values):
                freed += f"DROP {word} {sql_identifier(path[2])} ON {spot.table}; "
    for path, values in spot.facts.of("statistics").items():
        if mentions.search(str(values[0])):
            freed += f"DROP STATISTICS {qualified(path)}; "
    for other in _other_types(type):
        value = f"ARRAY[{name}]" if other == f"{type}[]" else f"{name}::text::{other}"
        if type == f"{other}[]":
            value = f"{name}[1]"
        yield "type", f"{freed}{column} TYPE {other} USING {value}"
    if type.startswith(("text", "character")):
        yield "collation", f'{freed}{column} TYPE {type} COLLATE "POSIX"'


def _view(spot: Spot) -> Iterator[tuple[str, str]]:
    view = spot.sql
    yield "", f"DROP VIEW {view} CASCADE"
    yield "comment", f"COMMENT ON VIEW {view} IS 'Otherwise.'"
    given = spot.of["options"]
    yield "options", f"ALTER VIEW {view} {'RESET' if given else 'SET'} (security_barrier{'' if given else ' = true'})"
    if spot.major >= 15:
        yield "options", f"ALTER VIEW {view} SET (security_invoker = true)"
    query = spot.text("definition").rstrip().removesuffix(";")
    with_options = f" WITH ({given})" if given else ""
    again = f"CREATE OR REPLACE VIEW {view}{with_options} AS SELECT"
    yield "definition", f"{again} * FROM ({query}) AS inner_query LIMIT 5"
    yield "definition", f"{again} DISTINCT * FROM ({query}) AS inner_query"
    yield "definition", f"{again} *, 1 AS one_more FROM ({query}) AS inner_query"
    first = next(iter(spot.columns()))
    yield "definition", f"ALTER VIEW {view} RENAME COLUMN {sql_identifier(first)} TO renamed"


def _materialized_view(spot: Spot) -> Iterator[tuple[str, str]]:
    view = spot.sql
    yield "", f"DROP MATERIALIZED VIEW {view} CASCADE"
    yield "comment", f"COMMENT ON MATERIALIZED VIEW {view} IS 'Otherwise.'"
    refreshed = " WITH NO DATA" if spot.of["populated"] else ""
    yield "populated", f"REFRESH MATERIALIZED VIEW {view}{refreshed}"
    yield "options", f"ALTER MATERIALIZED VIEW {view} SET (fillfactor = 55)"
    yield "method", _method(spot)
    query = spot.text("definition").rstrip().removesuffix(";")
    again = f"DROP MATERIALIZED VIEW {view} CASCADE; CREATE MATERIALIZED VIEW {view} AS SELECT"
    yield "definition", f"{again} * FROM ({query}) AS inner_query LIMIT 5"
    yield "definition", f"{again} *, 1 AS one_more FROM ({query}) AS inner_query"


CHANGES = {"table": _table, "column": _column, "view": _view, "materialized view": _materialized_view}
