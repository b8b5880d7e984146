"""What a schema means: one frozen tree, every reference resolved, nothing of any target.

```
Domain
├── Enum, ObjectDefinition         named types
├── Entity                         a thing with identity, stored and exchanged
│   ├── Field                      type, presence, access, default, reference, transitions
│   ├── Unique  Index  Rule        constraints over fields
│   ├── Partition  Hypertable      physical division by time
│   ├── Distribution  Rows         where rows are kept, reference rows
│   └── EntityApi                  how it looks on the wire
│       └── EntityShape            a result with a name of its own
├── View                           a stored query with declared columns
├── Operation                      one call of the API
└── RawSql                         what the language cannot say
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from isotype.domain.expressions import Expression
from isotype.domain.lazy import NamedTuple
from isotype.domain.places import NOWHERE, Place
from isotype.domain.types import Enum, Type
from isotype.domain.values import field, frozen

JsonValue = None | bool | int | Decimal | str | tuple["JsonValue", ...] | Mapping[str, "JsonValue"]
"""A constant of the schema; numbers with a fraction are exact, lists are tuples, mappings keep their order."""

FULL, READ, WRITE, ONCE, INTERNAL = "full", "read", "write", "once", "internal"
"""Access of a field: everywhere; only in responses; only in inputs; in create and responses; never on the wire."""


@frozen
class Default:
    """What an absent value becomes on create.

    `kind`: `literal` (with `value`, wire form), `now`, `uuid` (random, version 4), `identity` (a counter),
    `sql` (raw, its text in `value`; `sqlite` is its counterpart there, '' when there is none).
    """

    kind: str
    value: JsonValue = None
    sqlite: str = ""


@frozen
class Computed:
    """A value the database makes from the row: a typed expression, or raw SQL where the grammar does not reach.

    `sqlite` is the counterpart of raw `sql`, '' when there is none.
    """

    expression: Expression | None = None
    sql: str = ""
    sqlite: str = ""


@frozen
class Transitions:
    """Allowed moves between the values of an enum field: every value has an entry, () is terminal.

    The same value again is always allowed. `initial` bounds INSERT.
    """

    moves: tuple[tuple[str, tuple[str, ...]], ...]
    initial: tuple[str, ...]

    @property
    def bounds_starts(self) -> bool:
        """Whether a new row may not be in every state."""
        return not {value for value, _ in self.moves} <= set(self.initial)


@frozen
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


@frozen
class InputConstraint:
    """Constraints declared for inputs only; `type` is the field's type with them applied."""

    type: Type
    on: tuple[str, ...] = ("create", "update")


@frozen
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


@frozen
class Waiver:
    """A lint rule silenced here, with the reason the schema gives."""

    rule: str
    reason: str


@frozen
class Unique:
    """No two rows agree in all `fields`. `name` is '' when it follows from table and columns."""

    name: str
    fields: tuple[str, ...]
    nulls_distinct: bool = True
    deferrable: bool = False
    place: Place = NOWHERE


@frozen
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


@frozen
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


@frozen
class Rule:
    """A condition every row keeps: it refuses only when FALSE. `on` is () for all layers, else inputs only.

    `held` names the databases that keep it without being told: it is about what they compute themselves.
    """

    name: str
    that: Expression
    source: str
    message: str = ""
    on: tuple[str, ...] = ()
    place: Place = NOWHERE
    held: tuple[str, ...] = ()


@frozen
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


class Span(NamedTuple):
    """A length of time; `unit` is `hour`, `day` or `week`."""

    number: int
    unit: str

    @property
    def hours(self) -> int:
        """How long it is."""
        return self.number * {"hour": 1, "day": 24, "week": 168}[self.unit]

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"


@frozen
class Compression:
    """Chunks older than `after` are stored by column: rows of the same `segment_by` together, in `order_by`."""

    after: Span
    segment_by: tuple[str, ...]
    order_by: tuple[IndexPart, ...]


@frozen
class Hypertable:
    """Chunks of time that TimescaleDB makes by itself, each `every` long.

    Chunks older than `keep` may go; None keeps all.
    """

    field: str
    every: Span
    keep: Span | None = None
    compression: Compression | None = None
    place: Place = NOWHERE


@frozen
class Distribution:
    """Which node of a Citus cluster holds a row.

    Rows are spread by `field`, next to those of the entity `beside` that have the same value; '' for a reference table,
    of which every node has a copy.
    """

    field: str = ""
    beside: str = ""
    place: Place = NOWHERE


@frozen
class Group:
    """A nested object on the wire made of flat fields; members are (wire name, field name or deeper group)."""

    name: str
    members: tuple[tuple[str, str | Group], ...]
    nullable_when_all_null: bool = False
    replace: bool = False
    description: str = ""
    place: Place = NOWHERE

    def fields(self) -> Iterator[str]:
        """Every field inside, at any depth."""
        for _, member in self.members:
            if isinstance(member, Group):
                yield from member.fields()
            else:
                yield member


