"""Findings → text, JSON, SARIF, GitHub annotations, JUnit, HTML.

Every format says the same; passwords are taken out of all of them.

```
wording    text that its surroundings can hold
passwords  taken out of everything
grouping   by object, the most severe first; the summary of each layer
text       for a terminal
documents  JSON
sarif      for code scanning
github     annotations
junit      for build servers
html       a page to look at and to keep
diagram    its picture of a domain
```
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from isotype.domain.lazy import NamedTuple
from isotype.findings import Finding, Overview
from isotype.report.passwords import redacted, safe, safe_overview

__all__ = ["FORMATS", "Report", "redacted", "render"]

FORMATS = ("text", "json", "sarif", "github", "junit", "html")

_MODULES = {"json": "documents"}


class Report(NamedTuple):
    """What a format prints: the findings of a command, the lines a person reads after them, and what is around.

    `color` is heeded by text alone.
    """

    findings: Sequence[Finding]
    command: str
    summary: Sequence[str]
    overview: Overview
    color: bool


def render(
    findings: Sequence[Finding],
    form: str,
    *,
    command: str = "",
    summary: Sequence[str] = (),
    overview: Overview = Overview(),  # noqa: B008 -- frozen
    color: bool = False,
) -> str:
    """The report on what `command` found, ending in a newline unless it is empty."""
    if form == "text" and not findings and not overview.compared and not overview.accepted:
        # What most runs print, without importing how anything else is.
        return "".join(f"{redacted(line)}\n" for line in summary)
    module = import_module(f"isotype.report.{_MODULES.get(form, form)}")
    safe_findings = [safe(finding) for finding in findings]
    lines = [redacted(line) for line in summary]
    report = Report(safe_findings, command, lines, safe_overview(overview), color)
    return str(module.render(report))
