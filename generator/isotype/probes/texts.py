"""Texts made from the trees of patterns: the plainest, those of a wanted length, and random ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

from isotype.domain.formats import FORMATS
from isotype.domain.patterns import Alternatives, Characters, Node, Pattern, Repeat, Sequence, members
from isotype.domain.types import Scalar
from isotype.probes.logic import finds

LONGEST = 3000
"""Longer texts are not worth their time; a bound beyond this is not reached."""

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
    return next((text for text in _of_size(free, length) if len(text) == length), None)


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
