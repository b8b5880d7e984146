"""The layer `types`: interfaces, enums, state machines and the operations of the API in TypeScript.

```
enums.ts        each enum as a constant and a union
support.ts      Json
<module>.ts     the shapes of one entity, object or view
operations.ts   what each call takes and answers
index.ts        all of it
```

A shape's constraints stand in its comments; what no type of TypeScript can hold is in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from isotype.dialects.literals.typescript import typescript_comment_lines, typescript_property, typescript_string
from isotype.dialects.typescript import constant, described, doc, import_line, source_order, type_text, uses_json
from isotype.dialects.typescript_layout import INDENT, Entries, Items, entry, layout
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import INTEGERS, Array, Enum, Map, ObjectType, Scalar, Type
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header
from isotype.layers.specifiers import sibling
from isotype.layers.typescript_conversions import Conversion, conversions, function_name
from isotype.shapes.model import (
    OUTPUT,
    ApiBody,
    ApiOperation,
    ApiParameter,
    Property,
    Shape,
    ShapeModule,
    Shapes,
    StateMachine,
)

LAYER = "types"


def render(shapes: Shapes, renderer: Renderer, options: Options) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """The layer's files by path, and what its types cannot say."""
    head = [f"// {line}" for line in header(options.header_source)]
    ledger = tuple(sorted(_ledger(shapes)))
    converted = conversions(shapes)
    files: dict[str, str] = {}
    used_json = False
    for module in shapes.modules:
        view = _module(shapes, module, converted.get(module.name, ()), options)
        used_json = used_json or view.json
        files[f"{module.name}.ts"] = renderer(
            "types/module.ts.j2", header=head, imports=view.imports, declarations=view.declarations
        )
    if shapes.enums:
        files["enums.ts"] = renderer("types/enums.ts.j2", header=head, enums=[_enum(enum) for enum in shapes.enums])
    if shapes.operations:
        operations = _operations(shapes, options)
        used_json = used_json or operations.json
        files["operations.ts"] = renderer(
            "types/operations.ts.j2",
            header=head,
            imports=operations.imports,
            interface=operations.declarations[0],
            table=operations.declarations[1],
        )
    if used_json:
        files["support.ts"] = renderer("types/support.ts.j2", header=head)
    exports = sorted((sibling(options, LAYER, path.removesuffix(".ts")) for path in files), key=source_order)
    files["index.ts"] = renderer("types/index.ts.j2", header=head, notes=_notes(shapes, ledger), exports=exports)
    return files, ledger


class _View(NamedTuple):
    """What a file holds; `json` says whether it speaks of Json."""

    imports: list[str]
    declarations: list[str]
    json: bool


def _module(shapes: Shapes, module: ShapeModule, converted: tuple[Conversion, ...], options: Options) -> _View:
    own = {shape.name for shape in module.shapes}
    types: dict[str, set[str]] = {}
    values: dict[str, set[str]] = {}
    json = False
    for shape in module.shapes:
        for prop in chain(shape.properties, shape.client):
            json = json or uses_json(prop.type)
    for name in module.imports:
        types.setdefault(shapes.shape(name).module, set()).add(name)
    if module.enums:
        types["enums"] = set(module.enums)
    for conversion in converted:
        for target in conversion.calls:
            if target not in own:
                values.setdefault(shapes.shape(target).module, set()).add(function_name(target))
    if json:
        types["support"] = {"Json"}
    declarations = [_interface(shape) for shape in module.shapes]
    declarations.extend(_alias(shapes, module))
    declarations.extend(_machine(machine) for machine in module.machines)
    declarations.extend(conversion.text for conversion in converted)
    return _View(_imports(types, values, options), declarations, json)


def _imports(types: dict[str, set[str]], values: dict[str, set[str]], options: Options) -> list[str]:
    lines = []
    for module in sorted({*types, *values}, key=lambda name: source_order(sibling(options, LAYER, name))):
        source = sibling(options, LAYER, module)
        if module in types:
            lines.append(import_line(types[module], source, types_only=True))
        if module in values:
            lines.append(import_line(values[module], source))
    return lines


# --- shapes ---


