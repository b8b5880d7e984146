"""Rules with SQL's three-valued logic.

A verdict is True, False, or None for NULL; a rule refuses a row when it is False.
Two marks stand for values that Python has no word for: `UNKNOWN`, a value not known
here, and `OVERFLOW`, an integer that left 64 bits on the way. What follows from
UNKNOWN is UNKNOWN; OVERFLOW refuses the row unless an earlier part has decided.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Context, Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar, overload
from uuid import UUID


class Mark(Enum):
    """What a value can be beside itself and None."""

    UNKNOWN = "unknown"
    OVERFLOW = "overflow"


UNKNOWN: Final = Mark.UNKNOWN
OVERFLOW: Final = Mark.OVERFLOW

T = TypeVar("T")
R = TypeVar("R")
Verdict: TypeAlias = bool | Mark | None
Number: TypeAlias = int | float | Decimal | Mark | None
Items: TypeAlias = Sequence[object] | Mark | None
Comparison: TypeAlias = Callable[[object, object], Verdict]

# No sum or product of a rule has more digits than this, so nothing is ever rounded.
_EXACT = Context(prec=4000)

_PLAIN = frozenset({bool, date, Decimal, float, int, list, str, time})
"""Types that are computed with as they are."""


def refuses(verdict: Verdict) -> bool:
    """Whether a rule with this verdict refuses its row."""
    return verdict is False or verdict is OVERFLOW


def and_(*parts: Verdict) -> Verdict:
    """AND, judged from left to right."""
    result: Verdict = True
    for part in parts:
        if part is False:
            return False
        if part is OVERFLOW:
            return UNKNOWN if result is UNKNOWN else OVERFLOW
        if part is UNKNOWN or (part is None and result is True):
            result = part
    return result


def or_(*parts: Verdict) -> Verdict:
    """OR, judged from left to right."""
    result: Verdict = False
    for part in parts:
        if part is True:
            return True
        if part is OVERFLOW:
            return UNKNOWN if result is UNKNOWN else OVERFLOW
        if part is UNKNOWN or (part is None and result is False):
            result = part
    return result


def not_(part: Verdict) -> Verdict:
    """NOT."""
    return not part if isinstance(part, bool) else part


def is_null(value: object) -> Verdict:
    """IS NULL."""
    return value if isinstance(value, Mark) else value is None


def is_not_null(value: object) -> Verdict:
    """IS NOT NULL."""
    return not_(is_null(value))


def is_true(verdict: Verdict) -> Verdict:
    """IS TRUE."""
    return verdict if isinstance(verdict, Mark) else verdict is True


def is_false(verdict: Verdict) -> Verdict:
    """IS FALSE."""
    return verdict if isinstance(verdict, Mark) else verdict is False


def eq(left: object, right: object) -> Verdict:
    """Equal to."""
    return _strict(operator.eq, left, right)


def ne(left: object, right: object) -> Verdict:
    """Different from."""
    return _strict(operator.ne, left, right)


def lt(left: object, right: object) -> Verdict:
    """Less than; text is ordered by code point."""
    return _strict(operator.lt, left, right)


def le(left: object, right: object) -> Verdict:
    """Less than or equal to."""
    return _strict(operator.le, left, right)


def gt(left: object, right: object) -> Verdict:
    """Greater than."""
    return _strict(operator.gt, left, right)


def ge(left: object, right: object) -> Verdict:
    """Greater than or equal to."""
    return _strict(operator.ge, left, right)


def between(value: object, low: object, high: object) -> Verdict:
    """BETWEEN, both ends included."""
    return and_(ge(value, low), le(value, high))


def is_in(value: object, *options: object) -> Verdict:
    """IN."""
    return or_(*(eq(value, option) for option in options))


def any_of(comparison: Comparison, value: object, items: Items) -> Verdict:
    """Whether the comparison holds for ANY of the items."""
    if isinstance(value, Mark):
        return value
    if items is None or isinstance(items, Mark):
        return items
    return or_(*(comparison(value, item) for item in items))


def all_of(comparison: Comparison, value: object, items: Items) -> Verdict:
    """Whether the comparison holds for ALL items."""
    if isinstance(value, Mark):
        return value
    if items is None or isinstance(items, Mark):
        return items
    return and_(*(comparison(value, item) for item in items))


def matches(value: object, pattern: str) -> Verdict:
    """Whether the pattern is found in a text."""
    return _strict(lambda text: _compiled(pattern).search(text) is not None, value)


def found(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text."""
    return _compiled(pattern).search(text) is not None


def missed(pattern: str, text: str) -> bool:
    """Whether the pattern is not found in the text."""
    return _compiled(pattern).search(text) is None


def length(value: object) -> int | Mark | None:
    """The code points of a text."""
    return _strict(len, value)


def cardinality(items: Items) -> int | Mark | None:
    """The number of items."""
    return _strict(len, items)


def add(left: Number, right: Number) -> Any:
    """The exact sum."""
    return _strict(_EXACT.add, left, right)


def subtract(left: Number, right: Number) -> Any:
    """The exact difference."""
    return _strict(_EXACT.subtract, left, right)


def multiply(left: Number, right: Number) -> Any:
    """The exact product."""
    return _strict(_EXACT.multiply, left, right)


def negate(value: Number) -> Any:
    """The number with the other sign."""
    return _strict(lambda a: a.copy_negate() if isinstance(a, Decimal) else -a, value)


def absolute(value: Number) -> Any:
    """The number without its sign."""
    return _strict(lambda a: a.copy_abs() if isinstance(a, Decimal) else abs(a), value)


def bounded(value: Any) -> Any:
    """The integer, or OVERFLOW when it takes more than 64 bits."""
    return _strict(lambda a: a if -(2**63) <= a < 2**63 else OVERFLOW, value)


@overload
def coalesce(*values: Verdict) -> Verdict: ...
@overload
def coalesce(*values: object) -> Any: ...
def coalesce(*values: object) -> object:
    """The first value that is not NULL."""
    return next((value for value in values if value is not None), None)


def choose(condition: Verdict, value: T, otherwise: T) -> T | Mark:
    """CASE WHEN condition THEN value ELSE otherwise END."""
    if isinstance(condition, Mark):
        return condition
    return value if condition else otherwise


def number(text: str) -> Decimal:
    """An exact constant."""
    return Decimal(text)


def instant(text: str) -> datetime:
    """A constant point in time."""
    return datetime.fromisoformat(text)


def local(text: str) -> datetime:
    """A constant date and time without a zone."""
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    """A constant date."""
    return date.fromisoformat(text)


def clock(text: str) -> time:
    """A constant time of day."""
    return time.fromisoformat(text)


def _strict(compute: Callable[..., R], *values: Any) -> R | Mark | None:
    """What is computed from the values, unless one is OVERFLOW, UNKNOWN or None."""
    for value in values:
        if value is None or type(value) is Mark:
            break
    else:
        return compute(*map(_plain, values))
    if OVERFLOW in values:
        return OVERFLOW
    return UNKNOWN if UNKNOWN in values else None


def _plain(value: Any) -> Any:
    """The form a value is computed with.

    Instants of a zone are in UTC, since its clock runs twice through the same hour.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        zone = value.tzinfo
        fixed = zone is None or zone.utcoffset(None) is not None
        return value if fixed else value.astimezone(UTC)
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, UUID) else value


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
