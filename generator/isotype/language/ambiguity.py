"""Finds patterns on which a backtracking engine can run for ever.

Python and JavaScript try every way to read a text before they give up.
Where a loop can read one text in two ways, as in `(a+)+`, the ways double with every turn.
"""

from __future__ import annotations

from isotype.domain.automata import Automaton, Counts, automaton
from isotype.domain.patterns import Characters, Node, Pattern, Ranges, Repeat, intersection, walk

# A longer repeat is taken for an endless one: even so few turns can cost seconds on a short text.
_LONG = 6
# Of a shorter one this many copies show all that can be ambiguous about it.
_COPIES = 2
_MAXIMUM_POSITIONS = 512
_MAXIMUM_PAIRS = 20_000

_Pair = tuple[int, int]


def is_ambiguous(pattern: Pattern) -> bool:
    """Whether some loop of the pattern can read the same text in two ways; counts are judged roughly."""
    return any(_loops_twofold(node) for node in walk(pattern.root) if _is_loop(node))


def _is_loop(node: Node) -> bool:
    return isinstance(node, Repeat) and not isinstance(node.part, Characters) and _shortened(node)[1] is None


def _shortened(repeat: Repeat) -> Counts:
    if repeat.high is None or repeat.high >= _LONG:
        return min(repeat.low, 1), None
    low = min(repeat.low, _COPIES)
    return low, low + min(repeat.high - repeat.low, _COPIES)


def _loops_twofold(loop: Node) -> bool:
    machine = automaton(loop, _MAXIMUM_POSITIONS, _shortened)
    return machine is not None and (machine.twofold or _diverges(machine))


def _diverges(machine: Automaton) -> bool:
    """Whether two different ways from one position back to it read the same text."""
    clashes: dict[_Pair, bool] = {}

    def clash(left: int, right: int) -> bool:
        pair = (left, right) if left < right else (right, left)
        if pair not in clashes:
            clashes[pair] = _share(machine.characters[left], machine.characters[right])
        return clashes[pair]

    def behind(pair: _Pair) -> list[_Pair]:
        return [(p, q) for p in machine.follow[pair[0]] for q in machine.follow[pair[1]] if clash(p, q)]

    # From a loop's every position all others can be reached, so a way from a split back to any one position is enough.
    before: dict[_Pair, list[_Pair]] = {}
    waiting = [(p, p) for p in range(len(machine.characters))]
    seen = set(waiting)
    splits: set[_Pair] = set()
    while waiting:
        pair = waiting.pop()
        if len(seen) > _MAXIMUM_PAIRS:
            return False
        for following in behind(pair):
            if pair[0] == pair[1] and following[0] != following[1]:
                splits.add(following)
            before.setdefault(following, []).append(pair)
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return bool(splits & _reaching_diagonal(before))


def _reaching_diagonal(before: dict[_Pair, list[_Pair]]) -> set[_Pair]:
    """The pairs from which both ways can meet at one position."""
    waiting = [pair for pair in before if pair[0] == pair[1]]
    found: set[_Pair] = set()
    while waiting:
        for previous in before.get(waiting.pop(), ()):
            if previous[0] != previous[1] and previous not in found:
                found.add(previous)
                waiting.append(previous)
    return found


def _share(left: Ranges, right: Ranges) -> bool:
    return left == right or bool(intersection(left, right))
