"""What a schema means: one frozen tree, every reference resolved, nothing of any target.

```
Domain
├── Enum, ObjectDefinition         named types
├── Entity                         a thing with identity, stored and exchanged
│   ├── Field                      type, presence, access, default, reference, transitions
│   ├── Unique  Index  Rule        constraints over fields
│   ├── Partition  Rows            physical division, reference rows
│   └── EntityApi                  how it looks on the wire
├── View                           a stored query with declared columns
├── Operation                      one call of the API
└── RawSql                         what the language cannot say
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from isotype.domain.expressions import Expression
from isotype.domain.places import NOWHERE, Place
from isotype.domain.types import Enum, Type

JsonValue = None | bool | int | Decimal | str | tuple["JsonValue", ...] | Mapping[str, "JsonValue"]
"""A constant of the schema; numbers with a fraction are exact, lists are tuples, mappings keep their order."""

FULL, READ, WRITE, ONCE, INTERNAL = "full", "read", "write", "once", "internal"
"""Access of a field: everywhere; only in responses; only in inputs; in create and responses; never on the wire."""


@dataclass(frozen=True, slots=True)
class Default:
    """What an absent value becomes on create.

    `kind`: `literal` (with `value`, wire form), `now`, `uuid` (random, version 4), `identity` (a counter),
    `sql` (raw, its text in `value`; `sqlite` is its counterpart there, '' when there is none).
    """

    kind: str
    value: JsonValue = None
    sqlite: str = ""


@dataclass(frozen=True, slots=True)
class Computed:
    """A value the database makes from the row: a typed expression, or raw SQL where the grammar does not reach.

    `sqlite` is the counterpart of raw `sql`, '' when there is none.
    """

    expression: Expression | None = None
    sql: str = ""
    sqlite: str = ""


@dataclass(frozen=True, slots=True)
class Transitions:
    """Allowed moves between the values of an enum field: every value has an entry, () is terminal.

    The same value again is always allowed. `initial` bounds INSERT.
    """

    moves: tuple[tuple[str, tuple[str, ...]], ...]
    initial: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A link from local fields to the key fields of another entity.

    `name` is the relationship on this side, `back` on the other ('' when it has none).
    Actions are `no action`, `restrict`, `cascade`, `set null`, `set default`.
    """

    name: str
    entity: str
    fields: tuple[str, ...]
    target_fields: tuple[str, ...]
    on_delete: str = "no action"
    on_update: str = "no action"
    back: str = ""
    deferrable: bool = False
    constraint: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class InputConstraint:
    """Constraints declared for inputs only; `type` is the field's type with them applied."""

    type: Type
    on: tuple[str, ...] = ("create", "update")


