"""The relational projection: what a domain is in a database. Frozen; every name is final.

```
Tables
├── schemas, extensions, enum types     created first
├── Table                               in an order in which references can be made
│   ├── Column  PrimaryKey  Unique  ForeignKey  Check  Index
│   ├── Partitions                      range partitions
│   ├── UpdateStamp  TransitionGuard    what needs a trigger
│   └── rows                            reference rows
├── View
└── RawSql                              before and after
```

Expressions in here name columns, not fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from isotype.domain.expressions import Expression
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import Computed, Default, Extension, JsonValue, RawSql, Transitions
from isotype.domain.places import NOWHERE, Place
from isotype.domain.types import Enum, ObjectType, Type


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UniqueConstraint:
    name: str
    columns: tuple[str, ...]
    nulls_distinct: bool = True
    deferrable: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`late` is true when the target table is made after this one, so that PostgreSQL adds it afterwards."""

    name: str
    columns: tuple[str, ...]
    target_schema: str
    target_table: str
    target_columns: tuple[str, ...]
    on_delete: str = "no action"
    on_update: str = "no action"
    deferrable: bool = False
    late: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Check:
    """A condition on a row.

    `kind` is `enum`, `range`, `length`, `pattern`, `rule` (all with `expression`), or `items`, `object`, whose
    condition is the `type` of the one column itself and is spelled by each dialect.
    """

    name: str
    kind: str
    columns: tuple[str, ...]
    expression: Expression | None = None
    type: Type | None = None
    message: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class IndexKey:
    """One key of an index: `column`, or an `expression`, or raw `sql` (`sqlite` is its counterpart, '' without)."""

    column: str = ""
    expression: Expression | None = None
    sql: str = ""
    sqlite: str = ""
    descending: bool = False
    nulls: str = ""
    operator_class: str = ""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class PartitionBound:
    """A partition from `lower` (inclusive) to `upper` (exclusive), both `YYYY-MM-DD`, midnight UTC."""

    name: str
    lower: str
    upper: str


@dataclass(frozen=True, slots=True)
class Partitions:
    """Range partitions on `column`; `maintain` names the emitted function that creates ahead and drops the old."""

    column: str
    every: str
    bounds: tuple[PartitionBound, ...]
    default: str
    maintain: str
    keep_days: int | None = None


@dataclass(frozen=True, slots=True)
class UpdateStamp:
    """Columns that every UPDATE sets to the current instant; `name` is the trigger's and its function's."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransitionGuard:
    """Refuses an UPDATE that is no allowed move and an INSERT outside `transitions.initial`."""

    name: str
    column: str
    transitions: Transitions
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
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
    stamp: UpdateStamp | None = None
    transition_guards: tuple[TransitionGuard, ...] = ()
    rows: tuple[Mapping[str, JsonValue], ...] = ()
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


@dataclass(frozen=True, slots=True)
class ViewColumn:
    name: str
    field: str
    type: Type
    nullable: bool
    comment: str = ""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class JsonProperty:
    """A property of a typed JSON object: its key, its type, whether it may be null, whether it may be absent."""

    name: str
    type: Type
    nullable: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class JsonStructure:
    """What a typed JSON object stored in a column must look like. `function` names its emitted check.

    Rules of the object are expressions over property names.
    """

    name: str
    function: str
    properties: tuple[JsonProperty, ...]
    rules: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
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

    def structure(self, of: ObjectType) -> JsonStructure:
        """The structure of a typed JSON object; KeyError when no column holds one."""
        for candidate in self.structures:
            if candidate.name == of.name:
                return candidate
        raise KeyError(of.name)
