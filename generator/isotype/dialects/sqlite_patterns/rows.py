"""Flattens a pattern into a few rows, each a way through it from the text's start to its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from isotype.dialects.sqlite_patterns.globs import ANY
from isotype.domain import patterns as tree
from isotype.domain.patterns import Characters, End, Node, Ranges, Start
from isotype.domain.values import frozen, replace

MAXIMUM_ROWS = 8


@frozen
class Item:
    """A class from `low` to `high` times; `high` None is unbounded."""

    members: Ranges
    low: int = 1
    high: int | None = 1

    @property
    def is_any_text(self) -> bool:
        return self.members == ANY and self.high is None

    @property
    def is_fixed(self) -> bool:
        return self.low == self.high


Row = tuple[Item, ...]
ANY_TEXT = Item(ANY, 0, None)

_Anchored = tuple[Item | Start | End, ...]


class TooMany(Exception):
    """The pattern has more ways than are worth writing, or repeats a group without end."""


def rows(root: Node) -> list[Row]:
    """Each way through the pattern, open ends written as any text; raises TooMany."""
    closed = (_closed(row) for row in _anchored(root))
    return list(dict.fromkeys(merged(row) for row in closed if row is not None))


def spread(row: Row) -> list[Row]:
    """The row once for each count of its shortest bounded repeat; raises TooMany when there is none."""
    widths = [(item.high - item.low, index) for index, item in enumerate(row) if item.high is not None]
    width, index = min(((width, index) for width, index in widths if width), default=(MAXIMUM_ROWS, 0))
    if width >= MAXIMUM_ROWS:
        raise TooMany
    item = row[index]
    counts = range(item.low, item.low + width + 1)
    return [merged((*row[:index], Item(item.members, count, count), *row[index + 1 :])) for count in counts]


def merged(row: Row) -> Row:
    """The row with neighbours of one class as one item, and with repeats beside any text at their least."""
    items = _joined(row)
    while (index := _beside_any_text(items)) is not None:
        items[index] = replace(items[index], high=items[index].low)
        items = _joined(items)
    return tuple(items)


def _joined(row: Iterable[Item]) -> list[Item]:
    items: list[Item] = []
    for item in row:
        if item.high == 0:
            continue
        if items and items[-1].members == item.members:
            last = items.pop()
            high = None if last.high is None or item.high is None else last.high + item.high
            items.append(Item(item.members, last.low + item.low, high))
        else:
            items.append(item)
    return items


def _beside_any_text(items: list[Item]) -> int | None:
    """Where a repeat stands beside any text, which takes whatever the repeat leaves."""
    for index, item in enumerate(items):
        beside = items[max(0, index - 1) : index] + items[index + 1 : index + 2]
        if not item.is_fixed and not item.is_any_text and any(other.is_any_text for other in beside):
            return index
    return None


def _anchored(node: Node) -> list[_Anchored]:
    match node:
        case Characters():
            return [(Item(tree.members(node)),)]
        case Start() | End():
            return [(node,)]
        case tree.Alternatives(options=options):
            return _limited(row for option in options for row in _anchored(option))
        case tree.Sequence(parts=parts):
            return _product([_anchored(part) for part in parts])
        case tree.Repeat(part=Characters() as part, low=low, high=high):
            return [(Item(tree.members(part), low, high),)]
        case tree.Repeat(part=part, low=low, high=high) if high is not None and high - low < MAXIMUM_ROWS:
            inner = _anchored(part)
            return _limited(row for count in range(low, high + 1) for row in _product([inner] * count))
    raise TooMany


def _limited(found: Iterable[_Anchored]) -> list[_Anchored]:
    kept: list[_Anchored] = []
    for row in found:
        if len(kept) == MAXIMUM_ROWS:
            raise TooMany
        kept.append(row)
    return kept


def _product(parts: Sequence[list[_Anchored]]) -> list[_Anchored]:
    return _limited(tuple(item for row in choice for item in row) for choice in product(*parts))


def _closed(row: _Anchored) -> Row | None:
    """The row as items that span the whole text; None when an anchor makes it impossible."""
    starts = [index for index, item in enumerate(row) if isinstance(item, Start)]
    ends = [index for index, item in enumerate(row) if isinstance(item, End)]
    first = starts[-1] if starts else 0
    last = ends[0] if ends else len(row)
    # What stands before a start, or behind an end, can only be empty.
    if any(isinstance(item, Item) and item.low for item in (*row[:first], *row[last:])):
        return None
    inside = (item for item in row[first:last] if isinstance(item, Item))
    return (*(() if starts else (ANY_TEXT,)), *inside, *(() if ends else (ANY_TEXT,)))
