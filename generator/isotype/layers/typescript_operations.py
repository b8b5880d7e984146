"""The operations of the API in TypeScript: what each call takes and answers, and how it is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from isotype.dialects.literals.typescript import typescript_property, typescript_string
from isotype.dialects.typescript import (
    default_words,
    described,
    doc,
    import_lines,
    parts,
    sentences,
    type_text,
    uses_json,
)
from isotype.dialects.typescript_layout import INDENT, Entries, Items, entry
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import EnumType, ObjectType, Type
from isotype.layers.options import Options
from isotype.layers.specifiers import sibling
from isotype.shapes.model import ApiBody, ApiOperation, ApiParameter, Shapes

_LAYER = "types"
_ERROR = "ErrorResponse"


class OperationsView(NamedTuple):
    """The lines of `operations.ts`; `json` says whether they speak of Json."""

    imports: list[str]
    interface: str
    table: str
    json: bool


def operations(shapes: Shapes, options: Options) -> OperationsView:
    """Every operation of the API."""
    types: dict[str, set[str]] = {}
    json = False
    for of in _types(shapes.operations):
        json = json or uses_json(of)
        for part in parts(of):
            if isinstance(part, ObjectType):
                types.setdefault(shapes.shape(part.name).module, set()).add(part.name)
            elif isinstance(part, EnumType):
                types.setdefault("enums", set()).add(part.enum.name)
    error = "never"
    if any(operation.errors for operation in shapes.operations) and _ERROR in shapes.by_name:
        error = _ERROR
        types.setdefault(shapes.shape(_ERROR).module, set()).add(_ERROR)
    if json:
        types["support"] = {"Json"}
    return OperationsView(
        imports=import_lines({sibling(options, _LAYER, source): names for source, names in types.items()}),
        interface="\n".join(chain.from_iterable(_operation(operation, error) for operation in shapes.operations)),
        table="\n".join(entry(operation.identifier, _row(operation), INDENT) for operation in shapes.operations),
        json=json,
    )


def _operation(operation: ApiOperation, error: str) -> Iterator[str]:
    call = operation.call
    text = "\n\n".join(part for part in (operation.summary, operation.description, call) if part)
    yield from doc(text, INDENT)
    yield f"{INDENT}{typescript_property(operation.identifier)}: {{"
    for location in ("path", "query", "header"):
        chosen = [parameter for parameter in operation.parameters if parameter.location == location]
        yield from _parameters(f"{location}s" if location == "header" else location, chosen)
    body, result = operation.body, operation.result
    yield f"{INDENT * 2}body: {'null' if body is None else _body(body)};"
    yield f"{INDENT * 2}result: {_body(result)};"
    statuses = " | ".join(map(str, operation.errors)) or "never"
    yield f"{INDENT * 2}error: {error if operation.errors else 'never'};"
    yield f"{INDENT * 2}errorStatus: {statuses};"
    yield f"{INDENT}}};"


def _parameters(name: str, parameters: list[ApiParameter]) -> Iterator[str]:
    if not parameters:
        yield f"{INDENT * 2}{name}: null;"
        return
    yield f"{INDENT * 2}{name}: {{"
    for parameter in parameters:
        text = described(parameter.description, parameter.type)
        if parameter.has_default:
            text = sentences(text, default_words(parameter.default))
        yield from doc(text, INDENT * 3, parameter.deprecated)
        mark = "" if parameter.required else "?"
        of = type_text(parameter.type, parameter.nullable)
        yield f"{INDENT * 3}{typescript_property(parameter.name)}{mark}: {of};"
    yield f"{INDENT * 2}}};"


def _body(body: ApiBody) -> str:
    if body.type is not None:
        return type_text(body.type, body.nullable)
    return "null" if body.media == "application/json" else "unknown"


def _row(operation: ApiOperation) -> Entries:
    rows: list[tuple[str, str | Items]] = [
        ("method", typescript_string(operation.method.upper())),
        ("path", typescript_string(operation.path)),
        ("status", str(operation.status)),
        ("errors", Items(tuple(map(str, operation.errors)))),
    ]
    if operation.result.type is None and operation.result.media != "application/json":
        rows.append(("media", typescript_string(operation.result.media)))
    return Entries(tuple(rows))


def _types(operations: Iterable[ApiOperation]) -> Iterator[Type]:
    for operation in operations:
        yield from (parameter.type for parameter in operation.parameters)
        yield from (body.type for body in (operation.body, operation.result) if body is not None and body.type)
