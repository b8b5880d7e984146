"""For GitHub: workflow commands, which annotate the lines they name."""

from __future__ import annotations

from isotype.findings import ERROR, WARNING, Finding
from isotype.report.grouping import SEVERITIES, ordered
from isotype.report.wording import details, sentence, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from isotype.report import Report

_KINDS = {ERROR: "error", WARNING: "warning"}


def render(report: Report) -> str:
    """One command for each finding, the most severe first, because GitHub shows the first ten of a step alone."""
    findings = sorted(ordered(report.findings), key=lambda finding: SEVERITIES.index(finding.severity))
    return "".join(f"{_annotation(finding)}\n" for finding in findings)


def _annotation(finding: Finding) -> str:
    kind = _KINDS.get(finding.severity, "notice")
    properties = {"title": finding.code}
    if finding.place.file:
        place = finding.place
        properties = {"file": place.file, "line": str(place.line), "col": str(place.column)} | properties
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    lines = [sentence(finding), *(f"{name}: {value}" for name, value in details(finding))]
    said = "\n".join(visible(part) for line in lines for part in line.split("\n"))
    return f"::{kind} {written}::{_data(said)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
