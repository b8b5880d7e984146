"""What operations are given, broken: parameters as shapes, and the operations that have such parameters."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.domain.values import replace
from isotype.probes.inputs import INPUTS, LOCATIONS, inputs_name
from isotype.shapes.model import ApiOperation, ApiParameter, Property, Shape, Shapes
from tests.conformance.mutations.shapes import Change, mutated


def of_inputs(shapes: Shapes) -> Iterator[tuple[Shape, Change]]:
    """Every change of what an operation is given that an operation has words for, beside what is whole."""
    for shape in shapes.by_name.values():
        if shape.variant == INPUTS:
            whole = operation(shapes, shape)
            for kind, about, broken in mutated(shapes, shape):
                if operation(shapes, broken) != whole:
                    yield shape, (f"parameter: {kind}", about, broken)


def operation(shapes: Shapes, given: Shape) -> ApiOperation:
    """The operation that is given this in one place, and else what it is given."""
    whole = next(it for it in shapes.operations if it.name == given.owner)
    [location] = (it for it in LOCATIONS if inputs_name(whole, it) == given.name)
    others = [it for it in whole.parameters if it.location != location]
    known = {it.attribute: it for it in whole.parameters if it.location == location}
    own = [_parameter(shapes, known[prop.attribute], prop, given) for prop in given.properties]
    return replace(whole, parameters=(*others, *own))


def _parameter(shapes: Shapes, of: ApiParameter, prop: Property, given: Shape) -> ApiParameter:
    rules = {rule.name for rule in shapes.shape(of.object).rules} if of.object else set()
    ruled = not rules or bool(rules & {rule.name for rule in given.rules})
    # What a path has not is no call at all.
    required = prop.required or of.location == "path"
    return replace(of, name=prop.name, type=prop.type, required=required, object=of.object if ruled else "")
