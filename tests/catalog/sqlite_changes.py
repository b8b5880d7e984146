"""One change at a time to what a SQLite database is: every attribute that is read, of every object that has it.

A change is made to facts; the database they describe is then made by SQLite itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

from isotype.catalog.facts import Facts, Path, Value
from isotype.catalog.sqlite import printing
from isotype.catalog.sqlite.equivalence import relation_of, values_of
from isotype.catalog.sqlite.tokens import fold, identifier, tokens, unquoted
from isotype.domain.values import frozen, replace


@frozen
class Change:
    """What was changed, where it must be found, and the facts of the changed database."""

    kind: str
    path: Path
    attribute: str
    way: str
    facts: Facts


def make(facts: Facts) -> sqlite3.Connection:
    """A database in memory that is what the facts say."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for path in facts.of("table"):
        connection.execute(printing.table(facts, path, path[1]))
    for path, values in facts.of("index").items():
        connection.execute(printing.index(path, values))
    for path, values in facts.of("view").items():
        connection.execute(printing.view(path, values))
    for path, values in facts.of("trigger").items():
        connection.execute(printing.trigger(path, values))
    return connection


def only(facts: Facts, table: str) -> Facts:
    """One table or view of the database with all that belongs to it."""
    kept = {
        kind: {path: values for path, values in found.items() if relation_of(facts, kind, path) == fold(table)}
        for kind, found in facts.objects.items()
    }
    return replace(facts, objects=kept)


def alone(facts: Facts, table: str) -> Facts:
    """The same without triggers that write to other tables, which are not there: SQLite would drop no column."""
    part = only(facts, table)
    others = {fold(path[1]) for path in facts.of("table")} - {fold(table)}
    kept = {path: values for path, values in part.of("trigger").items() if not others & set(tokens(str(values[4])))}
    return replace(part, objects={**part.objects, "trigger": kept})


def changes(facts: Facts) -> Iterator[Change]:
    """Every single change."""
    for kind in facts.objects:
        for path in facts.of(kind):
            yield from _removed(facts, kind, path)
            for attribute, value in _other_values(facts, kind, path):
                yield Change(kind, path, attribute, "different", _with(facts, kind, path, {attribute: value}))
    for path in facts.of("table"):
        yield from _extras(facts, path)
    for path in facts.of("constraint"):
        values = values_of(facts, "constraint", path)
        objects = dict(facts.objects)
        objects["constraint"] = {
            (*path[:2], f"{path[2]}_else") if own == path else own: it for own, it in facts.of("constraint").items()
        }
        yield Change("constraint", path, "name", "different", replace(facts, objects=objects))
        if values["type"] == "check":
            yield Change("constraint", path, "name", "different", _with(facts, "constraint", path, {"named": False}))


def _with(facts: Facts, kind: str, path: Path, changed: Mapping[str, Value]) -> Facts:
    values = tuple({**values_of(facts, kind, path), **changed}.values())
    return replace(facts, objects={**facts.objects, kind: {**facts.of(kind), path: values}})


def _without(facts: Facts, gone: set[tuple[str, Path]]) -> Facts:
    kept = {
        kind: {path: values for path, values in found.items() if (kind, path) not in gone}
        for kind, found in facts.objects.items()
    }
    return replace(facts, objects=kept)


def _added(facts: Facts, kind: str, path: Path, values: tuple[Value, ...]) -> Facts:
    return replace(facts, objects={**facts.objects, kind: {**facts.of(kind), path: values}})


def _removed(facts: Facts, kind: str, path: Path) -> Iterator[Change]:
    gone = {(kind, path)}
    if kind in ("table", "view"):
        gone |= {
            (part, own)
            for part in facts.objects
            for own in facts.of(part)
            if relation_of(facts, part, own) == fold(path[1])
        }
    if kind == "column":
        # What names the column goes with it, and what names that; a table keeps one column at least.
        waiting = [path]
        while waiting:
            name = fold(waiting.pop()[2])
            for part in ("column", "constraint", "index", "trigger"):
                for own, values in facts.of(part).items():
                    words = {fold(unquoted(it)) for value in values if isinstance(value, str) for it in tokens(value)}
                    if relation_of(facts, part, own) == fold(path[1]) and name in words and (part, own) not in gone:
                        gone.add((part, own))
                        waiting += [own] if part == "column" else []
        if sum(own[:2] == path[:2] and ("column", own) not in gone for own in facts.of("column")) == 0:
            return
    yield Change(kind, path, "", "missing", _without(facts, gone))


