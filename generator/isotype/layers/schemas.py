"""Shapes as Pydantic schemas: one module per entity or object, enums, support modules and a lazy barrel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from isotype.dialects.expressions.calls import inexact
from isotype.dialects.expressions.code import FunctionCall
from isotype.dialects.expressions.python import print_expression
from isotype.dialects.expressions.python_conditions import Given, if_lines, print_refusal
from isotype.dialects.literals.python import python_comment_lines, python_docstring, python_string
from isotype.dialects.literals.widths import width
from isotype.dialects.python import (
    INDENT,
    WIDTH,
    Bracket,
    Code,
    annotated,
    bracket,
    call,
    exported,
    flat,
    from_import,
    from_rule,
    layout,
    mapping,
    natural,
    prefixed,
    sequence,
    subscript,
)
from isotype.dialects.python_types import Names, Uses, annotation, default
from isotype.domain.lazy import NamedTuple
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import Default
from isotype.domain.names import camel, snake
from isotype.domain.reach import strongly_connected
from isotype.domain.types import Array, Enum, EnumType, Map, ObjectType
from isotype.layers.imports import import_lines
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header, shipped
from isotype.layers.sharing import again
from isotype.shapes.model import OUTPUT, UPDATE, Operand, Property, Shape, ShapeModule, ShapeRule, Shapes, StateMachine

TARGET = "python"
_TRANSITIONS = NotExpressible(
    "transitions", TARGET, "A schema sees the new value alone: ask `can_move_…` with the stored one."
)


class _Field(NamedTuple):
    """The lines of a property or of several, and the names in them."""

    lines: Sequence[str]
    uses: Uses


class _Opening(NamedTuple):
    """The lines that ask whether a rule is broken, and the functions of the support module that they call."""

    lines: Sequence[str]
    helpers: frozenset[str]


class _Context(NamedTuple):
    """What every module of one domain shares; `camel_case` says how wire names follow from attributes.

    `fields` are the properties printed so far by their identity, `lists` whole lists of them, `openings` what rules
    ask of them: shapes share most.
    """

    shapes: Shapes
    camel_case: bool
    cyclic: frozenset[str]
    fields: dict[int, _Field]
    lists: dict[int, _Field | None]
    openings: dict[object, _Opening]


class _Module(NamedTuple):
    """One module in the making: its names and what could not be expressed."""

    context: _Context
    names: Names
    ledger: set[NotExpressible]


def render(shapes: Shapes, renderer: Renderer, options: Options) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """Every file of the layer by its path, and what Pydantic cannot say."""
    heading = "".join(f"# {line}\n" for line in header(options.header_source))
    context = _Context(shapes, _camel_case(shapes), _cyclic(shapes), {}, {}, {})
    ledger: set[NotExpressible] = set()
    files: dict[str, str] = {}
    ruled = False
    for module in shapes.modules:
        view = _module_view(module, context, ledger)
        ruled = ruled or bool(view.pop("ruled"))
        files[f"{module.name}.py"] = renderer("schemas/module.py.j2", header=heading, **view)
    if shapes.enums:
        files["enums.py"] = renderer("schemas/enums.py.j2", header=heading, enums=list(map(_enum_lines, shapes.enums)))
    files["_wire.py"] = heading + _support("wire.py")
    if ruled:
        files["_rules.py"] = heading + _support("rules.py")
    files["__init__.py"] = renderer("schemas/init.py.j2", header=heading, **_barrel_view(shapes))
    return files, tuple(sorted(ledger))


def _support(name: str) -> str:
    return shipped(f"support/{name}")


def _camel_case(shapes: Shapes) -> bool:
    """Whether wire names are attributes in camel case, as far as any tells the difference."""
    names = ((prop.name, prop.attribute) for shape in shapes.by_name.values() for prop in shape.properties)
    return any(name == camel(attribute) != attribute for name, attribute in names)


# ----- modules


def _module_view(module: ShapeModule, context: _Context, ledger: set[NotExpressible]) -> dict[str, object]:
    own = {shape.name for shape in module.shapes}
    attributes = {prop.attribute for shape in module.shapes for prop in shape.properties}
    here = _Module(context, Names({*own, *module.imports, *module.enums}, attributes), ledger)
    blocks = ["\n".join(_class_lines(shape, here)) for shape in module.shapes]
    machines = ["\n".join(_machine_lines(machine, here.names)) for machine in module.machines]
    if machines:
        ledger.add(_TRANSITIONS)
    names = here.names
    for enum in module.enums:
        names.imports.setdefault(".enums", set()).add(enum)
    circle: list[str] = []
    for home, classes in _by_module(module.imports, context.shapes):
        if module.name in context.cyclic and home in context.cyclic:
            circle += from_import(f".{home}", classes, INDENT)
        else:
            names.imports.setdefault(f".{home}", set()).update(classes)
    if circle:
        names.use("typing", "TYPE_CHECKING")
    return {
        "docstring": _docstring(module.description or module.stem),
        "imports": import_lines(names.imports),
        "builtins": "\n".join(f"_{name} = {name}" for name in sorted(names.builtins)),
        "constants": "\n\n\n".join(machines),
        "blocks": blocks,
        "circle": "\n".join(circle),
        "ruled": "._rules" in names.imports,
    }


def _by_module(classes: Iterable[str], shapes: Shapes) -> list[tuple[str, list[str]]]:
    homes: dict[str, list[str]] = {}
    for name in classes:
        homes.setdefault(shapes.shape(name).module, []).append(name)
    return sorted(homes.items())


def _cyclic(shapes: Shapes) -> frozenset[str]:
    """Modules that import one another in a circle."""
    needs = {
        module.name: {shapes.shape(name).module for name in module.imports} - {module.name}
        for module in shapes.modules
        if module.imports
    }
    return frozenset().union(*strongly_connected(needs))


def _docstring(text: str, indent: str = "") -> str:
    return "\n".join(python_docstring(text, indent, WIDTH))


# ----- classes


def _class_lines(shape: Shape, here: _Module) -> list[str]:
    base = ("Camel" if here.context.camel_case else "") + ("Output" if shape.direction == OUTPUT else "Input")
    lines = [f"class {shape.name}({here.names.wire(base)}):"]
    body = _body_lines(shape, here)
    if shape.description:
        lines.append(_docstring(shape.description, INDENT))
        if body:
            lines.append("")
    lines += body
    if not body and not shape.description:
        lines.append(f"{INDENT}pass")
    return lines


def _body_lines(shape: Shape, here: _Module) -> list[str]:
    lines: list[str] = []
    if shape.refused:
        kinds = here.names.use("typing", "ClassVar"), here.names.use("collections.abc", "Mapping")
        lines += _refused_lines(shape.refused, *kinds)
        if shape.properties:
            lines.append("")
    lines += _fields(shape.properties, here)
    judged: list[str] = []
    local: _Locals = {}
    for rule in shape.rules:
        said = _rule_lines(rule, shape, here, local)
        if isinstance(said, NotExpressible):
            here.ledger.add(said)
            lines += python_comment_lines(f"Not judged here: {rule.name}. {said.reason}", INDENT, WIDTH)
        else:
            judged += said
    if judged:
        names = here.names
        if shape.properties or shape.refused:
            lines.append("")
        lines.append(f'{INDENT}@{names.use("pydantic", "model_validator")}(mode="after")')
        lines.append(f"{INDENT}def _keep_rules(self) -> {names.use('typing', 'Self')}:")
        for name, operand in local.values():
            lines += layout(from_rule(_read(operand, shape, here)), f"{_IN_METHOD}{name} = ")
        lines.append(f"{_IN_METHOD}broken: dict[str, str] = {{}}")
        lines += judged
        lines.append(f"{_IN_METHOD}if broken:")
        lines.append(f"{_IN_METHOD}{INDENT}raise {names.wire('broken_rules')}(broken)")
        lines.append(f"{_IN_METHOD}return self")
    return lines


# Most entities refuse the same: what comes from their mixins.
@lru_cache(maxsize=1024)
def _refused_lines(refused: tuple[tuple[str, str], ...], class_variable: str, texts: str) -> Sequence[str]:
    """Why an input does not take what a response shows, by name."""
    declared = subscript(class_variable, subscript(texts, "str", "str"))
    return annotated("REFUSED", declared, mapping((name, python_string(why)) for name, why in refused), INDENT)


def _fields(properties: Sequence[Property], here: _Module) -> Iterable[str]:
    whole = again(here.context.lists, properties, lambda listed: _listed(listed, here.context))
    if whole is not None and here.names.take(whole.uses):
        return whole.lines
    return chain.from_iterable([_field(prop, here) for prop in properties])


def _listed(properties: Sequence[Property], context: _Context) -> _Field:
    names = Names(frozenset(), frozenset())
    alone = _Module(context, names, set())
    return _Field(tuple(chain.from_iterable([_field(prop, alone) for prop in properties])), names.uses())


def _field(prop: Property, here: _Module) -> Sequence[str]:
    known = here.context.fields.get(id(prop))
    if known is None:
        names = Names(frozenset(), frozenset())
        lines = _field_lines(prop, here.context, names)
        known = here.context.fields[id(prop)] = _Field(lines, names.uses())
    return known.lines if here.names.take(known.uses) else _field_lines(prop, here.context, here.names)


def _field_lines(prop: Property, context: _Context, names: Names) -> list[str]:
    settings = list(_settings(prop, context))
    type_code = annotation(prop.type, prop.nullable, names)
    value: Code | None = None
    if prop.default is not None:
        made = default(prop.default.value, prop.type, names)
        factory, mutable = _holds_object(prop), isinstance(made, Bracket) and made.literal
        if settings or factory or mutable:
            made = prefixed("default_factory=lambda: " if factory else "default=", made)
            value = call(names.use("pydantic", "Field"), made, *settings)
        else:
            value = made
    elif prop.required:
        value = call(names.use("pydantic", "Field"), *settings) if settings else None
    elif prop.nullable:
        value = call(names.use("pydantic", "Field"), "default=None", *settings) if settings else "None"
    else:
        type_code = subscript(names.wire("Unset"), type_code)
        value = call(names.wire("unset"), *settings)
    return annotated(prop.attribute, type_code, value, INDENT)


def _holds_object(prop: Property) -> bool:
    """Whether the default needs classes that may not exist yet when the module is read."""
    of = prop.type
    while isinstance(of, Array | Map):
        of = of.item if isinstance(of, Array) else of.value
    value = prop.default.value if prop.default is not None else None
    return isinstance(of, ObjectType) and value not in (None, (), {})


def _settings(prop: Property, context: _Context) -> Iterator[Code]:
    expected = camel(prop.attribute) if context.camel_case else prop.attribute
    if prop.name != expected:
        if not prop.required and prop.default is None and not prop.nullable:
            yield f"alias={python_string(prop.name)}"
        else:
            yield f"validation_alias={python_string(prop.name)}"
            yield f"serialization_alias={python_string(prop.name)}"
    if prop.description:
        yield f"description={python_string(prop.description)}"
    if prop.read_only or prop.write_only or prop.deprecated:
        marks = {"readOnly": prop.read_only, "writeOnly": prop.write_only, "deprecated": prop.deprecated}
        yield mapping(((word, "True") for word, holds in marks.items() if holds), "json_schema_extra=")


# ----- rules


_IN_METHOD = INDENT * 2


class _Local(NamedTuple):
    """The name a validator gives to an operand that stands in another object."""

    name: str
    operand: Operand


_Locals = dict[tuple[str, ...], _Local]
"""The local names of one validator, by the paths of attributes."""


def _rule_lines(rule: ShapeRule, shape: Shape, here: _Module, local: _Locals) -> Sequence[str] | NotExpressible:
    """The statements that judge one rule; none when nothing that is known here could break it."""
    key = id(rule.expression), id(rule.operands), id(shape.properties), shape.direction
    known = here.context.openings.get(key)
    if known is not None:
        return _opened(known, rule, here)
    gap = inexact(rule.expression, TARGET)
    if gap is not None:
        return gap
    operands = {operand.field: operand for operand in rule.operands}
    named = dict(local)
    refusal = print_refusal(rule.expression, lambda name: _given(operands[name], shape, here, named))
    if refusal is not None and refusal.condition is False:
        return ()
    opening = None if refusal is None or refusal.condition is True else if_lines(refusal.condition, _IN_METHOD)
    if refusal is None or opening is None:
        return (*_called(rule, operands, shape, here), *_broken_lines(rule))
    local.update(named)
    made = _Opening(opening, refusal.helpers)
    if not named:
        here.context.openings[key] = made
    return _opened(made, rule, here)


def _opened(opening: _Opening, rule: ShapeRule, here: _Module) -> Sequence[str]:
    for helper in opening.helpers:
        here.names.use("._rules", helper)
    return (*opening.lines, *_broken_lines(rule))


def _called(rule: ShapeRule, operands: Mapping[str, Operand], shape: Shape, here: _Module) -> Sequence[str]:
    """The head of a rule that functions of the support module judge."""
    printed = print_expression(rule.expression, lambda name: _read(operands[name], shape, here))
    if isinstance(printed, NotExpressible):
        raise TypeError(f"rule {rule.name} has no Python")
    for helper in printed.helpers - {"operand"}:
        here.names.use("._rules", helper)
    return layout(call(here.names.use("._rules", "refuses"), from_rule(printed.code)), f"{_IN_METHOD}if ", ":")


def _broken_lines(rule: ShapeRule) -> Sequence[str]:
    """The statement that notes a rule as broken."""
    indent = _IN_METHOD + INDENT
    key = python_string(rule.name)
    message = python_string(rule.message or f"{rule.name}: {rule.source}")
    head = f"{indent}broken[{key}] = "
    if width(head) + width(message) <= WIDTH:
        return (head + message,)
    if width(head) < WIDTH:
        return (f"{head}(", f"{indent}{INDENT}{message}", f"{indent})")
    return (f"{indent}broken[", f"{indent}{INDENT}{key}", f"{indent}] = {message}")


def _given(operand: Operand, shape: Shape, here: _Module, local: _Locals) -> Given | None:
    """How the condition of a rule reads an operand; what stands in another object gets a local name."""
    if not operand.known:
        return None
    absent = _absent(operand, shape, here)
    if len(operand.attributes) == 1:
        prop = _property(shape, operand.attributes[0])
        text = f"self.{prop.attribute}"
        if absent is not None:
            return Given(text, prop.nullable or not (prop.required or prop.default is not None))
        if prop.default is None:
            null_if = f"{python_string(prop.attribute)} in self.model_fields_set" if prop.nullable else None
            return Given(text, True, null_if)
    known = local.get(operand.attributes)
    if known is None:
        name = f"given_{'_'.join(operand.attributes)}"
        while any(name == other.name for other in local.values()):
            name += "_"
        known = local[operand.attributes] = _Local(name, operand)
    return Given(known.name, nullable=True, marked=absent is None)


def _read(operand: Operand, shape: Shape, here: _Module) -> str | FunctionCall:
    """An operand as an expression: its value, None for NULL, or the mark for what is not known."""
    if not operand.known:
        return here.names.use("._rules", "UNKNOWN")
    absent = _absent(operand, shape, here)
    if absent is None:
        spelled = here.names.use("._rules", "UNKNOWN")
    elif len(operand.attributes) == 1:
        return f"self.{operand.attributes[0]}"
    else:
        spelled = "None" if absent.value is None else _flat_default(absent, operand, shape, here)
    path = map(python_string, operand.attributes)
    return FunctionCall(here.names.wire("operand"), ("self", *path, f"absent={spelled}"))


_NULL = Default("literal")


def _absent(operand: Operand, shape: Shape, here: _Module) -> Default | None:
    """What an operand is when it is absent; None when that is not known."""
    if shape.direction == OUTPUT:
        return _NULL
    if operand.default is not None and shape.direction != UPDATE:
        return operand.default
    if len(operand.attributes) == 1 and _property(shape, operand.attributes[0]).required:
        return _NULL
    return None if shape.direction == UPDATE or _server_made(operand, shape, here) else _NULL


def _property(shape: Shape, attribute: str) -> Property:
    return next(prop for prop in shape.properties if prop.attribute == attribute)


def _target(operand: Operand, shape: Shape, here: _Module) -> Property:
    """The property at the end of an operand's path."""
    prop = _property(shape, operand.attributes[0])
    for attribute in operand.attributes[1:]:
        if not isinstance(prop.type, ObjectType):
            break
        prop = _property(here.context.shapes.shape(prop.type.name), attribute)
    return prop


