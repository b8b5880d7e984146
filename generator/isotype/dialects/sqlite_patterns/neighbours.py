"""Patterns whose every next step depends on the last character alone.

Such a pattern is said by which characters a text may begin with, end with, and have beside each other.
"""

from __future__ import annotations

from itertools import pairwise

from isotype.dialects.sqlite_patterns.globs import glob, not_glob, one_of, only
from isotype.domain.automata import Automaton, automaton
from isotype.domain.patterns import End, Node, Ranges, Sequence, Start, complement, intersection, union, walk
from isotype.domain.values import frozen

_MAXIMUM_POSITIONS = 48
_MAXIMUM_STATES = 96
_MAXIMUM_PAIRS = 6


def conditions(root: Node, operand: str) -> list[str]:
    """The conditions that say an anchored pattern together; none when it has no such shape."""
    texts = _neighbours(root)
    if texts is None:
        return []
    alphabet = union((*texts.first, *(part for followers in texts.followers.values() for part in followers)))
    forbidden: dict[Ranges, Ranges] = {}
    for atom, followers in texts.followers.items():
        others = intersection(alphabet, complement(followers))
        if others and intersection(atom, alphabet):
            forbidden[others] = union((*forbidden.get(others, ()), *atom))
    if len(forbidden) > _MAXIMUM_PAIRS:
        return []
    found: list[str] = []
    if texts.first != alphabet:
        found.append(_at_end(operand, texts.first, texts.empty, "{}*"))
    if texts.last != alphabet:
        found.append(_at_end(operand, texts.last, texts.empty, "*{}"))
    if not found and not texts.empty:
        found.append(f"{operand} <> ''")
    found.extend(only(operand, alphabet))
    pairs = ((one_of(atom), one_of(others)) for others, atom in forbidden.items())
    found.extend(not_glob(operand, f"*{atom}{others}*") for atom, others in pairs)
    return found


def _at_end(operand: str, members: Ranges, empty: bool, place: str) -> str:
    """What stands at one end; an empty text has no end, so where one is allowed the others are forbidden."""
    if empty:
        return not_glob(operand, place.format(one_of(complement(members))))
    return glob(operand, place.format(one_of(members)))


@frozen
class _Neighbours:
    """`followers` maps disjoint sets of characters to what may stand behind them."""

    first: Ranges
    last: Ranges
    followers: dict[Ranges, Ranges]
    empty: bool


def _neighbours(root: Node) -> _Neighbours | None:
    match root:
        case Sequence(parts=(Start(), *middle, End())) if not any(map(_holds_anchor, middle)):
            machine = automaton(Sequence(tuple(middle)), _MAXIMUM_POSITIONS)
        case _:
            return None
    if machine is None:
        return None
    atoms = _atoms(machine.characters)
    steps = _steps(machine, atoms)
    if steps is None:
        return None
    kinds = _kinds(steps, machine)
    # Behind each atom there must be one kind of state, wherever it was read.
    behind: dict[Ranges, _State] = {}
    for followers in steps.values():
        for atom, state in followers.items():
            if kinds[behind.setdefault(atom, state)] != kinds[state]:
                return None
    return _Neighbours(
        union(part for atom in steps[_BEFORE] for part in atom),
        union(part for atom, state in behind.items() if state & machine.last for part in atom),
        {atom: union(part for follower in steps[state] for part in follower) for atom, state in behind.items()},
        machine.empty,
    )


_State = frozenset[int]
_BEFORE: _State = frozenset({-1})


def _steps(machine: Automaton, atoms: dict[Ranges, _State]) -> dict[_State, dict[Ranges, _State]] | None:
    """Which state, a set of positions, each atom leads to from each state that can be reached."""
    steps: dict[_State, dict[Ranges, _State]] = {}
    waiting = [_BEFORE]
    while waiting:
        state = waiting.pop()
        if state in steps:
            continue
        if len(steps) == _MAXIMUM_STATES:
            return None
        following = machine.first if state == _BEFORE else frozenset().union(*(machine.follow[p] for p in state))
        steps[state] = {atom: at & following for atom, at in atoms.items() if at & following}
        waiting.extend(steps[state].values())
    return steps


def _kinds(steps: dict[_State, dict[Ranges, _State]], machine: Automaton) -> dict[_State, int]:
    """A number for each state, the same for states behind which the same texts can stand."""
    kinds = {state: int(bool(state & machine.last) or (state == _BEFORE and machine.empty)) for state in steps}
    while True:
        seen: dict[object, int] = {}
        finer: dict[_State, int] = {}
        for state, followers in steps.items():
            told = (kinds[state], frozenset((atom, kinds[target]) for atom, target in followers.items()))
            finer[state] = seen.setdefault(told, len(seen))
        if len(seen) == len(set(kinds.values())):
            return finer
        kinds = finer


def _atoms(characters: tuple[Ranges, ...]) -> dict[Ranges, frozenset[int]]:
    """The coarsest disjoint sets of which all classes are made, and the positions that hold each."""
    edges = sorted({edge for members in characters for low, high in members for edge in (low, high + 1)})
    found: dict[frozenset[int], list[tuple[int, int]]] = {}
    for low, high in pairwise(edges):
        # No text holds a surrogate, and no SQL text could name one.
        if low >= 0xD800 and high <= 0xE000:
            continue
        holders = frozenset(position for position, members in enumerate(characters) if _holds(members, low))
        if holders:
            found.setdefault(holders, []).append((low, high - 1))
    return {union(parts): holders for holders, parts in found.items()}


def _holds(members: Ranges, code: int) -> bool:
    return any(low <= code <= high for low, high in members)


def _holds_anchor(node: Node) -> bool:
    return any(isinstance(part, Start | End) for part in walk(node))
