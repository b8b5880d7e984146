"""The Pydantic models that datamodel-code-generator makes from the OpenAPI document.

Somebody who has nothing but the document makes them so. It is asked for the strictest models it can make: what is lost
then, the document did not say.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.model import Answer, NotAsked
from isotype.probes import Probe
from isotype.probes.values import NotJson, read

NEEDED = "datamodel-code-generator 0.89 or newer"
OPTIONS: dict[str, Any] = {
    "input_file_type": "openapi",
    "output_model_type": "pydantic_v2.BaseModel",
    # A number is no text of digits, and no boolean.
    "strict_types": ["str", "int", "float", "bool"],
    # What may be absent may not be null for that.
    "strict_nullable": True,
    "use_missing_sentinel": True,
    # Maps that may be null stay so, and keep the schema of their values.
    "use_typed_nullable_map_values": True,
    "use_single_dict_for_object_maps": True,
    # What Pydantic has no word for, `uniqueItems` above all.
    "generate_schema_validators": True,
    # Patterns say which spellings there are; the types of these formats take others.
    "type_mappings": ["string+date-time=string", "string+date=string", "string+uuid=string"],
    "deserialize_default_values": ["enum"],
    "disable_timestamp": True,
    "formatters": [],
}
"""What the generator is asked for; `docs/conformance.md` has it as a command."""


class Datamodel:
    name, target, apart = "datamodel", "datamodel", False

    def __init__(self, of: Compiled) -> None:
        try:
            from datamodel_code_generator.config import GenerateConfig
            from pydantic import ValidationError
            from pydantic_core import PydanticSerializationError

            if not OPTIONS.keys() <= GenerateConfig.model_fields.keys():
                raise ImportError
        except ImportError as error:
            raise NotAsked(f"{NEEDED} is not installed: pip install 'isotype[verify]'") from error
        self._refusal, self._unwritten = ValidationError, PydanticSerializationError
        self._models: dict[str, Any] = {}
        self._fault = ""
        try:
            self._models = models(of.text("openapi", "openapi.json"), f"{of.package}.datamodel", of.folder)
        except Exception as error:
            self._fault = f"it makes no models of the document: {error!r}"

    def asks(self, probe: Probe) -> bool:
        """Everything."""
        return True

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        return [self._answer(probe) for probe in probes]

    def _answer(self, probe: Probe) -> Answer:
        if self._fault:
            return Answer(fault=self._fault)
        # Like a JSON Schema, a model is asked about a value: what a text means is decided by who reads it.
        try:
            value = read(probe.text)
        except NotJson:
            return Answer("it is no JSON")
        try:
            found = self._models[probe.shape].model_validate(value)
        except self._refusal as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            return Answer(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
        try:
            return Answer(value=found.model_dump_json(by_alias=True))
        except self._unwritten as error:
            return Answer(changed=f"none, for it cannot be written: {error}")

    def close(self) -> None:
        """Nothing is held."""


def models(document: str, module: str, folder: Path) -> dict[str, Any]:
    """The model of each schema of a document, by the schema's name; the module is found by its name meanwhile."""
    from datamodel_code_generator import generate

    names = folder / f"{module}.json"
    # It warns of options to come; Pydantic warns of names that it has itself.
    with warnings.catch_warnings(action="ignore"):
        text = generate(document, emit_model_metadata=names, **OPTIONS)
        made = sys.modules[module] = ModuleType(module)
        exec(compile(str(text), module, "exec"), vars(made))
    listed = json.loads(names.read_text(encoding="utf-8"))["models"]
    return {
        name: getattr(made, model["class_name"])
        for model in listed
        for *above, name in [model["source_path"] or [""]]
        if above == ["components", "schemas"]
    }
