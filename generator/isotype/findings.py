"""The one value every check returns.

A finding says a fact about one place; who prints it, and how, is decided in `report`.
"""

from __future__ import annotations

from typing import NamedTuple

from isotype.domain.places import NOWHERE, Place

ERROR = "error"
WARNING = "warning"
NOTE = "note"


class Finding(NamedTuple):
    """One fact found by one check.

    `code` is a stable kebab-case identifier; `message` states the fact and quotes the names it speaks of;
    `suggestion` says the way out, without brackets and without a full stop.
    `path` is the object path, such as `entities.CompressionRequest.fields.status`.
    `expected`, `actual` and `repair` are filled by comparisons.
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