def _server_made(operand: Operand, shape: Shape, here: _Module) -> bool:
    return _target(operand, shape, here).server_default


def _flat_default(absent: Default, operand: Operand, shape: Shape, here: _Module) -> str:
    target = _target(operand, shape, here)
    if isinstance(target.type, EnumType):
        here.names.imports.setdefault(".enums", set()).add(target.type.enum.name)
    return flat(default(absent.value, target.type, here.names))


# ----- state machines and enums


def _machine_lines(machine: StateMachine, names: Names) -> Iterator[str]:
    stem = snake(machine.name)
    enum = machine.enum.name
    members = {value.value: f"{enum}.{value.member}" for value in machine.enum.values}
    moves = tuple(
        prefixed(f"{members[source]}: ", sequence(members[target] for target in targets))
        for source, targets in machine.transitions.moves
    )
    declared = subscript(
        names.use("collections.abc", "Mapping"), enum, subscript(names.use("collections.abc", "Sequence"), enum)
    )
    yield from annotated(f"{stem.upper()}_MOVES", declared, bracket("{", moves, "}", literal=True))
    yield _docstring(f"Where a {machine.owner} may go from each {machine.field}; staying is always allowed.")
    if machine.nullable:
        starts = sequence(members[value] for value in machine.transitions.initial)
        several = subscript(names.use("collections.abc", "Sequence"), enum)
        yield from annotated(f"{stem.upper()}_STARTS", several, starts)
        yield _docstring(f"Where the {machine.field} of a {machine.owner} may begin, which is None before that.")
    yield ""
    yield ""
    state = f"{enum} | None" if machine.nullable else enum
    head = bracket(f"def can_move_{stem}(", (f"source: {state}", f"target: {state}"), ")")
    yield from layout(head, "", " -> bool:")
    yield _docstring(f"Whether the {machine.field} of a {machine.owner} may change from source to target.", INDENT)
    if machine.nullable:
        yield f"{INDENT}if source is None:"
        yield f"{INDENT}{INDENT}return target is None or target in {stem.upper()}_STARTS"
    yield f"{INDENT}return source == target or target in {stem.upper()}_MOVES[source]"


