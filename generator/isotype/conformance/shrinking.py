"""The smallest record that still shows a disagreement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from isotype.conformance.foreign import is_foreign
from isotype.conformance.judging import judged
from isotype.conformance.matrix import Disagreement, Outcome
from isotype.conformance.model import ROWS, Witness
from isotype.probes import Probe, Prober
from isotype.probes.values import NotJson, read, write

TRIES = 400


def shrunk(prober: Prober, witness: Witness, probe: Probe, one: Disagreement) -> Disagreement:
    """The disagreement with the smallest record found; what can be left out or made shorter is."""
    if probe.row is not None and (probe.row.before is not None or is_foreign(probe.row)):
        # A smaller record would not be what the row becomes, or hold what only SQL can say.
        return one
    kind = one.fact.partition(":")[0]
    tries, best, fact = 0, probe, one.fact
    improved = True
    while improved and tries < TRIES:
        improved = False
        for candidate in _smaller(prober, best):
            tries += 1
            if tries > TRIES:
                break
            if candidate.refusals and not probe.refusals:
                continue
            if witness.target in ROWS and (candidate.row is None or candidate.row.doubtful):
                continue
            outcome, said = judged(prober, None, witness, candidate, witness.judge([candidate])[0])
            if outcome is Outcome.DISAGREE and said.partition(":")[0] == kind:
                best, fact, improved = candidate, said, True
                break
    return one._replace(text=best.text, fact=fact)


def _smaller(prober: Prober, probe: Probe) -> Iterator[Probe]:
    """Records with a little less in them."""
    try:
        record = read(probe.text)
    except NotJson:
        return
    if not isinstance(record, dict):
        return
    for value in _less(record):
        text = write(value)
        if len(text) < len(probe.text):
            yield prober.again(probe, value)


def _less(value: Any) -> Iterator[Any]:
    match value:
        case dict():
            for name, part in value.items():
                yield {other: kept for other, kept in value.items() if other != name}
                if part is not None:
                    yield {**value, name: None}
                yield from ({**value, name: less} for less in _less(part))
        case list():
            for at, part in enumerate(value):
                yield [*value[:at], *value[at + 1 :]]
                yield from ([*value[:at], less, *value[at + 1 :]] for less in _less(part))
        case str() if len(value) > 1:
            yield value[: len(value) // 2]
            yield value[1:]
            yield value[:-1]
