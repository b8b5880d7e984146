"""Two things that want one name in a namespace of PostgreSQL or SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from isotype.domain.identifiers import home_name, own_name, shorten
from isotype.domain.lazy import NamedTuple
from isotype.domain.names import LONGEST, snake
from isotype.domain.places import NOWHERE, Place
from isotype.domain.types import PLAIN, Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.findings import Finding
from isotype.tables.model import Table, Tables


class _Wanted(NamedTuple):
    """A name in a namespace, and who wants it, in words for `about`."""

    namespace: str
    name: str
    words: str
    about: tuple[object, ...]
    place: Place

    @property
    def owner(self) -> str:
        return self.words.format(*self.about)


def name_clashes(tables: Tables) -> tuple[Finding, ...]:
    """Every name that two things want.

    In a PostgreSQL schema these are tables, views, indexes, keys, counters, partitions and enum types, and beside them
    functions; in a table its constraints. In a SQLite database, whatever the schemas and the case of letters, tables,
    views and indexes share one namespace, and triggers another.
    """
    found: dict[tuple[str, str], Finding] = {}
    seen: dict[tuple[str, str], _Wanted] = {}
    for wanted in chain(_relations(tables), _functions(tables), _constraints(tables), _on_sqlite(tables)):
        first = seen.setdefault(wanted[:2], wanted)
        if first is not wanted and (pair := (first.owner, wanted.owner)) not in found:
            database = "SQLite" if wanted.namespace.startswith(_SQLITE) else "database"
            message = f'the {database} name "{wanted.name}" is wanted by {pair[0]} and by {pair[1]}'
            found[pair] = Finding("name-clash", message, wanted.place, "give one of them another name")
    return tuple(found.values())


_SQLITE = "sqlite"
_TABLE, _VIEW = "the table of {}", "the view {}"
_KEY, _UNIQUE, _INDEX = "the primary key of {}", "the unique of {} over {}", "an index of {} at line {}"


# PostgreSQL


def _relations(tables: Tables) -> Iterator[_Wanted]:
    usual = f"relation {tables.schema}"
    for enum in tables.enum_types:
        yield _Wanted(usual, enum.database_name or snake(enum.name), "the enum {}", (enum.name,), enum.place)
    for table in tables.tables:
        here, name, key = f"relation {table.schema}", table.name, table.primary_key
        yield _Wanted(here, name, _TABLE, (table.entity,), table.place)
        if key:
            yield _Wanted(here, key.name, _KEY, (name,), table.place)
        for unique in table.uniques:
            yield _Wanted(here, unique.name, _UNIQUE, (name, ", ".join(unique.columns)), unique.place)
        for index in table.indexes:
            yield _Wanted(here, index.name, _INDEX, (name, index.place.line), index.place)
        for column in table.columns:
            if column.default is not None and column.default.kind == "identity":
                counter = f"{name}_{column.name}_seq"
                if len(counter) <= LONGEST:
                    yield _Wanted(here, counter, "the counter of {}.{}", (name, column.name), column.place)
        if table.partitions:
            for bound in table.partitions.bounds:
                yield _Wanted(here, bound.name, "a partition of {} from {}", (name, bound.lower), table.place)
            yield _Wanted(here, table.partitions.default, "the default partition of {}", (name,), table.place)
    for view in tables.views:
        here = f"relation {view.schema}"
        yield _Wanted(here, view.name, _VIEW, (view.view,), view.place)
        for index in view.indexes:
            yield _Wanted(here, index.name, _INDEX, (view.name, index.place.line), index.place)


def _functions(tables: Tables) -> Iterator[_Wanted]:
    usual = f"function {tables.schema}"
    for structure in tables.structures:
        yield _Wanted(usual, structure.function, "the function that judges {}", (structure.name,), NOWHERE)
    for table in tables.tables:
        here = f"function {table.schema}"
        for name, words, about, place in _state_triggers(table):
            yield _Wanted(here, name, words, about, place)
        for kept in (table.partitions, table.hypertable):
            if kept is not None and kept.maintain:
                yield _Wanted(here, kept.maintain, "the function that maintains {}", (table.name,), table.place)
        for column in table.columns:
            of = column.type
            if not isinstance(of, PLAIN) and column.computed is None and _is_judged(of):
                about = (table.name, column.name)
                words = "the function that judges {}.{}"
                yield _Wanted(here, tables.judge(table, column), words, about, column.place)
    for view in tables.views:
        if view.refresh:
            here = f"function {view.schema}"
            yield _Wanted(here, view.refresh, "the function that refreshes {}", (view.name,), view.place)


def _is_judged(of: Type) -> bool:
    """Whether the parts of a value are looked at one by one."""
    match of:
        case ObjectType() | Opaque():
            return False
        case Array(item=Scalar(base=base)):
            return base in ("duration", "inet", "json")
        case Map(value=Scalar(base="json")) | Array(item=EnumType() | Opaque()):
            return False
    return True


def _state_triggers(table: Table) -> Iterator[tuple[str, str, tuple[object, ...], Place]]:
    """Triggers that keep stamps and states, each with a function of its name on PostgreSQL."""
    if table.stamp:
        yield table.stamp.name, "the trigger that stamps {}", (table.name,), table.place
    for guard in table.transition_guards:
        about = (table.name, guard.column)
        yield guard.name, "the trigger for the transitions of {}.{}", about, guard.place
        if guard.transitions.bounds_starts:
            yield guard.start, "the trigger for the transitions of {}.{} in new rows", about, guard.place


def _constraints(tables: Tables) -> Iterator[_Wanted]:
    several = len({(table.schema, table.name) for table in tables.tables}) < len(tables.tables)
    for table in tables.tables:
        kinds = (table.uniques, table.checks, table.foreign_keys)
        names = [constraint.name for kind in kinds for constraint in kind]
        if not several and len({*names, table.primary_key and table.primary_key.name}) > len(names):
            # Each has a name of its own, as nearly always.
            continue
        here, name, key = f"constraint {table.schema}.{table.name}", table.name, table.primary_key
        if key:
            yield _Wanted(here, key.name, _KEY, (name,), table.place)
        for unique in table.uniques:
            yield _Wanted(here, unique.name, _UNIQUE, (name, ", ".join(unique.columns)), unique.place)
        for number, check in enumerate(table.checks, 1):
            yield _Wanted(here, check.name, "check {} of {}", (number, name), check.place)
        for reference in table.foreign_keys:
            about = (name, ", ".join(reference.columns))
            yield _Wanted(here, reference.name, "the reference of {} over {}", about, reference.place)


# SQLite


def _on_sqlite(tables: Tables) -> Iterator[_Wanted]:
    relation, trigger, usual = f"{_SQLITE} relation", f"{_SQLITE} trigger", tables.schema
    for table in tables.tables:
        home, schema = home_name(table.schema, table.name), table.schema
        yield _Wanted(relation, home.casefold(), _TABLE, (table.entity,), table.place)
        for unique in table.uniques:
            if not unique.nulls_distinct:
                name = own_name(schema, usual, unique.name).casefold()
                yield _Wanted(relation, name, _UNIQUE, (table.name, ", ".join(unique.columns)), unique.place)
        for index in table.indexes:
            name = own_name(schema, usual, index.name).casefold()
            yield _Wanted(relation, name, _INDEX, (table.name, index.place.line), index.place)
        for name, words, about, place in _state_triggers(table):
            yield _Wanted(trigger, own_name(schema, usual, name).casefold(), words, about, place)
        for number, check in enumerate(table.checks, 1):
            if check.kind in _WAITING:
                stem = f"{home}_{check.name.removeprefix(f'{table.name}_')}"
                name = shorten(f"{stem}_insert").casefold()
                yield _Wanted(trigger, name, "the trigger of check {} of {}", (number, table.name), check.place)
    for view in tables.views:
        if view.sqlite.strip():
            name = home_name(view.schema, view.name).casefold()
            yield _Wanted(relation, name, _VIEW, (view.view,), view.place)


_WAITING = frozenset(("items", "object", "rule"))
"""Kinds of checks that may have to be triggers, which come in pairs."""
