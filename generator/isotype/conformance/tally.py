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
from isotype.probes.candidates import unreached as bounds
from isotype.probes.scenes import Scene


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


def unreached(prober: Prober) -> tuple[str, ...]:
    """The bounds of fields that no value of a run is at."""
    found: dict[str, None] = {}
    for shape in prober.shapes.by_name.values():
        for prop in shape.properties:
            where = Place(shape.owner or shape.name, prop.field or prop.name)
            found |= dict.fromkeys(f"{where}: {bound}" for bound in bounds(prop.type, prober.records.samples))
    return tuple(found)


def declared(domain: Domain) -> dict[Place, Declared]:
    """The line of the schema for each field, and for what it stands in."""
    owned = [
        *((entity.name, entity.place, entity.fields) for entity in domain.entities),
        *((definition.name, definition.place, definition.fields) for definition in domain.objects),
        *((view.name, view.place, view.columns) for view in domain.views),
    ]
    found = {Place(name, ""): line for name, line, _ in owned}
    found.update({Place(name, field.name): field.place for name, _, fields in owned for field in fields})
    found.update({Place(operation.name, ""): operation.place for operation in domain.operations})
    found.update({Place(one.name, it.name): it.place for one in domain.operations for it in one.parameters})
    return found


def concerns(witness: Witness, probe: Probe) -> bool:
    """Whether the schema says how a witness must answer."""
    row = probe.row
    return witness.target not in ROWS or row is None or not (row.doubtful or witness.target in row.unasked)


class Tally:
    """Counts answers, and keeps the shortest record of each kind of disagreement."""

    def __init__(self, domain: Domain, prober: Prober, excuses: Excuses) -> None:
        self._declared = declared(domain)
        self._prober = prober
        self._excuses = excuses
        self._found: dict[tuple[str, Place, str, str], tuple[Witness, Probe, Disagreement]] = {}
        self.beside: list[Disagreement] = []
        self.cells: dict[tuple[Place, str], dict[str, Cell]] = {}
        self.rates: dict[str, tuple[int, float]] = {}
        self.values = self.accepted = self.disagreeing = 0

    def count(self, witness: Witness, asked: Sequence[Probe], answers: Sequence[Answer], seconds: float) -> None:
        before, spent = self.rates.get(witness.name, (0, 0.0))
        said = sum(not answer.elsewhere for answer in answers)
        self.rates[witness.name] = (before + said, spent + seconds)
        for probe, answer in zip(asked, answers, strict=True):
            if not concerns(witness, probe):
                continue
            outcome, fact = judged(self._prober, self._excuses, witness, probe, answer)
            if outcome is Outcome.UNSAID:
                continue
            where = place(self._prober, probe)
            constraint = probe.constraint
            cell = self.cells.setdefault((where, constraint), {}).setdefault(witness.name, Cell())
            if outcome is Outcome.AGREE:
                cell.agree += 1
            elif outcome is Outcome.GAP:
                cell.gap += 1
                cell.gaps.add(fact)
            else:
                cell.disagree += 1
                self.disagreeing += 1
                self._keep(witness, probe, where, fact)

    def count_scene(self, witness: str, where: Place, scene: Scene, fact: str) -> None:
        """Count the answer to a question about several rows; '' is one that agrees."""
        about = scene.about
        label = f"{scene.label}, {about.name}"
        self.count_fact(witness, where, about.word, about.table.name, label, scene.text, fact)

    def count_fact(
        self, witness: str, where: Place, constraint: str, shape: str, label: str, text: str, fact: str
    ) -> None:
        """Count the answer to a question that is no probe; '' is one that agrees."""
        cell = self.cells.setdefault((where, constraint), {}).setdefault(witness, Cell())
        if not fact:
            cell.agree += 1
            return
        cell.disagree += 1
        self.disagreeing += 1
        self.beside.append(Disagreement(witness, where, constraint, shape, label, text, fact, self._line(where)))

    def _line(self, where: Place) -> Declared:
        return self._declared.get(where) or self._declared.get(Place(where.owner, ""), NOWHERE)

    def _keep(self, witness: Witness, probe: Probe, where: Place, fact: str) -> None:
        kind = fact.partition(":")[0]
        line = self._line(where)
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
