"""Other texts than a regular expression: a count, a range, an option, an anchor or an alternative changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Change = tuple[int, str, str]
"""Where the changed text begins, that text, and what stands there instead."""

_COUNT = re.compile(r"\{([0-9]+)(?:(,)([0-9]+))?\}")
_CLASS = re.compile(r"\[\^?(?:\\.|[^\]\\])+\]")
_MEMBER = re.compile(r"([0-9A-Za-z])-([0-9A-Za-z])|(\\.|[^\]\\^\[])")
_OPENING = re.compile(r"\((?:\?(?:[:=!]|P?<\w+>))?")


def changes(regex: str) -> Iterator[Change]:
    """Every change of one thing of a regular expression of the portable subset."""
    classes = [(found.start(), found.end()) for found in _CLASS.finditer(regex)]

    def is_free(at: int) -> bool:
        return not any(start <= at < end for start, end in classes) and (at == 0 or regex[at - 1] != "\\")

    yield from _counts(regex)
    for start, end in classes:
        yield from _members(regex, start, end)
    for at, sign in enumerate(regex):
        if not is_free(at):
            continue
        if sign in "^$" or (sign == "?" and at and regex[at - 1] != "("):
            yield at, sign, ""
        elif sign == "*":
            yield at, sign, "+"
            yield at, sign, ""
        elif sign == "(" and regex[at : at + 3] in ("(?=", "(?!"):
            end = _closing(regex, at, is_free)
            yield at, regex[at:end], ""
    yield from _alternatives(regex, is_free)


def _counts(regex: str) -> Iterator[Change]:
    for found in _COUNT.finditer(regex):
        low, comma, high = found.groups()
        for by in (-1, 1):
            if int(low) + by >= 0:
                yield found.start(1), low, str(int(low) + by)
            if comma:
                yield found.start(3), high, str(int(high) + by)


def _members(regex: str, start: int, end: int) -> Iterator[Change]:
    """Each range a sign shorter at each end, each lone sign dropped."""
    inner = regex[start + 1 : end - 1]
    several = len(list(_MEMBER.finditer(inner))) > 1
    for found in _MEMBER.finditer(inner):
        at = start + 1 + found.start()
        low, high, lone = found.groups()
        if lone is not None:
            if several:
                yield at, lone, ""
            continue
        yield at, found[0], f"{chr(ord(low) + 1)}-{high}"
        yield at, found[0], f"{low}-{chr(ord(high) - 1)}"


def _closing(regex: str, at: int, is_free: Callable[[int], bool]) -> int:
    """Behind the bracket that closes the one at a place."""
    depth = 0
    for place in range(at, len(regex)):
        if is_free(place):
            depth += (regex[place] == "(") - (regex[place] == ")")
            if not depth:
                return place + 1
    return len(regex)


def _alternatives(regex: str, is_free: Callable[[int], bool]) -> Iterator[Change]:
    """Each alternative of each group dropped, with the bar beside it."""
    groups: list[list[int]] = [[0]]
    bars: list[list[int]] = [[]]
    for at, sign in enumerate(regex):
        if not is_free(at):
            continue
        if sign == "(":
            opening = _OPENING.match(regex, at)
            assert opening is not None
            groups.append([opening.end()])
            bars.append([])
        elif sign == "|":
            bars[-1].append(at)
        elif sign == ")" and len(groups) > 1:
            yield from _dropped(regex, groups.pop()[0], bars.pop(), at)
    yield from _dropped(regex, groups.pop()[0], bars.pop(), len(regex))


def _dropped(regex: str, start: int, bars: list[int], end: int) -> Iterator[Change]:
    if not bars:
        return
    edges = [start - 1, *bars, end]
    for number in range(len(edges) - 1):
        if number:
            at, to = edges[number], edges[number + 1]
        else:
            at, to = start, bars[0] + 1
        yield at, regex[at:to], ""
