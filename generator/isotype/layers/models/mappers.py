"""The mapper of one entity or view: from a body to a row, and from a row to an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from isotype.binding.mapper import (
    asked_properties,
    given_fields,
    held_shape,
    is_asked,
    is_content,
    loads_function,
    page_function,
    result_function,
)
from isotype.binding.model import Bindings, EntityBinding, FieldBinding, Relationship, ViewBinding
from isotype.dialects.literals.python import python_docstring, python_string
from isotype.dialects.python import (
    INDENT,
    WIDTH,
    Bracket,
    Code,
    bracket,
    call,
    comprehension,
    flat,
    layout,
    prefixed,
    sequence,
    subscript,
)
from isotype.dialects.python_types import Uses
from isotype.domain.lazy import NamedTuple
from isotype.domain.types import PLAIN, Array, Map, ObjectType, Scalar, Type
from isotype.layers.imports import import_lines
from isotype.layers.models.types import TypeNames, python_type
from isotype.layers.sharing import together
from isotype.shapes.model import UPDATE, Property, Shape, Shapes


class _Spelled(NamedTuple):
    """Lines, and the names in them."""

    lines: Sequence[str]
    uses: Uses


class Known(NamedTuple):
    """What mappers have in common, spelled once: by the identity of properties, and of the attributes they are held in.

    `attributes` gives models with the same attributes the same mapping of them.
    """

    attributes: dict[tuple[tuple[str, str], ...], Mapping[str, str]]
    asked: dict[int, Sequence[Property]]
    assignments: dict[tuple[int, int, str], _Spelled]
    results: dict[tuple[int, int], Bracket | None]


HELPERS = ".._mapping"
"""The support module, which stands where some mapper imports it."""


class _Mapper(NamedTuple):
    """What the functions of one module share; `attributes` are those of the model by field, `ends` by relationship."""

    class_name: str
    module: str
    attributes: Mapping[str, str]
    ends: Mapping[str, Relationship]
    shapes: Shapes
    schemas: str
    names: TypeNames
    known: Known

    def schema(self, shape: Shape) -> str:
        """The class of a shape."""
        return self.names.use(f"{self.schemas}.{shape.module}", shape.name)

    def helper(self, name: str) -> str:
        """A name of the support module."""
        return self.names.use(HELPERS, name)


def entity_mapping(entity: EntityBinding, bindings: Bindings, schemas: str, known: Known) -> dict[str, object]:
    """What the template needs for an entity; only its variants that exist have functions."""
    attributes = {field.field: field.attribute for field in entity.fields}
    ends = {end.name: end for end in entity.relationships}
    here = _mapper(entity.class_name, entity.module, attributes, ends, bindings, schemas, known)
    made: list[list[str]] = []
    if "create" in entity.shapes:
        made.append(_to_model(entity.shapes["create"], tuple(given_fields(entity)), here))
    if "update" in entity.shapes:
        made.append(_apply(entity.shapes["update"], here))
    results = [entity.shapes[variant] for variant in ("response", "list_item") if variant in entity.shapes]
    for shape in (*results, *entity.named):
        made.append(_to_result(shape, here))
        if any(prop.relation for prop in shape.properties):
            made.append(_loads(shape, here))
    for page in entity.pages:
        made.append(_to_page(page, page_function(page, entity), here))
    return _view(here, ["\n".join(lines) for lines in made])


def view_mapping(view: ViewBinding, bindings: Bindings, schemas: str, known: Known) -> dict[str, object]:
    """The same for a stored query, which is only read."""
    attributes = {column.field: attribute for attribute, column in view.attributes}
    here = _mapper(view.class_name, view.module, attributes, {}, bindings, schemas, known)
    if view.shape is None:
        return _view(here, [])
    made = [_to_result(view.shape, here), *(_to_page(page, "to_list", here) for page in view.pages)]
    return _view(here, ["\n".join(lines) for lines in made])


def _mapper(
    class_name: str,
    module: str,
    attributes: Mapping[str, str],
    ends: Mapping[str, Relationship],
    bindings: Bindings,
    schemas: str,
    known: Known,
) -> _Mapper:
    names = TypeNames({class_name}, set(), f"{schemas}.enums", "")
    names.imports[f"..{module}"] = {class_name}
    shared = known.attributes.setdefault(tuple(attributes.items()), attributes)
    return _Mapper(class_name, module, shared, ends, bindings.shapes, schemas, names, known)


def _view(here: _Mapper, functions: list[str]) -> dict[str, object]:
    return {
        "docstring": "\n".join(python_docstring(f"Between {here.class_name} and its schemas.", "", WIDTH)),
        "imports": import_lines(here.names.imports),
        "helped": HELPERS in here.names.imports,
        "functions": functions,
    }


def _define(name: str, parameters: tuple[str, ...], answer: str, text: str) -> list[str]:
    lines = layout(call(f"def {name}", *parameters), "", f" -> {answer}:")
    if len(lines) > 1 and len(parameters) == 1 and "," not in parameters[0]:
        # A parameter by itself is the one thing that gets a comma although all of it stands on one line.
        lines[1] += ","
    return [*lines, *python_docstring(text, INDENT, WIDTH)]


# ----- from a body to a row


def _to_model(shape: Shape, given: tuple[FieldBinding, ...], here: _Mapper) -> list[str]:
    text = "A new row of what a caller sent; what is left out is for the database to say."
    held = {_parameter(field.attribute): field for field in given}
    asked = [
        f"{name}: {python_type(field.column.type, field.column.nullable, here.names)}" for name, field in held.items()
    ]
    parameters = (f"create: {here.schema(shape)}", *(["*", *asked] if asked else []))
    return [
        *_define("to_model", parameters, here.class_name, text),
        f"{INDENT}model = {here.class_name}()",
        *_assigned(shape, "create", here),
        *(f"{INDENT}model.{field.attribute} = {name}" for name, field in held.items()),
        f"{INDENT}return model",
    ]


def _apply(shape: Shape, here: _Mapper) -> list[str]:
    parameters = (f"update: {here.schema(shape)}", f"model: {here.class_name}")
    text = "Change a row as a caller asked; what is left out stays as it is."
    return [*_define("apply", parameters, "None", text), *_assigned(shape, "update", here)]


def _assigned(shape: Shape, source: str, here: _Mapper) -> Iterable[str]:
    """The assignments of everything in a body."""
    key = id(shape.properties), id(here.attributes), source
    found = here.known.assignments.get(key)
    if found is None:
        alone = here._replace(names=TypeNames(set(), set(), f"{here.schemas}.enums", ""))
        lines = tuple(_assignments(shape, source, (), INDENT, alone))
        found = here.known.assignments[key] = _Spelled(lines, alone.names.uses())
    return found.lines if here.names.take(found.uses) else _assignments(shape, source, (), INDENT, here)


def _assignments(shape: Shape, source: str, path: tuple[str, ...], indent: str, here: _Mapper) -> Iterator[str]:
    for prop in shape.properties:
        if prop.given:
            continue
        if prop.field:
            yield from _field(prop, shape, source, indent, here)
        else:
            yield from _group(prop, source, path, indent, here)


def _field(prop: Property, shape: Shape, source: str, indent: str, here: _Mapper, given: str = "") -> list[str]:
    """The assignment of one attribute; `given` is a condition of it that is not written yet."""
    taken = f"{source}.{prop.attribute}"
    value: Code = taken
    if not isinstance(prop.type, PLAIN) and _is_document(prop.type):
        value = call(here.helper("document"), source, python_string(prop.attribute))
    target = f"model.{here.attributes[prop.field]} = "
    chosen = shape.direction == UPDATE or prop.server_default
    if prop.required or prop.default is not None or (prop.nullable and not chosen):
        if given:
            return [f"{indent}if {given}:", *layout(value, indent + INDENT + target)]
        return [f"{indent}{target}{value}"] if isinstance(value, str) else layout(value, indent + target)
    condition = f'"{prop.attribute}" in {source}.model_fields_set' if prop.nullable else f"{taken} is not None"
    asking = _if([given, condition], indent) if given else [f"{indent}if {condition}:"]
    return [*asking, *layout(value, indent + INDENT + target)]


def _if(conditions: Sequence[str], indent: str) -> list[str]:
    """The line that asks for all conditions, or the lines when it would be too long."""
    line = f"{indent}if {' and '.join(conditions)}:"
    if len(line) <= WIDTH:
        return [line]
    first, *others = conditions
    rest = (f"{indent}{INDENT}and {condition}" for condition in others)
    return [f"{indent}if (", f"{indent}{INDENT}{first}", *rest, f"{indent}):"]


def _group(prop: Property, source: str, path: tuple[str, ...], indent: str, here: _Mapper) -> Iterator[str]:
    """A nested object whose members are attributes of the model."""
    inner = held_shape(prop, here.shapes)
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


def _fields(shape: Shape, here: _Mapper) -> Iterator[str]:
    for prop in shape.properties:
        if prop.field:
            yield prop.field
        else:
            yield from _fields(held_shape(prop, here.shapes), here)


_JSON = frozenset(("json", "string", "text", "email", "url", "bool", "int", "smallint", "float"))
"""Types whose values are in Python what they are on the wire."""


def _is_document(of: Type) -> bool:
    """Whether a column holds the value in the form of the wire, which is another than a schema's."""
    match of:
        case ObjectType():
            return True
        case Map(value=value):
            return not _is_json(value)
        case Array(item=item):
            return _is_document(item)
    return False


