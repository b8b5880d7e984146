"""All ways in which things may stand, as far as somebody asks for them: one after the other, each as a world.

Nothing is decided before it is asked. A world whose comparisons of sums cannot hold together is none.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from tests.conformance.mutations.sums import Number, Space, Sum, is_empty, space

MOST = 20_000
"""So many worlds are looked at at most."""


class Impossible(Exception):
    """What was decided does not go together."""


class Terms:
    """What names of numbers can stand for, and which half-spaces were found to have nothing in common."""

    def __init__(self) -> None:
        self.numbers: dict[str, Number] = {}
        self._empty: dict[frozenset[Space], bool] = {}

    def is_empty(self, spaces: frozenset[Space]) -> bool:
        found = self._empty.get(spaces)
        if found is None:
            found = self._empty[spaces] = is_empty(spaces, self.numbers)
        return found


class World:
    """What was decided when it was asked; `script` says how, the first that there is beyond it."""

    def __init__(self, script: Sequence[int], terms: Terms) -> None:
        self.taken: list[tuple[int, int]] = []
        self.terms = terms
        self._script = script
        self._known: dict[Hashable, Any] = {}
        self._spaces: list[Space] = []

    def ask(self, key: Hashable, answers: Sequence[Any]) -> Any:
        """One of the answers, the same whenever it is asked again."""
        if key not in self._known:
            self._known[key] = answers[self._choice(len(answers))]
        return self._known[key]

    def is_at_most(self, of: Sum, strict: bool = False) -> bool:
        """Whether a sum is at most 0, or less than that."""
        if not of.factors:
            return of.constant < 0 or (of.constant == 0 and not strict)
        wanted = space(of, strict, self.terms.numbers)
        if wanted not in self._known:
            opposite = space(of.times(-1), not strict, self.terms.numbers)
            ways = [(one, one is wanted) for one in (wanted, opposite) if not self._is_out(one)]
            chosen, truth = ways[self._choice(len(ways))]
            if len(ways) > 1:
                self._spaces.append(chosen)
            self._known[wanted], self._known[opposite] = truth, not truth
        return bool(self._known[wanted])

    def _is_out(self, one: Space) -> bool:
        near, names = {one}, {name for name, _ in one.factors}
        far = list(self._spaces)
        while met := [other for other in far if any(name in names for name, _ in other.factors)]:
            near.update(met)
            names.update(name for other in met for name, _ in other.factors)
            far = [other for other in far if other not in near]
        return self.terms.is_empty(frozenset(near))

    def _choice(self, count: int) -> int:
        if count == 0:
            raise Impossible
        if count == 1:
            return 0
        place = len(self.taken)
        self.taken.append((self._script[place] if place < len(self._script) else 0, count))
        return self.taken[-1][0]


def everywhere(holds: Callable[[World], bool], terms: Terms) -> bool:
    """Whether it is proved that something holds in every world."""
    script: list[int] = []
    for _ in range(MOST):
        world = World(script, terms)
        try:
            if not holds(world):
                return False
        except Impossible:
            pass
        taken = world.taken
        while taken and taken[-1][0] + 1 == taken[-1][1]:
            taken.pop()
        if not taken:
            return True
        script = [*(choice for choice, _ in taken[:-1]), taken[-1][0] + 1]
    return False
