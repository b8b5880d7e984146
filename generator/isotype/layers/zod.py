"""The layer `zod`: validators that take exactly the values the schema means, and prove they are of the right type.

```
enums.ts       a schema for each enum
support.ts     the forms of values, as far as the domain has them
rules.ts       three-valued logic and exact numbers, where a shape has rules
<module>.ts    the schemas of one entity, object or view
index.ts       all of it
```

No schema transforms, coerces or fills in: what goes in comes out, less the properties an output drops.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from isotype.dialects.literals.typescript import typescript_property, typescript_regex, typescript_string
from isotype.dialects.patterns import javascript
from isotype.dialects.typescript import doc, import_lines, source_order, type_text
from isotype.dialects.typescript_layout import (
    INDENT,
    WIDTH,
    Call,
    Code,
    Entries,
    Items,
    block,
    block_and,
    entry,
    layout,
)
from isotype.domain.formats import FORMATS
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import INTEGERS, SAFE_INTEGER, Array, Enum, Map, ObjectType, Type
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header
from isotype.layers.specifiers import across, sibling
from isotype.layers.zod_rules import refinement
from isotype.layers.zod_types import Names, nullable, optional, schema_name, type_code
from isotype.shapes.model import OUTPUT, Property, Shape, ShapeModule, Shapes

LAYER = "zod"
_TYPES = "types"


def render(shapes: Shapes, renderer: Renderer, options: Options) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """The layer's files by path, and what its validators cannot say."""
    head = [f"// {line}" for line in header(options.header_source)]
    loops = _loops(shapes)
    files: dict[str, str] = {}
    support: set[str] = set()
    rules = False
    missing: set[NotExpressible] = set(_ledger(shapes))
    for module in shapes.modules:
        view = _module(shapes, module, loops, options)
        support |= view.support
        rules = rules or view.rules
        missing.update(view.missing)
        files[f"{module.name}.ts"] = renderer(
            "zod/module.ts.j2",
            header=head,
            imports=view.imports,
            schemas=view.schemas,
            stem=module.stem,
            proofs=view.proofs,
        )
    if shapes.enums:
        support.add("Proof")
        files["enums.ts"] = renderer(
            "zod/enums.ts.j2",
            header=head,
            imports=import_lines(
                {
                    across(options, LAYER, _TYPES, "enums"): {enum.name for enum in shapes.enums},
                    sibling(options, LAYER, "support"): {"Proof"},
                },
                {"zod": {"z"}},
            ),
            enums=[_enum(enum) for enum in shapes.enums],
            proofs=_tuple("EnumProofs", [_proof(enum.name) for enum in shapes.enums]),
        )
    if support:
        files["support.ts"] = renderer(
            "zod/support.ts.j2",
            header=head,
            parts=_with_needs(support),
            integers=_INTEGERS,
            formats=[(name, _format(name), words) for name, words in _FORMATS if name in support],
            imports=_support_imports(support, options),
        )
    if rules:
        files["rules.ts"] = renderer("zod/rules.ts.j2", header=head)
    exported = [path for path in files if path not in ("support.ts", "rules.ts")]
    exports = sorted((sibling(options, LAYER, path.removesuffix(".ts")) for path in exported), key=source_order)
    files["index.ts"] = renderer("zod/index.ts.j2", header=head, exports=exports)
    return files, tuple(sorted(missing))


_INTEGERS = (
    ("smallint", "An integer of 16 bits.", *INTEGERS["smallint"]),
    ("int", "An integer of 32 bits.", *INTEGERS["int"]),
    ("safeInteger", "An integer that a JSON number keeps exactly.", -SAFE_INTEGER, SAFE_INTEGER),
)

_FORMATS = (("email", "an e-mail address"), ("url", "an absolute http or https URL"))

_CALLS_ZOD = ("held", "json", "mapping")
_SPEAKS_OF_ZOD = ("SchemaOf", "refuse", "refusing")
_SUPPORT_TYPES = frozenset({"Proof", "SchemaOf"})

