"""The schemas of the OpenAPI document, broken: some of its components in the place of those that are whole."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from isotype.conformance.building import Compiled
from isotype.conformance.witnesses.json_schema import JsonSchema, inputs
from isotype.dialects.json_schema import Printer
from isotype.domain.values import replace
from isotype.layers import openapi
from isotype.shapes.model import Shapes
from tests.conformance.mutations.inputs import given
from tests.conformance.mutations.model import Rewrite
from tests.conformance.mutations.pydantic import alone
from tests.conformance.mutations.wire import Ask

_WORDS = ("description", "default", "readOnly", "writeOnly", "deprecated", "title")
"""What a document says of a schema to people and to programs, and no validator judges by; `x-…` is so too."""


class Document:
    """The layer `openapi` of a compiled domain."""

    def __init__(self, of: Compiled) -> None:
        self.witness = JsonSchema(of)
        self._shapes = of.bindings.shapes
        self._text = json.dumps(of.document()["components"]["schemas"])

    def printed(self, shapes: Shapes, names: Sequence[str], enums: bool = False) -> Hashable:
        if given(shapes, names):
            operations = given(shapes, names)
            part = replace(shapes, modules=(), operations=operations)
            paths = openapi.document(part, Printer("#/components/schemas/{}".format), "")["paths"]
            return json.dumps({name: _judging(schema) for name, schema in inputs(operations, paths) if name in names})
        part = replace(alone(shapes, names), operations=(), enums=shapes.enums if enums else ())
        components = openapi.document(part, Printer("#/components/schemas/{}".format), "")["components"]["schemas"]
        return json.dumps({name: _judging(schema) for name, schema in components.items()})

    def source(self, path: str) -> str:
        return self._text

    def rewritten(self, rewrite: Rewrite) -> Iterator[tuple[Sequence[str], Hashable]]:
        if rewrite.old in self._text:
            yield list(self._shapes.by_name), rewrite.applied(self._text)

    def same(self, rewrite: Rewrite) -> str:
        return ""

    @contextmanager
    def loaded(self, printed: Hashable) -> Iterator[Ask]:
        assert isinstance(printed, str)
        whole = self.witness
        witness = JsonSchema.__new__(JsonSchema)
        vars(witness).update(vars(whole), _verdicts={}, _validators={})
        witness._type = _extended(witness)
        broken = json.loads(printed)
        witness._components = {**whole._components, "schemas": {**whole._components["schemas"], **broken}}
        witness._inputs = {**whole._inputs, **{name: broken[name] for name in broken.keys() & whole._inputs.keys()}}
        yield witness.judge


def _extended(witness: JsonSchema) -> Any:
    import jsonschema

    extend: Any = jsonschema.validators.extend
    return extend(jsonschema.Draft202012Validator, {"properties": witness._properties})


def _judging(schema: Any, named: bool = False) -> Any:
    """A schema without words; under `properties` stand names."""
    if isinstance(schema, list):
        return [_judging(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _judging(part, key == "properties" and not named)
        for key, part in schema.items()
        if named or not (key in _WORDS or key.startswith("x-"))
    }
