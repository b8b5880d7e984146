"""Analysis, search, steps and the machine, without a server."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from time import monotonic

import pytest

from examples.compression.server.analysis import media_type, profile
from examples.compression.server.machine import Machine, Reading, Traffic
from examples.compression.server.measuring import Measurement
from examples.compression.server.optimizer import Candidate, Range, Search, better, search
from examples.compression.server.sampling import health_of
from examples.compression.server.workflows import StepFailed, first_text, repeated, run_step
from generated.compression.schemas.enums import OptimizationTarget, SearchMethod, WorkflowAction
from generated.compression.schemas.workflow_step import WorkflowStep

RANGES = {"gzip": Range(range(1, 10), 6), "zstd": Range(range(1, 23), 3)}


@pytest.mark.parametrize(
    ("content", "entropy", "redundancy"),
    [(b"", "0", "0"), (b"aaaa", "0", "100"), (b"abab", "1", "87.5"), (bytes(range(256)), "8", "0")],
)
def test_entropy_is_that_of_single_bytes(content: bytes, entropy: str, redundancy: str) -> None:
    """From one value to all of them."""
    found = profile(content)
    assert (found.entropy, found.redundancy) == (Decimal(entropy), Decimal(redundancy))
    assert found.distinct_bytes == len(set(content))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"a": [1]}', "application/json"),
        ("{a}", "text/plain"),
        ("[" * 10_000, "text/plain"),
        ("<!DOCTYPE html><p>", "text/html"),
        ("<?xml version='1.0'?><a/>", "application/xml"),
        ("a;b\n1;2\n3;4", "text/csv"),
        ("owls, which hoot\nand sleep", "text/plain"),
        ("", "text/plain"),
    ],
)
def test_a_text_looks_like_what_it_is(text: str, kind: str) -> None:
    """What cannot be read as what it looks like is plain."""
    assert media_type(text) == kind


def _searched(method: SearchMethod, target: OptimizationTarget, most: int = 100, seed: int = 1) -> list[Measurement]:
    def measure(candidate: Candidate) -> Measurement:
        # The best level of each algorithm is 5, and gzip's is the better one.
        distance = abs(candidate.level - 5) + (2 if candidate.algorithm == "zstd" else 0)
        return Measurement(candidate.algorithm, candidate.level, 1000, 100 + distance, Decimal(1))

    return list(search(Search(method, target, RANGES, most, seed), measure))


def test_an_exhaustive_search_tries_everything_once() -> None:
    """In order of algorithm and level, and levels above 9 only where speed is not the target."""
    tried = [(attempt.algorithm, attempt.level) for attempt in _searched(SearchMethod.EXHAUSTIVE, _RATIO)]
    assert tried == [("gzip", level) for level in range(1, 10)] + [("zstd", level) for level in range(1, 23)]
    assert len(_searched(SearchMethod.EXHAUSTIVE, OptimizationTarget.SPEED)) == 18
    assert len(_searched(SearchMethod.EXHAUSTIVE, _RATIO, most=4)) == 4


def test_a_random_search_follows_its_seed() -> None:
    """The same seed tries the same, without repetition."""
    tried = [(attempt.algorithm, attempt.level) for attempt in _searched(SearchMethod.RANDOM, _RATIO, 10)]
    again = [(attempt.algorithm, attempt.level) for attempt in _searched(SearchMethod.RANDOM, _RATIO, 10)]
    other = [(attempt.algorithm, attempt.level) for attempt in _searched(SearchMethod.RANDOM, _RATIO, 10, seed=2)]
    assert tried == again != other and len(set(tried)) == 10


def test_a_climb_finds_the_top_with_few_attempts() -> None:
    """From each default level to the best, and not through every level."""
    attempts = _searched(SearchMethod.HILL_CLIMBING, _RATIO)
    best = None
    for attempt in attempts:
        best = attempt if better(_RATIO, attempt, best) else best
    assert best is not None and (best.algorithm, best.level) == ("gzip", 5)
    assert len(attempts) < 12 and (attempts[0].algorithm, attempts[0].level) == ("gzip", 6)


_RATIO = OptimizationTarget.RATIO


@pytest.mark.parametrize(
    ("target", "winner"),
    [(OptimizationTarget.RATIO, "small"), (OptimizationTarget.SPEED, "fast"), (OptimizationTarget.BALANCED, "fast")],
)
def test_the_target_decides_what_is_best(target: OptimizationTarget, winner: str) -> None:
    """Size, speed, or both."""
    small = Measurement("small", 9, 10**6, 100_000, Decimal(2000))
    fast = Measurement("fast", 1, 10**6, 200_000, Decimal(5))
    assert better(target, small, fast) == (winner == "small") and better(target, fast, None)


def step(action: WorkflowAction, **settings: object) -> WorkflowStep:
    given = {"name": "one", "template": None, "algorithm": None, "compressionLevel": None} | settings
    return WorkflowStep.model_validate(given | {"action": action})


def compress(name: str, level: int | None, content: bytes) -> Measurement:
    return Measurement(name, level or 3, len(content), 4, Decimal("0.5"))


def test_steps_hand_their_text_on() -> None:
    """What is rendered is analyzed and compressed; without a rendering it is the inputs."""
    inputs = {"who": "{what}", "what": "owl"}
    done = run_step(step(WorkflowAction.RENDER, template="{who} {what}!"), "", inputs, compress)
    assert (done.text, done.result["characters"]) == ("{what} owl!", 11)
    assert run_step(step(WorkflowAction.ANALYZE), done.text, inputs, compress).result["sizeBytes"] == 11
    pressed = run_step(step(WorkflowAction.COMPRESS, algorithm="zstd"), done.text, inputs, compress).result
    assert pressed["compressedSize"] == 4 and pressed["compressionRatio"] == 2.75
    assert first_text(inputs) == "{what}\nowl"


def test_a_step_that_cannot_be_done_says_why() -> None:
    """A name without a value, and no text to work on."""
    with pytest.raises(StepFailed, match=r"asks for \{name\}"):
        run_step(step(WorkflowAction.RENDER, template="{name}"), "", {}, compress)
    with pytest.raises(StepFailed, match="has no text"):
        run_step(step(WorkflowAction.ANALYZE), "", {}, compress)
    assert repeated(["a", "b", "a", "a"]) == [2, 3]


def test_the_machine_is_read(tmp_path: Path) -> None:
    """Shares of time are not known until some of it has passed."""
    machine = Machine(tmp_path)
    first = machine.read()
    assert first.cpu is None and first.network is None
    assert first.memory is not None and 0 < first.memory <= 100 and first.disk is not None
    until = monotonic() + 0.15
    while monotonic() < until:
        pass
    second = machine.read()
    assert second.cpu is not None and 0 < second.cpu <= 100 and second.network is not None


def test_times_of_answers_are_ranked() -> None:
    """Percentiles are times that really occurred; without answers there is nothing to say."""
    traffic = Traffic(60)
    assert traffic.times() is None
    for milliseconds in range(1, 101):
        traffic.answered(milliseconds)
    times = traffic.times()
    assert times is not None and (times.average, times.p50, times.p95, times.p99) == (50, 51, 96, 100)


@pytest.mark.parametrize(
    ("cpu", "errors", "health"),
    [
        (None, None, "healthy"),
        ("84.99", "9", "healthy"),
        ("85", None, "warning"),
        ("10", "10", "warning"),
        ("95", None, "error"),
        ("10", "50", "error"),
    ],
)
def test_health_is_the_worst_of_what_is_known(cpu: str | None, errors: str | None, health: str) -> None:
    """What is not known is no trouble."""
    reading = Reading(Decimal(cpu) if cpu else None, Decimal(10), None, None)
    assert health_of(reading, Decimal(errors) if errors else None) == health
