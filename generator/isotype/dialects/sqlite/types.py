"""Types as column types of a STRICT table."""

from __future__ import annotations

from isotype.domain.types import INTEGERS, Scalar, Type

WIDEST_INTEGER = 18
"""A decimal with more digits does not fit 64 bits."""

_INTEGERS = frozenset((*INTEGERS, "bool"))


def column_type(of: Type) -> str:
    """INTEGER, REAL, BLOB or TEXT."""
    match of:
        case Scalar(base="decimal", precision=precision):
            return "INTEGER" if precision <= WIDEST_INTEGER else "TEXT"
        case Scalar(base="float"):
            return "REAL"
        case Scalar(base="bytes"):
            return "BLOB"
        case Scalar(base=base) if base in _INTEGERS:
            return "INTEGER"
    return "TEXT"
