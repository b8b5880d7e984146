"""Every wrong answer of tests/service/live, put to what holds answers: found and named, or missed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from isotype.probes import Meaning
from isotype.service.live import answers
from tests.service.live.asking import Recorder, bindings, probed
from tests.service.live.lies import Lie, lies
from tests.service.live.mutants import mutants


class Verdict(NamedTuple):
    """One wrong thing: its kind, what it was, and whether it was named."""

    kind: str
    said: str
    named: bool


def wrong_answers(url: str, domain: str = "compression") -> Iterator[Verdict]:
    """Each thing that the contract says of an answer, wrong once in an answer that the service gave."""
    caller = Recorder(url)
    probed(domain, caller)
    meaning = Meaning(bindings(domain).shapes)
    for mutant in mutants(caller.heard, meaning):
        _, found = answers.hold(mutant.call, mutant.reply, meaning)
        said = f"{mutant.change} of {mutant.kind} {' '.join(mutant.path)}"
        named = (mutant.kind, mutant.path) in {(it.kind, it.path) for it in found}
        yield Verdict(mutant.change.partition(",")[0].partition(" rule")[0], said, named)


def told(url: str, lie: Lie, domain: str = "compression") -> Verdict:
    """A run against a service that tells a lie."""
    found = probed(domain, Recorder(url, lie.hears), only=lie.only)
    named = {(it.kind, it.path) for it in found.differences}
    # Another value may break a rule, which is then said of the whole record.
    return Verdict(
        lie.name.partition(": ")[2].partition(" ")[0] or "not heeded",
        lie.name,
        not named.isdisjoint({(lie.kind, lie.path), ("shape", lie.path[:1])}),
    )


def every_lie(url: str, domain: str = "compression") -> Iterator[Verdict]:
    """All lies."""
    return (told(url, lie, domain) for lie in lies(bindings(domain)))
