"""Texts with one form: which formats name it, and how its pattern is written.

A format, or one of the patterns below, says the whole form; a pattern beside it that every text of the form matches
says nothing more. What tells two readings of one format apart, such as leap seconds, no document says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from isotype.dialects.json_schema import Printer
from isotype.domain.formats import FORMATS
from isotype.domain.types import Scalar
from isotype.service.dialects import FASTAPI
from isotype.service.languages import canonical, relation

DECIMAL, BIG_INTEGER = "decimal", "bigint"

_NAMES = {
    "date-time": "timestamp",
    "local-date-time": "local_timestamp",
    "date-time-local": "local_timestamp",
    "date": "date",
    "local-time": "time",
    "time-local": "time",
    "duration": "duration",
    "uuid": "uuid",
    "byte": "bytes",
    "base64": "bytes",
    "ip": "inet",
    "ipvanyaddress": "inet",
    "email": "email",
    "uri": "url",
    "ipv4": "ipv4",
    "ipv6": "ipv6",
    "decimal": DECIMAL,
}
_FASTAPI_NAMES = {"time": "time"}
"""Pydantic writes the format of a time with an offset at one without."""

_MEANINGLESS = frozenset({"password"})
"""Formats that only say how something is shown."""

_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_CLOCK = (
    r"T([0-9]{1,9}H([0-9]{1,9}M)?([0-9]{1,9}(\.[0-9]{1,6})?S)?"
    r"|[0-9]{1,9}M([0-9]{1,9}(\.[0-9]{1,6})?S)?|[0-9]{1,9}(\.[0-9]{1,6})?S)"
)
PATTERNS: Mapping[str, str] = {
    "timestamp": f"^{_DAY}T{_TIME}(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
    "local_timestamp": f"^{_DAY}T{_TIME}$",
    "date": f"^{_DAY}$",
    "time": f"^{_TIME}$",
    "duration": f"^P([0-9]{{1,9}}D({_CLOCK})?|{_CLOCK})$",
    "uuid": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    "bytes": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$",
    "inet": "^[0-9a-fA-F:.]+$",
    "email": FORMATS["email"].source,
    "url": FORMATS["url"].source,
    BIG_INTEGER: "^(0|-?[1-9][0-9]{0,18})$",
}
"""Each form as docs/wire-forms.md writes it; every text of the form matches."""

_DECIMAL = re.compile(
    r"\^-\?(?:0|\((?:\?:)?0\|\[1-9\]\[0-9\]\{0,(\d{1,4})\}\))"
    r"(?:\((?:\?:)?\\\.\[0-9\]\{1,(\d{1,4})\}\)\?)?(?:\$|\(\?!\[\\s\\S\]\))"
)
_LAX_DECIMALS = frozenset(
    (r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$", r"^(?!^[-+.]*$)[+-]?0*(?:\d*|(?=[\d.]{1,}0*$)\d*\.\d*0*$)")
)
_LAX_DECIMAL = re.compile(
    r"\^\(\?!\^\[-\+\.\]\*\$\)\[\+-\]\?0\*\(\?:"
    r"\\d\{0,(\d+)\}\|\(\?=\[\\d\.\]\{1,(\d+)\}0\*\$\)\\d\{0,\d+\}\\\.\\d\{0,(\d+)\}0\*\$\)"
)
"""How Pydantic writes the pattern of a decimal without and with limits."""

_RANGE_PART = re.compile(r"(?:\[(\d)-?(\d)\]|(\d))(?:\{(\d{1,2})(?:,(\d{1,2}))?\})?")

_LONGEST_RANGE = 4000


def named(format: str, dialect: str) -> str:
    """The form that a format names; a format that is not known is a form of its own."""
    if dialect == FASTAPI and format in _FASTAPI_NAMES:
        return _FASTAPI_NAMES[format]
    return "" if format in _MEANINGLESS else _NAMES.get(format, f"format {format}")


def of_pattern(pattern: str) -> str:
    """The form that a pattern spells; '' for any other pattern."""
    return _spellings().get(pattern) or _spellings().get(canonical(pattern), "")


def implied(pattern: str, form: str) -> bool:
    """Whether every text of a form matches a pattern."""
    if of_pattern(pattern) == form:
        return True
    known = PATTERNS.get(form)
    found = relation((known,), (pattern,)) if known else None
    return found is not None and found.left_in_right


def decimal_digits(pattern: str) -> tuple[int, ...] | None:
    """The digits in all and behind the point of a pattern that spells decimals, () when it leaves them open; None for
    any other pattern."""
    strict = _DECIMAL.fullmatch(pattern) or _DECIMAL.fullmatch(canonical(pattern))
    if strict is not None:
        scale = int(strict[2] or 0)
        return (scale if strict[1] is None else int(strict[1]) + 1 + scale), scale
    if pattern in _LAX_DECIMALS:
        return ()
    lax = _LAX_DECIMAL.fullmatch(pattern)
    return (int(lax[1]) + int(lax[3]), int(lax[3])) if lax is not None else None


def integer_range(pattern: str) -> tuple[int, int] | None:
    """The least and the greatest integer of a pattern in which Isotype spells the texts of such a range."""
    if not pattern.startswith("^(") or len(pattern) > _LONGEST_RANGE:
        return None
    spelled = canonical(pattern)
    options = spelled.removeprefix("^(?:").removesuffix(")(?![\\s\\S])").split("|")
    found: list[int] = []
    for option in options:
        digits = option.removeprefix("-")
        parts = [*_RANGE_PART.finditer(digits)]
        if not parts or "".join(part[0] for part in parts) != digits:
            return None
        least = "".join((part[1] or part[3]) * int(part[4] or 1) for part in parts)
        greatest = "".join((part[2] or part[3]) * int(part[5] or part[4] or 1) for part in parts)
        if not least:
            return None
        sign = -1 if option != digits else 1
        found += [sign * int(least), sign * int(greatest)]
    low, high = min(found), max(found)
    printed = _printed(Scalar(BIG_INTEGER, minimum=low, maximum=high))["pattern"]
    return (low, high) if canonical(printed) == spelled else None


def _printed(scalar: Scalar) -> dict[str, Any]:
    return Printer("{}".format).schema(scalar)


@cache
def _spellings() -> Mapping[str, str]:
    """Each pattern that says a whole form, as Isotype's documents write it and as this module does."""
    found = {canonical(pattern): form for form, pattern in PATTERNS.items() if form != "inet"}
    for form in PATTERNS:
        if form not in (*FORMATS, BIG_INTEGER):
            printed = _printed(Scalar(form))["pattern"]
            found |= {printed: form, canonical(printed): form}
    return found
