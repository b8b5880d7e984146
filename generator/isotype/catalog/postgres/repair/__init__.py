"""The statements that make a PostgreSQL database as expected, from its differences.

```
creating     how an object is made, from its facts
dropping     how it is dropped
changing     how one that is there becomes what is expected
rebuilding   what holds on to something that changes, and is made anew with it
types        a change of type, and what it does to values
hypertables  what TimescaleDB makes of a table
steps        the order in which all of it can run
```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isotype.catalog.differences import DIFFERENT, EXTRA, MISSING, Difference, Statement
from isotype.catalog.facts import Facts, Path
from isotype.catalog.postgres.layout import RELATIONS, named, text
from isotype.catalog.postgres.names import mentions, paths, qualified
from isotype.catalog.postgres.repair.changing import Change, Sides, changes, decision
from isotype.catalog.postgres.repair.creating import (
    CREATABLE,
    alter,
    columns_of,
    creation,
    default,
    parts,
)
from isotype.catalog.postgres.repair.dropping import destruction, removal
from isotype.catalog.postgres.repair.rebuilding import Dependants, Target
from isotype.catalog.postgres.repair.steps import Phase, Planned, Step, arranged
from isotype.catalog.postgres.repair.types import conversion, loss
from isotype.dialects.literals.sql import sql_identifier
from isotype.domain.identifiers import shorten
from isotype.domain.values import replace

__all__ = ["statements"]


def statements(differences: Sequence[Difference], expected: Facts, actual: Facts) -> tuple[Statement, ...]:
    """What repairs the differences, in an order in which all of it can run; see `comparison.repair`."""
    return arranged(_planned(_in_order(differences, expected), Sides(expected, actual)))


def _in_order(differences: Sequence[Difference], expected: Facts) -> list[Difference]:
    """Rows after those that they can refer to; what holds on to others before it."""
    tables = _referred_first(expected, {path[:2] for path in expected.of("row")})
    rows = sorted(expected.of("row"), key=lambda path: tables.index(path[:2]))
    position = {path: number for number, path in enumerate(rows)}

    def place(of: Difference) -> tuple[int, int]:
        holds_on = of.way == EXTRA and of.kind in _HOLDING
        return position.get(of.path, -1), _HOLDING.index(of.kind) if holds_on else len(_HOLDING)

    return sorted(differences, key=place)


def _referred_first(facts: Facts, tables: set[Path]) -> list[Path]:
    """Tables after those that they refer to, as far as that goes."""
    referred: dict[Path, set[Path]] = {table: set() for table in tables}
    for path, values in facts.of("constraint").items():
        if path[:2] in tables and values[0] == "foreign key":
            referred[path[:2]] |= tables & mentions(str(values[1]).partition(" REFERENCES ")[2]).qualified - {path[:2]}
    ordered: dict[Path, None] = {}
    while left := [table for table in sorted(tables) if table not in ordered]:
        free = [table for table in left if referred[table] <= ordered.keys()]
        ordered |= dict.fromkeys(free or left)
    return list(ordered)


_HOLDING = ("trigger", "policy", "rule", "constraint", "index", "column")
"""What is dropped before what: each can hold on to the ones after it."""


def _planned(differences: Sequence[Difference], sides: Sides) -> Iterator[Planned]:
    causes: dict[Target, list[Difference]] = {}
    steps: list[Planned] = []
    for difference in differences:
        for change in _changes(sides, difference):
            if isinstance(change, Target):
                causes.setdefault(change, []).append(difference)
            else:
                steps.append(Planned(change, (difference,)))
    anew = Dependants(sides.actual).closure(_unless_replaceable(sides, causes, steps))
    for target, first in anew.items():
        why = tuple(causes.get(target, ())) or tuple(causes[first])
        path = next((difference.path for difference in why if difference.live == target.path), target.path)
        steps += [Planned(step, why) for step in _rebuilding(sides, target, path, anew)]
    made_anew = {(d.kind, d.live or d.path) for target in causes if target in anew for d in causes[target]}
    yield from (one for one in steps if not _is_renaming(one, made_anew))


def _changes(sides: Sides, of: Difference) -> Iterator[Change]:
    """What a difference asks for; an object that nobody declared is left alone."""
    if of.way == MISSING:
        yield from _making(sides, of)
    elif of.way == EXTRA:
        yield destruction(sides.actual, of.kind, of.path)
    elif of.way == DIFFERENT:
        yield from changes(sides, of)


def _is_renaming(one: Planned, made_anew: set[tuple[str, Path]]) -> bool:
    """True for the renaming of what is made anew under its new name anyway."""
    return any(d.attribute == "name" and (d.kind, d.live or d.path) in made_anew for d in one.differences)


def _making(sides: Sides, of: Difference) -> Iterator[Step]:
    """What makes a missing object, and all its parts."""
    if of.kind not in CREATABLE:
        yield decision("raw SQL makes it; run that")
        return
    if of.kind in RELATIONS:
        taken = [kind for kind in RELATIONS if of.path in sides.actual.of(kind)]
        if taken:
            yield decision(f"a {taken[0]} has its name")
            return
    if of.kind == "table" and any(_partitioned_otherwise(sides, path) for path in _parents(sides.expected, of.path)):
        yield decision("its table has to be partitioned as expected first")
        return
    if of.kind == "column sequence" and (name := _of_nobody(sides, of.path)):
        yield Step(Phase.STATE, f"ALTER SEQUENCE {name} OWNED BY {qualified(of.path)}")
        return
    if of.kind == "column" and of.path[:2] not in sides.expected.of("table"):
        return
    yield from creation(sides.expected, of.kind, of.path)
    if of.kind in RELATIONS:
        for kind, path in parts(sides.expected, of.path):
            yield from creation(sides.expected, kind, path)


def _of_nobody(sides: Sides, column: Path) -> str:
    """The name of a column's sequence where that is there, and is no column's; '' otherwise."""
    name = text(sides.expected, "column sequence", column, "name")
    return name if paths(name)[0] in sides.actual.of("sequence") else ""


def _parents(facts: Facts, table: Path) -> tuple[Path, ...]:
    return paths(text(facts, "table", table, "parents"))


def _partitioned_otherwise(sides: Sides, table: Path) -> bool:
    keys = {
        text(facts, "table", table, "partition_key")
        for facts in (sides.expected, sides.actual)
        if table in facts.of("table")
    }
    return len(keys) > 1


def _unless_replaceable(sides: Sides, causes: dict[Target, list[Difference]], steps: list[Planned]) -> list[Target]:
    """The targets but for views of the same columns, which are replaced where they stand unless something else goes."""
    views = [target for target in causes if target.kind == "view" and _same_columns(sides, target.path)]
    others = [target for target in causes if target not in views]
    gone = Dependants(sides.actual).closure(others) if views else {}
    for target in views:
        if target in gone:
            others.append(target)
            continue
        for step in creation(sides.expected, "view", target.path):
            if step.phase == Phase.VIEW:
                replaced = step.sql.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
                steps.append(Planned(Step(step.phase, replaced, step.makes), tuple(causes[target])))
    return others


def _same_columns(sides: Sides, path: Path) -> bool:
    wanted, had = (
        [(column[2], facts.of("column")[column][0]) for column in columns_of(facts, path)]
        for facts in (sides.expected, sides.actual)
    )
    return wanted[: len(had)] == had


def _rebuilding(sides: Sides, target: Target, expected: Path, anew: dict[Target, Target]) -> Iterator[Step]:
    """What drops a live object and makes it again, as it is `expected` or, where nobody expects it, as it was."""
    kind, path = target.kind, target.path
    if kind in ("column", "column type", "default") and _parent_changes(sides.actual, target, anew):
        return
    match kind:
        case "column type":
            yield from _retyping(sides, path)
            return
        case "default":
            yield Step(Phase.DROP_USES, default(path, None))
            if path in sides.expected.of("column"):
                yield Step(Phase.TABLE, default(path, named(sides.expected, "column", path)["default"]))
            return
        case "enum type":
            old = qualified((path[0], shorten(f"{path[1]}_replaced")))
            yield Step(Phase.SCHEMA, f"ALTER TYPE {qualified(path)} RENAME TO {old.rpartition('.')[2]}")
            yield from creation(sides.expected, kind, path)
            yield Step(Phase.DROP_TYPES, f"DROP TYPE {old}")
            return
    facts, as_kind, as_path = _model(sides, kind, path, expected)
    steps = (removal(sides.actual, kind, path), *creation(facts, as_kind, as_path))
    if kind == "column" and not named(sides.actual, kind, path)["generated"]:
        lost = "the values that the column holds are given up for computed ones"
        yield from (
            replace(step, destructive=True, note=lost) if step.phase in (Phase.DROP_PARTS, Phase.COMPUTED) else step
            for step in steps
        )
        return
    granted = "what was granted on it has to be granted again" if kind in _GRANTED else ""
    yield replace(steps[0], note=granted)
    yield from steps[1:]


_GRANTED = ("view", "materialized view", "function", "procedure")


def _model(sides: Sides, kind: str, path: Path, expected: Path) -> tuple[Facts, str, Path]:
    """After which facts an object is made again: the expected ones, where the object may be of the other kind."""
    if expected in sides.expected.of(kind):
        return sides.expected, kind, expected
    if kind == "index":
        constraint = (path[0], text(sides.actual, kind, path, "table"), path[1])
        if constraint in sides.expected.of("constraint"):
            return sides.expected, "constraint", constraint
    if kind == "constraint" and (path[0], path[2]) in sides.expected.of("index"):
        return sides.expected, "index", (path[0], path[2])
    return sides.actual, kind, path


def _parent_changes(facts: Facts, target: Target, anew: dict[Target, Target]) -> bool:
    """True for a column of a partition: what is done to the table is done to it."""
    parents = _parents(facts, target.path[:2])
    return any(Target(target.kind, (*parent, target.path[2])) in anew for parent in parents)


def _retyping(sides: Sides, path: Path) -> Iterator[Step]:
    had = named(sides.actual, "column", path)
    wanted = named(sides.expected, "column", path) if path in sides.expected.of("column") else had
    name = sql_identifier(path[2])
    before, after = str(had["type"]), str(wanted["type"])
    if had["default"] is not None:
        # A default of the old type may not convert by itself.
        yield Step(Phase.DROP_USES, default(path, None))
    if had["default"] is not None and wanted["default"] is not None:
        yield Step(Phase.TABLE, default(path, wanted["default"]))
    replaced = before == after and (had["collation"], wanted["collation"]) == (None, None)
    using = f" USING {name}::text::{after}" if replaced else conversion(name, before, after)
    note = "values that the new type does not have refuse it" if replaced else loss(before, after)
    collation = f" COLLATE {wanted['collation']}" if wanted["collation"] else ""
    if not wanted["collation"] and had["collation"]:
        collation = ' COLLATE pg_catalog."default"'
    if before == after and not replaced:
        note = ""
    yield Step(Phase.COLUMN, alter(path, f"ALTER COLUMN {name} TYPE {after}{collation}{using}"), note=note)
