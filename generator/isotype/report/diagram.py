"""A diagram of a domain as inline SVG: boxes in columns, each to the right of what it refers to.

`arranged` decides where everything stands; `drawn` prints it. Drifted boxes and lines carry the class of their severity
and a title that says what differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from unicodedata import east_asian_width

from isotype.domain.lazy import NamedTuple
from isotype.findings import Box, Diagram, Finding
from isotype.report.grouping import Group
from isotype.report.wording import details, shown, visible

WIDTH = 1180
"""How wide a diagram may become before it grows downwards."""

_HEADER, _LINE, _FOOT, _GAP, _APART = 28, 18, 8, 18, 64
_NARROW, _WIDE, _CHARACTER, _BOLD = 130, 260, 6.7, 7.4
_HEIGHTS = (420, 620, 900, 1300, 1800)
_BAND = 900
"""How high columns may become: to stay side by side, and where they continue below."""
_WHOLE, _MANY = 14, 12
"""A box of up to so many lines is drawn whole, where there are not more boxes than so many."""
_SAID = 8
"""How many differences a title tells one by one."""

Lines = tuple[tuple[str, str, str, bool], ...]


class Placed(NamedTuple):
    """A box, where it stands, how large it is, and the lines of it that are drawn."""

    box: Box
    lines: Lines
    left: float
    top: float
    width: float
    height: float


def drawn(diagram: Diagram, groups: Sequence[Group], anchors: Mapping[str, str]) -> str:
    """The picture; `anchors` are the places on the page where the findings about an object are listed."""
    if not diagram.boxes:
        return ""
    about = {group.object: group for group in groups}
    placed = arranged(diagram, {finding.object for group in groups for finding in group.findings})
    width = max(it.left + it.width for it in placed) + 2
    height = max(it.top + it.height for it in placed) + 2
    at = {it.box.object: it for it in placed}
    numbers = {it.box.object: number for number, it in enumerate(placed)}
    links = [(at[link.source], at[link.target], link) for link in diagram.links]
    paths = "".join(
        f'<path class="link a{numbers[link.source]} b{numbers[link.target]}" d="{_curve(source, target, link.label)}">'
        f"<title>{shown(f'{source.box.title} ({link.label}) → {target.box.title}')}</title></path>\n"
        for source, target, link in links
    )
    boxes = "".join(_box(it, numbers[it.box.object], about.get(it.box.object), anchors) for it in placed)
    return (
        f'<svg class="diagram" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        f'role="img" aria-label="{shown(diagram.title)}">\n{paths}{boxes}</svg>\n'
    )


def arranged(diagram: Diagram, drifted: Iterable[str] = ()) -> tuple[Placed, ...]:
    """Every box in its place, none over another; `drifted` lines are drawn in any case."""
    differing = set(drifted)
    few = len(diagram.boxes) <= _MANY
    sized = {box.object: _sized(box, few, differing) for box in diagram.boxes}
    targets: dict[str, list[str]] = {name: [] for name in sized}
    for link in diagram.links:
        if link.source != link.target and link.target not in targets[link.source]:
            targets[link.source].append(link.target)
    sources: dict[str, list[str]] = {name: [] for name in sized}
    for source, among in targets.items():
        for target in among:
            sources[target].append(source)
    linked = [name for name in sized if targets[name] or sources[name]]
    ranks = _ordered(_ranked(linked, targets), targets, sources)
    columns = _columns(ranks, sized)
    placed = [*_in_columns(columns, sized)]
    bottom = max((it.top + it.height for it in placed), default=-_GAP)
    alone = [sized[name] for name in sized if name not in set(linked)]
    return (*placed, *_in_rows(alone, bottom + 2 * _GAP if placed else 0))


def _sized(box: Box, few: bool, drifted: set[str]) -> Placed:
    lines: Lines = tuple((name, visible(text), visible(detail), key) for name, text, detail, key in box.lines)
    kept = lines if few and len(lines) <= _WHOLE else tuple(it for it in lines if it[3] or it[0] in drifted)
    if hidden := len(lines) - len(kept):
        kept = (*kept, ("", f"… {hidden} more", "", False))
    title = _length(visible(box.title)) * _BOLD + 42
    width = min(max(_NARROW, title, *((_length(it[1]) + _length(it[2]) + 5) * _CHARACTER for it in kept)), _WIDE)
    return Placed(box, kept, 0, 0, width, _HEADER + (_LINE * len(kept) + _FOOT if kept else 0))


def _length(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


# Where the boxes stand


def _ranked(names: Sequence[str], targets: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The boxes by their distance from what refers to nothing; a reference that closes a circle does not count."""
    ranks: dict[str, int] = {}
    for start in names:
        # Depth first without recursion: a chain of references may be longer than Python's stack.
        stack = [(start, iter(targets[start]))] if start not in ranks else []
        open_ = {start}
        while stack:
            name, rest = stack[-1]
            step = next((it for it in rest if it not in ranks and it not in open_), None)
            if step is not None:
                open_.add(step)
                stack.append((step, iter(targets[step])))
                continue
            stack.pop()
            open_.discard(name)
            ranks[name] = 1 + max((ranks[it] for it in targets[name] if it in ranks), default=-1)
    made: list[list[str]] = [[] for _ in range(max(ranks.values(), default=-1) + 1)]
    for name in names:
        made[ranks[name]].append(name)
    return made


