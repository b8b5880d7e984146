"""What a run found, as findings."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.conformance.matrix import Disagreement, Matrix
from isotype.findings import Finding

LONGEST = 600


def findings(matrix: Matrix) -> Iterator[Finding]:
    """Every disagreement with the smallest value that shows it, and every entry of the ledger that nothing shows."""
    yield from map(_disagreement, matrix.disagreements)
    for gap in matrix.unneeded:
        yield Finding(
            "ledger-entry-unneeded",
            f"{matrix.domain}: by the ledger {gap.target} cannot express {gap.construct!r}, and no value shows it",
            suggestion="the printer that says so can say less",
            layer=gap.target,
        )


def _disagreement(one: Disagreement) -> Finding:
    text = one.text if len(one.text) <= LONGEST else f"{one.text[:LONGEST]}…"
    again = f", and {one.seen - 1} more of the kind" if one.seen > 1 else ""
    return Finding(
        "layers-disagree",
        f"{one.place}: {one.witness} {one.fact} ({one.constraint}, {one.label}{again})",
        one.declared,
        f"{one.shape} {text}",
        path=str(one.place),
        layer=one.witness,
        object=f"shape {one.shape}",
        attribute=one.constraint,
    )
