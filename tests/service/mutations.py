"""Changes of an API, enumerated from its document: each node that means something, changed in one way at a time.

A mutation names the object and the attribute in which a comparison has to find it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from isotype.dialects.json_schema import NO_NUL
from isotype.service.differences import (
    ANSWER,
    ANSWER_BODY,
    BODY,
    ENUM,
    OPERATION,
    PARAMETER,
    PROPERTY,
    SHAPE,
    Path,
)
from tests.service.changing import GONE, Document, Where, at, changed, renamed

METHODS = ("get", "put", "post", "delete", "patch")
COMPONENTS = "#/components/schemas/"

REQUEST, RESPONSE = "request", "response"


class Target(NamedTuple):
    """Where a difference is to be found."""

    kind: str
    path: Path
    attribute: str = ""


class Mutation(NamedTuple):
    """One change: its class, where it is found, and the document with it."""

    change: str
    target: Target
    document: Document

    @property
    def name(self) -> str:
        return f"{self.change}: {self.target.kind} {'.'.join(self.target.path)} {self.target.attribute}".rstrip()


EMPTY_DEFAULT, DECIMAL_LOST, DIGITS_LOST = "empty default lost", "decimal lost", "digits lost"

FRAMEWORK = ("HTTPValidationError", "ValidationError")
"""What FastAPI says by itself of inputs that it refuses."""

Changed = Iterator[tuple[str, str, Any]]
"""The class of a change, the attribute that it is found in, and the schema with it."""


def mutations(document: Document) -> Iterator[Mutation]:
    """Every change of everything in a document that travels."""
    for path, methods in document["paths"].items():
        for method in methods.keys() & set(METHODS):
            yield from _operation(document, path, method)
    directions = travelling(document)
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        if name in directions and name not in FRAMEWORK:
            yield from _component(document, name, schema, directions[name])


def says(document: Document, mutation: Mutation) -> bool:
    """Whether a document of FastAPI says what a mutation changes in it."""
    if mutation.change in (EMPTY_DEFAULT, DIGITS_LOST):
        return False
    if mutation.change != DECIMAL_LOST:
        return True
    kind, path, _ = mutation.target
    directions = travelling(document).get(path[0], set()) if kind == PROPERTY else {RESPONSE}
    return kind in (BODY, PARAMETER) or REQUEST in directions


def travelling(document: Document) -> dict[str, set[str]]:
    """The named schemas that some operation carries, each with the directions in which it does."""
    found: dict[str, set[str]] = {}

    def follow(value: Any, direction: str) -> None:
        if isinstance(value, Mapping):
            name = str(value.get("$ref", "")).removeprefix(COMPONENTS)
            if name and direction not in found.setdefault(name, set()):
                found[name].add(direction)
                follow(document["components"]["schemas"][name], direction)
            for part in value.values():
                follow(part, direction)
        elif isinstance(value, list):
            for part in value:
                follow(part, direction)

    for methods in document["paths"].values():
        for operation in methods.values():
            follow((operation.get("parameters", []), RESPONSE)[0], REQUEST)
            follow(operation.get("requestBody", {}), REQUEST)
            follow(operation["responses"], RESPONSE)
    return found


# Operations


def _operation(document: Document, path: str, method: str) -> Iterator[Mutation]:
    where: Where = ("paths", path, method)
    operation = at(document, where)
    name = f"{method.upper()} {path}"
    own = Target(OPERATION, (name,))
    yield Mutation("operation dropped", own, changed(document, where, GONE))
    moved = changed(changed(document, where, GONE), ("paths", f"{path}/moved", method), operation)
    yield Mutation("operation renamed", own, moved)
    other = next((one for one in METHODS if one not in document["paths"][path]), "")
    if other:
        yield Mutation("operation of another method", own, renamed(document, where, other))
    more = f"{path.rstrip('/')}/more"
    added = Target(OPERATION, (f"{method.upper()} {more}",))
    yield Mutation("operation added", added, changed(document, ("paths", more, method), operation))
    yield from _parameters(document, where, name, operation)
    if "requestBody" in operation:
        yield from _body(document, (*where, "requestBody"), name, operation["requestBody"])
    else:
        body = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
        found = Target(BODY, (name, "application/json"))
        yield Mutation("body added", found, changed(document, (*where, "requestBody"), body))
    yield from _answers(document, (*where, "responses"), name, operation["responses"])


def _parameters(document: Document, where: Where, name: str, operation: Document) -> Iterator[Mutation]:
    listed = operation.get("parameters", [])
    for number, parameter in enumerate(listed):
        place = (*where, "parameters", number)
        location = parameter["in"]
        own = Target(PARAMETER, (name, location, parameter["name"]))
        yield Mutation("parameter dropped", own, changed(document, place, GONE))
        if location != "path":
            other = f"{parameter['name']}_moved"
            yield Mutation("parameter renamed", own, changed(document, (*place, "name"), other))
            elsewhere = "header" if location == "query" else "query"
            yield Mutation("parameter elsewhere", own, changed(document, (*place, "in"), elsewhere))
            flipped = changed(document, (*place, "required"), not parameter.get("required", False))
            yield Mutation("required turned", own._replace(attribute="required"), flipped)
        flipped = changed(document, (*place, "deprecated"), not parameter.get("deprecated", False))
        yield Mutation("deprecated turned", own._replace(attribute="deprecated"), flipped)
        if location != "path":
            yield from _defaults(document, (*place, "schema"), own)
        for change, attribute, schema in _schemas(document, parameter["schema"], nullable=False):
            yield Mutation(change, own._replace(attribute=attribute), changed(document, (*place, "schema"), schema))
    for required in (False, True):
        extra = {"name": "unheard_of", "in": "query", "required": required, "schema": {"type": "string"}}
        found = Target(PARAMETER, (name, "query", "unheard_of"))
        yield Mutation("parameter added", found, changed(document, (*where, "parameters"), [*listed, extra]))


def _body(document: Document, where: Where, name: str, body: Document) -> Iterator[Mutation]:
    for media, content in body["content"].items():
        own = Target(BODY, (name, media))
        place = (*where, "content", media)
        yield Mutation("body dropped", own, changed(document, where, GONE))
        yield Mutation("media type changed", own, renamed(document, place, "application/x-unheard-of"))
        extra = Target(BODY, (name, "text/x-unheard-of"))
        yield Mutation("media type added", extra, changed(document, (*where, "content", "text/x-unheard-of"), {}))
        flipped = changed(document, (*where, "required"), not body.get("required", False))
        yield Mutation("required turned", own._replace(attribute="required"), flipped)
        if "schema" in content:
            for change, attribute, schema in _schemas(document, content["schema"]):
                found = own._replace(attribute=attribute)
                yield Mutation(change, found, changed(document, (*place, "schema"), schema))


def _answers(document: Document, where: Where, name: str, answers: Document) -> Iterator[Mutation]:
    for status, answer in answers.items():
        if FRAMEWORK[0] in str(answer):
            continue
        own = Target(ANSWER, (name, status))
        place = (*where, status)
        success = status.startswith("2")
        if len(answers) > 1:
            yield Mutation("status dropped", own, changed(document, place, GONE))
        found = Target(OPERATION, (name,), "status") if success else own
        yield Mutation("status changed", found, renamed(document, place, "299" if success else "418"))
        for media, content in answer.get("content", {}).items():
            inside = Target(ANSWER_BODY, (name, status, media))
            medium = (*place, "content", media)
            yield Mutation("body dropped", inside, changed(document, (*place, "content"), GONE))
            yield Mutation("media type changed", inside, renamed(document, medium, "application/x-unheard-of"))
            if "schema" in content:
                for change, attribute, schema in _schemas(document, content["schema"]):
                    within = inside._replace(attribute=attribute)
                    yield Mutation(change, within, changed(document, (*medium, "schema"), schema))
        if "content" not in answer:
            extra = Target(ANSWER_BODY, (name, status, "application/json"))
            content = {"application/json": {"schema": {"type": "string"}}}
            yield Mutation("body added", extra, changed(document, (*place, "content"), content))
    for status in ("203", "451"):
        extra = Target(ANSWER, (name, status))
        yield Mutation("status added", extra, changed(document, (*where, status), {"description": "Unheard of"}))


# Components


def _component(document: Document, name: str, schema: Document, directions: set[str]) -> Iterator[Mutation]:
    where: Where = ("components", "schemas", name)
    if "enum" in schema:
        own = Target(ENUM, (name,), "enum")
        values = schema["enum"]
        for number, value in enumerate(values):
            if len(values) > 1:
                yield Mutation("enum narrower", own, changed(document, (*where, "enum", number), GONE))
            yield Mutation("enum value renamed", own, changed(document, (*where, "enum", number), f"{value}_moved"))
        yield Mutation("enum wider", own, changed(document, (*where, "enum"), [*values, "unheard of"]))
        return
    for prop in schema.get("properties", {}):
        yield from _property(document, where, name, prop, directions)
    for required in ([], ["unheardOf"]):
        added = changed(document, (*where, "properties", "unheardOf"), {"type": "string", "title": "Unheardof"})
        added = changed(added, (*where, "required"), [*schema.get("required", []), *required])
        yield Mutation("property added", Target(PROPERTY, (name, "unheardOf")), added)
    shape = Target(SHAPE, (name,))
    if REQUEST in directions and schema.get("additionalProperties") is False:
        opened = changed(document, (*where, "additionalProperties"), GONE)
        yield Mutation("further properties let in", shape._replace(attribute="additionalProperties"), opened)
    for words in (("minProperties", 2), ("maxProperties", 3)):
        found = shape._replace(attribute=words[0])
        yield Mutation("constraint added", found, changed(document, (*where, words[0]), words[1]))
    for rule in schema.get("x-isotype-rules", {}):
        own = shape._replace(attribute=f"rule {rule}")
        place = (*where, "x-isotype-rules", rule)
        yield Mutation("rule lost", own, changed(document, place, GONE))
        yield Mutation("rule changed", own, changed(document, (*place, "that"), "1 = 1"))


def _property(document: Document, where: Where, shape: str, name: str, directions: set[str]) -> Iterator[Mutation]:
    own = Target(PROPERTY, (shape, name))
    place = (*where, "properties", name)
    holder, schema = at(document, where), at(document, place)
    required = holder.get("required", [])
    without = [one for one in required if one != name]
    yield Mutation("property dropped", own, changed(changed(document, place, GONE), (*where, "required"), without))
    moved = f"{name}Moved"
    again = [moved if one == name else one for one in required]
    yield Mutation("property renamed", own, changed(renamed(document, place, moved), (*where, "required"), again))
    turned = without if name in required else [*required, name]
    found = own._replace(attribute="required")
    yield Mutation("required turned", found, changed(document, (*where, "required"), turned))
    flipped = changed(document, (*place, "deprecated"), not schema.get("deprecated", False))
    yield Mutation("deprecated turned", own._replace(attribute="deprecated"), flipped)
    if REQUEST in directions:
        yield from _defaults(document, place, own)
        marked = changed(document, (*place, "readOnly"), True)
        yield Mutation("property made read-only", own, marked)
    if RESPONSE in directions:
        yield Mutation("property made write-only", own, changed(document, (*place, "writeOnly"), True))
    for change, attribute, other in _schemas(document, schema):
        yield Mutation(change, own._replace(attribute=attribute), changed(document, place, other))


def _defaults(document: Document, where: Where, own: Target) -> Iterator[Mutation]:
    found = own._replace(attribute="default")
    default = at(document, where).get("default")
    if default is None:
        yield Mutation("default added", found, changed(document, (*where, "default"), "unheard of"))
        return
    lost = "default lost" if default not in ([], {}) else EMPTY_DEFAULT
    yield Mutation(lost, found, changed(document, (*where, "default"), GONE))
    yield Mutation("default changed", found, changed(document, (*where, "default"), "unheard of"))


# Schemas


def _schemas(document: Document, schema: Document, nullable: bool = True) -> Changed:
    """Every change of a schema itself and of what it holds; where null travels, of that too."""
    if "$ref" in schema:
        referred = document["components"]["schemas"][schema["$ref"].removeprefix(COMPONENTS)]
        yield "retyped", "type", {"type": "boolean"}
        if "enum" in referred:
            yield "enum lost", "enum", {"type": "string"}
        if nullable:
            yield "made nullable", "nullable", {"anyOf": [schema, {"type": "null"}]}
        return
    if "anyOf" in schema:
        options = schema["anyOf"]
        others = [option for option in options if option != {"type": "null"}]
        rest = {word: said for word, said in schema.items() if word != "anyOf"}
        if nullable and len(others) < len(options):
            yield "null taken away", "nullable", {**rest, "anyOf": others}
        for number, option in enumerate(options):
            if option != {"type": "null"} and len(others) == 1:
                for change, attribute, other in _schemas(document, option, nullable=False):
                    several = [other if place == number else one for place, one in enumerate(options)]
                    yield change, attribute, {**rest, "anyOf": several}
        return
    written = schema.get("type", [])
    kinds = written if isinstance(written, list) else [written]
    plain = [kind for kind in kinds if kind != "null"]
    if nullable:
        if "null" in kinds:
            yield "null taken away", "nullable", {**schema, "type": plain[0] if len(plain) == 1 else plain}
        else:
            yield "made nullable", "nullable", {**schema, "type": [*kinds, "null"]}
    if not plain:
        yield "retyped", "type", {"type": "boolean"}
        return
    if len(plain) > 1:
        for kind in plain:
            yield "retyped", "type", {**schema, "type": [one for one in kinds if one != kind]}
        return
    kind = plain[0]
    other = {"type": "boolean" if kind != "boolean" else "string"}
    yield "retyped", "type", {**other, **({"type": [other["type"], "null"]} if "null" in kinds else {})}
    if kind in ("integer", "number"):
        yield from _numbers(schema, kind, kinds)
    elif kind == "string":
        yield from _texts(schema)
    elif kind == "array":
        yield from _counts(schema, ("minItems", "maxItems"))
        yield "uniqueItems turned", "uniqueItems", {**schema, "uniqueItems": not schema.get("uniqueItems", False)}
        for change, attribute, items in _schemas(document, schema["items"]):
            yield change, f"items.{attribute}", {**schema, "items": items}
    elif kind == "object":
        yield from _maps(document, schema)


def _numbers(schema: Document, kind: str, kinds: list[str]) -> Changed:
    if kind == "integer":
        yield "type wider", "type", {**schema, "type": ["number" if one == kind else one for one in kinds]}
    else:
        yield "type narrower", "type", {**schema, "type": ["integer" if one == kind else one for one in kinds]}
    yield "constraint added", "multipleOf", {**schema, "multipleOf": 7}
    for side in ("minimum", "maximum"):
        exclusive = f"exclusive{side.capitalize()}"
        word = side if side in schema else exclusive if exclusive in schema else ""
        if not word or abs(schema[word]) > 1e300:
            yield "constraint added", side, {**_without(schema, side, exclusive), side: 41}
            continue
        counts_digits = kind == "number" and word == exclusive and str(abs(schema[word])).strip("0.") == "1"
        yield DIGITS_LOST if counts_digits else "constraint lost", side, _without(schema, word)
        for step in (-1, 1):
            yield "bound changed", side, {**schema, word: schema[word] + step}
        turned = exclusive if word == side else side
        yield "bound changed", side, {**_without(schema, word), turned: schema[word]}


_FORMS = {"uuid", "date-time", "date", "byte", "duration", "local-date-time", "local-time", "ip"}
_DECIMAL = re.compile(r"\^-\?[(0]")


def _texts(schema: Document) -> Changed:
    if "enum" in schema or "const" in schema:
        yield "enum lost", "enum", _without(schema, "enum", "const")
        return
    pattern = schema.get("pattern")
    formed = bool(
        schema.get("format") in _FORMS
        or "contentEncoding" in schema
        or (pattern and pattern != NO_NUL and _is_form(pattern))
    )
    if formed:
        plain = _without(schema, "format", "pattern", "contentEncoding", "x-isotype-bounds")
        yield DECIMAL_LOST if pattern and _DECIMAL.match(pattern) else "format lost", "format", plain
        yield "format changed", "format", {**plain, "format": "hostname"}
        other = "date" if schema.get("format") != "date" else "uuid"
        yield "format changed", "format", {**plain, "format": other}
        if pattern is not None:
            yield from _digits(schema, pattern)
    else:
        yield "format added", "format", {**schema, "format": "hostname"}
        yield from _patterns(schema)
    for side, value in schema.get("x-isotype-bounds", {}).items():
        word = "minimum" if "inimum" in side else "maximum"
        bounds = schema["x-isotype-bounds"]
        yield "constraint lost", word, {**schema, "x-isotype-bounds": _without(bounds, side)}
        moved = str(Decimal(value) + 1)
        yield "bound changed", word, {**schema, "x-isotype-bounds": {**bounds, side: moved}}
    for change, attribute, other_schema in _counts(schema, ("minLength", "maxLength")):
        if not _implied(schema, other_schema):
            yield change, attribute, other_schema


def _is_form(pattern: str) -> bool:
    """Whether a pattern spells numbers, instants, addresses or the like, and no text of the schema's own."""
    return any(re.search(pattern, text) for text in _FORMED) and not any(re.search(pattern, text) for text in _FREE)


