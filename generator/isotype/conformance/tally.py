"""Answers, counted by field, constraint and witness."""

from __future__ import annotations

from collections.abc import Sequence

from isotype.conformance.excuses import Excuses
from isotype.conformance.judging import judged
from isotype.conformance.matrix import Cell, Disagreement, Outcome, Place
from isotype.conformance.model import ROWS, Answer, Witness
from isotype.domain.model import Domain
from isotype.domain.places import NOWHERE
from isotype.domain.places import Place as Declared
from isotype.domain.types import ObjectType
from isotype.probes import Probe, Prober


def place(prober: Prober, probe: Probe) -> Place:
    """The field that a probe changes, as the schema names it."""
    shape = prober.shapes.shape(probe.shape)
    owner, name = shape.owner or shape.name, ""
    for step in () if probe.constraint in ("pair", "random") else probe.path:
        prop = next((prop for prop in shape.properties if prop.name == step), None)
        if prop is None:
            break
        name = prop.field or prop.name
        if prop.field or not isinstance(prop.type, ObjectType):
            break
        shape = prober.shapes.shape(prop.type.name)
    return Place(owner, name)


def declared(domain: Domain) -> dict[Place, Declared]:
    """The line of the schema for each field, and for what it stands in."""
    owned = [
        *((entity.name, entity.place, entity.fields) for entity in domain.entities),
        *((definition.name, definition.place, definition.fields) for definition in domain.objects),
        *((view.name, view.place, view.columns) for view in domain.views),
    ]
    found = {Place(name, ""): line for name, line, _ in owned}
    found.update({Place(name, field.name): field.place for name, _, fields in owned for field in fields})
    return found


class Tally:
    """Counts answers, and keeps the shortest record of each kind of disagreement."""

    def __init__(self, domain: Domain, prober: Prober, excuses: Excuses) -> None:
        self._declared = declared(domain)
        self._prober = prober
        self._excuses = excuses
        self._found: dict[tuple[str, Place, str, str], tuple[Witness, Probe, Disagreement]] = {}
        self.cells: dict[tuple[Place, str], dict[str, Cell]] = {}
        self.rates: dict[str, tuple[int, float]] = {}
        self.values = self.accepted = self.disagreeing = 0

    def count(self, witness: Witness, asked: Sequence[Probe], answers: Sequence[Answer], seconds: float) -> None:
        before, spent = self.rates.get(witness.name, (0, 0.0))
        self.rates[witness.name] = (before + len(asked), spent + seconds)
        for probe, answer in zip(asked, answers, strict=True):
            if witness.target in ROWS and probe.row is not None and probe.row.doubtful:
                continue
            where = place(self._prober, probe)
            constraint = probe.constraint
            cell = self.cells.setdefault((where, constraint), {}).setdefault(witness.name, Cell())
            outcome, fact = judged(self._prober, self._excuses, witness, probe, answer)
            if outcome is Outcome.AGREE:
                cell.agree += 1
            elif outcome is Outcome.GAP:
                cell.gap += 1
                cell.gaps.add(fact)
            else:
                cell.disagree += 1
                self.disagreeing += 1
                self._keep(witness, probe, where, fact)

    def _keep(self, witness: Witness, probe: Probe, where: Place, fact: str) -> None:
        kind = fact.partition(":")[0]
        line = self._declared.get(where) or self._declared.get(Place(where.owner, ""), NOWHERE)
        key = (witness.name, where, probe.constraint, kind)
        one = Disagreement(witness.name, where, probe.constraint, probe.shape, probe.label, probe.text, fact, line)
        if key in self._found:
            _, first, known = self._found[key]
            seen = known.seen + 1
            if len(probe.text) >= len(first.text):
                self._found[key] = (witness, first, known._replace(seen=seen))
                return
            one = one._replace(seen=seen)
        self._found[key] = (witness, probe, one)

    def found(self) -> list[tuple[Witness, Probe, Disagreement]]:
        """Each kind of disagreement with who disagreed, and about what."""
        return list(self._found.values())
