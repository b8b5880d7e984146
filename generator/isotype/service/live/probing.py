"""All calls of a run, within its limits: lists first, then what may be written, then everything that reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from isotype.binding import Bindings
from isotype.domain.values import mutable, replace
from isotype.probes import Meaning
from isotype.probes.records import Records
from isotype.service.differences import Difference
from isotype.service.live import answers, reading, writing
from isotype.service.live.bodies import Bodies
from isotype.service.live.http import Caller
from isotype.service.live.model import Call, Heard, Plan, Probed, Unanswered
from isotype.service.live.rows import Known
from isotype.service.live.statuses import LIMITED
from isotype.shapes.model import ApiOperation

CLOSED = (401, 403)
"""Answers to who may not call."""


def probe(
    bindings: Bindings,
    caller: Caller,
    *,
    write: bool = False,
    without: Collection[str] = (),
    seed: int | None = None,
    progress: Callable[[str], None] = lambda message: None,
) -> Probed:
    """Ask an API what its contract promises.

    Only calls that change nothing are made, unless `write` allows all others; then what was made is taken away at the
    end, even when the run is interrupted. `without` are operations that are not called, by their names in reports.
    Raises `Unanswered` when nothing could be asked; a run that ends early says so in `failure`.
    """
    meaning = Meaning(bindings.shapes)
    records = Records(meaning)
    known = Known(bindings, meaning)
    run = _Run(caller, meaning, progress, {}, {}, {})
    operations = [it for it in bindings.shapes.operations if it.call not in without]
    safe = [operation for operation in operations if operation.method == "get"]
    writer = writing.Writer(known, records, Bodies(known, records, seed), [])
    failure: Unanswered | None = None
    try:
        for operation in safe:
            if not reading.has_path(operation):
                run.whole(reading.learning(operation, known, records))
        if write:
            for operation in _in_order(operations, known):
                run.whole(writing.writing(operation, writer))
        run.turns([reading.reading(operation, known, records) for operation in safe])
    except Unanswered as error:
        if not run.called:
            raise
        failure = error
    finally:
        if write and writer.made:
            caller.extend()
            failure = _cleared(run, writer) or failure
    return run.result(operations if write else safe, writer.stay, failure)


def closed(name: str, call: Call, status: int) -> Unanswered:
    """Why an API is not asked that lets nobody in."""
    return Unanswered(
        "api-refuses",
        f"{name} answers {status} to {call.shown}",
        "give a login, such as --header 'Authorization: Bearer $TOKEN'",
    )


def _cleared(run: _Run, writer: writing.Writer) -> Unanswered | None:
    try:
        run.whole(writing.clearing(writer))
    except Unanswered as error:
        writer.stay += len(writer.made)
        return error
    return None


def _in_order(operations: Iterable[ApiOperation], known: Known) -> list[ApiOperation]:
    """What may be written: rows before those that refer to them, then what changes them, then all others."""
    writing_ones = [operation for operation in operations if operation.method != "get"]
    places = {entity: place for place, entity in enumerate(_by_reference(known))}

    def rank(operation: ApiOperation) -> tuple[int, int]:
        made = known.derived.get(operation.name)
        if made is None:
            return (1 if operation.method == "post" and not reading.has_path(operation) else 3), 0
        return {"create": 0, "update": 2}.get(made.kind, 3), places[made.entity.entity]

    return sorted(writing_ones, key=rank)


def _by_reference(known: Known) -> list[str]:
    """The entities, each after those that it refers to, as far as that can be."""
    waiting = {entity.entity: entity for entity in known.bindings.entities}
    found: list[str] = []
    while waiting:
        free = [
            name
            for name, entity in waiting.items()
            if not any(
                target is not None and target[0].entity in waiting and target[0].entity != name
                for target in (known.referred(entity, field.field) for field in entity.fields)
            )
        ]
        for name in free or list(waiting):
            found.append(name)
            del waiting[name]
    return found


@mutable
class _Run:
    """Makes the calls of plans, holds the answers, and keeps what differs: each difference once, as it showed first."""

    caller: Caller
    meaning: Meaning
    progress: Callable[[str], None]
    found: dict[tuple[str, ...], Difference]
    called: dict[str, int]
    limited: dict[str, int]
    sound: int = 0

    def whole(self, plan: Plan) -> None:
        """A plan from its first call to its last."""
        heard: Heard | None = None
        started = False
        while True:
            try:
                step = plan.send(heard) if started else next(plan)
            except StopIteration:
                return
            started = True
            heard = self._step(step)

    def turns(self, plans: list[Plan]) -> None:
        """Plans in turns, a call of each, so that a run that ends early has asked a little about everything."""
        waiting: list[tuple[Plan, Heard | None, bool]] = [(plan, None, False) for plan in plans]
        while waiting and not self.caller.exhausted:
            remaining: list[tuple[Plan, Heard | None, bool]] = []
            for plan, heard, started in waiting:
                try:
                    step = plan.send(heard) if started else next(plan)
                except StopIteration:
                    continue
                remaining.append((plan, self._step(step), True))
            waiting = remaining

    def _step(self, step: Call | Difference) -> Heard | None:
        if isinstance(step, Difference):
            self._keep(step)
            return None
        return self._ask(step)

    def _ask(self, call: Call) -> Heard | None:
        """What is heard; None for a call that may not be made any more."""
        if self.caller.exhausted or self._is_limited(call):
            return None
        reply = self.caller.ask(call)
        self.called[call.name] = self.called.get(call.name, 0) + 1
        self.progress(f"{self.caller.name}: {self.caller.asked} calls")
        if reply.status == LIMITED and LIMITED in call.operation.errors:
            self.limited[call.name] = self.called[call.name]
        if reply.status in CLOSED and reply.status not in call.operation.errors and not self.sound:
            raise closed(self.caller.name, call, reply.status)
        heard, differences = answers.hold(call, reply, self.meaning)
        self.sound += heard.sound
        for difference in differences:
            self._keep(difference)
        return heard

    def _is_limited(self, call: Call) -> bool:
        """Whether an operation was called as often as it allows; the half of a limit is left to others."""
        name = call.name
        if name in self.limited:
            return True
        rate = call.operation.rate_limit.partition("/")[0]
        if rate.isdecimal() and self.called.get(name, 0) >= max(1, int(rate) // 2):
            self.limited[name] = self.called[name]
            return True
        return False

    def _keep(self, difference: Difference) -> None:
        key = (difference.kind, *difference.path, difference.attribute, difference.way)
        first = self.found.get(key)
        if first is None:
            self.found[key] = difference
        elif difference.operations[0] not in first.operations:
            self.found[key] = replace(first, operations=(*first.operations, *difference.operations))

    def result(self, operations: Iterable[ApiOperation], stay: int, failure: Unanswered | None) -> Probed:
        """What was found."""
        left = [f"{name} is limited, and was called {count} times" for name, count in self.limited.items()]
        silent = [it.call for it in operations if it.call not in self.called]
        if silent:
            left.append(f"not called: {', '.join(silent)}")
        if self.caller.exhausted:
            left.append(f"the run ended at its limit, after {self.caller.asked} calls")
        if stay:
            left.append(f"{stay} rows that were made may stay: no operation takes them away")
        return Probed(tuple(self.found.values()), self.caller.asked, len(self.called), tuple(left), failure)
