"""The one value every check returns, and what stands beside it in a report.

A finding says a fact about one place; who prints it, and how, is decided in `report`.
"""

from __future__ import annotations

from isotype.domain.lazy import NamedTuple
from isotype.domain.places import NOWHERE, Place

ERROR = "error"
WARNING = "warning"
NOTE = "note"


class Finding(NamedTuple):
    """One fact found by one check.

    `code` is a stable kebab-case identifier; `message` states the fact and quotes the names it speaks of;
    `suggestion` says the way out, without brackets and without a full stop.
    `path` is the object path, such as `entities.CompressionRequest.fields.status`.
    Comparisons fill the others: what was `expected`, what is `actual`, what would `repair` it; `object` names the one
    object in question, such as `column public.orders.status`, `attribute` what differs in it ('' for all of it), and
    `within` the object it is part of, such as `table public.orders`.
    """

    code: str
    message: str
    place: Place = NOWHERE
    suggestion: str = ""
    severity: str = ERROR
    path: str = ""
    layer: str = ""
    expected: str = ""
    actual: str = ""
    repair: str = ""
    object: str = ""
    attribute: str = ""
    within: str = ""
    related: Place = NOWHERE
    declaration: str = ""

    def __str__(self) -> str:
        """`file:line:col: fact (suggestion) [code]`, the place left out when there is none."""
        place = f"{self.place}: " if self.place.file else ""
        suggestion = f" ({self.suggestion})" if self.suggestion else ""
        return f"{place}{self.message}{suggestion} [{self.code}]"


class IsotypeError(Exception):
    """The job could not be done; carries what was found. The command line answers it with exit code 2."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings

    def __reduce__(self) -> tuple[type[IsotypeError], tuple[Finding, ...]]:
        # Other processes raise it too.
        return type(self), self.findings


class Compared(NamedTuple):
    """What was held against what is there: a layer, what was looked at in it, and how many objects that are.

    `failed` is how many of those that should have been looked at could not be.
    """

    layer: str
    subject: str
    objects: int
    failed: int = 0


class Accepted(NamedTuple):
    """A finding that somebody has taken upon them until a day (`YYYY-MM-DD`)."""

    finding: Finding
    owner: str
    reason: str
    expires: str


class Box(NamedTuple):
    """One object of a diagram: its name in findings, its title, and its lines, each with its own name in findings.

    A line is (name, text, detail, whether it is a key or a reference).
    """

    object: str
    title: str
    lines: tuple[tuple[str, str, str, bool], ...] = ()
    dashed: bool = False


class Link(NamedTuple):
    """An arrow between two boxes, by their names in findings."""

    source: str
    target: str
    label: str = ""


class Diagram(NamedTuple):
    """The objects of a domain and how they refer to each other."""

    title: str
    boxes: tuple[Box, ...]
    links: tuple[Link, ...] = ()


class Fault(NamedTuple):
    """What several layers say of one declaration of the schema, and where the fault is.

    `verdicts` are a layer and what it does, in words, for each layer that was compared; '' where it agrees.
    """

    domain: str
    declaration: str
    place: Place
    sentence: str
    verdicts: tuple[tuple[str, str], ...]


class Overview(NamedTuple):
    """What a report says around its findings."""

    compared: tuple[Compared, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    diagrams: tuple[Diagram, ...] = ()
    faults: tuple[Fault, ...] = ()
