"""The mapper of one entity or view: from a body to a row, and from a row to an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from isotype.binding.model import Bindings, EntityBinding, ViewBinding
from isotype.dialects.literals.python import python_docstring, python_string
from isotype.dialects.python import INDENT, WIDTH, Bracket, Code, call, layout, prefixed
from isotype.dialects.python_types import Names
from isotype.domain.types import Array, Map, ObjectType, Scalar, Type
from isotype.layers.models.imports import import_lines
from isotype.shapes.model import UPDATE, Property, Shape, Shapes


class _Mapper(NamedTuple):
    """What the functions of one module share; `attributes` are those of the model by field."""

    class_name: str
    attributes: Mapping[str, str]
    shapes: Shapes
    schemas: str
    names: Names

    def schema(self, shape: Shape) -> str:
        """The class of a shape."""
        return self.names.use(f"{self.schemas}.{shape.module}", shape.name)

    def helper(self, name: str) -> str:
        """A name of the support module `_mapping.py`."""
        return self.names.use(".._mapping", name)


def entity_mapping(entity: EntityBinding, bindings: Bindings, schemas: str) -> dict[str, object]:
    """What the template needs for an entity; only its variants that exist have functions."""
    attributes = {field.field: field.attribute for field in entity.fields}
    here = _mapper(entity.class_name, entity.module, attributes, bindings, schemas)
    makers = {"create": _to_model, "update": _apply, "response": _to_response, "list_item": _to_list_item}
    functions = [
        "\n".join(make(entity.shapes[variant], here)) for variant, make in makers.items() if variant in entity.shapes
    ]
    if "list" in entity.shapes:
        item = "to_list_item" if "list_item" in entity.shapes else "to_response"
        functions.append("\n".join(_to_list(entity.shapes["list"], item, here)))
    return _view(here, functions)


def view_mapping(view: ViewBinding, bindings: Bindings, schemas: str) -> dict[str, object]:
    """The same for a stored query, which is only read."""
    attributes = {column.field: attribute for attribute, column in view.attributes}
    here = _mapper(view.class_name, view.module, attributes, bindings, schemas)
    return _view(here, ["\n".join(_to_response(view.shape, here))] if view.shape is not None else [])


def _mapper(class_name: str, module: str, attributes: Mapping[str, str], bindings: Bindings, schemas: str) -> _Mapper:
    names = Names({class_name}, set())
    names.imports[f"..{module}"] = {class_name}
    return _Mapper(class_name, attributes, bindings.shapes, schemas, names)


def _view(here: _Mapper, functions: list[str]) -> dict[str, object]:
    return {
        "docstring": "\n".join(python_docstring(f"Between {here.class_name} and its schemas.", "", WIDTH)),
        "imports": import_lines(here.names.imports),
        "functions": functions,
    }


def _define(name: str, parameters: tuple[str, ...], answer: str, text: str) -> Iterator[str]:
    yield from layout(call(f"def {name}", *parameters), "", f" -> {answer}:")
    yield from python_docstring(text, INDENT, WIDTH)


# ----- from a body to a row


def _to_model(shape: Shape, here: _Mapper) -> Iterator[str]:
    text = "A new row of what a caller sent; what is left out is for the database to say."
    yield from _define("to_model", (f"create: {here.schema(shape)}",), here.class_name, text)
    yield f"{INDENT}model = {here.class_name}()"
    yield from _assignments(shape, "create", (), INDENT, here)
    yield f"{INDENT}return model"


def _apply(shape: Shape, here: _Mapper) -> Iterator[str]:
    parameters = (f"update: {here.schema(shape)}", f"model: {here.class_name}")
    yield from _define("apply", parameters, "None", "Change a row as a caller asked; what is left out stays as it is.")
    yield from _assignments(shape, "update", (), INDENT, here)


def _assignments(shape: Shape, source: str, path: tuple[str, ...], indent: str, here: _Mapper) -> Iterator[str]:
    for prop in shape.properties:
        if prop.field:
            yield from _field(prop, shape, source, indent, here)
        else:
            yield from _group(prop, source, path, indent, here)


def _field(prop: Property, shape: Shape, source: str, indent: str, here: _Mapper, given: str = "") -> Iterator[str]:
    """The assignment of one attribute; `given` is a condition of it that is not written yet."""
    taken = f"{source}.{prop.attribute}"
    value: Code = taken
    if _is_document(prop.type):
        value = call(here.helper("document"), source, python_string(prop.attribute))
    target = f"model.{here.attributes[prop.field]} = "
    chosen = shape.direction == UPDATE or prop.server_default
    if prop.required or prop.default is not None or (prop.nullable and not chosen):
        if given:
            yield f"{indent}if {given}:"
        yield from layout(value, (indent + INDENT if given else indent) + target)
        return
    condition = (
        f"{python_string(prop.attribute)} in {source}.model_fields_set" if prop.nullable else f"{taken} is not None"
    )
    yield from _if([given, condition] if given else [condition], indent)
    yield from layout(value, indent + INDENT + target)


def _if(conditions: Sequence[str], indent: str) -> Iterator[str]:
    """The line that asks for all conditions, or the lines when it would be too long."""
    line = f"{indent}if {' and '.join(conditions)}:"
    if len(line) <= WIDTH or len(conditions) == 1:
        yield line
        return
    first, *others = conditions
    yield f"{indent}if ("
    yield f"{indent}{INDENT}{first}"
    yield from (f"{indent}{INDENT}and {condition}" for condition in others)
    yield f"{indent}):"


def _group(prop: Property, source: str, path: tuple[str, ...], indent: str, here: _Mapper) -> Iterator[str]:
    """A nested object whose members are attributes of the model."""
    inner = _shape_of(prop, here)
    below = (*path, prop.attribute)
    local = _local(below)
    deeper = indent + INDENT
    if prop.nullable:
        yield f"{indent}if {python_string(prop.attribute)} in {source}.model_fields_set:"
        yield f"{deeper}{local} = {source}.{prop.attribute}"
        yield f"{deeper}if {local} is None:"
        yield from (f"{deeper}{INDENT}model.{here.attributes[field]} = None" for field in _fields(inner, here))
        yield f"{deeper}else:"
        yield from _assignments(inner, local, below, deeper + INDENT, here)
        return
    yield f"{indent}{local} = {source}.{prop.attribute}"
    if prop.required:
        yield from _assignments(inner, local, below, indent, here)
    elif len(inner.properties) == 1 and inner.properties[0].field:
        yield from _field(inner.properties[0], inner, local, indent, here, f"{local} is not None")
    else:
        yield f"{indent}if {local} is not None:"
        yield from _assignments(inner, local, below, deeper, here)


def _local(path: tuple[str, ...]) -> str:
    name = "_".join(path)
    return f"{name}_" if name in ("create", "update", "model", "document") else name


def _shape_of(prop: Property, here: _Mapper) -> Shape:
    assert isinstance(prop.type, ObjectType)
    return here.shapes.shape(prop.type.name)


def _fields(shape: Shape, here: _Mapper) -> Iterator[str]:
    for prop in shape.properties:
        if prop.field:
            yield prop.field
        else:
            yield from _fields(_shape_of(prop, here), here)


def _is_document(of: Type) -> bool:
    """Whether a column holds the value in the form of the wire."""
    match of:
        case Map() | ObjectType():
            return True
        case Array(item=item):
            return isinstance(item, Array | Map | ObjectType)
    return False


# ----- from a row to an answer


def _to_response(shape: Shape, here: _Mapper) -> Iterator[str]:
    yield from _answer("to_response", shape, "What a caller sees of a row.", here)


def _to_list_item(shape: Shape, here: _Mapper) -> Iterator[str]:
    yield from _answer("to_list_item", shape, "What a caller sees of a row in a list.", here)


def _answer(name: str, shape: Shape, text: str, here: _Mapper) -> Iterator[str]:
    yield from _define(name, (f"model: {here.class_name}",), here.schema(shape), text)
    before: list[str] = []
    made = _made(shape, (), before, here)
    yield from before
    yield from layout(made, f"{INDENT}return ")


def _made(shape: Shape, path: tuple[str, ...], before: list[str], here: _Mapper) -> Bracket:
    """The call that makes a shape; what must be known first goes to `before`."""
    schema = here.schema(shape)
    arguments: list[Code] = []
    for prop in shape.properties:
        if prop.field:
            value = _value(prop, schema, here)
        else:
            value = _made(_shape_of(prop, here), (*path, prop.attribute), before, here)
            if prop.nullable:
                value = _known_group(prop, value, (*path, prop.attribute), before, here)
        arguments.append(prefixed(f"{prop.attribute}=", value))
    return call(schema, *arguments)


def _known_group(prop: Property, made: Code, path: tuple[str, ...], before: list[str], here: _Mapper) -> Code:
    """A group that is null when all its columns are."""
    inner, local = _shape_of(prop, here), _local(path)
    before.append(f"{INDENT}{local}: {here.schema(inner)} | None = None")
    values = [f"model.{here.attributes[field]}" for field in _fields(inner, here)]
    before += layout(call(here.helper("has_value"), *values), f"{INDENT}if ", ":")
    before += layout(made, f"{INDENT * 2}{local} = ")
    return local


def _value(prop: Property, schema: str, here: _Mapper) -> Code:
    held = f"model.{here.attributes[prop.field]}"
    match prop.type:
        case ObjectType():
            inner = here.schema(_shape_of(prop, here))
            return call(here.helper("known"), inner, held) if prop.nullable else call(f"{inner}.model_validate", held)
        case Map() | Array() if _is_document(prop.type) or _is_json(prop.type):
            return call(here.helper("read"), schema, python_string(prop.attribute), held)
    return held


def _is_json(of: Type) -> bool:
    return isinstance(of, Array) and isinstance(of.item, Scalar) and of.item.base == "json"


def _to_list(shape: Shape, item: str, here: _Mapper) -> Iterator[str]:
    schema = here.schema(shape)
    models = f"models: {here.names.use('collections.abc', 'Iterable')}[{here.class_name}]"
    numbers = ("total: int", "page: int", "page_size: int")
    yield from _define("to_list", (models, *numbers), schema, "A page of a list.")
    items = f"items=[{item}(model) for model in models]"
    yield from layout(call(schema, items, "total=total", "page=page", "page_size=page_size"), f"{INDENT}return ")
