"""The Pydantic schemas, reading JSON text and writing what they read."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.model import Answer, NotAsked, Told
from isotype.domain.names import snake
from isotype.probes import Probe
from isotype.probes.moves import moves
from isotype.shapes.model import UPDATE, StateMachine


class Pydantic:
    name, target, apart = "pydantic", "python", False

    def __init__(self, of: Compiled) -> None:
        try:
            from pydantic import BaseModel, ValidationError
        except ImportError as error:
            raise NotAsked("Pydantic is not installed: pip install 'isotype[verify]'") from error
        self._refusal, self._base = ValidationError, BaseModel
        self._shapes = of.bindings.shapes
        self._module = of.module("schemas")
        self._schemas: dict[str, Any] = {}

    def asks(self, probe: Probe) -> bool:
        """Everything."""
        return True

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        return [self._answer(probe) for probe in probes]

    def _answer(self, probe: Probe) -> Answer:
        schema = self._schemas.get(probe.shape)
        if schema is None:
            schema = self._schemas[probe.shape] = getattr(self._module, probe.shape)
        try:
            found = self._read(schema, probe.text)
            return Answer(value=found.model_dump_json(include=self._given(found)))
        except self._refusal as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            return Answer(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
        except Exception as error:  # Whatever a schema raises beside, when it reads or writes, is no verdict.
            return Answer(fault=f"{type(error).__name__}: {error}")

    def _read(self, schema: Any, text: str) -> Any:
        return schema.model_validate_json(text)

    def _given(self, found: Any) -> Any:
        """What of an update says something: what was given, of its groups too. Everything else is whole."""
        if not isinstance(found, self._base) or self._shapes.shape(type(found).__name__).direction != UPDATE:
            return None
        inside = {name: self._given(getattr(found, name)) for name in found.model_fields_set}
        return {name: True if given is None else given for name, given in inside.items()}

    def move(self, machines: Sequence[StateMachine]) -> Sequence[Told]:
        return [told(importlib.import_module(f"{self._module.__name__}.{one.module}"), one) for one in machines]

    def close(self) -> None:
        """Nothing is held."""


def told(module: ModuleType, of: StateMachine) -> Told:
    """What a module of schemas says of a state machine."""
    stem = snake(of.name)
    try:
        state, can_move = getattr(module, of.enum.name), getattr(module, f"can_move_{stem}")
        targets, starts = getattr(module, f"{stem.upper()}_MOVES"), getattr(module, f"{stem.upper()}_STARTS", None)
        pairs = [[one and state(one) for one in (move.source, move.target)] for move in moves(of)]
        return Told([can_move(*pair) for pair in pairs], targets, starts)
    except Exception as error:  # Whatever the function raises is no answer.
        return Told(fault=f"{type(error).__name__}: {error}")
