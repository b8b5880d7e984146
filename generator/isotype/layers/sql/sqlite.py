"""The sections of sqlite.sql, in the order in which they load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from isotype.dialects.expressions.sqlite import print_expression
from isotype.dialects.literals.sql import sql_identifier
from isotype.dialects.sqlite import column_type, default_value, literal, table_name
from isotype.dialects.sqlite import gaps as gap
from isotype.dialects.sqlite.arrays import item_conditions, size_conditions
from isotype.dialects.sqlite.documents import conditions as document_conditions
from isotype.dialects.sqlite.forms import form
from isotype.dialects.sqlite.types import WIDEST_INTEGER
from isotype.domain.expressions import And, Expression, Or
from isotype.domain.identifiers import own_name, shorten
from isotype.domain.lazy import NamedTuple
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import INTEGERS, Array, EnumType, Opaque, Scalar, Type
from isotype.domain.values import replace
from isotype.layers.sql.guards import json_structure, refusal, stamp_statements, transition_statements, unlink_statement
from isotype.layers.sql.postgres import foreign_key_text
from isotype.layers.sql.text import (
    Section,
    SqlFile,
    aligned,
    checks,
    columns,
    comment,
    create_table,
    generated,
    inserts,
    note,
    terminated,
    without_semicolon,
)
from isotype.tables.model import Check as TableCheck
from isotype.tables.model import Column, IndexKey, StoredView, Table, TableIndex, Tables, UniqueConstraint

_LIKE_BTREE = ("btree", "hash", "brin")


class _Condition(NamedTuple):
    """What a row must keep: the parts that a CHECK says, those that a trigger says (as refusals), what none says."""

    conditions: list[str]
    waiting: list[str]
    gaps: list[NotExpressible]


class Check(NamedTuple):
    """A CHECK: `notes` stand above it. Without conditions there is no CHECK but what stands above it."""

    notes: list[str]
    name: str
    conditions: Sequence[str]


_Described = tuple[list[str], tuple[str, str, str]]
"""A column: the comment lines above it; its name, its type, and all that follows."""


class File:
    """One pass over the tables; it remembers the gaps it met, and which checks wait for a trigger.

    It also remembers what it printed: columns of one name and type are many.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._structures = json_structure(tables)
        self._gaps: set[NotExpressible] = set()
        self._checks: dict[tuple[str, str], list[Check]] = {}
        self._refusals: dict[tuple[str, str], list[str]] = {}
        self._columns: dict[object, _Described] = {}
        self._split: dict[int, _Condition] = {}
        self._printed: dict[int, str | NotExpressible] = {}
        self._typed: dict[tuple[Type, str], _Condition] = {}

    def build(self) -> SqlFile:
        """All sections and what they do not say."""
        every = self._tables.tables
        made = [statement for table in every for statement in self._table(table)]
        sections = [
            Section("Raw SQL, before the tables", list(self._raw_sql(before=True))),
            Section("Tables", made),
            Section("Reference rows", self._rows()),
            Section(
                "Indexes", [text for table in every for index in table.indexes for text in self._index(table, index)]
            ),
            Section("Triggers", [*self._refusing_triggers(), *self._state_triggers()]),
            Section("Views", [text for view in self._tables.views for text in self._view(view)]),
            Section("Raw SQL, after the tables", list(self._raw_sql(before=False))),
        ]
        return SqlFile(sections, self._gaps)

    def _note(self, found: NotExpressible, indent: str = "") -> list[str]:
        self._gaps.add(found)
        return note(found, indent)

    def own(self, table: Table, name: str) -> str:
        """A name in the one namespace of a SQLite database; names of other schemas carry theirs."""
        return own_name(table.schema, self._tables.schema, name)

    def _raw_sql(self, before: bool) -> Iterator[str]:
        for raw in self._tables.raw_sql:
            if raw.before is before:
                head = comment(f"{raw.name}: {raw.description}" if raw.description else raw.name)
                yield "\n".join((*head, *([terminated(raw.sqlite)] if raw.sqlite else self._note(gap.RAW_SQL))))

    # Tables

    def _table(self, table: Table) -> Iterator[str]:
        inline_key = counted_key(table)
        described = [self._described(table, column, column.name == inline_key) for column in table.columns]
        definitions = aligned(tuple([definition for _, definition in described]))
        parts = [(lines, definition) for (lines, _), definition in zip(described, definitions, strict=True)]
        for lines, constraint in self._constraints(table, inline_key):
            parts.append((lines, constraint))
        name = table_name(table.schema, table.name)
        head = comment(table.comment.strip()) if table.comment.strip() else []
        for found_gap in table.unproved:
            if found_gap.target == "sqlite":
                head += self._note(found_gap)
        if table.partitions:
            head += self._note(gap.PARTITION)
        if table.hypertable:
            head += self._note(gap.HYPERTABLE)
        if table.distribution:
            head += self._note(gap.DISTRIBUTION)
        yield "\n".join((*head, create_table(sql_identifier(name), parts, " STRICT")))
        for unique in table.uniques:
            if not unique.nulls_distinct:
                yield self.unique_with_nulls(table, unique)

    def _described(self, table: Table, column: Column, counts: bool) -> _Described:
        """The comment lines of a column, and its name, its type and all that follows."""
        alone = table.primary_key is not None and table.primary_key.columns == (column.name,)
        said = (column.name, id(column.type), column.nullable, id(column.default), id(column.computed))
        key = (said, column.comment, alone)
        known = None if counts else self._columns.get(key)
        if known is None:
            definition, found = self._column(table, column, counts)
            about = comment(column.comment.strip(), "    ") if column.comment.strip() else []
            lines = about + [line for item in found for line in self._note(item, "    ")]
            known = lines, definition
            if not counts:
                self._columns[key] = known
        return known

    def _column(self, table: Table, column: Column, counts: bool) -> tuple[tuple[str, str, str], list[NotExpressible]]:
        kind = column_type(column.type)
        key = table.primary_key.columns if table.primary_key else ()
        if kind == "INTEGER" and key == (column.name,) and not counts:
            # INT, unlike INTEGER, does not make the column an alias of the counting rowid.
            kind = "INT"
        rest = []
        found: list[NotExpressible] = []
        if isinstance(column.type, Opaque):
            found.append(gap.OPAQUE)
        if isinstance(column.type, EnumType) and column.type.enum.native:
            found.append(gap.ENUM_ORDER)
        computed = self.computed(column, found)
        if computed:
            rest.append(generated(computed))
        if not column.nullable and (computed or column.computed is None):
            rest.append("NOT NULL")
        if counts and table.primary_key:
            rest.append(f"CONSTRAINT {sql_identifier(table.primary_key.name)} PRIMARY KEY AUTOINCREMENT")
        default = column.default
        if default is not None and column.computed is None:
            if default.kind == "identity" and not counts:
                found.append(gap.IDENTITY)
            if default.kind == "sql" and not default.sqlite.strip():
                found.append(gap.RAW_DEFAULT)
            value = default_value(default, column.type)
            if value:
                rest.append(f"DEFAULT {value}")
        return (sql_identifier(column.name), kind, " ".join(rest)), found

    def computed(self, column: Column, found: list[NotExpressible]) -> str:
        """What a column is generated from; '' when it is not, and `found` says why SQLite cannot do it."""
        computed = column.computed
        if computed is None:
            return ""
        if computed.expression is None:
            if not computed.sqlite.strip():
                found.append(gap.RAW_COMPUTED)
            return without_semicolon(computed.sqlite)
        scale = _scale(column.type)
        if scale is None or computed.expression.type.scale > scale:
            found.append(gap.COMPUTED)
            return ""
        text = print_expression(computed.expression, sql_identifier, "generated", scale)
        if isinstance(text, NotExpressible):
            found.append(text)
            return ""
        return text

    def _constraints(self, table: Table, inline_key: str) -> Iterator[tuple[list[str], str]]:
        key = table.primary_key
        if key and not inline_key:
            yield [], f"CONSTRAINT {sql_identifier(key.name)} PRIMARY KEY {columns(key.columns)}"
        for unique in table.uniques:
            if unique.nulls_distinct:
                lines = self._note(gap.DEFERRABLE_UNIQUE, "    ") if unique.deferrable else []
                yield lines, f"CONSTRAINT {sql_identifier(unique.name)} UNIQUE {columns(unique.columns)}"
        for foreign_key in table.foreign_keys:
            target = sql_identifier(table_name(foreign_key.target_schema, foreign_key.target_table))
            # SQLite nulls all columns of a reference or none: where it is some, a trigger does it.
            plain = replace(foreign_key, on_delete="no action") if foreign_key.nulled else foreign_key
            yield [], foreign_key_text(plain, target)
        for notes, run in groupby(self.checks(table), key=itemgetter(0)):
            named = [(name, conditions) for _, name, conditions in run]
            if not notes:
                yield [], checks(named)
                continue
            for one in named:
                yield notes, checks([one]) if one[1] else ""

    def checks(self, table: Table) -> list[Check]:
        """The CHECKs of a table, their conditions to be joined by AND."""
        key = (table.schema, table.name)
        if key not in self._checks:
            self._refusals[key] = []
            self._checks[key] = [*self._forms(table), *self._conditions(table, self._refusals[key])]
        return self._checks[key]

    def _forms(self, table: Table) -> Iterator[Check]:
        """What holds columns to their physical form."""
        for column in table.columns:
            if column.computed is None:
                conditions, gaps = form(column.type, sql_identifier(column.name), column.nullable)
                if conditions:
                    name = column.guard or shorten(f"{table.name}_{column.name}_guard")
                    yield Check([line for item in gaps for line in self._note(item, "    ")], name, conditions)

    def _conditions(self, table: Table, refusals: list[str]) -> Iterator[Check]:
        """What a CHECK cannot look at goes to a trigger, what that cannot say to a note above the CHECK."""
        for constraint in table.checks:
            if "sqlite" in constraint.held:
                continue
            conditions, waiting, gaps = self._condition(constraint)
            if waiting:
                stem = f"{table_name(table.schema, table.name)}_{constraint.name.removeprefix(f'{table.name}_')}"
                refusals += refusal(
                    table_name(table.schema, table.name),
                    constraint.name,
                    stem,
                    constraint.columns,
                    " OR ".join(waiting),
                )
            notes = [line for item in dict.fromkeys(gaps) for line in self._note(item, "    ")] if gaps else []
            if conditions or notes:
                yield Check(notes, constraint.name, conditions)

    def _condition(self, constraint: TableCheck) -> _Condition:
        expression, of, column = constraint.expression, constraint.type, constraint.columns[0]
        if expression is not None:
            if id(expression) not in self._split:
                self._split[id(expression)] = _split(expression)
            return self._split[id(expression)]
        assert of is not None
        if (of, column) not in self._typed:
            self._typed[of, column] = self._of_type(of, column)
        return self._typed[of, column]

    def _of_type(self, of: Type, column: str) -> _Condition:
        """What the type of a column asks of its items or of its JSON."""
        name = sql_identifier(column)
        new = f"NEW.{name}"
        if isinstance(of, Array):
            tests, gaps = item_conditions(of, new, self._structures)
            sizes = size_conditions(of, name)
        else:
            # That it is an object at all its form has said.
            [_, *tests], gaps = document_conditions(of, new, f"json_type({new})", self._structures)
            sizes = []
        refused = [f"json_valid({new}) AND ({' AND '.join(tests)}) IS NOT TRUE"] if tests else []
        return _Condition(sizes, refused, gaps)

    def unique_with_nulls(self, table: Table, unique: UniqueConstraint) -> str:
        """NULLs that are the same: a key says whether the column is NULL, the next one what it is otherwise."""
        keys = []
        for name in unique.columns:
            column = sql_identifier(name)
            keys += [f"({column} IS NULL)", f"ifnull({column}, 0)"] if table.column(name).nullable else [column]
        lines = self._note(gap.DEFERRABLE_UNIQUE) if unique.deferrable else []
        target = sql_identifier(table_name(table.schema, table.name))
        name = sql_identifier(self.own(table, unique.name))
        return "\n".join((*lines, f"CREATE UNIQUE INDEX {name} ON {target} ({', '.join(keys)});"))

    def _rows(self) -> list[str]:
        statements: list[str] = []
        for table in self._tables.tables:
            literals = [[literal(value, table.column(name).type) for name, value in row.items()] for row in table.rows]
            statements += inserts(sql_identifier(table_name(table.schema, table.name)), table.rows, literals)
        if statements and any(key.late for table in self._tables.tables for key in table.foreign_keys):
            # Rows that refer to each other are judged together, at the end.
            return [
                "SAVEPOINT reference_rows;\nPRAGMA defer_foreign_keys = ON;",
                *statements,
                "RELEASE reference_rows;",
            ]
        return statements

    # Indexes

    def _index(self, table: Table, index: TableIndex) -> Iterator[str]:
        lines: list[str] = []
        if index.comment:
            lines += comment(f"{index.name}: {index.comment.strip()}")
        lost = self.index_gap(index)
        keys = [self.index_key(key) for key in index.keys]
        where = self.index_where(index)
        for part in (lost, *keys, where):
            if isinstance(part, NotExpressible):
                yield "\n".join((*comment(f"{index.name} is left out."), *self._note(part)))
                return
        if index.include:
            lines += self._note(gap.INCLUDE)
        if any(key.operator_class for key in index.keys):
            lines += self._note(gap.OPERATOR_CLASS)
        if any(key.nulls for key in index.keys):
            lines += self._note(gap.NULL_ORDER)
        unique = "UNIQUE " if index.unique else ""
        name, target = sql_identifier(self.own(table, index.name)), table_name(table.schema, table.name)
        text = f"CREATE {unique}INDEX {name} ON {sql_identifier(target)} ({', '.join(map(str, keys))})"
        yield "\n".join((*lines, f"{text}\n    WHERE {where};" if where else f"{text};"))

    @staticmethod
    def index_gap(index: TableIndex) -> NotExpressible | None:
        """Why SQLite does without the index; None when it does not."""
        return None if index.method in _LIKE_BTREE else gap.INDEX_METHOD

    def index_key(self, key: IndexKey) -> str | NotExpressible:
        """One key of an index."""
        if key.column:
            text: str | NotExpressible = sql_identifier(key.column)
        elif key.expression is not None:
            text = self._indexed(key.expression)
            text = text if isinstance(text, NotExpressible) else f"({text})"
        else:
            text = f"({key.sqlite.strip()})" if key.sqlite.strip() else gap.RAW_INDEX
        return text if isinstance(text, NotExpressible) else f"{text}{' DESC' if key.descending else ''}"

    def index_where(self, index: TableIndex) -> str | NotExpressible:
        """The condition of a partial index; '' for one over all rows."""
        if index.where is not None:
            return self._indexed(index.where)
        if index.where_sql.strip():
            return index.where_sqlite.strip() or gap.RAW_INDEX
        return ""

    def _indexed(self, expression: Expression) -> str | NotExpressible:
        if id(expression) not in self._printed:
            self._printed[id(expression)] = print_expression(expression, sql_identifier, "index")
        return self._printed[id(expression)]

    # What stands after the tables

    def _refusing_triggers(self) -> Iterator[str]:
        for table in self._tables.tables:
            self.checks(table)
            yield from self._refusals[table.schema, table.name]

    def _state_triggers(self) -> Iterator[str]:
        for table in self._tables.tables:
            name = table_name(table.schema, table.name)
            if table.stamp:
                yield from stamp_statements(table, name, self.own(table, table.stamp.name))
            for guard in table.transition_guards:
                nullable = table.column(guard.column).nullable
                yield from transition_statements(guard, name, self.own(table, guard.name), nullable)
            for key in table.foreign_keys:
                if key.nulled:
                    yield unlink_statement(key, name, self.own(table, shorten(f"{key.name}_unlink")))

    def _view(self, view: StoredView) -> Iterator[str]:
        lines = comment(view.comment.strip()) if view.comment.strip() else []
        name = table_name(view.schema, view.name)
        if not view.sqlite.strip():
            yield "\n".join((*lines, *comment(f"{name} is left out."), *self._note(gap.VIEW)))
            return
        if view.materialized:
            lines += self._note(gap.MATERIALIZED)
        query = terminated(without_semicolon(view.sqlite))
        yield "\n".join((*lines, f"CREATE VIEW {sql_identifier(name)} AS\n{query}"))


