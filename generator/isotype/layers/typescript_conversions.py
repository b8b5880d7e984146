"""Functions from what the API answers to what it takes: `toVolumeUpdate(volume)` leaves out what an input refuses.

A function exists where something of the input can be had from the output, and all that it requires.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from isotype.dialects.literals.typescript import typescript_access, typescript_property
from isotype.dialects.literals.widths import width
from isotype.dialects.typescript_layout import INDENT, WIDTH, Call, entry, flat, layout, signature, ternary
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import Array, Map, ObjectType, Type, object_name
from isotype.layers.sharing import together
from isotype.shapes.model import INPUT, OUTPUT, Property, Shape, ShapeModule, Shapes

Pairs = Mapping[str, str]
"""From the name of an input shape to the name of the output shape it is made of."""

_Carried = list[tuple[Property, Property]]
"""The properties of an input that are had from an output, each beside the one it is had from."""

_Inner = dict[tuple[int, int], list[tuple[str, str]]]
"""What two lists of properties hold that differs, by the identities of the lists, which many shapes have in common."""


class Conversion(NamedTuple):
    """One function: its text, and the shapes whose functions it calls."""

    target: str
    text: str
    calls: frozenset[str]


def function_name(target: str) -> str:
    """The name of the function that makes an input shape."""
    return f"to{target}"


def conversions(shapes: Shapes) -> dict[str, tuple[Conversion, ...]]:
    """The functions of every module."""
    pairs = _pairs(shapes)
    made: dict[str, list[Conversion]] = {}
    known: dict[int, _Body] = {}
    for target, carried in _possible(shapes, pairs).items():
        into = shapes.shape(target)
        body = together(known, carried, _body)
        made.setdefault(into.module, []).append(_conversion(into, pairs[target], body))
    return {module: tuple(found) for module, found in made.items()}


# --- which shape is made of which ---


def _pairs(shapes: Shapes) -> dict[str, str]:
    pairs: dict[str, str] = {}
    known: _Inner = {}
    for module in shapes.modules:
        for target, source in _declared(module):
            _pair(shapes, target, source, pairs, known)
    return pairs


def _declared(module: ShapeModule) -> Iterator[tuple[Shape, Shape]]:
    if module.entity:
        responses = [shape for shape in module.shapes if shape.variant == "response"]
        inputs = [shape for shape in module.shapes if shape.variant in ("create", "update")]
    else:
        responses = [shape for shape in module.shapes if shape.direction == OUTPUT and shape.variant == "object"]
        inputs = [shape for shape in module.shapes if shape.direction == INPUT]
    for source in responses:
        for target in inputs:
            if target.owner == source.owner:
                yield target, source


def _pair(shapes: Shapes, target: Shape, source: Shape, pairs: dict[str, str], known: _Inner) -> None:
    if target.name in pairs or not target.properties:
        return
    pairs[target.name] = source.name
    key = id(target.properties), id(source.properties)
    if key not in known:
        known[key] = _inside(target, source)
    for inner, outer in known[key]:
        if shapes.shape(inner).owner == shapes.shape(outer).owner:
            _pair(shapes, shapes.shape(inner), shapes.shape(outer), pairs, known)


def _inside(target: Shape, source: Shape) -> list[tuple[str, str]]:
    """The objects that properties of one name hold here and there, where they differ."""
    given = {prop.name: prop for prop in source.properties}
    both = [(prop, given[prop.name]) for prop in target.properties if prop.name in given]
    named = [(object_name(prop.type), object_name(origin.type)) for prop, origin in both if not _alike(prop, origin)]
    return [(inner, outer) for inner, outer in named if inner and outer]


def _possible(shapes: Shapes, pairs: Pairs) -> dict[str, _Carried]:
    """What the pairs have in common that have something, all that is required included; one that falls may take others
    along."""
    kept = dict(pairs)
    while True:
        known: dict[tuple[int, int], _Carried] = {}
        found = {
            target: _carried(shapes.shape(target), shapes.shape(source), kept, known) for target, source in kept.items()
        }
        lost = [target for target, carried in found.items() if not _is_enough(shapes.shape(target), carried)]
        if not lost:
            return found
        for target in lost:
            del kept[target]


def _carried(target: Shape, source: Shape, pairs: Pairs, known: dict[tuple[int, int], _Carried]) -> _Carried:
    key = id(target.properties), id(source.properties)
    if key not in known:
        given = {prop.name: prop for prop in source.properties}
        both = [(prop, given[prop.name]) for prop in target.properties if prop.name in given]
        known[key] = [(prop, origin) for prop, origin in both if _is_usable(prop, origin, pairs)]
    return known[key]


def _is_enough(target: Shape, carried: _Carried) -> bool:
    needed = sum([prop.required for prop in target.properties])
    return bool(carried) and sum([prop.required for prop, _ in carried]) == needed


def _is_usable(prop: Property, given: Property, pairs: Pairs) -> bool:
    if (prop.required and not given.required) or (given.nullable and not prop.nullable):
        return False
    if (prop.given or given.given) and not _is_one(prop, given):
        return False
    if prop.type is given.type or _alike(prop, given):
        return True
    inner, outer = object_name(prop.type), object_name(given.type)
    return bool(inner and outer) and pairs.get(inner) == outer


def _is_one(prop: Property, origin: Property) -> bool:
    """Whether both are one property: what no column holds may be one thing in a body and another in an answer."""
    if prop.type == origin.type:
        return True
    return isinstance(prop.type, ObjectType) and isinstance(origin.type, ObjectType)


def _alike(prop: Property, origin: Property) -> bool:
    """Whether both hold the same shape, or none."""
    return prop.type is origin.type or object_name(prop.type) == object_name(origin.type)


# --- how it is made ---


class _Body(NamedTuple):
    """What functions have in common that carry the same: the lines for what is always there, those for what is
    sometimes, and the shapes whose functions they call."""

    always: list[str]
    sometimes: list[str]
    calls: frozenset[str]


def _body(carried: _Carried) -> _Body:
    return _Body(
        [_assigned(prop, origin) for prop, origin in carried if origin.required],
        [_copied(prop, origin) for prop, origin in carried if not origin.required],
        frozenset(object_name(prop.type) for prop, origin in carried if not _alike(prop, origin)),
    )


def _conversion(target: Shape, source: str, body: _Body) -> Conversion:
    always, sometimes, calls = body
    lines = [
        f"/** What {_purpose(target)} takes of {source}. */",
        signature(f"export function {function_name(target.name)}", (f"from: {source}",), target.name),
    ]
    opening, closing = ("const to: " + target.name + " = {", "};") if sometimes else ("return {", "};")
    if always:
        lines.append(f"{INDENT}{opening}")
        lines.extend(always)
        lines.append(f"{INDENT}{closing}")
    else:
        lines.append(f"{INDENT}{opening}{closing}")
    lines.extend(sometimes)
    if sometimes:
        lines.append(f"{INDENT}return to;")
    lines.append("}")
    return Conversion(target.name, "\n".join(lines), calls)


def _purpose(target: Shape) -> str:
    if target.variant in ("create", "update"):
        return "a new one" if target.variant == "create" else "an update"
    return "an input"


def _assigned(prop: Property, origin: Property) -> str:
    """`name: from.name,` inside an object literal."""
    if _alike(prop, origin):
        return _same(prop.name)
    indent = INDENT * 2
    key = typescript_property(prop.name)
    value = "from" + typescript_access(prop.name)
    if isinstance(prop.type, ObjectType):
        made = Call(function_name(prop.type.name), (value,))
        if origin.nullable:
            return ternary(f"{indent}{key}:", f"{value} === null", "null", flat(made), indent, ",")
        return entry(key, made, indent)
    return _rebuilt(f"{indent}{key}: ", prop, value, origin.nullable, indent, ",")


@lru_cache(maxsize=4096)
def _same(name: str) -> str:
    return f"{INDENT * 2}{typescript_property(name)}: from{typescript_access(name)},"


def _copied(prop: Property, origin: Property) -> str:
    """`if (from.name !== undefined) to.name = from.name;`."""
    access = typescript_access(prop.name)
    value = f"from{access}"
    lines = [f"{INDENT}if ({value} !== undefined) {{"]
    indent = INDENT * 2
    if _alike(prop, origin):
        lines.append(f"{indent}to{access} = {value};")
    elif isinstance(prop.type, ObjectType):
        made = Call(function_name(prop.type.name), (value,))
        head = f"{indent}to{access} ="
        if origin.nullable:
            lines.append(ternary(head, f"{value} === null", "null", flat(made), indent, ";"))
        else:
            lines.append(f"{head} {layout(made, indent, width(head) + 1)};")
    else:
        lines.append(_rebuilt(f"{indent}to{access} = ", prop, value, origin.nullable, indent, ";"))
    return "\n".join([*lines, f"{INDENT}}}"])


def _rebuilt(head: str, prop: Property, value: str, nullable: bool, indent: str, end: str) -> str:
    """An array or map whose objects are converted one by one."""
    of = prop.type
    if isinstance(of, Array) and isinstance(of.item, ObjectType) and not of.nullable_items and not nullable:
        return head + layout(Call(f"{value}.map", (function_name(of.item.name),)), indent, width(head), len(end)) + end
    made = _each(of, value)
    text = f"{head}{value} === null ? null : {made}{end}" if nullable else f"{head}{made}{end}"
    # A formatter would break nested arrow functions in a way of its own.
    return text if width(text) <= WIDTH else f"{indent}// biome-ignore format: one expression, one line\n{text}"


def _each(of: Type, value: str, depth: int = 0) -> str:
    item = "item" if depth == 0 else f"item{depth + 1}"
    match of:
        case Array(item=inner, nullable_items=nullable):
            return f"{value}.map(({item}) => {_or_null(inner, item, nullable, depth)})"
        case Map(value=inner, nullable_values=nullable):
            entry = f"[key, {_or_null(inner, item, nullable, depth, in_array=True)}]"
            return f"Object.fromEntries(Object.entries({value}).map(([key, {item}]) => {entry}))"
        case ObjectType(name=name):
            return f"{function_name(name)}({value})"
        case _:
            return value


def _or_null(of: Type, item: str, nullable: bool, depth: int, in_array: bool = False) -> str:
    made = _each(of, item, depth + 1)
    if not nullable:
        return made
    choice = f"{item} === null ? null : {made}"
    return choice if in_array else f"({choice})"
