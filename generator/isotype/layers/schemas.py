"""Shapes as Pydantic schemas: one module per entity or object, enums, support modules and a lazy barrel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from isotype.dialects.expressions.python import print_expression
from isotype.dialects.literals.python import python_comment_lines, python_docstring, python_string
from isotype.dialects.python import (
    INDENT,
    WIDTH,
    Bracket,
    Code,
    annotated,
    bracket,
    call,
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
from isotype.dialects.python_types import Names, annotation, default
from isotype.domain.expressions import names as expression_names
from isotype.domain.ledger import NotExpressible
from isotype.domain.names import camel, snake
from isotype.domain.types import Array, Enum, EnumType, Map, ObjectType
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header, templates_folder
from isotype.shapes.model import OUTPUT, UPDATE, Operand, Property, Shape, ShapeModule, ShapeRule, Shapes, StateMachine

TARGET = "python"
_TRANSITIONS = NotExpressible(
    "transitions", TARGET, "A schema sees the new value alone: ask `can_move_…` with the stored one."
)


class _Context(NamedTuple):
    """What every module of one domain shares; `camel_case` says how wire names follow from attributes."""

    shapes: Shapes
    camel_case: bool
    cyclic: frozenset[str]


class _Module(NamedTuple):
    """One module in the making: its names and what could not be expressed."""

    context: _Context
    names: Names
    ledger: set[NotExpressible]


def render(shapes: Shapes, renderer: Renderer, options: Options) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """Every file of the layer by its path, and what Pydantic cannot say."""
    heading = "".join(f"# {line}\n" for line in header(options.header_source))
    context = _Context(shapes, _camel_case(shapes), _cyclic(shapes))
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
    return (templates_folder() / "support" / name).read_text(encoding="utf-8")


def _camel_case(shapes: Shapes) -> bool:
    """Whether wire names are attributes in camel case, as far as any tells the difference."""
    names = [(prop.name, prop.attribute) for shape in shapes.by_name.values() for prop in shape.properties]
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
        "imports": "\n".join(_import_lines(names.imports)),
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


_STANDARD = frozenset({"collections.abc", "datetime", "decimal", "ipaddress", "json", "typing", "uuid"})


def _import_lines(imports: Mapping[str, set[str]]) -> Iterator[str]:
    """Three groups, as isort makes them: the standard library, Pydantic, siblings."""
    groups: tuple[list[str], list[str], list[str]] = ([], [], [])
    for module in sorted(imports, key=natural):
        group = groups[2] if module.startswith(".") else groups[0] if module in _STANDARD else groups[1]
        group.extend(from_import(module, imports[module]))
    return iter("\n\n".join("\n".join(group) for group in groups if group).split("\n"))


def _cyclic(shapes: Shapes) -> frozenset[str]:
    """Modules that import one another in a circle."""
    needs = {
        module.name: {shapes.shape(name).module for name in module.imports} - {module.name}
        for module in shapes.modules
        if module.imports
    }
    return frozenset(name for name in needs if name in _reached(name, needs))


def _reached(start: str, needs: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    todo = list(needs.get(start, ()))
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo.extend(needs.get(name, ()))
    return reached


def _docstring(text: str, indent: str = "") -> str:
    return "\n".join(python_docstring(text, indent, WIDTH))


# ----- classes


def _class_lines(shape: Shape, here: _Module) -> Iterator[str]:
    base = ("Camel" if here.context.camel_case else "") + ("Output" if shape.direction == OUTPUT else "Input")
    yield f"class {shape.name}({here.names.wire(base)}):"
    body = list(_body_lines(shape, here))
    if shape.description:
        yield _docstring(shape.description, INDENT)
        if body:
            yield ""
    yield from body
    if not body and not shape.description:
        yield f"{INDENT}pass"


def _body_lines(shape: Shape, here: _Module) -> Iterator[str]:
    if shape.refused:
        texts = subscript(here.names.use("collections.abc", "Mapping"), "str", "str")
        declared = subscript(here.names.use("typing", "ClassVar"), texts)
        reasons = mapping((name, python_string(reason)) for name, reason in shape.refused)
        yield from annotated("REFUSED", declared, reasons, INDENT)
        if shape.properties:
            yield ""
    for prop in shape.properties:
        yield from _field_lines(prop, shape, here)
    rules: list[Code] = []
    for rule in shape.rules:
        code = _rule(rule, shape, here)
        if isinstance(code, NotExpressible):
            here.ledger.add(code)
            yield from python_comment_lines(f"Not judged here: {rule.name}. {code.reason}", INDENT, WIDTH)
        else:
            rules.append(code)
    if rules:
        names = here.names
        if shape.properties or shape.refused:
            yield ""
        yield f'{INDENT}@{names.use("pydantic", "model_validator")}(mode="after")'
        yield f"{INDENT}def _keep_rules(self) -> {names.use('typing', 'Self')}:"
        yield from layout(call(names.wire("check_rules"), *rules), INDENT * 2)
        yield f"{INDENT * 2}return self"


def _field_lines(prop: Property, shape: Shape, here: _Module) -> list[str]:
    names = here.names
    settings = list(_settings(prop, here))
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


def _settings(prop: Property, here: _Module) -> Iterator[Code]:
    expected = camel(prop.attribute) if here.context.camel_case else prop.attribute
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


def _rule(rule: ShapeRule, shape: Shape, here: _Module) -> Code | NotExpressible:
    """The arguments for one rule: name, message, and whether it refuses."""
    names = here.names
    operands = {operand.field: operand for operand in rule.operands}
    spelled = {name: _operand(operands[name], shape, here) for name in expression_names(rule.expression)}
    printed = print_expression(rule.expression, spelled.__getitem__)
    if isinstance(printed, NotExpressible):
        return printed
    for helper in (*printed.helpers, "refuses"):
        names.use("._rules", helper)
    if any(not operand.known for operand in rule.operands):
        names.use("._rules", "UNKNOWN")
    verdict = call("refuses", from_rule(printed.code))
    message = rule.message or f"{rule.name}: {rule.source}"
    return bracket("(", (python_string(rule.name), python_string(message), verdict), ")", literal=True)


def _operand(operand: Operand, shape: Shape, here: _Module) -> str:
    """How the validator of a shape reads an operand."""
    if not operand.known:
        return "UNKNOWN"
    direct = len(operand.attributes) == 1
    prop = _property(shape, operand.attributes[0])
    if direct and (shape.direction == OUTPUT or prop.required or operand.default is not None):
        return f"self.{operand.attributes[0]}"
    if shape.direction == OUTPUT:
        absent = "None"
    elif shape.direction == UPDATE or (operand.default is None and _server_made(operand, shape, here)):
        absent = here.names.use("._rules", "UNKNOWN")
    elif operand.default is None or operand.default.value is None:
        absent = "None"
    else:
        absent = _flat_default(operand, shape, here)
    if direct and absent == "None":
        return f"self.{operand.attributes[0]}"
    path = ", ".join(map(python_string, operand.attributes))
    return f"{here.names.wire('operand')}(self, {path}, absent={absent})"


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


def _flat_default(operand: Operand, shape: Shape, here: _Module) -> str:
    value = operand.default.value if operand.default is not None else None
    target = _target(operand, shape, here)
    if isinstance(target.type, EnumType):
        here.names.imports.setdefault(".enums", set()).add(target.type.enum.name)
    return flat(default(value, target.type, here.names))


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
    yield ""
    yield ""
    head = bracket(f"def can_move_{stem}(", (f"source: {enum}", f"target: {enum}"), ")")
    yield from layout(head, "", " -> bool:")
    yield _docstring(f"Whether the {machine.field} of a {machine.owner} may change from source to target.", INDENT)
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
    listed = sequence(map(python_string, sorted(homes, key=natural)))
    table = mapping((name, python_string(homes[name])) for name in sorted(homes, key=natural))
    words = f"Pydantic schemas of {shapes.title}; each module is loaded when it is first used."
    return {
        "docstring": _docstring(f"{words}\n\n{shapes.description}" if shapes.description else words),
        "imports": "\n".join(imports),
        "exports": "\n".join(layout(listed, "__all__ = ")),
        "homes": "\n".join(layout(table, "_HOMES = ")),
    }
