"""For build servers: JUnit's XML, in which a finding is a failed case and a layer without findings a passed one."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.findings import Finding
from isotype.report.grouping import ordered, tallies
from isotype.report.wording import counted, details, escaped, visible, visible_lines, where

TYPE_CHECKING = False
if TYPE_CHECKING:
    from isotype.report import Report


def render(report: Report) -> str:
    """The document; well-formed whatever the findings hold."""
    name = _attribute(f"isotype {report.command}".strip())
    cases = [*_passed(report), *map(_failed, ordered(report.findings))]
    if not cases:
        cases = [f'    <testcase classname="isotype" name={name}/>\n']
    counts = f'tests="{len(cases)}" failures="{len(report.findings)}" errors="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<testsuites {counts}>\n  <testsuite name={name} {counts}>\n{''.join(cases)}  </testsuite>\n</testsuites>\n"
    )


def _passed(report: Report) -> Iterator[str]:
    for tally in tallies(report.overview.compared, report.findings):
        if not tally.failed and not any(tally.counts.values()):
            title = f"{', '.join(tally.subjects)}: {counted(tally.objects, 'object')} compared"
            yield f'    <testcase classname="isotype.{tally.layer}" name={_attribute(title)}/>\n'


def _failed(finding: Finding) -> str:
    at = where(finding)
    title = _attribute(f"{at}: {finding.message}" if at else finding.message)
    lines = [str(finding), *(f"{name}: {value}" for name, value in details(finding))]
    body = "\n".join(part for line in lines for part in visible_lines(line))
    return (
        f'    <testcase classname="isotype.{finding.code}" name={title}>\n'
        f'      <failure type="{finding.code}" message={_attribute(finding.message)}>{escaped(body)}</failure>\n'
        "    </testcase>\n"
    )


def _attribute(text: str) -> str:
    return '"' + escaped(visible(text)).replace("\t", "&#9;") + '"'
