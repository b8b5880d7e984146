"""A shape as a Zod schema: an object, and around it a refinement where the shape has rules."""

from __future__ import annotations

from typing import NamedTuple

from isotype.dialects.literals.typescript import typescript_property, typescript_string
from isotype.dialects.typescript import doc, type_text
from isotype.dialects.typescript_layout import INDENT, WIDTH, Call, Code, Entries, block, block_and, entry, flat, layout
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import Array, Map, ObjectType, Type
from isotype.layers.zod_rules import refinement
from isotype.layers.zod_types import Names, nullable, optional, schema_name, type_code
from isotype.shapes.model import OUTPUT, Property, Shape, Shapes


class _Code(NamedTuple):
    """The code of a type, the same on one line, and what it speaks of."""

    code: Code
    text: str
    names: Names


class Context(NamedTuple):
    """What all schemas of a run share: the loops of shapes, and the code of types seen before, by identity."""

    shapes: Shapes
    loops: dict[str, int]
    codes: dict[int, _Code]


class Schema(NamedTuple):
    """The declarations of one schema, the rule functions they call, and the rules that could not be said."""

    text: str
    helpers: frozenset[str] = frozenset()
    missing: tuple[NotExpressible, ...] = ()


def schema(context: Context, shape: Shape, names: Names) -> Schema:
    """The schema of a shape, its rules included; `names` learns what it speaks of."""
    function = "object" if shape.direction == OUTPUT else "strictObject"
    name = schema_name(shape.name)
    lines = [] if shape.rules else doc(shape.description)
    base = f"{name.removesuffix('Schema')}Object" if shape.rules else name
    head = f"{'' if shape.rules else 'export '}const {base} ="
    refused = _refused(shape, names)
    opened = block(head, f"z.{function}", "{") if refused is None else block_and(head, f"z.{function}", refused)
    if shape.properties:
        loop = context.loops.get(shape.name)
        lines.append(opened.opening)
        lines.extend(_property(context, prop, names, opened.indent, loop) for prop in shape.properties)
        lines.append(opened.closing)
    else:
        empty: tuple[Code, ...] = (Entries(()),) if refused is None else (Entries(()), refused)
        lines.append(f"{head} {layout(Call(f'z.{function}', empty), '', len(head) + 1)};")
    if not shape.rules:
        return Schema("\n".join(lines))
    refining = block(f"export const {name} =", f"{base}.superRefine", "(row, context) => {")
    refined = refinement(context.shapes, shape, refining.indent)
    lines.extend(["", *doc(shape.description)])
    if refined.helpers:
        names.support.add("refuse")
        lines.extend([refining.opening, *refined.statements, refining.closing])
    else:
        lines.extend(line.lstrip(" ") for line in refined.statements)
        lines.append(f"export const {name} = {base};")
    return Schema("\n".join(lines), refined.helpers, refined.missing)


def _refused(shape: Shape, names: Names) -> Code | None:
    """The second argument of a strict object whose refusals have words of their own."""
    if shape.direction == OUTPUT or not shape.refused:
        return None
    reasons = ((typescript_property(name), typescript_string(reason)) for name, reason in shape.refused)
    return Call(names.function("refusing"), (Entries(tuple(reasons)),))


def _property(context: Context, prop: Property, names: Names, indent: str, loop: int | None) -> str:
    key = typescript_property(prop.name)
    found = context.codes.get(id(prop.type))
    if found is None:
        own = Names()
        code = type_code(prop.type, own)
        found = context.codes[id(prop.type)] = _Code(code, flat(code), own)
    names.merge(found.names)
    target = _object(prop.type) if loop is not None else ""
    if target and context.loops.get(target) == loop:
        return _lazy(prop, key, _wrapped(prop, found.code), target, names, indent)
    text = f"z.nullable({found.text})" if prop.nullable else found.text
    line = f"{indent}{key}: {text}," if prop.required else f"{indent}{key}: z.exactOptional({text}),"
    return line if len(line) <= WIDTH else entry(key, _wrapped(prop, found.code), indent)


def _wrapped(prop: Property, code: Code) -> Code:
    code = nullable(code, prop.nullable)
    return code if prop.required else optional(code)


def _lazy(prop: Property, key: str, code: Code, target: str, names: Names, indent: str) -> str:
    """A getter, whose type is spelled: TypeScript cannot infer it from itself."""
    names.types.add(target)
    annotation = f"{names.function('SchemaOf')}<{type_text(prop.type, prop.nullable)}>"
    if not prop.required:
        annotation = f"z.ZodExactOptional<{annotation}>"
    inner = indent + INDENT
    body = f"{inner}return {layout(code, inner, len(inner) + 7)};"
    return f"{_getter(key, annotation, indent)}\n{body}\n{indent}}},"


def _getter(key: str, annotation: str, indent: str) -> str:
    head = f"{indent}get {key}(): {annotation} {{"
    if len(head) <= WIDTH or not annotation.endswith(">"):
        return head
    outer, _, inner = annotation[:-1].partition("<")
    if inner.startswith("{ "):
        return f"{indent}get {key}(): {outer}<{{\n{indent}{INDENT}{inner[2:-2]};\n{indent}}}> {{"
    return f"{indent}get {key}(): {outer}<\n{indent}{INDENT}{inner}\n{indent}> {{"


def _object(of: Type) -> str:
    match of:
        case ObjectType(name=name):
            return name
        case Array(item=inner) | Map(value=inner):
            return _object(inner)
        case _:
            return ""


def loops(shapes: Shapes) -> dict[str, int]:
    """Shapes that contain themselves, each with the number of its loop; a loop's shapes name each other lazily."""
    inside = {
        name: [target for prop in shape.properties if (target := _object(prop.type)) and shapes.shape(target).recursive]
        for name, shape in shapes.by_name.items()
        if shape.recursive
    }
    reach: dict[str, set[str]] = {}
    for name in inside:
        seen: set[str] = set()
        todo = list(inside[name])
        while todo:
            found = todo.pop()
            if found not in seen:
                seen.add(found)
                todo.extend(inside[found])
        reach[name] = seen
    numbers: dict[str, int] = {}
    for number, name in enumerate(inside):
        if name in reach[name] and name not in numbers:
            for other in reach[name]:
                if name in reach[other]:
                    numbers[other] = number
    return numbers
