"""The agreement matrix of a domain: as lines of text, as a document, and as a page to show to a colleague."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from isotype.conformance.matrix import Cell, Matrix, Place
from isotype.report.wording import counted, shown, visible

MARKS = {"agree": "=", "gap": "~", "disagree": "!"}
"""How a cell is marked: all answers agree, some cannot be given here, some disagree."""


# Text


def lines(matrix: Matrix, detailed: bool = False) -> Iterator[str]:
    """The ledger first, then who was asked and how fast, then a line for each entity, or each field if `detailed`."""
    about = sorted({(gap.target, gap.construct) for gap in matrix.ledger} & matrix.used)
    yield (
        f"{matrix.domain}: {matrix.values:,} values in {matrix.seconds:.1f} s, {matrix.accepted:,} of them taken; "
        f"seed {matrix.seed}; ledger of {len(matrix.ledger)}, of which values show {len(about)}"
    )
    width = max(map(len, (*matrix.rates, *matrix.missing)), default=0)
    for name, rate in matrix.rates.items():
        yield f"  {name:{width}}  {rate.asked:>9,} asked  {rate.per_second:>8,.0f}/s  {rate.seconds:>6.1f} s"
    for name, why in matrix.missing.items():
        yield f"  {name:{width}}  not asked: {visible(why)}"
    for name, note in matrix.notes.items():
        yield f"  {name}: {visible(note)}"
    if matrix.updates:
        yield (
            f"  {counted(matrix.updates, 'row')} written by UPDATE as well: one in {matrix.every}, and every move of a "
            "state; what a database takes is read back"
        )
    if matrix.beside:
        asked = counted(matrix.beside, "question")
        yield f"  {asked} about several rows: references, unique keys and stamps, in both databases"
    if matrix.moves:
        yield f"  {counted(matrix.moves, 'question')} about what the schemas and TypeScript say of moves of states"
    if matrix.unasked:
        yield f"  not asked, since no rows were found for it: {', '.join(matrix.unasked)}"
    if matrix.unreached:
        yield f"  {counted(len(matrix.unreached), 'bound')} not reached: {', '.join(matrix.unreached)}"
    for target, construct in about:
        reason = next(gap.reason for gap in matrix.ledger if (gap.target, gap.construct) == (target, construct))
        yield f"  not expressible in {target}: {construct} ({visible(reason)})"
    yield ""
    yield from _table(matrix, _rows(matrix, detailed))


def _rows(matrix: Matrix, detailed: bool) -> dict[str, dict[str, Cell]]:
    """Cells by row and witness: a row for each field and constraint, or one for each owner."""
    found: dict[str, dict[str, Cell]] = {}
    for (place, constraint), cells in matrix.cells.items():
        row = found.setdefault(f"{place} {constraint}" if detailed else place.owner, {})
        for name, cell in cells.items():
            total = row.setdefault(name, Cell())
            total.agree += cell.agree
            total.disagree += cell.disagree
            total.gap += cell.gap
    return found


def _table(matrix: Matrix, rows: Mapping[str, Mapping[str, Cell]]) -> Iterator[str]:
    width = max(map(len, rows), default=0)
    names = [*matrix.rates, *matrix.missing]
    yield f"  {'':{width}}  " + "  ".join(f"{name:>12}" for name in names)
    for row, cells in rows.items():
        yield f"  {row:{width}}  " + "  ".join(f"{_short(cells.get(name)):>12}" for name in names)
    yield f"  {MARKS['agree']} agree, {MARKS['gap']} cannot be expressed here, {MARKS['disagree']} disagree"


def _short(cell: Cell | None) -> str:
    if cell is None or not cell.asked:
        return "-"
    parts = [(cell.disagree, MARKS["disagree"]), (cell.gap, MARKS["gap"])]
    return " ".join([f"{cell.agree}{MARKS['agree']}", *(f"{count}{mark}" for count, mark in parts if count)])


# JSON


def document(matrices: Sequence[Matrix]) -> str:
    """Everything, for a program."""
    return json.dumps({"domains": list(map(_domain, matrices))}, indent=2, ensure_ascii=True) + "\n"


def _domain(matrix: Matrix) -> dict[str, object]:
    return {
        "domain": matrix.domain,
        "seed": matrix.seed,
        "values": matrix.values,
        "accepted": matrix.accepted,
        "seconds": round(matrix.seconds, 3),
        "holds": matrix.holds,
        "updates": matrix.updates,
        "moves": matrix.moves,
        "severalRows": {"asked": matrix.beside, "notAsked": list(matrix.unasked)},
        "boundsNotReached": list(matrix.unreached),
        "witnesses": {
            **{name: _rate(matrix, name) for name in matrix.rates},
            **{name: {"notAsked": why} for name, why in matrix.missing.items()},
        },
        "ledger": [
            {
                "target": gap.target,
                "construct": gap.construct,
                "reason": gap.reason,
                "shown": (gap.target, gap.construct) in matrix.used,
            }
            for gap in matrix.ledger
        ],
        "matrix": [
            {
                "owner": place.owner,
                "field": place.field,
                "constraint": constraint,
                "witnesses": {name: _counts(cell) for name, cell in cells.items()},
            }
            for (place, constraint), cells in matrix.cells.items()
        ],
        "disagreements": [
            {
                "witness": one.witness,
                "owner": one.place.owner,
                "field": one.place.field,
                "constraint": one.constraint,
                "shape": one.shape,
                "what": one.label,
                "fact": one.fact,
                "record": one.text,
                "seen": one.seen,
                "schema": str(one.declared) if one.declared.file else "",
            }
            for one in matrix.disagreements
        ],
        "unneeded": [{"target": gap.target, "construct": gap.construct} for gap in matrix.unneeded],
    }


def _rate(matrix: Matrix, name: str) -> dict[str, object]:
    rate = matrix.rates[name]
    note = {"note": matrix.notes[name]} if name in matrix.notes else {}
    return {"asked": rate.asked, "perSecond": round(rate.per_second), **note}


def _counts(cell: Cell) -> dict[str, object]:
    return {"agree": cell.agree, "disagree": cell.disagree, "notExpressible": cell.gap, "constructs": sorted(cell.gaps)}


# A page


def page(matrices: Sequence[Matrix]) -> str:
    """A page that loads nothing and runs nothing."""
    title = "Do the layers agree?"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f'<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n<header><h1>{title}</h1></header>\n{''.join(map(_section, matrices))}</body>\n</html>\n"
    )


def _section(matrix: Matrix) -> str:
    verdict = "Every layer agrees." if matrix.holds else f"{counted(len(matrix.disagreements), 'disagreement')}."
    names = [*matrix.rates, *matrix.missing]
    owners: dict[str, list[tuple[Place, str, Mapping[str, Cell]]]] = {}
    for (place, constraint), cells in matrix.cells.items():
        owners.setdefault(place.owner, []).append((place, constraint, cells))
    totals = _rows(matrix, False)
    return (
        f'<section>\n<h2>{shown(matrix.domain)} <span class="{"fine" if matrix.holds else "wrong"}">{verdict}</span>'
        f"</h2>\n<p>{matrix.values:,} values, {matrix.accepted:,} of them taken, in {matrix.seconds:.1f} s; "
        f"seed {matrix.seed}.</p>\n"
        f"{_asked(matrix)}{_ledger(matrix)}{_disagreements(matrix)}"
        f"{''.join(_owner(owner, rows, names, totals[owner]) for owner, rows in owners.items())}</section>\n"
    )


def _asked(matrix: Matrix) -> str:
    rows = [
        f"<tr><th>{shown(name)}</th><td>{rate.asked:,}</td><td>{rate.per_second:,.0f}</td></tr>"
        for name, rate in matrix.rates.items()
    ]
    rows += [
        f'<tr><th>{shown(name)}</th><td colspan="2">not asked: {shown(why)}</td></tr>'
        for name, why in matrix.missing.items()
    ]
    notes = "".join(f"<p>{shown(name)}: {shown(note)}.</p>\n" for name, note in matrix.notes.items())
    head = "<tr><th>Witness</th><th>Values</th><th>Per second</th></tr>"
    return f"<table>\n{head}\n{''.join(rows)}\n</table>\n{notes}"


def _ledger(matrix: Matrix) -> str:
    shows = [gap for gap in matrix.ledger if (gap.target, gap.construct) in matrix.used]
    items = "".join(
        f"<li><strong>{shown(gap.target)}</strong>: {shown(gap.construct)}. {shown(gap.reason)}</li>\n" for gap in shows
    )
    heading = (
        f"What a layer cannot express: {len(shows)} of the {len(matrix.ledger)} entries of the ledger show in values"
    )
    return f"<h3>{heading}</h3>\n<ul>\n{items}</ul>\n"


def _disagreements(matrix: Matrix) -> str:
    items = "".join(
        f'<li><strong>{shown(str(one.place))}</strong> <span class="wrong">{shown(one.witness)} {shown(one.fact)}'
        f"</span> ({shown(one.constraint)}, {shown(one.label)}, {one.seen} times)<pre>{shown(one.text)}</pre></li>\n"
        for one in matrix.disagreements
    )
    return f"<h3>Disagreements</h3>\n<ul>\n{items}</ul>\n" if items else ""


def _owner(
    owner: str,
    rows: Sequence[tuple[Place, str, Mapping[str, Cell]]],
    names: Sequence[str],
    totals: Mapping[str, Cell],
) -> str:
    heads = "".join(f"<th>{shown(name)}</th>" for name in names)
    body = "".join(
        f"<tr><th>{shown(place.field) or '<i>the record</i>'}</th><td>{shown(constraint)}</td>"
        f"{''.join(_cell(cells.get(name)) for name in names)}</tr>\n"
        for place, constraint, cells in rows
    )
    total = f"<tr><th>{shown(owner)}</th><td>in all</td>{''.join(_cell(totals.get(name)) for name in names)}</tr>\n"
    wrong = any(cell.disagree for cell in totals.values())
    return (
        f'<details{" open" if wrong else ""}>\n<summary><span class="{"wrong" if wrong else "fine"}">'
        f"{shown(owner)}</span> {sum(cell.asked for cell in totals.values()):,} answers</summary>\n"
        f"<table>\n<tr><th>Field</th><th>About</th>{heads}</tr>\n{total}{body}</table>\n</details>\n"
    )


def _cell(cell: Cell | None) -> str:
    if cell is None or not cell.asked:
        return '<td class="none">-</td>'
    kind = "wrong" if cell.disagree else "gap" if cell.gap else "fine"
    said = " ".join(sorted(cell.gaps))
    title = f' title="{shown(said)}"' if said else ""
    return f'<td class="{kind}"{title}>{_short(cell)}</td>'


_STYLE = """
:root { --fine: #1a7f37; --wrong: #c8232c; --gap: #9a6700; --line: #8884; --soft: #8881; }
@media (prefers-color-scheme: dark) { :root { --fine: #4ac26b; --wrong: #ff7b72; --gap: #d4a72c; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h2 span { font-weight: 400; font-size: 1rem; margin-left: .5rem; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
th, td { border: 1px solid var(--line); padding: .15rem .6rem; text-align: left; font-weight: 400; }
td { text-align: right; font-variant-numeric: tabular-nums; }
tr:first-child th { background: var(--soft); font-weight: 600; }
.fine { color: var(--fine); } .wrong { color: var(--wrong); font-weight: 600; } .gap { color: var(--gap); }
.none { color: var(--line); }
details { border: 1px solid var(--line); border-radius: 6px; padding: .3rem .8rem; margin: .4rem 0; }
summary { cursor: pointer; }
details table { display: block; overflow-x: auto; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .4rem .6rem; }
"""
