"""The questions about several rows that `verify` asks, put to one table with a broken key at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isotype.conformance.beside import fault
from isotype.conformance.model import Stage
from isotype.probes.scenes import Scene, scenes
from isotype.tables.model import Table, Tables
from tests.conformance.mutations.keys import BrokenKey, broken, together
from tests.conformance.mutations.model import (
    EQUIVALENT,
    FOUND,
    SURVIVED,
    UNLOADED,
    Mutant,
    Subject,
    Verdict,
    verdict,
)
from tests.conformance.mutations.questions import Questions
from tests.conformance.mutations.rows import Engine, Unloadable, bare
from tests.conformance.mutations.same_keys import proof


class Stages:
    """Asks one engine about the broken keys of one domain."""

    def __init__(self, subject: Subject, questions: Questions, engine: Engine) -> None:
        self._subject = subject
        self._questions = questions
        self._engine = engine
        self._tables = {table.name: table for table in subject.bindings.tables.tables}
        self._scenes: dict[str, list[Scene]] = {}
        self._whole: dict[str, tuple[Tables, str, list[str]]] = {}
        self._met: set[str] = set()

    def mutants(self) -> Iterator[Mutant]:
        """Every change of a key, in what the layer prints and in what is printed."""
        for kind, where, of in broken(self._subject.bindings.tables):
            yield Mutant(self._engine.name, kind, where, of)

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """What comes of a mutant; None where it prints the same, a note apart, or what another one has printed."""
        of = mutant.broken
        assert isinstance(of, BrokenKey)
        table = self._tables[of.table.name]
        whole, said, agreed = self._known(table)
        text = self._engine.text(together(self._subject.bindings.tables, of.table))
        if bare(text) == bare(said) or bare(text) in self._met:
            return None
        self._met.add(bare(text))
        try:
            facts = self._facts(whole, text, self._asked(table))
        except Unloadable as error:
            return verdict(self._subject.name, mutant, UNLOADED, str(error).partition("\n")[0])
        for scene, before, fact in zip(self._asked(table), agreed, facts, strict=True):
            if fact and not before:
                return verdict(self._subject.name, mutant, FOUND, f"{fact}: {scene.label}: {scene.text[:200]}")
        proved = self.proof(mutant)
        if proved:
            return verdict(self._subject.name, mutant, EQUIVALENT, proved)
        return verdict(self._subject.name, mutant, SURVIVED, f"{len(facts)} questions about several rows")

    def proof(self, mutant: Mutant) -> str:
        """Why no rows show a mutant; '' where nothing says so."""
        of = mutant.broken
        assert isinstance(of, BrokenKey)
        return proof(self._engine.name, self._tables[of.table.name], of.table)

    def _asked(self, table: Table) -> Sequence[Scene]:
        """The questions about the keys of a table."""
        if not self._scenes:
            self._scenes = {name: [] for name in self._tables}
            for about, found in scenes(self._subject.bindings.tables, self._questions.prober.records):
                self._scenes[about.table.name] += found
        return self._scenes[table.name]

    def _known(self, table: Table) -> tuple[Tables, str, list[str]]:
        """A table as it should be: its projection, what the layer prints of it, and what `verify` has against that."""
        if table.name not in self._whole:
            whole = together(self._subject.bindings.tables, table)
            text = self._engine.text(whole)
            self._whole[table.name] = whole, text, self._facts(whole, text, self._asked(table))
        return self._whole[table.name]

    def _facts(self, of: Tables, text: str, asked: Sequence[Scene]) -> list[str]:
        """What `verify` says against the answers to questions; '' where nothing."""
        with self._engine.loaded(of, text) as witness:
            assert isinstance(witness, Stage)
            return [fault(scene, answer) for scene, answer in zip(asked, witness.play(asked), strict=True)]
