"""Where things are in the facts: positions of attributes, and the table that an object is part of."""

from __future__ import annotations

from collections.abc import Mapping

from isotype.catalog.facts import Facts, Path, Value
from isotype.catalog.postgres.queries import ATTRIBUTES

RELATIONS = ("table", "view", "materialized view", "foreign table")
PARTS = ("column", "constraint", "trigger", "policy", "rule", "column sequence", "row")
"""Kinds whose path starts with the path of their relation."""

_POSITIONS: Mapping[str, Mapping[str, int]] = {
    kind: {name: position for position, name in enumerate(names)} for kind, names in ATTRIBUTES.items()
}


def value(facts: Facts, kind: str, path: Path, attribute: str) -> Value:
    """One attribute of an object that is there."""
    return facts.of(kind)[path][_POSITIONS[kind][attribute]]


def text(facts: Facts, kind: str, path: Path, attribute: str) -> str:
    """The same as text; '' for None."""
    found = value(facts, kind, path, attribute)
    return "" if found is None else str(found)


def named(facts: Facts, kind: str, path: Path) -> dict[str, Value]:
    """The attributes of an object by name."""
    return dict(zip(ATTRIBUTES[kind], facts.of(kind)[path], strict=True))


def relation_of(facts: Facts, kind: str, path: Path) -> Path | None:
    """The relation that an object is part of; None for one that stands by itself."""
    if kind in PARTS:
        return path[:2]
    if kind == "hypertable":
        return path
    if kind == "index":
        return path[0], text(facts, kind, path, "table")
    return None
