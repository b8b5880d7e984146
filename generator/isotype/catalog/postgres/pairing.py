"""Objects that stand for each other though their names or kinds differ."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

from isotype.catalog.expressions.types import NOWHERE, Scope
from isotype.catalog.facts import Facts, Path
from isotype.catalog.postgres import spelling
from isotype.catalog.postgres.layout import relation_of, text, value
from isotype.catalog.postgres.naming import is_made_up
from isotype.domain.values import frozen

Sides = dict[str, set[Path]]
"""By kind, the objects that only one side has."""

Scopes = Callable[[Path], Scope]
"""From a relation to what the names in its expressions mean."""


@frozen
class Pair:
    """An expected object and the live one that stands for it."""

    kind: str
    path: Path
    live_kind: str
    live: Path


def pair_off(expected: Facts, actual: Facts, missing: Sides, extra: Sides, scope: Scopes) -> Iterator[Pair]:
    """The pairs among what is missing and what is extra; they are taken out of both."""
    if not any(missing[kind] and extra[other] for kind in _KINDS for other in _KINDS):
        return
    for find in (_same_name, _same_content):
        for pair in tuple(find(expected, actual, missing, extra, scope)):
            missing[pair.kind].discard(pair.path)
            extra[pair.live_kind].discard(pair.live)
            yield pair


_KINDS = ("constraint", "index")


def is_renamed(expected: Facts, actual: Facts, pair: Pair) -> bool:
    """True when somebody, and not the server, gave both of a pair their names."""
    sides = ((expected, pair.kind, pair.path), (actual, pair.live_kind, pair.live))
    return pair.path[-1] != pair.live[-1] and not any(_is_made_up(*side) for side in sides)


def same_uniqueness(expected: Facts, actual: Facts, pair: Pair) -> bool:
    """True when a constraint and an index make the same rows unique."""
    sides = {pair.kind: (expected, pair.path), pair.live_kind: (actual, pair.live)}
    constraint, index = (text(sides[kind][0], kind, sides[kind][1], "definition") for kind in _KINDS)
    as_index = spelling.unique_index(constraint, index)
    return bool(as_index) and spelling.index_parts(as_index, NOWHERE) == spelling.index_parts(index, NOWHERE)


def _same_name(expected: Facts, actual: Facts, missing: Sides, extra: Sides, scope: Scopes) -> Iterator[Pair]:
    """A constraint and an index of one table and one name, either way round."""
    for path in sorted(missing["constraint"]):
        standing = path[0], path[2]
        if standing in extra["index"] and relation_of(actual, "index", standing) == path[:2]:
            yield Pair("constraint", path, "index", standing)
    for index in sorted(missing["index"]):
        constraint = (index[0], text(expected, "index", index, "table"), index[1])
        if constraint in extra["constraint"]:
            yield Pair("index", index, "constraint", constraint)


def _same_content(expected: Facts, actual: Facts, missing: Sides, extra: Sides, scope: Scopes) -> Iterator[Pair]:
    """Constraints and indexes of one table and one content under two names; the two primary keys of a table."""
    for kind in _KINDS:
        had: dict[Hashable, list[Path]] = {}
        for path in sorted(extra[kind]):
            had.setdefault(_content(actual, kind, path, scope), []).append(path)
        for path in sorted(missing[kind]):
            twins = had.get(_content(expected, kind, path, scope))
            if twins:
                yield Pair(kind, path, kind, twins.pop(0))


def _content(facts: Facts, kind: str, path: Path, scope: Scopes) -> Hashable:
    definition = text(facts, kind, path, "definition")
    if kind == "index":
        relation = path[0], text(facts, kind, path, "table")
        return (*relation, *spelling.index_parts(definition, scope(relation)).items())
    of = value(facts, kind, path, "type")
    # A table has one primary key, whatever it is called.
    content = {} if of == "primary key" else spelling.constraint_parts(definition, scope(path[:2]))
    return (*path[:2], of, *content.items())


def _is_made_up(facts: Facts, kind: str, path: Path) -> bool:
    definition = text(facts, kind, path, "definition")
    if kind == "index":
        return is_made_up("index", text(facts, kind, path, "table"), path[-1], definition.partition(" USING ")[2])
    return is_made_up(text(facts, kind, path, "type"), path[1], path[-1], definition)
