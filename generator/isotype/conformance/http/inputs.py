"""How the generated API reads what a call gives: somebody stands in for every service, and says what arrived."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from isotype.binding import Bindings
from isotype.conformance.http.members import members
from isotype.conformance.http.model import asked
from isotype.conformance.model import Answer
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import Array, ObjectType, Scalar, Type
from isotype.domain.values import replace
from isotype.layers.api.groups import groups
from isotype.layers.api.types import domain_classes
from isotype.probes import Probe, Prober
from isotype.probes.inputs import LOCATIONS, inputs_name
from isotype.probes.values import Json, NotJson, read, write
from isotype.service.live import reading, texts
from isotype.service.live.model import Call, Reply
from isotype.service.live.rows import Known
from isotype.shapes.model import UPDATE, ApiOperation, ApiParameter

STOOD_IN = 418
"""The status with which somebody answers who stands in for an operation; no operation declares it."""

LONGEST = 4000
"""Longer texts are not put into an address."""


class Body(NamedTuple):
    """A body that an operation is given; `listed` is whether that is an array of records, `call` has none yet."""

    call: Call
    updates: bool
    listed: bool


class Parameters(NamedTuple):
    """What an operation is given in one place.

    `names` are those of its parameters by what they are called in Python, `given` is what a call must have elsewhere.
    """

    operation: ApiOperation
    location: str
    names: Mapping[str, str]
    given: Mapping[str, Json]
    body: str | None


class Inputs:
    """What operations read, by the shape of it: bodies of those that are for a service to do, parameters of all."""

    def __init__(self, of: Bindings, known: Known, prober: Prober) -> None:
        self._known, self._prober = known, prober
        self._bodies: dict[str, list[Body]] = {}
        self._parameters: dict[str, Parameters] = {}
        names = {
            call.operation.name: {argument.name: argument.parameter.name for argument in call.arguments}
            for group in groups(of, domain_classes(of))
            for call in group.calls
        }
        derived = {one.operation.name for one in asked(known)}
        for operation in known.shapes.operations:
            given = reading.needed(operation, prober.records, path=True)
            if given is None:
                continue
            if operation.name not in derived:
                self._add_body(operation, given)
            body = self._valid(operation)
            if operation.body is None or body is not None:
                for location in LOCATIONS:
                    own = {it.name for it in operation.parameters if it.location == location}
                    beside = {name: value for name, value in given.items() if name not in own}
                    made = Parameters(operation, location, names[operation.name], beside, body)
                    self._parameters[inputs_name(operation, location)] = made

    @property
    def read_bodies(self) -> frozenset[str]:
        """The operations whose bodies are read here."""
        return frozenset(body.call.operation.name for group in self._bodies.values() for body in group)

    def calls(self, probe: Probe) -> Iterator[tuple[Call, Body | Parameters]]:
        """The calls that give what a probe holds, as far as it is anything that a call can give."""
        for body in self._bodies.get(probe.shape, ()):
            # An array around nothing is an array of nothing.
            if probe.text.strip() or not body.listed:
                yield replace(body.call, body=f"[{probe.text}]" if body.listed else probe.text), body
        inputs = self._parameters.get(probe.shape)
        values = None if inputs is None else _spoken(inputs, probe.text)
        if inputs is not None and values is not None:
            made = reading.call(inputs.operation, {**inputs.given, **values}, frozenset())
            yield replace(made, body=inputs.body), inputs

    def takes(self, shape: str) -> bool:
        """Whether there may be a call that gives a shape."""
        return shape in self._bodies or shape in self._parameters

    def arrived(self, of: Body | Parameters, reply: Reply) -> Answer:
        """What somebody who stands in says that was given."""
        message: str = json.loads(reply.content)["message"]
        if isinstance(of, Body):
            said: Any = read(message)
            [record] = said["given" if of.updates else "whole"]
            return Answer(value=write(record))
        types = {parameter.name: parameter.type for parameter in of.operation.parameters if _is_in(of, parameter)}
        found = {of.names[name]: value for name, value in json.loads(message)["parameters"].items()}
        held = {name: _on_the_wire(types[name], value) for name, value in found.items() if name in types}
        return Answer(value=write({name: value for name, value in held.items() if value is not None}))

    def _add_body(self, operation: ApiOperation, given: Mapping[str, Json]) -> None:
        of = operation.body.type if operation.body is not None else None
        record = of.item if isinstance(of, Array) else of
        if isinstance(record, ObjectType):
            updates = self._known.shapes.shape(record.name).direction == UPDATE
            call = reading.call(operation, given, frozenset())
            self._bodies.setdefault(record.name, []).append(Body(call, updates, isinstance(of, Array)))

    def _valid(self, operation: ApiOperation) -> str | None:
        """A body that an operation takes; None where it takes none, or none is found."""
        of = operation.body.type if operation.body is not None else None
        record = of.item if isinstance(of, Array) else of
        probe = self._prober.valid(self._known.shapes.shape(record.name)) if isinstance(record, ObjectType) else None
        if probe is None:
            return None
        return f"[{probe.text}]" if isinstance(of, Array) else probe.text


def _is_in(inputs: Parameters, parameter: ApiParameter) -> bool:
    return parameter.location == inputs.location


def _spoken(inputs: Parameters, text: str) -> dict[str, Json] | None:
    """A record of parameters as texts of a call; None where no call says so."""
    held = members(text)
    parameters = {it.name: it for it in inputs.operation.parameters if _is_in(inputs, it)}
    if held is None or not held.keys() <= parameters.keys():
        return None
    if inputs.location == "path" and held.keys() != parameters.keys():
        return None
    found: dict[str, Json] = {}
    for name, part in held.items():
        value = _text(parameters[name], part)
        if value is None:
            return None
        found[name] = value
    return found


def _text(parameter: ApiParameter, part: str) -> str | list[str] | None:
    """The text of a parameter for a JSON text; None where a call cannot hold it, or says something else by it."""
    if not isinstance(parameter.type, Array):
        text = _word(parameter.type, part)
        return text if text is not None and _travels(parameter, text) else None
    try:
        items = read(part)
    except NotJson:
        return None
    # No item at all is no parameter.
    if not isinstance(items, list) or not items:
        return None
    found = [_word(parameter.type.item, write(item)) for item in items]
    words = [word for word in found if word is not None and _travels(parameter, word)]
    return words if len(words) == len(found) else None


def _word(of: Type, part: str) -> str | None:
    if texts.is_json(of):
        return part if part in ("true", "false") or part[:1] in "-0123456789" else None
    text = json.loads(part) if part.startswith('"') else None
    return text if isinstance(text, str) else None


def _travels(parameter: ApiParameter, text: str) -> bool:
    """Whether a call can hold a text as it is."""
    if len(text) > LONGEST:
        return False
    if parameter.location != "query":
        return texts.travels(parameter, text)
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def _on_the_wire(of: Type, value: Json) -> Json:
    """A value that Python wrote by itself, as the schema says it."""
    if isinstance(of, Array) and isinstance(value, list):
        return [_on_the_wire(of.item, item) for item in value]
    if value is not None and isinstance(of, Scalar) and of.base in ("bigint", "decimal"):
        return read(str(value)) if of.number else str(value)
    return value
