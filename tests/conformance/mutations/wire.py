"""The JSON witnesses: each shape and enum of a domain broken, in the layer that the witness reads."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from isotype.conformance.model import CALLED, Answer, Witness
from isotype.domain.types import Enum, EnumType, innermost
from isotype.domain.values import replace
from isotype.probes import Probe
from isotype.probes.inputs import with_inputs
from isotype.shapes.model import Shape, Shapes
from tests.conformance.mutations import equivalences, inputs
from tests.conformance.mutations.model import (
    EQUIVALENT,
    FOUND,
    SURVIVED,
    UNLOADED,
    Mutant,
    Rewrite,
    Subject,
    Verdict,
    verdict,
)
from tests.conformance.mutations.questions import Questions, Sign, found, places
from tests.conformance.mutations.rewrites import DOMAIN, HOLDS, faults
from tests.conformance.mutations.shapes import mutated
from tests.conformance.mutations.types import enum_mutated

if TYPE_CHECKING:
    from tests.conformance.mutations.suite import Ground

Ask = Callable[[Sequence[Probe]], Sequence[Answer]]


class Unloaded(Exception):
    """What is broken does not load; the sentence says what the engine says."""


class Layer(Protocol):
    """One layer, of which some shapes can be printed and loaded while the rest stays whole."""

    @property
    def witness(self) -> Witness:
        """Who reads the layer."""
        ...

    def printed(self, shapes: Shapes, names: Sequence[str], enums: bool = False) -> Hashable:
        """What the layer says of these shapes, with the enums or without, less words for people."""
        ...

    def source(self, path: str) -> str:
        """The text of a file of the layer."""
        ...

    def rewritten(self, rewrite: Rewrite) -> Iterator[tuple[Sequence[str], Hashable]]:
        """With a file rewritten, what says something of shapes, and of which; nothing where the text does not occur."""
        ...

    def same(self, rewrite: Rewrite) -> str:
        """Why nobody can tell a rewritten file from the whole one; '' where nothing says so."""
        ...

    def loaded(self, printed: Hashable) -> AbstractContextManager[Ask]:
        """Who can be asked about the shapes that were printed. Raises `Unloaded`."""
        ...


def mutants(of: Subject, layer: Layer) -> Iterator[Mutant]:
    """Every mutant of the shapes and the enums of a domain; of one of them those of its support code."""
    witness = layer.witness.name
    if of.name == HOLDS[witness]:
        for kind, where, rewrite in faults(witness, layer.source):
            yield Mutant(witness, f"support: {kind}", where, rewrite)
    if of.name == DOMAIN:
        return
    shapes = of.bindings.shapes
    for shape in shapes.by_name.values():
        for kind, about, broken in mutated(shapes, shape):
            yield Mutant(witness, kind, f"{shape.name}.{about}" if about else shape.name, broken, shape)
    for shape, (kind, about, broken) in inputs.of_inputs(with_inputs(shapes)) if witness in CALLED else ():
        yield Mutant(witness, kind, f"{shape.name}.{about}", broken, shape)
    for enum in (enum for enum in shapes.enums if _with_enum(shapes, enum.name)):
        for kind, member, other in enum_mutated(enum):
            yield Mutant(witness, kind, f"{enum.name}.{member}", other, enum)


@contextmanager
def wire(on: Ground, layer: Layer) -> Iterator[Wire]:
    """A JSON layer with a domain, to be asked about its mutants."""
    yield Wire(on.subject, layer, on.questions())


class Wire:
    """One JSON layer with one domain."""

    def __init__(self, of: Subject, layer: Layer, questions: Questions) -> None:
        self._of, self._layer, self._questions = of, layer, questions
        self._shapes = of.bindings.shapes
        self._inputs = with_inputs(self._shapes)
        self._printed: dict[tuple[tuple[str, ...], bool], Hashable] = {}

    def mutants(self) -> Iterator[Mutant]:
        """Every mutant of the shapes and the enums of the domain."""
        return mutants(self._of, self._layer)

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """What comes of a mutant; None where the layer prints nothing else."""
        if isinstance(mutant.broken, Rewrite):
            return self._rewritten(mutant, mutant.broken)
        about = mutant.where.partition(".")[2]
        if isinstance(mutant.broken, Enum):
            names = _with_enum(self._shapes, mutant.broken.name)
            broken, enums = with_enum(self._shapes, mutant.broken), True
            stages = [(names[:1], enums), (names, enums)] if len(names) > 1 else [(names, enums)]
        else:
            assert isinstance(mutant.broken, Shape)
            name = mutant.broken.name
            broken, holders = with_shape(self._of_shape(name), mutant.broken), self._questions.holders(name)
            stages = [((name,), False), *([((name, *holders), False)] if holders else [])]
        same = True
        for names, enums in stages:
            printed = self._layer.printed(broken, names, enums)
            if printed == self._whole(names, enums):
                continue
            same = False
            try:
                sign = self._asked(printed, names, about)
            except Unloaded as error:
                return verdict(self._of.name, mutant, UNLOADED, str(error))
            if sign is not None:
                return verdict(self._of.name, mutant, FOUND, str(sign))
        if same:
            return None
        return self._proved(mutant)

    def proof(self, mutant: Mutant) -> str:
        """Why no value shows a mutant; '' where nothing says so."""
        if isinstance(mutant.broken, Rewrite):
            try:
                return self._layer.same(mutant.broken)
            except Unloaded:
                return ""
        return inputs.proof(mutant, self._shapes) or equivalences.proof(mutant, self._shapes)

    def _proved(self, mutant: Mutant) -> Verdict:
        proof = self.proof(mutant)
        return verdict(self._of.name, mutant, EQUIVALENT if proof else SURVIVED, proof)

    def _of_shape(self, name: str) -> Shapes:
        """The projection in which a shape stands."""
        return self._shapes if name in self._shapes.by_name else self._inputs

    def _rewritten(self, mutant: Mutant, rewrite: Rewrite) -> Verdict | None:
        parts = list(self._layer.rewritten(rewrite))
        try:
            for names, printed in parts:
                sign = self._asked(printed, names, "")
                if sign is not None:
                    return verdict(self._of.name, mutant, FOUND, str(sign))
        except Unloaded as error:
            return verdict(self._of.name, mutant, UNLOADED, str(error))
        if not parts:
            return None
        return self._proved(mutant)

    def _asked(self, printed: Hashable, names: Sequence[str], about: str) -> Sign | None:
        with self._layer.loaded(printed) as ask:
            for name in names:
                order = places(self._questions, name, about)
                sign = found(self._questions, self._layer.witness, name, order, ask)
                if sign is not None:
                    return sign
        return None

    def _whole(self, names: tuple[str, ...], enums: bool) -> Hashable:
        key = (names, enums)
        if key not in self._printed:
            self._printed[key] = self._layer.printed(self._of_shape(names[0]), names, enums)
        return self._printed[key]


def _with_enum(shapes: Shapes, name: str) -> tuple[str, ...]:
    """The shapes that speak of an enum; one that stands in parameters alone is in none."""
    return tuple(
        shape.name
        for shape in shapes.by_name.values()
        if any(_is_of(name, innermost(prop.type)) for prop in shape.properties)
    )


def _is_of(name: str, of: object) -> bool:
    return isinstance(of, EnumType) and of.enum.name == name


def with_shape(shapes: Shapes, broken: Shape) -> Shapes:
    """The projection with one shape in the place of the one of its name."""
    modules = tuple(
        replace(module, shapes=tuple(broken if one.name == broken.name else one for one in module.shapes))
        if module.name == broken.module
        else module
        for module in shapes.modules
    )
    return replace(shapes, modules=modules, by_name=MappingProxyType({**shapes.by_name, broken.name: broken}))


def with_enum(shapes: Shapes, broken: Enum) -> Shapes:
    """The projection with one enum in the place of the one of its name; types keep the one that they had."""
    return replace(shapes, enums=tuple(broken if one.name == broken.name else one for one in shapes.enums))
