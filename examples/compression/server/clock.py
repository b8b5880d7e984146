"""Instants as the database and the wire know them."""

from __future__ import annotations

from datetime import UTC, datetime


def now(*, after: datetime | None = None) -> datetime:
    """The present instant; at least `after`, since the clock of a database may be ahead."""
    present = datetime.now(UTC)
    return present if after is None else max(present, after)
