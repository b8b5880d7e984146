"""Which texts a pattern takes: two patterns are the same when they take the same texts, however they are written.

It is decided with automata, for the patterns that `language.patterns` can read, up to a size. U+0000 is left out: texts
without it are a fact of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from isotype.dialects.patterns import json_schema
from isotype.domain.automata import Automaton, automaton
from isotype.domain.patterns import (
    ANYTHING,
    Alternatives,
    End,
    Node,
    Pattern,
    Ranges,
    Sequence,
    Start,
    from_anywhere,
    walk,
)
from isotype.domain.values import frozen
from isotype.language.patterns import parse

POSITIONS = 2000
STATES = 5000
WORK = 1_000_000
"""What is larger, or asks for more steps, is not decided."""

State = tuple[frozenset[int] | None, ...]
"""Where each automaton stands: None at the start, the positions it may be at, none of them once it is lost."""


@frozen
class Relation:
    """Two sets of texts: whether each text of the one is a text of the other."""

    left_in_right: bool
    right_in_left: bool

    @property
    def same(self) -> bool:
        return self.left_in_right and self.right_in_left


@lru_cache(maxsize=4096)
def canonical(source: str) -> str:
    """The pattern as Isotype spells it; itself when it cannot be read."""
    pattern = parse(source)
    return json_schema(from_anywhere(pattern)) if isinstance(pattern, Pattern) else source


@lru_cache(maxsize=1024)
def relation(left: tuple[str, ...], right: tuple[str, ...]) -> Relation | None:
    """How the texts in which all patterns of `left` are found relate to those of `right`; None when undecided."""
    if left == right:
        return Relation(True, True)
    machines = _machines((*left, *right))
    if machines is None:
        return None
    count = len(left)
    left_in_right = right_in_left = True
    for state in _states(machines, count):
        if state is None:
            return None
        taken = [_ends(machine, at) for machine, at in zip(machines, state, strict=True)]
        in_left, in_right = all(taken[:count]), all(taken[count:])
        left_in_right = left_in_right and (in_right or not in_left)
        right_in_left = right_in_left and (in_left or not in_right)
        if not (left_in_right or right_in_left):
            break
    return Relation(left_in_right, right_in_left)


@lru_cache(maxsize=1024)
def lengths(patterns: tuple[str, ...]) -> tuple[int, int | None] | None:
    """The shortest and the longest text in which all patterns are found; None when undecided, or when there is none."""
    machines = _machines(patterns)
    if machines is None:
        return None
    after: dict[State, tuple[State, ...]] = {}
    start: State = (None,) * len(machines)
    waiting, work = [start], 0
    while waiting:
        state = waiting.pop()
        if state in after:
            continue
        steps, cost = _steps(machines, state)
        work += cost
        if len(after) == STATES or work > WORK:
            return None
        after[state] = tuple(step for step in steps if _LOST not in step)
        waiting += after[state]
    ending = {state for state in after if all(map(_ends, machines, state))}
    if not ending:
        return None
    live = _reaching(ending, after)
    level, reached, shortest = {start}, {start}, 0
    while level.isdisjoint(ending):
        level = {step for state in level for step in after[state]} - reached
        reached |= level
        shortest += 1
    return shortest, _longest(start, after, live)


_LOST: frozenset[int] = frozenset()


def _machines(patterns: tuple[str, ...]) -> tuple[Automaton, ...] | None:
    made = tuple(map(_machine, patterns))
    return None if None in made else tuple(machine for machine in made if machine is not None)


@lru_cache(maxsize=1024)
def _machine(source: str) -> Automaton | None:
    """The automaton of the whole texts in which a pattern is found."""
    pattern = parse(source)
    if not isinstance(pattern, Pattern):
        return None
    options = pattern.root.options if isinstance(pattern.root, Alternatives) else (pattern.root,)
    whole = [_whole(option) for option in options]
    if any(isinstance(node, Start | End) for option in whole for node in walk(option)):
        return None
    return automaton(whole[0] if len(whole) == 1 else Alternatives(tuple(whole)), POSITIONS)


def _whole(option: Node) -> Node:
    """An alternative of a search as what a whole text is."""
    parts = option.parts if isinstance(option, Sequence) else (option,)
    starts = bool(parts) and isinstance(parts[0], Start)
    ends = bool(parts) and isinstance(parts[-1], End)
    inner = parts[starts : len(parts) - ends]
    return Sequence((*(() if starts else (ANYTHING,)), *inner, *(() if ends else (ANYTHING,))))


def _states(machines: tuple[Automaton, ...], count: int) -> Iterator[State | None]:
    """Every state that all of them come to together; at last None when these are too many.

    Where neither the first `count` nor the others can still take the text, nothing more is looked at.
    """
    start: State = (None,) * len(machines)
    seen = {start}
    waiting, work = [start], 0
    while waiting:
        state = waiting.pop()
        yield state
        steps, cost = _steps(machines, state)
        work += cost
        new = {step for step in steps - seen if _LOST not in step[:count] or _LOST not in step[count:]}
        if len(seen) + len(new) > STATES or work > WORK:
            yield None
            return
        seen |= new
        waiting += new


def _steps(machines: tuple[Automaton, ...], state: State) -> tuple[set[State], int]:
    """The states after one more character, whichever it is, and how much work that was."""
    following = [
        machine.first if at is None else frozenset().union(*(machine.follow[position] for position in at))
        for machine, at in zip(machines, state, strict=True)
    ]
    edges = {0}
    total = sum(map(len, following))
    joined = sum(
        len(machine.follow[position]) for machine, at in zip(machines, state, strict=True) for position in at or ()
    )
    for machine, positions in zip(machines, following, strict=True):
        for position in positions:
            for low, high in machine.characters[position]:
                edges |= {low, high + 1}
    if len(edges) * total > WORK:
        return set(), len(edges) * total + joined
    steps: set[State] = {
        tuple(
            frozenset(position for position in positions if _holds(machine.characters[position], code))
            for machine, positions in zip(machines, following, strict=True)
        )
        for code in edges
    }
    return steps, len(edges) * total + joined


def _holds(ranges: Ranges, code: int) -> bool:
    return any(low <= code <= high for low, high in ranges)


def _ends(machine: Automaton, at: frozenset[int] | None) -> bool:
    return machine.empty if at is None else not machine.last.isdisjoint(at)


def _reaching(ending: set[State], after: dict[State, tuple[State, ...]]) -> set[State]:
    """The states from which one of `ending` can be come to."""
    before: dict[State, list[State]] = {}
    for state, steps in after.items():
        for step in steps:
            before.setdefault(step, []).append(state)
    found = set(ending)
    waiting = list(ending)
    while waiting:
        for state in before.get(waiting.pop(), ()):
            if state not in found:
                found.add(state)
                waiting.append(state)
    return found


def _longest(start: State, after: dict[State, tuple[State, ...]], live: set[State]) -> int | None:
    """The most steps among live states; None where they go in a circle."""
    indegree = dict.fromkeys(live, 0)
    for state in live:
        for step in after[state]:
            if step in live:
                indegree[step] += 1
    longest = dict.fromkeys(live, 0)
    waiting = [state for state in live if not indegree[state]]
    done = 0
    while waiting:
        state = waiting.pop()
        done += 1
        for step in after[state]:
            if step in live:
                longest[step] = max(longest[step], longest[state] + 1)
                indegree[step] -= 1
                if not indegree[step]:
                    waiting.append(step)
    return max(longest.values()) if done == len(live) else None
