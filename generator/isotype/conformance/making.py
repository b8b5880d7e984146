"""What a database has made of its own beside what it must: the present, a new uuid, the next number, a value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID as Uuid

from isotype.domain.types import Scalar, Type
from isotype.probes import made
from isotype.probes.made import Made

NEAR = 300
"""Seconds between the database's clock and this one that are still the same present."""


class Making:
    """Judges what one database makes, and remembers the uuids that it has made."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, str], str] = {}

    def holds(self, table: int, one: Made, found: Any, same: Callable[[Made, Any], bool]) -> bool:
        """Whether a column holds what it must; `same` compares values, the rest is judged by its text."""
        match one.kind:
            case made.NOW:
                return isinstance(found, str) and _is_present(one.column.type, found)
            case made.UUID:
                key = (table, one.column.name)
                last, self._last[key] = self._last.get(key), str(found)
                return last != found and _is_random(found)
            case made.NUMBER:
                return isinstance(found, int) and not isinstance(found, bool) and found > 0
        return same(one, found)


def _is_random(found: Any) -> bool:
    try:
        return str(found) == str(Uuid(str(found))) and Uuid(str(found)).version == 4
    except ValueError:
        return False


def _is_present(of: Type, text: str) -> bool:
    base = of.base if isinstance(of, Scalar) else ""
    clock = datetime.now(UTC)
    try:
        match base:
            case "timestamp":
                apart = (datetime.fromisoformat(text) - clock).total_seconds()
            case "local_timestamp":
                apart = (datetime.fromisoformat(text) - clock.replace(tzinfo=None)).total_seconds()
            case "date":
                return abs((date.fromisoformat(text) - clock.date()).days) <= 1
            case "time":
                there = time.fromisoformat(text)
                seconds = (there.hour - clock.hour) * 3600 + (there.minute - clock.minute) * 60
                apart = min(abs(seconds), 86_400 - abs(seconds))
            case _:
                return False
    except (TypeError, ValueError):
        return False
    return abs(apart) <= NEAR