def _is_json(of: Type) -> bool:
    match of:
        case Scalar(base=base):
            return base in _JSON
        case Array(item=inner) | Map(value=inner):
            return _is_json(inner)
    return False


# ----- from a row to an answer


_TEXTS = {
    "response": "What a caller sees of a row.",
    "list_item": "What a caller sees of a row in a list.",
}


def _to_result(shape: Shape, here: _Mapper) -> list[str]:
    text = _TEXTS.get(shape.variant, f"What a caller sees of a row as {shape.name}.")
    asked = _asked(shape, here)
    parameters = (f"model: {here.class_name}", *(["*", *asked] if asked else []))
    lines = _define(result_function(shape), parameters, here.schema(shape), text)
    made = _made(shape, (), lines, here)
    return [*lines, *layout(made, f"{INDENT}return ")]


def _asked(shape: Shape, here: _Mapper) -> list[str]:
    """The parameters for what a row does not tell: what is added, here or in the shape of a related row."""
    asked = together(here.known.asked, shape.properties, lambda _: tuple(asked_properties(shape, here.shapes)))
    return [f"{_parameter(prop.attribute)}: {_given_type(prop.type, prop.nullable, here)}" for prop in asked]


_TAKEN = frozenset(("create", "document", "has_value", "known", "list", "model", "models", "read", "related", "update"))