@dataclass(frozen=True, slots=True)
class Field:
    """One fact about an entity or an object.

    `wire` and `column` are given names, '' when they follow from `name`; `optional` (objects only) allows absence.
    `stamped` is true when every update sets the field to the current instant.
    `constraints` gives names for single-column constraints by kind
    (`check`, `pattern`, `format`, `length`, `items`, `object`, `guard`, `unique`, `reference`).
    """

    name: str
    type: Type
    nullable: bool = False
    optional: bool = False
    description: str = ""
    default: Default | None = None
    computed: Computed | None = None
    access: str = FULL
    unique: bool = False
    stamped: bool = False
    transitions: Transitions | None = None
    input: InputConstraint | None = None
    replace: bool = False
    column: str = ""
    wire: str = ""
    was: str = ""
    deprecated: bool = False
    constraints: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    waivers: tuple[Waiver, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Waiver:
    """A lint rule silenced here, with the reason the schema gives."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unique:
    """No two rows agree in all `fields`. `name` is '' when it follows from table and columns."""

    name: str
    fields: tuple[str, ...]
    nulls_distinct: bool = True
    deferrable: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class IndexPart:
    """One key of an index: a field, an expression, or raw SQL.

    `order` is `asc` or `desc`, `nulls` is `first`, `last` or ''.
    `sqlite` is the counterpart of raw `sql`, '' when there is none.
    """

    field: str = ""
    expression: Expression | None = None
    sql: str = ""
    sqlite: str = ""
    order: str = "asc"
    nulls: str = ""
    operator_class: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """`method` is PostgreSQL's access method. `where` is a typed expression, `where_sql` and `where_sqlite` raw."""

    name: str
    parts: tuple[IndexPart, ...]
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: Expression | None = None
    where_sql: str = ""
    where_sqlite: str = ""
    description: str = ""
    waivers: tuple[Waiver, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition every row keeps: it refuses only when FALSE. `on` is () for all layers, else inputs only."""

    name: str
    that: Expression
    source: str
    message: str = ""
    on: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Partition:
    """Range partitions on an instant or date.

    `every` is `day`, `week`, `month` or `year`; `first` the first bound (`YYYY-MM-DD`, UTC), `count` how many
    partitions the DDL makes; `keep` an ISO 8601 duration in days after which partitions may go, '' keeps all.
    """

    field: str
    every: str
    first: str
    count: int
    keep_days: int | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Group:
    """A nested object on the wire made of flat fields; members are (wire name, field name or deeper group)."""

    name: str
    members: tuple[tuple[str, str | Group], ...]
    nullable_when_all_null: bool = False
    replace: bool = False
    description: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class EntityApi:
    """How an entity looks on the wire. `name` is the stem of its shapes.

    `client` are fields the frontend computes; they exist in TypeScript only.
    `list_fields` is the subset a list shows, () for all.
    """

    name: str
    groups: tuple[Group, ...] = ()
    client: tuple[Field, ...] = ()
    list_fields: tuple[str, ...] = ()
    exposed: bool = True


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing with identity. `table` is final; `key` names the logical key's fields, () for a table without one."""

    name: str
    table: str
    schema: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    api: EntityApi
    description: str = ""
    references: tuple[Reference, ...] = ()
    uniques: tuple[Unique, ...] = ()
    indexes: tuple[Index, ...] = ()
    rules: tuple[Rule, ...] = ()
    partition: Partition | None = None
    rows: tuple[Mapping[str, JsonValue], ...] = ()
    was: str = ""
    waivers: tuple[Waiver, ...] = ()
    place: Place = NOWHERE

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when there is none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class ObjectDefinition:
    """A named structure: typed JSON in a column, or a body or result of the API. `client` as in EntityApi."""

    name: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    client: tuple[Field, ...] = ()
    description: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class View:
    """A stored query with declared columns. `refresh_seconds` says how old a materialized view may become.

    `sql` is PostgreSQL; `sqlite` its counterpart, '' when there is none.
    """

    name: str
    table: str
    schema: str
    sql: str
    columns: tuple[Field, ...]
    sqlite: str = ""
    materialized: bool = False
    refresh_seconds: int | None = None
    indexes: tuple[Index, ...] = ()
    description: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class RawSql:
    """Named SQL of the schema's author, by dialect; `before` the tables or after them."""

    name: str
    postgres: str = ""
    sqlite: str = ""
    before: bool = False
    description: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation; `location` is `path`, `query` or `header`."""

    name: str
    location: str
    type: Type
    required: bool
    default: Default | None = None
    description: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Payload:
    """A body or a result.

    `name` is an entity, object or view; `variant` is `create`, `update`, `response` or `list` for an entity, ''
    for an object. Or `type` is a plain type. `form` is `one`, `many` (a JSON array) or `page` (the list envelope);
    `media` a media type for results that are no JSON.
    """

    name: str = ""
    variant: str = ""
    type: Type | None = None
    form: str = "one"
    media: str = "application/json"
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of the API. `errors` are the statuses it may answer beside `status`."""

    name: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    body: Payload | None = None
    returns: Payload | None = None
    status: int = 200
    errors: tuple[int, ...] = ()
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    rate_limit: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Extension:
    name: str
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Domain:
    """One schema, understood. Everything below is in source order."""

    name: str
    description: str = ""
    schema: str = ""
    guards: bool = True
    case: str = "camel"
    api_title: str = ""
    api_version: str = "1.0.0"
    extensions: tuple[Extension, ...] = ()
    enums: tuple[Enum, ...] = ()
    objects: tuple[ObjectDefinition, ...] = ()
    entities: tuple[Entity, ...] = ()
    views: tuple[View, ...] = ()
    operations: tuple[Operation, ...] = ()
    raw_sql: tuple[RawSql, ...] = ()
    place: Place = NOWHERE

    def entity(self, name: str) -> Entity:
        """The entity of that name; KeyError when there is none."""
        for candidate in self.entities:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    def object(self, name: str) -> ObjectDefinition:
        """The object of that name; KeyError when there is none."""
        for candidate in self.objects:
            if candidate.name == name:
                return candidate
        raise KeyError(name)
