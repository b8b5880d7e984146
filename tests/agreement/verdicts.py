"""Verdicts beside each other: where they differ, and which entries of the ledger say why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from isotype.domain.ledger import NotExpressible
from tests.agreement.probes import Probe

Excuse = tuple[str, str]
"""A target and a construct that it cannot express."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A witness that takes a probe which it should refuse, or the other way round."""

    witness: str
    probe: Probe
    takes: bool
    why: str = ""

    def __str__(self) -> str:
        verdict = "takes" if self.takes else "refuses"
        return f"{self.witness} {verdict} {self.probe}{f' ({self.why})' if self.why else ''}"


def excuses(probe: Probe, target: str, ledger: Sequence[NotExpressible]) -> set[Excuse]:
    """The entries of the ledger by which a target may take what the probe's value should not be taken for."""
    return {(gap.target, gap.construct) for gap in ledger if gap.target == target and gap.construct in probe.constructs}


def wanted(probe: Probe, first: bool) -> bool:
    """The right verdict: what the type demands, else what the first witness says."""
    return first if probe.taken is None else probe.taken


def compare(
    probes: Sequence[Probe],
    verdicts: Mapping[str, Sequence[bool]],
    targets: Mapping[str, str],
    ledger: Sequence[NotExpressible],
) -> tuple[list[Disagreement], set[Excuse]]:
    """What is wrong, and the excuses that were needed; the witness named first is asked where no verdict is given."""
    first = next(iter(verdicts))
    found: list[Disagreement] = []
    used: set[Excuse] = set()
    for place, probe in enumerate(probes):
        right = wanted(probe, verdicts[first][place])
        for witness, given in verdicts.items():
            if given[place] != right:
                reasons = excuses(probe, targets[witness], ledger) if given[place] else set()
                used |= reasons
                if not reasons:
                    found.append(Disagreement(witness, probe, given[place]))
    return found, used


def compare_rows(
    witness: str,
    rows: Sequence[tuple[Probe, bool, str]],
    ledger: Sequence[NotExpressible],
) -> tuple[list[Disagreement], set[Excuse]]:
    """The same for a database: the right verdict of each row, and why the database refuses it ('' when it does not)."""
    found: list[Disagreement] = []
    used: set[Excuse] = set()
    for probe, right, why in rows:
        takes = not why
        if takes != right:
            reasons = excuses(probe, witness, ledger) if takes else set()
            used |= reasons
            if not reasons and not (takes and probe.narrowed):
                found.append(Disagreement(witness, probe, takes, why))
    return found, used


def report(found: Sequence[Disagreement], limit: int = 20) -> str:
    """The first disagreements of each kind."""
    return "\n".join(_lines(found, limit))


def _lines(found: Sequence[Disagreement], limit: int) -> Iterator[str]:
    kinds: dict[tuple[str, bool, str], Disagreement] = {}
    for one in found:
        kinds.setdefault((one.witness, one.takes, one.probe.what), one)
    yield f"{len(found)} disagreements of {len(kinds)} kinds"
    yield from (str(one) for one in list(kinds.values())[:limit])
