"""The rows that `verify` asks, put to one broken table at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import chain, islice
from typing import Protocol

from isotype.conformance.changes import Changes
from isotype.conformance.foreign import Foreign
from isotype.conformance.judging import judged
from isotype.conformance.matrix import Outcome
from isotype.conformance.model import Witness
from isotype.conformance.panel import is_for_others
from isotype.conformance.run import BATCH
from isotype.conformance.tally import concerns
from isotype.probes import Probe
from isotype.tables.model import Tables
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
from tests.conformance.mutations.questions import SEED, Questions
from tests.conformance.mutations.same_tables import proof
from tests.conformance.mutations.tables import Broken, alone, broken

CHUNKS = (24, 240, 2400)
"""So many rows are asked at once, first few; the last size holds for all that follow."""


class Unloadable(Exception):
    """What is broken does not get as far as an answer; the sentence says why."""


class Unprintable(Exception):
    """What is broken is nothing that the layer has words for."""


class Engine(Protocol):
    """One engine that holds a table."""

    name: str

    def text(self, of: Tables) -> str:
        """What the layer prints of a table: all that the engine is told. Raises `Unprintable`."""
        ...

    def loaded(self, of: Tables, text: str) -> AbstractContextManager[Witness]:
        """The witness of that text; `of` is the table as it should be. Raises `Unloadable`."""
        ...


_asked: dict[int, tuple[Questions, dict[str, list[Probe]]]] = {}


def rows(of: Subject, questions: Questions) -> dict[str, list[Probe]]:
    """What `verify` asks of rows in a full run of boundaries: each row once, by table, for every engine the same."""
    if id(questions) not in _asked:
        _asked.clear()
        _asked[id(questions)] = questions, _by_table(of, questions)
    return _asked[id(questions)][1]


def _by_table(of: Subject, questions: Questions) -> dict[str, list[Probe]]:
    found: dict[str, dict[object, Probe]] = {table.name: {} for table in of.bindings.tables.tables}
    for probe in _probes(of, questions):
        row = probe.row
        if row is not None:
            texts = tuple((column, cell.text) for column, cell in row.cells.items())
            found[row.table.name].setdefault((row.started, id(row.before), row.unasked, texts), probe)
    return {table: list(probes.values()) for table, probes in found.items()}


def _probes(of: Subject, questions: Questions) -> Iterator[Probe]:
    shapes = questions.prober.shapes
    changes, foreign = Changes(shapes, SEED), Foreign(shapes, of.bindings.tables)
    tables = (shape for shape in shapes.by_name.values() if shape.name not in questions.probes)
    known = chain.from_iterable(questions.probes.values())
    waiting = chain(known, chain.from_iterable(map(questions.prober.of_shape, tables)))
    while batch := list(islice(waiting, BATCH)):
        asked = (*batch, *changes.beside(batch))
        yield from (*asked, *foreign.beside(asked))


class Rows:
    """Asks one engine about the broken tables of one domain."""

    def __init__(self, subject: Subject, questions: Questions, engine: Engine) -> None:
        self._subject = subject
        self._questions = questions
        self._engine = engine
        self._rows = rows(subject, questions)
        self._whole = {table.name: alone(subject.bindings.tables, table) for table in subject.bindings.tables.tables}
        self._texts: dict[str, str] = {}
        self._met: set[str] = set()
        self._agreed: dict[int, bool] = {}

    def mutants(self) -> Iterator[Mutant]:
        """Every change of a table, in what the layer prints and in what is printed."""
        for one in broken(self._subject.bindings.tables):
            yield Mutant(self._engine.name, one.kind, one.where, one)

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """What comes of a mutant; None where it prints the same, a note apart, or what another one has printed."""
        of = mutant.broken
        assert isinstance(of, Broken)
        texts = [(tables, text) for tables in of.alone if (text := self._text(tables))]
        said = "".join(bare(text) for _, text in texts)
        if not said or said in self._met:
            return None
        self._met.add(said)
        outcome, said = self._outcome(of, texts)
        proved = self.proof(mutant) if outcome == SURVIVED else ""
        return verdict(self._subject.name, mutant, *((EQUIVALENT, proved) if proved else (outcome, said)))

    def proof(self, mutant: Mutant) -> str:
        """Why no row shows a mutant; '' where nothing says so."""
        assert isinstance(mutant.broken, Broken)
        proofs = [
            proof(self._engine.name, self._whole[tables.tables[0].name], tables)
            for tables in mutant.broken.alone
            if self._text(tables)
        ]
        return proofs[0] if proofs and all(proofs) else ""

    def _outcome(self, of: Broken, texts: Sequence[tuple[Tables, str]]) -> tuple[str, str]:
        outcome, said = SURVIVED, ""
        for tables, text in texts:
            outcome, said = self.judged(tables.tables[0].name, text, of.columns)
            if outcome != SURVIVED:
                break
        return outcome, said

    def whole(self, table: str) -> str:
        """What the layer prints of a table as it should be."""
        if table not in self._texts:
            self._texts[table] = self._engine.text(self._whole[table])
        return self._texts[table]

    def _text(self, of: Tables) -> str:
        """What is printed of a broken table; '' where that is what is printed of the whole one."""
        try:
            text = self._engine.text(of)
        except Unprintable:
            return ""
        return "" if bare(text) == bare(self.whole(of.tables[0].name)) else text

    def judged(self, table: str, text: str, columns: Sequence[str]) -> tuple[str, str]:
        """What comes of a text of a table, and the row and the fact that found it, or why it did not load."""
        probes = in_order(self._rows[table], columns)
        while True:
            try:
                found = self._first(table, text, probes)
            except Unloadable as error:
                return UNLOADED, str(error).partition("\n")[0]
            if found is None:
                return SURVIVED, f"{len(probes)} rows"
            place, fact = found
            if self._agrees(table, probes[place]):
                return FOUND, f"{fact}: {str(probes[place])[:200]}"
            probes = [*probes[:place], *probes[place + 1 :]]

    def _first(self, table: str, text: str, probes: Sequence[Probe]) -> tuple[int, str] | None:
        """The place of the first probe that a layer does not answer as the schema does, and the fact."""
        with self._engine.loaded(self._whole[table], text) as witness:
            start = 0
            for size in (*CHUNKS, *([CHUNKS[-1]] * (len(probes) // CHUNKS[-1] + 1))):
                for place, fact in self._facts(witness, probes[start : start + size]):
                    return start + place, fact
                start += size
        return None

    def _agrees(self, table: str, probe: Probe) -> bool:
        """Whether the whole layer answers a probe as the schema does."""
        if id(probe) not in self._agreed:
            with self._engine.loaded(self._whole[table], self.whole(table)) as witness:
                self._agreed[id(probe)] = not any(True for _ in self._facts(witness, [probe]))
        return self._agreed[id(probe)]

    def _facts(self, witness: Witness, probes: Sequence[Probe]) -> Iterator[tuple[int, str]]:
        return facts(self._questions, witness, probes)


def facts(questions: Questions, witness: Witness, probes: Sequence[Probe]) -> Iterator[tuple[int, str]]:
    """What `verify` says against answers, with the place of each such probe."""
    places = [n for n, one in enumerate(probes) if concerns(witness, one) and not is_for_others(witness, one)]
    asked = [probes[place] for place in places]
    for place, probe, answer in zip(places, asked, witness.judge(asked) if asked else (), strict=True):
        outcome, fact = judged(questions.prober, questions.excuses, witness, probe, answer)
        if outcome is Outcome.DISAGREE:
            yield place, fact


def bare(text: str) -> str:
    """A text without its comments."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("--", "#")))


def in_order(probes: Sequence[Probe], columns: Sequence[str]) -> list[Probe]:
    """The first row with each combination of values in the columns comes first."""
    seen: set[object] = set()
    first: list[Probe] = []
    rest: list[Probe] = []
    for probe in probes:
        assert probe.row is not None
        cells = probe.row.cells
        held = tuple(cells[column].text if column in cells else None for column in columns)
        (rest if held in seen else first).append(probe)
        seen.add(held)
    return [*first, *rest]