_NEEDS: Mapping[str, tuple[str, ...]] = {
    "text": ("held", "codePoints"),
    "isText": ("codePoints",),
    "email": ("text",),
    "url": ("text",),
    "smallint": ("integer",),
    "int": ("integer",),
    "safeInteger": ("integer",),
    "integer": ("held",),
    "bigint": ("held",),
    "decimalText": ("scaled", "range", "held"),
    "decimalNumber": ("range", "held"),
    "float": ("range", "held"),
    "timestamp": ("day", "held"),
    "localTimestamp": ("day", "held"),
    "date": ("day", "held"),
    "time": ("held",),
    "duration": ("held",),
    "uuidText": ("held",),
    "bytes": ("held",),
    "inet": ("held",),
    "json": ("object", "isText"),
    "mapping": ("object", "isText", "SchemaOf"),
    "list": ("held",),
    "decimalKey": ("scaled",),
    "jsonKey": ("object",),
}
"""What the support functions stand on."""


def _format(name: str) -> str:
    head = f"const {name.upper()} ="
    regex = typescript_regex(javascript(FORMATS[name]))
    line = f"{head} {regex};"
    return line if len(line) <= WIDTH else f"{head}\n{INDENT}{regex};"


def _support_imports(support: set[str], options: Options) -> list[str]:
    types: dict[str, set[str]] = {}
    values: dict[str, set[str]] = {}
    parts = _with_needs(support)
    if not parts.isdisjoint(_CALLS_ZOD):
        values["zod"] = {"z"}
    elif not parts.isdisjoint(_SPEAKS_OF_ZOD):
        types["zod"] = {"z"}
    if "json" in support:
        types[across(options, LAYER, _TYPES, "support")] = {"Json"}
    if "refuse" in support:
        rules = sibling(options, LAYER, "rules")
        types[rules], values[rules] = {"Verdict"}, {"refuses"}
    return import_lines(types, values)


