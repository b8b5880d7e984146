"""The operations of the API as Zod schemas: what each takes, part by part, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isotype.dialects.literals.typescript import typescript_property
from isotype.dialects.typescript import doc
from isotype.dialects.typescript_layout import INDENT, Call, Code, Entries, entry
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import Type
from isotype.layers.specifiers import schemas_name
from isotype.layers.zod_types import Names, nullable, optional, schema_name, type_code
from isotype.shapes.model import ApiBody, ApiOperation, ApiParameter, Shapes

PARTS = (("path", "path"), ("query", "query"), ("headers", "header"))
"""The parts of a request that hold parameters, and where these say they are."""


class OperationSchemas(NamedTuple):
    """The declarations of `operations.ts`, and each schema that is made there with the type it must be of."""

    declarations: list[str]
    proofs: list[tuple[str, str]]


def operation_schemas(shapes: Shapes, names: Names) -> OperationSchemas:
    """The schemas of every operation; `names` learns what they speak of."""
    declarations: list[str] = []
    proofs: list[tuple[str, str]] = []
    for operation in shapes.operations:
        parts = tuple(_parts(shapes, operation, names))
        name = schemas_name(operation.identifier)
        lines = doc(f"What {operation.call} takes and answers.")
        if parts:
            lines.append(f"export const {name} = {{")
            lines.extend(entry(part, code, INDENT) for part, code in parts)
            lines.append("};")
        else:
            lines.append(f"export const {name} = {{}};")
        declarations.append("\n".join(lines))
        of = f'Operations["{operation.identifier}"]'
        # A bare name is the schema of a shape, which is proved where it stands.
        made = (part for part, code in parts if not isinstance(code, str))
        proofs.extend((f'(typeof {name})["{part}"]', f'{of}["{part}"]') for part in made)
    return OperationSchemas(declarations, proofs)


def _parts(shapes: Shapes, operation: ApiOperation, names: Names) -> Iterator[tuple[str, Code]]:
    for part, location in PARTS:
        chosen = [parameter for parameter in operation.parameters if parameter.location == location]
        if chosen:
            yield part, _judged(shapes, chosen, names)
    for part, body in (("body", operation.body), ("result", operation.result)):
        if body is not None and body.type is not None:
            yield part, _body(body, body.type, names)


def _body(body: ApiBody, of: Type, names: Names) -> Code:
    return nullable(type_code(of, names), body.nullable)


def _judged(shapes: Shapes, parameters: Iterable[ApiParameter], names: Names) -> Code:
    """The parameters of one part, and the rules of the objects they come from."""
    found = Entries(
        tuple((typescript_property(parameter.name), _parameter(parameter, names)) for parameter in parameters)
    )
    code: Code = Call("z.strictObject", (found,))
    for name in dict.fromkeys(parameter.object for parameter in parameters if parameter.object):
        if shapes.shape(name).rules:
            names.shapes.add(name)
            code = Call(names.function("including"), (code, schema_name(name)))
    return code


def _parameter(parameter: ApiParameter, names: Names) -> Code:
    code = type_code(parameter.type, names)
    return code if parameter.required else optional(code)