_FORMED = (
    "0", "7", "0.1", "-3", "2024-02-29", "2024-02-29T12:00:00", "2024-02-29T12:00:00Z", "08:30:00", "PT1H",
    "::1", "ada@example.org", "https://example.org", "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11",
    "aGVsbG8=",
)  # fmt: skip
_FREE = ("word", "A", "a b", "x_y", "/x", "00", "007", "https://exämple.org", "1234567890x", "1.2.3", "v1")


def _digits(schema: Document, pattern: str) -> Changed:
    """A decimal with one digit more or less before or behind the point."""
    if not pattern.startswith("^-?") or "{0," not in pattern.partition(".")[0]:
        return
    whole = re.search(r"\{0,(\d+)\}", pattern)
    if whole is not None:
        more = pattern.replace(whole[0], f"{{0,{int(whole[1]) + 1}}}", 1)
        yield "digits changed", "digits", {**schema, "pattern": more}
    scale = re.search(r"\{1,(\d+)\}", pattern)
    if scale is not None:
        more = pattern.replace(scale[0], f"{{1,{int(scale[1]) + 1}}}", 1)
        yield "digits changed", "digits", {**schema, "pattern": more}


def _patterns(schema: Document) -> Changed:
    if "allOf" in schema:
        for number, part in enumerate(schema["allOf"]):
            others = [one for place, one in enumerate(schema["allOf"]) if place != number]
            # One that spells a form is the form, and nothing more where a format says it too.
            formed = part["pattern"] != NO_NUL and _is_form(part["pattern"])
            attribute = "format" if formed and "format" not in schema else "pattern"
            if not formed or "format" not in schema:
                yield "pattern lost", attribute, {**schema, "allOf": others}
            if part["pattern"] != NO_NUL:
                changed_part = {"pattern": "^q{3}(?![\\s\\S])"}
                several = [changed_part if place == number else one for place, one in enumerate(schema["allOf"])]
                yield "pattern changed", attribute, {**schema, "allOf": several}
        return
    if "pattern" in schema:
        yield "pattern lost", "pattern", _without(schema, "pattern")
        yield "pattern changed", "pattern", {**schema, "pattern": "^q{3}(?![\\s\\S])"}
        return
    yield "pattern added", "pattern", {**schema, "pattern": "^q{3}(?![\\s\\S])"}


