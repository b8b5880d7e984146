"""What is asked over HTTP, and of whom."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from isotype.binding.derivation import CREATE, UPDATE, Derivation
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import ObjectType
from isotype.probes import Probe
from isotype.probes.rows import Cell
from isotype.probes.values import Json
from isotype.service.live import Caller, Limits, texts
from isotype.service.live.model import Heard
from isotype.service.live.rows import Known
from isotype.shapes.model import ApiOperation, Shape, Shapes


class Asked(NamedTuple):
    """An operation that is asked: what it does, the shape of its body, and that of its answer."""

    operation: ApiOperation
    made: Derivation
    body: Shape
    shown: Shape


class Standing(NamedTuple):
    """The row that an update changes, by its columns, and the parameters that name it; nothing for a create.

    `hidden` are columns of which nobody knows what they hold.
    """

    cells: Mapping[str, Cell] = {}
    values: Mapping[str, Json] = {}
    hidden: frozenset[str] = frozenset()


NOTHING = Standing()


class Service(Protocol):
    """An API with the rows behind it.

    Where it is `alone`, nobody else has rows there, and whatever it answers is about what it was asked. `stood_in` is
    the same API with somebody who stands in for its services; None where that cannot be.
    """

    alone: bool
    caller: Caller
    stood_in: Caller | None

    def standing(self, one: Asked) -> Standing | None:
        """What is there for an operation; None where that cannot be."""
        ...

    def fitted(self, one: Asked, probe: Probe) -> Probe:
        """A probe with other rows named as they are called here; its verdict is the same."""
        ...

    def provides(self, one: Asked, cells: Mapping[str, Cell]) -> bool:
        """Whether the rows are there that a row refers to; they are made where they can be."""
        ...

    def failure(self) -> str:
        """What the service itself says of its last failure, where that can be heard."""
        ...

    def done(self, one: Asked, heard: Heard) -> None:
        """An operation has changed something, or may have."""
        ...

    def left(self) -> str:
        """What stays behind, in words; '' for nothing."""
        ...

    def close(self) -> None:
        """Let it go, and take away what was made for others to refer to."""
        ...


def steady(name: str, address: str, headers: Mapping[str, str] | None = None) -> Caller:
    """Calls one after the other on one connection, however many."""
    limits = Limits(requests=sys.maxsize, seconds=float("inf"))
    return Caller(name, address, limits, headers, steady=True)


def asked(known: Known) -> Iterator[Asked]:
    """The operations that take a record, and of which the schema says everything."""
    for operation in known.shapes.operations:
        made = known.derived.get(operation.name)
        if made is None or made.result is None or made.kind not in (CREATE, UPDATE) or operation.body is None:
            continue
        if isinstance(operation.body.type, ObjectType):
            yield Asked(operation, made, known.shapes.shape(operation.body.type.name), made.result)


def by_field(shape: Shape, record: Mapping[str, Any], shapes: Shapes) -> dict[str, Any]:
    """The values of a record by their fields; a group that is null has none."""
    found: dict[str, Any] = {}
    for prop in shape.properties:
        if prop.name not in record:
            continue
        value = record[prop.name]
        if prop.field:
            found[prop.field] = value
        elif isinstance(prop.type, ObjectType) and not prop.relation and not prop.given:
            group = shapes.shape(prop.type.name)
            nothing = dict.fromkeys(prop.name for prop in group.properties)
            found |= by_field(group, nothing if value is None else value, shapes)
    return found


def fits(values: Mapping[str, Json]) -> bool:
    """Whether a path can hold values that name a row."""
    return all(value is not None and texts.fits_path(value) for value in values.values())
