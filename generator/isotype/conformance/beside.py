"""Rows beside rows: what references, unique keys and stamps say, put to each database that knows them."""

from __future__ import annotations

from collections.abc import Iterable

from isotype.conformance.matrix import Place
from isotype.conformance.model import Answer, Stage, Witness
from isotype.conformance.tally import Tally
from isotype.domain.lazy import NamedTuple
from isotype.probes import Prober
from isotype.probes.scenes import Scene, Subject, scenes
from isotype.tables.model import Tables


class Beside(NamedTuple):
    """How many questions about several rows were asked, and the constraints for which no rows were found."""

    asked: int = 0
    unasked: tuple[str, ...] = ()


def beside(tables: Tables, prober: Prober, witnesses: Iterable[Witness], tally: Tally, only: str = "") -> Beside:
    """Ask all about references, unique keys and stamps, or what stands at `Entity` or `Entity.field`; count answers."""
    stages = [witness for witness in witnesses if isinstance(witness, Stage)]
    if not stages:
        return Beside()
    wanted = [(about, found) for about, found in scenes(tables, prober.records) if _is_wanted(about, only)]
    asked = [scene for _, found in wanted for scene in found]
    answered: set[int] = set()
    for stage in stages:
        for number, (scene, answer) in enumerate(zip(asked, stage.play(asked), strict=True)):
            if not answer.elsewhere:
                answered.add(number)
                tally.count_scene(stage.name, place(scene.about), scene, fault(scene, answer))
    return Beside(len(answered), tuple(f"{about.table.name}.{about.name}" for about, found in wanted if not found))


def place(about: Subject) -> Place:
    """The field that a constraint stands at, as the schema names it."""
    return Place(about.table.entity, about.table.column(about.column).field)


def fault(scene: Scene, answer: Answer) -> str:
    """What is wrong with an answer; '' when nothing is."""
    if answer.elsewhere:
        return ""
    if answer.fault:
        return f"cannot be asked: {answer.fault[:300]}"
    if scene.refused and answer.takes:
        return "takes what the schema refuses"
    if not scene.refused and not answer.takes:
        return f"refuses what the schema takes: {answer.reason}"
    return f"leaves something else: {answer.changed[:300]}" if answer.changed else ""


def _is_wanted(about: Subject, only: str) -> bool:
    owner, _, field = only.partition(".")
    where = place(about)
    return not only or (where.owner == owner and field in ("", where.field))
