"""Every table in which one thing is another: a column, a default, a CHECK, a move, a property of typed JSON.

A table stands alone: references and rows of others are no part of what a row is judged by, and what is broken loads the
faster for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from isotype.domain.expressions import rename
from isotype.domain.model import Default, Transitions
from isotype.domain.types import Enum, EnumType, ObjectType, Scalar, Type, innermost
from isotype.domain.values import frozen, replace
from isotype.probes.numbers import limits
from isotype.tables.model import Check, Column, JsonProperty, JsonStructure, Table, Tables, UpdateStamp
from tests.conformance.mutations import expressions, types

Change = tuple[str, tuple[str, ...], Table]
"""The class of a change, the columns that it is about, and what the table is then."""


@frozen
class Broken:
    """One thing that is wrong in the relational projection: its class, its place, the columns it is about.

    `alone` are the tables that show it, each as a projection of its own.
    """

    kind: str
    where: str
    columns: tuple[str, ...]
    alone: tuple[Tables, ...]


def broken(tables: Tables) -> Iterator[Broken]:
    """Every change of one node of a domain's tables."""
    for table in tables.tables:
        for kind, columns, made in _of_table(table):
            yield Broken(kind, ".".join((table.name, *columns)), columns, (alone(tables, made),))
    for structure in tables.structures:
        for kind, name, changed in _of_structure(structure):
            structures = tuple(changed if one is structure else one for one in tables.structures)
            where = f"{structure.name}.{name}" if name else structure.name
            yield Broken(kind, where, (), _reaching(replace(tables, structures=structures), structure.name))
    for enum in tables.enum_types:
        for kind, member, other in types.enum_mutated(enum):
            changed_types = tuple(other if one is enum else one for one in tables.enum_types)
            holding = [table for table in tables.tables if any(_enum(column.type) == enum for column in table.columns)]
            whole = replace(tables, enum_types=changed_types)
            yield Broken(kind, f"{enum.name}.{member}", (), tuple(alone(whole, table) for table in holding))


def alone(tables: Tables, table: Table) -> Tables:
    """One table of a projection with nothing but what it is made of."""
    own = replace(table, foreign_keys=(), indexes=(), rows=(), row_places=())
    inside = reached(tables, (column.type for column in table.columns))
    return replace(
        tables,
        tables=(own,),
        views=(),
        raw_sql=tuple(raw for raw in tables.raw_sql if raw.before),
        structures=tuple(one for one in tables.structures if one.name in inside),
    )


def _reaching(tables: Tables, name: str) -> tuple[Tables, ...]:
    """The tables with a column in which a typed JSON object stands, the smallest first."""
    found = [one for one in tables.tables if name in reached(tables, (column.type for column in one.columns))]
    return tuple(alone(tables, one) for one in sorted(found, key=lambda one: len(one.columns)))


