"""Whole rows of any table, with the rows that they refer to: what references and unique keys are asked with.

A row is made of samples of its columns, and changed where rules want it. Rows of one table with another number differ
in whatever tells rows apart.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from isotype.domain.expressions import Expression, names
from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.model import Transitions
from isotype.domain.types import TEXTUAL, Scalar, Type
from isotype.probes.candidates import distinct
from isotype.probes.logic import evaluate
from isotype.probes.made import computed, present
from isotype.probes.records import Records, hinted
from isotype.probes.rows import Cell, broken_rules, constant, reader
from isotype.probes.values import Json, write
from isotype.tables.model import Column, ForeignKey, IndexKey, Table, TableIndex, Tables

Cells = Mapping[str, Cell]
NOTHING: Cells = MappingProxyType({})
NULL = Cell(None, "null")
TRIES = 400
MOST = 6
"""Different values of a column that are tried."""
APART = 3
"""A row that another of its own table refers to has a number so much greater."""


class Placed(NamedTuple):
    """A row of a table; `earlier` is what it was before, from the state that it began in, where it has moved on."""

    table: Table
    cells: Cells
    earlier: tuple[Cells, ...] = ()

    def key(self) -> Cells:
        """What the row is found by: its key, or else all that it has."""
        key = self.table.primary_key
        columns = key.columns if key is not None else tuple(self.cells)
        return {name: self.cells[name] for name in columns if self.cells[name].value is not None}


class Wanted(NamedTuple):
    """What a row must be: cells that are given, columns that are not null, conditions with their verdicts.

    It differs from the row that it is to be `unlike` in as much as its rules allow.
    If none is found in a state that rows begin in, one that has `moved` on will do.
    """

    fixed: Cells = NOTHING
    filled: frozenset[str] = frozenset()
    conditions: tuple[tuple[Expression, bool], ...] = ()
    unlike: Cells = NOTHING
    moved: bool = False


class Neighbours:
    """Makes rows of one domain; the same ones in every run."""

    def __init__(self, tables: Tables, records: Records) -> None:
        self._records = records
        self._tables = {(table.schema, table.name): table for table in tables.tables}
        self._places = {name: place for place, name in enumerate(self._tables)}
        self._pools: dict[tuple[str, str], list[Cell]] = {}

    def target(self, key: ForeignKey) -> Table:
        """The table that a reference leads to."""
        return self._tables[key.target_schema, key.target_table]

    def row(self, table: Table, number: int, wanted: Wanted = Wanted()) -> tuple[Placed, ...]:  # noqa: B008 -- frozen
        """The rows that a row needs, and last the row itself; () when none was found."""
        fixed = dict(wanted.fixed)
        parents: list[Placed] = []
        for key in table.foreign_keys:
            if all(name in fixed for name in key.columns) or any(fixed.get(name) == NULL for name in key.columns):
                continue
            if all(not table.column(name).nullable or name in wanted.filled for name in key.columns):
                target = self.target(key)
                if target is table and not any(table.column(name).nullable for name in key.columns):
                    return ()
                pairs = list(zip(key.columns, key.target_columns, strict=True))
                pinned = {there: fixed[here] for here, there in pairs if here in fixed}
                found = self.row(target, number + APART if target is table else number, Wanted(pinned))
                if not found:
                    return ()
                parents = merged(parents, found)
                fixed |= {here: found[-1].cells[there] for here, there in pairs}
            else:
                fixed |= {name: NULL for name in key.written if table.column(name).nullable and name not in fixed}
        wanted = wanted._replace(fixed=fixed)
        cells = self._solved(table, number, wanted._replace(moved=False))
        if cells is None and wanted.moved and table.transition_guards:
            cells = self._solved(table, number, wanted)
        earlier = None if cells is None else self._earlier(table, number, cells)
        return () if cells is None or earlier is None else (*parents, Placed(table, cells, earlier))

    def _earlier(self, table: Table, number: int, cells: Cells) -> tuple[Cells, ...] | None:
        """What a row was in each state before, from one that rows begin in; None where no such rows were found."""
        for guard in table.transition_guards:
            state = cells[guard.column].value
            way = _way(guard.transitions, state)
            if state is not None and not way:
                return None
            if len(way) > 1:
                key = table.primary_key.columns if table.primary_key else ()
                varied = self._free(table, Wanted()).keys() - set(key)
                fixed = {name: cell for name, cell in cells.items() if name not in varied}
                fixed[guard.column] = _state(way[-2])
                before = self._solved(table, number, Wanted(fixed))
                earlier = None if before is None else self._earlier(table, number, before)
                return None if before is None or earlier is None else (*earlier, before)
        return ()

    def _solved(self, table: Table, number: int, wanted: Wanted) -> Cells | None:
        """The cells of a row that keeps the rules of its table, now and when it is stamped."""
        apart = identifying(table)
        cells: dict[str, Cell] = {}
        for column in table.columns:
            if column.computed is not None:
                continue
            if column.name in wanted.fixed:
                cells[column.name] = wanted.fixed[column.name]
                continue
            pool = self._pool(table, column, wanted.moved)
            if column.nullable and column.name not in apart | wanted.filled:
                cells[column.name] = NULL
            elif not pool:
                return None
            else:
                # What stands in one place in several tables is another value in each.
                place = (number + self._places[table.schema, table.name]) % len(pool)
                cells[column.name] = pool[place] if column.name in apart else pool[0]
        source = random.Random(f"{table.name} {number}")
        free = self._free(table, wanted)
        for _ in range(TRIES):
            if self.holds(table, cells, wanted.conditions):
                return self._unlike(table, cells, wanted, free, source) if wanted.unlike else cells
            if not free:
                return None
            for name in source.sample(sorted(free), source.randint(1, len(free))):
                cells[name] = source.choice(free[name])
        return None

    def _unlike(
        self,
        table: Table,
        cells: Cells,
        wanted: Wanted,
        free: Mapping[str, Sequence[Cell]],
        source: random.Random,
    ) -> Cells:
        """A row with another value than the one that it is to be unlike has, in as many columns as are found."""
        bound = {name for key in table.foreign_keys for name in key.columns} | wanted.fixed.keys()
        made = dict(cells)
        for name, cell in wanted.unlike.items():
            if name not in bound and made[name] == cell:
                pool = self._pool(table, table.column(name), wanted.moved)
                others = (other for other in pool if other != cell)
                kept = (other for other in others if self.holds(table, {**made, name: other}, wanted.conditions))
                made[name] = next(kept, cell)
        compared = [name for name in sorted(free) if name in wanted.unlike]
        alike = _alike(made, wanted.unlike, compared)
        for _ in range(TRIES):
            if not alike:
                break
            # What rules hold together changes together.
            chosen = {source.choice(alike), *source.sample(sorted(free), min(len(free), 3))}
            other = {**made, **{name: source.choice(free[name]) for name in sorted(chosen)}}
            rest = _alike(other, wanted.unlike, compared)
            if len(rest) <= len(alike) and self.holds(table, other, wanted.conditions):
                made, alike = other, rest
        return made

    def _free(self, table: Table, wanted: Wanted) -> dict[str, list[Cell]]:
        """What rules and conditions read and nothing else binds, with the values to try."""
        rules = [check.expression for check in table.checks if check.kind == "rule" and check.expression is not None]
        rules += [condition for condition, _ in wanted.conditions]
        rules += [
            column.computed.expression
            for name in {name for rule in rules for name in names(rule)}
            if (column := table.column(name)).computed is not None and column.computed.expression is not None
        ]
        bound = {name for key in table.foreign_keys for name in key.columns} | wanted.fixed.keys()
        found: dict[str, list[Cell]] = {}
        for name in {name for rule in rules for name in names(rule)} - bound:
            column = table.column(name)
            if column.computed is None:
                said = self._cells(column, [value for rule in rules for value in hinted(rule, column.type)])
                empty = [NULL] if column.nullable and name not in wanted.filled else []
                guards = [guard for guard in table.transition_guards if guard.column == name]
                found[name] = [*self._pool(table, column, wanted.moved), *empty, *([] if guards else said)]
        return {name: values for name, values in found.items() if values}

    def holds(self, table: Table, cells: Cells, conditions: Iterable[tuple[Expression, bool]] = ()) -> bool:
        """Whether a row keeps all rules, as it is given and with its stamps, and each condition has its verdict."""
        stamps = {column.name: present(column) for column in table.columns if column.stamped}
        for state in (cells, {**cells, **stamps}) if stamps else (cells,):
            read = reader(table, {**state, **computed(table, state)})
            if broken_rules(table, read) != ([], False):
                return False
            if any(evaluate(condition, read) is not verdict for condition, verdict in conditions):
                return False
        return True

    def _pool(self, table: Table, column: Column, moved: bool) -> list[Cell]:
        """Different values of a column; of states those that a new row may begin in, or any if it has moved on."""
        for guard in table.transition_guards:
            if guard.column == column.name:
                states = (state for state, _ in guard.transitions.moves)
                return [_state(one) for one in states if moved or one in guard.transitions.initial]
        key = (f"{table.schema}.{table.name}", column.name)
        if key not in self._pools:
            samples = self._records.samples
            known = [*distinct(column.type, samples, MOST), *samples(column.type)]
            self._pools[key] = self._cells(column, [*known, *_varied(column.type, known)])
        return self._pools[key]

    def taken(self, table: Table, name: str, values: Sequence[Json]) -> list[Cell]:
        """Those of some values that a column takes."""
        return self._cells(table.column(name), values)

    def _cells(self, column: Column, values: Sequence[Json]) -> list[Cell]:
        """Values that a column takes, each once."""
        found: dict[str, Cell] = {}
        for value in values:
            judged = self._records.meaning.text(column.type, False, write(value))
            if not judged.refusals:
                text = write(judged.value)
                found.setdefault(text, Cell(constant(judged.value), text))
        return list(found.values())[:MOST]


def _state(of: str) -> Cell:
    return Cell(of, write(of))


def _way(of: Transitions, state: object) -> tuple[str, ...]:
    """The states from one that rows begin in to another, by the fewest moves; () where nothing leads there."""
    waiting: list[tuple[str, ...]] = [(start,) for start in of.initial]
    known = set(of.initial)
    for way in waiting:
        if way[-1] == state:
            return way
        further = [target for target in dict(of.moves)[way[-1]] if target not in known]
        known.update(further)
        waiting += [(*way, target) for target in further]
    return ()


def _alike(cells: Cells, others: Cells, names: Iterable[str]) -> list[str]:
    """The columns that have one value in both rows."""
    return [name for name in names if cells[name] == others[name]]


def _varied(of: Type, known: Sequence[Json]) -> Iterator[Json]:
    """Texts beside a known one, each with another sign somewhere: where a form leaves no choice of lengths."""
    if isinstance(of, Scalar) and of.base in TEXTUAL and known:
        text = str(known[0])
        yield from (text[:at] + sign + text[at + 1 :] for at in range(len(text))[-3:] for sign in "1234abc")


class UniqueKey(NamedTuple):
    """What no two rows have in common, among those for which `where` is true; `word` is `key` or `unique`.

    `plain` is false where it is something that is computed of the columns; `folded` are those of them whose capitals
    make no difference.
    """

    word: str
    name: str
    columns: tuple[str, ...]
    nulls_distinct: bool = True
    where: Expression | None = None
    deferrable: bool = False
    plain: bool = True
    folded: tuple[str, ...] = ()

    def conditions(self, verdict: bool) -> tuple[tuple[Expression, bool], ...]:
        """What a row must keep to be among them, or not to be."""
        return () if self.where is None else ((self.where, verdict),)


def unique_keys(table: Table, hidden: bool = False) -> Iterator[UniqueKey]:
    """The keys of a table over columns, or what is surely the same of the same ones; if `hidden`, all others too."""
    if table.primary_key is not None:
        yield UniqueKey("key", table.primary_key.name, table.primary_key.columns)
    for unique in table.uniques:
        yield UniqueKey("unique", unique.name, unique.columns, unique.nulls_distinct, deferrable=unique.deferrable)
    for index in table.indexes:
        plain = all(key.column for key in index.keys) and not index.where_sql
        if index.unique and (plain or hidden or _is_known(index)):
            columns, alone = names_of(table, index), {key.column for key in index.keys}
            folds = [found[1] for key in index.keys if (found := _FOLDED.fullmatch(key.sql.strip()))]
            folded = tuple(name for name in columns if name in folds and name not in alone)
            yield UniqueKey("unique", index.name, columns, where=index.where, plain=plain, folded=folded)


_KNOWN = regular(r"(?:lower|upper|trim)\(\s*\w+\s*\)")
"""Raw SQL that is never null of what is not null."""
_FOLDED = regular(r"(?:lower|upper)\(\s*(\w+)\s*\)")


def _is_known(index: TableIndex) -> bool:
    """Whether an index is over what is never null where its columns are not."""
    raw = [key.sql.strip() for key in index.keys if not key.column]
    return not index.where_sql and all(_KNOWN.fullmatch(sql) for sql in raw)


def names_of(table: Table, index: TableIndex) -> tuple[str, ...]:
    """The columns that an index reads, each once."""
    return tuple(dict.fromkeys(name for key in index.keys for name in _read_by(table, key)))


def _read_by(table: Table, key: IndexKey) -> Iterator[str]:
    """The columns that a key of an index reads."""
    if key.column:
        yield key.column
    elif key.expression is not None:
        yield from names(key.expression)
    else:
        words = set(re.findall(r"\w+", key.sql))
        yield from (column.name for column in table.columns if column.name in words)


def identifying(table: Table) -> frozenset[str]:
    """The columns by which rows of a table are told apart."""
    return frozenset(name for key in unique_keys(table, hidden=True) for name in key.columns)


def merged(rows: Iterable[Placed], more: Iterable[Placed]) -> list[Placed]:
    """All rows in order, each once."""
    found: list[Placed] = []
    for row in (*rows, *more):
        if not any(row.table is other.table and row.key() == other.key() for other in found):
            found.append(row)
    return found
