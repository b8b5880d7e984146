"""Operations: the calls of the API, their parameters, bodies and results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from isotype.domain.model import PAGE, Entity, EntityApi, Operation, Parameter, Payload
from isotype.domain.places import Place
from isotype.domain.types import Array, EnumType, ObjectType, Scalar, Type
from isotype.language.context import Context
from isotype.language.fields import read_default
from isotype.language.given import Given
from isotype.language.grammar import MEDIA_TYPE, METHODS, PARAMETER_WORDS
from isotype.language.types import describe
from isotype.language.wire_names import WireNames
from isotype.language.wording import quoted

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LOCATIONS = (("path", "path"), ("query", "query"), ("headers", "header"))


class _Payloads(NamedTuple):
    """What payloads are made of."""

    context: Context
    wire: WireNames
    entities: Mapping[str, Entity]


def read_operations(context: Context, wire: WireNames, entities: Mapping[str, Entity]) -> tuple[Operation, ...]:
    """The operations of the schema."""
    payloads = _Payloads(context, wire, entities)
    made = []
    routes: dict[tuple[str, str], tuple[str, Place]] = {}
    for name, given in context.scope.entries("operations"):
        operation = _operation(payloads, name, given)
        if operation is None:
            continue
        made.append(operation)
        route = (operation.method, _PARAMETER.sub("{}", operation.path))
        place = given.place(operation.method)
        other = routes.setdefault(route, (name, place))
        if other[0] != name:
            message = f"{operation.method.upper()} {operation.path} is also the operation {other[0]}, at {other[1]}"
            context.scope.report("repeated-route", message, given, operation.method, "change the method or the path")
    return tuple(made)


def _operation(payloads: _Payloads, name: str, given: Given) -> Operation | None:
    context = payloads.context
    scope = context.scope
    methods = [method for method in METHODS if method in given]
    if len(methods) != 1:
        if not methods and any(method in given.broken for method in METHODS):
            methods = []
        elif methods:
            message = f"operation {name} has several methods: {', '.join(methods)}"
            scope.report("method", message, given, methods[1], "make an operation for each")
        else:
            message = f"operation {name} has no method"
            scope.report("method", message, given, "", "write get: /path, or post, put, patch, delete")
        return None
    method = methods[0]
    path: str = given.words[method]
    parameters = tuple(_parameters(context, name, given, method, path))
    body = returns = None
    if "body" in given:
        if method in ("get", "delete"):
            message = f"operation {name} is called with {method.upper()}, which has no body"
            scope.report("body", message, given, "body", "use query parameters")
        variant = "update" if method == "patch" else "create"
        body = _payload(payloads, given, "body", given.words["body"], variant)
    if "returns" in given and given.words["returns"].strip() != "none":
        returns = _payload(payloads, given, "returns", given.words["returns"], "response")
    silent = returns is None and "returns" not in given.broken and given.get("returns", "none").strip() == "none"
    if silent and given.get("status", 204) not in (202, 204, 205):
        message = f"operation {name} returns none with status {given.words['status']}"
        scope.report("status", message, given, "status", "204 says that there is no content")
    elif not silent and given.get("status") in (204, 205):
        message = f"operation {name} returns content with status {given.words['status']}, which has none"
        scope.report("status", message, given, "status", "leave it out, or write returns: none")
    errors = _errors(context, name, given)
    return Operation(
        name=name,
        method=method,
        path=path,
        parameters=parameters,
        body=body,
        returns=returns,
        status=given.get("status") or _status(payloads.wire, method, body, returns, silent),
        errors=errors,
        summary=given.text("summary"),
        description=given.text("description"),
        tags=tuple(tag.strip() for tag in given.get("tags") or ()),
        rate_limit=given.get("rate_limit", ""),
        place=scope.of("operations").place(name),
    )


def _status(wire: WireNames, method: str, body: Payload | None, returns: Payload | None, silent: bool) -> int:
    if silent:
        return 204
    if method != "post" or body is None or returns is None or body.variant != "create":
        return 200
    shown = returns.name if returns.variant == "response" else ""
    if isinstance(returns.type, ObjectType):
        made = wire.called(returns.type.name)
        if returns.type.name in wire.shapes:
            shown = wire.shapes[returns.type.name].owner
        elif made is not None and made.envelope != PAGE:
            shown = made.home
    return 201 if shown == body.name else 200


def _errors(context: Context, name: str, given: Given) -> tuple[int, ...]:
    listed: list[int] = given.get("errors") or []
    for index, status in enumerate(listed):
        if status in listed[:index]:
            message = f"operation {name} names the status {status} twice"
            place = given.item_place("errors", index)
            context.scope.report_at("repeated-name", message, place, given.path_of("errors"), "remove one")
    return tuple(dict.fromkeys(listed))


# --- parameters -------------------------------------------------------------------------------------------------------


def _parameters(context: Context, name: str, given: Given, method: str, path: str) -> Iterator[Parameter]:
    scope = context.scope
    wanted = _PARAMETER.findall(path)
    plain = _PARAMETER.sub("", path)
    if "{" in plain or "}" in plain or any(not _NAME.fullmatch(part) for part in wanted):
        message = f"the path {quoted(path)} has a brace that names no parameter"
        scope.report("bad-path", message, given, method, "such as /api/posts/{id}")
        return
    for part in dict.fromkeys(part for part in wanted if wanted.count(part) > 1):
        scope.report("bad-path", f"the path names {quoted(part)} twice", given, method, "rename one")
    declared: Given | None = given.get("path")
    for part in dict.fromkeys(wanted):
        if "path" not in given.broken and (declared is None or part not in declared.pairs):
            message = f"operation {name} does not declare the parameter {quoted(part)} of its path"
            scope.report("path-parameter", message, given, method, f"write path: {{{part}: …}}")
    seen: dict[str, str] = {}
    for word, location in _LOCATIONS:
        section: Given | None = given.get(word)
        if section is None:
            continue
        for parameter, words in section.words.items():
            if location == "path" and parameter not in wanted:
                place, object_path = section.key_place(parameter), section.path_of(parameter)
                message = f"the path of operation {name} has no parameter {quoted(parameter)}"
                suggestion = scope.meant(parameter, wanted) or f"write {{{parameter}}} in the path"
                scope.report_at("path-parameter", message, place, object_path, suggestion)
            if parameter in seen:
                place, object_path = section.key_place(parameter), section.path_of(parameter)
                message = f"operation {name} has the parameter {quoted(parameter)} in {seen[parameter]} too"
                scope.report_at("repeated-name", message, place, object_path, "rename one")
            seen.setdefault(parameter, word)
            made = _parameter(context, section, parameter, words, location)
            if made is not None:
                yield made
    yield from _included(context, name, given, seen)


def _included(context: Context, name: str, given: Given, seen: dict[str, str]) -> Iterator[Parameter]:
    """The query parameters that an operation shares with others."""
    scope = context.scope
    mixins = scope.of("mixins")
    for index, mixin in enumerate(given.get("include") or ()):
        place, path = given.item_place("include", index), given.path_of("include")
        shared: Given | None = mixins.words.get(mixin)
        if shared is None:
            if mixin not in mixins.broken:
                scope.unknown("mixin", mixin, scope.names("mixins"), place, path, f"the include of operation {name}")
            continue
        for parameter, words in shared.words.items():
            if parameter.startswith("$"):
                message = f"operation {name} includes {mixin}, whose {quoted(parameter)} no parameter can keep"
                scope.report_at("not-a-parameter", message, place, path, "name the parameters under query")
                continue
            if other := [word for word in words.words if word not in PARAMETER_WORDS]:
                message = f"operation {name} includes {mixin}.{parameter}, which has {quoted(other[0])}"
                scope.report_at("not-a-parameter", message, place, path, "include a mixin of plain fields")
                continue
            if parameter in seen:
                message = f"operation {name} has the parameter {quoted(parameter)} already, in {seen[parameter]}"
                scope.report_at("repeated-name", message, place, path, "rename or remove one")
                continue
            seen[parameter] = mixin
            made = _parameter(context, shared, parameter, words, "query")
            if made is not None:
                yield made


def _parameter(context: Context, section: Given, name: str, given: Given, location: str) -> Parameter | None:
    scope = context.scope
    if "type" not in given:
        return None
    resolved = context.types.constrained(given.words["type"], given, "type", "parameter")
    if resolved is None:
        return None
    of, nullable, described = resolved
    if not _travels(of, location):
        message = f"the {location} parameter {quoted(name)} is {describe(of)}, which no {location} can carry"
        scope.report("parameter-type", message, given, "type", "use a scalar or an enum, or send it in the body")
        return None
    default = None
    if "default" in given:
        default = read_default(context, given, of, nullable, "a parameter")
    if location == "path" and (nullable or "default" in given):
        message = f"the path parameter {quoted(name)} is always there"
        scope.report("path-parameter", message, given, "default" if "default" in given else "type", "drop it")
    return Parameter(
        name,
        location,
        of,
        required=not nullable and "default" not in given.pairs,
        default=default,
        description=given.text("description") or described,
        place=section.key_place(name),
    )


def _travels(of: Type, location: str) -> bool:
    if isinstance(of, Array) and location == "query":
        return not of.nullable_items and _travels(of.item, location)
    return isinstance(of, EnumType) or (isinstance(of, Scalar) and of.base not in ("json", "bytes"))


# --- payloads ---------------------------------------------------------------------------------------------------------


def _payload(payloads: _Payloads, given: Given, word: str, text: str, variant: str) -> Payload | None:
    """What a body or result text names, or None after a report."""
    scope = payloads.context.scope
    plain = text.strip()
    if plain.startswith("media"):
        found = MEDIA_TYPE.fullmatch(plain)
        if found is None or word == "body":
            fact = "a body is JSON" if word == "body" else f"{quoted(plain)} names no media type"
            hint = "name a shape or a type" if word == "body" else "such as media(application/octet-stream)"
            scope.report("bad-type", fact, given, word, hint)
            return None
        return Payload(media=found[1])
    name = plain.removesuffix("?").removesuffix("[]").strip()
    noun = scope.nouns.get(name)
    if noun is not None and scope.is_broken(name):
        return None
    if noun == "entity" or noun == "object" or (noun == "view" and word == "returns"):
        form = "many" if plain.removesuffix("?").endswith("[]") else "one"
        if noun != "entity":
            variant = ""
        elif not _exposed(payloads, given, word, name):
            return None
        elif form == "many" and variant == "response" and _has_list(payloads.entities[name].api):
            variant = "list_item"
        return Payload(name, variant, form=form, nullable=plain.endswith("?"))
    resolved = payloads.context.types.resolve(plain, given, word, "operation")
    return None if resolved is None else Payload(type=resolved.type, nullable=resolved.nullable)


def _has_list(api: EntityApi) -> bool:
    return bool(api.list_fields or api.list_shape)


def _exposed(payloads: _Payloads, given: Given, word: str, name: str) -> bool:
    entity = payloads.entities.get(name)
    if entity is None:
        return False
    if not entity.api.exposed:
        message = f"entity {name} has no shapes, so no operation can carry it"
        payloads.context.scope.report("not-exposed", message, given, word, "remove expose: false from its api")
        return False
    return True
