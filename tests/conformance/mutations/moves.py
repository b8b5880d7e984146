"""State machines, broken one at a time in what the schemas and TypeScript say of their moves."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Protocol

from isotype.conformance.building import Compiled
from isotype.conformance.model import Told
from isotype.conformance.moves import replies
from isotype.conformance.processes import Lines
from isotype.conformance.witnesses import pydantic
from isotype.conformance.witnesses.zod import about_moves
from isotype.domain.values import frozen, replace
from isotype.layers import Options, schemas, typescript
from isotype.layers.rendering import Renderer
from isotype.shapes.model import ShapeModule, Shapes, StateMachine
from tests.conformance.mutations import python_text, typescript_text
from tests.conformance.mutations.model import FOUND, SURVIVED, UNLOADED, Mutant, Subject, Verdict, verdict
from tests.conformance.mutations.python_text import Fault
from tests.conformance.mutations.tables import machine_mutated

MODULE = "moves"


@frozen
class BrokenMoves:
    """The text of a module that says nothing but how one machine moves, with a fault in it."""

    text: str


class Layer(Protocol):
    """One layer that says how states move."""

    witness: str

    def faults(self, text: str) -> Iterator[Fault]:
        """Every fault of a text of the layer's."""
        ...

    def printed(self, shapes: Shapes) -> str:
        """The text of the one module of a projection."""
        ...

    def told(self, text: str, machine: StateMachine) -> Told:
        """What such a text says of a machine; raises what the engine has against it."""
        ...


class Moves:
    """The state machines of one domain in one layer."""

    def __init__(self, of: Subject, layer: Layer) -> None:
        self._name, self._shapes, self._layer = of.name, of.bindings.shapes, layer

    def mutants(self) -> Iterator[Mutant]:
        """Each move and start lost, each other one added, and each fault of what is printed of a machine."""
        for machine in (machine for module in self._shapes.modules for machine in module.machines):
            where, whole = f"{machine.owner}.{machine.field}", self._printed(machine)
            made = [
                (kind, "", self._printed(replace(machine, transitions=changed)))
                for kind, changed in machine_mutated(machine.transitions)
            ]
            for kind, _, at, old, new in self._layer.faults(whole):
                broken = whole[:at] + new + whole[at + len(old) :]
                made.append((kind, f": {old} made {new}", broken))
            met = {whole}
            for kind, what, text in made:
                if text not in met:
                    met.add(text)
                    yield Mutant(self._layer.witness, f"moves: {kind}", f"{where}{what}", BrokenMoves(text), machine)

    def verdict(self, mutant: Mutant) -> Verdict:
        """What comes of a mutant."""
        assert isinstance(mutant.broken, BrokenMoves) and isinstance(mutant.whole, StateMachine)
        try:
            told = self._layer.told(mutant.broken.text, mutant.whole)
        except Exception as error:  # whatever the engine has against the module
            return verdict(self._name, mutant, UNLOADED, f"{type(error).__name__}: {error}")
        for reply in replies(mutant.whole, told):
            if reply.fact:
                return verdict(self._name, mutant, FOUND, f"{reply.fact}: {reply.label}")
        return verdict(self._name, mutant, SURVIVED)

    def proof(self, mutant: Mutant) -> str:
        """None: each move is asked."""
        return ""

    def _printed(self, machine: StateMachine) -> str:
        module = ShapeModule(MODULE, machine.owner, "", (), (machine,), (), (machine.enum.name,))
        return self._layer.printed(replace(self._shapes, modules=(module,), operations=()))


class MovesInPython:
    """The layer `schemas`."""

    witness = "pydantic"

    def __init__(self, of: Compiled) -> None:
        self._package = of.module("schemas").__name__
        self._renderer = Renderer()

    def faults(self, text: str) -> Iterator[Fault]:
        return python_text.faults(text)

    def printed(self, shapes: Shapes) -> str:
        return schemas.render(shapes, self._renderer, Options("schema.yaml"))[0][f"{MODULE}.py"]

    def told(self, text: str, machine: StateMachine) -> Told:
        module = ModuleType(f"{self._package}.{MODULE}")
        module.__package__ = self._package
        exec(compile(text, module.__name__, "exec"), vars(module))
        return pydantic.told(module, machine)


class MovesInTypeScript:
    """The layer `types`; `process` runs the script of broken validators, and is somebody else's."""

    witness = "zod"

    def __init__(self, of: Compiled, process: Lines) -> None:
        self._folder = str(of.folder / "javascript" / "out" / "types")
        self._process = process
        self._renderer = Renderer()

    def faults(self, text: str) -> Iterator[Fault]:
        return typescript_text.faults(text)

    def printed(self, shapes: Shapes) -> str:
        return typescript.render(shapes, self._renderer, Options("schema.yaml"))[0][f"{MODULE}.ts"]

    def told(self, text: str, machine: StateMachine) -> Told:
        answer = self._process.ask(["move", self._folder, text, about_moves(machine)])
        if isinstance(answer, str):
            raise ValueError(answer)
        return Told(*answer)
