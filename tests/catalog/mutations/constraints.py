"""Changes of constraints, part by part of their definitions."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.catalog.expressions import ConstraintDefinition, constraint_definition
from isotype.catalog.postgres.names import qualified
from isotype.dialects.literals.sql import sql_identifier
from tests.catalog.mutations.model import Spot


def _constraint(spot: Spot) -> Iterator[tuple[str, str]]:
    table, name = f"ALTER TABLE {spot.table}", sql_identifier(spot.path[2])
    yield "", f"{table} DROP CONSTRAINT {name} CASCADE"
    yield "comment", f"COMMENT ON CONSTRAINT {name} ON {spot.table} IS 'Otherwise.'"
    read = constraint_definition(spot.text("definition"))
    assert read is not None
    again = f"{table} DROP CONSTRAINT {name} CASCADE; {table} ADD CONSTRAINT {name}"
    parts = _CHANGES[read.kind](spot, read)
    yield from ((attribute, f"{again} {definition}") for attribute, definition in parts)
    yield from _states(spot, read, table, name)


def _check(spot: Spot, read: ConstraintDefinition) -> Iterator[tuple[str, str]]:
    ending = "" if read.inherited else " NO INHERIT"
    yield "expression", f"CHECK (({read.expression}) OR CURRENT_USER = 'nobody'){ending}"
    if not spot.has_rows:
        yield "expression", f"CHECK (({read.expression}) IS TRUE){ending}"
    yield "validated", f"{spot.text('definition')} NOT VALID"
    if not spot.is_partitioned:
        yield "inherited", f"CHECK ({read.expression}){'' if ending else ' NO INHERIT'}"
    if key := next(iter(spot.constraints("primary key").values()), ""):
        yield "type", key.replace("PRIMARY KEY", "UNIQUE")


def _key(spot: Spot, read: ConstraintDefinition) -> Iterator[tuple[str, str]]:
    word = "PRIMARY KEY" if read.kind == "primary key" else "UNIQUE"
    nulls = "" if read.nulls_distinct else " NULLS NOT DISTINCT"
    include = f" INCLUDE ({_names(read.include)})" if read.include else ""
    states = {"no": "", "yes": " DEFERRABLE", "initially deferred": " DEFERRABLE INITIALLY DEFERRED"}
    columns, state = _names(read.columns), states[read.deferrable]
    others = [name for name, of in spot.columns().items() if name not in read.columns + read.include]
    held = next((name for name in others if spot.columns()[name]["not_null"] == "yes"), "")
    if other := held if read.kind == "primary key" else (others or [""])[0]:
        yield "columns", f"{word}{nulls} ({columns}, {sql_identifier(other)}){include}{state}"
        yield "include", f"{word}{nulls} ({columns}) INCLUDE ({sql_identifier(other)}){state}"
    if len(read.columns) > 1:
        yield "columns", f"{word}{nulls} ({_names(read.columns[::-1])}){include}{state}"
    if spot.major >= 15 and read.kind == "unique":
        yield "nulls distinct", f"UNIQUE{'' if nulls else ' NULLS NOT DISTINCT'} ({columns}){include}{state}"
    for said, written in states.items():
        if said != read.deferrable:
            yield "deferrable", f"{word}{nulls} ({columns}){include}{written}"
    yield "type", "CHECK (true)"


def _reference(spot: Spot, read: ConstraintDefinition) -> Iterator[tuple[str, str]]:
    def written(**changed: str) -> str:
        columns = f" ({_names(read.on_delete_columns)})" if read.on_delete_columns else ""
        parts = {
            "columns": _names(read.columns),
            "target": read.target,
            "match": f" MATCH {read.match.upper()}" if read.match != "simple" else "",
            "on_update": f" ON UPDATE {read.on_update.upper()}",
            "on_delete": f" ON DELETE {read.on_delete.upper()}{columns}",
            "state": _DEFERRABLE[read.deferrable],
        } | changed
        return (
            f"FOREIGN KEY ({parts['columns']}) REFERENCES {parts['target']} ({_names(read.target_columns)})"
            f"{parts['match']}{parts['on_update']}{parts['on_delete']}{parts['state']}"
        )

    for action in ("cascade", "restrict", "set null", "set default", "no action"):
        if action != read.on_delete:
            yield "on delete", written(on_delete=f" ON DELETE {action.upper()}")
        if action != read.on_update:
            yield "on update", written(on_update=f" ON UPDATE {action.upper()}")
    if spot.major >= 15 and read.on_delete in ("set null", "set default"):
        if read.on_delete_columns:
            yield "on delete", written(on_delete=f" ON DELETE {read.on_delete.upper()}")
        elif len(read.columns) > 1:
            only = sql_identifier(read.columns[0])
            yield "on delete", written(on_delete=f" ON DELETE {read.on_delete.upper()} ({only})")
    yield "match", written(match="" if read.match == "full" else " MATCH FULL")
    for said, state in _DEFERRABLE.items():
        if said != read.deferrable:
            yield "deferrable", written(state=state)
    yield "validated", f"{spot.text('definition')} NOT VALID"
    types = spot.columns()
    for name, of in types.items():
        if not read.on_delete_columns and name not in read.columns and of["type"] == types[read.columns[0]]["type"]:
            yield "columns", written(columns=_names((name, *read.columns[1:])))
            break
    yield "type", "CHECK (true)"


_DEFERRABLE = {"no": "", "yes": " DEFERRABLE", "initially deferred": " DEFERRABLE INITIALLY DEFERRED"}


def _exclusion(spot: Spot, read: ConstraintDefinition) -> Iterator[tuple[str, str]]:
    definition = spot.text("definition")
    head, _, predicate = definition.partition(" WHERE ")
    yield "predicate", head if predicate else f"{head} WHERE (CURRENT_USER = 'nobody')"
    yield "deferrable", f"{definition} DEFERRABLE"
    yield "type", "CHECK (true)"
    other = next(name for name in spot.columns() if name not in definition)
    yield "definition", definition.replace(" WITH =", f" WITH =, {sql_identifier(other)} WITH =", 1)


_CHANGES = {
    "check": _check,
    "primary key": _key,
    "unique": _key,
    "foreign key": _reference,
    "exclusion": _exclusion,
}


def _states(spot: Spot, read: ConstraintDefinition, table: str, name: str) -> Iterator[tuple[str, str]]:
    """What is no part of a definition."""
    found = f"conname = '{spot.path[2]}' AND conrelid = '{spot.table}'::regclass"
    if read.kind == "foreign key":
        again = f"{table} DROP CONSTRAINT {name} CASCADE; {table} ADD CONSTRAINT {name}"
        elsewhere = qualified((spot.path[0], "elsewhere"))
        moved = spot.text("definition").replace(f"REFERENCES {read.target}(", f"REFERENCES {elsewhere}(", 1)
        yield "target", f"CREATE TABLE {elsewhere} (LIKE {read.target} INCLUDING INDEXES); {again} {moved}"
        triggers = f"tgconstraint = (SELECT oid FROM pg_constraint WHERE {found})"
        for state in "DRA":
            yield "suspended", f"UPDATE pg_trigger SET tgenabled = '{state}' WHERE {triggers}"
    if read.kind in ("primary key", "unique", "exclusion"):
        index = qualified((spot.path[0], spot.path[2]))
        of_it = f"indexrelid = (SELECT conindid FROM pg_constraint WHERE {found})"
        yield "valid", f"UPDATE pg_index SET indisvalid = false WHERE {of_it}"
        if not spot.is_partitioned:
            yield "options", f"ALTER INDEX {index} SET (fillfactor = 55)"
        held = all(spot.columns()[column]["not_null"] == "yes" for column in read.columns)
        if read.kind != "exclusion" and read.deferrable == "no" and held:
            yield "replica_identity", f"{table} REPLICA IDENTITY USING INDEX {name}"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(map(sql_identifier, names))


CHANGES = {"constraint": _constraint}
