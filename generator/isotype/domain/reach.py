"""What leads where: a question about names that every room asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping


def reached(start: Iterable[str], edges: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The names of `start`, and all that they lead to."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(edges.get(name, ()))
    return frozenset(found)
