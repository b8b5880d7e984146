"""The whole way from JSON to JSON, with one mapper broken at a time."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from isotype.binding.model import EntityBinding
from isotype.conformance.building import Compiled
from isotype.conformance.judging import judged
from isotype.conformance.matrix import Outcome
from isotype.conformance.model import Answer
from isotype.conformance.panel import is_for_others
from isotype.conformance.witnesses.postgres import Postgres
from isotype.conformance.witnesses.round_trip import RoundTrip
from isotype.probes import Probe
from tests.conformance.mutations import mapping_text
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
from tests.conformance.mutations.questions import Questions
from tests.conformance.mutations.same_mappers import proof

CHUNKS = (8, 64)
"""So many records go the way at once, first few."""


class Mappers:
    """Asks about the broken mappers of one domain."""

    def __init__(self, subject: Subject, questions: Questions, compiled: Compiled, postgres: Postgres) -> None:
        self._subject = subject
        self._questions = questions
        self._compiled = compiled
        self._witness = RoundTrip(compiled, postgres)
        # What they want to be asked is to be said once.
        self._probes = {
            name: [one for one in probes if not is_for_others(self._witness, one) and self._witness.asks(one)]
            for name, probes in questions.probes.items()
        }
        self._agreed: dict[int, bool] = {}
        self._met: set[tuple[str, str]] = set()

    def mutants(self) -> Iterator[Mutant]:
        """Every fault of the text of a mapper that the whole way goes through."""
        for entity in self._subject.bindings.entities:
            if {"create", "response"} <= entity.shapes.keys():
                path = f"mapping/{entity.module}.py"
                text = self._compiled.text("models", path)
                for kind, function, at, old, new in mapping_text.faults(text):
                    where = (
                        f"{entity.entity}.{function}: {' '.join(old.split())[:60]} made {' '.join(new.split())[:60]}"
                    )
                    yield Mutant("round_trip", kind, where, Rewrite(path, old, new, at, function), entity)

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """What comes of a mutant; None where another one has made the same text."""
        rewrite, entity = mutant.broken, mutant.whole
        assert isinstance(rewrite, Rewrite) and isinstance(entity, EntityBinding)
        whole = self._compiled.text("models", rewrite.path)
        text = rewrite.applied(whole)
        if text == whole or (rewrite.path, text) in self._met:
            return None
        self._met.add((rewrite.path, text))
        try:
            with self._loaded(entity, text):
                found = self._found(entity, rewrite)
        except Exception as error:  # whatever Python has against the module
            return verdict(self._subject.name, mutant, UNLOADED, f"{type(error).__name__}: {error}")
        if found:
            return verdict(self._subject.name, mutant, FOUND, found)
        proved = self.proof(mutant)
        return verdict(self._subject.name, mutant, EQUIVALENT if proved else SURVIVED, proved)

    def proof(self, mutant: Mutant) -> str:
        """Why no record shows a mutant; '' where nothing says so."""
        rewrite, entity = mutant.broken, mutant.whole
        assert isinstance(rewrite, Rewrite) and isinstance(entity, EntityBinding)
        return proof(entity, rewrite, self._compiled.text("models", rewrite.path))

    @contextmanager
    def _loaded(self, entity: EntityBinding, text: str) -> Iterator[None]:
        """The entity goes its way by the mapper of this text."""
        package = importlib.import_module(f"{self._compiled.package}.models.mapping")
        name = f"{package.__name__}.{entity.module}"
        whole = importlib.import_module(name)
        module = sys.modules[name] = ModuleType(name)
        module.__package__ = package.__name__
        try:
            exec(compile(text, name, "exec"), module.__dict__)
            setattr(package, entity.module, module)
            with self._witness.going(self._compiled, entity):
                yield
        finally:
            sys.modules[name] = whole
            setattr(package, entity.module, whole)

    def _found(self, entity: EntityBinding, rewrite: Rewrite) -> str:
        """The first record that finds what is broken, and the fact."""
        probes = self._ordered(entity, rewrite)
        start, sizes = 0, iter(CHUNKS)
        while start < len(probes):
            batch = probes[start : start + (size := next(sizes, CHUNKS[-1]))]
            for probe, answer in zip(batch, self._witness.judge(batch), strict=True):
                fact = self._fact(probe, answer)
                if fact and self._agrees(entity, probe):
                    return f"{fact}: {str(probe)[:200]}"
            start += size
        return ""

    def _ordered(self, entity: EntityBinding, rewrite: Rewrite) -> list[Probe]:
        """Every record of an entity, those first that are near to what is broken: they find it most often."""
        words = set(re.findall(r"\w+", f"{rewrite.old} {rewrite.new}"))
        about = {
            (entity.shapes[variant].name, path.wire)
            for field in entity.fields
            for variant, path in field.paths.items()
            if variant in entity.shapes and not words.isdisjoint((field.attribute, *path.attributes))
        }
        first = "update" if rewrite.within == "apply" else "create"
        variants = sorted(("create", "response", "update"), key=lambda one: one != first)
        names = [entity.shapes[variant].name for variant in variants if variant in entity.shapes]
        probes = [probe for name in names for probe in self._probes.get(name, ())]
        return sorted(probes, key=lambda one: one.constraint != "valid" and (one.shape, one.path) not in about)

    def _fact(self, probe: Probe, answer: Answer) -> str:
        outcome, fact = judged(self._questions.prober, self._questions.excuses, self._witness, probe, answer)
        return fact if outcome is Outcome.DISAGREE else ""

    def _agrees(self, entity: EntityBinding, probe: Probe) -> bool:
        """Whether a record goes the whole way unharmed where nothing is broken."""
        if id(probe) not in self._agreed:
            whole = self._compiled.text("models", f"mapping/{entity.module}.py")
            with self._loaded(entity, whole):
                self._agreed[id(probe)] = not any(map(self._fact, [probe], self._witness.judge([probe])))
        return self._agreed[id(probe)]

    def close(self) -> None:
        self._witness.close()
