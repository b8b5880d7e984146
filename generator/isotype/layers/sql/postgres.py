"""The sections of postgres.sql, in the order in which they load."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.dialects.expressions.postgres import print_expression
from isotype.dialects.literals.sql import postgres_string, sql_identifier
from isotype.dialects.postgres import column_type, default_value, literal
from isotype.dialects.postgres.arrays import array_conditions
from isotype.dialects.postgres.documents import conditions as document_conditions
from isotype.dialects.postgres.documents import is_object, is_plain
from isotype.dialects.postgres.guards import guard
from isotype.domain.expressions import Expression
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import Computed
from isotype.domain.types import Array, Enum, Map, ObjectType, Scalar, Type
from isotype.layers.sql.extensions import (
    distribution_statements,
    extension_statement,
    hypertable_statement,
    policy_statement,
    trim_statement,
)
from isotype.layers.sql.functions import (
    Functions,
    column_statements,
    helper_statements,
    needs_function,
    structure_statements,
)
from isotype.layers.sql.layout import WIDTH
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
    qualified,
    terminated,
    without_semicolon,
)
from isotype.layers.sql.triggers import (
    maintenance_statement,
    partition_statements,
    refresh_statement,
    stamp_statements,
    transition_statements,
)
from isotype.tables.model import Check, Column, ForeignKey, IndexKey, StoredView, Table, TableIndex, Tables


def _gap(construct: str, reason: str) -> NotExpressible:
    return NotExpressible(construct, "postgres", reason)


PADDED_STRING = _gap("string(n)", "Assignment cuts blanks beyond n before a CHECK sees the value.")
ROUNDED_DECIMAL = _gap("decimal(p,s)", "Assignment rounds to s digits before a CHECK sees the value.")
ROUNDED_INTEGER = _gap("int", "Assignment rounds a number with a fraction before a CHECK sees the value.")
GUARDS_OFF = _gap("guards: off", "The column types are wider than the meaning, and no CHECK narrows them.")
NULLS_NOT_DISTINCT = _gap("nulls: not distinct", "PostgreSQL 14 does not know it; this file needs version 15.")
PARTITIONED_IDENTITY = _gap("identity of a partitioned table", "Before version 17 PostgreSQL refuses it.")
PARTITIONED_START = _gap("initial of a partitioned table", "An INSERT that names a partition itself is not judged.")
PARTLY_NULLED = _gap("set null of some columns", "PostgreSQL 14 does not know it; this file needs version 15.")
PLAIN_HYPERTABLE = _gap(
    "hypertable",
    "Without timescaledb it is a plain table, which nothing compresses; without its policies, what is too old stays "
    "until the maintenance function is called.",
)
UNDISTRIBUTED = _gap("distribute", "Without citus it is a plain table of one server.")
RAW_SQL = _gap("raw SQL", "The schema gives no PostgreSQL text for it.")

_ADJUSTED = {"decimal": ROUNDED_DECIMAL, "smallint": ROUNDED_INTEGER, "int": ROUNDED_INTEGER, "bigint": ROUNDED_INTEGER}

_Definition = tuple[str, str, str]
"""A column: its name, its type, and all that follows."""


class File:
    """One pass over the tables; it remembers which helper functions and gaps it met.

    It also remembers what it printed: columns of one name and type are many.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._functions = Functions(tables)
        self._names = self._functions.names
        self._native = {enum.name: self._functions.enum(enum) for enum in tables.enum_types}
        self._gaps: set[NotExpressible] = set()
        self._types: dict[Type, str] = {}
        self._columns: dict[object, _Definition] = {}
        self._guards: dict[tuple[int, str], list[str]] = {}
        self._printed: dict[int, str] = {}
        self._checks: dict[tuple[str, str], list[tuple[str, list[str]]]] = {}

    def build(self) -> SqlFile:
        """All sections and what they do not say."""
        every = self._tables.tables
        made = Section("Tables", [statement for table in every for statement in self._table(table)])
        judges = [*structure_statements(self._functions), *column_statements(self._functions)]
        sections = [
            Section("Schemas", [self._schema(name) for name in self._tables.schemas if not _is_systems(name)]),
            Section("Extensions", list(self._extensions())),
            Section("Types", list(self._enum_types())),
            Section("Functions of checks", [*helper_statements(self._functions), *judges]),
            Section("Raw SQL, before the tables", list(self._raw_sql(before=True))),
            made,
            Section("Hypertables", [statement for table in every for statement in self.chunks(table)]),
            Section("Distribution", list(distribution_statements(self._tables))),
            Section("Reference rows", [statement for table in every for statement in self.rows(table)]),
            Section("Foreign keys between tables that refer to each other", list(self._late_keys())),
            Section("Indexes", [self._index(table.schema, table.name, x) for table in every for x in table.indexes]),
            Section("Triggers", list(self._triggers())),
            Section("Maintenance", [statement for table in every for statement in self._maintenance(table)]),
            Section("Policies", [policy for table in every if (policy := self._policy(table))]),
            Section("Views", [statement for view in self._tables.views for statement in self._view(view)]),
            Section("Comments", list(self._comments())),
            Section("Raw SQL, after the tables", list(self._raw_sql(before=False))),
        ]
        return SqlFile(sections, self._gaps)

    def enum(self, enum: Enum) -> str:
        """The name of an enum type."""
        return self._functions.enum(enum)

    # What stands before the tables

    @staticmethod
    def _schema(name: str) -> str:
        return f"CREATE SCHEMA IF NOT EXISTS {sql_identifier(name)};"

    def _extensions(self) -> Iterator[str]:
        yield from map(extension_statement, self._tables.extensions)

    def _enum_types(self) -> Iterator[str]:
        for enum in self._tables.enum_types:
            values = ",\n".join(f"    {postgres_string(text)}" for text in enum.texts)
            yield f"CREATE TYPE {self._functions.enum(enum)} AS ENUM (\n{values}\n);"

    def _raw_sql(self, before: bool) -> Iterator[str]:
        for raw in self._tables.raw_sql:
            if raw.before is not before:
                continue
            head = comment(f"{raw.name}: {raw.description}" if raw.description else raw.name)
            yield "\n".join((*head, terminated(raw.postgres) if raw.postgres else self._missing(RAW_SQL)))

    def _missing(self, gap: NotExpressible) -> str:
        self._gaps.add(gap)
        return "\n".join(note(gap))

    # Tables

    def _table(self, table: Table) -> Iterator[str]:
        indent = "    "
        definitions = aligned(tuple([self._column(table, column) for column in table.columns]))
        parts: list[tuple[list[str], str]] = [([], definition) for definition in definitions]
        unproved = [gap for gap in table.unproved if gap.target == "postgres"]
        self._gaps.update(unproved)
        notes = [line for gap in unproved for line in note(gap, indent)]
        for constraint in self._constraints(table):
            parts.append((notes, constraint))
            notes = []
        if table.distribution:
            self._gaps.add(UNDISTRIBUTED)
        partitions = table.partitions
        tail = f" PARTITION BY RANGE ({sql_identifier(partitions.column)})" if partitions else ""
        yield create_table(qualified(table.schema, table.name), parts, tail)
        if partitions:
            yield from partition_statements(table, partitions)

    def chunks(self, table: Table) -> Iterator[str]:
        """What turns a table into chunks."""
        if table.hypertable:
            self._gaps.add(PLAIN_HYPERTABLE)
            yield hypertable_statement(self._tables, table, table.hypertable)

    def _maintenance(self, table: Table) -> Iterator[str]:
        if table.partitions:
            yield maintenance_statement(table, table.partitions)
        if table.hypertable and table.hypertable.keep:
            yield trim_statement(self._tables, table, table.hypertable)

    def _policy(self, table: Table) -> str:
        return policy_statement(self._tables, table, table.hypertable) if table.hypertable else ""

    def _column(self, table: Table, column: Column) -> _Definition:
        said = (column.name, id(column.type), column.nullable, id(column.default), id(column.computed))
        key = (said, table.partitions is None)
        return self._columns.get(key) or self._columns.setdefault(key, self._definition(table, column))

    def _definition(self, table: Table, column: Column) -> _Definition:
        rest = []
        default = column.default
        if column.computed is not None:
            value = column.computed
            rest.append(generated(self.computed(value)))
        elif default is not None and default.kind == "identity":
            rest.append("GENERATED BY DEFAULT AS IDENTITY")
            if table.partitions:
                self._gaps.add(PARTITIONED_IDENTITY)
        if not column.nullable:
            rest.append("NOT NULL")
        if default is not None and column.computed is None:
            value_text = default_value(default, column.type, self._functions.enum)
            if value_text:
                rest.append(f"DEFAULT {value_text}")
        return sql_identifier(column.name), self._column_type(column.type), " ".join(rest)

    def _column_type(self, of: Type) -> str:
        if of not in self._types:
            self._note_adjustments(of)
            self._types[of] = column_type(of, self._functions.enum)
        return self._types[of]

    def computed(self, value: Computed) -> str:
        """What a column is generated from."""
        return self._expression(value.expression) if value.expression else without_semicolon(value.sql)

    def _note_adjustments(self, of: Type) -> None:
        match of:
            case Array(item=item):
                self._note_adjustments(item)
            case Scalar(base=base, length=length):
                if base in _ADJUSTED:
                    self._gaps.add(_ADJUSTED[base])
                elif length is not None:
                    self._gaps.add(PADDED_STRING)

    def _constraints(self, table: Table) -> Iterator[str]:
        key = table.primary_key
        if key:
            yield f"CONSTRAINT {sql_identifier(key.name)} PRIMARY KEY {columns(key.columns)}"
        for unique in table.uniques:
            same = "" if unique.nulls_distinct else " NULLS NOT DISTINCT"
            if same:
                self._gaps.add(NULLS_NOT_DISTINCT)
            later = " DEFERRABLE" if unique.deferrable else ""
            yield f"CONSTRAINT {sql_identifier(unique.name)} UNIQUE{same} {columns(unique.columns)}{later}"
        for foreign_key in table.foreign_keys:
            if foreign_key.nulled:
                self._gaps.add(PARTLY_NULLED)
            if not foreign_key.late:
                yield foreign_key_text(foreign_key, qualified(foreign_key.target_schema, foreign_key.target_table))
        if named := self.checks(table):
            yield checks(named)

    def checks(self, table: Table) -> list[tuple[str, list[str]]]:
        """The CHECKs of a table: their names, and conditions to be joined by AND."""
        key = (table.schema, table.name)
        if key not in self._checks:
            self._checks[key] = list(self._find_checks(table))
        return self._checks[key]

    def _find_checks(self, table: Table) -> Iterator[tuple[str, list[str]]]:
        for column in table.columns:
            conditions = [] if column.computed else self._guard(column)
            if conditions and column.guard:
                yield column.guard, conditions
            elif conditions and column.writable:
                self._gaps.add(GUARDS_OFF)
        for constraint in table.checks:
            conditions = [] if "postgres" in constraint.held else self._condition(table, constraint)
            if conditions:
                yield constraint.name, conditions

    def _guard(self, column: Column) -> list[str]:
        key = (id(column.type), column.name)
        known = self._guards.get(key)
        if known is None:
            known = self._guards[key] = guard(column.type, sql_identifier(column.name), self._names)
        return known

    def _condition(self, table: Table, constraint: Check) -> list[str]:
        if constraint.expression is not None:
            return [self._expression(constraint.expression)]
        column = table.column(constraint.columns[0])
        name = sql_identifier(column.name)
        found = []
        match constraint.type:
            case Array():
                found = array_conditions(constraint.type, name, self._names)
            case ObjectType(name=object_name):
                found = [f"{self._functions.structure(object_name)}({name})"]
            case Map() if is_plain(constraint.type):
                # What is NULL passes a CHECK.
                found = [is_object(name), *document_conditions(constraint.type, name, self._names)]
        if isinstance(constraint.type, Array | Map) and needs_function(constraint.type, self._names):
            found.append(f"{self._functions.of_column(table, column)}({name})")
        return found

    def _expression(self, expression: Expression) -> str:
        if id(expression) not in self._printed:
            text = print_expression(expression, sql_identifier, lambda name: self._native.get(name, ""))
            self._printed[id(expression)] = text
        return self._printed[id(expression)]

    def rows(self, table: Table) -> Iterator[str]:
        """What puts the reference rows into a table."""
        head = qualified(table.schema, table.name)
        rows = [
            [literal(value, table.column(name).type, self._functions.enum) for name, value in row.items()]
            for row in table.rows
        ]
        yield from inserts(head, table.rows, rows)
        for column in table.columns:
            counted = column.default is not None and column.default.kind == "identity"
            if counted and any(column.name in row for row in table.rows):
                sequence = f"pg_get_serial_sequence({postgres_string(head)}, {postgres_string(column.name)})"
                yield f"SELECT setval({sequence}, max({sql_identifier(column.name)})) FROM {head};"

    def _late_keys(self) -> Iterator[str]:
        for table in self._tables.tables:
            for key in table.foreign_keys:
                if key.late:
                    text = foreign_key_text(key, qualified(key.target_schema, key.target_table))
                    yield f"ALTER TABLE {qualified(table.schema, table.name)}\n    ADD {text};"

    def _index(self, schema: str, name: str, index: TableIndex) -> str:
        keys = map(self.index_key, index.keys)
        method = "" if index.method == "btree" else f" USING {index.method}"
        text = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {sql_identifier(index.name)}"
        text += f" ON {qualified(schema, name)}{method} ({', '.join(keys)})"
        if index.include:
            text += f" INCLUDE {columns(index.include)}"
        where = self.index_where(index)
        return f"{text}\n    WHERE {where};" if where else f"{text};"

    def index_key(self, key: IndexKey) -> str:
        """One key of an index."""
        if key.column:
            text = sql_identifier(key.column)
        else:
            text = f"({self._expression(key.expression) if key.expression else key.sql.strip()})"
        operator_class = f" {key.operator_class}" if key.operator_class else ""
        nulls = f" NULLS {key.nulls.upper()}" if key.nulls else ""
        return f"{text}{operator_class}{' DESC' if key.descending else ''}{nulls}"

    def index_where(self, index: TableIndex) -> str:
        """The condition of a partial index; '' for one over all rows."""
        return self._expression(index.where) if index.where else index.where_sql.strip()

    def _triggers(self) -> Iterator[str]:
        for table in self._tables.tables:
            yield from stamp_statements(table)
            yield from transition_statements(table)
            if table.partitions and any(guard.transitions.bounds_starts for guard in table.transition_guards):
                self._gaps.add(PARTITIONED_START)

    def _view(self, view: StoredView) -> Iterator[str]:
        kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
        yield f"CREATE {kind} {qualified(view.schema, view.name)} AS\n{terminated(without_semicolon(view.sql))}"
        yield from (self._index(view.schema, view.name, index) for index in view.indexes)
        if view.materialized and view.refresh:
            yield refresh_statement(view)

    # Comments

    def _comments(self) -> Iterator[str]:
        if self._tables.schema and self._tables.comment:
            yield _comment("SCHEMA", sql_identifier(self._tables.schema), self._tables.comment)
        for enum in self._tables.enum_types:
            if enum.description:
                yield _comment("TYPE", self._functions.enum(enum), enum.description)
        for table in self._tables.tables:
            name = qualified(table.schema, table.name)
            if table.comment:
                yield _comment("TABLE", name, table.comment)
            for column in table.columns:
                if column.comment:
                    yield _comment("COLUMN", f"{name}.{sql_identifier(column.name)}", column.comment)
            for index in table.indexes:
                if index.comment:
                    yield _comment("INDEX", qualified(table.schema, index.name), index.comment)
        for view in self._tables.views:
            name = qualified(view.schema, view.name)
            kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
            if view.comment:
                yield _comment(kind, name, view.comment)
            for view_column in view.columns:
                if view_column.comment:
                    yield _comment("COLUMN", f"{name}.{sql_identifier(view_column.name)}", view_column.comment)
            for index in view.indexes:
                if index.comment:
                    yield _comment("INDEX", qualified(view.schema, index.name), index.comment)


def foreign_key_text(key: ForeignKey, target: str) -> str:
    """The constraint, as both databases write it."""
    actions = "".join(
        f" {event} {action}"
        for event, action in (("ON DELETE", delete_action(key)), ("ON UPDATE", key.on_update.upper()))
        if action != "NO ACTION"
    )
    later = " DEFERRABLE" if key.deferrable else ""
    head = f"CONSTRAINT {sql_identifier(key.name)} FOREIGN KEY {columns(key.columns)}"
    tail = f"REFERENCES {target} {columns(key.target_columns)}{actions}{later}"
    return f"{head} {tail}" if len(head) + len(tail) < WIDTH else f"{head}\n        {tail}"


def delete_action(key: ForeignKey) -> str:
    """What PostgreSQL does when the target is deleted, with the columns where it nulls some of them."""
    return f"SET NULL {columns(key.nulled)}" if key.nulled else key.on_delete.upper()


def _is_systems(schema: str) -> bool:
    return schema.startswith("pg_") or schema == "information_schema"


def _comment(kind: str, name: str, text: str) -> str:
    return f"COMMENT ON {kind} {name} IS {postgres_string(text.strip())};"
