"""The Pydantic schemas, reading JSON text and writing what they read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.model import Answer, NotAsked
from isotype.probes import Probe


class Pydantic:
    name, target, apart = "pydantic", "python", False

    def __init__(self, of: Compiled) -> None:
        try:
            from pydantic import ValidationError
        except ImportError as error:
            raise NotAsked("Pydantic is not installed: pip install 'isotype[verify]'") from error
        self._refusal = ValidationError
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
            found = schema.model_validate_json(probe.text)
        except self._refusal as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            return Answer(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
        return Answer(value=found.model_dump_json(exclude_unset=probe.direction == "update"))

    def close(self) -> None:
        """Nothing is held."""
