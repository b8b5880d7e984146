"""What an answer is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from isotype.conformance.comparison import adds, agree, keeps
from isotype.conformance.excuses import Excuses
from isotype.conformance.matrix import Outcome
from isotype.conformance.model import CANONICAL, ROWS, UNFILLED, Answer, Witness
from isotype.probes import Probe, Prober, Refusal
from isotype.probes.values import NotJson, read


def judged(
    prober: Prober, excuses: Excuses | None, witness: Witness, probe: Probe, answer: Answer
) -> tuple[Outcome, str]:
    """What an answer is worth, and the fact (for a gap: the construct)."""
    if answer.elsewhere:
        return Outcome.UNSAID, ""
    if answer.fault:
        return Outcome.DISAGREE, f"cannot be asked: {answer.fault[:300]}"
    refusals: Sequence[Refusal] = probe.refusals
    if witness.target in ROWS and probe.row is not None:
        refusals = probe.row.refusals
        if witness.target in probe.row.blind:
            refusals = [one for one in refusals if not one.constraint.startswith("rule:")]
    refusals = refusals or answer.further
    if not answer.takes:
        if refusals:
            return Outcome.AGREE, ""
        return Outcome.DISAGREE, f"refuses what the schema takes: {answer.reason}"
    if refusals:
        construct = (
            excuses.explain(witness.target, probe, refusals, witness.target in ROWS) if excuses is not None else ""
        )
        if construct:
            return Outcome.GAP, construct
        first = refusals[0]
        where = ".".join(first.path) or "the record"
        return Outcome.DISAGREE, f"takes what the schema refuses: {first.constraint} at {where}"
    if answer.changed:
        return Outcome.DISAGREE, f"gives back another value: {answer.changed[:300]}"
    if answer.value is not None and not _same(prober, witness, probe, answer.value):
        return Outcome.DISAGREE, f"gives back another value: {answer.value[:300]}"
    return Outcome.AGREE, ""


def _same(prober: Prober, witness: Witness, probe: Probe, value: str) -> bool:
    try:
        found = read(value)
    except NotJson:
        return False
    if agree(probe.value, found):
        # A null that nobody gave stands only where null may stand.
        written = witness.target in CANONICAL and adds(probe.value, found)
        return not written or not prober.meaning.whole(prober.shapes.shape(probe.shape), value).refusals
    if witness.target in CANONICAL:
        return False
    # What is not canonical may be spelled as it came; what came has been judged.
    again = prober.meaning.whole(prober.shapes.shape(probe.shape), value) if value != probe.text else None
    if again is not None and again.refusals:
        return False
    made = probe.value if again is None else again.value
    return not keeps(made, found) and agree(probe.value, made if witness.target in UNFILLED else _present(made, found))


def _present(made: Any, found: Any) -> Any:
    """What was made of a value that was found, without the defaults of what is absent there."""
    if isinstance(found, dict) and isinstance(made, dict):
        return {name: _present(made.get(name), part) for name, part in found.items()}
    if isinstance(found, list):
        return [_present(one, part) for one, part in zip(made, found, strict=True)]
    return made