def _split(expression: Expression) -> _Condition:
    """A row is refused when a part is FALSE, so the parts of an AND may stand apart."""
    conditions: list[str] = []
    waiting: list[str] = []
    gaps: list[NotExpressible] = []
    for part in expression.parts if isinstance(expression, And) else (expression,):
        text = print_expression(part, sql_identifier, "check")
        if isinstance(text, NotExpressible):
            later = print_expression(part, lambda name: f"NEW.{sql_identifier(name)}", "trigger")
            if isinstance(later, NotExpressible):
                gaps.append(later)
            else:
                waiting.append(f"NOT ({later})")
        else:
            conditions.append(f"({text})" if isinstance(part, Or) and part is not expression else text)
    return _Condition(conditions, waiting, gaps)


def counted_key(table: Table) -> str:
    """The identity column that is the whole key, which SQLite can count in; '' without one."""
    if table.primary_key is None or len(table.primary_key.columns) != 1:
        return ""
    column = table.column(table.primary_key.columns[0])
    counted = column.default is not None and column.default.kind == "identity"
    return column.name if counted and isinstance(column.type, Scalar) and column.type.base in INTEGERS else ""


def _scale(of: Type) -> int | None:
    """The fraction digits in which a computed number is stored; None where SQLite stores it as text."""
    if isinstance(of, Scalar) and of.base == "decimal":
        return of.scale if of.precision <= WIDEST_INTEGER else None
    return 0
