"""What a model writes of a value to a database and reads of it there, beside what is meant: none is needed for that.

What a driver of PostgreSQL makes of what it is given only the whole way shows.
"""

from __future__ import annotations

import json
from collections import UserString
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from ipaddress import ip_address, ip_interface
from typing import TYPE_CHECKING, Any

from isotype.conformance.comparison import agree
from isotype.dialects import sqlite
from isotype.domain.model import JsonValue
from isotype.domain.types import Array, EnumType, Opaque, Scalar, Type
from isotype.probes.rows import is_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.types import TypeEngine


class Forms:
    """The forms that the column types of models have on SQLite, and what they give to PostgreSQL."""

    def __init__(self) -> None:
        from sqlalchemy import make_url

        self._dialect: Any = make_url("sqlite://").get_dialect()()
        self._postgres: Any = make_url("postgresql+psycopg://").get_dialect()()

    def fault(self, column: Any, of: Type, value: JsonValue, given: Any, held: Any) -> str:
        """What is wrong with the forms of a value that is given, and that Python reads as `held`; '' where nothing."""
        return self._on_sqlite(column, of, value, given, held) or self._on_postgres(column, of, value, given, held)

    def _on_postgres(self, column: Any, of: Type, value: JsonValue, given: Any, held: Any) -> str:
        written = column.process_bind_param(given, self._postgres)
        if not _is_native(of, value, held, written):
            return f"{given!r} is given to PostgreSQL as {written!r}"
        again = column.process_result_value(_from_driver(of, written), self._postgres)
        return "" if _is_read(of, held, again) else f"{held!r} is read from PostgreSQL as {again!r}"

    def _on_sqlite(self, column: TypeEngine[Any], of: Type, value: JsonValue, given: Any, held: Any) -> str:
        known = column.dialect_impl(self._dialect)
        write: Callable[[Any], Any] | None = known.bind_processor(self._dialect)
        read: Callable[[Any], Any] | None = known.result_processor(self._dialect, None)
        written = given if write is None else write(given)
        meant: Any = sqlite.physical(value, of)
        if isinstance(meant, Decimal):
            meant = float(meant)
        if not _is_written(of, meant, written):
            return f"{given!r} is written to SQLite as {written!r}, and {meant!r} is meant"
        # SQLite knows no booleans.
        stored = int(written) if isinstance(written, bool) else written
        again = stored if read is None else read(stored)
        return "" if _is_read(of, held, again) else f"{held!r} is read from SQLite as {again!r}"


def _is_native(of: Type, value: JsonValue, held: Any, written: Any) -> bool:
    """Whether a driver of PostgreSQL is given what it knows: Python's own values, texts for addresses and members."""
    match of, held:
        case _, None:
            return written is None
        case Array(item=item), list():
            parts = value if isinstance(value, tuple) else ()
            if not isinstance(written, list) or not len(parts) == len(held) == len(written):
                return False
            return all(map(_is_native, [item] * len(held), parts, held, written))
        case EnumType(), _:
            return type(written) is str and written == value
        case Scalar(base="inet"), _:
            return isinstance(written, str) and ip_address(written) == held
    return _is_read(of, held, written)


def _from_driver(of: Type, written: Any) -> Any:
    """What a driver of PostgreSQL may give for what it was given: an instant in another zone, bytes where they lie,
    an address as a network, and what only it has a type for."""
    match of, written:
        case _, None:
            return None
        case Array(item=item), list():
            return [_from_driver(item, one) for one in written]
        case Scalar(base="inet"), str():
            return ip_interface(written)
        case Opaque(), str():
            return UserString(written)
        case _, datetime() if written.tzinfo is not None and written.year not in (1, 9999):
            return written.astimezone(timezone(timedelta(hours=5, minutes=30)))
        case _, bytes():
            return memoryview(written)
    return written


def _is_written(of: Type, meant: Any, written: Any) -> bool:
    if type(meant) is not type(written) and not (isinstance(meant, int) and isinstance(written, int)):
        return False
    if isinstance(meant, float):
        # Minus zero is another one.
        return repr(meant) == repr(written)
    if meant is None or not (isinstance(of, Array) or is_document(of)):
        return bool(meant == written)
    held = json.loads(written)
    return agree(json.loads(meant), held) and written == json.dumps(held, ensure_ascii=False, separators=(",", ":"))


def _is_read(of: Type, held: Any, again: Any) -> bool:
    match of, held:
        case _, None:
            return again is None
        case Array(item=item), list():
            if not isinstance(again, list) or len(again) != len(held):
                return False
            return all(_is_read(item, one, other) for one, other in zip(held, again, strict=True))
        case EnumType(), _:
            return isinstance(again, Enum) and again.value == held
    if isinstance(held, datetime) and held.tzinfo is not None:
        return isinstance(again, datetime) and again == held and again.utcoffset() == timedelta(0)
    if isinstance(held, dict | list | float):
        return repr(again) == repr(held)
    return type(again) is type(held) and bool(again == held)
