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
from tests.conformance.mutations.model import Mutant, Rewrite, Subject, Verdict
from tests.conformance.mutations.questions import Questions
from tests.conformance.mutations.rewrites import DOMAIN as SUPPORT
from tests.conformance.mutations.rewrites import HOLDS
from tests.conformance.mutations.rewrites import understood as support
from tests.probes.domains import SCHEMAS, understood

if TYPE_CHECKING:
    from tests.conformance.mutations.rows import Engine

CASES = Path(__file__).with_name("cases.yaml")
EVERY = bool(os.environ.get("ISOTYPE_EVERY_MUTATION"))
WHOLE = tuple(SCHEMAS)
"""Domains whose every node is broken."""
DOMAINS = (*WHOLE, SUPPORT)
"""These, and the one in which only support code is, as the JSON witnesses read it."""
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


class Ground(NamedTuple):
    """What the benches of one domain stand on."""

    subject: Subject
    compiled: Compiled
    engines: Engines
    folder: Path
    questions: Callable[[], Questions]


def _pydantic(on: Ground) -> AbstractContextManager[Bench]:
    from tests.conformance.mutations.pydantic import Schemas
    from tests.conformance.mutations.wire import wire

    return wire(on, Schemas(on.compiled))


def _json_schema(on: Ground) -> AbstractContextManager[Bench]:
    from tests.conformance.mutations.json_schema import Document
    from tests.conformance.mutations.wire import wire

    return wire(on, Document(on.compiled))


@contextmanager
def _zod(on: Ground) -> Iterator[Bench]:
    from tests.conformance.mutations.wire import wire
    from tests.conformance.mutations.zod import Validators, process

    node = process()
    try:
        with wire(on, Validators(on.compiled, on.engines, node)) as bench:
            yield bench
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
    benches: dict[type, Bench] = {Broken: Rows(on.subject, on.questions(), engine)}
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
    from tests.conformance.mutations.rows_text import BrokenText, RowsText
    from tests.conformance.mutations.stages import Stages
    from tests.conformance.mutations.tables import Broken

    questions = on.questions()
    rows = Rows(on.subject, questions, engine)
    benches: dict[type, Bench] = {Broken: rows, BrokenKey: Stages(on.subject, questions, engine)}
    if on.subject.name == HOLDS[engine.name]:
        benches[BrokenText] = RowsText(on.subject, rows, engine)
    return Together(benches)


class Together:
    """Several benches of one witness, each for what is broken in its own way."""

    def __init__(self, benches: Mapping[type, Bench]) -> None:
        self._benches = benches

    def mutants(self) -> Iterator[Mutant]:
        """Those of each bench."""
        for bench in self._benches.values():
            yield from bench.mutants()

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """What the bench says that the mutant is one of."""
        return self._benches[type(mutant.broken)].verdict(mutant)


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
    of = support() if domain == SUPPORT else understood(domain)
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


def verdicts(on: Ground, witness: str, share: int = 1) -> Iterator[Verdict]:
    """What comes of each mutant of a witness, or of one in `share` of each class."""
    with BENCHES[witness](on) as bench:
        for mutant in chosen(bench.mutants(), share):
            made = bench.verdict(mutant)
            if made is not None:
                yield made


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
    CASES.write_text(head + yaml.safe_dump({**recorded(), **found}, sort_keys=False, width=120), encoding="utf-8")
