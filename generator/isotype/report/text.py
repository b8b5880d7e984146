"""For a person at a terminal: the summary of each layer, then every object with its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from isotype.findings import ERROR, NOTE, WARNING, Fault, Finding
from isotype.report.grouping import Group, Tally, grouped, said, tallies
from isotype.report.wording import counted, details, visible, visible_lines, where

TYPE_CHECKING = False
if TYPE_CHECKING:
    from isotype.report import Report

    Paint = Callable[[str, str], str]

_MANY = 40
"""So many faults are told one by one."""

_COLORS = {ERROR: "31", WARNING: "33", NOTE: "36"}


def render(report: Report) -> str:
    """The report; findings that are about no object stand by themselves, one to a line."""
    paint = _painted if report.color else _plain
    made = tallies(report.overview.compared, report.findings)
    lines = [_tally(tally, paint) for tally in made if tally.objects or not tally.failed]
    lines += _faults(report.overview.faults, paint)
    for group in grouped(report.findings):
        lines += [""] if lines else []
        lines += [_heading(group, paint)] if group.object else []
        for finding in group.findings:
            lines.append(_line(finding, paint))
            lines += _details(finding, paint)
    if report.overview.compared and report.findings:
        lines.append("")
    if report.overview.accepted:
        lines.append(f"{counted(len(report.overview.accepted), 'difference')} accepted by the baseline")
    return "".join(f"{line}\n" for line in (*lines, *report.summary))


def _plain(text: str, color: str) -> str:
    return text


def _painted(text: str, color: str) -> str:
    return f"\x1b[{color}m{text}\x1b[0m" if text else ""


def _tally(tally: Tally, paint: Paint) -> str:
    found = said(tally.counts)
    result = f"{found} in {counted(tally.drifted, 'object')}" if tally.drifted else found or "nothing found"
    color = _COLORS[next(severity for severity, count in tally.counts.items() if count)] if found else "32"
    missed = paint(f", {tally.failed} could not be compared", "31") if tally.failed else ""
    return f"{tally.layer}: {counted(tally.objects, 'object')} compared, {paint(result, color)}{missed}"


def _faults(faults: Sequence[Fault], paint: Paint) -> Iterator[str]:
    """Where the fault is of what several layers hold."""
    if faults:
        yield ""
    several = len({fault.domain for fault in faults}) > 1
    for fault in faults[:_MANY]:
        name = f"{fault.domain}: {fault.declaration}" if several else fault.declaration
        yield f"{paint(visible(name), '1')}: {visible(fault.sentence)}"
    if len(faults) > _MANY:
        yield f"… {len(faults) - _MANY} more"


def _heading(group: Group, paint: Paint) -> str:
    found = ", ".join(
        counted(count, severity)
        for severity in _COLORS
        if (count := sum(finding.severity == severity for finding in group.findings))
    )
    return f"{paint(visible(group.object), '1')} {paint(f'({found})', _COLORS[group.severity])}"


def _line(finding: Finding, paint: Paint) -> str:
    at = where(finding)
    severity = "" if finding.severity == ERROR else f"{finding.severity}: "
    way_out = visible(f" ({finding.suggestion})" if finding.suggestion else "")
    fact = paint(visible(finding.message), _COLORS.get(finding.severity, "0"))
    return f"{paint(visible(f'{at}: ' if at else ''), '1')}{severity}{fact}{way_out} {paint(f'[{finding.code}]', '2')}"


def _details(finding: Finding, paint: Paint) -> Iterator[str]:
    for name, value in details(finding):
        label = f"  {name}: "
        first, *others = visible_lines(value)
        yield paint(label, "2") + first
        yield from (f"{' ' * len(label)}{line}" for line in others)
