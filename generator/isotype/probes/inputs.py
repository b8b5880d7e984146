"""Parameters of operations as shapes: what a call says in its path, its query and its headers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isotype.domain.model import Default
from isotype.domain.values import replace
from isotype.shapes.model import INPUT, ApiOperation, ApiParameter, Property, Shape, ShapeRule, Shapes

INPUTS = "inputs"
"""The variant of parameters as a shape."""

LOCATIONS = ("path", "query", "header")


def inputs_name(operation: ApiOperation, location: str) -> str:
    """The name of what an operation is given in one place; no shape of the schema has a blank in its name."""
    return f"{operation.name} {location}"


def with_inputs(shapes: Shapes) -> Shapes:
    """The shapes of a domain, and what each operation is given in each place as one more."""
    found = {shape.name: shape for operation in shapes.operations for shape in _of_operation(shapes, operation)}
    return replace(shapes, by_name={**shapes.by_name, **found}) if found else shapes


def _of_operation(shapes: Shapes, operation: ApiOperation) -> Iterator[Shape]:
    for location in LOCATIONS:
        parameters = [parameter for parameter in operation.parameters if parameter.location == location]
        if parameters:
            name, properties = inputs_name(operation, location), tuple(map(_property, parameters))
            rules = tuple(_rules(shapes, parameters))
            yield Shape(name, INPUTS, INPUT, operation.name, "", properties, rules, place=operation.place)


def _property(parameter: ApiParameter) -> Property:
    default = Default("literal", parameter.default) if parameter.has_default else None
    return Property(
        parameter.name,
        parameter.attribute,
        parameter.name,
        parameter.type,
        required=parameter.required,
        nullable=False,
        default=default,
    )


def _rules(shapes: Shapes, parameters: Sequence[ApiParameter]) -> Iterator[ShapeRule]:
    for name in dict.fromkeys(parameter.object for parameter in parameters if parameter.object):
        yield from shapes.shape(name).rules
