"""The functions that checks call; a file carries those it needs.

A text form is that of the wire: what JSON layers accept, the database accepts inside JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from isotype.dialects.postgres.paths import GREATEST_DOUBLE
from isotype.domain.values import frozen


@frozen
class Helper:
    """A function over its `parameters`: one SQL expression or, when `polymorphic`, a SELECT kept as text."""

    parameters: str
    returns: str
    body: str
    comment: str
    polymorphic: bool = False


TEXT_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "timestamp": "is_timestamp",
        "local_timestamp": "is_local_timestamp",
        "date": "is_date",
        "time": "is_time",
        "duration": "is_duration",
        "uuid": "is_uuid",
        "bytes": "is_base64",
        "inet": "is_address",
    }
)
"""Which helper judges the text of a type inside JSON."""

# The proleptic Gregorian calendar of the years 0001 to 9999: months of 31, 30 and 28 days, and leap days.
_LEAP = "0[48]|[2468][048]|[13579][26]"
_DATE = (
    "(?!0000)([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    f"|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{{2}}({_LEAP})|({_LEAP})00)-02-29)"
)
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_OFFSET = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"


def _address() -> str:
    """RFC 4291, section 2.2: eight groups, a run of which may be `::`, the last two of which may be IPv4."""
    byte = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
    old = rf"{byte}(\.{byte}){{3}}"
    digit, group = "[0-9a-fA-F]", "[0-9a-fA-F]{1,4}"
    some = f"({group}(:{group})*)?"
    new = f"({group}:){{7}}{group}|(?!:*({digit}+:+){{7}}{digit}){some}::{some}"
    return f"value ~ '^{old}$'\n        OR regexp_replace(value, ':{old}$', ':0:0') ~ '^({new})$'"


HELPERS: Mapping[str, Helper] = MappingProxyType(
    {
        "items_are_unique": Helper(
            "items anyarray",
            "boolean",
            "SELECT count(item) = count(DISTINCT item) FROM unnest(items) AS item",
            "No two items are the same.",
            polymorphic=True,
        ),
        "items_are_sorted": Helper(
            "items anyarray",
            "boolean",
            "SELECT NOT EXISTS (\n"
            "        SELECT FROM (\n"
            "            SELECT item, lag(item) OVER (ORDER BY place) AS previous\n"
            "            FROM unnest(items) WITH ORDINALITY AS entry (item, place)\n"
            "        ) AS pair\n"
            "        WHERE previous > item\n"
            "    )",
            "Each item is at least the one before it.",
            polymorphic=True,
        ),
        "items_match": Helper(
            "items text[], pattern text",
            "boolean",
            "NOT EXISTS (SELECT FROM unnest(items) AS item WHERE item !~ pattern)",
            "The pattern is found in every item.",
        ),
        "shortest_item": Helper(
            "items text[]",
            "integer",
            "(SELECT min(char_length(item)) FROM unnest(items) AS item)",
            "The length of the shortest item; NULL when there is none.",
        ),
        "longest_item": Helper(
            "items text[]",
            "integer",
            "(SELECT max(char_length(item)) FROM unnest(items) AS item)",
            "The length of the longest item; NULL when there is none.",
        ),
        "numbers_are_finite": Helper(
            "document jsonb",
            "boolean",
            f"NOT document @? '$.** ? (@.type() == \"number\" && (@ > {GREATEST_DOUBLE} || @ < -{GREATEST_DOUBLE}))'",
            "Every number in the document is one that JSON readers hold.",
        ),
        "is_date": Helper("value text", "boolean", f"value ~ '^{_DATE}$'", "A date of the years 0001 to 9999."),
        "is_time": Helper("value text", "boolean", f"value ~ '^{_CLOCK}$'", "A time of day without a zone."),
        "is_local_timestamp": Helper(
            "value text", "boolean", f"value ~ '^{_DATE}T{_CLOCK}$'", "A date and a time of day without a zone."
        ),
        "is_timestamp": Helper(
            "value text",
            "boolean",
            f"CASE\n        WHEN value !~ '^{_DATE}T{_CLOCK}{_OFFSET}$' THEN FALSE\n"
            "        WHEN left(value, 10) = '0001-01-01' AND left(right(value, 6), 1) = '+' THEN\n"
            "            overlay(value PLACING right(value, 5) FROM 12) <= value\n"
            "        WHEN left(value, 10) = '9999-12-31' AND left(right(value, 6), 1) = '-' THEN\n"
            "            (substr(value, 12, 2)::integer + substr(right(value, 5), 1, 2)::integer) * 60\n"
            "            + substr(value, 15, 2)::integer + right(value, 2)::integer < 24 * 60\n"
            "        ELSE TRUE\n    END",
            "An instant in RFC 3339 with its offset, in the years 0001 to 9999 of UTC.",
        ),
        "is_duration": Helper(
            "value text",
            "boolean",
            r"CASE WHEN value ~ '^P([0-9]{1,9}D)?(T([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}(\.[0-9]{1,6})?S)?)?$'"
            "\n        AND value !~ '[PT]$' THEN value::interval < '1000000000 days' ELSE FALSE END",
            "Days, hours, minutes and seconds in ISO 8601, below 10^9 days.",
        ),
        "is_uuid": Helper(
            "value text",
            "boolean",
            "value ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'",
            "A hyphenated uuid of any version.",
        ),
        "is_base64": Helper(
            "value text",
            "boolean",
            "value ~ '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$'",
            "Padded base64 without unused bits.",
        ),
        "is_address": Helper(
            "value text", "boolean", _address(), "A host address, IPv4 or IPv6, without prefix and zone."
        ),
    }
)
