"""A shape as a Zod schema: an object, and around it a refinement where the shape has rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from isotype.dialects.literals.typescript import typescript_property, typescript_string
from isotype.dialects.literals.widths import width
from isotype.dialects.typescript import doc, type_text
from isotype.dialects.typescript_layout import INDENT, WIDTH, Call, Code, Entries, block, block_and, entry, flat, layout
from isotype.domain.lazy import NamedTuple
from isotype.domain.ledger import NotExpressible
from isotype.domain.reach import strongly_connected
from isotype.domain.types import object_name
from isotype.layers.sharing import again, once, together
from isotype.layers.zod_rules import Judged, refinement
from isotype.layers.zod_types import Names, nullable, optional, schema_name, type_code
from isotype.shapes.model import OUTPUT, Property, Shape, ShapeModule, Shapes


class _Code(NamedTuple):
    """The code of a type, the same on one line, and what it speaks of."""

    code: Code
    text: str
    names: Names


class _Line(NamedTuple):
    """One or all properties as a schema has them, and what they speak of."""

    text: str
    names: Names


class Context(NamedTuple):
    """What all schemas of a run share: the loops of shapes, and what was printed before.

    The code of types, and the lines of properties and of lists of them by their indentation, are kept by their
    identity, what these speak of by its contents; `objects` are those that lists of properties hold, by identity.
    `circles` numbers the modules that need one another.
    """

    shapes: Shapes
    loops: dict[str, int]
    codes: dict[int, _Code]
    lines: dict[str, dict[int, _Line]]
    lists: dict[str, dict[int, _Line | None]]
    spoken: dict[object, Names]
    circles: dict[str, int]
    judged: Judged
    objects: dict[int, list[str]]

    def waits(self, shape: Shape) -> bool:
        """Whether some schema that a shape speaks of may not exist yet when the shape's own is made."""
        return shape.name in self.loops or shape.module in self.circles

    def is_late(self, shape: Shape, target: str) -> bool:
        """Whether a schema that a shape speaks of may not exist yet when the shape's own is made."""
        if shape.name in self.loops and self.loops[shape.name] == self.loops.get(target):
            return True
        there = self.shapes.shape(target).module
        circle = self.circles.get(shape.module)
        return there != shape.module and circle is not None and circle == self.circles.get(there)


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
        lines.append(opened.opening)
        if context.waits(shape):
            lines.extend([_printed(context, prop, names, opened.indent, shape) for prop in shape.properties])
        else:
            lines.append(_properties(context, shape, names, opened.indent))
        lines.append(opened.closing)
    else:
        empty: tuple[Code, ...] = (Entries(()),) if refused is None else (Entries(()), refused)
        lines.append(f"{head} {layout(Call(f'z.{function}', empty), '', width(head) + 1)};")
    if not shape.rules:
        return Schema("\n".join(lines))
    refining = block(f"export const {name} =", f"{base}.superRefine", "(row, context) => {")
    refined = refinement(context.shapes, shape, refining.indent, context.judged)
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
    return _refusing(names.function("refusing"), shape.refused)


# Most entities refuse the same: what comes from their mixins.
@lru_cache(maxsize=1024)
def _refusing(callee: str, refused: tuple[tuple[str, str], ...]) -> Code:
    reasons = ((typescript_property(name), typescript_string(reason)) for name, reason in refused)
    return Call(callee, (Entries(tuple(reasons)),))


def _properties(context: Context, shape: Shape, names: Names, indent: str) -> str:
    lists = context.lists.setdefault(indent, {})
    made = again(lists, shape.properties, lambda properties: _listed(context, properties, indent))
    if made is None:
        return _joined(context, shape.properties, names, indent)
    names.merge(made.names)
    return made.text


def _listed(context: Context, properties: Sequence[Property], indent: str) -> _Line:
    own = Names()
    text = _joined(context, properties, own, indent)
    return _Line(text, context.spoken.setdefault(own.contents(), own))


def _joined(context: Context, properties: Sequence[Property], names: Names, indent: str) -> str:
    known = context.lines.setdefault(indent, {})
    lines = once(known, properties, lambda prop: _property(context, prop, indent))
    for line in lines:
        names.merge(line.names)
    return "\n".join([line.text for line in lines])


def _property(context: Context, prop: Property, indent: str) -> _Line:
    own = Names()
    text = _printed(context, prop, own, indent, None)
    return _Line(text, context.spoken.setdefault(own.contents(), own))


def _printed(context: Context, prop: Property, names: Names, indent: str, waiting: Shape | None) -> str:
    key = typescript_property(prop.name)
    found = context.codes.get(id(prop.type))
    if found is None:
        own = Names()
        code = type_code(prop.type, own)
        found = context.codes[id(prop.type)] = _Code(code, flat(code), own)
    names.merge(found.names)
    target = object_name(prop.type) if waiting is not None else ""
    if target and waiting is not None and context.is_late(waiting, target):
        return _lazy(prop, key, _wrapped(prop, found.code), target, names, indent)
    text = f"z.nullable({found.text})" if prop.nullable else found.text
    line = f"{indent}{key}: {text}," if prop.required else f"{indent}{key}: z.exactOptional({text}),"
    return line if width(line) <= WIDTH else entry(key, _wrapped(prop, found.code), indent)


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
    if width(head) <= WIDTH or not annotation.endswith(">"):
        return head
    outer, _, inner = annotation[:-1].partition("<")
    if inner.startswith("{ "):
        return f"{indent}get {key}(): {outer}<{{\n{indent}{INDENT}{inner[2:-2]};\n{indent}}}> {{"
    return f"{indent}get {key}(): {outer}<\n{indent}{INDENT}{inner}\n{indent}> {{"


def declared_in(context: Context, module: ShapeModule) -> tuple[str, ...]:
    """The shapes of a module, each behind those of the module that its schema is made of."""
    own = {shape.name: shape for shape in module.shapes}
    declared: dict[str, bool] = {}
    for shape in module.shapes:
        _declare(context, shape, own, declared)
    return tuple(declared)


def _declare(context: Context, shape: Shape, own: Mapping[str, Shape], declared: dict[str, bool]) -> None:
    """Add a shape behind what it is made of; loops are late, so this comes to an end."""
    if shape.name in declared:
        return
    for target in together(context.objects, shape.properties, _objects):
        if target in own and not context.is_late(shape, target):
            _declare(context, own[target], own, declared)
    declared[shape.name] = True


def _objects(properties: Iterable[Property]) -> list[str]:
    return list(filter(None, [object_name(prop.type) for prop in properties]))


def circles(shapes: Shapes) -> dict[str, int]:
    """Modules that import one another in a circle, each with the number of its circle."""
    needs = {
        module.name: [home for name in module.imports if (home := shapes.shape(name).module) != module.name]
        for module in shapes.modules
        if module.imports
    }
    return _numbered(needs)


def loops(shapes: Shapes) -> dict[str, int]:
    """Shapes that contain themselves, each with the number of its loop; a loop's shapes name each other lazily."""
    inside = {
        name: [
            target for prop in shape.properties if (target := object_name(prop.type)) and shapes.shape(target).recursive
        ]
        for name, shape in shapes.by_name.items()
        if shape.recursive
    }
    return _numbered(inside)


def _numbered(inside: Mapping[str, Collection[str]]) -> dict[str, int]:
    return {name: number for number, loop in enumerate(strongly_connected(inside)) for name in loop}
