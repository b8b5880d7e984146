"""Put the probes of a domain to every witness, and compare the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from zlib import crc32

from isotype.conformance.beside import beside
from isotype.conformance.building import Compiled
from isotype.conformance.changes import EVERY, Changes
from isotype.conformance.excuses import Excuses
from isotype.conformance.foreign import Foreign, is_foreign
from isotype.conformance.matrix import Matrix, Rate
from isotype.conformance.model import CALLED, ROWS, Answer, Witness
from isotype.conformance.moves import ask_moves
from isotype.conformance.shrinking import shrunk
from isotype.conformance.tally import Tally, place, unreached
from isotype.domain.lazy import NamedTuple
from isotype.probes import Probe, Prober
from isotype.probes.inputs import INPUTS
from isotype.probes.unseen import MOVED, NEW

BATCH = 1000
QUICK = 12
"""A quick run asks one boundary in so many, and a random record for each five of them."""
SLOW, FEW = frozenset({"round_trip", "http"}), 4
"""Witnesses to which a value takes milliseconds; a quick run of a domain asks them one in so many."""
SHRUNK = 25
"""Disagreements for which the smallest value is looked for; the others show what was found first."""


class Request(NamedTuple):
    """`cases` values altogether, at least every boundary; a quick run asks a sample. `only` is `Entity.field`."""

    cases: int = 0
    seed: int = 0
    quick: bool = False
    only: str = ""


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
    with ThreadPoolExecutor(max_workers=max(1, len(witnesses))) as pool:
        for asked in _batches(chosen(prober, request)):
            changed = list(changes.beside(asked))
            batch = [*asked, *changed, *foreign.beside((*asked, *changed))]
            # Engines of their own work meanwhile; the others share one interpreter.
            apart = [(witness, pool.submit(_timed, witness, batch, thin)) for witness in witnesses if witness.apart]
            answers = [(witness, _timed(witness, batch, thin)) for witness in witnesses if not witness.apart]
            answers += [(witness, future.result()) for witness, future in apart]
            for witness, (judged, found, seconds) in answers:
                tally.count(witness, judged, found, seconds)
            tally.values += len(asked)
            tally.accepted += sum(not probe.refusals for probe in asked)
            updates += len(changed)
            # How many boundaries there are is not known before they are made, but one shape comes after the other.
            part = tally.values / request.cases if request.cases else order[asked[-1].shape] / len(order)
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


def _timed(witness: Witness, batch: Sequence[Probe], thin: bool) -> tuple[list[Probe], Sequence[Answer], float]:
    began = time.monotonic()
    some = [probe for probe in batch if _is_chosen(probe)] if thin and witness.name in SLOW else batch
    asked = [probe for probe in some if not is_for_others(witness, probe) and witness.asks(probe)]
    return asked, witness.judge(asked) if asked else (), time.monotonic() - began


def _is_chosen(probe: Probe) -> bool:
    return probe.constraint == "valid" or crc32(probe.text.encode(errors="surrogatepass")) % FEW == 0


def is_for_others(witness: Witness, probe: Probe) -> bool:
    """Whether a probe is of rows or calls alone, an UPDATE, what no body shows, or says what only others are given."""
    row = probe.row
    if row is None:
        return probe.variant == INPUTS and witness.target not in CALLED
    if witness.target in ROWS:
        return witness.target in row.unasked
    return row.before is not None or is_foreign(row) or probe.variant in (NEW, MOVED)


def _said(name: str, tally: Tally, seconds: float) -> str:
    rate = f"{tally.values / seconds:,.0f}/s" if seconds else ""
    return f"{name}: {tally.values:,} values, {rate}, {tally.disagreeing} disagreements"
