"""Facts of an API: its operations, and the values that they take and give.

A schema is a set of JSON values: those of any of its options.

    Null  Boolean  Number  Text  List  Object    one kind of JSON each
    Constants                                    some values of one kind
    Reference                                    the options of a named schema, looked up when they are needed

`None` for a schema is any value at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from isotype.domain.values import field, frozen

NULL, BOOLEAN, NUMBER, TEXT, LIST, OBJECT = "null", "boolean", "number", "text", "list", "object"
KINDS = (NULL, BOOLEAN, NUMBER, TEXT, LIST, OBJECT)

REQUEST, RESPONSE = "request", "response"


@frozen
class Option:
    """Values of one kind, or a reference."""


@frozen
class Null(Option):
    """null."""


@frozen
class Boolean(Option):
    """true and false."""


@frozen
class Bound:
    """A least or greatest number; an `exclusive` one is not reached."""

    value: Decimal
    exclusive: bool = False


@frozen
class Number(Option):
    """Numbers; a bound of whole ones is reached. `step` is what they are multiples of."""

    whole: bool = False
    least: Bound | None = None
    greatest: Bound | None = None
    step: Decimal | None = None
    form: str = ""


@frozen
class Text(Option):
    """Texts, by their form ('' for none), the patterns that are all found in them, and their length in code points.

    `digits` are those of a decimal in all, and behind the point; () where they are not said.
    `least` and `greatest` bound what the text of a number stands for.
    `without_nul` is true where it is said that no text holds U+0000.
    `or_number` is true where the same number may also be given as JSON.
    """

    form: str = ""
    patterns: tuple[str, ...] = ()
    shortest: int = 0
    longest: int | None = None
    digits: tuple[int, ...] = ()
    least: Bound | None = None
    greatest: Bound | None = None
    without_nul: bool = False
    or_number: bool = False


@frozen
class Constants(Option):
    """Some values of one kind, as canonical JSON."""

    kind: str
    values: frozenset[str]


@frozen
class Schema:
    """The values of any of its options; without options there is none.

    `unread` are words that narrow it in a way which is compared as it is written: each with its JSON.
    """

    options: tuple[Option, ...]
    unread: tuple[tuple[str, str], ...] = ()


NOTHING = Schema(())
"""The schema that takes no value."""


@frozen
class List(Option):
    """Arrays."""

    items: Schema | None = None
    fewest: int = 0
    most: int | None = None
    unique: bool = False


@frozen
class Property:
    """One property of an object; `default` is what its absence means in a request, as canonical JSON ('' for nothing).

    What is `read_only` is in no request, what is `write_only` in no answer.
    """

    name: str
    schema: Schema | None
    required: bool
    default: str = ""
    deprecated: bool = False
    read_only: bool = False
    write_only: bool = False


@frozen
class Object(Option):
    """Objects. `further` is what properties that are not named take: anything (None), nothing, or something.

    `names_without_nul` is true where it is said that no name of a property holds U+0000.
    `rules` are conditions over several properties, each with its source; only Isotype's own documents have them.
    """

    properties: tuple[Property, ...] = ()
    further: Schema | None = None
    fewest: int = 0
    most: int | None = None
    names_without_nul: bool = False
    rules: tuple[tuple[str, str], ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it may have properties that are not named."""
        return self.further is None or bool(self.further.options)


@frozen
class Reference(Option):
    """All that a schema of this name takes."""

    name: str


@frozen
class Parameter:
    """A parameter; `name` is '' for one of a path, where its place counts: `position`, from 0."""

    location: str
    name: str
    schema: Schema | None
    required: bool
    default: str = ""
    style: str = ""
    explode: bool = True
    deprecated: bool = False
    position: int = 0
    shown: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells it from the others of its operation; names of headers have no case."""
        name = self.name.lower() if self.location == "header" else self.name
        return self.location, name, self.position


@frozen
class Body:
    """What travels in one media type; `schema` is None for media other than JSON too."""

    media: str
    schema: Schema | None = None


@frozen
class Answer:
    """What an operation answers with a status: `201`, `4XX`, or `default` for every other one."""

    status: str
    bodies: tuple[Body, ...] = ()


@frozen
class Operation:
    """One call. `path` is as the document writes it, `route` the same with its parameters unnamed."""

    method: str
    path: str
    route: str
    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[Body, ...] = ()
    body_required: bool = False
    answers: tuple[Answer, ...] = ()
    deprecated: bool = False

    @property
    def name(self) -> str:
        """`GET /api/v1/posts/{id}`: how reports name it."""
        return f"{self.method.upper()} {self.path}"


@frozen
class Api:
    """A whole API; `silent` are the facts that documents of its dialect do not say, `prefixes` the base paths of its
    servers."""

    operations: tuple[Operation, ...]
    schemas: Mapping[str, Schema]
    dialect: str
    silent: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
