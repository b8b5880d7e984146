"""Quoted constants of types that are not text: `'2025-01-31'` where a date is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from types import MappingProxyType

_CLOCK = r"\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?"
_DAY = r"\d{4}-\d{2}-\d{2}"
_ASCII = re.ASCII


def _instant(text: str) -> str:
    if not re.fullmatch(rf"{_DAY}T{_CLOCK}(?:Z|[+-]\d{{2}}:\d{{2}})", text, _ASCII):
        raise ValueError
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return f"{moment.date().isoformat()}T{_clock_text(moment.time())}Z"


def _local(text: str) -> str:
    if not re.fullmatch(rf"{_DAY}T{_CLOCK}", text, _ASCII):
        raise ValueError
    moment = datetime.fromisoformat(text)
    return f"{moment.date().isoformat()}T{_clock_text(moment.time())}"


def _day(text: str) -> str:
    if not re.fullmatch(_DAY, text, _ASCII):
        raise ValueError
    return date.fromisoformat(text).isoformat()


def _clock(text: str) -> str:
    if not re.fullmatch(_CLOCK, text, _ASCII):
        raise ValueError
    return _clock_text(time.fromisoformat(text))


def _clock_text(clock: time) -> str:
    digits = f"{clock.microsecond:06}"
    fraction = "" if digits == "000000" else f".{digits[:3]}" if digits.endswith("000") else f".{digits}"
    return f"{clock:%H:%M:%S}{fraction}"


def _uuid(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        raise ValueError
    return text.lower()


_FORMS: Mapping[str, tuple[Callable[[str], str], str, str]] = MappingProxyType(
    {
        "timestamp": (_instant, "an instant", "2025-01-31T08:30:00Z"),
        "local_timestamp": (_local, "a local date and time", "2025-01-31T08:30:00"),
        "date": (_day, "a date", "2025-01-31"),
        "time": (_clock, "a time of day", "08:30:00"),
        "uuid": (_uuid, "a uuid", "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11"),
    }
)


def has_form(kind: str) -> bool:
    """Whether constants of this kind of value are written in quotes in one documented form."""
    return kind in _FORMS


def canonical(kind: str, text: str) -> str | None:
    """The canonical wire form of a constant; None when the text is none of that kind."""
    read = _FORMS[kind][0]
    try:
        return read(text)
    except (ValueError, OverflowError):
        return None


def example(kind: str) -> tuple[str, str]:
    """What a constant of this kind is called, and how one is written."""
    return _FORMS[kind][1:]
