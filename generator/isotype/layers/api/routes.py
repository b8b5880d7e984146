"""Routes: a function of FastAPI for each operation, which hands what it read to a service."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.dialects.json_schema import plain, wire_constant
from isotype.dialects.literals.python import python_docstring, python_string
from isotype.dialects.python import (
    INDENT,
    WIDTH,
    Bracket,
    Code,
    annotated,
    bracket,
    call,
    flat,
    layout,
    mapping,
    prefixed,
    sequence,
    subscript,
)
from isotype.dialects.python_types import default
from isotype.layers.api.groups import Argument, Call, Group
from isotype.layers.api.types import ApiNames, parameter_type, plain_type, wired, with_metadata
from isotype.layers.imports import import_lines
from isotype.shapes.model import ApiBody

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def routes_view(group: Group, names: ApiNames, session: str, module: str) -> dict[str, object]:
    """What the template of the routes of a group needs; `module` is where sessions are imported from."""
    router, maker = names.use("fastapi", "APIRouter"), names.use("collections.abc", "Callable")
    names.use("..dependencies", "provided")
    service = names.use(f"..services.{group.module}", group.class_name)
    constants: list[str] = []
    routes = ["\n".join(_route(call, service, names, constants)) for call in group.calls]
    made = prefixed("make: ", subscript(maker, f"[{names.use(module, session)}]", service))
    head = call(f"def {adder(group)}", f"router: {router}", made)
    words = f"Add the operations of {group.title}, each done by a service of its own."
    return {
        "docstring": "\n".join(python_docstring(f"The calls of {group.title}.", "", WIDTH)),
        "head": "\n".join(layout(head, "", " -> None:")),
        "head_docstring": "\n".join(python_docstring(words, INDENT, WIDTH)),
        "routes": routes,
        "constants": "\n".join(constants),
        "imports": import_lines(names.imports),
    }


def adder(group: Group) -> str:
    """The function that adds the routes of a group."""
    return f"add_{group.module}"


def _route(route: Call, service: str, names: ApiNames, constants: list[str]) -> Iterator[str]:
    operation = route.operation
    yield from layout(call(f"@router.{operation.method}", *_settings(route, names)), INDENT)
    waited = "await " if names.asynchronous else ""
    head = bracket(
        f"{'async def' if waited else 'def'} {route.name}(", _parameters(route, service, names, constants), ")"
    )
    yield from _signature(head, f" -> {_answer(operation.result, names)}:")
    yield from _rules(route, names)
    given = [it.name for it in route.arguments] + (["body"] if operation.body is not None else [])
    done = prefixed(f"{waited}service.{route.name}", call("", *given))
    inner = INDENT * 2
    if operation.result.type is None and operation.result.media != "application/json":
        yield from layout(done, f"{inner}content = ")
        media = f"media_type={python_string(operation.result.media)}"
        yield from layout(call(names.use("fastapi", "Response"), "content", media), f"{inner}return ")
    elif operation.result.type is None:
        yield from layout(done, inner)
    else:
        yield from layout(done, f"{inner}return ")


def _parameters(route: Call, service: str, names: ApiNames, constants: list[str]) -> list[Code]:
    """What FastAPI gives to a route; what has a default in Python comes last."""
    given = [(_parameter(it, names), _default(it, route, names, constants)) for it in route.arguments]
    body = route.operation.body
    if body is not None:
        given.append((_body(body, names), "None" if body.nullable else ""))
    required = [code for code, value in given if not value]
    others = [_with_default(code, value) for code, value in given if value]
    return [*required, *others, f"service: {service} = service"]


def _default(argument: Argument, route: Call, names: ApiNames, constants: list[str]) -> str:
    """What a parameter is when it is not given, '' for one that must be; what is more than a word is a constant."""
    parameter = argument.parameter
    if parameter.required or parameter.location == "path":
        return ""
    if not parameter.has_default:
        return "None"
    value = default(wire_constant(plain(parameter.default), parameter.type), parameter.type, names)
    if isinstance(value, str):
        return value
    name = f"{route.name}_{argument.name}".upper()
    constants += annotated(name, plain_type(parameter.type, False, names), value)
    return name


def _with_default(code: Code, value: str) -> Code:
    if isinstance(code, str):
        return f"{code} = {value}"
    return code._replace(closing=f"{code.closing} = {value}", text=f"{code.text} = {value}")


def _signature(head: Bracket, after: str) -> list[str]:
    """The lines of a signature."""
    lines = layout(head, INDENT, after)
    if len(lines) == 3 and len(head.parts) == 1 and not lines[1].endswith(","):
        # A parameter by itself is the one thing that gets a comma although all of it stands on one line.
        lines[1] += ","
    return lines


def _settings(route: Call, names: ApiNames) -> Iterator[Code]:
    operation = route.operation
    yield python_string(operation.path)
    yield f"operation_id={python_string(operation.identifier)}"
    if operation.summary:
        yield f"summary={python_string(operation.summary)}"
    if operation.description:
        yield f"description={python_string(operation.description)}"
    if operation.tags:
        yield prefixed("tags=", sequence(map(python_string, operation.tags)))
    if operation.status != 200:
        yield f"status_code={operation.status}"
    statuses = sorted({*operation.errors} - {operation.status})
    refused = call(names.use("..errors", "refusals"), *map(str, statuses)) if statuses else None
    result = operation.result
    if result.type is None and result.media == "application/json":
        yield "response_model=None"
    if result.type is None and result.media != "application/json":
        yield f"response_class={names.use('fastapi', 'Response')}"
        documented = call(names.use("..dependencies", "media"), str(operation.status), python_string(result.media))
        yield f"responses={flat(documented)}{f' | {flat(refused)}' if refused else ''}"
    elif refused is not None:
        yield prefixed("responses=", refused)
    if operation.rate_limit:
        calls, _, unit = operation.rate_limit.partition("/")
        limit = call(names.use("..dependencies", "RateLimit"), calls.strip(), str(_SECONDS[unit.strip()]))
        counted = call(names.use("fastapi", "Depends"), f"{flat(limit)}.count")
        yield prefixed("dependencies=", sequence([counted]))
        rate = mapping([("x-rate-limit", python_string(operation.rate_limit))])
        yield prefixed("openapi_extra=", rate)


def _parameter(argument: Argument, names: ApiNames) -> Code:
    parameter = argument.parameter
    settings: list[Code] = []
    if argument.name != parameter.name:
        settings.append(f"alias={python_string(parameter.name)}")
    elif parameter.location == "header" and "_" in parameter.name:
        settings.append("convert_underscores=False")
    if parameter.description:
        settings.append(f"description={python_string(parameter.description)}")
    if parameter.deprecated:
        settings.append("deprecated=True")
    marker = call(names.use("fastapi", parameter.location.capitalize()), *settings)
    return prefixed(f"{argument.name}: ", with_metadata(parameter_type(parameter, names), names, marker))


def _body(body: ApiBody, names: ApiNames) -> Code:
    assert body.type is not None
    judged = subscript(names.use("..dependencies", "FromJson"), wired(body.type, body.nullable, names))
    return prefixed("body: ", with_metadata(judged, names, call(names.use("fastapi", "Body"))))


def _answer(body: ApiBody, names: ApiNames) -> str:
    if body.type is not None:
        return flat(wired(body.type, body.nullable, names))
    return "None" if body.media == "application/json" else names.use("fastapi", "Response")


def _rules(route: Call, names: ApiNames) -> Iterator[str]:
    """The parameters of an object with rules, held to them."""
    objects = dict.fromkeys(it.parameter.object for it in route.arguments if it.parameter.object)
    for name in objects:
        shape = names.shapes.shape(name)
        if not shape.rules:
            continue
        attributes = {prop.name: prop.attribute for prop in shape.properties}
        given = [f"{attributes[it.parameter.name]}={it.name}" for it in route.arguments if it.parameter.object == name]
        yield from layout(call(names.use("..dependencies", "keep_rules"), names.schema(name), *given), INDENT * 2)
