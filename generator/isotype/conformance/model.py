"""Who is asked, what they answer, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from isotype.domain.lazy import NamedTuple
from isotype.probes import Probe, Refusal
from isotype.probes.scenes import Scene
from isotype.shapes.model import StateMachine


class Answer(NamedTuple):
    """A verdict: `reason` says why a probe is refused, '' when it is taken.

    `value` is the JSON text of what was read back, None where nothing is; `changed` says what a database gave back as
    another value than was meant, '' when nothing. `fault` says why the question itself could not be put, or
    what came instead of a verdict: such an answer agrees with nothing.
    `further` are reasons to refuse it where it was put: what is against the row that it makes there. An answer that is
    `elsewhere` is about something else, and says nothing of the probe.
    """

    reason: str = ""
    value: str | None = None
    changed: str = ""
    fault: str = ""
    further: tuple[Refusal, ...] = ()
    elsewhere: bool = False

    @property
    def takes(self) -> bool:
        return not self.reason


class Said(NamedTuple):
    """What a witness says of the probes at some `places` of a batch, all that it was asked about, and for how long.

    `seconds` are those of the clock.
    """

    witness: str
    places: Sequence[int]
    answers: Sequence[Answer]
    seconds: float


ROWS = frozenset({"models", "sqlite", "postgres"})
"""Targets that know nothing of JSON text."""


CALLED = frozenset({"zod", "json_schema", "http"})
"""Targets that know what the parameters of an operation are."""
CANONICAL = frozenset({"python"})
"""Targets that write every value in its canonical form."""
UNFILLED = frozenset({"zod"})
"""Targets that give back what they took, without the defaults of what was absent."""


class NotAsked(Exception):
    """An engine is missing; the sentence says which, and how to get it."""


@runtime_checkable
class Stage(Protocol):
    """A witness that several rows can be put to at once."""

    name: str
    target: str

    def play(self, scenes: Sequence[Scene]) -> Sequence[Answer]:
        """An answer to each scene."""
        ...


class Told(NamedTuple):
    """What code says of a state machine: whether each move is allowed, in the order of `moves`, and in tables.

    `targets` are the states that each may become, `starts` those in which a new one may be; None says nothing of them.
    `fault` says why it cannot be asked.
    """

    allowed: Sequence[object] = ()
    targets: Mapping[str, Sequence[str]] = {}
    starts: Sequence[str] | None = None
    fault: str = ""


@runtime_checkable
class Mover(Protocol):
    """A witness that has code of its own for the moves of states, which a single value does not show."""

    name: str

    def move(self, machines: Sequence[StateMachine]) -> Sequence[Told]:
        """What it says of each."""
        ...


class Witness(Protocol):
    """One real engine.

    One that has a `note` says in it what it was not asked.
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
