"""Rows as conditions: stretches of fixed length around one repeat, or many repeats of one alphabet."""

from __future__ import annotations

from isotype.dialects.literals.sql import sqlite_string
from isotype.dialects.sqlite_patterns.globs import ANY, glob, literal, not_glob, one_of, only
from isotype.dialects.sqlite_patterns.rows import ANY_TEXT, Item, Row
from isotype.domain.patterns import Ranges, intersection, union

_MAXIMUM_SIGNS = 5
# A class that stands more often than this is counted by `length`, not written out.
_WRITTEN_OUT = 8


def conditions(row: Row, operand: str) -> list[str]:
    """The conditions that say the row together; none when it has neither shape."""
    if not row:
        return [f"{operand} = ''"]
    if len(row) == 1 and row[0].is_any_text:
        return _length(row[0].low, None, operand) or [f"length({operand}) >= 0"]
    loose = [index for index, item in enumerate(row) if not item.is_any_text and not _is_written_out(item)]
    if not loose:
        return [_shape(row, operand)]
    if any(item.is_any_text for item in row):
        return []
    return _around(row, loose[0], operand) if len(loose) == 1 else _one_alphabet(row, operand)


def _is_written_out(item: Item) -> bool:
    return item.is_fixed and item.low <= _WRITTEN_OUT


def _shape(row: Row, operand: str) -> str:
    """The row as one GLOB, each repeat as any text behind its least count; a plain text as an equality."""
    if all(item.is_fixed and literal(item.members) for item in row):
        return f"{operand} = {sqlite_string(''.join(literal(item.members) * item.low for item in row))}"
    pieces = (one_of(item.members) * item.low + ("" if item.is_fixed else "*") for item in row)
    return glob(operand, "".join(pieces))


def _around(row: Row, index: int, operand: str) -> list[str]:
    """Pieces of fixed length before and behind one repeated class."""
    item, before, behind = row[index], row[:index], row[index + 1 :]
    ahead, after = sum(piece.low for piece in before), sum(piece.low for piece in behind)
    low, high = item.low + ahead + after, None if item.high is None else item.high + ahead + after
    found: list[str] = []
    if before or behind:
        written = item.low if item.low <= 2 else 0
        found.append(_shape((*before, Item(item.members, written, written), ANY_TEXT, *behind), operand))
        low = 0 if written == item.low else low
    found.extend(_length(low, high, operand))
    if all(_is_within(piece.members, item.members) for piece in (*before, *behind)):
        middle = operand
    else:
        middle = f"substr({operand}, {ahead + 1}{f', length({operand}) - {ahead + after}' if after else ''})"
    # Any count of a class is no condition at all where the class is everything.
    return [*found, *only(middle, item.members)] or [f"length({operand}) >= 0"]


def _one_alphabet(row: Row, operand: str) -> list[str]:
    """Endless repeats of one class, between pieces that lie wholly inside or wholly outside it.

    With exactly as many outside characters as the row has, no repeat can hold one, so GLOB's `*` is the repeat.
    """
    repeats = [item for item in row if not item.is_fixed]
    alphabets = {item.members for item in repeats}
    if len(alphabets) != 1 or any(item.high is not None for item in repeats):
        return []
    [alphabet] = alphabets
    signs = [item for item in row if not _is_within(item.members, alphabet)]
    count = sum(item.low for item in signs)
    if count > _MAXIMUM_SIGNS or max(item.low for item in row) > _WRITTEN_OUT:
        return []
    if any(intersection(item.members, alphabet) for item in signs):
        return []
    sign = union(part for item in signs for part in item.members)
    found = [_shape(row, operand), *only(operand, union((*alphabet, *sign)))]
    if sign:
        found.append(not_glob(operand, "*" + f"{one_of(sign)}*" * (count + 1)))
    return found


def _length(low: int, high: int | None, operand: str) -> list[str]:
    match low, high:
        case 0, None:
            return []
        case 1, None:
            return [f"{operand} <> ''"]
        case _, None:
            return [f"length({operand}) >= {low}"]
        case 0, _:
            return [f"length({operand}) <= {high}"]
        case _ if low == high:
            return [f"length({operand}) = {low}"]
    return [f"length({operand}) BETWEEN {low} AND {high}"]


def _is_within(part: Ranges, whole: Ranges) -> bool:
    return whole == ANY or intersection(part, whole) == part
