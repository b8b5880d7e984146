"""Everybody who is asked: one batch after the other is put to all of them, and each answers in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Self
from zlib import crc32

from isotype.conformance.foreign import is_foreign
from isotype.conformance.model import CALLED, ROWS, Said, Witness
from isotype.conformance.worker.client import Remote
from isotype.probes import Probe
from isotype.probes.inputs import INPUTS
from isotype.probes.unseen import MOVED, NEW

SLOW, FEW = frozenset({"round_trip", "http"}), 4
"""Witnesses to which a value takes milliseconds; a quick run of a domain asks them one in so many."""


Ask = Callable[[Sequence[Probe], bool], Sequence[Said]]


class Panel:
    """Witnesses of one run. Those that are apart work in processes of their own while the others share this one."""

    def __init__(self, witnesses: Iterable[Witness]) -> None:
        self._here: list[Ask] = []
        self._apart: dict[int, Ask] = {}
        for witness in witnesses:
            if isinstance(witness, Remote):
                # All that are asked in one process are given a batch at once.
                self._apart[id(witness.worker)] = witness.worker.put
            elif witness.apart:
                self._apart[id(witness)] = partial(_timed, witness)
            else:
                self._here.append(partial(_timed, witness))
        self._lines: list[tuple[Ask, ThreadPoolExecutor]] = []

    def __enter__(self) -> Self:
        # Each answers one batch after the other, in order.
        self._lines = [(ask, ThreadPoolExecutor(max_workers=1)) for ask in self._apart.values()]
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # Whoever is asked when Ctrl-C is pressed is not waited for.
        for _ask, line in self._lines:
            line.shutdown(wait=kind is not KeyboardInterrupt, cancel_futures=kind is not None)

    def put(self, batch: Sequence[Probe], thin: bool = False) -> Callable[[], Sequence[Said]]:
        """Ask everybody, slow ones about less where that is wanted; what is given back waits for the last answer."""
        waiting = [line.submit(ask, batch, thin) for ask, line in self._lines]
        said = [one for ask in self._here for one in ask(batch, thin)]
        return lambda: [*said, *(one for future in waiting for one in future.result())]


def _timed(witness: Witness, batch: Sequence[Probe], thin: bool) -> Sequence[Said]:
    began = time.monotonic()
    fewer = thin and witness.name in SLOW
    places = [
        place
        for place, probe in enumerate(batch)
        if (not fewer or _is_chosen(probe)) and not is_for_others(witness, probe) and witness.asks(probe)
    ]
    answers = witness.judge([batch[place] for place in places]) if places else ()
    return [Said(witness.name, places, answers, time.monotonic() - began)]


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