def _implied(schema: Document, other: Document) -> bool:
    """Whether the patterns of a text say anyway what a change of its lengths took away."""
    least, most = 0, 1 << 30
    patterns = [schema.get("pattern", ""), *(part["pattern"] for part in schema.get("allOf", []))]
    for pattern in filter(None, patterns):
        # The engine's own reckoning of how long a match is; outside anchors a text may be longer.
        shortest, longest = re._parser.parse(pattern).getwidth()  # type: ignore[attr-defined]
        least = max(least, shortest)
        if pattern.startswith("^") and pattern.endswith(("(?![\\s\\S])", "$")):
            most = min(most, longest)

    def lengths(of: Mapping[str, Any]) -> tuple[int, int]:
        return max(least, of.get("minLength", 0)), min(most, of.get("maxLength", 1 << 30))

    return lengths(schema) == lengths(other)


def _counts(schema: Document, words: tuple[str, str]) -> Changed:
    for word, added in zip(words, (2, 3), strict=True):
        if word not in schema:
            yield "constraint added", word, {**schema, word: added}
            continue
        yield "constraint lost", word, _without(schema, word)
        yield "bound changed", word, {**schema, word: schema[word] + 1}
        if schema[word] > 1:
            yield "bound changed", word, {**schema, word: schema[word] - 1}


def _maps(document: Document, schema: Document) -> Changed:
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield from _counts(schema, ("minProperties", "maxProperties"))
        for change, attribute, values in _schemas(document, schema["additionalProperties"]):
            yield change, f"additionalProperties.{attribute}", {**schema, "additionalProperties": values}
    if "propertyNames" in schema:
        yield "pattern lost", "propertyNames", _without(schema, "propertyNames")


def _without(schema: Document, *words: str) -> Document:
    return {word: said for word, said in schema.items() if word not in words}