def _interface(shape: Shape) -> str:
    lines = doc(_shape_text(shape))
    if not shape.properties:
        return "\n".join([*lines, f"export type {shape.name} = Record<string, never>;"])
    lines.append(f"export interface {shape.name} {{")
    for prop in shape.properties:
        lines.extend(_property(prop))
    lines.append("}")
    return "\n".join(lines)


_VARIANTS = {
    "create": "What creating one takes.",
    "update": "What an update takes: a property left out stays as it is.",
    "list_item": "What a list shows of one.",
}


def _shape_text(shape: Shape) -> str:
    note = _VARIANTS.get(shape.variant, "")
    rules = [rule.message or rule.source for rule in shape.rules]
    return "\n\n".join(part for part in (shape.description, note, "\n".join(f"- {rule}" for rule in rules)) if part)


def _property(prop: Property) -> Iterator[str]:
    text = described(prop.description, prop.type)
    if prop.default is not None:
        default = layout(constant(prop.default.value), "", 0, -1000)
        text = f"{text}{' ' if text else ''}Left out, it is {default}."
    elif prop.server_default:
        text = f"{text}{' ' if text else ''}Left out, the server chooses."
    yield from doc(text, INDENT, prop.deprecated)
    mark = "" if prop.required else "?"
    yield f"{INDENT}{typescript_property(prop.name)}{mark}: {type_text(prop.type, prop.nullable)};"


def _alias(shapes: Shapes, module: ShapeModule) -> Iterator[str]:
    """The thing under its own name; with the properties the frontend computes where there are some."""
    for shape in module.shapes:
        whole = module.entity and shape.variant == "response"
        name = module.stem if whole else f"{shape.name}WithClient"
        if (not whole and not shape.client) or name in shapes.by_name:
            continue
        lines = doc(shape.description)
        if not shape.client:
            yield "\n".join([*lines, f"export type {name} = {shape.name};"])
            continue
        lines.append(f"export interface {name} extends {shape.name} {{")
        for prop in shape.client:
            lines.extend(_property(prop))
        yield "\n".join([*lines, "}"])


# --- enums and state machines ---


def _enum(enum: Enum) -> str:
    lines = [*doc(enum.description), f"export const {enum.name} = {{"]
    for value in enum.values:
        lines.extend(doc(value.description, INDENT))
        lines.append(entry(value.member, typescript_string(value.value), INDENT))
    lines.append("} as const;")
    lines.append(f"export type {enum.name} = (typeof {enum.name})[keyof typeof {enum.name}];")
    if any(value.label for value in enum.values):
        lines.extend(["", f"/** The values of {enum.name} as a person reads them. */"])
        lines.append(f"export const {_lower(enum.name)}Labels = {{")
        for value in enum.values:
            label = typescript_string(value.label or value.value)
            lines.append(entry(typescript_property(value.value), label, INDENT))
        lines.append(f"}} as const satisfies {{ readonly [Value in {enum.name}]: string }};")
    return "\n".join(lines)


def _machine(machine: StateMachine) -> str:
    enum = machine.enum.name
    moves = Entries(
        tuple(
            (typescript_property(state), Items(tuple(typescript_string(target) for target in targets)))
            for state, targets in machine.transitions.moves
        )
    )
    stem = _lower(machine.name)
    lines = [
        f"/** Where each state of {machine.field} may go. */",
        f"export const {stem}Moves = {{",
        *(entry(key, value, INDENT) for key, value in moves.entries),
        f"}} as const satisfies {{ readonly [From in {enum}]: readonly {enum}[] }};",
        "",
        f"/** The states in which {machine.field} may start. */",
        f"export const {stem}Starts = "
        + layout(
            Items(tuple(typescript_string(state) for state in machine.transitions.initial)),
            "",
            len(f"export const {stem}Starts = "),
            len(" as const satisfies readonly [];") + len(enum),
        )
        + f" as const satisfies readonly {enum}[];",
        "",
        f"/** Whether {machine.field} may go from one state to another; staying is allowed. */",
        f"export function canMove{machine.name}(from: {enum}, to: {enum}): boolean {{",
        f"  const targets: readonly {enum}[] = {stem}Moves[from];",
        "  return from === to || targets.includes(to);",
        "}",
    ]
    return "\n".join(lines)


# --- operations ---


