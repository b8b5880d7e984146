"""Shapes and operations as one OpenAPI 3.1 document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from isotype.dialects.json_schema import JsonSchema, Printer, plain, wire_constant
from isotype.domain.lazy import NamedTuple
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import Enum
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header
from isotype.layers.sharing import once, together
from isotype.shapes.model import OUTPUT, ApiBody, ApiOperation, ApiParameter, Property, Shape, Shapes

try:  # The public name imports a reader of JSON too, which is never needed here.
    from _json import encode_basestring_ascii as _quoted
except ImportError:  # pragma: no cover -- what CPython has, other interpreters may lack
    from json.encoder import encode_basestring_ascii as _quoted

ERROR = "ErrorResponse"


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
    if any(shape.rules for module in shapes.modules for shape in module.shapes):
        printer.gap("rules", "No keyword computes with several properties.")
    if any(module.machines for module in shapes.modules):
        printer.gap("transitions", "A schema sees the new value alone, not the one that is stored.")
    components = {enum.name: _enum(enum) for enum in shapes.enums}
    known = _Known({}, {})
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


def _encode(value: Any) -> str:
    """JSON on one line, in ASCII."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dict):
        return f"{{{', '.join([f'{_quoted(key)}: {_encode(part)}' for key, part in value.items()])}}}"
    if isinstance(value, _LISTS):
        return f"[{', '.join([_quoted(part) if isinstance(part, str) else _encode(part) for part in value])}]"
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    return repr(value)


_LISTS = (list, tuple)
_WORDS = {None: "null", True: "true", False: "false"}


def _text(document: JsonSchema) -> str:
    """JSON that is good to read and to compare: structure on lines of its own, leaves on one."""
    lines: list[str] = []
    _add(lines, _Texts({}, {}, {}), document, "", "", "", _DEPTH)
    return "\n".join(lines)


class _Texts(NamedTuple):
    """The lines of properties by name, those of whole mappings, and lists: what several shapes share is one object."""

    entries: dict[tuple[str, int], str]
    mappings: dict[int, str]
    lists: dict[int, str]


def _add(lines: list[str], known: _Texts, value: Any, indent: str, before: str, after: str, depth: int) -> None:
    """Add the lines of a value, the first of which starts with `before`, and the last ends with `after`."""
    inner = indent + _INDENT
    parts: list[tuple[str, Any]] = []
    if depth == 1 and id(value) in known.mappings:
        lines += (f"{before}{{", known.mappings[id(value)], f"{indent}}}{after}")
        return
    if depth == 1 and isinstance(value, dict) and any(isinstance(part, dict) and part for part in value.values()):
        text = known.mappings[id(value)] = ",\n".join(_entries(known.entries, value, inner))
        lines += (f"{before}{{", text, f"{indent}}}{after}")
        return
    if not depth or not value:
        pass
    elif isinstance(value, dict):
        if any(isinstance(part, dict) and part for part in value.values()):
            parts, brackets = [(f"{inner}{_quoted(key)}: ", part) for key, part in value.items()], "{}"
    elif isinstance(value, list) and isinstance(value[0], dict):
        parts, brackets = [(inner, part) for part in value], "[]"
    if not parts:
        text = together(known.lists, value, _encode) if isinstance(value, list) else _encode(value)
        lines.append(f"{before}{text}{after}")
        return
    lines.append(before + brackets[0])
    last = len(parts) - 1
    for number, (head, part) in enumerate(parts):
        comma = "," if number < last else ""
        if part and isinstance(part, dict | list):
            _add(lines, known, part, inner, head, comma, depth - 1)
        else:
            lines.append(f"{head}{_encode(part)}{comma}")
    lines.append(f"{indent}{brackets[1]}{after}")


def _entries(known: dict[tuple[str, int], str], value: JsonSchema, indent: str) -> Iterator[str]:
    for name, part in value.items():
        text = known.get((name, id(part)))
        if text is None:
            text = known[name, id(part)] = f"{indent}{_quoted(name)}: {_encode(part)}"
        yield text


def _enum(enum: Enum) -> JsonSchema:
    printed: JsonSchema = {"type": "string", "enum": list(enum.texts)}
    if enum.description:
        printed["description"] = enum.description
    labels = {value.value: value.label for value in enum.values if value.label}
    if labels:
        printed["x-isotype-labels"] = labels
    return printed


class _Listed(NamedTuple):
    """The properties of a shape, and the names of those that must be there."""

    properties: JsonSchema
    required: list[str]


class _Known(NamedTuple):
    """What was made of properties and of lists of them, by their identity."""

    properties: dict[int, JsonSchema]
    lists: dict[int, _Listed]


def _shape(shape: Shape, printer: Printer, known: _Known) -> JsonSchema:
    printed: JsonSchema = {"type": "object"}
    if shape.description:
        printed["description"] = shape.description
    listed = together(known.lists, shape.properties, lambda properties: _listed(properties, printer, known))
    printed["properties"] = listed.properties
    if listed.required:
        printed["required"] = listed.required
    if shape.direction != OUTPUT:
        printed["additionalProperties"] = False
    if shape.rules:
        printed["x-isotype-rules"] = {
            rule.name: {"that": rule.source, **({"message": rule.message} if rule.message else {})}
            for rule in shape.rules
        }
    return printed


def _listed(properties: Sequence[Property], printer: Printer, known: _Known) -> _Listed:
    made = once(known.properties, properties, lambda prop: _property(prop, printer))
    names = [prop.name for prop in properties]
    return _Listed(
        dict(zip(names, made, strict=True)),
        [name for name, prop in zip(names, properties, strict=True) if prop.required],
    )


def _property(prop: Property, printer: Printer) -> JsonSchema:
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
    for status in sorted(set(operation.errors) - {operation.status}):
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
