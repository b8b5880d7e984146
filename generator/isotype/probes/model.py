"""A probe: one JSON text put to every layer, and what the schema says of it."""

from __future__ import annotations

from isotype.domain.lazy import NamedTuple
from isotype.probes.meaning import Path, Refusal
from isotype.probes.rows import Row

ACCEPT, REFUSE, UNKNOWN = "accept", "refuse", "unknown"
"""What a probe is expected to meet."""

EDGE, ROW = "edge", "row"
"""A fact of JSON text or presence, which JSON layers see alone; a fact of a value, which a row has too."""


class Probe(NamedTuple):
    """A record of a shape as JSON text.

    `variant` and `direction` are those of the shape. The record is a valid one with one thing changed at `path`, about
    a `constraint` (a word of CONSTRAINTS, `rule:` with a rule's name, `valid`, `pair` or `random`); `label` says what.
    `expected` is ACCEPT or REFUSE by the schema's own meaning, with all `refusals`; `value` is its canonical form when
    accepted. `row` is the same as a row of the entity's table, None where a row cannot show what the text says.
    """

    shape: str
    variant: str
    direction: str
    text: str
    path: Path
    constraint: str
    label: str
    expected: str
    refusals: tuple[Refusal, ...]
    value: object
    row: Row | None = None

    @property
    def kind(self) -> str:
        """EDGE or ROW."""
        return EDGE if self.row is None else ROW

    def __str__(self) -> str:
        text = self.text if len(self.text) < 300 else f"{self.text[:300]}…"
        return f"{'.'.join((self.shape, *self.path))}: {self.constraint}, {self.label}: {text}"
