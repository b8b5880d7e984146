"""The layer `zod`: validators that take exactly the values the schema means, and prove they are of the right type.

```
enums.ts       a schema for each enum
support.ts     the forms of values, as far as the domain has them
rules.ts       three-valued logic and exact numbers, where a shape has rules
<module>.ts    the schemas of one entity, object or view
index.ts       all of these schemas
operations.ts  what each call takes and answers, part by part
```

No schema transforms, coerces or fills in: what goes in comes out, less the properties an output drops.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from isotype.dialects.literals.typescript import typescript_regex, typescript_string
from isotype.dialects.literals.widths import width
from isotype.dialects.patterns import javascript
from isotype.dialects.typescript import doc, import_lines, source_order
from isotype.dialects.typescript_layout import (
    INDENT,
    WIDTH,
    Call,
    Items,
    layout,
)
from isotype.domain.formats import FORMATS
from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.ledger import NotExpressible
from isotype.domain.reach import reached
from isotype.domain.types import INTEGERS, SAFE_INTEGER, Enum
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header
from isotype.layers.specifiers import across, sibling
from isotype.layers.zod_rules import Judged
from isotype.layers.zod_schemas import Context, circles, declared_in, loops, schema
from isotype.layers.zod_types import Names, schema_name
from isotype.shapes.model import ShapeModule, Shapes

LAYER = "zod"
ZOD = "* as z"
"""How Zod is imported: a bundler leaves out what is not used of it, which it cannot with `{ z }`."""

_TYPES = "types"


def render(shapes: Shapes, renderer: Renderer, options: Options) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """The layer's files by path, and what its validators cannot say."""
    head = [f"// {line}" for line in header(options.header_source)]
    context = Context(shapes, loops(shapes), {}, {}, {}, {}, circles(shapes), Judged({}, {}), {})
    files: dict[str, str] = {}
    support: set[str] = set()
    rules = False
    missing: set[NotExpressible] = set(_ledger(shapes))
    for module in shapes.modules:
        view = _module(context, module, options)
        support |= view.support
        rules = rules or view.rules
        missing.update(view.missing)
        files[f"{module.name}.ts"] = renderer(
            "zod/module.ts.j2",
            header=[*head, *_waivers(view.schemas)],
            imports=view.imports,
            schemas=view.schemas,
            stem=module.stem,
            proofs=view.proofs,
        )
    if shapes.operations:
        files["operations.ts"] = _operations(shapes, renderer, options, head, support)
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
                {"zod": {ZOD}},
            ),
            enums=[_enum(enum) for enum in shapes.enums],
            proofs=_tuple("EnumProofs", [_proof(enum.name) for enum in shapes.enums]),
        )
    if support:
        files["support.ts"] = renderer(
            "zod/support.ts.j2",
            header=head,
            parts=reached(support, _NEEDS),
            integers=_INTEGERS,
            formats=[(name, _format(name), words) for name, words in _FORMATS if name in support],
            imports=_support_imports(support, options),
        )
    if rules:
        files["rules.ts"] = renderer("zod/rules.ts.j2", header=head)
    exported = [path for path in files if path not in ("support.ts", "rules.ts", "operations.ts")]
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
_SPEAKS_OF_ZOD = ("SchemaOf", "including", "refuse", "refusing")
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
}
"""What the support functions stand on."""


def _format(name: str) -> str:
    head = f"const {name.upper()} ="
    regex = typescript_regex(javascript(FORMATS[name]))
    line = f"{head} {regex};"
    return line if width(line) <= WIDTH else f"{head}\n{INDENT}{regex};"


def _support_imports(support: set[str], options: Options) -> list[str]:
    types: dict[str, set[str]] = {}
    values: dict[str, set[str]] = {}
    parts = reached(support, _NEEDS)
    if not parts.isdisjoint(_CALLS_ZOD):
        values["zod"] = {ZOD}
    elif not parts.isdisjoint(_SPEAKS_OF_ZOD):
        types["zod"] = {"z"}
    if "json" in support:
        types[across(options, LAYER, _TYPES, "support")] = {"Json"}
    if "refuse" in support:
        rules = sibling(options, LAYER, "rules")
        types[rules], values[rules] = {"Verdict"}, {"refuses"}
    return import_lines(types, values)


