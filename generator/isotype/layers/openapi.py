"""Shapes and operations as one OpenAPI 3.1 document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from isotype.dialects.json_schema import JsonSchema, Printer, plain, wire_constant
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import Enum
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header
from isotype.shapes.model import OUTPUT, ApiBody, ApiOperation, ApiParameter, Property, Shape, Shapes

ERROR = "ErrorResponse"
_TOO_MANY = 429


def render(shapes: Shapes, renderer: Renderer, options: Options) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """The document as `openapi.json`, and what JSON Schema cannot say."""
    printer = Printer("#/components/schemas/{}".format)
    body = document(shapes, printer, " ".join(header(options.header_source)))
    text = _text(body)
    return {"openapi.json": renderer("openapi/document.json.j2", document=text)}, tuple(sorted(printer.gaps))


def document(shapes: Shapes, printer: Printer, origin: str) -> JsonSchema:
    """The whole document as JSON data."""
    info: JsonSchema = {"title": shapes.title, "version": shapes.version}
    if shapes.description:
        info["description"] = shapes.description
    paths: JsonSchema = {}
    for operation in shapes.operations:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, shapes, printer)
    if any(module.machines for module in shapes.modules):
        printer.gap("transitions", "A schema sees the new value alone, not the one that is stored.")
    components = {enum.name: _enum(enum) for enum in shapes.enums}
    known: dict[object, JsonSchema] = {}
    components |= {shape.name: _shape(shape, printer, known) for module in shapes.modules for shape in module.shapes}
    found: JsonSchema = {"x-origin": origin, "openapi": "3.1.0", "info": info, "paths": paths}
    if components:
        found["components"] = {"schemas": components}
    if printer.gaps:
        found["x-isotype-not-expressible"] = {gap.construct: gap.reason for gap in sorted(printer.gaps)}
    return found


_INDENT = "  "
_DEPTH = 5
"""How deep structure is broken into lines: down to the properties of a schema, one line each."""


def _text(document: JsonSchema) -> str:
    """JSON that is good to read and to compare: structure on lines of its own, leaves on one."""
    leaves: dict[int, str] = {}
    encode = json.JSONEncoder().encode

    def leaf(value: Any) -> str:
        # A property that several shapes share is one object.
        if not isinstance(value, dict):
            return encode(value)
        return leaves.get(id(value)) or leaves.setdefault(id(value), encode(value))

    lines: list[str] = []
    _add(lines, leaf, document, "", "", "", _DEPTH)
    return "\n".join(lines)


def _add(
    lines: list[str], leaf: Callable[[Any], str], value: Any, indent: str, before: str, after: str, depth: int
) -> None:
    """Add the lines of a value, the first of which starts with `before`, and the last ends with `after`."""
    parts: list[tuple[str, Any]] = []
    inner = indent + _INDENT
    if not depth or not value:
        pass
    elif isinstance(value, dict):
        if any(isinstance(part, dict) and part for part in value.values()):
            parts, brackets = [(f"{inner}{leaf(key)}: ", part) for key, part in value.items()], "{}"
    elif isinstance(value, list) and isinstance(value[0], dict):
        parts, brackets = [(inner, part) for part in value], "[]"
    if not parts:
        lines.append(f"{before}{leaf(value)}{after}")
        return
    lines.append(before + brackets[0])
    if depth == 1:
        lines.append(",\n".join([head + leaf(part) for head, part in parts]))
    else:
        last = len(parts) - 1
        for number, (head, part) in enumerate(parts):
            _add(lines, leaf, part, inner, head, "," if number < last else "", depth - 1)
    lines.append(f"{indent}{brackets[1]}{after}")


def _enum(enum: Enum) -> JsonSchema:
    printed: JsonSchema = {"type": "string", "enum": list(enum.texts)}
    if enum.description:
        printed["description"] = enum.description
    labels = {value.value: value.label for value in enum.values if value.label}
    if labels:
        printed["x-isotype-labels"] = labels
    return printed


def _shape(shape: Shape, printer: Printer, known: dict[object, JsonSchema]) -> JsonSchema:
    printed: JsonSchema = {"type": "object"}
    if shape.description:
        printed["description"] = shape.description
    printed["properties"] = {prop.name: _property(prop, printer, known) for prop in shape.properties}
    required = [prop.name for prop in shape.properties if prop.required]
    if required:
        printed["required"] = required
    if shape.direction != OUTPUT:
        printed["additionalProperties"] = False
    if shape.rules:
        printer.gap("rules", "No keyword computes with several properties.")
        printed["x-isotype-rules"] = {
            rule.name: {"that": rule.source, **({"message": rule.message} if rule.message else {})}
            for rule in shape.rules
        }
    return printed


def _property(prop: Property, printer: Printer, known: dict[object, JsonSchema]) -> JsonSchema:
    """A property; those that are alike are one object."""
    marks = (prop.read_only, prop.write_only, prop.deprecated)
    key = (id(prop.type), prop.nullable, prop.description, id(prop.default), marks)
    found = known.get(key)
    if found is None:
        found = known[key] = _described(prop, printer)
    return found


def _described(prop: Property, printer: Printer) -> JsonSchema:
    printed = printer.schema(prop.type, prop.nullable)
    if prop.description:
        printed["description"] = prop.description
    if prop.default is not None:
        printed["default"] = wire_constant(prop.default.value, prop.type)
    for word, holds in (("readOnly", prop.read_only), ("writeOnly", prop.write_only), ("deprecated", prop.deprecated)):
        if holds:
            printed[word] = True
    return printed


def _operation(operation: ApiOperation, shapes: Shapes, printer: Printer) -> JsonSchema:
    printed: JsonSchema = {"operationId": operation.identifier}
    if operation.summary:
        printed["summary"] = operation.summary
    if operation.description:
        printed["description"] = operation.description
    if operation.tags:
        printed["tags"] = list(operation.tags)
    if operation.parameters:
        printed["parameters"] = [_parameter(parameter, printer) for parameter in operation.parameters]
    if operation.body is not None:
        printed["requestBody"] = {"required": not operation.body.nullable, "content": _content(operation.body, printer)}
    printed["responses"] = dict(_responses(operation, shapes, printer))
    if operation.rate_limit:
        printed["x-rate-limit"] = operation.rate_limit
    return printed


def _parameter(parameter: ApiParameter, printer: Printer) -> JsonSchema:
    schema = printer.schema(parameter.type)
    if parameter.has_default:
        schema["default"] = wire_constant(plain(parameter.default), parameter.type)
    printed: JsonSchema = {"name": parameter.name, "in": parameter.location}
    if parameter.required or parameter.location == "path":
        printed["required"] = True
    if parameter.description:
        printed["description"] = parameter.description
    if parameter.deprecated:
        printed["deprecated"] = True
    return {**printed, "schema": schema}


def _content(body: ApiBody, printer: Printer) -> JsonSchema:
    return {body.media: {} if body.type is None else {"schema": printer.schema(body.type, body.nullable)}}


def _responses(operation: ApiOperation, shapes: Shapes, printer: Printer) -> Iterator[tuple[str, Any]]:
    result = operation.result
    answer: JsonSchema = {"description": _phrase(operation.status)}
    if result.type is not None or result.media != "application/json":
        answer["content"] = _content(result, printer)
    yield str(operation.status), answer
    limited = (_TOO_MANY,) if operation.rate_limit else ()
    for status in sorted({*operation.errors, *limited} - {operation.status}):
        refused: JsonSchema = {"description": _phrase(status)}
        if ERROR in shapes.by_name:
            refused["content"] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{ERROR}"}}}
        yield str(status), refused


def _phrase(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