def _operations(shapes: Shapes, options: Options) -> _View:
    types: dict[str, set[str]] = {}
    json = False
    for of in _operation_types(shapes.operations):
        json = json or uses_json(of)
        for part in _parts(of):
            if isinstance(part, ObjectType):
                types.setdefault(shapes.shape(part.name).module, set()).add(part.name)
            elif isinstance(part, Enum):
                types.setdefault("enums", set()).add(part.name)
    if "ErrorResponse" in shapes.by_name:
        types.setdefault(shapes.shape("ErrorResponse").module, set()).add("ErrorResponse")
    if json:
        types["support"] = {"Json"}
    error = "ErrorResponse" if "ErrorResponse" in shapes.by_name else "never"
    interface = "\n".join(chain.from_iterable(_operation(operation, error) for operation in shapes.operations))
    table = "\n".join(entry(operation.identifier, _row(operation), INDENT) for operation in shapes.operations)
    return _View(_imports(types, {}, options), [interface, table], json)


def _operation(operation: ApiOperation, error: str) -> Iterator[str]:
    call = f"{operation.method.upper()} {operation.path}"
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
            default = layout(constant(parameter.default), "", 0, -1000)
            text = f"{text}{' ' if text else ''}Left out, it is {default}."
        yield from doc(text, INDENT * 3)
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


def _operation_types(operations: Iterable[ApiOperation]) -> Iterator[Type]:
    for operation in operations:
        yield from (parameter.type for parameter in operation.parameters)
        yield from (body.type for body in (operation.body, operation.result) if body is not None and body.type)


# --- the ledger ---

_REASONS = {
    "int": "a TypeScript number may have a fraction; the validators and the database refuse it",
    "bounds": "a TypeScript type holds no range of numbers; the bound stands in the comment",
    "length": "a TypeScript type holds no length; the bound stands in the comment",
    "pattern": "a TypeScript type holds no regular expression; the pattern stands in the comment",
    "form": "texts with a form, such as a uuid, are strings to TypeScript; the form stands in the comment",
    "items": "a TypeScript array holds no bound on its items, their order or their difference",
    "rules": "a TypeScript type does not relate the values of two properties; the rule stands in the comment",
    "unknown properties": "TypeScript refuses them in object literals only",
}


def _ledger(shapes: Shapes) -> set[NotExpressible]:
    found: set[str] = set()
    seen: set[int] = set()
    for module in shapes.modules:
        for shape in module.shapes:
            if shape.rules:
                found.add("rules")
            if shape.direction != OUTPUT:
                found.add("unknown properties")
            for prop in shape.properties:
                if id(prop.type) not in seen:
                    seen.add(id(prop.type))
                    found.update(chain.from_iterable(map(_unsaid, _parts(prop.type))))
    return {NotExpressible(construct, "typescript", _REASONS[construct]) for construct in found}


def _unsaid(of: Type | Enum) -> Iterator[str]:
    if isinstance(of, Array | Map):
        counted = (of.max_items, getattr(of, "min_items", None)) != (None, None)
        if counted or (isinstance(of, Array) and (of.unique_items or of.sorted)):
            yield "items"
    if not isinstance(of, Scalar):
        return
    if of.base in INTEGERS and (of.number or of.base != "bigint"):
        yield "int"
    if of.longest is not None or of.min_length:
        yield "length"
    if of.patterns:
        yield "pattern"
    if any(bound is not None for bound in (of.minimum, of.maximum, of.above, of.below)):
        yield "bounds"
    if of.base not in ("string", "text", "int", "smallint", "float", "bool", "json") and not of.number:
        yield "form"


def _parts(of: Type) -> Iterator[Type | Enum]:
    yield of
    match of:
        case Array(item=inner) | Map(value=inner):
            yield from _parts(inner)
        case Scalar() | ObjectType():
            pass
        case _ if (enum := getattr(of, "enum", None)) is not None:
            yield enum


def _notes(shapes: Shapes, ledger: tuple[NotExpressible, ...]) -> list[str]:
    lines = typescript_comment_lines(shapes.description or shapes.title)
    if ledger:
        lines.extend(["//", "// What these types cannot say:"])
        for entry_ in ledger:
            first, *rest = typescript_comment_lines(f"- {entry_.construct}: {entry_.reason}")
            lines.extend([first, *(f"//  {line[2:]}" for line in rest)])
    return lines


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
