"""Every pattern in which one node is another."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.domain.patterns import (
    LAST,
    Alternatives,
    Characters,
    End,
    Node,
    Pattern,
    Ranges,
    Repeat,
    Sequence,
    Start,
    characters,
    complement,
    intersection,
    members,
    union,
)
from isotype.domain.values import replace

Change = tuple[str, Node]
"""The class of a change, and what the node is then."""


def mutated(of: Pattern) -> Iterator[tuple[str, Pattern]]:
    """Every change of one node of the pattern, with its class."""
    for kind, root in _changes(of.root):
        yield kind, replace(of, root=root)


def _changes(node: Node) -> Iterator[Change]:
    match node:
        case Characters():
            yield from _characters(node)
        case Start() | End():
            yield "pattern without an anchor", Sequence(())
        case Sequence(parts=parts):
            for place, part in enumerate(parts):
                for kind, made in _changes(part):
                    yield kind, Sequence((*parts[:place], made, *parts[place + 1 :]))
        case Alternatives(options=options):
            for place, option in enumerate(options):
                rest = (*options[:place], *options[place + 1 :])
                yield "pattern with an option less", rest[0] if len(rest) == 1 else Alternatives(rest)
                for kind, made in _changes(option):
                    yield kind, Alternatives((*options[:place], made, *options[place + 1 :]))
        case Repeat():
            yield from _repeats(node)
            for kind, made in _changes(node.part):
                yield kind, replace(node, part=made)


def _characters(node: Characters) -> Iterator[Change]:
    """Each range one character wider or narrower at either end."""
    taken = members(node)
    for low, high in taken:
        beyond: Ranges = tuple((code, code) for code in (low - 1, high + 1) if _is_sign(code))
        for sign in beyond:
            yield "pattern with a character more", characters(union((*taken, sign)))
        ends = {low, high} if len(taken) > 1 or low < high else set()
        for code in sorted(filter(_is_sign, ends)):
            yield "pattern with a character less", characters(intersection(taken, complement(((code, code),))))


def _is_sign(code: int) -> bool:
    """Whether a text that every engine holds can have it, and shows it."""
    return 1 <= code <= LAST and not 0xD800 <= code <= 0xDFFF


def _repeats(node: Repeat) -> Iterator[Change]:
    if node.low > 0:
        yield "pattern with a count off by one", replace(node, low=node.low - 1)
    if node.high is None or node.low < node.high:
        yield "pattern with a count off by one", replace(node, low=node.low + 1)
    if node.high is not None:
        yield "pattern with a count off by one", replace(node, high=node.high + 1)
        if node.low < node.high:
            yield "pattern with a count off by one", replace(node, high=node.high - 1)
