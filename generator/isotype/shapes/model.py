"""The wire projection: the JSON shapes and operations of the API. Frozen; every name is final.

A shape belongs to one direction. `input` shapes refuse unknown properties, `output` shapes drop them.
In an `update` shape every property may be absent, and absent means unchanged.

Types inside shapes are domain types in which `ObjectType.name` is the name of a shape.
"""

from __future__ import annotations

from collections.abc import Mapping

from isotype.domain.expressions import Expression
from isotype.domain.model import Default, Field, JsonValue, OrderKey, Transitions
from isotype.domain.places import NOWHERE, Place
from isotype.domain.types import Enum, Type
from isotype.domain.values import field, frozen

INPUT, OUTPUT, UPDATE = "input", "output", "update"


@frozen
class WirePath:
    """Where a field stands in one shape: wire names and Python attributes down from the shape."""

    wire: tuple[str, ...]
    attributes: tuple[str, ...]


@frozen
class Property:
    """One property. `name` is its wire name, `attribute` its Python name, `field` the field it carries ('' for groups).

    `required`: the key must be present. `default`: what an absent value means, for literals only.
    `server_default` is true when absence lets the server choose (now, uuid, identity, raw SQL).
    `relation` names the relationship whose rows the property holds; `given` is true where only the service has it.
    Fields in the same words share a property; where one stands, its shape knows. Shapes with the same properties share
    the list of them.
    """

    name: str
    attribute: str
    field: str
    type: Type
    required: bool
    nullable: bool
    default: Default | None = None
    server_default: bool = False
    description: str = ""
    deprecated: bool = False
    write_only: bool = False
    read_only: bool = False
    relation: str = ""
    given: bool = False
    place: Place = NOWHERE


@frozen
class Operand:
    """Where a rule finds a field in a shape: names down from the shape (`wire` and Python `attributes`).

    () when the field is not known here. `default` is what an absent value means on create: a constant, NULL included.
    """

    field: str
    wire: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    default: Default | None = None

    @property
    def known(self) -> bool:
        return bool(self.wire)


@frozen
class ShapeRule:
    """A condition over a whole shape; refuses only when FALSE. The expression names fields, `operands` finds them."""

    name: str
    expression: Expression
    source: str
    message: str
    operands: tuple[Operand, ...]


@frozen
class Shape:
    """A JSON object.

    `variant` is `create`, `update`, `response`, `list_item`, `named`, `list` or `object`; `owner` the entity, object or
    operation it comes from; `module` the file it stands in (snake_case, no extension).
    `refused` are wire names that exist elsewhere but not in this input, with the reason in words.
    `client` are properties the frontend computes; they exist in TypeScript only.
    `content` is the shape that an envelope holds. `fields` are those that properties carry, and others beside them.
    """

    name: str
    variant: str
    direction: str
    owner: str
    module: str
    properties: tuple[Property, ...]
    rules: tuple[ShapeRule, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    client: tuple[Property, ...] = ()
    recursive: bool = False
    content: str = ""
    description: str = ""
    fields: tuple[Field, ...] = field(default=(), compare=False)
    place: Place = NOWHERE

    def place_of(self, prop: Property) -> Place:
        """Where one of the properties stands in the schema."""
        if prop.place.file:
            return prop.place
        return next((field.place for field in self.fields if field.name == prop.field), self.place)


@frozen
class StateMachine:
    """Allowed moves of an enum field. `name` is the stem of the emitted names (`CompressionRequestStatus`).

    One that is `nullable` has not begun while it is null.
    """

    name: str
    owner: str
    module: str
    field: str
    enum: Enum
    transitions: Transitions
    nullable: bool = False


@frozen
class ApiParameter:
    """A parameter of an operation; `name` is its wire name, `attribute` its Python name.

    `object` is the input shape whose property it is, '' for one that stands alone.
    """

    name: str
    attribute: str
    location: str
    type: Type
    required: bool
    nullable: bool = False
    default: JsonValue = None
    has_default: bool = False
    description: str = ""
    deprecated: bool = False
    object: str = ""


@frozen
class ApiBody:
    """A body or result. `type` is None for no content and for media other than JSON."""

    type: Type | None
    nullable: bool = False
    media: str = "application/json"


@frozen
class ApiOperation:
    """One call of the API. `errors` answer with the shape `ErrorResponse`; `order` sorts the rows of a list."""

    name: str
    identifier: str
    method: str
    path: str
    parameters: tuple[ApiParameter, ...]
    body: ApiBody | None
    result: ApiBody
    status: int
    errors: tuple[int, ...]
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    rate_limit: str = ""
    order: tuple[OrderKey, ...] = ()
    place: Place = NOWHERE

    @property
    def call(self) -> str:
        """`GET /posts/{id}`: how documents and reports name it."""
        return f"{self.method.upper()} {self.path}"


@frozen
class ShapeModule:
    """One emitted file. `entity` is '' for objects.

    `stem` is the name of the thing itself; `imports` are the shapes of other modules and `enums` the enums that the
    shapes in here name directly, both sorted.
    """

    name: str
    stem: str
    entity: str
    shapes: tuple[Shape, ...]
    machines: tuple[StateMachine, ...]
    imports: tuple[str, ...] = ()
    enums: tuple[str, ...] = ()
    description: str = ""


@frozen
class Shapes:
    """The whole wire side of a domain. Enums live in a module `enums` of their own."""

    domain: str
    title: str
    version: str
    description: str
    enums: tuple[Enum, ...]
    modules: tuple[ShapeModule, ...]
    operations: tuple[ApiOperation, ...]
    by_name: Mapping[str, Shape]

    def shape(self, name: str) -> Shape:
        """The shape of that name; KeyError when there is none. Its `module` is the file it stands in."""
        return self.by_name[name]
