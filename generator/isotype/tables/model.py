"""The relational projection: what a domain is in a database. Frozen; every name is final.

```
Tables
├── schemas, extensions, enum types     created first
├── Table                               in an order in which references can be made
│   ├── Column  PrimaryKey  Unique  ForeignKey  Check  Index
│   ├── Partitions  Hypertable          ranges of time kept apart
│   ├── Distribution                    where rows are kept in a cluster
│   ├── UpdateStamp  TransitionGuard    what needs a trigger
│   └── rows                            reference rows
├── View
└── RawSql                              before and after
```

Expressions in here name columns, not fields.
"""

from __future__ import annotations

from collections.abc import Mapping

from isotype.domain.expressions import Expression
from isotype.domain.identifiers import shorten
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import Computed, Default, Extension, JsonValue, RawSql, Span, Transitions
from isotype.domain.places import NOWHERE, Place
from isotype.domain.types import Enum, ObjectType, Type
from isotype.domain.values import frozen


@frozen
class Column:
    """A column of a table; `field` is the schema's name for it, `writable` false when only the database makes it.

    `guard` names the CHECK that narrows the database's type to the meaning, '' when guards are off.
    """

    name: str
    field: str
    type: Type
    nullable: bool
    default: Default | None = None
    computed: Computed | None = None
    stamped: bool = False
    writable: bool = True
    guard: str = ""
    comment: str = ""
    was: str = ""
    place: Place = NOWHERE


@frozen
class PrimaryKey:
    name: str
    columns: tuple[str, ...]


@frozen
class UniqueConstraint:
    name: str
    columns: tuple[str, ...]
    nulls_distinct: bool = True
    deferrable: bool = False
    place: Place = NOWHERE


@frozen
class ForeignKey:
    """`late` is true when the target table is made after this one, so that PostgreSQL adds it afterwards.

    `written` are the columns that are this reference's own: linking a row writes them, unlinking it nulls them.
    The others belong to something else of the row too, such as its tenant or its key.
    """

    name: str
    columns: tuple[str, ...]
    written: tuple[str, ...]
    target_schema: str
    target_table: str
    target_columns: tuple[str, ...]
    on_delete: str = "no action"
    on_update: str = "no action"
    deferrable: bool = False
    late: bool = False
    place: Place = NOWHERE

    @property
    def nulled(self) -> tuple[str, ...]:
        """What a deleted target sets to null where that is some of the columns; () otherwise."""
        return self.written if self.on_delete == "set null" and self.written != self.columns else ()


@frozen
class Check:
    """A condition on a row.

    `kind` is `enum`, `range`, `length`, `pattern`, `rule` (all with `expression`), or `items`, `object`, whose
    condition is the `type` of the one column itself and is spelled by each dialect. `held` names the databases that
    keep it without being told.
    """

    name: str
    kind: str
    columns: tuple[str, ...]
    expression: Expression | None = None
    type: Type | None = None
    message: str = ""
    place: Place = NOWHERE
    held: tuple[str, ...] = ()


@frozen
class IndexKey:
    """One key of an index: `column`, or an `expression`, or raw `sql` (`sqlite` is its counterpart, '' without)."""

    column: str = ""
    expression: Expression | None = None
    sql: str = ""
    sqlite: str = ""
    descending: bool = False
    nulls: str = ""
    operator_class: str = ""


@frozen
class TableIndex:
    name: str
    keys: tuple[IndexKey, ...]
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: Expression | None = None
    where_sql: str = ""
    where_sqlite: str = ""
    comment: str = ""
    place: Place = NOWHERE


@frozen
class PartitionBound:
    """A partition from `lower` (inclusive) to `upper` (exclusive), both `YYYY-MM-DD`, midnight UTC."""

    name: str
    lower: str
    upper: str


@frozen
class Partitions:
    """Range partitions on `column`; `maintain` names the emitted function that creates ahead and drops the old."""

    column: str
    every: str
    bounds: tuple[PartitionBound, ...]
    default: str
    maintain: str
    keep_days: int | None = None


@frozen
class Compression:
    """Chunks older than `after` are stored by column: rows with equal `segment_by` together, in `order_by`."""

    after: Span
    segment_by: tuple[str, ...]
    order_by: tuple[IndexKey, ...]


