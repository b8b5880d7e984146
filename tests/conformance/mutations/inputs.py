"""What operations are given, broken: parameters as shapes, and the operations that have such parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from isotype.domain.types import TEXTUAL, EnumType, Scalar, Type
from isotype.domain.values import replace
from isotype.probes.inputs import INPUTS, LOCATIONS, inputs_name
from isotype.shapes.model import ApiOperation, ApiParameter, Property, Shape, Shapes
from tests.conformance.mutations.model import Mutant
from tests.conformance.mutations.shapes import Change, mutated


def of_inputs(shapes: Shapes) -> Iterator[tuple[Shape, Change]]:
    """Every change of what an operation is given that an operation has words for, beside what is whole."""
    for shape in shapes.by_name.values():
        if shape.variant == INPUTS:
            whole = operation(shapes, shape)
            for kind, about, broken in mutated(shapes, shape):
                if operation(shapes, broken) != whole:
                    yield shape, (f"parameter: {kind}", about, broken)


def given(shapes: Shapes, names: Sequence[str]) -> tuple[ApiOperation, ...]:
    """The operations that are given these shapes; none where they are no inputs."""
    chosen = [shapes.by_name[name] for name in names]
    return tuple(operation(shapes, shape) for shape in chosen if shape.variant == INPUTS)


def operation(shapes: Shapes, shape: Shape) -> ApiOperation:
    """The operation that is given this in one place, and else what it is given."""
    whole = next(it for it in shapes.operations if it.name == shape.owner)
    [location] = (it for it in LOCATIONS if inputs_name(whole, it) == shape.name)
    others = [it for it in whole.parameters if it.location != location]
    known = {it.attribute: it for it in whole.parameters if it.location == location}
    own = [_parameter(shapes, known[prop.attribute], prop, shape) for prop in shape.properties]
    return replace(whole, parameters=(*others, *own))


def _parameter(shapes: Shapes, of: ApiParameter, prop: Property, shape: Shape) -> ApiParameter:
    rules = {rule.name for rule in shapes.shape(of.object).rules} if of.object else set()
    ruled = not rules or bool(rules & {rule.name for rule in shape.rules})
    # What a path has not is no call at all.
    required = prop.required or of.location == "path"
    return replace(of, name=prop.name, type=prop.type, required=required, object=of.object if ruled else "")


# What no call can tell

ASKED_TWICE = "The object that a parameter comes from is asked too, and takes less."


def proof(mutant: Mutant, shapes: Shapes) -> str:
    """The sentence that proves that no parameters tell a mutant of the validators from what is whole; '' for none."""
    whole, broken = mutant.whole, mutant.broken
    if mutant.witness != "zod" or not isinstance(whole, Shape) or not isinstance(broken, Shape):
        return ""
    if whole.variant != INPUTS or len(whole.properties) != len(broken.properties):
        return ""
    pairs = [pair for pair in zip(whole.properties, broken.properties, strict=True) if pair[0] != pair[1]]
    if len(pairs) != 1 or replace(pairs[0][1], type=pairs[0][0].type) != pairs[0][0]:
        return ""
    [(one, other)] = pairs
    given = next(
        it for of in shapes.operations if of.name == whole.owner for it in of.parameters if it.name == one.name
    )
    again = given.object and shapes.shape(given.object).rules
    return ASKED_TWICE if again and takes_all(other.type, one.type) else ""


def takes_all(of: Type, other: Type) -> bool:
    """Whether a type takes for sure whatever another one does."""
    if of == Scalar("json"):
        return True
    if of == Scalar("text"):
        return isinstance(other, EnumType) or (isinstance(other, Scalar) and other.base in (*TEXTUAL, *_WRITTEN))
    if not isinstance(of, Scalar) or not isinstance(other, Scalar):
        return False
    loose = replace(of, **{bound: getattr(other, bound) for bound in _BOUNDS}, patterns=other.patterns, base=other.base)
    wider = all(_is_wider(getattr(of, bound), getattr(other, bound), sign) for bound, sign in _BOUNDS.items())
    return loose == other and wider and of.base in (other.base, "text") and set(of.patterns) <= set(other.patterns)


def _is_wider(bound: Any, other: Any, sign: int) -> bool:
    return bound is None or (other is not None and sign * bound >= sign * other)


_BOUNDS = {"length": 1, "max_length": 1, "maximum": 1, "below": 1, "min_length": -1, "minimum": -1, "above": -1}
_WRITTEN = ("uuid", "date", "time", "timestamp", "local_timestamp", "duration")
"""Types whose values are texts, which hold no U+0000."""