# Those control characters of a regular expression that have no letter.
_UNNAMED_CONTROL = regular(r"/[^\n]*\\u00(?:00|1[b-f])[^\n]*/u")


def _waivers(schemas: Iterable[str]) -> list[str]:
    """What a linter must be told about a module."""
    if any("\\u00" in text and _UNNAMED_CONTROL.search(text) for text in schemas):
        return ["// biome-ignore-all lint/suspicious/noControlCharactersInRegex: a pattern of the schema names some"]
    return []


class _View(NamedTuple):
    imports: list[str]
    schemas: list[str]
    proofs: str
    support: set[str]
    rules: bool
    missing: tuple[NotExpressible, ...]


def _module(context: Context, module: ShapeModule, options: Options) -> _View:
    shapes = context.shapes
    names = Names()
    helpers: set[str] = set()
    missing: list[NotExpressible] = []
    texts: dict[str, str] = {}
    for shape in module.shapes:
        printed = schema(context, shape, names)
        texts[shape.name] = printed.text
        helpers |= printed.helpers
        missing.extend(printed.missing)
    own = texts.keys()
    order = own if names.shapes.isdisjoint(own) else declared_in(context, module)
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
        imports=import_lines(types, {"zod": {ZOD}, **sources}),
        schemas=[texts[name] for name in order],
        proofs=_tuple(f"{module.stem}Proofs", [_proof(shape.name) for shape in module.shapes]),
        support=names.support,
        rules=bool(helpers),
        missing=tuple(missing),
    )


def _operations(shapes: Shapes, renderer: Renderer, options: Options, head: list[str], support: set[str]) -> str:
    """The file of the operations; `support` learns which functions it calls."""
    from isotype.layers.zod_operations import operation_schemas

    names = Names()
    made = operation_schemas(shapes, names)
    types: dict[str, set[str]] = {}
    values: dict[str, set[str]] = {}
    if made.proofs:
        names.support.add("Proof")
        types[across(options, LAYER, _TYPES, "operations")] = {"Operations"}
        types[sibling(options, LAYER, "support")] = {"Proof"}
    if any("z." in text for text in made.declarations):
        values["zod"] = {ZOD}
    for name in names.shapes:
        values.setdefault(sibling(options, LAYER, shapes.shape(name).module), set()).add(schema_name(name))
    if names.enums:
        values[sibling(options, LAYER, "enums")] = set(map(schema_name, names.enums))
    if names.support - _SUPPORT_TYPES:
        values[sibling(options, LAYER, "support")] = names.support - _SUPPORT_TYPES
    support |= names.support
    return renderer(
        "zod/operations.ts.j2",
        header=[*head, *_waivers(made.declarations)],
        imports=import_lines(types, values),
        declarations=made.declarations,
        proofs=_tuple("OperationsProofs", made.proofs) if made.proofs else "",
    )


# --- enums and proofs ---


def _enum(enum: Enum) -> str:
    name = schema_name(enum.name)
    head = f"export const {name} = "
    code = Call("z.enum", (Items(tuple(map(typescript_string, enum.texts))),))
    return "\n".join([*doc(enum.description), f"{head}{layout(code, '', width(head))};"])


def _proof(name: str) -> tuple[str, str]:
    return f"typeof {schema_name(name)}", name


def _tuple(name: str, proofs: list[tuple[str, str]]) -> str:
    head = f"export type {name} = ["
    texts = [f"Proof<{schema}, {of}>" for schema, of in proofs]
    whole = f"{head}{', '.join(texts)}];"
    if width(whole) <= WIDTH:
        return whole
    lines = [head]
    for text, (value, of) in zip(texts, proofs, strict=True):
        if width(text) + len(INDENT) + 1 <= WIDTH:
            lines.append(f"{INDENT}{text},")
        else:
            inner = INDENT * 2
            lines.append(f"{INDENT}Proof<\n{inner}{value},\n{inner}{of}\n{INDENT}>,")
    return "\n".join([*lines, "];"])


def _ledger(shapes: Shapes) -> Iterable[NotExpressible]:
    if any(module.machines for module in shapes.modules):
        yield NotExpressible(
            "transitions", "zod", "a validator sees one state, not the one before; the types layer emits `canMove…`"
        )
