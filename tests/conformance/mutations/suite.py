"""Every witness with every domain: which mutants there are, and what comes of each.

A whole run without survivors records in `cases.yaml` how many mutants of each class there are; from then on they may
only become more.
With `ISOTYPE_EVERY_MUTATION` set the tests ask all of them, otherwise a slice, the same one in every run.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zlib import crc32

import yaml

from isotype.conformance.building import Compiled, compiled
from isotype.conformance.engines import Engines
from isotype.domain.lazy import NamedTuple
from tests.conformance.mutations.model import FOUND, REFUTED, Mutant, Rewrite, Subject, Verdict
from tests.conformance.mutations.questions import Questions
from tests.conformance.mutations.rewrites import ALONE, COLUMNS, HOLDS
from tests.conformance.mutations.rewrites import understood as support
from tests.probes.domains import SCHEMAS, bound, understood

if TYPE_CHECKING:
    from tests.conformance.mutations.moves import Layer
    from tests.conformance.mutations.rows import Engine

CASES = Path(__file__).with_name("cases.yaml")
EVERY = bool(os.environ.get("ISOTYPE_EVERY_MUTATION"))
WHOLE = tuple(SCHEMAS)
"""Domains whose every node is broken."""
DOMAINS = (*WHOLE, *ALONE)
"""These, and those in which only support code is."""
Counts = Mapping[str, Mapping[str, int]]
"""How many mutants there are, by witness and class."""


class Bench(Protocol):
    """One witness with one domain, ready to be asked about what is broken."""

    def mutants(self) -> Iterator[Mutant]:
        """Every mutant; some may turn out to be printed as what is whole."""
        ...

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """What comes of a mutant; None where the layer prints nothing else, so that there is none."""
        ...

    def proof(self, mutant: Mutant) -> str:
        """Why no value shows a mutant; '' where nothing says so."""
        ...


class Ground(NamedTuple):
    """What the benches of one domain stand on."""

    subject: Subject
    compiled: Compiled
    engines: Engines
    folder: Path
    questions: Callable[[], Questions]


@contextmanager
def _pydantic(on: Ground) -> Iterator[Bench]:
    from tests.conformance.mutations.moves import MovesInPython
    from tests.conformance.mutations.pydantic import Schemas
    from tests.conformance.mutations.wire import wire

    with wire(on, Schemas(on.compiled)) as bench:
        yield _with_moves(on, bench, MovesInPython(on.compiled))


def _json_schema(on: Ground) -> AbstractContextManager[Bench]:
    from tests.conformance.mutations.json_schema import Document
    from tests.conformance.mutations.wire import wire

    return wire(on, Document(on.compiled))


@contextmanager
def _zod(on: Ground) -> Iterator[Bench]:
    from tests.conformance.mutations.moves import MovesInTypeScript
    from tests.conformance.mutations.wire import wire
    from tests.conformance.mutations.zod import Validators, process

    node = process()
    try:
        with wire(on, Validators(on.compiled, on.engines, node)) as bench:
            yield _with_moves(on, bench, MovesInTypeScript(on.compiled, node))
    finally:
        node.close()


@contextmanager
def _sqlite(on: Ground) -> Iterator[Bench]:
    from tests.conformance.mutations.sqlite import OnSqlite

    yield _of_database(on, OnSqlite(on.subject, on.folder / "sqlite"))


@contextmanager
def _models(on: Ground) -> Iterator[Bench]:
    from tests.conformance.mutations.models import OnModels
    from tests.conformance.mutations.models_text import ModelsText
    from tests.conformance.mutations.rows import Rows
    from tests.conformance.mutations.tables import Broken

    engine = OnModels(on.compiled)
    benches: dict[type, Bench] = {}
    if on.subject.name not in ALONE:
        benches[Broken] = Rows(on.subject, on.questions(), engine)
    if on.subject.name == HOLDS["models"]:
        # It imports the models anew each time, and comes last.
        benches[Rewrite] = ModelsText(on.subject, on.questions(), on.compiled)
    try:
        yield Together(benches)
    finally:
        engine.close()


@contextmanager
def _postgres(on: Ground) -> Iterator[Bench]:
    from tests.conformance.mutations.postgres import OnPostgres

    engine = OnPostgres(on.subject, on.folder / "postgres", on.engines)
    try:
        yield _of_database(on, engine)
    finally:
        engine.close()


@contextmanager
def _round_trip(on: Ground) -> Iterator[Bench]:
    from isotype.conformance.witnesses.postgres import Postgres
    from tests.conformance.mutations.round_trip import Mappers

    questions, postgres = on.questions(), Postgres(on.compiled, on.engines)
    try:
        bench = Mappers(on.subject, questions, on.compiled, postgres)
        try:
            yield bench
        finally:
            bench.close()
    finally:
        postgres.close()


def _of_database(on: Ground, engine: Engine) -> Bench:
    """What is wrong with tables alone, then with what holds between their rows, then with the text of one domain."""
    from tests.conformance.mutations.keys import BrokenKey
    from tests.conformance.mutations.rows import Rows
    from tests.conformance.mutations.rows_text import BrokenText, RowsText, keys
    from tests.conformance.mutations.stages import Stages
    from tests.conformance.mutations.tables import Broken

    questions = on.questions()
    rows = Rows(on.subject, questions, engine)
    benches: dict[type, Bench] = {}
    if on.subject.name not in ALONE:
        benches |= {Broken: rows, BrokenKey: Stages(on.subject, questions, engine)}
    if on.subject.name == COLUMNS:
        benches[BrokenText] = RowsText(on.subject, questions, rows, engine)
    elif on.subject.name == HOLDS[engine.name]:
        # What the columns of the one domain have too is asked there.
        benches[BrokenText] = RowsText(
            on.subject, questions, rows, engine, keys(bound(support(COLUMNS)).tables, engine)
        )
    return Together(benches)


def _with_moves(on: Ground, bench: Bench, layer: Layer) -> Bench:
    """What is wrong with shapes, then with what is said of the moves of states."""
    from tests.conformance.mutations.moves import BrokenMoves, Moves

    return Together({BrokenMoves: Moves(on.subject, layer)}, bench)


class Together:
    """Several benches of one witness, each for what is broken in its own way; one of them for everything else."""

    def __init__(self, benches: Mapping[type, Bench], rest: Bench | None = None) -> None:
        self._benches, self._rest = benches, rest

    def mutants(self) -> Iterator[Mutant]:
        """Those of each bench."""
        for bench in filter(None, (self._rest, *self._benches.values())):
            yield from bench.mutants()

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """What the bench says that the mutant is one of."""
        return self._bench(mutant).verdict(mutant)

    def proof(self, mutant: Mutant) -> str:
        """What the bench says that the mutant is one of."""
        return self._bench(mutant).proof(mutant)

    def _bench(self, mutant: Mutant) -> Bench:
        bench = self._benches.get(type(mutant.broken), self._rest)
        assert bench is not None
        return bench


BENCHES: Mapping[str, Callable[[Ground], AbstractContextManager[Bench]]] = {
    "pydantic": _pydantic,
    "zod": _zod,
    "json_schema": _json_schema,
    "models": _models,
    "sqlite": _sqlite,
    "postgres": _postgres,
    "round_trip": _round_trip,
}
"""How each witness is made ready, in the order in which they are listed."""
WIRE = ("pydantic", "zod", "json_schema")
FAMILIES = (WIRE, *((witness,) for witness in BENCHES if witness not in WIRE))
"""Witnesses that are asked the same probes, which are made once for all of them."""


@contextmanager
def ground(domain: str) -> Iterator[Ground]:
    """A domain compiled into a folder of its own."""
    of = support(domain) if domain in ALONE else understood(domain)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="isotype-mutations-")))
        made = stack.enter_context(compiled(of, folder))
        engines = stack.enter_context(Engines())
        subject = Subject(domain, of, made.bindings)
        known: list[Questions] = []

        def questions() -> Questions:
            if not known:
                known.append(Questions(subject, made.ledger))
            return known[0]

        yield Ground(subject, made, engines, folder, questions)


def verdicts(on: Ground, witness: str, share: int = 1, proved: bool = False) -> Iterator[Verdict]:
    """What comes of each mutant of a witness, or of one in `share` of each class.

    With `proved` proofs are held to what is found: of no mutant that a value finds may there be one.
    """
    with BENCHES[witness](on) as bench:
        for mutant in chosen(bench.mutants(), share):
            made = bench.verdict(mutant)
            if made is not None:
                yield held(bench, mutant, made) if proved else made


def held(bench: Bench, mutant: Mutant, made: Verdict) -> Verdict:
    """A verdict; that of a mutant which is found says so, where a proof says that nothing finds it."""
    said = bench.proof(mutant) if made.outcome == FOUND else ""
    return made._replace(outcome=REFUTED, said=f"{said} Yet it {made.said}") if said else made


def chosen(mutants: Iterable[Mutant], share: int) -> Iterator[Mutant]:
    """One mutant in `share`, spread over all classes; all of them where it is 1."""
    met: Counter[str] = Counter()
    for mutant in mutants:
        place = met[mutant.kind] + crc32(f"{mutant.witness} {mutant.kind}".encode())
        met[mutant.kind] += 1
        if place % share == 0:
            yield mutant


# Counts


def counts(found: Iterable[Verdict]) -> dict[str, dict[str, int]]:
    """How many mutants there were of each class."""
    made: dict[str, Counter[str]] = {}
    for one in found:
        made.setdefault(one.witness, Counter())[one.kind] += 1
    return {witness: dict(sorted(made[witness].items())) for witness in BENCHES if witness in made}


def recorded() -> Counts:
    """The counts of `cases.yaml`."""
    written: Counts = yaml.safe_load(CASES.read_text(encoding="utf-8")) if CASES.exists() else {}
    return written or {}


def fewer(found: Counts) -> list[str]:
    """The classes of the witnesses that were asked of which there are fewer mutants than `cases.yaml` says."""
    return [
        f"{witness}, {kind}: {found[witness].get(kind, 0)} mutants, and there were {count}"
        for witness, kinds in recorded().items()
        for kind, count in kinds.items()
        if witness in found and found[witness].get(kind, 0) < count
    ]


def record(found: Counts) -> None:
    """Write the counts of the witnesses that were asked."""
    head = "# How many mutants of each class there are. They may only become more:\n"
    head += "# ISOTYPE_UPDATE_GOLDEN=1 python -m bench verify writes those that there are.\n"
    known = {**recorded(), **found}
    ordered = {witness: known[witness] for witness in BENCHES if witness in known}
    CASES.write_text(head + yaml.safe_dump(ordered, sort_keys=False, width=120), encoding="utf-8")
