"""How an object is dropped."""

from __future__ import annotations

from collections.abc import Mapping

from isotype.catalog.facts import Facts, Path
from isotype.catalog.postgres.layout import text
from isotype.catalog.postgres.names import mentions
from isotype.catalog.postgres.repair.creating import address, alter, early_text, function_name
from isotype.catalog.postgres.repair.steps import Phase, Step
from isotype.dialects.literals.sql import sql_identifier

_PHASES: Mapping[str, Phase] = {
    "trigger": Phase.DROP_USES,
    "policy": Phase.DROP_USES,
    "rule": Phase.DROP_USES,
    "view": Phase.DROP_VIEWS,
    "materialized view": Phase.DROP_VIEWS,
    "function": Phase.DROP_DEFINITIONS,
    "procedure": Phase.DROP_DEFINITIONS,
    "index": Phase.DROP_USES,
    "column": Phase.DROP_PARTS,
}


def removal(facts: Facts, kind: str, path: Path) -> Step:
    """What drops an object to make room for another in its place."""
    sql = _drop(facts, kind, path)
    if kind == "constraint":
        is_reference = text(facts, kind, path, "type") == "foreign key"
        return Step(Phase.DROP_USES if is_reference else Phase.DROP_REFERENCES, sql)
    made = function_name(path) if kind in ("function", "procedure") else path
    shown = text(facts, kind, path, "definition") if kind in ("view", "materialized view", "function") else ""
    needs = mentions(early_text(shown)).qualified if shown else frozenset()
    return Step(_PHASES[kind], sql, made, needs=needs)


def destruction(facts: Facts, kind: str, path: Path) -> Step:
    """What drops an object that nobody expects."""
    if kind == "hypertable":
        return Step(Phase.DECIDE, "", note="the rows of the table have to move to a new one without chunks")
    return Step(Phase.DESTROY, _drop(facts, kind, path), destructive=True)


def _drop(facts: Facts, kind: str, path: Path) -> str:
    if kind == "constraint":
        return alter(path, f"DROP CONSTRAINT {sql_identifier(path[2])}")
    if kind == "column":
        return alter(path, f"DROP COLUMN {sql_identifier(path[2])}")
    return f"DROP {address(facts, kind, path)}"