def _parameter(attribute: str) -> str:
    return f"{attribute}_" if attribute in _TAKEN or attribute.endswith("_mapping") else attribute


def _given_type(of: Type, nullable: bool, here: _Mapper) -> str:
    """The type of a property as a caller of the mapper gives it."""
    match of:
        case ObjectType(name=name):
            text = here.schema(here.shapes.shape(name))
        case Array(item=item, nullable_items=empty):
            text = flat(subscript("list", _given_type(item, empty, here)))
        case Map(value=value, nullable_values=empty):
            text = flat(subscript("dict", "str", _given_type(value, empty, here)))
        case _:
            return python_type(of, nullable, here.names)
    return f"{text} | None" if nullable else text


def _neighbour(target: Relationship, function: str, here: _Mapper) -> str:
    """A function of the mapper of a related model; modules may need one another in a circle."""
    if target.target_module == here.module:
        return function
    here.names.imports.setdefault(".", set()).add(f"{target.target_module} as {target.target_module}_mapping")
    return f"{target.target_module}_mapping.{function}"


def _related(prop: Property, here: _Mapper) -> Code:
    """The related row, or rows, in the shape that shows them."""
    end = here.ends[prop.relation]
    function = _neighbour(end, result_function(held_shape(prop, here.shapes)), here)
    held = f"model.{end.name}"
    if end.many:
        return _each(function, "row", held)
    return call(here.helper("related"), function, held) if prop.nullable else call(function, held)


def _each(function: str, name: str, rows: str) -> Bracket:
    return comprehension(call(function, name), f"for {name} in {rows}")


def _loads(shape: Shape, here: _Mapper) -> list[str]:
    """The function that says which related rows a query loads along."""
    load = here.names.use("sqlalchemy.orm", "Load")
    name = loads_function(shape)
    text = f"What a query loads along for {result_function(shape)}: `select({here.class_name}).options(*{name}())`."
    lines = _define(name, (), f"list[{load}]", text)
    parts: list[Code] = []
    for prop in shape.properties:
        if prop.relation and not is_asked(prop, here.shapes):
            end, inner = here.ends[prop.relation], held_shape(prop, here.shapes)
            part = f"{load}({here.class_name}).selectinload({here.class_name}.{end.name})"
            if any(one.relation for one in inner.properties):
                deeper = _neighbour(end, loads_function(inner), here)
                part += f".options(*{deeper}())"
            parts.append(part)
    return [*lines, *layout(sequence(parts), f"{INDENT}return ")]


