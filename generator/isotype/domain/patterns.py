"""Patterns as trees: the portable subset of regular expressions.

A pattern *searches*, as in JSON Schema. Dialects print the tree and never edit text.
The parser lives in `language`.

```
Node
├── Characters                 one code point out of a set
├── Start  End                 assertions: text start and text end
├── Sequence  Alternatives     composition
└── Repeat                     counts up to 255; laziness does not change what is found, so it is not kept
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isotype.domain.values import frozen

Ranges = tuple[tuple[int, int], ...]
"""A set of code points as inclusive ranges: sorted, disjoint, and never touching."""

FIRST, LAST = 0x1, 0x10FFFF
"""The code points of which texts are made; U+0000 and surrogates stand in none."""


@frozen
class Node:
    """A part of a pattern."""


@frozen
class Characters(Node):
    """One code point inside (or, when `negated`, outside) the inclusive `ranges`, sorted and disjoint.

    A set that holds the last code point is negated, any other is not, so that equal sets are equal values.
    """

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False


@frozen
class Start(Node):
    """Start of the text, never of a line."""


@frozen
class End(Node):
    """End of the text; a trailing newline is part of the text."""


@frozen
class Sequence(Node):
    parts: tuple[Node, ...]


@frozen
class Alternatives(Node):
    options: tuple[Node, ...]


@frozen
class Repeat(Node):
    """`part` from `low` to `high` times; `high` None is unbounded."""

    part: Node
    low: int
    high: int | None


@frozen
class Pattern:
    """A parsed pattern beside the text the schema gives for it."""

    source: str
    root: Node


def parts(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node, in source order."""
    match node:
        case Sequence(parts=parts) | Alternatives(options=parts):
            return parts
        case Repeat(part=part):
            return (part,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    yield node
    for part in parts(node):
        yield from walk(part)


ANYTHING = Repeat(Characters((), negated=True), 0, None)


def from_start(pattern: Pattern) -> Pattern:
    """The same search as one that begins at the start of the text."""
    root = pattern.root
    options = root.options if isinstance(root, Alternatives) else (root,)
    if all(_in_sequence(option)[:1] == (Start(),) for option in options):
        return pattern
    return Pattern(pattern.source, Sequence((Start(), ANYTHING, *_in_sequence(root))))


def from_anywhere(pattern: Pattern) -> Pattern:
    """The same search without the beginning that `from_start` gives it."""
    rest = _in_sequence(pattern.root)
    if rest[:2] != (Start(), ANYTHING):
        return pattern
    return Pattern(pattern.source, rest[2] if len(rest) == 3 else Sequence(rest[2:]))


def _in_sequence(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, Sequence) else (node,)


def union(members: Iterable[tuple[int, int]]) -> Ranges:
    """The set of all members, without U+0000; surrogates, which no text holds, never end a range."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted((max(low, FIRST), high) for low, high in members if high >= FIRST):
        if merged and low <= _after(merged[-1][1]):
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def complement(members: Ranges) -> Ranges:
    """Every code point outside the set."""
    gaps: list[tuple[int, int]] = []
    start = FIRST
    for low, high in members:
        if start <= _before(low):
            gaps.append((start, _before(low)))
        start = _after(high)
    if start <= LAST:
        gaps.append((start, LAST))
    return tuple(gaps)


def intersection(left: Ranges, right: Ranges) -> Ranges:
    """The code points in both sets."""
    return union(
        (max(low, other_low), min(high, other_high))
        for low, high in left
        for other_low, other_high in right
        if max(low, other_low) <= min(high, other_high)
    )


def characters(members: Ranges) -> Characters:
    """The node for one code point of the set."""
    negated = bool(members) and members[-1][1] == LAST
    return Characters(complement(members) if negated else members, negated)


def members(node: Characters) -> Ranges:
    """The code points that the node takes."""
    return complement(node.ranges) if node.negated else node.ranges


def _after(code: int) -> int:
    return 0xE000 if code == 0xD7FF else code + 1


def _before(code: int) -> int:
    return 0xD7FF if code == 0xE000 else code - 1
