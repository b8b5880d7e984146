"""The calls of the API, their payloads resolved to shapes."""

from __future__ import annotations

from isotype.domain.identifiers import schema_attribute
from isotype.domain.model import Domain, Entity, Operation, Parameter, Payload
from isotype.domain.names import camel
from isotype.domain.types import Array, ObjectType, Scalar, Type
from isotype.shapes.directions import Directions
from isotype.shapes.model import INPUT, OUTPUT, ApiBody, ApiOperation, ApiParameter, Property, Shape

_INVALID, _TOO_MANY = 422, 429


def operations(domain: Domain, used: Directions) -> tuple[ApiOperation, ...]:
    """Every operation in source order."""
    entities = {entity.name: entity for entity in domain.entities}
    return tuple(_operation(operation, entities, used) for operation in domain.operations)


def _operation(operation: Operation, entities: dict[str, Entity], used: Directions) -> ApiOperation:
    return ApiOperation(
        name=operation.name,
        identifier=camel(operation.name),
        method=operation.method,
        path=operation.path,
        parameters=tuple(_parameter(parameter, used) for parameter in operation.parameters),
        body=None if operation.body is None else _body(operation.body, INPUT, entities, used),
        result=ApiBody(None) if operation.returns is None else _body(operation.returns, OUTPUT, entities, used),
        status=operation.status,
        errors=_errors(operation),
        summary=operation.summary,
        description=operation.description,
        tags=operation.tags,
        rate_limit=operation.rate_limit,
        order=operation.order,
        place=operation.place,
    )


def _errors(operation: Operation) -> tuple[int, ...]:
    """The statuses it may answer beside its own: those declared, that of an invalid input, that of a limit."""
    takes = (_INVALID,) if operation.parameters or operation.body is not None else ()
    limited = (_TOO_MANY,) if operation.rate_limit else ()
    return tuple(dict.fromkeys((*operation.errors, *takes, *limited)))


def _parameter(parameter: Parameter, used: Directions) -> ApiParameter:
    default = parameter.default
    has_default = default is not None and default.kind == "literal"
    return ApiParameter(
        name=parameter.name,
        attribute=schema_attribute(parameter.name),
        location=parameter.location,
        type=_sayable(used.wired(parameter.type, INPUT), parameter),
        required=parameter.required,
        default=default.value if default is not None and has_default else None,
        has_default=has_default,
        description=parameter.description,
        deprecated=parameter.deprecated,
        object=used.input(parameter.object) if parameter.object else "",
    )


def _sayable(of: Type, parameter: Parameter) -> Type:
    """The type without the empty list, where that is not the same as no parameter at all: a query cannot tell them
    apart."""
    filled = parameter.default is not None and parameter.default.value
    if not isinstance(of, Array) or of.min_items or not (parameter.required or filled):
        return of
    return Array(of.item, of.nullable_items, 1, of.max_items, of.unique_items, of.sorted)


def _body(payload: Payload, direction: str, entities: dict[str, Entity], used: Directions) -> ApiBody:
    if payload.media != "application/json":
        return ApiBody(None, payload.nullable, payload.media)
    of = _type(payload, direction, entities, used)
    if of is not None and payload.form == "many":
        of = Array(of)
    return ApiBody(of, payload.nullable, payload.media)


def _type(payload: Payload, direction: str, entities: dict[str, Entity], used: Directions) -> Type | None:
    if not payload.name:
        return None if payload.type is None else used.wired(payload.type, direction)
    entity = entities.get(payload.name)
    if entity is not None:
        return ObjectType(entity.api.shape(payload.variant))
    return used.wired(ObjectType(payload.name), direction)


def error_shapes() -> tuple[Shape, ...]:
    """The envelope every refused call answers with."""
    text = Scalar("text")
    detail = Shape(
        name="ErrorDetail",
        variant="object",
        direction=OUTPUT,
        owner="",
        module="errors",
        properties=(
            Property("path", "path", "", text, True, False, description="Where in the input, names joined by dots"),
            Property("message", "message", "", text, True, False, description="What is wrong, for a person"),
            Property("code", "code", "", text, True, False, description="The same for a program"),
        ),
        description="One reason for a refusal.",
    )
    envelope = Shape(
        name="ErrorResponse",
        variant="object",
        direction=OUTPUT,
        owner="",
        module="errors",
        properties=(
            Property("code", "code", "", text, True, False, description="A stable word for the kind of refusal"),
            Property("message", "message", "", text, True, False, description="What happened, for a person"),
            Property(
                "details",
                "details",
                "",
                Array(ObjectType("ErrorDetail")),
                True,
                False,
                description="Each reason, as far as there are several",
            ),
        ),
        description="What every refused call answers.",
    )
    return detail, envelope