def _ordered(
    ranks: list[list[str]], targets: Mapping[str, Sequence[str]], sources: Mapping[str, Sequence[str]]
) -> list[list[str]]:
    """The ranks, each in an order in which few lines cross: every box near the middle of those it is linked with."""
    for sweep in range(6):
        neighbours = targets if sweep % 2 == 0 else sources
        at = {name: position / max(len(rank), 1) for rank in ranks for position, name in enumerate(rank)}
        for rank in ranks if sweep % 2 == 0 else reversed(ranks):
            middles = {
                name: sum(at[it] for it in neighbours[name]) / len(neighbours[name]) if neighbours[name] else at[name]
                for name in rank
            }
            rank.sort(key=middles.__getitem__)
            at.update({name: position / len(rank) for position, name in enumerate(rank)})
    return ranks


def _columns(ranks: Sequence[Sequence[str]], sized: Mapping[str, Placed]) -> list[list[str]]:
    """The ranks, those that are too high broken into several columns; higher ones where that keeps to the width."""
    for limit in _HEIGHTS:
        columns = _broken(ranks, sized, limit)
        if sum(max(sized[name].width for name in column) + _APART for column in columns) - _APART <= WIDTH:
            return columns
    return _broken(ranks, sized, _BAND)


def _broken(ranks: Sequence[Sequence[str]], sized: Mapping[str, Placed], limit: float) -> list[list[str]]:
    columns: list[list[str]] = []
    for rank in ranks:
        height = float("inf")
        for name in rank:
            if height + sized[name].height > limit:
                columns.append([])
                height = 0
            columns[-1].append(name)
            height += sized[name].height + _GAP
    return columns


def _in_columns(columns: Sequence[Sequence[str]], sized: Mapping[str, Placed]) -> Iterator[Placed]:
    """The columns from left to right; those that find no room there continue below."""
    top = 1.0
    for band in _bands(columns, sized):
        heights = [sum(sized[name].height + _GAP for name in column) - _GAP for column in band]
        left = 1.0
        for column, height in zip(band, heights, strict=True):
            width = max(sized[name].width for name in column)
            at = top + (max(heights) - height) / 2
            for name in column:
                yield sized[name]._replace(left=left, top=at, width=width)
                at += sized[name].height + _GAP
            left += width + _APART
        top += max(heights) + 2 * _GAP


def _bands(columns: Sequence[Sequence[str]], sized: Mapping[str, Placed]) -> Iterator[list[Sequence[str]]]:
    band: list[Sequence[str]] = []
    right = 0.0
    for column in columns:
        width = max(sized[name].width for name in column)
        if band and right + width > WIDTH:
            yield band
            band, right = [], 0.0
        band.append(column)
        right += width + _APART
    if band:
        yield band


def _in_rows(boxes: Sequence[Placed], top: float) -> Iterator[Placed]:
    left, highest = 1.0, 0.0
    top += 1
    for it in boxes:
        if left > 1 and left + it.width > WIDTH:
            left, top, highest = 1.0, top + highest + _GAP, 0.0
        yield it._replace(left=left, top=top)
        left += it.width + _GAP
        highest = max(highest, it.height)


# How they are drawn


