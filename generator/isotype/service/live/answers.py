"""What an answer shows that the contract rules out: its status, its media type, the values in it.

Values are judged by the meaning of the schema. What a reader of the contract would drop is named too.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from isotype.domain.lazy import NamedTuple
from isotype.domain.types import Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.probes import Meaning, Refusal
from isotype.probes.values import NotJson, read
from isotype.service.differences import (
    ANSWER,
    ANSWER_BODY,
    DIFFERENT,
    EXTRA,
    MISSING,
    OPERATION,
    PROPERTY,
    REFUSED,
    SHAPE,
    TAKEN,
    UNKNOWN,
    UNUSED,
    Difference,
    Effect,
)
from isotype.service.live.model import Call, Heard, Reply
from isotype.shapes.model import Property

JSON = "application/json"
ERRORS = ObjectType("ErrorResponse")
SHOWN = 60
"""No more letters of a value are shown."""


def hold(call: Call, reply: Reply, meaning: Meaning) -> tuple[Heard, tuple[Difference, ...]]:
    """What was heard, and what of it the contract rules out."""
    found = [*_status(call, reply)]
    operation = call.operation
    declared = reply.status == operation.status or reply.status in operation.errors
    value: Any = None
    canonical: Any = None
    if declared and not _is_empty(call, reply):
        of: Type | None = ERRORS if reply.status != operation.status else operation.result.type
        media = JSON if reply.status != operation.status else operation.result.media
        nullable = reply.status == operation.status and operation.result.nullable
        if of is None and media == JSON:
            found += _unexpected(call, reply)
        elif reply.media != media and not (media.endswith("/*") and reply.media.startswith(media[:-1])):
            found.append(_about_body(call, reply, media, "media type", media, reply.media or "none"))
        elif of is not None:
            value, canonical, flaws = _json(call, reply, of, nullable, meaning)
            found += flaws
    return Heard(reply.status, value, canonical, declared and not found), tuple(found)


def _status(call: Call, reply: Reply) -> Iterator[Difference]:
    if reply.status in call.wanted:
        return
    wanted = " or ".join(map(str, sorted(call.wanted)))
    actual = f"{reply.status} to {call.shown}"
    if call.refused is not None and 200 <= reply.status < 300:
        subject = call.refused
        takes = subject.takes or "refused"
        yield _difference(
            call, subject.kind, subject.path, subject.attribute or "refused", takes, f"taken: {call.shown}", TAKEN
        )
    else:
        effect = UNKNOWN if call.refused is not None or reply.status < 400 else REFUSED
        about = f"status when {call.refused.attribute} refuses" if call.refused is not None else "status"
        if call.refused is not None and call.refused.kind == OPERATION:
            about = f"status {call.refused.attribute}"
        yield _difference(call, OPERATION, (call.name,), about, wanted, actual, effect)


def _difference(
    call: Call, kind: str, path: tuple[str, ...], attribute: str, expected: str, actual: str, effect: Effect
) -> Difference:
    return Difference(kind, path, attribute, DIFFERENT, expected, actual, (effect,), (call.name,))


def _about_body(call: Call, reply: Reply, media: str, attribute: str, expected: str, actual: str) -> Difference:
    path = (call.name, str(reply.status), media)
    return _difference(call, ANSWER_BODY, path, attribute, expected, f"{actual}, to {call.shown}", UNKNOWN)


def _is_empty(call: Call, reply: Reply) -> bool:
    """Whether there is nothing to look at, and nothing is declared."""
    nothing = call.operation.result.type is None and call.operation.result.media == JSON
    return reply.status == call.operation.status and nothing and not reply.content


def _unexpected(call: Call, reply: Reply) -> Iterator[Difference]:
    """A content that nobody declares."""
    path = (call.name, str(reply.status))
    actual = f"{len(reply.content)} bytes of {reply.media or 'no media type'}"
    yield _difference(call, ANSWER, path, "content", "none", actual, UNUSED)


class _Site(NamedTuple):
    """Where in an answer something is wrong: an object of the contract, and words down from it."""

    kind: str
    path: tuple[str, ...]
    inside: tuple[str, ...]
    of: Type
    prop: Property | None = None


def _json(
    call: Call, reply: Reply, of: Type, nullable: bool, meaning: Meaning
) -> tuple[Any, Any, tuple[Difference, ...]]:
    path = (call.name, str(reply.status), JSON)
    try:
        value = read(reply.content.decode("utf-8"))
    except (NotJson, UnicodeError):
        flaw = _about_body(call, reply, JSON, "type", "JSON", _short(reply.content.decode("utf-8", "replace")))
        return None, None, (flaw,)
    judged = meaning.value(of, nullable, value)
    top = _Site(ANSWER_BODY, path, (), of)
    found = [_refused(call, top, value, refusal, meaning) for refusal in judged.refusals]
    found += _further(call, top, value, meaning)
    return value, judged.value, tuple(found)


def _refused(call: Call, top: _Site, value: Any, refusal: Refusal, meaning: Meaning) -> Difference:
    site = _site(top, refusal.path, meaning)
    if refusal.constraint == "required":
        return Difference(site.kind, site.path, "", MISSING, said(site.of, site.prop), "", (UNKNOWN,), (call.name,))
    if refusal.constraint.startswith("rule:") and isinstance(site.of, ObjectType):
        site = _Site(SHAPE, (site.of.name,), (), site.of)
    attribute = ".".join((*site.inside, refusal.constraint.replace(":", " ")))
    actual = f"{_short(_at(value, refusal.path))}, to {call.shown}"
    expected = "not null" if refusal.constraint == "null" else said(site.of, site.prop)
    return _difference(call, site.kind, site.path, attribute, expected, actual, UNKNOWN)


def _further(call: Call, site: _Site, value: Any, meaning: Meaning) -> Iterator[Difference]:
    """Properties of an answer that no shape has."""
    match site.of:
        case ObjectType(name=name) if isinstance(value, dict):
            shape = meaning.shapes.shape(name)
            props = {prop.name: prop for prop in shape.properties}
            for key, inner in value.items():
                path = (name, key)
                if key in props:
                    prop = props[key]
                    yield from _further(call, _Site(PROPERTY, path, (), prop.type, prop), inner, meaning)
                else:
                    actual = f"{_short(inner)}, to {call.shown}"
                    yield Difference(PROPERTY, path, "", EXTRA, "", actual, (UNUSED,), (call.name,))
        case Array(item=item) if isinstance(value, list):
            for inner in value:
                yield from _further(call, site._replace(inside=(*site.inside, "items"), of=item), inner, meaning)
        case Map(value=item) if isinstance(value, dict):
            for inner in value.values():
                below = site._replace(inside=(*site.inside, "additionalProperties"), of=item)
                yield from _further(call, below, inner, meaning)


def _site(site: _Site, path: tuple[str, ...], meaning: Meaning) -> _Site:
    """The object of the contract that stands at a path of an answer."""
    for word in path:
        match site.of:
            case ObjectType(name=name):
                shape = meaning.shapes.shape(name)
                prop = next((prop for prop in shape.properties if prop.name == word), None)
                if prop is None:
                    return site
                site = _Site(PROPERTY, (name, word), (), prop.type, prop)
            case Array(item=item):
                site = site._replace(inside=(*site.inside, "items"), of=item, prop=None)
            case Map(value=item):
                site = site._replace(inside=(*site.inside, "additionalProperties"), of=item, prop=None)
    return site


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for word in path:
        value = value[int(word)] if isinstance(value, list) else value.get(word) if isinstance(value, dict) else None
    return value


def _short(value: Any) -> str:
    import json

    text = value if isinstance(value, str) and not value.isprintable() else json.dumps(value, ensure_ascii=False)
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


# The contract in words


def said(of: Type, prop: Property | None = None) -> str:
    """What values a type takes, in a few words: `int from 0 to 9`, `string of at most 40 characters or null`."""
    return f"{_kind(of)}{' or null' if prop is not None and prop.nullable else ''}"


def _kind(of: Type) -> str:
    match of:
        case EnumType(enum=enum):
            shown = ", ".join(enum.texts[:6])
            return f"one of {shown}{', …' if len(enum.texts) > 6 else ''}"
        case Array(item=item):
            return f"array of {_kind(item)}{_span(of.min_items, of.max_items, 'items')}"
        case Map(value=item):
            return f"object with values {_kind(item)}"
        case ObjectType(name=name):
            return name
        case Opaque():
            return "text"
        case Scalar():
            return _scalar(of)


def _scalar(of: Scalar) -> str:
    words = of.base if of.base != "decimal" else f"decimal({of.precision},{of.scale})"
    words += _span(of.minimum, of.maximum, "")
    words += f" above {of.above}" if of.above is not None else ""
    words += f" below {of.below}" if of.below is not None else ""
    words += _span(of.min_length, of.longest, "characters")
    return f"{words} like {of.patterns[0].source}" if of.patterns else words


def _span(low: int | Decimal | None, high: int | Decimal | None, unit: str) -> str:
    behind = f" {unit}" if unit else ""
    match low, high:
        case None, None:
            return ""
        case None, _:
            return f" up to {high}{behind}"
        case _, None:
            return f" from {low}{behind}"
    return f" from {low} to {high}{behind}"