@frozen
class Hypertable:
    """Chunks of TimescaleDB on `column`; `maintain` names the emitted function that drops the old, '' to keep all."""

    column: str
    every: Span
    keep: Span | None = None
    maintain: str = ""
    compression: Compression | None = None


@frozen
class Distribution:
    """Rows spread over a Citus cluster by `column`, '' for a copy on every node.

    `beside` is the table next to whose rows they are kept, '' for none.
    """

    column: str = ""
    beside_schema: str = ""
    beside: str = ""


@frozen
class UpdateStamp:
    """Columns that every UPDATE sets to the current instant; `name` is the trigger's and its function's."""

    name: str
    columns: tuple[str, ...]


@frozen
class TransitionGuard:
    """Refuses an UPDATE that is no allowed move and an INSERT outside `transitions.initial`.

    `start` names what refuses the INSERT where that takes a trigger of its own.
    """

    name: str
    start: str
    column: str
    transitions: Transitions
    place: Place = NOWHERE


@frozen
class Table:
    """A table. `entity` is the schema's name; `unproved` says what its constraints cannot promise, and why."""

    name: str
    schema: str
    entity: str
    columns: tuple[Column, ...]
    primary_key: PrimaryKey | None
    uniques: tuple[UniqueConstraint, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    indexes: tuple[TableIndex, ...] = ()
    partitions: Partitions | None = None
    hypertable: Hypertable | None = None
    distribution: Distribution | None = None
    stamp: UpdateStamp | None = None
    transition_guards: tuple[TransitionGuard, ...] = ()
    rows: tuple[Mapping[str, JsonValue], ...] = ()
    row_places: tuple[Place, ...] = ()
    comment: str = ""
    was: str = ""
    unproved: tuple[NotExpressible, ...] = ()
    place: Place = NOWHERE

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for candidate in self.columns:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


@frozen
class ViewColumn:
    name: str
    field: str
    type: Type
    nullable: bool
    comment: str = ""
    place: Place = NOWHERE


@frozen
class StoredView:
    """A view; `refresh` names the emitted function that refreshes a materialized one, '' otherwise."""

    name: str
    schema: str
    view: str
    sql: str
    columns: tuple[ViewColumn, ...]
    sqlite: str = ""
    materialized: bool = False
    refresh: str = ""
    refresh_seconds: int | None = None
    indexes: tuple[TableIndex, ...] = ()
    comment: str = ""
    place: Place = NOWHERE


@frozen
class JsonProperty:
    """A property of a typed JSON object: its key, its type, whether it may be null, whether it may be absent."""

    name: str
    type: Type
    nullable: bool
    optional: bool


@frozen
class JsonStructure:
    """What a typed JSON object stored in a column must look like. `function` names its emitted check.

    Rules of the object are expressions over property names.
    """

    name: str
    function: str
    properties: tuple[JsonProperty, ...]
    rules: tuple[Check, ...] = ()
    place: Place = NOWHERE


@frozen
class Tables:
    """The whole database of a domain. `structures` are the typed JSON objects that some column reaches.

    `prefix` starts the names of emitted helper functions.
    """

    domain: str
    schema: str
    schemas: tuple[str, ...]
    extensions: tuple[Extension, ...]
    enum_types: tuple[Enum, ...]
    tables: tuple[Table, ...]
    views: tuple[StoredView, ...] = ()
    structures: tuple[JsonStructure, ...] = ()
    raw_sql: tuple[RawSql, ...] = ()
    comment: str = ""
    prefix: str = ""
    place: Place = NOWHERE

    def judge(self, table: Table, column: Column) -> str:
        """The function that judges the parts of a column's value: the items of an array, the values of a map."""
        name = shorten(f"is_{table.name}_{column.name}")
        if any(structure.function == name for structure in self.structures):
            return shorten(f"is_{table.name}_{column.name}_value")
        return name

    def structure(self, of: ObjectType) -> JsonStructure:
        """The structure of a typed JSON object; KeyError when no column holds one."""
        for candidate in self.structures:
            if candidate.name == of.name:
                return candidate
        raise KeyError(of.name)
