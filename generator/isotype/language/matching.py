"""Whether a text fits a pattern, in time that no pattern can blow up: every position is tried once per part."""

from __future__ import annotations

from isotype.domain.patterns import Alternatives, Characters, End, Node, Pattern, Repeat, Sequence, Start


def found(pattern: Pattern, text: str) -> bool:
    """Whether the pattern is found anywhere in the text."""
    return bool(_ends(pattern.root, text, set(range(len(text) + 1))))


def _ends(node: Node, text: str, starts: set[int]) -> set[int]:
    """Where a match of the node may end when it begins at one of `starts`."""
    match node:
        case Characters(ranges=ranges, negated=negated):
            return {
                at + 1
                for at in starts
                if at < len(text) and any(low <= ord(text[at]) <= high for low, high in ranges) != negated
            }
        case Start():
            return starts & {0}
        case End():
            return starts & {len(text)}
        case Sequence(parts=parts):
            for part in parts:
                starts = _ends(part, text, starts)
                if not starts:
                    break
            return starts
        case Alternatives(options=options):
            return set[int]().union(*(_ends(option, text, starts) for option in options))
        case Repeat(part=part, low=low, high=high):
            return _repeated(part, low, high, text, starts)
        case _:
            raise TypeError(f"no such node: {node!r}")


def _repeated(part: Node, low: int, high: int | None, text: str, starts: set[int]) -> set[int]:
    for _ in range(low):
        starts = _ends(part, text, starts)
        if not starts:
            return starts
    reached, frontier, count = set(starts), starts, low
    while frontier and (high is None or count < high):
        frontier = _ends(part, text, frontier) - reached
        reached |= frontier
        count += 1
    return reached
