"""What several shapes or tables have in common is printed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")
Made = TypeVar("Made")


def together(known: dict[int, Made], whole: Part, make: Callable[[Part], Made]) -> Made:
    """What is made of a whole list, which several have in common. `known` keeps it by the list's identity."""
    found = known.get(id(whole))
    if found is None:
        found = known[id(whole)] = make(whole)
    return found


def again(known: dict[int, Made | None], whole: Part, make: Callable[[Part], Made]) -> Made | None:
    """The same for a list that comes again; None for a new one, which may be all that there is of it."""
    if id(whole) not in known:
        known[id(whole)] = None
        return None
    found = known[id(whole)]
    if found is None:
        found = known[id(whole)] = make(whole)
    return found


def once(known: dict[int, Made], parts: Sequence[Part], make: Callable[[Part], Made]) -> list[Made]:
    """What is made of each part. `known` keeps it by the part's identity; whoever holds `known` holds the parts."""
    # Most parts are known, and asking for all of them at once takes a fifth of the time.
    found = list(map(known.get, map(id, parts)))
    if None not in found:
        return found  # type: ignore[return-value]
    for part, made in zip(parts, found, strict=True):
        if made is None and id(part) not in known:
            known[id(part)] = make(part)
    return [known[id(part)] for part in parts]
