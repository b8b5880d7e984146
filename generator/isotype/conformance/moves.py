"""The functions and tables that say how states move, asked about every move of every state machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from isotype.conformance.matrix import Place
from isotype.conformance.model import Mover, Told, Witness
from isotype.conformance.tally import Tally
from isotype.domain.lazy import NamedTuple
from isotype.probes.moves import moves
from isotype.shapes.model import Shapes, StateMachine


class Reply(NamedTuple):
    """What is asked, as words and as JSON text, and what is wrong with the answer: '' is one that agrees."""

    label: str
    text: str
    fact: str


def ask_moves(shapes: Shapes, witnesses: Iterable[Witness], tally: Tally, only: str = "") -> int:
    """Ask about the machines of a domain, or about what stands at `Entity` or `Entity.field`; count answers.

    Says how many questions there were.
    """
    movers = [witness for witness in witnesses if isinstance(witness, Mover)]
    machines = [machine for module in shapes.modules for machine in module.machines if _is_wanted(machine, only)]
    asked = 0
    for mover in movers:
        for machine, told in zip(machines, mover.move(machines), strict=True):
            for reply in replies(machine, told):
                where = Place(machine.owner, machine.field)
                tally.count_fact(mover.name, where, "transition", machine.name, *reply)
                asked += 1
    return asked


def replies(machine: StateMachine, told: Told) -> Iterator[Reply]:
    """Each move that was asked about; then where each state may go, and where a new one may start."""
    if told.fault:
        yield Reply("every move", "", f"cannot be asked: {told.fault[:300]}")
        return
    for move, allowed in zip(moves(machine), told.allowed, strict=True):
        fact = "refuses what the schema takes" if move.allowed else "takes what the schema refuses"
        text = json.dumps([move.source, move.target])
        yield Reply(str(move), text, "" if allowed is move.allowed else f"{fact}: transition")
    meant = {state: sorted(targets) for state, targets in machine.transitions.moves}
    found = {state: sorted(targets) for state, targets in told.targets.items()}
    yield _table("where each state may go", meant, found)
    if told.starts is not None:
        yield _table("where a new one may start", sorted(machine.transitions.initial), sorted(told.starts))


def _table(label: str, meant: object, found: object) -> Reply:
    return Reply(label, json.dumps(meant), "" if found == meant else f"says something else: {json.dumps(found)[:300]}")


def _is_wanted(machine: StateMachine, only: str) -> bool:
    owner, _, field = only.partition(".")
    return not only or (machine.owner == owner and field in ("", machine.field))
