"""What leads where: a question about names that every room asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping


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


def strongly_connected(edges: Mapping[str, Collection[str]]) -> tuple[frozenset[str], ...]:
    """The largest sets of names that all lead to one another, a name that leads to itself among them.

    In linear time, by the order in which a walk comes to names and leaves them (Tarjan, "Depth-first search and linear
    graph algorithms", 1972). The loops come in the order of the first name of each in `edges`.
    """
    order = {name: place for place, name in enumerate(edges)}
    found: list[frozenset[str]] = []
    lowest: dict[str, int] = {}
    open_: dict[str, None] = {}
    done: set[str] = set()
    for start in edges:
        way: list[tuple[str, int, Iterator[str]]] = []
        if start not in lowest:
            lowest[start] = len(lowest)
            way.append((start, lowest[start], iter(edges[start])))
            open_[start] = None
        while way:
            name, number, following = way[-1]
            for other in following:
                if other not in edges or other in done:
                    continue
                if other in lowest:
                    lowest[name] = min(lowest[name], lowest[other])
                    continue
                lowest[other] = len(lowest)
                way.append((other, lowest[other], iter(edges[other])))
                open_[other] = None
                break
            else:
                way.pop()
                if way:
                    lowest[way[-1][0]] = min(lowest[way[-1][0]], lowest[name])
                if lowest[name] == number:
                    members = set()
                    while name not in members:
                        members.add(open_.popitem()[0])
                    done |= members
                    if len(members) > 1 or name in edges[name]:
                        found.append(frozenset(members))
    return tuple(sorted(found, key=lambda members: min(map(order.__getitem__, members))))
