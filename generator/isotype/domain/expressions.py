"""Rule expressions as trees: SQL boolean expressions over the fields of one row.

The parser and the type checker live in `language`; each dialect prints the tree.
A tree that left the checker is *typed*: every node knows its `type`.

```
Expression
├── Name  Literal                        operands
├── Arithmetic  Negate  Call  Case       values
├── Compare  In  Between  Like  Match    predicates (three-valued)
├── IsNull  IsTruth  Quantified
└── And  Or  Not                         connectives
```

Booleans are three-valued as in SQL (TRUE, FALSE, NULL).
A rule refuses a row only when its expression is FALSE.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from isotype.domain.patterns import Pattern
from isotype.domain.values import field, fields, frozen, replace


@frozen
class ValueType:
    """The type of an expression.

    `kind` is one of `boolean`, `integer`, `decimal`, `float`, `text`, `enum`, `timestamp`, `local_timestamp`,
    `date`, `time`, `duration`, `uuid`, `bytes`, `inet`, `json`, `array`, `null`.
    `scale` counts fraction digits of a decimal (0 for integers), -1 when a division left them open; `digits` bounds
    the significant digits, 0 is unbounded. Integers have 5, 10 or 19 digits: 16, 32 or 64 bits.
    `number` is true when an integer or decimal travels as a JSON number.
    `low` and `high` are what the field's own range allows, None where it says nothing.
    `name` is the enum's name; `item` the item type of an array.
    """

    kind: str
    scale: int = 0
    digits: int = 0
    number: bool = False
    low: int | Decimal | None = None
    high: int | Decimal | None = None
    name: str = ""
    item: ValueType | None = None


BOOLEAN = ValueType("boolean")
TEXT = ValueType("text")
NULL = ValueType("null")
UNTYPED = ValueType("")


@frozen
class Expression:
    """A node; `at` is the offset of its first character in the expression's text, ignored in comparisons."""

    type: ValueType = field(default=UNTYPED, kw_only=True)
    at: int = field(default=0, kw_only=True, compare=False)


@frozen
class Name(Expression):
    """A field of the row, by the field's name in the schema."""

    name: str


@frozen
class Literal(Expression):
    """A constant: text, exact number, boolean, or None for NULL.

    Instants, dates, uuids stay text here, in canonical wire form; the node's `type` says what they are.
    """

    value: str | int | Decimal | bool | None


@frozen
class Compare(Expression):
    """`left op right`, op one of `= <> < <= > >=`."""

    op: str
    left: Expression
    right: Expression


@frozen
class And(Expression):
    parts: tuple[Expression, ...]


@frozen
class Or(Expression):
    parts: tuple[Expression, ...]


@frozen
class Not(Expression):
    part: Expression


@frozen
class In(Expression):
    value: Expression
    options: tuple[Expression, ...]
    negated: bool = False


@frozen
class Between(Expression):
    value: Expression
    low: Expression
    high: Expression
    negated: bool = False


@frozen
class IsNull(Expression):
    value: Expression
    negated: bool = False


@frozen
class IsTruth(Expression):
    """`value IS [NOT] TRUE` or `IS [NOT] FALSE`, as `truth` says; never NULL."""

    value: Expression
    truth: bool
    negated: bool = False


@frozen
class Like(Expression):
    """SQL LIKE with a literal pattern (`%`, `_`, escape `\\`), case-sensitive in every target."""

    value: Expression
    pattern: str
    negated: bool = False


@frozen
class Match(Expression):
    """`value ~ 'pattern'`: true when the pattern is found anywhere in the text."""

    value: Expression
    pattern: Pattern
    negated: bool = False


@frozen
class Arithmetic(Expression):
    """`left op right`, op one of `+ - * /`; `/` only where a computed value allows it."""

    op: str
    left: Expression
    right: Expression


@frozen
class Negate(Expression):
    value: Expression


@frozen
class Call(Expression):
    """A function with one fixed meaning: `length(text)` in code points, `cardinality(array)`, `abs(number)`,
    `coalesce(a, b, …)`, and, in computed values only, `round(number, digits)`."""

    function: str
    arguments: tuple[Expression, ...]


@frozen
class Case(Expression):
    """Searched CASE; without ELSE the value is NULL."""

    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None = None


@frozen
class Quantified(Expression):
    """`value op ANY (array)` or `value op ALL (array)` over an array field."""

    op: str
    value: Expression
    quantifier: str
    array: Expression


def children(node: Expression) -> tuple[Expression, ...]:
    """The direct parts of a node, in source order."""
    match node:
        case Name() | Literal():
            return ()
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case And(parts=parts) | Or(parts=parts):
            return parts
        case Not(part=part):
            return (part,)
        case In(value=value, options=options):
            return (value, *options)
        case Between(value=value, low=low, high=high):
            return (value, low, high)
        case IsNull(value=value) | IsTruth(value=value) | Like(value=value) | Match(value=value) | Negate(value=value):
            return (value,)
        case Call(arguments=arguments):
            return arguments
        case Case(branches=branches, otherwise=otherwise):
            flat = tuple(part for branch in branches for part in branch)
            return flat if otherwise is None else (*flat, otherwise)
        case Quantified(value=value, array=array):
            return (value, array)
        case _:
            return ()


def walk(node: Expression) -> Iterator[Expression]:
    """The node and everything below it, parents first."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


@lru_cache(maxsize=4096)
def names(node: Expression) -> tuple[str, ...]:
    """The fields an expression reads, each once, in order of first use."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Name)))


def literal_type(value: str | int | Decimal | bool | None) -> ValueType:
    """The type a constant has by itself; an integer beyond 64 bits is a decimal without fraction."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOLEAN
        case str():
            return TEXT
        case int():
            if -(2**63) <= value < 2**63:
                narrow = -(2**31) <= value < 2**31
                return ValueType("integer", digits=10 if narrow else 19, number=abs(value) < 2**53)
            return ValueType("decimal", digits=len(str(abs(value))))
    _, digits, exponent = value.as_tuple()
    scale = max(-exponent, 0) if isinstance(exponent, int) else 0
    return ValueType("decimal", scale=scale, digits=max(len(digits), scale))


def rename(node: Expression, others: Mapping[str, str]) -> Expression:
    """The same expression reading other names; a name without an entry stays."""
    if all(others.get(name, name) == name for name in names(node)):
        return node
    if isinstance(node, Name):
        return replace(node, name=others.get(node.name, node.name))
    changes = {part: _renamed(getattr(node, part), others) for part in fields(node) if part not in ("type", "at")}
    return replace(node, **changes)


def _renamed(value: Any, others: Mapping[str, str]) -> Any:
    if isinstance(value, Expression):
        return rename(value, others)
    if isinstance(value, tuple):
        return tuple(_renamed(part, others) for part in value)
    return value