def _extras(facts: Facts, path: Path) -> Iterator[Change]:
    schema, table = path
    column = next(own[2] for own in facts.of("column") if own[:2] == path)
    spelled = identifier(column)
    yield Change(
        "column", (schema, table, "zz"), "", "extra",
        _added(facts, "column", (schema, table, "zz"), ("TEXT", False, None, None, None, None, None)),
    )  # fmt: skip
    yield Change(
        "constraint", (schema, table, "zz"), "", "extra",
        _added(
            facts, "constraint", (schema, table, "zz"),
            ("check", None, f"{spelled} IS NOT 'zz'", None, None, None, None, None, None, None, True),
        ),
    )  # fmt: skip
    yield Change(
        "index", (schema, "zz"), "", "extra",
        _added(facts, "index", (schema, "zz"), (identifier(table), False, spelled, None)),
    )  # fmt: skip
    yield Change(
        "trigger", (schema, table, "zz"), "", "extra",
        _added(facts, "trigger", (schema, table, "zz"), ("AFTER", "DELETE", None, None, "SELECT 1;")),
    )  # fmt: skip
    other = {
        "table": {**facts.of("table"), (schema, "zz"): (True, False, None)},
        "column": {**facts.of("column"), (schema, "zz", "a"): ("TEXT", False, None, None, None, None, None)},
    }
    yield Change("table", (schema, "zz"), "", "unmanaged", replace(facts, objects={**facts.objects, **other}))
    yield Change("view", (schema, "zz"), "", "unmanaged", _added(facts, "view", (schema, "zz"), (None, "SELECT 1")))


def _other_values(facts: Facts, kind: str, path: Path) -> Iterator[tuple[str, Value]]:
    """Another value for each attribute that can have one."""
    said = values_of(facts, kind, path)
    match kind:
        case "table":
            keys = [values_of(facts, "constraint", own) for own in facts.of("constraint") if own[:2] == path]
            yield "strict", not said["strict"]
            if any(key["type"] == "primary key" and not key["autoincrement"] for key in keys):
                yield "without_rowid", not said["without_rowid"]
        case "view":
            yield "query", f"SELECT * FROM ({said['query']})"
        case "column":
            yield from _of_column(facts, path, said)
        case "constraint":
            yield from _of_constraint(facts, path, said)
        case "index":
            yield "unique", not said["unique"]
            yield "keys", f"{said['keys']} DESC" if not str(said["keys"]).endswith("DESC") else str(said["keys"])[:-5]
            yield "where", "1" if said["where"] is None else None
        case "trigger":
            yield "timing", "AFTER" if said["timing"] == "BEFORE" else "BEFORE"
            yield "condition", None if said["condition"] else "1"
            yield "body", f"SELECT 1; {said['body']}"
            if said["event"] == "UPDATE":
                column = next(own[2] for own in facts.of("column") if own[:2] == path[:2])
                yield "columns", None if said["columns"] else identifier(column)
            else:
                yield "event", "UPDATE"


def _of_column(facts: Facts, path: Path, said: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    keys = [values_of(facts, "constraint", own) for own in facts.of("constraint") if own[:2] == path[:2]]
    key = next((it for it in keys if it["type"] == "primary key"), {"columns": "", "autoincrement": False})
    within = identifier(path[2]) in str(key["columns"]).split(", ")
    if not (within and key["autoincrement"]):
        yield "type", "BLOB" if said["type"] != "BLOB" else "TEXT"
    if not within:
        yield "not_null", not said["not_null"]
        if said["not_null"]:
            yield "on_conflict", "ignore"
    yield "collation", "nocase"
    if said["generated"] is None:
        yield "default", "'zz'" if said["default"] is None else None
    else:
        yield "generated", "virtual" if said["generated"] == "stored" else "stored"
        yield "expression", f"NOT ({said['expression']})"


def _of_constraint(facts: Facts, path: Path, said: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    columns = str(said["columns"]).split(", ")
    others = [identifier(own[2]) for own in facts.of("column") if own[:2] == path[:2]]
    others = [name for name in others if name not in columns]
    match said["type"]:
        case "check":
            yield "expression", f"NOT ({said['expression']})"
        case "foreign key":
            yield "target", "elsewhere"
            yield "target_columns", ", ".join(f"{name}_" for name in columns)
            yield "on_delete", "cascade" if said["on_delete"] != "cascade" else "restrict"
            yield "on_update", "cascade" if said["on_update"] != "cascade" else "restrict"
            yield "deferred", not said["deferred"]
            if others:
                yield "columns", ", ".join((*columns[1:], others[0]))
        case kind:
            yield "on_conflict", "replace"
            if kind == "primary key" and not said["autoincrement"]:
                yield "type", "unique"
            if others and not said["autoincrement"]:
                yield "columns", ", ".join((*columns, others[0]))
            if said["autoincrement"]:
                yield "autoincrement", False