def _with_needs(wanted: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    todo = list(wanted)
    while todo:
        part = todo.pop()
        if part not in found:
            found.add(part)
            todo.extend(_NEEDS.get(part, ()))
    return frozenset(found)


class _View(NamedTuple):
    imports: list[str]
    schemas: list[str]
    proofs: str
    support: set[str]
    rules: bool
    missing: tuple[NotExpressible, ...]


def _module(shapes: Shapes, module: ShapeModule, loops: Mapping[str, int], options: Options) -> _View:
    names = Names()
    helpers: set[str] = set()
    missing: list[NotExpressible] = []
    schemas: list[str] = []
    own: set[str] = set()
    for shape in module.shapes:
        text, used, lost = _schema(shapes, shape, names, loops)
        own.add(shape.name)
        helpers |= used
        missing.extend(lost)
        schemas.append(text)
    sources: dict[str, set[str]] = {}
    for name in names.shapes - own:
        sources.setdefault(sibling(options, LAYER, shapes.shape(name).module), set()).add(schema_name(name))
    if names.enums:
        sources[sibling(options, LAYER, "enums")] = set(map(schema_name, names.enums))
    if helpers:
        sources[sibling(options, LAYER, "rules")] = helpers
    types: dict[str, set[str]] = {}
    for name in names.types | own:
        types.setdefault(across(options, LAYER, _TYPES, shapes.shape(name).module), set()).add(name)
    names.support.add("Proof")
    support = sibling(options, LAYER, "support")
    types[support] = names.support & _SUPPORT_TYPES
    if names.support - _SUPPORT_TYPES:
        sources[support] = names.support - _SUPPORT_TYPES
    return _View(
        imports=import_lines(types, {"zod": {"z"}, **sources}),
        schemas=schemas,
        proofs=_tuple(f"{module.stem}Proofs", [_proof(shape.name) for shape in module.shapes]),
        support=names.support,
        rules=bool(helpers),
        missing=tuple(missing),
    )


# --- one schema ---


def _schema(
    shapes: Shapes, shape: Shape, names: Names, loops: Mapping[str, int]
) -> tuple[str, frozenset[str], tuple[NotExpressible, ...]]:
    """The schema of a shape, the rule helpers it uses, and the rules it cannot judge."""
    function = "object" if shape.direction == OUTPUT else "strictObject"
    name = schema_name(shape.name)
    lines = [] if shape.rules else doc(shape.description)
    base = f"{name.removesuffix('Schema')}Object" if shape.rules else name
    head = f"{'' if shape.rules else 'export '}const {base} ="
    refused = _refused(shape, names)
    opened = block(head, f"z.{function}", "{") if refused is None else block_and(head, f"z.{function}", refused)
    if shape.properties:
        loop = loops.get(shape.name)
        lines.append(opened.opening)
        lines.extend(_property(prop, names, opened.indent, loop, loops) for prop in shape.properties)
        lines.append(opened.closing)
    else:
        empty: tuple[Code, ...] = (Entries(()),) if refused is None else (Entries(()), refused)
        lines.append(f"{head} {layout(Call(f'z.{function}', empty), '', len(head) + 1)};")
    if not shape.rules:
        return "\n".join(lines), frozenset(), ()
    refining = block(f"export const {name} =", f"{base}.superRefine", "(row, context) => {")
    refined = refinement(shapes, shape, refining.indent)
    lines.extend(["", *doc(shape.description)])
    if refined.helpers:
        names.support.add("refuse")
        lines.extend([refining.opening, *refined.statements, refining.closing])
    else:
        lines.extend(line.lstrip(" ") for line in refined.statements)
        lines.append(f"export const {name} = {base};")
    return "\n".join(lines), refined.helpers, refined.missing


def _refused(shape: Shape, names: Names) -> Code | None:
    """The second argument of a strict object whose refusals have words of their own."""
    if shape.direction == OUTPUT or not shape.refused:
        return None
    reasons = ((typescript_property(name), typescript_string(reason)) for name, reason in shape.refused)
    return Call(names.function("refusing"), (Entries(tuple(reasons)),))


def _property(prop: Property, names: Names, indent: str, loop: int | None, loops: Mapping[str, int]) -> str:
    code = nullable(type_code(prop.type, names), prop.nullable)
    if not prop.required:
        code = optional(code)
    key = typescript_property(prop.name)
    target = _object(prop.type) if loop is not None else ""
    if not target or loops.get(target) != loop:
        return entry(key, code, indent)
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


def _loops(shapes: Shapes) -> dict[str, int]:
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


# --- enums and proofs ---


def _enum(enum: Enum) -> str:
    name = schema_name(enum.name)
    head = f"export const {name} = "
    code = Call("z.enum", (Items(tuple(map(typescript_string, enum.texts))),))
    return "\n".join([*doc(enum.description), f"{head}{layout(code, '', len(head))};"])


def _proof(name: str) -> tuple[str, str]:
    return f"typeof {schema_name(name)}", name


def _tuple(name: str, proofs: list[tuple[str, str]]) -> str:
    head = f"export type {name} = ["
    texts = [f"Proof<{schema}, {of}>" for schema, of in proofs]
    whole = f"{head}{', '.join(texts)}];"
    if len(whole) <= WIDTH:
        return whole
    lines = [head]
    for text, (schema, of) in zip(texts, proofs, strict=True):
        if len(text) + len(INDENT) + 1 <= WIDTH:
            lines.append(f"{INDENT}{text},")
        else:
            inner = INDENT * 2
            lines.append(f"{INDENT}Proof<\n{inner}{schema},\n{inner}{of}\n{INDENT}>,")
    return "\n".join([*lines, "];"])


def _ledger(shapes: Shapes) -> Iterable[NotExpressible]:
    if any(module.machines for module in shapes.modules):
        yield NotExpressible(
            "transitions", "zod", "a validator sees one state, not the one before; the types layer emits `canMove…`"
        )
