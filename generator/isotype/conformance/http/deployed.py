"""An API that runs somewhere, in which tests may make rows."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from isotype.binding.derivation import CREATE, DELETE, UPDATE
from isotype.binding.model import EntityBinding
from isotype.conformance.http.members import members
from isotype.conformance.http.model import NOTHING, Asked, Standing, asked, by_field, fits
from isotype.domain.values import replace
from isotype.probes import Probe, Prober, chance
from isotype.probes.meaning import Path
from isotype.probes.rows import Cell, constant
from isotype.probes.values import Json, Raw, read, write
from isotype.service.live import Caller, answers, reading
from isotype.service.live.bodies import Bodies, unique_fields
from isotype.service.live.model import Call, Heard
from isotype.service.live.probing import CLOSED, closed
from isotype.service.live.rows import Known
from isotype.shapes.model import ApiOperation, Shape

TRIES = 40


class Deployed:
    """An API that runs somewhere, in which tests may make rows: those that were made here are taken away again.

    Rows that it has are named where a body refers to others; none of them is changed.
    """

    alone = False
    stood_in: Caller | None = None

    def __init__(self, caller: Caller, known: Known, prober: Prober) -> None:
        self.caller = caller
        self._known, self._prober, self._records = known, prober, prober.records
        self._bodies = Bodies(known, prober.records, None)
        self._source = random.Random()
        self._operations = {(one.made.entity.entity, one.made.kind): one for one in asked(known)}
        self._deleting = {
            made.entity.entity: (operation, made)
            for operation in known.shapes.operations
            if (made := known.derived.get(operation.name)) is not None and made.kind == DELETE
        }
        self._rows: dict[str, Standing | None] = {}
        self._provided: set[str] = set()
        self._made: list[tuple[EntityBinding, dict[str, Any]]] = []
        self._stay = 0
        for operation in known.shapes.operations:
            if operation.method == "get" and not reading.has_path(operation):
                self._learn(operation)

    def standing(self, one: Asked) -> Standing | None:
        name = one.operation.name
        if name not in self._rows:
            self._provide(one.made.entity)
            self._rows[name] = NOTHING
            if one.made.kind == UPDATE:
                row = self._create(one.made.entity)
                self._rows[name] = None if row is None else _standing(one, row)
        return self._rows[name]

    def fitted(self, one: Asked, probe: Probe) -> Probe:
        # What breaks a form is refused whatever it names.
        held = None if probe.refusals else members(probe.text)
        if held is None:
            return probe
        entity, variant = one.made.entity, one.body.variant
        unique = unique_fields(entity)
        for field in entity.fields:
            place = field.paths.get(variant)
            target = self._known.referred(entity, field.field)
            if place is None or (target is None and field.field not in unique):
                continue
            name = place.wire[0]
            if name not in held or probe.path[:1] == (name,):
                continue
            if target is not None:
                row = next(iter(self._known.rows(target[0].entity)), {})
                value = row.get(target[1])
            else:
                value = self._new(one.body, place.wire)
            if value is not None:
                held[name] = _with(held[name], place.wire[1:], value)
        fitted = self._prober.again(probe, {name: Raw(part) for name, part in held.items()})
        return probe if fitted.refusals else fitted

    def provides(self, one: Asked, cells: Mapping[str, Cell]) -> bool:
        return True

    def failure(self) -> str:
        return ""

    def done(self, one: Asked, heard: Heard) -> None:
        if not isinstance(heard.value, dict):
            return
        row = by_field(one.shown, heard.canonical or heard.value, self._known.shapes)
        if one.made.kind == CREATE:
            self._take_away(one.made.entity, row)
        else:
            self._rows[one.operation.name] = _standing(one, row)

    def left(self) -> str:
        stay = self._stay + sum(entity.entity not in self._deleting for entity, _ in self._made)
        return f"{stay} rows that were made stay: no operation takes them away" if stay else ""

    def close(self) -> None:
        try:
            while self._made:
                self._take_away(*self._made.pop())
        finally:
            self.caller.close()

    # Rows

    def _learn(self, operation: ApiOperation) -> None:
        """The rows that a list shows."""
        values = reading.needed(operation, self._records)
        if values is not None:
            call = reading.call(operation, values, frozenset({operation.status}))
            heard = self._ask(call)
            if heard.sound and heard.status == operation.status:
                self._known.learn(operation.result.type, heard.canonical, call)

    def _provide(self, entity: EntityBinding) -> None:
        """A row of everything that rows of an entity refer to, as far as rows can be made."""
        if entity.entity in self._provided:
            return
        self._provided.add(entity.entity)
        for field in entity.fields:
            target = self._known.referred(entity, field.field)
            if target is not None and not self._known.rows(target[0].entity):
                self._provide(target[0])
                self._create(target[0])

    def _create(self, entity: EntityBinding) -> dict[str, Any] | None:
        one = self._operations.get((entity.entity, CREATE))
        record = None if one is None else self._bodies.valid(one.body, True)
        if one is None or record is None:
            return None
        wanted = frozenset({one.operation.status})
        heard = self._ask(replace(reading.call(one.operation, {}, wanted), body=write(record)))
        if not heard.sound or heard.status != one.operation.status:
            return None
        row = by_field(one.shown, heard.canonical, self._known.shapes)
        self._known.learn(one.operation.result.type, heard.canonical)
        self._made.append((entity, row))
        return row

    def _take_away(self, entity: EntityBinding, row: Mapping[str, Any]) -> None:
        operation, made = self._deleting.get(entity.entity, (None, None))
        values = {} if made is None else {match.parameter.name: row.get(match.field.field) for match in made.keys}
        if operation is None or not fits(values):
            self._stay += 1
            return
        heard = self._ask(reading.call(operation, values, frozenset({operation.status})))
        self._stay += heard.status != operation.status

    def _ask(self, call: Call) -> Heard:
        reply = self.caller.ask(call)
        if reply.status in CLOSED and reply.status not in call.operation.errors:
            raise closed(self.caller.name, call, reply.status)
        return answers.hold(call, reply, self._known.meaning)[0]

    def _new(self, shape: Shape, path: Path) -> Json:
        """A value that no other row has; None where none was found."""
        prop = self._known.meaning.at(shape, path)
        for _ in range(TRIES):
            value = chance.value(prop.type, self._records, self._source)
            if isinstance(value, str) and not value.strip().isprintable():
                continue
            if not self._known.meaning.text(prop.type, False, write(value)).refusals:
                return value
        return None


def _standing(one: Asked, row: Mapping[str, Any]) -> Standing | None:
    """A row as it was shown; what is not shown is hidden."""
    cells = {
        field.column.name: Cell(constant(row[field.field]), "")
        for field in one.made.entity.fields
        if field.field in row and field.column.computed is None
    }
    hidden = {column.name for column in one.made.entity.table.columns if column.computed is None} - cells.keys()
    values = {match.parameter.name: row.get(match.field.field) for match in one.made.keys}
    return Standing(cells, values, frozenset(hidden)) if fits(values) else None


def _with(part: str, path: Path, value: Json) -> str:
    """The JSON text of a member with a value in it, where there is another one."""
    if not path:
        return part if part == "null" else write(value)
    held = read(part)
    inner = held
    for name in path[:-1]:
        inner = inner.get(name) if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or inner.get(path[-1]) is None:
        return part
    inner[path[-1]] = value
    return write(held)
