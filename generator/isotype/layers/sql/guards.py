"""SQLite's triggers: what no CHECK can look at, stamps and transitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from isotype.dialects.expressions.sqlite import print_expression
from isotype.dialects.literals.sql import sql_identifier, sqlite_string
from isotype.dialects.sqlite import now
from isotype.dialects.sqlite import table_name as prefixed_name
from isotype.dialects.sqlite.documents import Structure
from isotype.dialects.sqlite.gaps import RULES_IN_JSON
from isotype.domain.expressions import names as expression_names
from isotype.domain.identifiers import shorten
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import INTEGERS, TEXTUAL, EnumType, ObjectType, Scalar, Type
from isotype.layers.sql.layout import laid_out
from isotype.tables.model import ForeignKey, JsonStructure, Table, Tables, TransitionGuard


def refusal(table_name: str, name: str, stem: str, reads: tuple[str, ...], condition: str) -> Iterator[str]:
    """Two triggers that refuse a row for which the condition is FALSE, with the words of a failed CHECK."""
    table = sql_identifier(table_name)
    events = (("insert", "INSERT"), ("update", f"UPDATE OF {', '.join(map(sql_identifier, reads))}"))
    when = _when(condition)
    for suffix, event in events:
        yield _trigger(
            shorten(f"{stem}_{suffix}"),
            f"BEFORE {event} ON {table}",
            when,
            f"SELECT RAISE(ABORT, {_message(f'CHECK constraint failed: {name}')});",
        )


def stamp_statements(table: Table, table_name: str, name: str) -> Iterator[str]:
    """The trigger that sets columns to the current instant on every UPDATE.

    Its own UPDATE is followed by one of no row, so that it ends even where triggers are recursive.
    """
    if table.stamp is None:
        return
    instants = [(sql_identifier(column), now(table.column(column).type)) for column in table.stamp.columns]
    differs = " OR ".join(f"{column} IS NOT {instant}" for column, instant in instants)
    condition = f"({differs})" if len(instants) > 1 else differs
    changes = ", ".join(f"{column} = {instant}" for column, instant in instants)
    row = next(word for word in ("rowid", "_rowid_", "oid") if all(column.name != word for column in table.columns))
    yield _trigger(
        name,
        f"AFTER UPDATE ON {sql_identifier(table_name)}",
        "",
        f"UPDATE {sql_identifier(table_name)} SET {changes}\n    WHERE {row} = NEW.{row} AND {condition};",
    )


def transition_statements(guard: TransitionGuard, table_name: str, name: str, nullable: bool) -> Iterator[str]:
    """The triggers of a state machine; what they raise is the name of the guard."""
    table, column = sql_identifier(table_name), sql_identifier(guard.column)
    raising = f"SELECT RAISE(ABORT, {_message(guard.name)});"
    every = not guard.transitions.bounds_starts
    initial = _list(guard.transitions.initial)
    if not every:
        yield _trigger(
            shorten(f"{name}_insert"),
            f"BEFORE INSERT ON {table}",
            f"WHEN NEW.{column} NOT IN ({initial})",
            raising,
        )
    branches = [
        f"WHEN {sqlite_string(value)} THEN NEW.{column} IN ({_list(targets)})"
        for value, targets in guard.transitions.moves
        if targets
    ]
    if nullable:
        start = "" if every else f" AND NEW.{column} IN ({initial})"
        begins = f"OLD.{column} IS NULL{start}"
        moves = f"CASE OLD.{column} {' '.join((*branches, f'ELSE {begins}'))} END" if branches else f"({begins})"
    else:
        # What ends in no branch is NULL, and moves nowhere.
        moves = f"CASE OLD.{column} {' '.join(branches)} END" if branches else ""
    asked = (f"NEW.{column} IS NOT OLD.{column}", *([f"{moves} IS NOT TRUE"] if moves else []))
    yield _trigger(name, f"BEFORE UPDATE ON {table}", _when(" AND ".join(asked)), raising)


def unlink_statement(key: ForeignKey, table_name: str, name: str) -> str:
    """The trigger that nulls some columns of a reference whose target is deleted; the reference is judged after it."""
    target = sql_identifier(prefixed_name(key.target_schema, key.target_table))
    changes = ", ".join(f"{sql_identifier(column)} = NULL" for column in key.nulled)
    pairs = zip(key.columns, key.target_columns, strict=True)
    rows = " AND ".join(f"{sql_identifier(column)} = OLD.{sql_identifier(there)}" for column, there in pairs)
    action = f"UPDATE {sql_identifier(table_name)} SET {changes}\n    WHERE {rows};"
    return f"CREATE TRIGGER {sql_identifier(name)} AFTER DELETE ON {target}\nBEGIN\n    {action}\nEND;"


def json_structure(tables: Tables) -> Callable[[str], Structure]:
    """What is known about a typed JSON object, its rules printed over what SQLite can read out of JSON."""

    def structure(name: str) -> Structure:
        found = tables.structure(ObjectType(name))
        return Structure(found.properties, lambda spell: _rules(found, spell))

    return structure


def _rules(structure: JsonStructure, spell: Callable[[str], str]) -> tuple[list[str], list[NotExpressible]]:
    types = {entry.name: entry.type for entry in structure.properties}
    rules: list[str] = []
    gaps: list[NotExpressible] = []
    for rule in structure.rules:
        if rule.expression is None:
            continue
        if not all(is_readable(types[name]) for name in expression_names(rule.expression)):
            gaps.append(RULES_IN_JSON)
            continue
        text = print_expression(rule.expression, lambda name: _operand(types[name], spell(name)), "trigger")
        if isinstance(text, NotExpressible):
            gaps.append(text)
        else:
            rules.append(text)
    return rules, gaps


def is_readable(of: Type) -> bool:
    """Whether SQLite can read a value of the type out of JSON for a rule."""
    match of:
        case Scalar(base=base):
            return base in (*TEXTUAL, *INTEGERS, "bool", "float", "date")
        case EnumType():
            return True
    return False


def _operand(of: Type, value: str) -> str:
    return f"CAST({value} AS INTEGER)" if isinstance(of, Scalar) and of.base in INTEGERS else value


def _trigger(name: str, event: str, when: str, action: str) -> str:
    head = f"CREATE TRIGGER {sql_identifier(name)} {event}"
    return "\n".join((head, *filter(None, (when,)), "BEGIN", f"    {action}", "END;"))


def _when(condition: str) -> str:
    lines = laid_out(condition, 4)
    return f"WHEN {condition}" if len(lines) == 1 else "\n".join(("WHEN", *lines))


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(map(sqlite_string, values))


def _message(text: str) -> str:
    """RAISE takes a string literal, never an expression; names hold no character that needs more."""
    return "'" + text.replace("'", "''") + "'"
