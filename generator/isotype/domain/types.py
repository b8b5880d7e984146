"""What a field may hold: the type system of the language, resolved.

```
Type
├── Scalar       one value: text, number, instant, uuid, … with its constraints
├── EnumType     one of the values of a named enum
├── Array        a list of items of one type
├── Map          text keys to values of one type
├── ObjectType   a named object: typed JSON in a column, a shape on the wire
└── Opaque       a database type Isotype does not model; text on the wire, kept as it is
```

A type is complete: whoever holds one needs no other place to know what is accepted.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from isotype.domain.expressions import ValueType
from isotype.domain.patterns import Pattern
from isotype.domain.places import NOWHERE, Place
from isotype.domain.values import frozen

TEXTUAL = ("string", "text", "email", "url")
INTEGERS = {"smallint": (-(2**15), 2**15 - 1), "int": (-(2**31), 2**31 - 1), "bigint": (-(2**63), 2**63 - 1)}
"""Inclusive bounds of the integer types (PostgreSQL manual, table 8.2)."""

SAFE_INTEGER = 2**53 - 1
"""The greatest integer every JSON number reader keeps exactly (RFC 8259, section 6)."""

SCALARS = (
    *TEXTUAL,
    *INTEGERS,
    "decimal",
    "float",
    "bool",
    "timestamp",
    "local_timestamp",
    "date",
    "time",
    "duration",
    "uuid",
    "bytes",
    "inet",
    "json",
)
"""Every built-in base name. `string(n)` is bounded text, `decimal(p,s)` exact; `timestamp` is an instant,
`local_timestamp` a date and time without a zone."""


@frozen
class Scalar:
    """One value. Bounds are inclusive (`minimum`, `maximum`) or exclusive (`above`, `below`), in their fewest digits.

    `length` is the declared n of `string(n)`; `max_length` a bound on other text; both count code points.
    `precision` and `scale` belong to decimals. `number` is true when a bigint or decimal travels as a JSON number.
    Every one of `patterns` must be found: a type that narrows another adds its own.
    `alias` names the value type of the schema it came from.
    """

    base: str
    length: int | None = None
    precision: int = 0
    scale: int = 0
    number: bool = False
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    above: int | Decimal | None = None
    below: int | Decimal | None = None
    min_length: int | None = None
    max_length: int | None = None
    patterns: tuple[Pattern, ...] = ()
    alias: str = ""

    @property
    def longest(self) -> int | None:
        """The greatest number of code points, whichever word said it."""
        bounds = [bound for bound in (self.length, self.max_length) if bound is not None]
        return min(bounds) if bounds else None


@frozen
class EnumValue:
    """One value of an enum; `member` is its final name in Python and TypeScript, `label` what a person reads."""

    value: str
    member: str
    label: str = ""
    description: str = ""
    was: str = ""


@frozen
class Enum:
    """A closed list of texts, stored as CHECK on its base type or, when `native`, as a database enum type.

    `length` is n when the base is `string(n)`, None for text. `database_name` is final.
    """

    name: str
    values: tuple[EnumValue, ...]
    native: bool = False
    length: int | None = None
    database_name: str = ""
    description: str = ""
    place: Place = NOWHERE

    @property
    def texts(self) -> tuple[str, ...]:
        """The values themselves, in order."""
        return tuple(value.value for value in self.values)


@frozen
class EnumType:
    enum: Enum


@frozen
class Array:
    """A one-dimensional list. Items are never null unless `nullable_items`. `sorted` is ascending, equal allowed."""

    item: Type
    nullable_items: bool = False
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False
    sorted: bool = False


@frozen
class Map:
    """A JSON object with free text keys and values of one type."""

    value: Type
    nullable_values: bool = False
    max_items: int | None = None


@frozen
class ObjectType:
    """An object of the schema (in the domain) or a shape (in the wire projection), by its final name."""

    name: str


@frozen
class Opaque:
    """A PostgreSQL type passed through by its own spelling."""

    sql: str


Type = Scalar | EnumType | Array | Map | ObjectType | Opaque

PLAIN = (Scalar, EnumType)
"""The types of one value. A union in its stead would be made anew whenever it is asked for."""


def innermost(of: Type) -> Type:
    """What arrays and maps hold in the end."""
    while True:
        match of:
            case Array(item=inner) | Map(value=inner):
                of = inner
            case _:
                return of


def object_name(of: Type) -> str:
    """The name of the object that a type holds at any depth; '' when it holds none."""
    # Asked of every property of every shape, most of which hold nothing.
    held = of if isinstance(of, PLAIN) else innermost(of)
    return held.name if isinstance(held, ObjectType) else ""


_DIGITS = {"smallint": 5, "int": 10, "bigint": 19}
_TEXT_LIKE = {"string": "text", "text": "text", "email": "text", "url": "text", "bool": "boolean"}


# Fields of one type are many, and rules are told apart by what they read.
@lru_cache(maxsize=1024)
def value_type(of: Type) -> ValueType:
    """How a rule sees a field of this type."""
    match of:
        case Scalar(base=base, number=number) if base in INTEGERS:
            low, high = _range(of)
            return ValueType("integer", digits=_DIGITS[base], number=number or base != "bigint", low=low, high=high)
        case Scalar(base="decimal", precision=precision, scale=scale, number=number):
            low, high = _range(of)
            return ValueType("decimal", scale=scale, digits=precision, number=number, low=low, high=high)
        case Scalar(base=base):
            return ValueType(_TEXT_LIKE.get(base, base))
        case EnumType(enum=enum):
            return ValueType("enum", name=enum.name)
        case Array(item=item):
            return ValueType("array", item=value_type(item))
        case _:
            return ValueType("json")


def _range(of: Scalar) -> tuple[int | Decimal | None, int | Decimal | None]:
    """Bounds that no value passes; an exclusive one counts as inclusive."""
    return (of.above if of.minimum is None else of.minimum, of.below if of.maximum is None else of.maximum)