def _made(shape: Shape, path: tuple[str, ...], before: list[str], here: _Mapper) -> Bracket:
    """The call that makes a shape; what must be known first goes to `before`."""
    schema = here.schema(shape)
    held = _held(shape, here)
    if held is not None:
        return held._replace(opening=f"{schema}(", text=f"{schema}({held.text}")
    arguments: list[Code] = []
    for prop in shape.properties:
        if is_asked(prop, here.shapes):
            value: Code = _parameter(prop.attribute)
        elif prop.relation:
            value = _related(prop, here)
        elif prop.field:
            value = _value(prop, schema, here)
        else:
            value = _made(held_shape(prop, here.shapes), (*path, prop.attribute), before, here)
            if prop.nullable:
                value = _known_group(prop, value, (*path, prop.attribute), before, here)
        arguments.append(prefixed(f"{prop.attribute}=", value))
    return call(schema, *arguments)


def _held(shape: Shape, here: _Mapper) -> Bracket | None:
    """What makes a shape of a row that has all of it as it is on the wire, less the name of the schema."""
    key = id(shape.properties), id(here.attributes)
    known = here.known.results
    if key not in known:
        known[key] = None
        if all(prop.field and not prop.given and _is_held(prop.type) for prop in shape.properties):
            arguments = [f"{prop.attribute}=model.{here.attributes[prop.field]}" for prop in shape.properties]
            known[key] = bracket("", arguments, ")")
    return known[key]


def _known_group(prop: Property, made: Code, path: tuple[str, ...], before: list[str], here: _Mapper) -> Code:
    """A group that is null when all its columns are."""
    inner, local = held_shape(prop, here.shapes), _local(path)
    before.append(f"{INDENT}{local}: {here.schema(inner)} | None = None")
    values = [f"model.{here.attributes[field]}" for field in _fields(inner, here)]
    if len(values) == 1:
        before.append(f"{INDENT}if {values[0]} is not None:")
    else:
        before += layout(call(here.helper("has_value"), *values), f"{INDENT}if ", ":")
    before += layout(made, f"{INDENT * 2}{local} = ")
    return local


def _value(prop: Property, schema: str, here: _Mapper) -> Code:
    held = f"model.{here.attributes[prop.field]}"
    if _is_held(prop.type):
        return held
    if isinstance(prop.type, ObjectType):
        inner = here.schema(held_shape(prop, here.shapes))
        return call(here.helper("known"), inner, held) if prop.nullable else call(f"{inner}.model_validate", held)
    return call(here.helper("read"), schema, python_string(prop.attribute), held)


def _is_held(of: Type) -> bool:
    """Whether an attribute of a model holds a value as a schema takes it."""
    return isinstance(of, PLAIN) or not _is_document(of)


def _to_page(shape: Shape, name: str, here: _Mapper) -> list[str]:
    """A page of rows, or of items made before where a row does not tell all of one."""
    schema = here.schema(shape)
    items = next(prop for prop in shape.properties if is_content(prop, shape))
    many = here.names.use("collections.abc", "Iterable")
    item = here.shapes.shape(shape.content)
    if item.variant in ("response", "list_item", "named") and not _asked(item, here):
        models = f"models: {many}[{here.class_name}]"
        made: Code = _each(result_function(item), "model", "models")
    else:
        models = f"items: {many}[{here.schema(item)}]"
        made = "list(items)"
    others = [prop for prop in shape.properties if prop is not items]
    numbers = [f"{_parameter(prop.attribute)}: {_given_type(prop.type, prop.nullable, here)}" for prop in others]
    lines = _define(name, (models, *numbers), schema, "A page of a list.")
    arguments: list[Code] = [
        prefixed(f"{items.attribute}=", made),
        *(f"{prop.attribute}={_parameter(prop.attribute)}" for prop in others),
    ]
    return [*lines, *layout(call(schema, *arguments), f"{INDENT}return ")]
