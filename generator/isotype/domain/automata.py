"""Patterns as automata: which character of a pattern can follow which.

A *position* is one place of a pattern where a character stands, counts written out (Glushkov's construction).
"""

from __future__ import annotations

from collections.abc import Callable

from isotype.domain.patterns import Alternatives, Characters, Node, Ranges, Repeat, Sequence, members
from isotype.domain.values import frozen

Counts = tuple[int, int | None]


@frozen
class Automaton:
    """`characters[p]` is the set at position `p`, `follow[p]` what may stand behind it.

    `first` and `last` are where a text may begin and end; `empty` says whether it may hold nothing.
    `twofold` says whether one step, from a character to the next, can be had in two ways.
    """

    characters: tuple[Ranges, ...]
    first: frozenset[int]
    last: frozenset[int]
    follow: tuple[frozenset[int], ...]
    empty: bool
    twofold: bool


def automaton(root: Node, limit: int, counts: Callable[[Repeat], Counts] | None = None) -> Automaton | None:
    """The automaton of a tree, anchors left out; None when it has more than `limit` positions.

    `counts` may answer other counts for a repeat than its own.
    """
    builder = _Builder(limit, counts or (lambda repeat: (repeat.low, repeat.high)))
    try:
        part = builder.part(root)
    except _TooLarge:
        return None
    return Automaton(
        tuple(builder.characters),
        part.first,
        part.last,
        tuple(frozenset(followers) for followers in builder.follow),
        part.ways > 0,
        builder.twofold,
    )


class _TooLarge(Exception):
    pass


@frozen
class _Part:
    """`ways` counts how the part can be empty: 0, 1, or 2 for more than one."""

    first: frozenset[int]
    last: frozenset[int]
    ways: int


_NOTHING = _Part(frozenset(), frozenset(), 1)


class _Builder:
    def __init__(self, limit: int, counts: Callable[[Repeat], Counts]) -> None:
        self.limit = limit
        self.counts = counts
        self.characters: list[Ranges] = []
        self.follow: list[set[int]] = []
        self.twofold = False

    def part(self, node: Node) -> _Part:
        match node:
            case Characters():
                position = len(self.characters)
                if position == self.limit:
                    raise _TooLarge
                self.characters.append(members(node))
                self.follow.append(set())
                return _Part(frozenset({position}), frozenset({position}), 0)
            case Sequence(parts=parts):
                whole = _NOTHING
                for part in parts:
                    whole = self.joined(whole, self.part(part))
                return whole
            case Alternatives(options=options):
                found = [self.part(option) for option in options]
                return _Part(
                    frozenset().union(*(part.first for part in found)),
                    frozenset().union(*(part.last for part in found)),
                    min(2, sum(part.ways for part in found)),
                )
            case Repeat():
                return self.repeated(node)
            case _:
                return _NOTHING

    def joined(self, left: _Part, right: _Part) -> _Part:
        self.link(left.last, right.first)
        self.twofold = self.twofold or bool((right.ways > 1 and left.last) or (left.ways > 1 and right.first))
        return _Part(
            left.first | right.first if left.ways else left.first,
            left.last | right.last if right.ways else right.last,
            min(2, left.ways * right.ways),
        )

    def repeated(self, node: Repeat) -> _Part:
        """The part `low` times, then optional copies nested to the right, or a loop over the last copy."""
        low, high = self.counts(node)
        whole = _NOTHING
        for _ in range(low if high is not None else max(0, low - 1)):
            whole = self.joined(whole, self.part(node.part))
        if high is None:
            loop = self.part(node.part)
            self.link(loop.last, loop.first)
            ways = loop.ways if low else min(2, loop.ways + 1)
            return self.joined(whole, _Part(loop.first, loop.last, ways))
        optional = [self.part(node.part) for _ in range(high - low)]
        tail = _NOTHING
        for copy in reversed(optional):
            tail = self.joined(copy, tail)
            tail = _Part(tail.first, tail.last, min(2, tail.ways + 1))
        return self.joined(whole, tail)

    def link(self, last: frozenset[int], first: frozenset[int]) -> None:
        for position in last:
            followers = self.follow[position]
            self.twofold = self.twofold or not followers.isdisjoint(first)
            followers |= first
