"""Every wrong answer of tests/service/live: found and named. And an API that keeps its contract: silent."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.service.live.asking import Recorder, probed
from tests.service.live.suite import every_lie, wrong_answers
from tests.service_example.processes import started


def measure(parent: Path) -> None:
    """Print a row per kind of wrong answer; one that is missed, or a false alarm, ends the run with an error."""
    data = parent / "service"
    data.mkdir()
    with started(data, "--page", str(data / "none")) as service:
        first = probed("compression", Recorder(service.url))
        verdicts = [*wrong_answers(service.url), *every_lie(service.url)]
        last = probed("compression", Recorder(service.url))
    cases = Counter(verdict.kind for verdict in verdicts)
    named = Counter(verdict.kind for verdict in verdicts if verdict.named)
    print(f"\n{'Calls of an API, drift':57} {'cases':>7} {'found and named':>16}")
    for kind in sorted(cases):
        _row(kind, cases[kind], named[kind])
    _row("all", cases.total(), named.total())
    alarms = len(first.differences) + len(last.differences)
    print(f"\n{'Calls of an API, equivalence':57} {'cases':>7} {'cried wolf':>16}")
    _row("calls of a service that keeps its contract", first.asked + last.asked, alarms)
    missed = [verdict.said for verdict in verdicts if not verdict.named]
    for said in missed:
        print(f"failed: {said}")
    if missed or alarms:
        raise SystemExit("bench: the suite is not whole")


def _row(kind: str, cases: int, count: int) -> None:
    print(f"  {kind:55} {cases:>7} {count:>10} {100 * count / max(cases, 1):>4.0f}%", flush=True)
