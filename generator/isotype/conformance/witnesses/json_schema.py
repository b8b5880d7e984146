"""The schemas of the OpenAPI document, judged by `jsonschema`."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Sequence
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.model import Answer, NotAsked
from isotype.probes import Probe
from isotype.probes.inputs import LOCATIONS, inputs_name
from isotype.probes.values import NotJson, read
from isotype.shapes.model import ApiOperation

KNOWN = 200_000


class JsonSchema:
    name, target, apart = "json_schema", "json_schema", False

    def __init__(self, of: Compiled) -> None:
        try:
            import jsonschema
            from jsonschema.exceptions import ValidationError
        except ImportError as error:
            raise NotAsked("jsonschema is not installed: pip install 'isotype[verify]'") from error
        self._error = ValidationError
        # Most probes differ in one property: what a part of a schema says of a part of a record is asked once.
        self._verdicts: dict[tuple[int, bytes], str] = {}
        extend: Any = jsonschema.validators.extend
        self._type: Any = extend(jsonschema.Draft202012Validator, {"properties": self._properties})
        document = of.document()
        self._components = document["components"]
        self._inputs = dict(inputs(of.bindings.shapes.operations, document["paths"]))
        self._validators: dict[str, Any] = {}

    def asks(self, probe: Probe) -> bool:
        """Everything."""
        return True

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        return [self._answer(probe) for probe in probes]

    def _answer(self, probe: Probe) -> Answer:
        try:
            value = read(probe.text)
        except NotJson:
            return Answer("it is no JSON")
        error = next(self._validator(probe.shape).iter_errors(value), None)
        return Answer() if error is None else Answer(error.message[:200] or "refused")

    def _validator(self, shape: str) -> Any:
        found = self._validators.get(shape)
        if found is None:
            own = self._inputs[shape] if shape in self._inputs else self._components["schemas"][shape]
            whole = {**own, "components": self._components}
            found = self._validators[shape] = self._type(whole)
        return found

    def _properties(self, validator: Any, properties: dict[str, Any], instance: Any, schema: Any) -> Iterator[Any]:
        if not isinstance(instance, dict):
            return
        for name, part in properties.items():
            if name in instance:
                message = self._said(validator, part, instance[name])
                if message:
                    yield self._error(f"{name}: {message}")

    def _said(self, validator: Any, part: Any, value: Any) -> str:
        try:
            key = (id(part), marshal.dumps(value, 2))
        except ValueError:
            return self._asked(validator, part, value)
        found = self._verdicts.get(key)
        if found is None:
            if len(self._verdicts) > KNOWN:
                self._verdicts.clear()
            found = self._verdicts[key] = self._asked(validator, part, value)
        return found

    @staticmethod
    def _asked(validator: Any, part: Any, value: Any) -> str:
        error = next(validator.descend(value, part), None)
        return "" if error is None else error.message[:200] or "refused"

    def close(self) -> None:
        """Nothing is held."""


def inputs(operations: Sequence[ApiOperation], paths: Any) -> Iterator[tuple[str, Any]]:
    """What the document says of the parameters of each operation, as an object for each place they stand in."""
    for operation in operations:
        parameters = paths[operation.path][operation.method].get("parameters", ())
        for location in LOCATIONS:
            said = [parameter for parameter in parameters if parameter["in"] == location]
            yield (
                inputs_name(operation, location),
                {
                    "type": "object",
                    "properties": {parameter["name"]: parameter["schema"] for parameter in said},
                    "required": [parameter["name"] for parameter in said if parameter.get("required")],
                    "additionalProperties": False,
                },
            )
