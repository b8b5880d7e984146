"""The API as it runs: each record is the body of the operations that take it, and what they answer is the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from isotype.binding.derivation import UPDATE
from isotype.conformance.building import Compiled
from isotype.conformance.changes import refused_moves
from isotype.conformance.comparison import agree
from isotype.conformance.engines import Engines
from isotype.conformance.http.deployed import Deployed
from isotype.conformance.http.inputs import STOOD_IN, Inputs
from isotype.conformance.http.model import Asked, Service, Standing, asked, by_field
from isotype.conformance.http.served import Served
from isotype.conformance.model import Answer
from isotype.domain.model import JsonValue
from isotype.domain.types import Scalar
from isotype.domain.values import replace
from isotype.findings import Finding, IsotypeError
from isotype.probes import Meaning, Probe, Prober
from isotype.probes.logic import UNKNOWN
from isotype.probes.made import VALUE, Made, made
from isotype.probes.meaning import plain
from isotype.probes.numbers import written
from isotype.probes.rows import Cell, Row, broken_rules, constant, reader
from isotype.probes.values import read, write
from isotype.service.differences import Difference
from isotype.service.live import Caller, Unanswered, answers, reading
from isotype.service.live.model import Heard, Reply
from isotype.service.live.rows import Known
from isotype.shapes.model import ApiOperation, Shapes

Result = TypeVar("Result")

CHANCES = 1000
"""Random records that are sent: a call takes longer than anything else that is asked, but for the whole way."""

REFUSED = (400, 422)
OF_ROWS = (404, 409, 429)
"""Answers about rows that are there or are not, or about too many calls."""


class Http:
    name, target, apart = "http", "http", True

    def __init__(self, of: Compiled, engines: Engines, running: Caller | None = None) -> None:
        known = Known(of.bindings, Meaning(of.bindings.shapes))
        self._known, self._meaning = known, known.meaning
        prober = Prober(of.bindings)
        self._derived = by_shape(asked(known))
        # In an API that runs somewhere nobody stands in for anything.
        self._inputs = Inputs(of.bindings, known, prober) if running is None else None
        self._service: Service | None = None
        self._chances = CHANCES
        self._unsaid: dict[str, int] = {}
        if known.shapes.operations if running is None else self._derived:
            self._service = _answered(
                lambda: Served(of, engines, prober) if running is None else Deployed(running, known, prober)
            )

    @property
    def note(self) -> str:
        """Which operations were asked and which not, and for how many values nobody could say what they must answer."""
        taking = [operation for operation in self._known.shapes.operations if operation.body is not None]
        done = [one.operation.name for group in self._derived.values() for one in group]
        heard = self._inputs.read_bodies if self._inputs is not None else ()
        if not taking:
            return "no operation has a body"
        said = [f"{len(done)} of {len(taking)} operations with a body were asked"]
        for names, words in (
            (heard, "what others do is for a service to say, and only how they read a body was asked"),
            ([it.name for it in taking if it.name not in (*done, *heard)], "not asked"),
        ):
            calls = [operation.call for operation in taking if operation.name in names]
            said += [f"{words}: {', '.join(calls)}"] if calls else []
        said += [f"no verdict on {count} values for {name}" for name, count in self._unsaid.items()]
        left = self._service.left() if self._service is not None else ""
        return "; ".join((*said, *((left,) if left else ())))

    def asks(self, probe: Probe) -> bool:
        """The records that an operation takes; of random ones some."""
        known = probe.shape in self._derived or (self._inputs is not None and self._inputs.takes(probe.shape))
        if not known or (probe.constraint == "random" and self._chances == 0):
            return False
        self._chances -= probe.constraint == "random"
        return True

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        return _answered(lambda: [self._answer(probe) for probe in probes])

    def close(self) -> None:
        if self._service is not None:
            _answered(self._service.close)

    def _answer(self, probe: Probe) -> Answer:
        """What all operations say together: the first that is wrong in itself, or that they do not agree."""
        assert self._service is not None
        found = [(it.operation, self._put(it, self._service, probe)) for it in self._derived.get(probe.shape, ())]
        found += self._read(self._inputs, self._service, probe) if self._inputs is not None else ()
        if not found:
            return Answer(elsewhere=True)
        sides = {answer.takes: of.call for of, answer in found if not answer.elsewhere and not answer.fault}
        if len(sides) == 2:
            return Answer(fault=f"{sides[True]} takes it, and {sides[False]} does not")
        values = {answer.value: of.call for of, answer in found if answer.value is not None}
        if len(values) > 1:
            return Answer(fault=f"{' and '.join(values.values())} read it as different bodies")
        return min((answer for _, answer in found), key=_rank)

    def _put(self, one: Asked, service: Service, probe: Probe) -> Answer:
        standing = service.standing(one)
        if standing is None:
            return self._silent(one)
        sent = service.fitted(one, probe)
        row = _row(one, sent, standing, self._known.shapes)
        if row is not None and not service.provides(one, row.cells):
            return self._silent(one)
        call = replace(reading.call(one.operation, standing.values, frozenset()), body=sent.text)
        reply = service.caller.ask(call)
        heard, flaws = answers.hold(replace(call, wanted=frozenset({reply.status})), reply, self._meaning)
        if 200 <= reply.status < 300 or reply.status >= 500:
            service.done(one, heard)
        if reply.status == one.operation.status:
            changed = _said(flaws[0]) if flaws else self._changed(one, standing, row, heard)
            return Answer(changed=changed, further=() if row is None else row.refusals)
        if flaws:
            return Answer(fault=_said(flaws[0]))
        return self._refused(one, service, reply, heard, row)

    def _read(self, inputs: Inputs, service: Service, probe: Probe) -> Iterator[tuple[ApiOperation, Answer]]:
        """What operations that somebody stands in for read of what they are given."""
        assert service.stood_in is not None
        for call, of in inputs.calls(probe):
            reply = service.stood_in.ask(call)
            if reply.status == STOOD_IN:
                yield call.operation, inputs.arrived(of, reply)
                continue
            heard, flaws = answers.hold(replace(call, wanted=frozenset({reply.status})), reply, self._meaning)
            if reply.status in REFUSED and not flaws:
                yield call.operation, Answer(f"{reply.status} {_reason(heard.value)}".strip())
            else:
                said = service.failure() if reply.status >= 500 else ""
                yield call.operation, Answer(fault=_said(flaws[0])) if flaws else _wrong(call.operation, reply, said)

    def _refused(self, one: Asked, service: Service, reply: Reply, heard: Heard, row: Row | None) -> Answer:
        """What an answer means that is no success."""
        further = () if row is None else row.refusals
        moves = any(refusal.constraint == "transition" for refusal in further)
        if reply.status in REFUSED or (reply.status == 409 and moves):
            if row is not None and row.doubtful and not further:
                return self._silent(one)
            return Answer(f"{reply.status} {_reason(heard.value)}".strip(), further=further)
        if reply.status in OF_ROWS and not service.alone:
            return self._silent(one)
        return _wrong(one.operation, reply, service.failure() if reply.status >= 500 else "")

    def _silent(self, one: Asked) -> Answer:
        call = one.operation.call
        self._unsaid[call] = self._unsaid.get(call, 0) + 1
        return Answer(elsewhere=True)

    def _changed(self, one: Asked, standing: Standing, row: Row | None, heard: Heard) -> str:
        """The first value that is answered as another than was meant; '' when none is."""
        if row is None or not row.stands:
            return ""
        shown = by_field(one.shown, heard.value, self._known.shapes)
        meant = {name: cell.value for name, cell in row.cells.items()}
        # What is computed may be of what is hidden.
        sure = (it for it in made(row) if it.kind == VALUE and not (standing.hidden and it.column.computed))
        meant |= {it.column.name: _on_the_wire(it) for it in sure}
        for field in one.made.entity.fields:
            if field.field not in shown or field.column.name not in meant:
                continue
            # As it is read from JSON, where large numbers are doubles.
            wanted, found = read(write(plain(meant[field.column.name]))), shown[field.field]
            if not agree(wanted, found):
                return f"{field.field}: {write(wanted)[:200]} is answered as {write(found)[:200]}"
        return ""


def by_shape(operations: Iterable[Asked]) -> dict[str, list[Asked]]:
    """Operations by the name of the shape that their body has."""
    found: dict[str, list[Asked]] = {}
    for one in operations:
        found.setdefault(one.body.name, []).append(one)
    return found


def _rank(answer: Answer) -> tuple[bool, ...]:
    """Sorts what is wrong in itself first, and what says nothing last."""
    return not answer.fault, not answer.changed, answer.elsewhere, answer.value is None


def _wrong(operation: ApiOperation, reply: Reply, said: str) -> Answer:
    return Answer(fault=f"{operation.call} answers {reply.status}{f': {said}' if said else ''}")


def _answered(ask: Callable[[], Result]) -> Result:
    """What is asked of an API; raises `IsotypeError` where it does not answer."""
    try:
        return ask()
    except Unanswered as error:
        raise IsotypeError(Finding(error.code, error.sentence, suggestion=error.suggestion)) from error


def _row(one: Asked, probe: Probe, standing: Standing, shapes: Shapes) -> Row | None:
    """The row that a record makes, or makes of the one that stands there, with what is against it there; None for a
    record that is refused whatever is there."""
    if probe.refusals:
        return None
    if one.made.kind != UPDATE:
        return probe.row
    entity, table = one.made.entity, one.made.entity.table
    record: Any = probe.value
    given = by_field(one.body, record, shapes)
    changed = {entity.field(name).column.name: Cell(constant(value), "") for name, value in given.items()}
    stamped = {column.name for column in table.columns if column.stamped} - changed.keys()
    cells = {name: cell for name, cell in {**standing.cells, **changed}.items() if name not in stamped}
    read = reader(table, cells)
    unknown = (standing.hidden - changed.keys()) | stamped
    rules, doubtful = broken_rules(table, lambda name: UNKNOWN if name in unknown else read(name))
    moves = refused_moves(table, standing.cells, cells)
    hidden = any(guard.column in changed.keys() & standing.hidden for guard in table.transition_guards)
    return Row(table, cells, False, (*rules, *moves), doubtful or hidden, standing.cells)


def _on_the_wire(one: Made) -> JsonValue:
    """What a database makes by itself, as it is answered."""
    of, value = one.column.type, one.value
    if isinstance(of, Scalar) and of.base in ("decimal", "bigint") and isinstance(value, Decimal | int):
        return value if of.number else str(written(of, Decimal(value)))
    return value


def _said(flaw: Difference) -> str:
    return f"{'.'.join(flaw.path)} {flaw.attribute}: {flaw.expected}, not {flaw.actual}"


def _reason(error: Any) -> str:
    """Why a call was refused, as its answer says."""
    if not isinstance(error, dict):
        return ""
    details = error.get("details")
    first = details[0] if isinstance(details, list) and details else error
    return f"{first.get('path', '')}: {first.get('message', '')}" if isinstance(first, dict) else ""
