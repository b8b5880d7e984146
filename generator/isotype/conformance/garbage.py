"""How often a long run looks for garbage."""

from __future__ import annotations

import gc

SELDOM = (50_000, 20, 100)
"""How many new objects Python waits for, and how many times, before it looks through those that have stayed."""


def seldom() -> None:
    """Look for garbage, though not often: what a run remembers is much to look through, and it leaves few circles."""
    gc.enable()
    gc.set_threshold(*SELDOM)
