"""Texts of each documented form and beside it: what some reader somewhere takes or refuses differently from others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "timestamp": (
        *("2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000Z", "2024-02-29T12:00:00.5Z", "2024-02-29T12:00:00.1234Z"),
        *("2024-02-29T12:00:00.120000Z", "2024-02-29T01:30:00+02:00", "2023-12-31T23:59:59-23:59"),
        *("2024-01-01T00:00:00-00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59Z"),
        *("0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z", "2023-02-29T12:00:00Z"),
        *("1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z", "2024-04-31T12:00:00Z", "2024-13-01T12:00:00Z"),
        *("2024-00-01T12:00:00Z", "2024-01-00T12:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T12:60:00Z"),
        *("2016-12-31T23:59:60Z", "2024-01-01T12:00:00", "2024-01-01 12:00:00Z", "2024-01-01t12:00:00Z"),
        *("2024-01-01T12:00:00z", "2024-01-01T12:00Z", "2024-01-01T12:00:00.Z", "2024-01-01T12:00:00,5Z"),
        *("2024-01-01T12:00:00.1234567Z", "2024-01-01T12:00:00+24:00", "2024-01-01T12:00:00+23:60"),
        *("2024-01-01T12:00:00+0200", "2024-01-01T12:00:00+02", "2024-01-01T12:00:00Z\n", " 2024-01-01T12:00:00Z"),
        *("2024-01-01", "10000-01-01T00:00:00Z", "+2024-01-01T00:00:00Z", "-2024-01-01T00:00:00Z", "1704110400"),
        *(
            "\uff12\uff10\uff12\uff14-01-01T00:00:00Z",
            "2024-01-01T12:00:00\u2212 02:00",
            "2024-W01-1T00:00:00Z",
            "infinity",
            "now",
        ),
    ),
    "local_timestamp": (
        *("2024-02-29T12:00:00", "2024-02-29T12:00:00.25", "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"),
        *("2024-02-29T12:00:00Z", "2024-02-29T12:00:00+00:00", "2024-02-30T12:00:00", "2024-02-29", "infinity"),
        *("2024-02-29 12:00:00", "2024-02-29T12:00", "2024-02-29T24:00:00", "10000-01-01T00:00:00"),
        *("2024-02-29T12:00:60", "2024-02-29T12:00:00\n", "2024-02-29T12:00:00.1234567"),
    ),
    "date": (
        *("2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "1969-12-31", "1900-02-29", "2023-02-29"),
        *("0000-01-01", "2024-1-1", "20240101", "2024-01-01T00:00:00", "10000-01-01", "-001-01-01", "2024-04-31"),
        *("2024-13-01", "2024-00-10", "2024-01-32", "2024-01-01\n", " 2024-01-01", "2024/01/01", "01-01-2024"),
        *("2024-W01-1", "2024-001", "\uff12\uff10\uff12\uff14-01-01", "infinity", "today", "now", "2024-01-01Z"),
    ),
    "time": (
        *("00:00:00", "08:30:00", "23:59:59.999999", "08:30:00.100", "08:30:00.1", "08:30:00.0", "08:30:00.000001"),
        *("08:30", "24:00:00", "23:59:60", "23:60:00", "8:30:00", "08:30:00Z", "08:30:00+01:00", "08:30:00\n"),
        *("08:30:00.1234567", "08:30:00.", "08:30:00,5", "0830", "T08:30:00", "\uff108:30:00", "08:30:00 PM"),
    ),
    "duration": (
        *("P1DT2H", "PT26H", "PT90M", "PT1.5S", "PT0.000001S", "PT3600S", "PT05M", "P0D", "PT0S", "PT0.0S", "PT59S"),
        *("P999999999DT23H59M59.999999S", "P999999999DT24H", "PT999999999H", "P1M", "P1Y", "P1W", "P", "PT", "P1DT"),
        *("-P1D", "P-1D", "+P1D", "P1.5D", "PT1,5S", "PT1.S", "PT.5S", "PT1M1H", "P1H", "p1d", "PT0000000001S"),
        *("1 day", "PT1S\n", " PT1S", "PT1.1234567S", "P1D1D", "PT", "P\uff11D", "infinity", "PT1H1.5M"),
    ),
    "uuid": (
        *("6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11", "6F1C0A34-2A53-5F0E-9A55-3D7B1F1F9B12"),
        *("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        *("6f1c0a342a535f0e9a553d7b1f1f9b11", "{6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11}"),
        *("urn:uuid:6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11", "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b1"),
        *("6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b1g", "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11\n"),
        *(" 6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11", "6f1c0a34_2a53_5f0e_9a55_3d7b1f1f9b11"),
        *("6f1c0a342-a53-5f0e-9a55-3d7b1f1f9b11", "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b111"),
        "\uff16f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11",
    ),
    "bytes": (
        *("aGVsbG8=", "", "AA==", "+/+/", "aGVsbG8", "AB==", "AAB=", "-_-_", "aGVs\nbG8=", "A===", "=AAA", "AA=="),
        *("AAAA\n", " AAAA", "AA=A", "====", "AAAAA", "\u00c4AAA", "AA==AA=="),
    ),
    "inet": (
        *("192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:DB8:0:0:1:0:0:1", "2001:0db8::0001"),
        *("1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "::ffff:192.0.2.1", "::ffff:c000:201", "::192.0.2.1"),
        *("64:ff9b::192.0.2.1", "fe80::1", "192.0.2.01", "192.0.2", "192.0.2.256", "192.0.2.1/32", "192.0.2.1 "),
        *("fe80::1%eth0", "::1/128", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9"),
        *("1:2:3:4::5:6:7:8", "12345::", "::192.0.2.01", "192.0.2.1::", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "[::1]"),
        *("", ":", ":::", "1.2.3.4.", ".1.2.3.4", "\u0661.2.3.4", "0x7f.0.0.1", "127.1", "2130706433", "::1\n"),
        *("1:2", "256.1.1.1", "1.256.1.1", "1.1.256.1"),
    ),
}

EMAILS = (
    *("ada@example.org", "A.d-a+b@EXAMPLE.org", "o'neil@xn--bcher-kva.example", "ada@localhost", "a@b"),
    *("ada@example.org ", "ada@example.org\n", "Ada <ada@example.org>", "ada@-example.org", "ada@example-.org"),
    *("ada@example..org", "ada@example.org.", "ada@[192.0.2.1]", '"ada"@example.org', "ada@b\u00fccher.example"),
    *("\u00e4da@example.org", "@example.org", "ada", "ada@", "a@b@c", ".ada@example.org", "ada..b@example.org"),
    *("ada@" + "a" * 63 + ".org", "ada@" + "a" * 64 + ".org", "ada@exa_mple.org", "a(b)@c.org", "ada@example.o"),
)
URLS = (
    *("https://example.org", "http://localhost:8080/a%20b?q=1#top", "https://[2001:db8::1]/", "https://192.0.2.1/x"),
    *("https://example.org?x=1", "https://example.org#", "HTTPS://example.org", "ftp://example.org", "https://"),
    *("https:///a", "//example.org", "https://a b.org", "https://example.org/\u00fc", "https://example.org/\n"),
    *("https://example.org/<b>", "javascript:alert(1)", "https://\u00fc.org", "http:/example.org", "https://?x"),
    *("https://example.org/\\", "https://user:pass@example.org/", "https://example.org/\t", " https://example.org"),
)

_DAYS = (
    *(f"2024-{month:02}-{day}" for month in range(1, 13) for day in (28, 29, 30, 31)),
    *("0123-01-01", "4567-02-08", "8901-03-09", "2345-10-10", "6789-11-19", "1900-02-28", "2100-02-29", "2004-12-20"),
    # Days of long and short months and of February, and each year that ends a leap year's way.
    *(f"2024-{month}-{day}" for month in ("01", "02", "04") for day in ("01", "09", "10", "19", "20")),
    *(f"{year:04}-02-29" for year in (*range(1904, 2000, 4), *range(400, 10000, 400))),
    *("2023-02-28", "2023-02-29", "2000-02-30", "1000-01-21", "9000-09-22", "2024-19-01", "2024-20-01", "2024-01-40"),
    "0000-12-31",
)
_CLOCKS = (
    *("00:00:00", "01:10:20", "08:09:18", "09:19:29", "10:20:30", "18:28:38", "19:39:49", "20:40:50", "21:51:01"),
    *("22:58:59", "23:59:08", "12:34:56.7", "01:23:45.67", "23:01:12.890", "11:22:33.4567", "12:13:14.98765"),
    *("15:16:17.012345", "24:00:00", "29:00:00", "30:00:00", "10:60:00", "10:00:60", "10:69:00", "10:00:90"),
    *("10:00:00.1234567", "10:00:00.", "1:00:00", "001:00:00", "10:0:00", "10:000:00", "10:00:0", "10:00:000"),
)
_OFFSETS = ("00:00", "01:09", "09:10", "10:19", "12:29", "18:38", "19:49", "20:58", "21:59", "22:01", "23:59", "23:60")
_OFFSETS_OF_NONE = ("24:00", "29:00", "30:00", "1:00", "010:00", "01:0", "01:000")
_UNITS = ("P{}D", "PT{}H", "PT{}M", "PT{}S", "PT1.{}S", "P1DT{}H", "PT1H{}M", "PT1M{}S")
_BASE64 = ("AZ", "az", "09", "+/", "BY", "by", "18", "Zz")
_LAST_OF_TWO, _LAST_OF_ONE = "AEIMQUYcgkosw048", "AQgw"

_OCTETS = ("0", "9", "10", "19", "90", "99", "100", "109", "190", "199", "200", "209", "240", "249", "250", "255")
_NO_OCTETS = ("256", "259", "260", "299", "300", "999", "1000", "00", "01", "a", "", "1a")

EVERY: Mapping[str, tuple[str, ...]] = {
    "date": _DAYS,
    "time": _CLOCKS,
    "local_timestamp": (*(f"{day}T12:00:00" for day in _DAYS), *(f"2024-01-02T{clock}" for clock in _CLOCKS)),
    "timestamp": (
        *(f"{day}T12:00:00Z" for day in _DAYS),
        *(f"2024-01-02T{clock}Z" for clock in _CLOCKS),
        *(f"2024-01-02T03:04:05{sign}{zone}" for sign in "+-" for zone in (*_OFFSETS, *_OFFSETS_OF_NONE)),
        *("0001-01-01T00:00:00-00:00", "0001-01-01T01:00:00+01:00", "0001-01-01T01:00:00+01:01"),
        *("9999-12-31T23:59:59.9+00:00", "9999-12-31T22:59:59.999999-01:00", "9999-12-31T22:59:59-01:01"),
        *("9999-12-31T23:59:59-09:09", "9999-12-31T23:10:00-00:50"),
    ),
    "duration": (
        *(unit.format(digits) for unit in _UNITS for digits in ("", "0", "9", "19", "000000000", "123456789")),
        *(unit.format("0123456789") for unit in _UNITS),
        *(unit.format("1234567890") for unit in _UNITS),
        *("P1DT1H1M1.5S", "P1DT1M", "P1DT1S", "PT1H1S", "PT1H1M1S", "P2DT3H4M5.678901S", "P999999999DT23H59M59S"),
        # More hours or minutes than some readers of durations count.
        *("PT999999999H", "PT999999999M", "P1DT999999999H59M59.123456S", "P900000000DT999999999H5M", "PT999999999M1S"),
        *("PT999999999H0M9.5S", "PT999999998H1.000001S", "PT999999999M0.1S", "P120345678DT999999999H9M08.12S"),
        *("P1234567DT999999999H90M80.7S", "P890DT999999999H1234567M890.06S", "P958333333DT999999999H59M59.9S"),
        *("P999999999DT999999999H", "PT999999909H40M30.00009S", "PT899999999H1S", "PT987654321H12M34.567S"),
        *(
            "P999999999DT24H0.000001S",
            "P100000000D",
            "P100000000DT10H20M30S",
            "P900000000DT99H90M00.000001S",
            "P200000001DT0H9M00S",
        ),
    ),
    "inet": (
        *(f"{one}.1.1.1" for one in (*_OCTETS, *_NO_OCTETS)),
        *(f"1.1.1.{one}" for one in (*_OCTETS, *_NO_OCTETS)),
        *(f"::{one}.1.{one}.1" for one in (*_OCTETS, *_NO_OCTETS)),
        *(":".join([sign * size] * 8) for sign in "09afAFgG" for size in (1, 4, 5)),
        *(f"{sign}:{sign}::{sign}:{sign}" for sign in "09afAF"),
        *("::".join([":".join(sign * 4)] * 2) for sign in "09afAF"),
        *("12345:1:1:1:1:1:1:1", "1:1:1:1:1:1:1:12345", ":1::1", "1:::1"),
        *("12345:1::1:1", "1:12345::1:1", "1:1::12345:1", "1:1::1:12345"),
        *("::1.2.3.4.5", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "1::1.2.3.4:1", "1.2.3.4::", "::1.2.3"),
    ),
    "uuid": (
        *(f"{s * 8}-{s * 4}-{s * 4}-{s * 4}-{s * 12}" for s in "09afAFgG"),
        # A hyphen one place sooner or later, and one for a digit.
        *("1234567-89abc-def0-1234-56789abcdef0", "123456789-abc-def0-1234-56789abcdef0"),
        *("12345678-9ab-cdef0-1234-56789abcdef0", "12345678-9abcd-ef0-1234-56789abcdef0"),
        *("12345678-9abc-def-01234-56789abcdef0", "12345678-9abc-def01-234-56789abcdef0"),
        *("12345678-9abc-def0-123-456789abcdef0", "12345678-9abc-def0-12345-6789abcdef0"),
        *("-2345678-9abc-def0-1234-56789abcdef0", "12345678-9abc-def0-1234-56789abcdef-"),
    ),
    "bytes": (
        *(f"{one}{other}{other}{one}" for one in _BASE64 for other in _BASE64[:4]),
        *(f"{pair}{last}=" for pair in _BASE64 for last in _LAST_OF_TWO),
        *(f"AZaz{pair}{last}=" for pair in _BASE64[:4] for last in "BDFNPZadnxz159+/"),
        *(f"09+/{pair[place]}{last}==" for pair in _BASE64 for place in (0, 1) for last in _LAST_OF_ONE),
        *(f"A{last}==" for last in "BPRfhvx09+/"),
        *("AZaz09+/AZaz09+/", "-AAAAAAA", "A-AAAAAA", "AAA-AAAA", "AA-A", "AA_A", "AAAA=AAA", "AAA=AAAA"),
        *("A", "AA", "AAA", "AAAAAA", "AAAAAAA"),
    ),
}
"""Texts in which each sign that a form takes at a place stands there, and some of the signs beside these."""

_TIMES = (
    *("08:30:00", "08:30:00.0", "08:30:00.000001", "08:30:00.00001", "08:30:00.1", "08:30:00.09", "08:30:00.100"),
    *("08:29:59.999999", "08:30:01", "23:59:59", "00:00:00"),
)

PAIRS: Mapping[str, tuple[str, ...]] = {
    "date": ("2024-01-09", "2024-01-09", "2024-01-10"),
    "timestamp": (
        *("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.0Z", "2024-01-01T05:30:00+05:30", "2023-12-31T19:00:00-05:00"),
        *("2024-01-01T00:00:00.000001Z", "2024-01-01T05:30:00.000001+05:30", "2024-01-01T00:00:00.00001Z"),
        *("2023-12-31T23:59:59.999999Z", "2024-01-01T00:00:00.1Z", "2024-01-01T00:00:00.09Z", "2024-01-01T00:00:01Z"),
        *("2024-01-01T00:00:00.2Z", "2024-01-01T00:00:00.199999Z", "1969-12-31T23:59:59.9Z", "1970-01-01T00:00:00Z"),
        *("2001-09-09T01:46:39Z", "2001-09-09T01:46:40Z"),
    ),
    "time": _TIMES,
    "local_timestamp": tuple(f"2024-01-01T{clock}" for clock in _TIMES),
    "duration": (
        *("PT60S", "PT1M", "PT1H", "PT60M", "P1D", "PT24H", "PT1.5S", "PT1.50S", "PT1.000001S", "PT1.00001S", "PT1S"),
        *("PT0.000001S", "PT0S", "P0D", "PT59.999999S", "PT86400S", "PT90S", "PT1M30S", "PT2S", "PT6S", "PT1000001S"),
    ),
    "uuid": (
        *("6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11", "6F1C0A34-2A53-5F0E-9A55-3D7B1F1F9B11"),
        *("6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b12", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    ),
    "inet": (
        *("::1", "0:0:0:0:0:0:0:1", "::A", "::a", "::10", "1::", "1:0::", "::1.2.3.4", "::102:304", "1.2.3.4", "::1:2"),
        *("::ffff:1.2.3.4", "::ffff:102:304", "::0.1.0.0", "::1:0", "::1.0.0.0", "::100:0", "::0.255.0.1", "::ff:1"),
        *("::0.0.1.0", "::0.0.0.16", "::0.0.255.255", "::ffff", "::255.255.0.0", "::ffff:0", "::f", "1:2:3:4:5:6:7:8"),
    ),
}
"""Texts of which some stand for the same value, and the others lie beside these in the order of values."""

ORDERS = (
    *(("a", "aa"), ("aa", "a"), ("a", "\uffee"), ("\uffee", "🦉"), ("🦉", "\uffee"), ("🦉a", "🦉b")),
    *(("\uffee", "\uffef"), ("\ud7ff", "\ue000"), ("\ue000", "\ue001"), ("\uffee", "\U00010000")),
    *(("\U000103fe", "\U000103ff"), ("\U0001f989", "\U0010ffff")),
)
"""Texts whose order shows how they are compared: by code points, and not by what stands for these."""


def beside(base: str, text: str) -> tuple[str, ...]:
    """The value of a text of a form in other spellings, and then its neighbours; () for a text that is none."""
    if base == "uuid":
        return (text.lower(), text.upper(), text[:-1] + ("0" if text[-1:] != "0" else "1"))
    try:
        if base == "date":
            day = date.fromisoformat(text)
            return tuple((day + timedelta(by)).isoformat() for by in (0, -1, 1))
        if base not in ("timestamp", "local_timestamp", "time"):
            return ()
        # A time of day is one of some day in the middle of which it stands still.
        moment = datetime.fromisoformat(f"2024-02-29T{text}" if base == "time" else text)
        zones = [timezone(timedelta(minutes=by)) for by in (0, 330, -330)] if base == "timestamp" else [None]
        same = [moment.astimezone(zone) if zone else moment for zone in zones]
        made = [*same, *(moment + timedelta(microseconds=by) for by in (-1, 1))]
    except (ValueError, OverflowError):
        return ()
    said = [one.isoformat(timespec="auto" if one.microsecond else "milliseconds") for one in made]
    return tuple(one.partition("T")[2] for one in said) if base == "time" else tuple(said)
