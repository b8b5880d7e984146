"""Where a PostgreSQL type is wider than the meaning: the conditions that take the rest away."""

from __future__ import annotations

from isotype.dialects.postgres.names import Names
from isotype.domain.types import Array, Scalar, Type

_FIRST_INSTANT, _NO_INSTANT = "0001-01-01 00:00:00+00", "10000-01-01 00:00:00+00"


def guard(of: Type, column: str, names: Names) -> list[str]:
    """Conditions to be joined by AND, each true or NULL for what the type means; [] when there is nothing to say."""
    match of:
        case Scalar():
            return scalar_guard(of, column, names)
        case Array(item=Scalar() as item):
            return [f"coalesce(array_ndims({column}), 1) = 1", *_item_guard(item, column)]
        case Array():
            return [f"coalesce(array_ndims({column}), 1) = 1"]
    return []


def scalar_guard(of: Scalar, value: str, names: Names) -> list[str]:
    """The conditions for one value."""
    low, high = _numeric_gaps(of)
    match of.base:
        case "decimal":
            # NUMERIC with a precision holds no infinity, and NaN is greater than every number.
            return [f"{value} <> 'NaN'"] if high else []
        case "float":
            return [f"{value} > '-Infinity'"] * low + [f"{value} < 'Infinity'"] * high
        case "timestamp":
            return [f"{value} >= '{_FIRST_INSTANT}'", f"{value} < '{_NO_INSTANT}'"]
        case "local_timestamp":
            return [f"{value} >= '0001-01-01 00:00:00'", f"{value} < '10000-01-01 00:00:00'"]
        case "date":
            return [f"{value} BETWEEN '0001-01-01' AND '9999-12-31'"]
        case "time":
            return [f"{value} < '24:00:00'"]
        case "duration":
            return [
                f"extract(YEAR FROM {value}) = 0",
                f"extract(MONTH FROM {value}) = 0",
                f"{value} >= '0 days'",
                f"{value} < '1000000000 days'",
            ]
        case "inet":
            return [f"masklen({value}) = CASE family({value}) WHEN 4 THEN 32 ELSE 128 END"]
        case "json":
            return [f"jsonb_typeof({value}) <> 'null'", f"{names.helper('numbers_are_finite')}({value})"]
    return []


def _item_guard(of: Scalar, array: str) -> list[str]:
    """What a comparison with ALL items can say; items of other types go through `arrays.item_conditions`."""
    low, high = _numeric_gaps(of)
    match of.base:
        case "decimal":
            return [f"'NaN' <> ALL ({array})"] if high else []
        case "float":
            return [f"'-Infinity' < ALL ({array})"] * low + [f"'Infinity' > ALL ({array})"] * high
        case "timestamp":
            return [f"'{_FIRST_INSTANT}' <= ALL ({array})", f"'{_NO_INSTANT}' > ALL ({array})"]
        case "local_timestamp":
            return [f"'0001-01-01 00:00:00' <= ALL ({array})", f"'10000-01-01 00:00:00' > ALL ({array})"]
        case "date":
            return [f"'0001-01-01' <= ALL ({array})", f"'9999-12-31' >= ALL ({array})"]
        case "time":
            return [f"'24:00:00' > ALL ({array})"]
    return []


def _numeric_gaps(of: Scalar) -> tuple[bool, bool]:
    """Whether the range leaves the lower, the upper end open; PostgreSQL sorts NaN above infinity."""
    return of.minimum is None and of.above is None, of.maximum is None and of.below is None
