"""Who is asked, what they answer, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from isotype.domain.lazy import NamedTuple
from isotype.probes import Probe


class Answer(NamedTuple):
    """A verdict: `reason` says why a probe is refused, '' when it is taken.

    `value` is the JSON text of what was read back, None where nothing is; `changed` says what a database gave back as
    another value than it was given, '' when nothing.
    """

    reason: str = ""
    value: str | None = None
    changed: str = ""

    @property
    def takes(self) -> bool:
        return not self.reason


ROWS = frozenset({"models", "sqlite", "postgres"})
"""Targets that know nothing of JSON text."""


class NotAsked(Exception):
    """An engine is missing; the sentence says which, and how to get it."""


class Witness(Protocol):
    """One real engine.

    `target` is its language in the ledger. One that is `apart` works in a process of its own, so that others can be
    asked meanwhile. One whose target is of rows gives the verdict on a probe's row.
    """

    name: str
    target: str
    apart: bool

    def asks(self, probe: Probe) -> bool:
        """Whether it is asked about a probe; it may keep what it has been asked."""
        ...

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        """An answer to each probe."""
        ...

    def close(self) -> None:
        """Let the engine go."""
        ...
