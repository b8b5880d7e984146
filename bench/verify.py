"""`isotype verify` itself, proved: every mutant of every layer, and whether a witness finds it.

`DOMAINS` and `WITNESSES`, names with commas between, ask about those alone; `SHARE=20` asks one mutant in twenty.
`JOBS` says how many processes there are. With `PROVED=1` proofs are held to what is found: there may be none of what a
value finds.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.conformance.mutations.model import EQUIVALENT, FAILURES, FOUND, SURVIVED, UNLOADED, Verdict
from tests.conformance.mutations.rewrites import ALONE
from tests.conformance.mutations.suite import (
    BENCHES,
    DOMAINS,
    FAMILIES,
    WHOLE,
    counts,
    fewer,
    ground,
    record,
    verdicts,
)

SHOWN = 1000
"""Progress is said once for so many mutants."""
OUTCOMES = (FOUND, EQUIVALENT, UNLOADED, SURVIVED)


def measure(parent: Path) -> None:
    """Print a row per witness and class; a mutant that survives or a wrong proof ends the run with an error."""
    domains, witnesses = _wanted("DOMAINS", DOMAINS), _wanted("WITNESSES", tuple(BENCHES))
    share, jobs = int(os.environ.get("SHARE", "1")), int(os.environ.get("JOBS", "2"))
    together = [tuple(one for one in family if one in witnesses) for family in FAMILIES]
    proved = bool(os.environ.get("PROVED"))
    asked = [
        (domain, family, share, proved)
        for family in together
        for domain in domains
        if family and (domain in WHOLE or family[0] in ALONE[domain])
    ]
    found: list[Verdict] = []
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for (domain, family, *_), made in zip(asked, pool.map(_made, asked), strict=True):
            print(f"asked {', '.join(family)} about {len(made):,} mutants of {domain}", file=sys.stderr, flush=True)
            found += made
    for witness in witnesses:
        _table(witness, [one for one in found if one.witness == witness])
    _reasons(found)
    failures = [one for one in found if one.outcome in FAILURES]
    for one in failures:
        print(f"{one.outcome}: {one}")
    whole = share == 1 and domains == DOMAINS
    missing = fewer(counts(found)) if whole else []
    if whole and not failures and os.environ.get("ISOTYPE_UPDATE_GOLDEN"):
        record(counts(found))
    elif failures or missing:
        facts = "bench: verify does not find every mutant, a proof is wrong, or mutants are missing"
        raise SystemExit("\n".join((facts, *missing)))


def _made(asked: tuple[str, tuple[str, ...], int, bool]) -> list[Verdict]:
    domain, family, share, proved = asked
    made: list[Verdict] = []
    with ground(domain) as on, warnings.catch_warnings():
        # A library may well warn of code that is broken.
        warnings.simplefilter("ignore")
        for one in (one for witness in family for one in verdicts(on, witness, share, proved)):
            made.append(one)
            if one.outcome in FAILURES:
                print(f"{one.outcome}: {one}", file=sys.stderr, flush=True)
            elif len(made) % SHOWN == 0:
                print(f"asking {', '.join(family)} about {domain}: {len(made):,}", file=sys.stderr, flush=True)
    return made


def _wanted(variable: str, every: tuple[str, ...]) -> tuple[str, ...]:
    said = os.environ.get(variable, "")
    wanted = tuple(filter(None, said.split(","))) or every
    unknown = sorted(set(wanted) - set(every))
    if unknown:
        raise SystemExit(f"bench: {variable} knows no {unknown[0]!r}; there are {', '.join(every)}")
    return wanted


def _table(witness: str, verdicts: Iterable[Verdict]) -> None:
    rows: dict[str, Counter[str]] = {"all": Counter()}
    for one in verdicts:
        for kind in (one.kind, "all"):
            rows.setdefault(kind, Counter())[one.outcome] += 1
    print(f"\n{witness:43} {'mutants':>8} {'found':>8} {'equivalent':>11} {'does not load':>14} {'survived':>9}")
    for kind in _ordered(rows):
        tally = rows[kind]
        cells = " ".join(f"{tally[outcome]:>{size}}" for outcome, size in zip(OUTCOMES, (8, 11, 14, 9), strict=True))
        print(f"  {kind:41} {tally.total():>8} {cells}", flush=True)


def _ordered(rows: Iterable[str]) -> Iterator[str]:
    yield from sorted(set(rows) - {"all"})
    yield "all"


def _reasons(verdicts: Iterable[Verdict]) -> None:
    """How many mutants are proved equivalent by each reason."""
    reasons = Counter(one.said for one in verdicts if one.outcome == EQUIVALENT)
    print(f"\n{'equivalent, since':96} {'mutants':>8}")
    for reason, count in reasons.most_common():
        print(f"  {reason:94} {count:>8}")
