"""Drift that somebody has accepted: by object and code, with an owner, a reason and a day on which it ends.

```toml
[[accept]]
object = "column public.orders.note"
code = "drift-different-column"
attribute = "default"              # without it, all attributes of the object
owner = "orders team"
reason = "Set by the old admin page, which is gone in May."
expires = 2026-05-31               # the last day on which it holds
```

An entry past its day accepts nothing, and says so; one whose difference is gone says so too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from isotype.domain.places import NOWHERE, Place
from isotype.domain.values import frozen
from isotype.findings import WARNING, Accepted, Finding, IsotypeError
from isotype.workspace.settings import COMPARED as LAYERS

_NEEDED = ("object", "code", "owner", "reason", "expires")
_KEYS = (*_NEEDED, "attribute", "layer")
_EXAMPLE = (
    'write [[accept]] with object = "table public.x", code = "drift-unmanaged-table", owner, reason, '
    "and expires = 2026-12-31"
)


@frozen
class Entry:
    """One accepted difference; `attribute` is '' for every attribute of the object."""

    object: str
    code: str
    owner: str
    reason: str
    expires: date
    attribute: str = ""
    layer: str = LAYERS[0]
    place: Place = NOWHERE

    def covers(self, layer: str, code: str, object: str, attribute: str) -> bool:
        """Whether a difference is the one that this entry speaks of."""
        return (self.layer, self.code, self.object) == (layer, code, object) and self.attribute in ("", attribute)


@frozen
class Baseline:
    """All entries of a file, as they hold on a day."""

    entries: tuple[Entry, ...]
    today: date

    def accepting(self, layer: str, code: str, object: str, attribute: str) -> Entry | None:
        """The entry by which a difference is accepted today."""
        return next(
            (it for it in self.entries if it.expires >= self.today and it.covers(layer, code, object, attribute)), None
        )

    def split(
        self, findings: Sequence[Finding], layers: Sequence[str]
    ) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
        """What stays to be reported, with what is wrong with the baseline itself; and what is accepted.

        `layers` are those that were compared whole: an entry for another one may well be needed elsewhere.
        """
        kept: list[Finding] = []
        accepted: list[Accepted] = []
        needed: set[Entry] = set()
        for finding in findings:
            named = (finding.layer, finding.code, finding.object, finding.attribute)
            needed.update(entry for entry in self.entries if entry.covers(*named))
            entry = self.accepting(*named)
            if entry is None:
                kept.append(finding)
            else:
                accepted.append(Accepted(finding, entry.owner, entry.reason, entry.expires.isoformat()))
        wrong = (
            _wrong(entry, entry in needed, self.today)
            for entry in self.entries
            if entry.layer in layers or entry in needed
        )
        return (*kept, *(finding for finding in wrong if finding is not None)), tuple(accepted)


def _wrong(entry: Entry, needed: bool, today: date) -> Finding | None:
    what = f"{entry.object!r}{f' in {entry.attribute}' if entry.attribute else ''} [{entry.code}]"
    if not needed:
        fact, way_out = f"nothing has to be accepted about {what} any more", "take the entry out of the baseline"
        return Finding("drift-baseline-unused", fact, entry.place, way_out, WARNING, layer=entry.layer)
    if entry.expires < today:
        fact = f"{entry.owner} accepted {what} until {entry.expires.isoformat()}: {entry.reason}"
        way_out = "repair it, or agree with them on another day"
        return Finding("drift-baseline-expired", fact, entry.place, way_out, layer=entry.layer)
    return None


# Reading


def load(file: str, today: date, folder: str = "") -> Baseline:
    """The baseline in a file of a folder, the current one by default; raises `IsotypeError` with all that is wrong."""
    try:
        text = (Path(folder) / file).read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise _unreadable(file, str(error.strerror), NOWHERE) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = Place(file, int(found[1]), int(found[2])) if found else Place(file, 1, 1)
        raise _unreadable(file, re.sub(r" \(at .*\)$", "", str(error)), place) from None
    except (UnicodeDecodeError, RecursionError):
        raise _unreadable(file, "it is no TOML in UTF-8", Place(file, 1, 1)) from None
    start = Place(file, 1, 1)
    findings = [
        Finding("unknown-setting", f"a baseline has no {key!r}", start, _EXAMPLE) for key in table if key != "accept"
    ]
    written = table.get("accept", [])
    if not isinstance(written, list) or not all(isinstance(entry, dict) for entry in written):
        raise IsotypeError(*findings, Finding("invalid-setting", "'accept' is a list of tables", start, _EXAMPLE))
    lines = [number for number, line in enumerate(text.split("\n"), 1) if re.match(r"\s*\[\[\s*accept\s*\]\]", line)]
    places = [Place(file, number, 1) for number in lines] if len(lines) == len(written) else [start] * len(written)
    entries: list[Entry] = []
    for entry, place in zip(written, places, strict=True):
        problems = [*_problems(entry, place)]
        findings += problems
        if not problems:
            entries.append(Entry(**entry, place=place))
    if findings:
        raise IsotypeError(*findings)
    return Baseline(tuple(entries), today)


def _problems(entry: dict[str, Any], place: Place) -> Iterator[Finding]:
    for key in entry:
        if key not in _KEYS:
            close = get_close_matches(key, _KEYS, 1)
            way_out = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(_KEYS)}"
            yield Finding("unknown-setting", f"an accepted difference has no {key!r}", place, way_out)
    for key in _NEEDED:
        if key not in entry:
            yield Finding("invalid-setting", f"an accepted difference lacks {key!r}", place, _EXAMPLE)
    for key in _KEYS:
        value = entry.get(key)
        if value is None:
            continue
        if key == "expires":
            if not isinstance(value, date) or isinstance(value, datetime):
                yield Finding("invalid-setting", "'expires' is no day", place, "write it as expires = 2026-12-31")
        elif not isinstance(value, str) or not value.strip():
            yield Finding("invalid-setting", f"{key!r} is no text", place, "write some words in double quotes")
        elif key == "layer" and value not in LAYERS:
            yield Finding("invalid-setting", f"there is no layer {value!r}", place, f"write {', '.join(LAYERS)}")


def _unreadable(file: str, reason: str, place: Place) -> IsotypeError:
    return IsotypeError(
        Finding("unreadable-baseline", f"the baseline {file!r} cannot be read: {reason}", place, _EXAMPLE)
    )
