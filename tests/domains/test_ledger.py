"""The ledger: what some target cannot express. It is known entry by entry, and does not grow unnoticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tests.domains.conftest import SCHEMAS, rendered

KNOWN: Mapping[str, frozenset[str]] = {
    "postgres": frozenset(
        (
            *("decimal(p,s)", "distribute", "hypertable", "int", "key of a partitioned entity"),
            *("nulls: not distinct", "set null of some columns", "string(n)"),
        )
    ),
    "sqlite": frozenset(
        (
            *("NULL order of an index", "deferrable unique", "distribute", "hypertable", "index method"),
            *("index with included columns", "inet", "json", "key of a partitioned entity", "materialized view"),
            *("operator class", "order of an enum", "partition", "pattern", "raw SQL", "recursive typed JSON"),
            *("sql() type", "view"),
        )
    ),
    "models": frozenset(("typed JSON",)),
    "models on sqlite": frozenset(("database schema",)),
    "python": frozenset(("transitions",)),
    "zod": frozenset(("transitions",)),
    "json_schema": frozenset(
        (
            *("bounds of decimals", "decimal with wire: number", "duration", "json", "rules", "sorted", "text"),
            *("timestamp", "transitions"),
        )
    ),
    "typescript": frozenset(
        ("bounds", "form", "int", "items", "length", "pattern", "rules", "unknown properties"),
    ),
}
"""What the schemas of the project meet, by target."""

CEILINGS: Mapping[str, Mapping[str, int]] = {
    "library": {
        **{"postgres": 7, "sqlite": 18, "models": 1, "models on sqlite": 1, "python": 1, "zod": 1},
        **{"json_schema": 9, "typescript": 8},
    },
    "compression": {
        **{"postgres": 4, "sqlite": 6, "models": 1, "python": 1, "zod": 1, "json_schema": 7, "typescript": 8},
    },
}
OTHERS: Mapping[str, int] = {
    **{"postgres": 4, "sqlite": 5, "models": 1, "models on sqlite": 1, "python": 1, "zod": 1},
    **{"json_schema": 6, "typescript": 8},
}
"""Of any other domain."""


def test_every_entry_is_known(domain: str) -> None:
    """A new gap is either closed or told here."""
    found = {(gap.target, gap.construct) for gap in rendered(domain).ledger}
    assert found <= {(target, construct) for target, constructs in KNOWN.items() for construct in constructs}


def test_every_known_entry_is_met() -> None:
    """A gap that was closed is told here no more."""
    found = {(gap.target, gap.construct) for name in SCHEMAS for gap in rendered(name).ledger}
    assert found == {(target, construct) for target, constructs in KNOWN.items() for construct in constructs}


def test_the_ledger_has_a_ceiling(domain: str) -> None:
    """No target leaves out more of a domain than it did."""
    counts = Counter(gap.target for gap in rendered(domain).ledger)
    ceiling = CEILINGS.get(domain, OTHERS)
    assert {target: count for target, count in counts.items() if count > ceiling.get(target, 0)} == {}


def test_an_entry_says_why(domain: str) -> None:
    """Each entry has a reason that ends as a sentence, once for each construct and target."""
    ledger = rendered(domain).ledger
    assert all(gap.reason for gap in ledger)
    assert len({(gap.target, gap.construct) for gap in ledger}) == len(ledger)
