"""Changing the type of a column, and what that can do to its values."""

from __future__ import annotations

import re

_STRINGS = ("text", "character varying", "character")
_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_TIMES = ("date", "timestamp without time zone", "timestamp with time zone")
_DOCUMENTS = ("json", "jsonb")
_FAMILIES = (_STRINGS, _NUMBERS, _TIMES, _DOCUMENTS)
_WHOLE = {"smallint": 5, "integer": 10, "bigint": 19}

_MODIFIER = re.compile(r"\(([\d,]+)\)")
_STORAGES = {"plain": (*_NUMBERS[:3], *_NUMBERS[4:], *_TIMES, "boolean", "uuid"), "main": ("numeric", "inet", "cidr")}


def conversion(column: str, actual: str, expected: str) -> str:
    """The USING clause of a change of type; '' where assignment converts, and refuses what does not fit."""
    before, after = _bare(actual), _bare(expected)
    if before == after or (before in _STRINGS and after in _STRINGS):
        return ""
    if {before, after} == set(_TIMES[1:]):
        return f" USING {column} AT TIME ZONE 'UTC'"
    if after in _STRINGS:
        # A cast to a length would cut what is too long; an assignment refuses it.
        return f" USING {column}::text"
    same = any(before in family and after in family for family in _FAMILIES)
    return f" USING {column}::{expected}" if same else f" USING {column}::text::{expected}"


def loss(actual: str, expected: str) -> str:
    """What a change of type can do to values; '' when every value stays as it is."""
    before, after = _bare(actual), _bare(expected)
    if before.endswith("[]") and after.endswith("[]"):
        return loss(actual.removesuffix("[]"), expected.removesuffix("[]"))
    mine, wanted = _modifiers(actual), _modifiers(expected)
    if after in ("text", "character varying") and before in _STRINGS[:2]:
        fits = not wanted or (mine and mine[0] <= wanted[0])
        return "" if fits else "values that are too long refuse it"
    if before in _WHOLE and after in _WHOLE:
        return "" if _WHOLE[before] <= _WHOLE[after] else "values that are too large refuse it"
    if after == "numeric" and (before in _WHOLE or before == "numeric"):
        return _numeric_loss(before, mine, wanted)
    if before == after and before in _TIMES:
        return "" if _seconds(mine) <= _seconds(wanted) else "seconds are rounded"
    if (before, after) == ("real", "double precision"):
        return ""
    return "values that cannot be converted refuse it, others may change"


def _numeric_loss(before: str, mine: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if not wanted:
        return ""
    if before in _WHOLE:
        mine = (_WHOLE[before], 0)
    if not mine or mine[1] > wanted[1]:
        return "values are rounded, and those that are too large refuse it"
    return "" if mine[0] - mine[1] <= wanted[0] - wanted[1] else "values that are too large refuse it"


def usual_storage(of: str) -> str:
    """How PostgreSQL stores a type when nobody says otherwise."""
    bare = _bare(of)
    return next((storage for storage, types in _STORAGES.items() if bare in types), "extended")


def _bare(of: str) -> str:
    return _MODIFIER.sub("", of)


def _modifiers(of: str) -> tuple[int, ...]:
    match = _MODIFIER.search(of)
    return tuple(map(int, match[1].split(","))) if match else ()


def _seconds(modifiers: tuple[int, ...]) -> int:
    return modifiers[0] if modifiers else 6
