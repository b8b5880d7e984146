"""Every change of every type of tests/drift/frontend: found and named, or silent where it is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.drift.frontend.suite import Verdict, mutated, respelled
from tests.drift.frontend.writing import DOMAINS


def measure(parent: Path) -> None:
    """Print a row per kind of change; one that is missed or cries wolf ends the run with an error."""
    changed = [it for domain in DOMAINS for it in mutated(domain, _folder(parent, domain, "changed"), every=True)]
    spelled = [it for domain in DOMAINS for it in respelled(domain, _folder(parent, domain, "spelled"), every=True)]
    _table("Types of a frontend, drift", "found and named", changed, lambda passed, cases: passed)
    _table("Types of a frontend, equivalence", "cried wolf", spelled, lambda passed, cases: cases - passed)
    wrong = [it for it in (*changed, *spelled) if not it.passed]
    for one in wrong:
        print(f"failed: {one.kind}: {one.said}")
    if wrong:
        raise SystemExit("bench: the suite is not whole")


def _folder(parent: Path, domain: str, suite: str) -> Path:
    folder = parent / f"{domain}-{suite}"
    folder.mkdir()
    return folder


def _table(title: str, heading: str, verdicts: Iterable[Verdict], shown: Callable[[int, int], int]) -> None:
    cases: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for one in verdicts:
        for kind in (one.kind, "all"):
            cases[kind] += 1
            passed[kind] += one.passed
    print(f"\n{title:57} {'cases':>7} {heading:>16}")
    for kind in (*sorted(set(cases) - {"all"}), "all"):
        count = shown(passed[kind], cases[kind])
        print(f"  {kind:55} {cases[kind]:>7} {count:>10} {100 * count / cases[kind]:>4.0f}%", flush=True)
