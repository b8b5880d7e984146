"""What comes of a run: counts by field, constraint and witness, and what nobody can explain."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from isotype.domain.lazy import NamedTuple
from isotype.domain.ledger import NotExpressible
from isotype.domain.places import NOWHERE
from isotype.domain.places import Place as Declared
from isotype.domain.values import field, mutable


class Outcome(StrEnum):
    """What an answer is worth: it agrees, disagrees, or the ledger says why it takes what it should not; or nothing is
    said of the probe."""

    AGREE = "agree"
    DISAGREE = "disagree"
    GAP = "gap"
    UNSAID = "unsaid"


class Place(NamedTuple):
    """A field of an entity, an object or a view, as the schema names it; '' for a whole record."""

    owner: str
    field: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.field}" if self.field else self.owner


class Disagreement(NamedTuple):
    """A witness that takes a value which the schema refuses, refuses one that it takes, or gives back another.

    `text` is the smallest record found that shows it, `seen` how many do; `declared` is the line of the schema.
    """

    witness: str
    place: Place
    constraint: str
    shape: str
    label: str
    text: str
    fact: str
    declared: Declared = NOWHERE
    seen: int = 1


@mutable
class Cell:
    """The answers of one witness about one constraint of one field; `gaps` are the constructs it cannot express."""

    agree: int = 0
    disagree: int = 0
    gap: int = 0
    gaps: set[str] = field(default_factory=set)

    @property
    def asked(self) -> int:
        return self.agree + self.disagree + self.gap


class Rate(NamedTuple):
    """How many values a witness was asked about, and how many seconds it took."""

    asked: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.asked / self.seconds if self.seconds else 0.0


class Matrix(NamedTuple):
    """A run over one domain.

    `missing` says why a witness was not asked; `unneeded` are entries of the ledger that no value showed. `updates` are
    rows that were written by UPDATE too: one in `every`, and all moves of states. `beside` are questions about several
    rows, `unasked` the references and keys for which no such rows were found, `moves` questions about the code that
    says how states move, `unreached` the bounds of lengths and counts that no value was at. `notes` say what a witness
    was asked and what not.
    """

    domain: str
    seed: int
    values: int
    accepted: int
    seconds: float
    cells: Mapping[tuple[Place, str], Mapping[str, Cell]]
    rates: Mapping[str, Rate]
    missing: Mapping[str, str]
    ledger: tuple[NotExpressible, ...]
    used: frozenset[tuple[str, str]]
    unneeded: tuple[NotExpressible, ...]
    disagreements: tuple[Disagreement, ...]
    updates: int = 0
    every: int = 1
    beside: int = 0
    unasked: tuple[str, ...] = ()
    moves: int = 0
    unreached: tuple[str, ...] = ()
    notes: Mapping[str, str] = {}

    @property
    def holds(self) -> bool:
        """Whether every answer agrees or is explained, and every entry of the ledger is needed."""
        return not self.disagreements and not self.unneeded