def _curve(source: Placed, target: Placed, label: str) -> str:
    """From the line that refers to the head of what it refers to."""
    first = label.partition(",")[0].strip()
    row = next((number for number, line in enumerate(source.lines) if line[1] == first), None)
    start = source.top + (_HEADER / 2 if row is None else _HEADER + _LINE * (row + 0.5) + 2)
    end = target.top + _HEADER / 2
    right, far = source.left + source.width, target.left + target.width
    if source.left >= far:
        return _bent(source.left, start, far, end, -1, 1)
    if right <= target.left:
        return _bent(right, start, target.left, end, 1, -1)
    return _bent(right, start, far, end, 1, 1)


def _bent(x: float, y: float, to_x: float, to_y: float, out: int, into: int) -> str:
    pull = max(30.0, min(abs(to_x - x) / 2, 120.0))
    arrow = f"M{to_x + into * 7:.1f} {to_y - 4:.1f}L{to_x:.1f} {to_y:.1f}L{to_x + into * 7:.1f} {to_y + 4:.1f}"
    bend = f"C{x + out * pull:.1f} {y:.1f} {to_x + into * pull:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
    return f"M{x:.1f} {y:.1f}{bend}{arrow}"


def _box(it: Placed, number: int, group: Group | None, anchors: Mapping[str, str]) -> str:
    box = it.box
    findings = group.findings if group else ()
    classes = " ".join(["box", f"n{number}", *([group.severity] if group else []), *(["dashed"] if box.dashed else [])])
    count = (
        f'<text class="count" x="{it.width - 10:.1f}" y="19" text-anchor="end">{len(findings)}</text>'
        if findings
        else ""
    )
    lines = "".join(
        _line(line, row, it.width, [finding for finding in findings if line[0] and finding.object == line[0]])
        for row, line in enumerate(it.lines)
    )
    title = _cut(box.title, it.width - (38 if findings else 20), _BOLD)
    drawing = (
        f'<g class="{classes}" transform="translate({it.left:.1f} {it.top:.1f})">'
        f"<title>{_title(box.title, findings)}</title>"
        f'<rect class="body" width="{it.width:.1f}" height="{it.height:.1f}" rx="6"/>'
        f'<path class="head" d="M0 {_HEADER}V6a6 6 0 0 1 6-6H{it.width - 6:.1f}a6 6 0 0 1 6 6V{_HEADER}Z"/>'
        f'<text class="name" x="10" y="19">{shown(title)}</text>'
        f"{count}{lines}</g>"
    )
    anchor = anchors.get(box.object)
    return f'<a href="#{anchor}">{drawing}</a>\n' if anchor else f"{drawing}\n"


def _line(line: tuple[str, str, str, bool], row: int, width: float, findings: Sequence[Finding]) -> str:
    _, text, detail, key = line
    y = _HEADER + _LINE * (row + 0.5) + 6
    kind = _cut(detail, width * 0.5, _CHARACTER)
    name = _cut(text, width - 28 - _length(kind) * _CHARACTER, _CHARACTER)
    classes = " ".join(["line", *(["key"] if key else []), *([findings[0].severity] if findings else [])])
    title = f"<title>{_title(text, findings)}</title>" if findings else ""
    mark = f'<circle cx="6" cy="{y - 4:.1f}" r="3"/>' if findings else ""
    return (
        f'<g class="{classes}">{title}{mark}<text x="14" y="{y:.1f}">{shown(name)}</text>'
        f'<text class="kind" x="{width - 10:.1f}" y="{y:.1f}" text-anchor="end">{shown(kind)}</text></g>'
    )


def _cut(text: str, room: float, character: float) -> str:
    text = visible(text)
    if _length(text) * character <= room:
        return text
    kept = ""
    for one in text:
        if (_length(kept + one) + 1) * character > room:
            break
        kept += one
    return f"{kept}…"


def _title(name: str, findings: Sequence[Finding]) -> str:
    """What a box or a line is called, and what differs in it, a line for each fact."""
    said = [visible(name)]
    for finding in findings[:_SAID]:
        said.append(f"{visible(finding.message)}")
        said += [f"    {label}: {visible(value)}" for label, value in details(finding) if label != "repair"]
    if len(findings) > _SAID:
        said.append(f"… {len(findings) - _SAID} more")
    return "\n".join(map(shown, said))


def highlighting(boxes: int) -> str:
    """The rules by which the lines of a box stand out while a pointer is over it."""
    return "\n".join(
        f".diagram:has(.n{number}:hover) :is(.a{number},.b{number}){{stroke:var(--accent);stroke-width:2}}"
        for number in range(boxes)
    )
