"""Operations: the calls of the API, their bodies and results."""

from __future__ import annotations

from collections.abc import Mapping

from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.model import PAGE, Entity, EntityApi, ObjectDefinition, Operation, OrderKey, Payload
from isotype.domain.types import Array, EnumType, ObjectType, Scalar
from isotype.language.context import Context
from isotype.language.given import Given
from isotype.language.grammar import MEDIA_TYPE, METHODS
from isotype.language.parameters import PLACEHOLDER, read_parameters
from isotype.language.wire_names import WireNames
from isotype.language.wording import quoted


class _Payloads(NamedTuple):
    """What operations carry."""

    context: Context
    wire: WireNames
    entities: Mapping[str, Entity]
    objects: Mapping[str, ObjectDefinition]


def read_operations(
    context: Context, wire: WireNames, entities: Mapping[str, Entity], objects: Mapping[str, ObjectDefinition]
) -> tuple[Operation, ...]:
    """The operations of the schema."""
    payloads = _Payloads(context, wire, entities, objects)
    made = []
    routes: dict[tuple[str, str], tuple[str, Given]] = {}
    for name, given in context.scope.entries("operations"):
        operation = _operation(payloads, name, given)
        if operation is None:
            continue
        made.append(operation)
        route = (operation.method, PLACEHOLDER.sub("{}", operation.path))
        other, there = routes.setdefault(route, (name, given))
        if other != name:
            place = there.place(operation.method)
            message = f"{operation.method.upper()} {operation.path} is also the operation {other}, at {place}"
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
    parameters = read_parameters(context, payloads.objects, name, given, method)
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
        order=_order(payloads, name, given, returns),
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


# --- order ------------------------------------------------------------------------------------------------------------

_ORDER_KEY = regular(r"(?P<field>[a-z][a-z0-9_]*)(?:\s+(?P<order>asc|desc))?")


def _order(payloads: _Payloads, name: str, given: Given, returns: Payload | None) -> tuple[OrderKey, ...]:
    """How the rows of a list are sorted; () without a word about it or after a report."""
    texts: list[str] = given.get("order") or []
    if not texts or "returns" in given.broken or (returns is None and given.get("returns", "none").strip() != "none"):
        return ()
    scope, subject = payloads.context.scope, f"the order of {name}"
    entity = _listed(payloads, returns)
    if entity is None:
        message = f"operation {name} has an order, and returns no list of an entity's rows"
        scope.report("bad-order", message, given, "order", "remove it, or return Post[] or page(Post)")
        return ()
    fields = {field.name: field for field in entity.fields}
    keys: list[OrderKey] = []
    for number, text in enumerate(texts):
        place, path = given.item_place("order", number), given.path_of("order")
        found = _ORDER_KEY.fullmatch(text.strip())
        if found is None:
            scope.report_at("bad-order", f"{quoted(text)} is no order", place, path, "write field [asc|desc]")
        elif found["field"] not in fields:
            scope.unknown("field", found["field"], tuple(fields), place, path, subject)
        elif not _is_sorted(fields[found["field"]].type):
            message = f"{subject} names {quoted(found['field'])}, which has no order"
            scope.report_at("bad-order", message, place, path, "name a field with a single value")
        elif any(key.field == found["field"] for key in keys):
            scope.report_at(
                "repeated-name", f"{subject} names {quoted(found['field'])} twice", place, path, "remove one"
            )
        else:
            keys.append(OrderKey(found["field"], found["order"] == "desc"))
    return tuple(keys)


def _listed(payloads: _Payloads, returns: Payload | None) -> Entity | None:
    """The entity whose rows a result lists."""
    if returns is None:
        return None
    if returns.form == "many":
        return payloads.entities.get(returns.name)
    of = returns.type.item if isinstance(returns.type, Array) else returns.type
    if not isinstance(of, ObjectType):
        return None
    if not isinstance(returns.type, Array):
        made = payloads.wire.called(of.name)
        if made is None or made.envelope != PAGE or not isinstance(made.content, ObjectType):
            return None
        of = made.content
    shown = payloads.wire.shapes.get(of.name)
    return None if shown is None else payloads.entities.get(shown.owner)


def _is_sorted(of: object) -> bool:
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
