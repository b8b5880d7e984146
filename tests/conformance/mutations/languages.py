"""Whether two types of text have the same texts, found by following both through every text at once.

A pattern is followed by what is left of it after each character (Brzozowski's derivatives); characters that no set of
either type tells apart are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from isotype.domain.patterns import (
    Alternatives,
    Characters,
    End,
    Node,
    Pattern,
    Repeat,
    Start,
    members,
    walk,
)
from isotype.domain.patterns import Sequence as Parts
from isotype.domain.types import Scalar
from isotype.domain.values import replace
from isotype.probes.texts import patterns_of

LIMIT = 60_000
"""Beyond so many pairs of states nothing is said to be proved."""

_PLAIN = ("string", "text")

Rest = tuple[Node, ...]
"""What has still to be found, one part behind the other."""
State = frozenset[Rest] | None
"""The ways in which a pattern can still be found; None where it has been."""


def same_texts(one: Scalar, other: Scalar) -> bool:
    """Whether it is proved that both types take the same texts."""
    if one.longest is not None and one.longest == other.longest:
        # A bound that both have changes nothing about what is the same without it.
        free = (replace(of, base="text", length=None, max_length=None) for of in (one, other) if of.base in _PLAIN)
        pair = tuple(free)
        if len(pair) == 2 and same_texts(*pair):
            return True
    patterns = tuple(dict.fromkeys((*patterns_of(one), *patterns_of(other))))
    own, others = (tuple(map(patterns.index, patterns_of(of))) for of in (one, other))
    signs = _signs(patterns)
    bounds = [bound for of in (one, other) for bound in (of.min_length, of.longest) if bound is not None]
    most = max(bounds, default=0) + 1
    start = tuple(_begun(pattern.root) for pattern in patterns)
    seen, waiting = {(0, start)}, [(0, start)]
    while waiting:
        length, states = waiting.pop()
        whole = [_accepts(state, length == 0) for state in states]
        if _fits(one, length, own, whole) != _fits(other, length, others, whole):
            return False
        for sign in signs:
            after = (
                min(length + 1, most),
                tuple(
                    _step(pattern.root, state, sign, length == 0)
                    for pattern, state in zip(patterns, states, strict=True)
                ),
            )
            if after in seen or (_is_lost(after, one, own) and _is_lost(after, other, others)):
                continue
            if len(seen) == LIMIT:
                return False
            seen.add(after)
            waiting.append(after)
    return True


def _fits(of: Scalar, length: int, patterns: Sequence[int], whole: Sequence[bool]) -> bool:
    return (
        length >= (of.min_length or 0)
        and (of.longest is None or length <= of.longest)
        and all(whole[pattern] for pattern in patterns)
    )


def _is_lost(state: tuple[int, tuple[State, ...]], of: Scalar, patterns: Sequence[int]) -> bool:
    """Whether no text that goes on from here is one of the type."""
    length, states = state
    return (of.longest is not None and length > of.longest) or any(
        states[pattern] == frozenset() for pattern in patterns
    )


def _signs(patterns: Iterable[Pattern]) -> tuple[int, ...]:
    """A character of each kind that the patterns tell apart."""
    sets = {members(node) for pattern in patterns for node in walk(pattern.root) if isinstance(node, Characters)}
    ends = {1} | {end for ranges in sets for low, high in ranges for end in (low, high + 1)}
    return tuple(sorted(end for end in ends if end <= 0x10FFFF and not 0xD800 <= end <= 0xDFFF))


# A pattern that is searched for


def _begun(root: Node) -> State:
    return None if _is_nothing((root,), True, False) else frozenset({(root,)})


def _accepts(state: State, start: bool) -> bool:
    """Whether a text that ends here has what is searched for."""
    return state is None or any(_is_nothing(rest, start, True) for rest in state)


@lru_cache(maxsize=200_000)
def _step(root: Node, state: State, sign: int, start: bool) -> State:
    if state is None:
        return None
    found = frozenset(after for rest in state for after in _derived(rest, sign, start))
    if any(_is_nothing(rest, False, False) for rest in found):
        return None
    return found if _is_anchored(root) else found | {(root,)}


def _is_anchored(node: Node) -> bool:
    """Whether nothing is found that does not begin with the text."""
    match node:
        case Start():
            return True
        case Parts(parts=parts):
            for part in parts:
                if _is_anchored(part) or not _is_nothing((part,), False, False):
                    return _is_anchored(part)
            return False
        case Alternatives(options=options):
            return all(map(_is_anchored, options))
        case Repeat(part=part, low=low):
            return low > 0 and _is_anchored(part)
    return False


def _is_nothing(rest: Rest, start: bool, end: bool) -> bool:
    """Whether everything that is left may be found in no character, at the start or the end of the text."""
    return all(_is_empty(node, start, end) for node in rest)


def _is_empty(node: Node, start: bool, end: bool) -> bool:
    match node:
        case Start():
            return start
        case End():
            return end
        case Parts(parts=parts):
            return _is_nothing(parts, start, end)
        case Alternatives(options=options):
            return any(_is_empty(option, start, end) for option in options)
        case Repeat(part=part, low=low):
            return low == 0 or _is_empty(part, start, end)
    return False


def _derived(rest: Rest, sign: int, start: bool) -> Iterator[Rest]:
    """What is left to be found behind a character."""
    for place, node in enumerate(rest):
        after = rest[place + 1 :]
        yield from ((*more, *after) for more in _of_node(node, sign, start))
        if not _is_empty(node, start, False):
            return


def _of_node(node: Node, sign: int, start: bool) -> Iterator[Rest]:
    match node:
        case Characters():
            if any(low <= sign <= high for low, high in members(node)):
                yield ()
        case Parts(parts=parts):
            yield from _derived(parts, sign, start)
        case Alternatives(options=options):
            for option in options:
                yield from _of_node(option, sign, start)
        case Repeat(part=part, low=low, high=high) if high is None or high > 0:
            less = replace(node, low=max(0, low - 1), high=None if high is None else high - 1)
            for more in _of_node(part, sign, start):
                yield (*more, less) if less.high != 0 else more
