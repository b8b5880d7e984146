"""Texts made from the trees of patterns: the plainest, those of a wanted length or at an edge, and random ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

from isotype.domain.automata import automaton
from isotype.domain.formats import FORMATS
from isotype.domain.patterns import (
    Alternatives,
    Characters,
    End,
    Node,
    Pattern,
    Repeat,
    Sequence,
    Start,
    characters,
    members,
    walk,
)
from isotype.domain.types import Scalar
from isotype.probes.logic import finds

LONGEST = 3000
"""Longer texts are not worth their time."""
POSITIONS = 400
"""The largest automaton of a pattern that is walked for a text."""
REACHED = 10_000_000
"""What is longer is made for the two sides of a bound alone; a bound beyond this is not reached."""

_FEW = 12
"""So many of the same are changed one by one."""

_READABLE = "a0bA1/.-_ "


def patterns_of(of: Scalar) -> tuple[Pattern, ...]:
    """Everything that must be found in a text of the type."""
    form = FORMATS.get(of.base)
    return (*of.patterns, *((form,) if form is not None else ()))


def fits(of: Scalar, text: str) -> bool:
    """Whether a text keeps every constraint of the type."""
    if len(text) < (of.min_length or 0) or (of.longest is not None and len(text) > of.longest):
        return False
    return all(finds(pattern, text) for pattern in patterns_of(of))


@cache
def texts(of: Scalar) -> tuple[str, ...]:
    """Texts that the type takes, each longer than the last; () when none was found."""
    longest = min(LONGEST, LONGEST if of.longest is None else of.longest)
    sizes = (1, 2, 3, 5, 8, 12, 20, 36, 60, of.min_length or 0, longest)
    found = {text for size in sizes for text in _of_size(of, size)}
    return tuple(sorted(found, key=lambda text: (len(text), text)))


def of_length(of: Scalar, length: int) -> str | None:
    """A text of this length in which every pattern of the type is found, whatever length the type asks for."""
    free = Scalar(of.base, patterns=of.patterns)
    found = next((text for text in _of_size(free, length) if len(text) == length), None)
    if found is None and of.patterns:
        text = _walked(of.patterns[0], length)
        return text if text is not None and fits(free, text) else None
    return found


def _walked(pattern: Pattern, length: int) -> str | None:
    """A text of this length by the automaton of a pattern, from its end back to its beginning."""
    made = automaton(pattern.root, POSITIONS)
    if made is None or not 0 < length <= LONGEST:
        return None
    reached = [made.first]
    while len(reached) < length:
        reached.append(frozenset(after for position in reached[-1] for after in made.follow[position]))
    ends = reached[-1] & made.last
    if not ends:
        return None
    position = min(ends)
    text = [position]
    for positions in reversed(reached[:-1]):
        position = min(before for before in positions if position in made.follow[before])
        text.append(position)
    return "".join(_sign(characters(made.characters[position])) for position in reversed(text))


def very_long(of: Scalar, length: int) -> str | None:
    """A text of a length beyond LONGEST: one that the type takes, with one of its characters repeated."""
    for text in reversed(texts(of)):
        for found in _stretched(text, length):
            if len(found) == length and all(finds(pattern, found) for pattern in patterns_of(of)):
                return found
    return None


def _of_size(of: Scalar, size: int) -> Iterator[str]:
    for pattern in patterns_of(of) or (None,):
        for extra in (0, 1, 2, max(0, size - 1), size):
            base = "a" * min(size, LONGEST) if pattern is None else spelled(pattern.root, min(extra, LONGEST))
            for text in _stretched(base, size):
                if len(text) <= LONGEST + 1 and fits(of, text):
                    yield text


def _stretched(text: str, size: int) -> Iterator[str]:
    """The text itself, and what has the wanted length with one of its characters repeated."""
    yield text
    missing = size - len(text)
    if missing > 0:
        for at in range(len(text) - 1, max(-1, len(text) - 12), -1):
            yield text[:at] + text[at] * missing + text[at:]
        yield text + "a" * missing


def spelled(node: Node, extra: int = 0) -> str:
    """The plainest text of a pattern, with `extra` more of what may repeat."""
    match node:
        case Characters():
            return _sign(node)
        case Sequence(parts=parts):
            return "".join(spelled(part, extra) for part in parts)
        case Alternatives(options=options):
            return spelled(options[0], extra)
        case Repeat(part=part, low=low, high=high):
            return spelled(part) * (low + extra if high is None else min(low + extra, high))
    return ""


@cache
def _sign(node: Characters) -> str:
    ranges = members(node)
    signs = [*_READABLE, *map(chr, range(0x21, 0x7F))]
    return next((sign for sign in signs if any(low <= ord(sign) <= high for low, high in ranges)), chr(ranges[0][0]))


def edges(of: Scalar) -> Iterator[str]:
    """Texts in which one part of a pattern stands at its edge or one beyond: a character, a count, an anchor."""
    for pattern in patterns_of(of):
        plain = spelled(pattern.root)
        missing = min(max(0, (of.min_length or 0) - len(plain)), LONGEST)
        mute = _mute(pattern.root)
        for text in dict.fromkeys(_edges(pattern.root, missing, mute)):
            yield text
            if mute and len(text) < (of.min_length or 0):
                yield text + mute * min((of.min_length or 0) - len(text), LONGEST)


def _mute(root: Node) -> str:
    """A sign that no part of a pattern takes; '' where there is none at hand."""
    sets = [members(node) for node in walk(root) if isinstance(node, Characters)]
    signs = (" ", "~", "a", "0", "A", "-", "\t")
    return next((sign for sign in signs if not any(low <= ord(sign) <= high for of in sets for low, high in of)), "")


def _edges(node: Node, extra: int, mute: str) -> Iterator[str]:
    match node:
        case Characters():
            # What lies between the ends of a range is not taken for granted.
            codes = (code for low, high in members(node) for code in (low - 1, low, (low + high) // 2, high, high + 1))
            yield from (chr(code) for code in codes if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF)
        case Start() | End():
            yield from dict.fromkeys(("~", "a", "0", *mute))
        case Sequence(parts=parts):
            plain = [spelled(part, extra) for part in parts]
            for place, part in enumerate(parts):
                head, tail = "".join(plain[:place]), "".join(plain[place + 1 :])
                yield from (head + text + tail for text in _edges(part, extra, mute))
                if place and len(full := _full(parts[place - 1])) > len(plain[place - 1]):
                    # What is full takes no sign more, so that the next part alone has to.
                    head = "".join(plain[: place - 1]) + full
                    yield from (head + text + tail for text in _begun(part, mute))
        case Alternatives(options=options):
            for option in options:
                yield spelled(option, extra)
                yield from _edges(option, extra, mute)
        case Repeat(part=part, low=low, high=high):
            one, usual = spelled(part), low + extra if high is None else min(low + extra, high)
            counts = {low - 1, low, low + 1, *(() if high is None else (high - 1, high, high + 1))}
            yield from (one * count for count in sorted(counts) if count >= 0 and len(one) * count <= LONGEST)
            yield from (text + one * max(0, usual - 1) for text in _edges(part, extra, mute))
            if usual > 1:
                yield from (one * (usual - 1) + text for text in _edges(part, extra, mute))
            if isinstance(part, Characters) and low == high and 2 < low <= _FEW:
                # What a database spells out sign by sign may be wrong between the ends alone.
                inner = list(_edges(part, extra, mute))
                yield from (sign * low for sign in inner)
                yield from (one * at + text + one * (low - 1 - at) for at in range(1, low - 1) for text in inner[:1])
            if high is None or high > 1:
                # Two of them beside each other may be what something further on takes one at a time.
                yield from (text * 2 for text in _edges(part, extra, mute) if len(text) == 1)


def _full(node: Node) -> str:
    """The longest text that plain signs make of a part; what has no bound is as short as it can be."""
    match node:
        case Characters():
            return _sign(node)
        case Sequence(parts=parts):
            return "".join(map(_full, parts))
        case Alternatives(options=options):
            return max(map(_full, options), key=len)
        case Repeat(part=part, low=low, high=high):
            one = _full(part)
            return one * (low if high is None or len(one) * high > LONGEST else high)
    return ""


def _begun(node: Node, mute: str) -> Iterator[str]:
    """Texts of a part with another first sign."""
    match node:
        case Characters():
            yield from _edges(node, 0, mute)
        case Sequence(parts=(first, *rest)):
            yield from (text + "".join(map(spelled, rest)) for text in _begun(first, mute))
        case Alternatives(options=options):
            for option in options:
                yield from _begun(option, mute)
        case Repeat(part=part, low=low, high=high) if high is None or high > 0:
            yield from (text + spelled(part) * (low - 1) for text in _begun(part, mute))


def by_chance(node: Node, source: random.Random) -> str:
    """A random text of a pattern."""
    match node:
        case Characters():
            low, high = source.choice(members(node))
            code = source.randint(low, min(high, low + 400))
            return chr(code) if not 0xD800 <= code <= 0xDFFF else _sign(node)
        case Sequence(parts=parts):
            return "".join(by_chance(part, source) for part in parts)
        case Alternatives(options=options):
            return by_chance(source.choice(options), source)
        case Repeat(part=part, low=low, high=high):
            most = min(low + 12, low + 12 if high is None else high)
            return "".join(by_chance(part, source) for _ in range(source.randint(low, most)))
    return ""
