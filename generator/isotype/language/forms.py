"""Texts of durations, bytes and addresses in their documented form, brought to the canonical one."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from datetime import timedelta

from isotype.domain.lazy import regular

_DURATION = regular(
    r"P(?=.)(?:([0-9]{1,9})D)?"
    r"(?:T(?=.)(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:\.([0-9]{1,6}))?S)?)?",
)
_BASE64 = regular(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def duration(text: str) -> str | None:
    """The canonical duration; None when the text is none."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[:4])
    try:
        whole = timedelta(days, seconds, int((found[5] or "").ljust(6, "0")), 0, minutes, hours)
    except OverflowError:
        return None
    minutes, seconds = divmod(whole.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    digits = f"{whole.microseconds:06}".removesuffix("000") if whole.microseconds else ""
    day = f"{whole.days}D" if whole.days else ""
    clock = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M")) if count)
    clock += f"{seconds}.{digits}S" if digits else f"{seconds}S" if seconds else ""
    return f"P{day}T{clock}" if clock else f"P{day}" if day else "PT0S"


def binary(text: str) -> str | None:
    """The base64 as it is; None when it is not padded, or some unused bit is set."""
    if _BASE64.fullmatch(text) is None or b2a_base64(a2b_base64(text), newline=False).decode() != text:
        return None
    return text


def address(text: str) -> str | None:
    """The canonical address of one host; None when the text is none."""
    from ipaddress import IPv6Address, ip_address

    try:
        found = ip_address(text)
    except ValueError:
        return None
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.scope_id is not None:
        return None
    return f"::ffff:{found.ipv4_mapped}" if found.ipv4_mapped else str(found)
