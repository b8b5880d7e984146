"""Facts → the statements that make what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from isotype.catalog.facts import Facts, Path, Value
from isotype.catalog.sqlite.reading import ATTRIBUTES
from isotype.dialects.literals.sql import sql_identifier, sqlite_string
from isotype.domain.model import JsonValue

_CONSTANT = re.compile(
    r"[+-]?[0-9.][0-9.a-fx]*(?:e[+-]?[0-9]+)?|'(?:[^']|'')*'|X'[0-9A-F]*'"
    r"|TRUE|FALSE"
)
_CLOCK = ("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP")


def summary(facts: Facts, kind: str, path: Path) -> str | None:
    """What says most of an object, in one line; None where its name says it."""
    values = facts.of(kind)[path]
    if kind == "column":
        return column(path[-1], values)
    if kind == "constraint":
        return constraint(path[-1], values)
    if kind == "index":
        return index(path, values)
    if kind == "trigger":
        return " ".join(trigger(path, values).split())
    if kind == "view":
        return str(_named(kind, values)["query"])
    if kind == "row":
        return str(values[0])
    return None


def table(facts: Facts, path: Path, name: str) -> str:
    """CREATE TABLE of one table, under the given name."""
    columns = [column(it[-1], values) for it, values in parts(facts, "column", path)]
    constraints = [constraint(it[-1], values) for it, values in parts(facts, "constraint", path)]
    return create_table(name, [*columns, *constraints], facts.of("table")[path])


def parts(facts: Facts, kind: str, path: Path) -> Iterator[tuple[Path, tuple[Value, ...]]]:
    """The columns, constraints or triggers of a relation."""
    for own, values in facts.of(kind).items():
        if own[:2] == path:
            yield own, values


def create_table(name: str, definitions: Iterable[str], values: Sequence[Value]) -> str:
    said = _named("table", values)
    options = [text for text, holds in (("STRICT", said["strict"]), ("WITHOUT ROWID", said["without_rowid"])) if holds]
    body = ",\n    ".join(definitions)
    return f"CREATE TABLE {sql_identifier(name)} (\n    {body}\n){' ' if options else ''}{', '.join(options)}"


def column(name: str, values: Sequence[Value], kind: str | None = None) -> str:
    """The definition of a column, `kind` in place of its type when given."""
    said = _named("column", values)
    words = [sql_identifier(name), str(kind if kind is not None else said["type"] or "")]
    if said["collation"]:
        words.append(f"COLLATE {said['collation']}")
    if said["generated"]:
        words.append(f"GENERATED ALWAYS AS ({said['expression']}) {str(said['generated']).upper()}")
    if said["not_null"]:
        words.append("NOT NULL" + _conflict(said))
    if said["default"] is not None:
        text = str(said["default"])
        words.append(f"DEFAULT {text}" if is_constant(text) or text in _CLOCK else f"DEFAULT ({text})")
    return " ".join(filter(None, words))


def is_constant(default: str) -> bool:
    """Whether a default is one literal, the same for every row."""
    return _CONSTANT.fullmatch(default) is not None


def constraint(name: str, values: Sequence[Value]) -> str:
    """The definition of a constraint of a table."""
    said = _named("constraint", values)
    head = f"CONSTRAINT {sql_identifier(name)} " if said["named"] else ""
    kind = str(said["type"])
    if kind == "check":
        return f"{head}CHECK ({said['expression']})"
    if kind == "foreign key":
        there = f" ({said['target_columns']})" if said["target_columns"] else ""
        text = f"{head}FOREIGN KEY ({said['columns']}) REFERENCES {said['target']}{there}"
        for event in ("on_delete", "on_update"):
            if said[event] != "no action":
                text += f" {event.replace('_', ' ').upper()} {str(said[event]).upper()}"
        return text + (" DEFERRABLE INITIALLY DEFERRED" if said["deferred"] else "")
    counts = " AUTOINCREMENT" if said["autoincrement"] else ""
    return f"{head}{kind.upper()} ({said['columns']}{counts}){_conflict(said)}"


def index(path: Path, values: Sequence[Value]) -> str:
    """CREATE INDEX."""
    said = _named("index", values)
    if said["unique"] is None:
        return str(said["keys"])
    where = f" WHERE {said['where']}" if said["where"] else ""
    unique = "UNIQUE " if said["unique"] else ""
    return f"CREATE {unique}INDEX {sql_identifier(path[-1])} ON {said['table']} ({said['keys']}){where}"


def trigger(path: Path, values: Sequence[Value]) -> str:
    """CREATE TRIGGER."""
    said = _named("trigger", values)
    if said["timing"] is None:
        return str(said["body"])
    columns = f" OF {said['columns']}" if said["columns"] else ""
    when = f"\nWHEN {said['condition']}" if said["condition"] else ""
    head = f"CREATE TRIGGER {sql_identifier(path[-1])} {said['timing']} {said['event']}{columns}"
    return f"{head} ON {sql_identifier(path[1])}{when}\nBEGIN\n    {said['body']}\nEND"


def view(path: Path, values: Sequence[Value]) -> str:
    """CREATE VIEW."""
    said = _named("view", values)
    if str(said["query"]).startswith("CREATE "):
        return str(said["query"])
    columns = f" ({said['columns']})" if said["columns"] else ""
    return f"CREATE VIEW {sql_identifier(path[-1])}{columns} AS\n{said['query']}"


def row(path: Path, values: Sequence[Value]) -> str:
    """INSERT of a reference row."""
    said = {**json.loads(path[2]), **json.loads(str(values[0]))}
    names, literals = ", ".join(map(sql_identifier, said)), ", ".join(map(literal, said.values()))
    return f"INSERT INTO {sql_identifier(path[1])} ({names})\nVALUES ({literals})"


def changed_row(path: Path, values: Sequence[Value], changed: Iterable[str]) -> str:
    """UPDATE of some columns of a reference row."""
    said = json.loads(str(values[0]))
    setting = ", ".join(f"{sql_identifier(name)} = {literal(said[name])}" for name in changed)
    where = " AND ".join(f"{sql_identifier(name)} = {literal(value)}" for name, value in json.loads(path[2]).items())
    return f"UPDATE {sql_identifier(path[1])} SET {setting}\nWHERE {where}"


def literal(value: JsonValue) -> str:
    """A value of a row as SQL; bytes are an object of their digits."""
    match value:
        case None:
            return "NULL"
        case str():
            return sqlite_string(value)
        case {"hex": digits}:
            return f"X'{digits}'"
    return repr(value)


def _conflict(said: Mapping[str, Value]) -> str:
    return f" ON CONFLICT {str(said['on_conflict']).upper()}" if said["on_conflict"] else ""


def _named(kind: str, values: Sequence[Value]) -> Mapping[str, Value]:
    return dict(zip(ATTRIBUTES[kind], values, strict=True))
