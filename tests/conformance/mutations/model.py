"""A mutant, what came of it, and what a suite of mutants is."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator

from isotype.binding import Bindings
from isotype.domain.lazy import NamedTuple
from isotype.domain.model import Domain
from isotype.domain.values import frozen

FOUND, EQUIVALENT, UNLOADED, SURVIVED = "found", "equivalent", "does not load", "survived"
"""What may come of a mutant: `EQUIVALENT` has a proof, `UNLOADED` was refused before any value was asked."""
REFUTED = "proved, and found"
"""What comes of one that a value finds although there is a proof: the proof is wrong."""
FAILURES = (SURVIVED, REFUTED)


@frozen
class Rewrite:
    """A file of a layer with one text made another: the one at a place, or every occurrence of it."""

    path: str
    old: str
    new: str
    at: int = -1
    within: str = ""
    """The function or constant that it is in."""

    def reaches(self, names: Container[str]) -> bool:
        """Whether it changes anything for those who make use of these names alone."""
        return not self.within or self.within.partition(".")[0] in names

    def applied(self, text: str) -> str:
        """The text of the file with the fault in it."""
        if self.at < 0:
            return text.replace(self.old, self.new)
        assert text.startswith(self.old, self.at)
        return text[: self.at] + self.new + text[self.at + len(self.old) :]


@frozen
class Mutant:
    """One thing broken in what one layer prints.

    `witness` reads that layer, `kind` is the class of the fault in short words, `where` the place as a person names it
    (`AlgorithmCreate.level`). `broken` is what a suite of the witness knows how to load: the node that takes the place
    of another one in a projection (a shape, a table, an enum, …), or a `Rewrite`; `whole` is that other one.
    """

    witness: str
    kind: str
    where: str
    broken: object
    whole: object = None


class Verdict(NamedTuple):
    """What came of a mutant. `said` is the probe and the fact that found it, the proof, or why it did not load."""

    domain: str
    witness: str
    kind: str
    where: str
    outcome: str
    said: str = ""

    def __str__(self) -> str:
        return f"{self.domain}, {self.witness}: {self.kind}: {self.where}: {self.outcome}: {self.said}"


def verdict(domain: str, mutant: Mutant, outcome: str, said: str = "") -> Verdict:
    """What came of a mutant of a domain."""
    return Verdict(domain, mutant.witness, mutant.kind, mutant.where, outcome, said)


class Subject(NamedTuple):
    """A domain whose layers are broken, with its projections."""

    name: str
    domain: Domain
    bindings: Bindings


Chosen = Callable[[Mutant], bool]
"""Whether a mutant is asked in this run."""

Suite = Callable[[Subject, Chosen], Iterator[Verdict]]
"""What a witness makes of a domain: the verdicts on the mutants that are chosen."""

Enumerate = Callable[[Subject], Iterator[Mutant]]
"""Every mutant that a witness has for a domain, without asking anybody."""
