"""Put the probes of a domain to every witness, and compare the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from isotype.conformance.beside import beside
from isotype.conformance.building import Compiled
from isotype.conformance.changes import EVERY, Changes
from isotype.conformance.excuses import Excuses
from isotype.conformance.foreign import Foreign
from isotype.conformance.matrix import Matrix, Rate
from isotype.conformance.model import ROWS, Said, Witness
from isotype.conformance.moves import ask_moves
from isotype.conformance.panel import Panel
from isotype.conformance.shrinking import shrunk
from isotype.conformance.tally import Tally, place, unreached
from isotype.domain.lazy import NamedTuple
from isotype.probes import Probe, Prober

BATCH = 1000
QUICK = 12
"""A quick run asks one boundary in so many, and a random record for each five of them."""
SHRUNK = 25
"""Disagreements for which the smallest value is looked for; the others show what was found first."""


class Request(NamedTuple):
    """`cases` values altogether, at least every boundary; a quick run asks a sample. `only` is `Entity.field`."""

    cases: int = 0
    seed: int = 0
    quick: bool = False
    only: str = ""


class _Put(NamedTuple):
    """A batch that has been put to everybody: so many values, then their UPDATEs, then what no JSON says."""

    batch: Sequence[Probe]
    values: int
    updates: int
    said: Callable[[], Sequence[Said]]


def run(
    of: Compiled,
    witnesses: Sequence[Witness],
    missing: Mapping[str, str],
    request: Request,
    say: Callable[[str, float], None] = lambda *_: None,
) -> Matrix:
    """Ask, compare and count."""
    began = time.monotonic()
    prober = Prober(of.bindings, request.seed, QUICK if request.quick else 1)
    excuses = Excuses(of.ledger, prober.shapes)
    tally = Tally(of.domain, prober, excuses)
    changes, foreign = Changes(prober.shapes, request.seed), Foreign(prober.shapes, of.bindings.tables)
    order = {name: place for place, name in enumerate(prober.shapes.by_name, 1)}
    updates, done = 0, 0.0
    thin = request.quick and not request.only
    places = {witness.name: place for place, witness in enumerate(witnesses)}
    with Panel(witnesses) as panel:

        def put(asked: list[Probe]) -> _Put:
            changed = list(changes.beside(asked))
            batch = [*asked, *changed, *foreign.beside((*asked, *changed))]
            return _Put(batch, len(asked), len(changed), panel.put(batch, thin))

        # Others answer while the next batch is made.
        for one in _behind(map(put, _batches(chosen(prober, request)))):
            for said in sorted(one.said(), key=lambda said: places[said.witness]):
                asked = [one.batch[place] for place in said.places]
                tally.count(witnesses[places[said.witness]], asked, said.answers, said.seconds)
            values = one.batch[: one.values]
            tally.values += one.values
            tally.accepted += sum(not probe.refusals for probe in values)
            updates += one.updates
            # How many boundaries there are is not known before they are made, but one shape comes after the other.
            part = tally.values / request.cases if request.cases else order[values[-1].shape] / len(order)
            done = max(done, min(part, 1.0))
            say(_said(of.domain.name, tally, time.monotonic() - began), done)
    several = beside(of.bindings.tables, prober, witnesses, tally, request.only)
    moves = ask_moves(of.bindings.shapes, witnesses, tally, request.only)
    kept = tally.found()
    smallest = [shrunk(prober, *one) for one in kept[:SHRUNK]]
    # The whole way is gone by what everybody takes, and shows no gap.
    whole = {witness.target for witness in witnesses if witness.name != "round_trip"}
    targets = set() if request.only or request.quick else whole
    unneeded = [gap for key, gap in excuses.entries.items() if gap.target in targets and key in excuses.unshown]
    return Matrix(
        domain=of.domain.name,
        seed=request.seed,
        values=tally.values,
        accepted=tally.accepted,
        seconds=time.monotonic() - began,
        cells=tally.cells,
        rates={name: Rate(*tally.rates[name]) for name in tally.rates},
        missing=missing,
        ledger=of.ledger,
        used=frozenset(excuses.used),
        unneeded=tuple(sorted(unneeded)),
        disagreements=(*smallest, *(one for _, _, one in kept[SHRUNK:]), *tally.beside),
        updates=updates if any(witness.target in ROWS for witness in witnesses) else 0,
        every=EVERY,
        beside=several.asked,
        moves=moves,
        unasked=several.unasked,
        unreached=() if request.only else unreached(prober),
        notes={witness.name: note for witness in witnesses if (note := getattr(witness, "note", ""))},
    )


def chosen(prober: Prober, request: Request) -> Iterator[Probe]:
    """The probes of a run."""
    probes, random = prober.all(), prober.by_chance()
    if request.only:
        owner, _, field = request.only.partition(".")
        shapes = [shape for shape in prober.shapes.by_name.values() if shape.owner == owner]
        every = chain.from_iterable(map(prober.of_shape, shapes))
        yield from (probe for probe in every if not field or place(prober, probe).field == field)
        return
    count = 0
    for probe in probes:
        count += 1
        yield probe
    yield from islice(random, max(count // 5 if request.quick else 0, request.cases - count))


def _batches(probes: Iterable[Probe]) -> Iterator[list[Probe]]:
    waiting = iter(probes)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _behind(made: Iterable[_Put]) -> Iterator[_Put]:
    """Each one after the next has been made."""
    before: _Put | None = None
    for one in made:
        if before is not None:
            yield before
        before = one
    if before is not None:
        yield before


def _said(name: str, tally: Tally, seconds: float) -> str:
    rate = f"{tally.values / seconds:,.0f}/s" if seconds else ""
    return f"{name}: {tally.values:,} values, {rate}, {tally.disagreeing} disagreements"
