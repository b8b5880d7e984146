"""Where a database has expressions, and the statement that gives each another spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from isotype.catalog.expressions import (
    Scope,
    constraint_definition,
    index_definition,
    query_scope,
    scopes,
    trigger_definition,
)
from isotype.catalog.expressions.types import NOWHERE
from isotype.catalog.facts import Facts, Path
from isotype.catalog.postgres.names import qualified
from isotype.dialects.literals.sql import sql_identifier
from isotype.domain.values import frozen
from tests.catalog.mutations.model import Spot


@frozen
class Place:
    """An expression of an object: what names mean in it, and the statement that writes it otherwise."""

    kind: str
    path: Path
    role: str
    text: str
    scope: Scope
    statement: Callable[[str], str]


def places(facts: Facts) -> Iterator[Place]:
    """Every expression of a database."""
    known = scopes(facts)
    for kind, find in _PLACES.items():
        for path in facts.of(kind):
            spot = Spot(facts, kind, path)
            relation = (path[0], spot.text("table")) if kind == "index" else path[:2]
            yield from find(spot, known.get(relation, Scope({}, next(iter(known.values()), NOWHERE).named)))


def _columns(spot: Spot, scope: Scope) -> Iterator[Place]:
    if not spot.is_of_table:
        return
    table, name = f"ALTER TABLE {spot.table}", sql_identifier(spot.path[2])
    if spot.of["default"] is not None:
        set_default = f"{table} ALTER COLUMN {name} SET DEFAULT "
        yield Place("column", spot.path, "default", spot.text("default"), scope, lambda text: set_default + text)
    if spot.of["expression"] is not None and spot.major >= 17:
        anew = f"{table} ALTER COLUMN {name} SET EXPRESSION AS "
        expression = spot.text("expression")
        yield Place("column", spot.path, "expression", expression, scope, lambda text: f"{anew}({text})")


def _constraints(spot: Spot, scope: Scope) -> Iterator[Place]:
    definition, name = spot.text("definition"), sql_identifier(spot.path[2])
    read = constraint_definition(definition)
    assert read is not None
    head = f"ALTER TABLE {spot.table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} "
    comment = spot.comment_on(f"CONSTRAINT {name} ON {spot.table}")
    texts = {"check": read.expression, "predicate": read.predicate or ""}
    for role, part in texts.items():
        if part:
            yield Place("constraint", spot.path, role, part, scope, _within(definition, part, head, comment))


def _indexes(spot: Spot, scope: Scope) -> Iterator[Place]:
    definition = spot.text("definition").replace(" ON ONLY ", " ON ", 1)
    read = index_definition(definition)
    assert read is not None
    head, comment = f"DROP INDEX {spot.sql}; ", spot.comment_on(f"INDEX {spot.sql}")
    for key in read.keys:
        if key.column is None:
            yield Place(
                "index", spot.path, "key", key.expression, scope, _key(definition, key.expression, head, comment)
            )
    if read.predicate is not None:
        # Nothing stands after a predicate.
        start = definition.removesuffix(read.predicate)
        yield Place(
            "index", spot.path, "predicate", read.predicate, scope, lambda text: f"{head}{start}({text}){comment}"
        )


def _triggers(spot: Spot, scope: Scope) -> Iterator[Place]:
    definition, name = spot.text("definition"), sql_identifier(spot.path[2])
    read = trigger_definition(definition)
    assert read is not None
    if read.condition is not None:
        head = f"DROP TRIGGER {name} ON {spot.table}; "
        comment = spot.comment_on(f"TRIGGER {name} ON {spot.table}")
        yield Place(
            "trigger", spot.path, "condition", read.condition, scope, _within(definition, read.condition, head, comment)
        )


def _views(spot: Spot, scope: Scope) -> Iterator[Place]:
    """What a query asks of a row: the group behind each WHERE, HAVING and ON."""
    text, kind = spot.text("definition").removesuffix(";"), spot.kind.upper()
    head = f"CREATE OR REPLACE VIEW {spot.sql}{f' WITH ({options})' if (options := spot.text('options')) else ''} AS "
    ending = ""
    if spot.kind == "materialized view":
        head = f"DROP MATERIALIZED VIEW {spot.sql} CASCADE; CREATE MATERIALIZED VIEW {spot.sql} AS "
        ending = spot.comment_on(f"{kind} {spot.sql}") + _indexes_of(spot)
    known = query_scope(text, scopes(spot.facts))
    for found in re.finditer(r"\b(WHERE|HAVING|ON) (?=\()", text):
        group = _group(text, found.end())
        whole = text[found.end() : found.end() + len(group) + 2]
        start, rest = text[: found.end()], text[found.end() + len(whole) :]
        yield Place(spot.kind, spot.path, found[1].lower(), group, known, _around(head + start, rest + ending))


def _around(start: str, ending: str) -> Callable[[str], str]:
    return lambda text: f"{start}({text}){ending}"


def _group(text: str, at: int) -> str:
    """What stands in the parentheses that open there."""
    depth = 0
    for found in re.finditer(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[()]", text[at:]):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return text[at + 1 : at + found.start()]
    raise AssertionError(text)


def _indexes_of(spot: Spot) -> str:
    made = ""
    for path, values in spot.facts.of("index").items():
        if (path[0], values[0]) == spot.path:
            made += f"; {values[1]}{Spot(spot.facts, 'index', path).comment_on(f'INDEX {qualified(path)}')}"
    for path in spot.facts.of("column"):
        if path[:2] == spot.path:
            column = f"COLUMN {qualified(path)}"
            made += Spot(spot.facts, "column", path).comment_on(column)
    return made


def _policies(spot: Spot, scope: Scope) -> Iterator[Place]:
    head = f"ALTER POLICY {sql_identifier(spot.path[2])} ON {spot.table} "
    for role, clause in (("using", "USING"), ("with_check", "WITH CHECK")):
        if spot.of[role] is not None:
            yield Place("policy", spot.path, role, spot.text(role), scope, _clause(f"{head}{clause} "))


def _domains(spot: Spot, scope: Scope) -> Iterator[Place]:
    head = f"ALTER DOMAIN {spot.sql} "
    if spot.of["default"] is not None:
        yield Place("domain", spot.path, "default", spot.text("default"), scope, _clause(f"{head}SET DEFAULT "))
    for name, definition in json.loads(spot.text("checks") or "[]"):
        read = constraint_definition(definition)
        assert read is not None
        named = sql_identifier(name)
        again = f"{head}DROP CONSTRAINT {named}; {head}ADD CONSTRAINT {named} CHECK "
        value = Scope({"value": spot.text("type")}, scope.named)
        yield Place("domain", spot.path, "check", read.expression, value, _clause(again))


def _clause(head: str) -> Callable[[str], str]:
    return lambda text: f"{head}({text})"


def _within(definition: str, part: str, head: str, comment: str) -> Callable[[str], str]:
    """The definition with a part, which stands in parentheses, replaced."""
    start, _, ending = definition.partition(f"({part})")
    return lambda text: f"{head}{start}({text}){ending}{comment}"


def _key(definition: str, part: str, head: str, comment: str) -> Callable[[str], str]:
    """The definition with a key replaced; a call may stand without parentheses, anything else in them."""
    at = definition.index(part, definition.index(" USING "))
    return lambda text: f"{head}{definition[:at]}({text}){definition[at + len(part) :]}{comment}"


_PLACES: dict[str, Callable[[Spot, Scope], Iterator[Place]]] = {
    "column": _columns,
    "constraint": _constraints,
    "index": _indexes,
    "trigger": _triggers,
    **dict.fromkeys(("view", "materialized view"), _views),
    "policy": _policies,
    "domain": _domains,
}
