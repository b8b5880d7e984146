"""Broken keys that no rows show, each with the sentence that proves it."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.domain.lazy import NamedTuple
from isotype.domain.values import replace
from isotype.probes.neighbours import UniqueKey, unique_keys
from isotype.tables.model import ForeignKey, Table

SAME_ACTION = "Of the one row that a statement is about, both actions refuse the same, and do the same."
NEVER_LATE = "SQLite puts references off where a pragma says so, and not where they do."
SAID = "The other keys of the table say that already, or it asks what none of them lets happen."


def proof(engine: str, before: Table, after: Table) -> str:
    """The sentence that proves that no rows show what is broken; '' where there is none."""
    if replace(after, foreign_keys=before.foreign_keys) == before:
        pairs = [(one, two) for one, two in zip(before.foreign_keys, after.foreign_keys, strict=False) if one != two]
        if len(before.foreign_keys) != len(after.foreign_keys) or len(pairs) != 1:
            return ""
        [(one, other)] = pairs
        if engine == "sqlite" and replace(other, deferrable=one.deferrable) == one:
            return NEVER_LATE
        actions = replace(other, on_delete=one.on_delete, on_update=one.on_update, written=one.written) == one
        return SAME_ACTION if actions and _effects(engine, before, one) == _effects(engine, after, other) else ""
    keys = replace(after, uniques=before.uniques, indexes=before.indexes, primary_key=before.primary_key) == before
    return SAID if keys and set(_needed(before)) == set(_needed(after)) else ""


# References


def _effects(engine: str, table: Table, key: ForeignKey) -> tuple[object, object]:
    """What becomes of a row when what it refers to is deleted, and when its key changes."""
    return (
        _effect(engine, table, key, key.on_delete, key.nulled or key.columns),
        _effect(engine, table, key, key.on_update, key.columns),
    )


def _effect(engine: str, table: Table, key: ForeignKey, action: str, columns: tuple[str, ...]) -> object:
    match action:
        case "cascade":
            return action
        case "no action" if key.deferrable and engine != "sqlite":
            return "refused at the end"
        case "no action" | "restrict":
            return "refused"
    held = map(table.column, columns if action == "set null" else key.columns)
    made = {column.name: None if action == "set null" else column.default for column in held}
    if any(value is None and not table.column(name).nullable for name, value in made.items()):
        return "refused"
    return frozenset(made.items())


# Unique keys


class _Key(NamedTuple):
    """A unique key: what it is made of, whether it holds of all rows and knows no null, and what else it says."""

    columns: frozenset[str]
    strict: bool
    rest: object


def _needed(table: Table) -> Iterator[_Key]:
    """The unique keys of a table, but those that follow from others."""
    keys = [_known(table, key) for key in unique_keys(table, hidden=True)]
    for place, key in enumerate(keys):
        stricter = (other for number, other in enumerate(keys) if other.strict and number != place)
        if not any(
            other.columns < key.columns or (other.columns == key.columns and other != key) for other in stricter
        ):
            yield key


def _known(table: Table, key: UniqueKey) -> _Key:
    filled = table.primary_key.columns if table.primary_key else ()
    nullable = any(table.column(name).nullable and name not in filled for name in key.columns)
    strict = key.plain and key.where is None and not (nullable and key.nulls_distinct)
    index = next((one for one in table.indexes if one.name == key.name), None)
    rest = None if strict else (key.where, index.keys if index else nullable and key.nulls_distinct)
    return _Key(frozenset(key.columns), strict, (key.deferrable, rest))
