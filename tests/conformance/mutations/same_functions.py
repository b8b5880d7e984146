"""Whether two support modules of rules compute the same from all that the fields of a schema can hold.

Verdicts are few, so that each function of them is asked about all. Of numbers, texts and times those are asked that
stand on the two sides of everything the module tells apart; of two or three operands each with each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Context, Decimal
from enum import Enum, StrEnum
from itertools import product
from types import ModuleType
from typing import Any
from uuid import UUID

from isotype.language.checking import WIDEST

REASON = "every function of rules gives the same for all that a field can hold"

Arguments = Iterator[Sequence[Any]]


class _Tone(StrEnum):
    LOW = "low"
    HIGH = "high"


_EXACT = Context(prec=2 * WIDEST)
_INTEGERS = (0, 1, -1, 7, 2**31, 2**62, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64)
_DECIMALS = tuple(
    map(
        Decimal,
        ("0", "0.00", "1", "1.0", "-1.5", "0.1", "99999999.99", "1E+20", "-1E-20", "3" * 60, "7" * (WIDEST // 2)),
    )
)
_FLOATS = (0.0, 1.0, -1.5, 0.1, 1e300, 5e-324)
_TEXTS = ("", "a", "aa", "ab", "b", "low", "zz", "\uffee", "\U0001f989", "\U0001f98a", "xzz", "a\n", "e\u0301")
_ZONES = (UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-5)))
_INSTANTS = tuple(
    datetime(2024, 1, 1, 12, microsecond=micro, tzinfo=UTC).astimezone(zone) for micro in (0, 1) for zone in _ZONES
)
_LOCALS = (datetime(2024, 1, 1), datetime(2024, 1, 1, microsecond=1), datetime(2023, 12, 31, 23, 59, 59))
_DAYS = (date(1, 1, 1), date(2024, 2, 29), date(2024, 3, 1))
_TIMES = (time(0), time(8, 30), time(8, 30, 0, 1), time(23, 59, 59, 999999))
_CODES = (UUID(int=0), UUID(int=1), str(UUID(int=1)), UUID(int=2**128 - 1))
_KINDS: tuple[tuple[Any, ...], ...] = (
    *((*_INTEGERS[:8], *_DECIMALS), _FLOATS, (*_TEXTS, *_Tone), _INSTANTS, _LOCALS, _DAYS, _TIMES, _CODES),
    (True, False),
)
"""What may meet in one comparison."""


def computes_alike(whole: ModuleType, broken: ModuleType) -> bool:
    """Whether all functions that rules call are the same in both modules."""
    for name, inputs in _INPUTS.items():
        for one, other in zip(inputs(whole), inputs(broken), strict=True):
            if _told(getattr(whole, name), one) != _told(getattr(broken, name), other):
                return False
    return True


def _told(function: Callable[..., Any], arguments: Sequence[Any]) -> object:
    try:
        found = function(*arguments)
    except Exception as error:
        return type(error).__name__
    if isinstance(found, Enum) and not isinstance(found, str):
        return found.name
    if isinstance(found, int | Decimal) and not isinstance(found, bool):
        # Whole numbers compare and add up alike as either, and minus nothing is nothing.
        return "number", format(_EXACT.normalize(_EXACT.add(Decimal(found), 0)), "f")
    return type(found).__name__, repr(found)


def _marks(module: ModuleType) -> tuple[Any, ...]:
    return (None, module.UNKNOWN, module.OVERFLOW)


def _verdicts(module: ModuleType) -> tuple[Any, ...]:
    return (True, False, *_marks(module))


def _verdict(module: ModuleType) -> Arguments:
    return ((one,) for one in _verdicts(module))


def _parts(module: ModuleType) -> Arguments:
    for count in range(5):
        yield from product(_verdicts(module), repeat=count)


def _any_value(module: ModuleType) -> Arguments:
    return ((one,) for one in (*_verdicts(module), *(value for kind in _KINDS for value in kind)))


def _pairs(module: ModuleType) -> Arguments:
    for kind in _KINDS:
        yield from product((*kind, *_marks(module)), repeat=2)


def _triples(module: ModuleType) -> Arguments:
    for kind in _KINDS:
        yield from product((*kind[:6], *_marks(module)), repeat=3)


def _options(module: ModuleType) -> Arguments:
    yield from _triples(module)
    yield from _pairs(module)


def _items(module: ModuleType) -> Arguments:
    marks = _marks(module)
    for kind in _KINDS:
        some = kind[:4]
        lists: list[Any] = [[], *([one] for one in some), *map(list, product(some, repeat=2)), [None, some[0]], *marks]
        for name in ("eq", "ne", "lt", "le", "gt", "ge"):
            if name in ("eq", "ne") or kind is not _KINDS[-1]:
                yield from product((getattr(module, name),), (*some, *marks), lists)


def _numbers(module: ModuleType) -> Arguments:
    yield from product((*_INTEGERS, *_DECIMALS, *_marks(module)), repeat=2)


def _number(module: ModuleType) -> Arguments:
    return ((one,) for one in (*_INTEGERS, *_DECIMALS, *_FLOATS, *_marks(module)))


def _integer(module: ModuleType) -> Arguments:
    return ((one,) for one in (*_INTEGERS, *_marks(module)))


def _searched(module: ModuleType) -> Arguments:
    return product((*_TEXTS, *_marks(module)), ("^a", "z$", "[a-m]", "a(?![\\s\\S])"))


def _found(module: ModuleType) -> Arguments:
    return ((pattern, text) for text, pattern in _searched(module) if isinstance(text, str))


def _text(module: ModuleType) -> Arguments:
    return ((one,) for one in (*_TEXTS, *_marks(module)))


def _lists(module: ModuleType) -> Arguments:
    return ((one,) for one in ([], [1], [None, 1], *_marks(module)))


def _coalesced(module: ModuleType) -> Arguments:
    yield from _parts(module)
    yield from _triples(module)


def _chosen(module: ModuleType) -> Arguments:
    return product(_verdicts(module), (1, "x", *_marks(module)), (2, *_marks(module)))


_INPUTS: Mapping[str, Callable[[ModuleType], Arguments]] = {
    **dict.fromkeys(("refuses", "not_", "is_true", "is_false"), _verdict),
    **dict.fromkeys(("and_", "or_"), _parts),
    **dict.fromkeys(("is_null", "is_not_null"), _any_value),
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), _pairs),
    **{"between": _triples, "is_in": _options},
    **dict.fromkeys(("any_of", "all_of"), _items),
    **dict.fromkeys(("add", "subtract", "multiply"), _numbers),
    **dict.fromkeys(("negate", "absolute"), _number),
    **{"bounded": _integer, "matches": _searched, "found": _found, "missed": _found, "length": _text},
    **{"cardinality": _lists, "coalesce": _coalesced, "choose": _chosen},
    "number": lambda _: ((text,) for text in ("0", "-1.50", "9" * 40)),
    "instant": lambda _: ((text,) for text in ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5+05:30")),
    "local": lambda _: ((text,) for text in ("2024-01-01T00:00:00", "0001-01-01T00:00:00.000001")),
    "day": lambda _: ((text,) for text in ("0001-01-01", "2024-02-29")),
    "clock": lambda _: ((text,) for text in ("00:00:00", "23:59:59.999999")),
}
FUNCTIONS = frozenset(_INPUTS)
"""The functions that are asked: all that code outside of the module may call."""
