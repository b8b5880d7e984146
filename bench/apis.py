"""Every change of the API of every domain: found and named, or silent where it is none.

Three documents are asked of: the contract itself, what FastAPI says of the generated API, and, for the domain that uses
every word of the language, the contract in the words of OpenAPI alone.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count
from pathlib import Path

from tests.service.suite import EVERY, Verdict, changed, respelled

Case = tuple[str, str]


def measure(_: Path) -> None:
    """Print a row per kind of change; one that is missed or cries wolf ends the run with an error."""
    with ProcessPoolExecutor(min(len(EVERY), cpu_count() or 1)) as pool:
        asked = [*_gathered(pool.map(_changed, EVERY))]
        spelled = [*_gathered(pool.map(_respelled, EVERY))]
    said = [one for one in asked if not one.kind.startswith("not said: ")]
    unsaid = [one for one in asked if one.kind.startswith("not said: ")]
    _table("Documents of an API, drift", "found and named", said)
    _table("Documents of an API, what they cannot say", "left to probes", unsaid)
    _table("Documents of an API, equivalence", "cried wolf", spelled, counts_failures=True)
    wrong = [one for one in (*asked, *spelled) if not one.passed]
    for one in wrong:
        print(f"failed: {one.kind}: {one.name}: {one.said}")
    if wrong:
        raise SystemExit("bench: the suite is not whole")


def _gathered(verdicts: Iterable[list[Verdict]]) -> Iterator[Verdict]:
    """The verdicts, with a line for each document on the way."""
    for (domain, writer), some in zip(EVERY, verdicts, strict=True):
        print(f"{domain}, {writer}: {sum(one.passed for one in some)} of {len(some)}", file=sys.stderr, flush=True)
        yield from some


def _changed(case: Case) -> list[Verdict]:
    return [*changed(*case)]


def _respelled(case: Case) -> list[Verdict]:
    return [*respelled(*case)]


def _table(title: str, heading: str, verdicts: list[Verdict], *, counts_failures: bool = False) -> None:
    cases = Counter(one.kind for one in verdicts)
    counted = Counter(one.kind for one in verdicts if one.passed is not counts_failures)
    print(f"\n{title:57} {'cases':>7} {heading:>16}")
    for kind in sorted(cases):
        _row(kind, cases[kind], counted[kind])
    _row("all", len(verdicts), sum(counted.values()))


def _row(kind: str, cases: int, counted: int) -> None:
    print(f"  {kind:55} {cases:>7} {counted:>10} {100 * counted / max(cases, 1):>4.0f}%", flush=True)
