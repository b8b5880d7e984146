"""A page to look at and to keep: nothing is loaded, nothing runs, and what it shows of a database is inert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from isotype import __version__
from isotype.findings import ERROR, Accepted, Diagram, Fault, Finding
from isotype.report import diagram as diagrams
from isotype.report.grouping import Group, Tally, counts, grouped, said, tallies
from isotype.report.wording import counted, escaped, shown, visible_lines, where

TYPE_CHECKING = False
if TYPE_CHECKING:
    from isotype.report import Report


def render(report: Report) -> str:
    """The page."""
    title = shown(f"isotype {report.command}".strip())
    groups = grouped(report.findings)
    anchors = {group.object: f"object-{number}" for number, group in enumerate(groups, 1) if group.object}
    found = said(counts(report.findings)) or "Nothing found."
    worst = groups[0].severity if groups else "fine"
    parts = [
        f'<header>\n<h1>{title}</h1>\n<p class="verdict {escaped(worst)}">{found}</p>\n</header>\n',
        _layers(tallies(report.overview.compared, report.findings)),
        _faults(report.overview.faults),
        *(_diagram(it, groups, anchors) for it in report.overview.diagrams),
        *(_group(group, anchors) for group in groups),
        _accepted(report.overview.accepted),
        _closing(report.summary),
    ]
    boxes = max((len(it.boxes) for it in report.overview.diagrams), default=0)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f'<meta name="color-scheme" content="light dark">\n<title>{title}: {found}</title>\n'
        f"<style>{_STYLE}{diagrams.highlighting(boxes)}\n</style>\n</head>\n<body>\n{''.join(parts)}</body>\n</html>\n"
    )


def _layers(made: Sequence[Tally]) -> str:
    if not made:
        return ""
    cards = "".join(
        f'<li class="{_worst(it)}"><h2>{shown(it.layer)}</h2><p class="result">'
        f"{shown(said(it.counts) or ('not known' if it.failed else 'in sync'))}</p>"
        f"<p>{counted(it.objects, 'object')} compared"
        f"{f', {it.drifted} drifted' if it.drifted else ''}"
        f"{f'; {it.failed} could not be compared' if it.failed else ''}</p>"
        f"{''.join(f'<p>{shown(subject)}</p>' for subject in it.subjects)}</li>\n"
        for it in made
    )
    return f'<ul class="layers">\n{cards}</ul>\n'


def _faults(faults: Sequence[Fault]) -> str:
    """What several layers hold, and what each does with it; a layer that was not asked about it is left blank."""
    if not faults:
        return ""
    layers = list(dict.fromkeys(layer for fault in faults for layer, _ in fault.verdicts))
    rows = "".join(
        f"<tr><td><code>{shown(fault.declaration)}</code></td><td>{shown(fault.domain)}</td>"
        f"{''.join(_verdict(dict(fault.verdicts).get(layer)) for layer in layers)}</tr>\n"
        for fault in faults
    )
    heads = "".join(f"<th>{shown(layer)}</th>" for layer in layers)
    return (
        f'<section class="faults">\n<h2>Where the fault is</h2>\n<table>\n<thead><tr><th>Declaration</th>'
        f"<th>Domain</th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</section>\n"
    )


def _verdict(verdict: str | None) -> str:
    if verdict is None:
        return "<td></td>"
    return f'<td class="wrong">{shown(verdict)}</td>' if verdict else '<td class="right">agrees</td>'


def _worst(tally: Tally) -> str:
    if tally.failed:
        return ERROR
    return next((severity for severity, count in tally.counts.items() if count), "fine")


def _diagram(of: Diagram, groups: Sequence[Group], anchors: Mapping[str, str]) -> str:
    picture = diagrams.drawn(of, groups, anchors)
    return (
        f'<section class="picture">\n<h2>{shown(of.title)}</h2>\n<div>{picture}</div>\n</section>\n' if picture else ""
    )


def _group(group: Group, anchors: Mapping[str, str]) -> str:
    anchor = f' id="{anchors[group.object]}"' if group.object else ""
    heading = (
        f'<h2><code>{shown(group.object)}</code> <span class="count">{said(counts(group.findings))}</span></h2>\n'
        if group.object
        else ""
    )
    return (
        f'<section class="object {escaped(group.severity)}"{anchor}>\n{heading}'
        f"{''.join(map(_finding, group.findings))}</section>\n"
    )


def _finding(finding: Finding) -> str:
    way_out = f'<p class="way-out">{shown(finding.suggestion)}</p>' if finding.suggestion else ""
    return (
        f'<article class="{escaped(finding.severity)}">\n'
        f'<h3><span class="severity">{escaped(finding.severity)}</span> {shown(finding.message)}</h3>\n'
        f'<p class="place"><code>{shown(where(finding))}</code> <code>{escaped(finding.code)}</code></p>\n'
        f"{_related(finding)}"
        f"{way_out}{_sides(finding)}{_repair(finding)}</article>\n"
    )


def _related(finding: Finding) -> str:
    if not finding.related.file:
        return ""
    return f'<p class="place">the schema: <code>{shown(str(finding.related))}</code></p>\n'


def _sides(finding: Finding) -> str:
    if not finding.expected and not finding.actual:
        return ""
    return (
        '<div class="sides">'
        f'<div class="expected"><h4>expected</h4>{_block(finding.expected)}</div>'
        f'<div class="actual"><h4>actual</h4>{_block(finding.actual)}</div></div>\n'
    )


def _repair(finding: Finding) -> str:
    return f'<div class="repair"><h4>repair</h4>{_block(finding.repair)}</div>\n' if finding.repair else ""


def _block(text: str) -> str:
    shown_lines = escaped("\n".join(visible_lines(text)))
    return f"<pre>{shown_lines}</pre>" if text else '<p class="nothing">nothing</p>'


def _accepted(accepted: Sequence[Accepted]) -> str:
    if not accepted:
        return ""
    rows = "".join(
        f"<tr><td>{shown(it.finding.message)}</td><td>{shown(it.owner)}</td><td>{shown(it.reason)}</td>"
        f"<td>{escaped(it.expires)}</td></tr>\n"
        for it in accepted
    )
    return (
        f"<section>\n<h2>Accepted by the baseline ({len(accepted)})</h2>\n<table>\n<thead><tr><th>Difference</th>"
        f"<th>Owner</th><th>Reason</th><th>Until</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</section>\n"
    )


def _closing(summary: Sequence[str]) -> str:
    lines = "".join(f"<p>{shown(line)}</p>\n" for line in summary)
    return f"<footer>\n{lines}<p>Isotype {__version__}</p>\n</footer>\n"


_STYLE = """
:root { color-scheme: light dark; --back: #fff; --front: #1c2330; --dim: #5d6778; --line: #d5dae3; --soft: #f4f6f9;
  --error: #c62f2f; --error-soft: #fdeeee; --warning: #9a6200; --warning-soft: #fdf4e1; --note: #22679c;
  --note-soft: #eaf3fb; --fine: #1f7a4a; --fine-soft: #e9f6ef; --accent: #3451c6;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
@media (prefers-color-scheme: dark) { :root { --back: #14181f; --front: #e3e8f0; --dim: #98a3b5; --line: #323a47;
  --soft: #1c222c; --error: #ff8080; --error-soft: #3a1f22; --warning: #f0b95a; --warning-soft: #352a15;
  --note: #7fbcf0; --note-soft: #182a3a; --fine: #6bd39b; --fine-soft: #16301f; --accent: #93a8ff; } }
* { box-sizing: border-box; }
body { max-width: 78rem; margin: 0 auto; padding: 2rem 1.25rem; background: var(--back); color: var(--front); }
h1, h2, h3, h4, p, ul, pre { margin: 0; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.05rem; }
h3 { font-size: 1rem; font-weight: 600; overflow-wrap: anywhere; }
h4 { font-size: .75rem; font-weight: 600; color: var(--dim); }
code, pre, svg text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: .9em; overflow-wrap: anywhere; }
section { margin-top: 2rem; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; }
.verdict { font-weight: 600; }
.error > .severity, .verdict.error, .error > h3 > .severity, .layers .error .result { color: var(--error); }
.verdict.warning, .warning > h3 > .severity, .layers .warning .result { color: var(--warning); }
.verdict.note, .note > h3 > .severity, .layers .note .result { color: var(--note); }
.verdict.fine, .layers .fine .result { color: var(--fine); }
.layers { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; margin-top: 1.25rem; }
.layers li { flex: 1 1 14rem; max-width: 30rem;
  padding: .75rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--fine);
  border-radius: 6px; background: var(--soft); }
.layers li.error { border-left-color: var(--error); }
.layers li.warning { border-left-color: var(--warning); }
.layers .result { font-weight: 600; }
.layers p { color: var(--dim); overflow-wrap: anywhere; }
.picture div { overflow-x: auto; margin-top: .75rem; }
.diagram { display: block; margin: 0 auto; max-width: none; }
.diagram .body { fill: var(--back); stroke: var(--line); stroke-width: 1.2; }
.diagram .head { fill: var(--soft); stroke: var(--line); stroke-width: 1.2; }
.diagram .dashed .body { stroke-dasharray: 5 4; }
.diagram text { font-size: 11px; fill: var(--front); }
.diagram .name { font-size: 12px; font-weight: 600; }
.diagram .count { font-weight: 700; }
.diagram .kind, .diagram .line:not(.key):not(.error):not(.warning) text { fill: var(--dim); }
.diagram .link { fill: none; stroke: var(--dim); stroke-width: 1.2; opacity: .75; }
.diagram .link:hover { stroke: var(--accent); stroke-width: 2; opacity: 1; }
.diagram .box.error .body, .diagram .box.error .head { stroke: var(--error); }
.diagram .box.error .head { fill: var(--error-soft); }
.diagram .box.error .name, .diagram .box.error .count, .diagram .line.error text { fill: var(--error); }
.diagram .line.error circle { fill: var(--error); }
.diagram .box.warning .body, .diagram .box.warning .head { stroke: var(--warning); }
.diagram .box.warning .head { fill: var(--warning-soft); }
.diagram .box.warning .name, .diagram .box.warning .count, .diagram .line.warning text { fill: var(--warning); }
.diagram .line.warning circle { fill: var(--warning); }
.object { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; scroll-margin-top: 1rem; }
.object:target { outline: 2px solid var(--accent); }
.object > h2 { padding: .6rem 1rem; background: var(--soft); border-bottom: 1px solid var(--line); }
.object.error > h2 { background: var(--error-soft); }
.object.warning > h2 { background: var(--warning-soft); }
.object h2 .count { font-weight: 400; font-size: .85rem; color: var(--dim); }
article { padding: .75rem 1rem; }
article + article { border-top: 1px solid var(--line); }
.severity { font-size: .8rem; font-weight: 700; }
.place { color: var(--dim); display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
.way-out { color: var(--dim); }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; margin-top: .5rem; }
.sides > div, .repair { min-width: 0; }
.repair { margin-top: .5rem; }
pre { padding: .4rem .6rem; border-radius: 4px; background: var(--soft); font-size: .83rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.expected pre { background: var(--fine-soft); }
.actual pre { background: var(--error-soft); }
.nothing { color: var(--dim); font-style: italic; }
table { border-collapse: collapse; width: 100%; margin-top: .5rem; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
.faults td.wrong { color: var(--error); }
.faults td.right { color: var(--fine); }
footer { margin-top: 2rem; color: var(--dim); font-size: .85rem; }
@media (max-width: 40rem) { .sides { grid-template-columns: 1fr; } }
@media print { body { max-width: none; padding: 0; } article, .layers li, .picture { break-inside: avoid; }
  .object { overflow: visible; } .object > h2 { break-after: avoid; }
  .diagram { max-width: 100%; height: auto; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
