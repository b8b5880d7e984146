"""The probes of a domain, as a full run of `verify` asks them, kept to be asked of every mutant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from isotype.conformance.excuses import Excuses
from isotype.conformance.judging import judged
from isotype.conformance.matrix import Outcome
from isotype.conformance.model import Answer, Witness
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import object_name
from isotype.probes import Probe, Prober
from isotype.probes.inputs import with_inputs
from isotype.shapes.model import Shapes
from tests.conformance.mutations.model import Subject

SEED = 0
"""The seed of a run for which nobody names one."""
FEW, MORE, MOST = 6, 10, 600
"""So many probes are asked at once, and then so many times as many: most mutants are found by the first of them."""


class Questions:
    """The probes of one domain by shape, and what the whole layer of a witness answers to each."""

    def __init__(self, of: Subject, ledger: Sequence[NotExpressible]) -> None:
        self.prober = Prober(of.bindings, SEED)
        self.excuses = Excuses(ledger, self.prober.shapes)
        # Tables as shapes are no shapes of JSON.
        names = with_inputs(of.bindings.shapes).by_name
        self.probes: dict[str, list[Probe]] = {name: [] for name in names}
        for probe in self.prober.all():
            if probe.shape in self.probes:
                self.probes[probe.shape].append(probe)
        self._holders = _holders(of.bindings.shapes)
        self._answers: dict[tuple[str, str], Sequence[Answer]] = {}

    def answers(self, witness: Witness, shape: str) -> Sequence[Answer]:
        """What the whole layer says to each probe of a shape."""
        key = (witness.name, shape)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = witness.judge(self.probes[shape])
        return found

    def order(self, shape: str, path: tuple[str, ...] = ()) -> list[int]:
        """The places of a shape's probes, those that change what stands at a path first."""
        probes = self.probes[shape]
        return sorted(range(len(probes)), key=lambda place: probes[place].path[: len(path)] != path)

    def holders(self, shape: str) -> tuple[str, ...]:
        """The shapes in which a shape stands, the nearest first."""
        found: dict[str, None] = {}
        waiting = [shape]
        while waiting:
            for name in self._holders.get(waiting.pop(0), ()):
                if name not in found and name != shape:
                    found[name] = None
                    waiting.append(name)
        return tuple(found)

    def fact(self, witness: Witness, probe: Probe, before: Answer, after: Answer) -> str:
        """What `verify` says of an answer that the whole layer does not give; '' where it says nothing new."""
        if self._judged(witness, probe, before)[0] is Outcome.DISAGREE:
            return ""
        outcome, fact = self._judged(witness, probe, after)
        return fact if outcome is Outcome.DISAGREE else ""

    def _judged(self, witness: Witness, probe: Probe, answer: Answer) -> tuple[Outcome, str]:
        return judged(self.prober, self.excuses, witness, probe, answer)


def differs(before: Answer, after: Answer) -> bool:
    """Whether two answers are of another verdict or another value; the words of a refusal are no part of it."""
    return (before.takes, before.value, before.fault) != (after.takes, after.value, after.fault)


class Sign(NamedTuple):
    """By which probe a mutant is found, and the fact."""

    probe: Probe
    fact: str

    def __str__(self) -> str:
        return f"{self.fact}: {str(self.probe)[:200]}"


def found(
    questions: Questions,
    witness: Witness,
    shape: str,
    places: Iterable[int],
    ask: Callable[[Sequence[Probe]], Sequence[Answer]],
) -> Sign | None:
    """The first of a shape's probes that finds what is broken."""
    probes, before = questions.probes[shape], questions.answers(witness, shape)
    waiting, size = iter(places), FEW
    while batch := list(islice(waiting, size)):
        for place, answer in zip(batch, ask([probes[place] for place in batch]), strict=True):
            if differs(before[place], answer):
                fact = questions.fact(witness, probes[place], before[place], answer)
                if fact:
                    return Sign(probes[place], fact)
        size = min(size * MORE, MOST)
    return None


def _holders(shapes: Shapes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for shape in shapes.by_name.values():
        for name in dict.fromkeys(filter(None, (object_name(prop.type) for prop in shape.properties))):
            found.setdefault(name, []).append(shape.name)
    return found


def places(questions: Questions, shape: str, about: str) -> Iterator[int]:
    """Every probe of a shape, those about a property or a rule first."""
    probes = questions.probes[shape]
    first = [n for n, one in enumerate(probes) if one.path[:1] == (about,) or one.constraint == f"rule:{about}"]
    yield from first
    known = set(first)
    yield from (number for number in range(len(probes)) if number not in known)
