"""The functions between rows and bodies: what each is called, and what it is asked beside the row.

The models bring these functions, one module for each entity and view; the API calls them.
"""

from __future__ import annotations

from collections.abc import Iterator

from isotype.binding.model import EntityBinding, FieldBinding
from isotype.domain.names import snake
from isotype.domain.types import Array, ObjectType
from isotype.shapes.model import Property, Shape, Shapes

PACKAGE = "mapping"
"""The package inside the models that holds the modules."""

_TAKEN = ("list", "list_item", "model", "response")


def result_function(shape: Shape) -> str:
    """The function that makes a result of a row."""
    if shape.variant in ("response", "list_item"):
        return f"to_{shape.variant}"
    name = snake(shape.name)
    return f"to_{name}_" if name in _TAKEN else f"to_{name}"


def loads_function(shape: Shape) -> str:
    """The function that says which related rows a query loads along for a result."""
    return f"{result_function(shape).removeprefix('to_')}_loads"


def page_function(page: Shape, entity: EntityBinding) -> str:
    """The function that makes a page of rows."""
    return "to_list" if page.content == entity.listed else result_function(page)


def given_fields(entity: EntityBinding) -> Iterator[FieldBinding]:
    """The fields of a new row that only the service has: no body carries them, and nothing else makes them."""
    create = entity.shapes.get("create")
    flat = {prop.field for prop in create.properties if not prop.given} if create is not None else ()
    for field in entity.fields:
        column = field.column
        needed = not column.nullable and column.default is None and column.computed is None
        # What is no property of the body itself may stand in a group.
        if needed and field.field not in flat and "create" not in field.paths:
            yield field


def asked_properties(shape: Shape, shapes: Shapes) -> Iterator[Property]:
    """The properties of a result that no row tells: what is added, here or in the shape of a related row."""
    return (prop for prop in shape.properties if is_asked(prop, shapes))


def is_asked(prop: Property, shapes: Shapes) -> bool:
    """Whether no row tells a property."""
    if prop.given or not prop.relation:
        return prop.given
    return any(is_asked(inner, shapes) for inner in held_shape(prop, shapes).properties)


def is_content(prop: Property, page: Shape) -> bool:
    """Whether a property of a page is the list of what it holds."""
    return isinstance(prop.type, Array) and prop.type.item == ObjectType(page.content)


def held_shape(prop: Property, shapes: Shapes) -> Shape:
    """The shape of a group or a related row, or of each of several."""
    of = prop.type.item if isinstance(prop.type, Array) else prop.type
    assert isinstance(of, ObjectType)
    return shapes.shape(of.name)
