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

from collections.abc import Iterator
from itertools import chain

from isotype.dialects.literals.typescript import typescript_comment_lines, typescript_property, typescript_string
from isotype.dialects.typescript import (
    default_words,
    described,
    doc,
    import_lines,
    parts,
    sentences,
    source_order,
    type_text,
    uses_json,
)
from isotype.dialects.typescript_layout import (
    INDENT,
    Entries,
    Items,
    assigned,
    entry,
    extending,
    layout,
    satisfying,
    signature,
)
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import INTEGERS, Array, Enum, Map, Scalar, Type
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header
from isotype.layers.sharing import once, together
from isotype.layers.specifiers import sibling
from isotype.layers.typescript_conversions import Conversion, conversions, function_name
from isotype.shapes.model import (
    OUTPUT,
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
    printed: Printed = {}
    for module in shapes.modules:
        declarations = _declarations(shapes, module, printed, converted.get(module.name, ()))
        imports = _imports(shapes, module, converted.get(module.name, ()), options)
        files[f"{module.name}.ts"] = renderer(
            "types/module.ts.j2", header=head, imports=imports, declarations=declarations
        )
        used_json = used_json or _uses_json(module)
    if shapes.enums:
        files["enums.ts"] = renderer("types/enums.ts.j2", header=head, enums=[_enum(enum) for enum in shapes.enums])
    if shapes.operations:
        from isotype.layers.typescript_operations import operations

        view = operations(shapes, options)
        used_json = used_json or view.json
        files["operations.ts"] = renderer(
            "types/operations.ts.j2", header=head, imports=view.imports, interface=view.interface, table=view.table
        )
    if used_json:
        files["support.ts"] = renderer("types/support.ts.j2", header=head)
    exports = sorted((sibling(options, LAYER, path.removesuffix(".ts")) for path in files), key=source_order)
    files["index.ts"] = renderer("types/index.ts.j2", header=head, notes=_notes(shapes, ledger), exports=exports)
    return files, ledger


Printed = dict[int, str]
"""The lines of properties, and of whole lists of them, by identity: shapes share most of them."""


def _declarations(
    shapes: Shapes, module: ShapeModule, printed: Printed, converted: tuple[Conversion, ...]
) -> list[str]:
    return [
        *(_interface(shape, printed) for shape in module.shapes),
        *_aliases(shapes, module, printed),
        *map(_machine, module.machines),
        *(conversion.text for conversion in converted),
    ]


def _imports(shapes: Shapes, module: ShapeModule, converted: tuple[Conversion, ...], options: Options) -> list[str]:
    types: dict[str, set[str]] = {}
    for name in module.imports:
        types.setdefault(shapes.shape(name).module, set()).add(name)
    if module.enums:
        types["enums"] = set(module.enums)
    if _uses_json(module):
        types["support"] = {"Json"}
    own = {shape.name for shape in module.shapes}
    values: dict[str, set[str]] = {}
    for conversion in converted:
        for target in conversion.calls - own:
            values.setdefault(shapes.shape(target).module, set()).add(function_name(target))
    return import_lines(
        {sibling(options, LAYER, source): names for source, names in types.items()},
        {sibling(options, LAYER, source): names for source, names in values.items()},
    )


def _uses_json(module: ShapeModule) -> bool:
    return any(uses_json(prop.type) for shape in module.shapes for prop in chain(shape.properties, shape.client))


# --- shapes ---


def _interface(shape: Shape, printed: Printed) -> str:
    lines = doc(_shape_text(shape))
    if not shape.properties:
        return "\n".join([*lines, f"export type {shape.name} = Record<string, never>;"])
    lines.append(f"export interface {shape.name} {{")
    lines.append(together(printed, shape.properties, lambda listed: "\n".join(once(printed, listed, _property))))
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


def _property(prop: Property) -> str:
    absent = "Left out, the server chooses." if prop.server_default else ""
    if prop.default is not None:
        absent = default_words(prop.default.value)
    text = described(prop.description, prop.type)
    lines = doc(sentences(text, absent), INDENT, prop.deprecated)
    mark = "" if prop.required else "?"
    lines.append(f"{INDENT}{typescript_property(prop.name)}{mark}: {type_text(prop.type, prop.nullable)};")
    return "\n".join(lines)


def _aliases(shapes: Shapes, module: ShapeModule, printed: Printed) -> Iterator[str]:
    """The thing under its own name; with the properties the frontend computes where there are some."""
    for shape in module.shapes:
        whole = module.entity and shape.variant == "response"
        name = module.stem if whole else f"{shape.name}WithClient"
        if (not whole and not shape.client) or name in shapes.by_name:
            continue
        lines = doc(shape.description)
        if not shape.client:
            yield "\n".join([*lines, assigned(f"export type {name} =", shape.name)])
            continue
        lines.append(extending(name, shape.name))
        lines.extend(once(printed, shape.client, _property))
        yield "\n".join([*lines, "}"])


# --- enums and state machines ---


def _enum(enum: Enum) -> str:
    lines = [*doc(enum.description), f"export const {enum.name} = {{"]
    for value in enum.values:
        lines.extend(doc(value.description, INDENT))
        lines.append(entry(value.member, typescript_string(value.value), INDENT))
    lines.append("} as const;")
    lines.append(assigned(f"export type {enum.name} =", f"(typeof {enum.name})[keyof typeof {enum.name}]"))
    if any(value.label for value in enum.values):
        lines.extend(["", f"/** The values of {enum.name} as a person reads them. */"])
        lines.append(f"export const {_lower(enum.name)}Labels = {{")
        for value in enum.values:
            label = typescript_string(value.label or value.value)
            lines.append(entry(typescript_property(value.value), label, INDENT))
        lines.append(satisfying(f"readonly [Value in {enum.name}]: string"))
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
        satisfying(f"readonly [From in {enum}]: readonly {enum}[]"),
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
        *(_nullable_move(machine, stem) if machine.nullable else _move(machine, stem)),
        "}",
    ]
    return "\n".join(lines)


def _move(machine: StateMachine, stem: str) -> Iterator[str]:
    enum = machine.enum.name
    yield f"/** Whether {machine.field} may go from one state to another; staying is allowed. */"
    yield signature(f"export function canMove{machine.name}", (f"from: {enum}", f"to: {enum}"), "boolean")
    yield assigned(f"{INDENT}const targets: readonly {enum}[] =", f"{stem}Moves[from]", INDENT)
    yield "  return from === to || targets.includes(to);"


def _nullable_move(machine: StateMachine, stem: str) -> Iterator[str]:
    enum = machine.enum.name
    state = f"{enum} | null"
    yield f"/** Whether {machine.field} may go from one state to another; staying is allowed, null has not begun. */"
    yield signature(f"export function canMove{machine.name}", (f"from: {state}", f"to: {state}"), "boolean")
    yield "  if (from === null) {"
    yield assigned(f"{INDENT * 2}const starts: readonly ({state})[] =", f"{stem}Starts", INDENT * 2)
    yield from ("    return to === null || starts.includes(to);", "  }")
    yield assigned(f"{INDENT}const targets: readonly ({state})[] =", f"{stem}Moves[from]", INDENT)
    yield "  return from === to || targets.includes(to);"


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
            if id(shape.properties) in seen:
                continue
            seen.add(id(shape.properties))
            for prop in shape.properties:
                if id(prop.type) not in seen:
                    seen.add(id(prop.type))
                    found.update(chain.from_iterable(map(_unsaid, parts(prop.type))))
    return {NotExpressible(construct, "typescript", _REASONS[construct]) for construct in found}


def _unsaid(of: Type) -> Iterator[str]:
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
