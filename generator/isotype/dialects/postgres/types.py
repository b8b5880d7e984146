"""Types as PostgreSQL column types, spelled as people write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from isotype.domain.types import Array, Enum, EnumType, Opaque, Scalar, Type

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "smallint": "SMALLINT",
        "int": "INTEGER",
        "bigint": "BIGINT",
        "float": "DOUBLE PRECISION",
        "bool": "BOOLEAN",
        "timestamp": "TIMESTAMP WITH TIME ZONE",
        "local_timestamp": "TIMESTAMP",
        "date": "DATE",
        "time": "TIME",
        "duration": "INTERVAL",
        "uuid": "UUID",
        "bytes": "BYTEA",
        "inet": "INET",
        "json": "JSONB",
    }
)


def column_type(of: Type, enum_name: Callable[[Enum], str]) -> str:
    """The type of a column; `enum_name` spells the type of a native enum. Whatever nests is JSONB."""
    match of:
        case Scalar(base="decimal", precision=precision, scale=scale):
            return f"NUMERIC({precision}, {scale})"
        case Scalar(base=base, length=length):
            return _TYPES.get(base) or _text(length)
        case EnumType(enum=enum):
            return enum_name(enum) if enum.native else _text(enum.length)
        case Array(item=Array()):
            return "JSONB[]"
        case Array(item=item):
            return f"{column_type(item, enum_name)}[]"
        case Opaque(sql=sql):
            return sql
    return "JSONB"


def _text(length: int | None) -> str:
    return "TEXT" if length is None else f"VARCHAR({length})"
