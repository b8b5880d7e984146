"""The search for the best algorithm and level: which are tried, in which order, and which is best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import NamedTuple

from examples.compression.server.measuring import Measurement
from generated.compression.schemas.enums import OptimizationTarget, SearchMethod


class Candidate(NamedTuple):
    """An algorithm at a level."""

    algorithm: str
    level: int


@dataclass(frozen=True)
class Range:
    """The levels of an algorithm in ascending order, and where a climb begins."""

    levels: Sequence[int]
    default_level: int


@dataclass(frozen=True)
class Search:
    """What is searched, how, and for how many attempts."""

    method: SearchMethod
    target: OptimizationTarget
    ranges: Mapping[str, Range]
    max_iterations: int
    seed: int

    @property
    def candidates(self) -> Sequence[Candidate]:
        """Everything that can be tried, by algorithm and level."""
        return [
            Candidate(algorithm, level)
            for algorithm, range_ in sorted(self.ranges.items())
            for level in range_.levels
            if self.allows(level)
        ]

    @property
    def attempts(self) -> int:
        """The most attempts that the search makes."""
        return min(len(self.candidates), self.max_iterations)

    def allows(self, level: int) -> bool:
        """Levels above 9 are incompatible with speed, as for a single request."""
        return level <= 9 or self.target != OptimizationTarget.SPEED


def search(what: Search, measure: Callable[[Candidate], Measurement]) -> Iterator[Measurement]:
    """Each attempt, measured when it is asked for."""
    attempts = _climb(what, measure) if what.method == SearchMethod.HILL_CLIMBING else map(measure, _order(what))
    return islice(attempts, what.max_iterations)


def better(target: OptimizationTarget, one: Measurement, other: Measurement | None) -> bool:
    """Whether an attempt is better than another for what is favored."""
    return other is None or worth(target, one) > worth(target, other)


def worth(target: OptimizationTarget, attempt: Measurement) -> float:
    """What an attempt is worth: how small, how fast, or both in equal parts."""
    if target == OptimizationTarget.RATIO:
        return float(attempt.ratio)
    if target == OptimizationTarget.SPEED:
        return attempt.speed
    return (attempt.saved + attempt.speed) / 2


def _order(what: Search) -> Sequence[Candidate]:
    candidates = what.candidates
    if what.method == SearchMethod.RANDOM:
        return Random(what.seed).sample(candidates, len(candidates))
    return candidates


def _climb(what: Search, measure: Callable[[Candidate], Measurement]) -> Iterator[Measurement]:
    """From the default level of each algorithm to a neighbor, as long as one is better."""
    by_algorithm: dict[str, list[int]] = {}
    for algorithm, level in what.candidates:
        by_algorithm.setdefault(algorithm, []).append(level)
    for algorithm, levels in by_algorithm.items():
        default = what.ranges[algorithm].default_level
        here = min(range(len(levels)), key=lambda place, levels=levels: abs(levels[place] - default))  # type: ignore[misc]
        best = measure(Candidate(algorithm, levels[here]))
        yield best
        tried = {here}
        frontier = [here - 1, here + 1]
        while frontier:
            place = frontier.pop()
            if place in tried or not 0 <= place < len(levels):
                continue
            tried.add(place)
            attempt = measure(Candidate(algorithm, levels[place]))
            yield attempt
            if better(what.target, attempt, best):
                best, frontier = attempt, [place - 1, place + 1]
