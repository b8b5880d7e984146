"""What a model writes of a value to SQLite and reads of it there, beside what is meant: no database is needed for that.

What it writes to PostgreSQL and reads of it only the whole way shows.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from isotype.conformance.comparison import agree
from isotype.dialects import sqlite
from isotype.domain.model import JsonValue
from isotype.domain.types import Array, EnumType, Type
from isotype.probes.rows import is_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.types import TypeEngine


class Forms:
    """The forms that the column types of models have on SQLite."""

    def __init__(self) -> None:
        from sqlalchemy.dialects.sqlite import dialect

        self._dialect: Any = dialect()

    def fault(self, column: TypeEngine[Any], of: Type, value: JsonValue, held: Any) -> str:
        """What is wrong with the form of a value, which Python holds as `held`; '' where nothing is."""
        known = column.dialect_impl(self._dialect)
        write: Callable[[Any], Any] | None = known.bind_processor(self._dialect)
        read: Callable[[Any], Any] | None = known.result_processor(self._dialect, None)
        written = held if write is None else write(held)
        meant: Any = sqlite.physical(value, of)
        if isinstance(meant, Decimal):
            meant = float(meant)
        if not _is_written(of, meant, written):
            return f"{held!r} is written to SQLite as {written!r}, and {meant!r} is meant"
        again = written if read is None else read(written)
        return "" if _is_read(of, held, again) else f"{held!r} is read from SQLite as {again!r}"


def _is_written(of: Type, meant: Any, written: Any) -> bool:
    if type(meant) is not type(written) and not (isinstance(meant, int) and isinstance(written, int)):
        return False
    if meant is None or not (isinstance(of, Array) or is_document(of)):
        return bool(meant == written)
    return agree(json.loads(meant), json.loads(written))


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
    if isinstance(held, dict | list):
        return repr(again) == repr(held)
    return type(again) is type(held) and bool(again == held)