def _enum_lines(enum: Enum) -> str:
    lines = [f"class {enum.name}(StrEnum):"]
    if enum.description:
        lines += [*python_docstring(enum.description, INDENT, WIDTH), ""]
    for value in enum.values:
        words = ": ".join(filter(None, (value.label, value.description)))
        lines += python_comment_lines(words, INDENT, WIDTH)
        lines.append(f"{INDENT}{value.member} = {python_string(value.value)}")
    return "\n".join(lines)


# ----- barrel


def _barrel_view(shapes: Shapes) -> dict[str, object]:
    homes = {shape.name: module.name for module in shapes.modules for shape in module.shapes}
    homes |= {enum.name: "enums" for enum in shapes.enums}
    by_home: dict[str, list[str]] = {}
    for name, home in homes.items():
        by_home.setdefault(home, []).append(name)
    imports = [line for home in sorted(by_home, key=natural) for line in from_import(f".{home}", by_home[home], INDENT)]
    listed = sequence(map(python_string, sorted(homes, key=exported)))
    table = mapping((name, python_string(homes[name])) for name in sorted(homes, key=natural))
    words = f"Pydantic schemas of {shapes.title}; each module is loaded when it is first used."
    return {
        "docstring": _docstring(f"{words}\n\n{shapes.description}" if shapes.description else words),
        "imports": "\n".join(imports),
        "exports": "\n".join(layout(listed, "__all__ = ")),
        "homes": "\n".join(layout(table, "_HOMES = ")),
    }