@frozen
class Relation:
    """The other end of a reference, shown inside a shape: a list of them when `many`.

    `name` is the relationship on this side, `entity` what it leads to, `shape` the final name of what is shown of it.
    """

    name: str
    entity: str
    shape: str
    many: bool = False
    nullable: bool = False
    wire: str = ""
    description: str = ""
    place: Place = NOWHERE


@frozen
class EntityShape:
    """A result with a name of its own: some fields of a row, rows related to it, and what the service adds."""

    name: str
    fields: tuple[str, ...]
    relations: tuple[Relation, ...] = ()
    added: tuple[Field, ...] = ()
    description: str = ""
    place: Place = NOWHERE


@frozen
class ApiInput:
    """A property that bodies have and no column holds, such as a password; `on` says which bodies."""

    field: Field
    on: tuple[str, ...] = ("create", "update")


SHAPE_ENDINGS = {"create": "Create", "update": "Update", "response": "Response", "list_item": "ListItem"}
"""What follows the stem in the name of each variant of an entity."""


@frozen
class EntityApi:
    """How an entity looks on the wire. `name` is the stem of its shapes.

    `client` are fields the frontend computes; they exist in TypeScript only. `added` are properties of the response
    that the service computes, `inputs` properties of bodies that no column holds.
    `list_fields` is the subset a list shows, () for all; or `list_shape` names one of `shapes`.
    """

    name: str
    groups: tuple[Group, ...] = ()
    client: tuple[Field, ...] = ()
    added: tuple[Field, ...] = ()
    inputs: tuple[ApiInput, ...] = ()
    list_fields: tuple[str, ...] = ()
    list_shape: str = ""
    shapes: tuple[EntityShape, ...] = ()
    exposed: bool = True

    def shape(self, variant: str) -> str:
        """The name of the shape of a variant; `list_item` is whatever a list shows."""
        if variant == "list_item" and not self.list_fields:
            return self.list_shape or self.shape("response")
        return f"{self.name}{SHAPE_ENDINGS[variant]}"


@frozen
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
    hypertable: Hypertable | None = None
    distribution: Distribution | None = None
    rows: tuple[Mapping[str, JsonValue], ...] = ()
    row_places: tuple[Place, ...] = ()
    was: str = ""
    waivers: tuple[Waiver, ...] = ()
    place: Place = NOWHERE

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when there is none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


PAGE = "Page"
"""The envelope around a list: what `page(…)` is."""


@frozen
class ObjectDefinition:
    """A named structure: typed JSON in a column, or a body or result of the API. `client` as in EntityApi.

    An object made of an envelope says which; `content` is the object or shape it holds, '' when that is neither.
    `home` is the entity, object or view in whose file it stands, '' when it has one of its own.
    """

    name: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    client: tuple[Field, ...] = ()
    description: str = ""
    envelope: str = ""
    content: str = ""
    home: str = ""
    place: Place = NOWHERE


@frozen
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


@frozen
class RawSql:
    """Named SQL of the schema's author, by dialect; `before` the tables or after them."""

    name: str
    postgres: str = ""
    sqlite: str = ""
    before: bool = False
    description: str = ""
    place: Place = NOWHERE


@frozen
class Parameter:
    """A parameter of an operation; `location` is `path`, `query` or `header`.

    `object` is the object whose property it is, '' for one that stands alone.
    """

    name: str
    location: str
    type: Type
    required: bool
    default: Default | None = None
    description: str = ""
    deprecated: bool = False
    object: str = ""
    place: Place = NOWHERE


@frozen
class Payload:
    """A body or a result.

    `name` is an entity, object or view; `variant` is `create`, `update`, `response` or `list_item` for an entity, ''
    for an object. Or `type` is a plain type, a shape by its name among them. `form` is `one` or `many` (a JSON array);
    `media` a media type for results that are no JSON.
    """

    name: str = ""
    variant: str = ""
    type: Type | None = None
    form: str = "one"
    media: str = "application/json"
    nullable: bool = False


@frozen
class OrderKey:
    """A field by which a list is sorted; null comes last either way."""

    field: str
    descending: bool = False


@frozen
class Operation:
    """One call of the API. `errors` are the statuses it may answer beside `status`.

    `order` says how the rows of a list are sorted, () where that is not said.
    """

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
    order: tuple[OrderKey, ...] = ()
    place: Place = NOWHERE


@frozen
class Extension:
    """An extension of PostgreSQL; an `optional` one is created only where the server has it."""

    name: str
    schema: str = ""
    optional: bool = False
    place: Place = NOWHERE


@frozen
class Domain:
    """One schema, understood. Everything below is in source order.

    `session` is `async` or `sync` when the models bring sessions, '' when they do not.
    `shared` names the files of shared definitions that the schema uses.
    """

    name: str
    description: str = ""
    schema: str = ""
    guards: bool = True
    session: str = ""
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
    shared: tuple[str, ...] = ()
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
