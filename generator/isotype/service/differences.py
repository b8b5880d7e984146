"""What a comparison of two APIs finds: plain values."""

from __future__ import annotations

from isotype.domain.values import frozen
from isotype.service.model import REQUEST, RESPONSE

MISSING = "missing"
DIFFERENT = "different"
EXTRA = "extra"
UNMANAGED = "unmanaged"

NARROWER, WIDER = "narrower", "wider"

OPERATION, PARAMETER, BODY, ANSWER, ANSWER_BODY = "operation", "parameter", "body", "answer", "answer body"
SHAPE, PROPERTY, ENUM = "shape", "property", "enum"
KINDS = (OPERATION, PARAMETER, BODY, ANSWER, ANSWER_BODY, SHAPE, PROPERTY, ENUM)

Path = tuple[str, ...]


@frozen
class Effect:
    """What a difference does to what travels in a direction: the service takes or gives less than declared, or more.

    Both at once are two effects.
    """

    direction: str
    change: str

    @property
    def harms(self) -> bool:
        """Whether anybody who keeps to the contract is harmed: answers that are fewer than declared harm no one."""
        return self != Effect(RESPONSE, NARROWER)


REFUSED = Effect(REQUEST, NARROWER)
TAKEN = Effect(REQUEST, WIDER)
UNKNOWN = Effect(RESPONSE, WIDER)
UNUSED = Effect(RESPONSE, NARROWER)


@frozen
class Difference:
    """One fact that is otherwise than declared.

    `kind` and `path` name an object of the contract, or for `unmanaged` and `extra` ones one of the document:

        operation    ("GET /posts",)                         property  ("PostCreate", "title")
        parameter    ("GET /posts", "query", "limit")        shape     ("PostCreate",)
        body         ("POST /posts", "application/json")     enum      ("Status",)
        answer       ("GET /posts", "404")
        answer body  ("GET /posts", "404", "application/json")

    `attribute` is '' when it is about the object as a whole, else a word of OpenAPI, after what it stands in:
    `maximum`, `items.maximum`. The ways:

        missing    declared, and not in the document
        different  in the document, with another value of `attribute`
        extra      not declared, within an operation or a shape that is
        unmanaged  an operation that nobody declares

    `operations` are those in which it shows.
    """

    kind: str
    path: Path
    attribute: str
    way: str
    expected: str = ""
    actual: str = ""
    effects: tuple[Effect, ...] = ()
    operations: tuple[str, ...] = ()


@frozen
class Unsaid:
    """A fact of the contract that the document cannot say: left to those who ask the service."""

    kind: str
    path: Path
    attribute: str
    fact: str


@frozen
class Comparison:
    """What differs, what the document does not say, and how many objects of the contract were compared."""

    differences: tuple[Difference, ...]
    unsaid: tuple[Unsaid, ...]
    objects: int