def reached(tables: Tables, roots: Iterable[Type]) -> set[str]:
    """The typed JSON objects that stand in values of some types."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        of = innermost(waiting.pop())
        if isinstance(of, ObjectType) and of.name not in found:
            found.add(of.name)
            waiting += (entry.type for entry in tables.structure(of).properties)
    return found


def _enum(of: Type) -> Enum | None:
    held = innermost(of)
    return held.enum if isinstance(held, EnumType) else None


# Tables


def _of_table(table: Table) -> Iterator[Change]:
    for place, column in enumerate(table.columns):
        for kind, other in _of_column(table, column):
            columns = (*table.columns[:place], other, *table.columns[place + 1 :])
            yield kind, (column.name,), replace(table, columns=columns)
        for kind, of in types.mutated(column.type):
            yield kind, (column.name,), _typed(table, column, of)
    for place, check in enumerate(table.checks):
        rest = table.checks[place + 1 :]
        yield f"{_WORDS[check.kind]} dropped", check.columns, replace(table, checks=(*table.checks[:place], *rest))
        for kind, made in _of_check(check):
            yield kind, check.columns, replace(table, checks=(*table.checks[:place], made, *rest))
    yield from _of_guards(table)
    yield from _of_stamp(table)


def _of_stamp(table: Table) -> Iterator[Change]:
    stamp = table.stamp or UpdateStamp(f"{table.name}_stamped", ())
    if table.stamp is not None:
        yield "stamp dropped", stamp.columns, replace(table, stamp=None)
    for name in stamp.columns if len(stamp.columns) > 1 else ():
        fewer = tuple(one for one in stamp.columns if one != name)
        yield "column not stamped", (name,), replace(table, stamp=replace(stamp, columns=fewer))
    for column in table.columns:
        clocked = isinstance(column.type, Scalar) and column.type.base in CLOCKED
        if clocked and column.name not in stamp.columns and column.computed is None:
            made = replace(stamp, columns=(*stamp.columns, column.name))
            yield "column stamped", (column.name,), replace(table, stamp=made)


CLOCKED = ("timestamp", "local_timestamp", "date", "time")
"""What can hold the present."""


def _typed(table: Table, column: Column, of: Type) -> Table:
    """The table with another type of a column, which the CHECK of its items or of its JSON is about too."""
    columns = tuple(replace(one, type=of) if one is column else one for one in table.columns)
    checks = tuple(
        replace(one, type=of) if one.type == column.type and one.columns == (column.name,) else one
        for one in table.checks
    )
    return replace(table, columns=columns, checks=checks)


def _of_column(table: Table, column: Column) -> Iterator[tuple[str, Column]]:
    if column.computed is None:
        yield "null refused" if column.nullable else "null let through", replace(column, nullable=not column.nullable)
    if column.guard:
        yield "guard dropped", replace(column, guard="")
    if column.default is not None:
        kind = "identity lost" if column.default.kind == "identity" else "default lost"
        yield kind, replace(column, default=None)
        for other in _defaults(column.default, column.type):
            yield "default changed", replace(column, default=other)
    elif column.computed is None and not any(column.name in check.columns for check in _rules(table)):
        # A rule that reads it may need another constant than the one that is made up.
        other_value = _some(column.type)
        if other_value is not None:
            yield "default from nowhere", replace(column, default=Default("literal", other_value))
    if column.computed is not None:
        yield "computed value lost", replace(column, computed=None)
        if column.computed.expression is not None:
            for word, made in expressions.mutated(column.computed.expression):
                yield f"computed: {word}", replace(column, computed=replace(column.computed, expression=made))


def _rules(table: Table) -> Iterator[Check]:
    return (check for check in table.checks if check.kind == "rule")


def _defaults(default: Default, of: Type) -> Iterator[Default]:
    """Other defaults that the type has: the next constant, or one constant for what is made anew each time."""
    if default.kind == "literal":
        match default.value, of:
            case bool(), _:
                yield replace(default, value=not default.value)
            case int() | Decimal(), Scalar(scale=scale):
                yield from (replace(default, value=default.value + step) for step in _steps(default.value, scale))
            case str(), EnumType(enum=enum):
                others = [text for text in enum.texts if text != default.value]
                yield from (replace(default, value=text) for text in others)
            case str(), Scalar(base="string" | "text"):
                yield replace(default, value=f"{default.value}x"[: of.longest])
                yield replace(default, value="")
            case tuple(), _:
                yield replace(default, value=default.value[1:] or None)
        return
    if default.kind in ("now", "uuid"):
        yield Default("literal", _CONSTANTS[of.base] if isinstance(of, Scalar) else None)


_CONSTANTS = {
    "timestamp": "2030-01-01T00:00:00Z",
    "local_timestamp": "2030-01-01T00:00:00",
    "date": "2030-01-01",
    "time": "00:00:00",
    "uuid": "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11",
}


def _steps(value: int | Decimal, scale: int) -> tuple[int | Decimal, ...]:
    unit: int | Decimal = Decimal(1).scaleb(-scale) if scale else 1
    return (unit, -unit) if value else (unit,)


def _some(of: Type) -> str | int | bool | None:
    """A value of a type."""
    match of:
        case EnumType(enum=enum):
            return enum.texts[0]
        case Scalar(base="bool"):
            return False
        case Scalar(base=base) if base in _CONSTANTS:
            return _CONSTANTS[base]
        case Scalar(base="int" | "smallint" | "bigint"):
            low, high = limits(of)
            return int(min(max(low, Decimal(0)), high))
        case Scalar(base="string" | "text", patterns=()):
            return "a" * (of.min_length or 1)
    return None


# CHECKs


def _of_check(check: Check) -> Iterator[tuple[str, Check]]:
    if check.expression is not None:
        for kind, made in expressions.mutated(check.expression):
            yield f"{_WORDS[check.kind]}: {kind}", replace(check, expression=made)


_WORDS = {"enum": "members", "range": "range", "length": "length", "pattern": "pattern", "rule": "rule"}
_WORDS |= {"items": "items", "object": "JSON"}


# Transitions


def _of_guards(table: Table) -> Iterator[Change]:
    for place, guard in enumerate(table.transition_guards):
        rest = table.transition_guards[place + 1 :]
        yield (
            "trigger dropped",
            (guard.column,),
            replace(table, transition_guards=(*table.transition_guards[:place], *rest)),
        )
        for kind, moves in machine_mutated(guard.transitions):
            made = replace(guard, transitions=moves)
            yield (
                kind,
                (guard.column,),
                replace(table, transition_guards=(*table.transition_guards[:place], made, *rest)),
            )


def machine_mutated(of: Transitions) -> Iterator[tuple[str, Transitions]]:
    """Each move and each start lost, and each that there is not added."""
    states = [state for state, _ in of.moves]
    for place, (source, targets) in enumerate(of.moves):
        for target in states:
            if target != source:
                kind = "move lost" if target in targets else "move added"
                changed = tuple(one for one in states if (one in targets) != (one == target))
                moves = (*of.moves[:place], (source, changed), *of.moves[place + 1 :])
                yield kind, replace(of, moves=moves)
    for state in states:
        kind = "start lost" if state in of.initial else "start added"
        yield kind, replace(of, initial=tuple(one for one in states if (one in of.initial) != (one == state)))


# Typed JSON and enum types


def _of_structure(structure: JsonStructure) -> Iterator[tuple[str, str, JsonStructure]]:
    read = {name for rule in structure.rules for name in rule.columns}
    for place, entry in enumerate(structure.properties):
        rest = structure.properties[place + 1 :]
        if entry.name not in read:
            yield "property dropped", entry.name, replace(structure, properties=(*structure.properties[:place], *rest))
        for kind, made in _of_property(entry):
            changed = replace(structure, properties=(*structure.properties[:place], made, *rest))
            yield kind, entry.name, _reading(changed, {entry.name: made.name})
    for place, rule in enumerate(structure.rules):
        others = structure.rules[place + 1 :]
        yield "rule dropped", rule.name, replace(structure, rules=(*structure.rules[:place], *others))
        for kind, judging in _of_check(rule):
            yield kind, rule.name, replace(structure, rules=(*structure.rules[:place], judging, *others))


def _reading(structure: JsonStructure, names: Mapping[str, str]) -> JsonStructure:
    """The structure with rules that read properties by other names."""
    rules = (
        rule if rule.expression is None else replace(rule, expression=rename(rule.expression, names))
        for rule in structure.rules
    )
    return replace(structure, rules=tuple(rules))


def _of_property(entry: JsonProperty) -> Iterator[tuple[str, JsonProperty]]:
    yield "null refused" if entry.nullable else "null let through", replace(entry, nullable=not entry.nullable)
    yield "absence refused" if entry.optional else "absence let through", replace(entry, optional=not entry.optional)
    yield "name misspelt", replace(entry, name=f"{entry.name}_")
    for kind, of in types.mutated(entry.type):
        yield kind, replace(entry, type=of)
