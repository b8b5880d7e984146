"""Types whose texts have one documented form: from a text to its canonical form, None for what is refused.

This says again, in plain Python, what docs/wire-forms.md says; it shares nothing with the printers it is held against.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from isotype.domain.lazy import regular

_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_FRACTION = r"(?:\.([0-9]{1,6}))?"
_DATE = regular(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = regular(rf"(?P<clock>{_CLOCK}){_FRACTION}")
_INSTANT = regular(
    rf"(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})T(?P<clock>{_CLOCK})(?:\.(?P<fraction>[0-9]{{1,6}}))?"
    r"(?P<zone>Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
_DURATION = regular(
    r"P(?:(?P<days>[0-9]{1,9})D)?(?P<clock>T(?:(?P<hours>[0-9]{1,9})H)?(?:(?P<minutes>[0-9]{1,9})M)?"
    r"(?:(?P<seconds>[0-9]{1,9})(?:\.(?P<fraction>[0-9]{1,6}))?S)?)?"
)
_UUID = regular(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_IPV4 = regular(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?=[0-9])|\Z)){4}")
_GROUP = regular(r"[0-9a-fA-F]{1,4}")
_BASE64 = regular(r"[A-Za-z0-9+/]*={0,2}")

_DAY = 86_400 * 10**6
"""A day in microseconds."""


def canonical(base: str, text: str) -> str | None:
    """The canonical form of a text of such a type; None when it is refused."""
    return FORMS[base](text)


def is_formed(base: str, text: str) -> bool:
    """Whether a text has the form, and only the value that it stands for lies too far out."""
    if base == "duration":
        return _elapsed(text) is not None
    found = _INSTANT.fullmatch(text)
    return base == "timestamp" and bool(found and found["zone"]) and _day(text[:10]) is not None


def ordered(base: str, text: str) -> str | int | bytes:
    """What a canonical text is ordered by."""
    match base:
        case "timestamp" | "local_timestamp" | "time":
            whole, _, fraction = text.removesuffix("Z").partition(".")
            return f"{whole}.{fraction:0<6}"
        case "duration":
            return _elapsed(text) or 0
        case "bytes":
            return b64decode(text)
    return text


def _day(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _date(text: str) -> str | None:
    return text if _day(text) is not None else None


def _shortest(fraction: str | None) -> str:
    """A fraction of a second with none, three or six digits: the fewest that lose nothing."""
    digits = (fraction or "").ljust(6, "0")
    if digits == "000000":
        return ""
    return "." + (digits[:3] if digits.endswith("000") else digits)


def _time(text: str) -> str | None:
    found = _TIME.fullmatch(text)
    return found["clock"] + _shortest(found[3]) if found else None


def _instant(text: str) -> str | None:
    found = _INSTANT.fullmatch(text)
    if not found or found["zone"] is None or _day(found["day"]) is None:
        return None
    local = datetime.fromisoformat(f"{found['day']}T{found['clock']}")
    zone = found["zone"]
    if zone != "Z":
        minutes = int(zone[1:3]) * 60 + int(zone[4:])
        try:
            local -= timedelta(minutes=minutes if zone[0] == "+" else -minutes)
        except OverflowError:
            return None
    return local.isoformat() + _shortest(found["fraction"]) + "Z"


def _local(text: str) -> str | None:
    found = _INSTANT.fullmatch(text)
    if not found or found["zone"] is not None or _day(found["day"]) is None:
        return None
    return f"{found['day']}T{found['clock']}" + _shortest(found["fraction"])


def _elapsed(text: str) -> int | None:
    """The microseconds of a duration; None for a text that is none."""
    found = _DURATION.fullmatch(text)
    if not found or text in ("P",) or text.endswith("T"):
        return None
    days, hours, minutes, seconds = (int(found[unit] or 0) for unit in ("days", "hours", "minutes", "seconds"))
    fraction = int((found["fraction"] or "").ljust(6, "0"))
    return ((days * 24 + hours) * 60 + minutes) * 60 * 10**6 + seconds * 10**6 + fraction


def _duration(text: str) -> str | None:
    whole = _elapsed(text)
    if whole is None or whole >= 10**9 * _DAY:
        return None
    days, rest = divmod(whole, _DAY)
    seconds, fraction = divmod(rest, 10**6)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    said = f"{seconds}{_shortest(f'{fraction:06}')}"
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{said}S" if said != "0" else "")
    return ("P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")) if whole else "PT0S"


def _uuid(text: str) -> str | None:
    return text.lower() if _UUID.fullmatch(text) else None


def _bytes(text: str) -> str | None:
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return None
    return text if b64encode(b64decode(text)).decode() == text else None


def _inet(text: str) -> str | None:
    if ":" not in text:
        return text if _IPV4.fullmatch(text) and text.isascii() else None
    groups = _groups(text)
    return None if groups is None else _address(groups)


def _groups(text: str) -> list[int] | None:
    """The eight numbers of an IPv6 address."""
    head, run, tail = text.partition("::")
    if run and "::" in tail:
        return None
    before = _half(head, not run)
    after = _half(tail, True) if run else []
    if before is None or after is None:
        return None
    missing = 8 - len(before) - len(after)
    if (missing < 1) if run else (missing != 0):
        return None
    return [*before, *[0] * missing, *after]


def _half(text: str, last: bool) -> list[int] | None:
    if not text:
        return []
    *heads, end = text.split(":")
    if not all(_GROUP.fullmatch(group) for group in heads):
        return None
    numbers = [int(group, 16) for group in heads]
    if _GROUP.fullmatch(end):
        return [*numbers, int(end, 16)]
    if not last or not _IPV4.fullmatch(end):
        return None
    first, second, third, fourth = map(int, end.split("."))
    return [*numbers, first << 8 | second, third << 8 | fourth]


def _address(groups: list[int]) -> str:
    """RFC 5952: the longest run of two or more zeros, the first of equals, is `::`."""
    if groups[:6] == [0, 0, 0, 0, 0, 0xFFFF]:
        return "::ffff:" + ".".join(str(number) for group in groups[6:] for number in divmod(group, 256))
    best, length, start = 0, 1, 0
    while start < 8:
        end = start
        while end < 8 and not groups[end]:
            end += 1
        if end - start > length:
            best, length = start, end - start
        start = max(end, start + 1)
    said = [f"{group:x}" for group in groups]
    if length == 1:
        return ":".join(said)
    return ":".join(said[:best]) + "::" + ":".join(said[best + length :])


FORMS: Mapping[str, Callable[[str], str | None]] = {
    "timestamp": _instant,
    "local_timestamp": _local,
    "date": _date,
    "time": _time,
    "duration": _duration,
    "uuid": _uuid,
    "bytes": _bytes,
    "inet": _inet,
}
