"""For programs: one JSON document, which docs/report.md describes."""

from __future__ import annotations

import json
from typing import Any

from isotype import __version__
from isotype.domain.places import Place
from isotype.findings import Accepted, Fault, Finding
from isotype.report.grouping import counts, ordered, tallies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from isotype.report import Report

VERSION = 1


def render(report: Report) -> str:
    """The document, in ASCII."""
    document = {
        "version": VERSION,
        "isotype": __version__,
        "command": report.command,
        "summary": list(report.summary),
        "counts": counts(report.findings),
        "layers": [
            {
                "layer": it.layer,
                "subjects": list(it.subjects),
                "objects": it.objects,
                "failed": it.failed,
                "counts": it.counts,
            }
            for it in tallies(report.overview.compared, report.findings)
        ],
        "faults": [_fault(fault) for fault in report.overview.faults],
        "findings": [_finding(finding) for finding in ordered(report.findings)],
        "accepted": [_accepted(accepted) for accepted in report.overview.accepted],
    }
    return json.dumps(document, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    fields = finding._asdict()
    fields["place"], fields["related"] = _place(finding.place), _place(finding.related)
    return fields


def _fault(fault: Fault) -> dict[str, Any]:
    layers = [{"layer": layer, "verdict": verdict, "agrees": not verdict} for layer, verdict in fault.verdicts]
    named = {"domain": fault.domain, "declaration": fault.declaration, "sentence": fault.sentence}
    return named | {"place": _place(fault.place), "layers": layers}


def _place(place: Place) -> dict[str, Any] | None:
    return place._asdict() if place.file else None


def _accepted(accepted: Accepted) -> dict[str, Any]:
    by = {"owner": accepted.owner, "reason": accepted.reason, "expires": accepted.expires}
    return by | {"finding": _finding(accepted.finding)}
