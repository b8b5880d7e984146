"""What two documents may say differently and mean alike, law by law; and what is no document at all."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from isotype.findings import IsotypeError
from isotype.service.comparison import compare
from isotype.service.differences import NARROWER, WIDER, Difference
from isotype.service.document import read
from isotype.service.model import REQUEST, RESPONSE
from tests.service.changing import Where, changed
from tests.service.conftest import foreign_document, notes

Schema = dict[str, Any]

TITLED: dict[str, Any] = {"HTTPValidationError": {"type": "object"}, "ValidationError": {"type": "object"}}
"""By these a document is known to be FastAPI's."""


def document(taken: Schema, given: Schema | None = None, version: str = "3.1.0", **schemas: Any) -> dict[str, Any]:
    """One operation that takes a value and gives one."""
    operation = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": taken}}},
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": given or {}}}}},
    }
    return {"openapi": version, "paths": {"/x": {"post": operation}}, "components": {"schemas": schemas}}


def between(wanted: dict[str, Any], there: dict[str, Any]) -> tuple[Difference, ...]:
    return compare(read(wanted), read(there))


_DAY = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_DECIMAL = {"type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?$"}

ALIKE: dict[str, tuple[Schema, Schema]] = {
    "null is a type or an option": ({"type": ["string", "null"]}, {"anyOf": [{"type": "null"}, {"type": "string"}]}),
    "one of several that share nothing": (
        {"type": ["string", "integer"]},
        {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    ),
    "one constant": ({"const": "a"}, {"type": "string", "enum": ["a"]}),
    "both truths": ({"type": "boolean"}, {"enum": [False, True]}),
    "whole numbers": ({"type": "integer"}, {"type": "number", "multipleOf": 1.0}),
    "bounds of whole numbers": ({"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}),
    "the tighter bound": ({"type": "number", "minimum": 2}, {"type": "number", "minimum": 2, "exclusiveMinimum": 1}),
    "ranges of formats": (
        {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
        {"type": "integer", "format": "int32"},
    ),
    "what holds anyway": ({"type": "array"}, {"type": "array", "minItems": 0, "uniqueItems": False, "items": {}}),
    "properties make an object": ({"type": "object", "properties": {}}, {"properties": {}}),
    "a format or its pattern": ({"type": "string", "format": "date"}, {"type": "string", "pattern": _DAY}),
    "a format and its length": (
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "uuid", "maxLength": 36},
    ),
    "names of one format": ({"type": "string", "format": "byte"}, {"type": "string", "contentEncoding": "base64"}),
    "addresses of both versions": (
        {"type": "string", "format": "ip"},
        {"anyOf": [{"type": "string", "format": "ipv4"}, {"type": "string", "format": "ipv6"}]},
    ),
    "patterns that take the same": (
        {"type": "string", "pattern": "^[0-9]{2}$"},
        {"type": "string", "pattern": r"^(\d\d)(?![\s\S])"},
    ),
    "options of a pattern": ({"type": "string", "pattern": "^(ab|ac)$"}, {"type": "string", "pattern": "^a[bc]$"}),
    "a length or a pattern": (
        {"type": "string", "pattern": "^[a-z]{2,4}$"},
        {"type": "string", "pattern": "^[a-z]+$", "minLength": 2, "maxLength": 4},
    ),
    "several patterns": (
        {"type": "string", "allOf": [{"pattern": "a"}, {"pattern": "b"}]},
        {"allOf": [{"type": "string", "pattern": "b"}, {"pattern": "a"}]},
    ),
    "several schemas at once": (
        {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}},
        {"allOf": [{"properties": {"a": {"type": "integer"}}}, {"properties": {"a": {"minimum": 1}}}]},
    ),
    "annotations": (
        {"type": "string"},
        {"type": "string", "title": "T", "description": "D", "examples": ["e"], "format": "password"},
    ),
}


@pytest.mark.parametrize("law", ALIKE)
def test_what_is_alike_is_no_difference(law: str) -> None:
    """Either way of saying it, in a request and in an answer."""
    left, right = ALIKE[law]
    assert between(document(left, left), document(right, right)) == ()
    assert between(document(right, right), document(left, left)) == ()


OTHERWISE: dict[str, tuple[Schema, Schema, str]] = {
    "one of overlapping types": ({"type": "number"}, {"anyOf": [{"type": "number"}, {"type": "string"}]}, "type"),
    "exactly one of what overlaps": (
        {"anyOf": [{"type": "integer"}, {"type": "number", "minimum": 0}]},
        {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 0}]},
        "oneOf",
    ),
    "a wider pattern": ({"type": "string", "pattern": "^[a-c]$"}, {"type": "string", "pattern": "^[a-d]$"}, "pattern"),
    "a pattern without its end": ({"type": "string", "pattern": "^a$"}, {"type": "string", "pattern": "^a"}, "pattern"),
    "a pattern beside a format": (
        {"type": "string", "format": "date"},
        {"type": "string", "format": "date", "pattern": "^2"},
        "pattern",
    ),
    "lower case only": (
        {"type": "string", "format": "uuid"},
        {"type": "string", "pattern": _UUID.replace("A-F", "")},
        "format",
    ),
    "numbers and truths": ({"enum": [1]}, {"enum": [True]}, "type"),
    "a word that is not read": ({"type": "string"}, {"type": "string", "not": {"const": "x"}}, "not"),
    "a pattern that cannot be read": (
        {"type": "string", "pattern": "^a$"},
        {"type": "string", "pattern": "^(?=a).$"},
        "pattern",
    ),
    "a mantissa of single precision": ({"type": "number"}, {"type": "number", "format": "float"}, "format"),
    "digits of a decimal": (_DECIMAL, {**_DECIMAL, "pattern": _DECIMAL["pattern"].replace("1,2", "1,3")}, "digits"),
    "one of two objects": (
        {"type": "object", "properties": {"a": {}}},
        {"anyOf": [{"properties": {"b": {}}}, {"properties": {"c": {}}}]},
        "anyOf",
    ),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_what_is_not_alike_is_a_difference(case: str) -> None:
    """The attribute says what is otherwise."""
    left, right, attribute = OTHERWISE[case]
    found = between(document(left), document(right))
    assert attribute in {it.attribute for it in found}


def test_direction_of_a_difference() -> None:
    """What the service takes less of refuses callers, what it gives more of surprises them."""
    short, long = {"type": "string", "maxLength": 3}, {"type": "string", "maxLength": 9}
    (taken,) = between(document(long), document(short))
    assert [(it.direction, it.change) for it in taken.effects] == [(REQUEST, NARROWER)]
    (given,) = between(document({}, short), document({}, long))
    assert [(it.direction, it.change) for it in given.effects] == [(RESPONSE, WIDER)]
    assert given.effects[0].harms
    (less,) = between(document({}, long), document({}, short))
    assert not less.effects[0].harms


def test_schemas_that_hold_themselves() -> None:
    """A tree is compared with a tree, and a fault in it is found once."""
    tree = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "kids": {"items": {"$ref": "#/components/schemas/Tree"}}},
    }
    other = {
        "type": "object",
        "properties": {"name": {"type": "integer"}, "kids": {"items": {"$ref": "#/components/schemas/T"}}},
    }
    wanted = document({"$ref": "#/components/schemas/Tree"}, Tree=tree)
    inner = {**tree["properties"], "kids": {"items": {"$ref": "#/components/schemas/Tree"}}}  # type: ignore[dict-item]
    assert between(wanted, document({"type": "object", "properties": inner}, Tree=tree)) == ()
    (found,) = between(wanted, document({"$ref": "#/components/schemas/T"}, T=other))
    assert (found.kind, found.path, found.attribute) == ("property", ("Tree", "name"), "type")


def test_nullable_of_version_3_0() -> None:
    """`nullable` is null there, and nothing in 3.1."""
    nullable = {"type": "string", "nullable": True}
    wanted = document({"type": ["string", "null"]})
    assert between(wanted, document(nullable, version="3.0.3")) == ()
    assert [it.attribute for it in between(wanted, document(nullable))] == ["nullable"]


FASTAPI: dict[str, tuple[Schema, Schema]] = {
    "a decimal that may be a number": (_DECIMAL, {"anyOf": [{"type": "number"}, {"type": "string"}]}),
    "a decimal of older versions": (
        _DECIMAL,
        {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"}]},
    ),
    "a decimal with its limits": (
        _DECIMAL,
        {
            "anyOf": [
                {"type": "number"},
                {"type": "string", "pattern": r"^(?!^[-+.]*$)[+-]?0*(?:\d{0,4}|(?=[\d.]{1,7}0*$)\d{0,4}\.\d{0,2}0*$)"},
            ]
        },
    ),
    "a number of some digits": ({"type": "number", "exclusiveMaximum": 1000}, {"type": "number"}),
    "free JSON": ({"type": ["array", "boolean", "number", "object", "string"]}, {}),
    "a time": ({"type": "string", "format": "local-time"}, {"type": "string", "format": "time"}),
}


@pytest.mark.parametrize("law", FASTAPI)
def test_what_fastapi_cannot_say_is_no_difference_there(law: str) -> None:
    """It is one in a document that is not known to be FastAPI's."""
    left, right = FASTAPI[law]
    assert between(document(left), document(right, **TITLED)) == ()
    assert between(document(left), document(right)) != ()


def test_decimals_that_are_given_are_plain_texts_in_fastapi() -> None:
    """What is taken is said, what is given is not."""
    there = document({"type": "string"}, {"type": "string"}, **TITLED)
    assert [it.attribute for it in between(document(_DECIMAL, _DECIMAL), there)] == ["format"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "swagger 2": ({"swagger": "2.0", "paths": {}}, "is one of Swagger 2"),
    "no version": ({"paths": {}}, "is no OpenAPI document"),
    "paths that are none": ({"openapi": "3.1.0", "paths": []}, "'paths' of the OpenAPI document is no mapping"),
    "a reference to nothing": (document({"$ref": "#/components/schemas/Nobody"}), "leads nowhere"),
    "a reference out of the document": (document({"$ref": "other.yaml#/X"}), "leads out of the document"),
    "a type that does not exist": (document({"type": "text"}), "there is no type 'text'"),
    "a bound that is a text": (document({"type": "integer", "minimum": "1"}), "'minimum' is a number"),
    "a length below zero": (document({"type": "string", "minLength": -1}), "'minLength' is a natural number"),
    "a schema that is a list": (document({"allOf": [[]]}), "a schema is a mapping"),
    "a path that is a text": ({"openapi": "3.1.0", "paths": {"/x": "y"}}, "a path is a mapping"),
    "a parameter without a name": (
        {"openapi": "3.1.0", "paths": {"/x": {"get": {"parameters": [{}]}}}},
        "a parameter has a name",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_read_is_said(case: str) -> None:
    """A finding with its place, never an exception of another kind."""
    wrong, sentence = WRONG[case]
    with pytest.raises(IsotypeError, match=sentence) as raised:
        read(wrong)
    assert {finding.code for finding in raised.value.findings} == {"unreadable-api-document"}


def test_everything_that_is_wrong_is_said_together() -> None:
    """Two faults are two findings."""
    both = document({"type": "text"}, {"type": "number", "maximum": "x"})
    with pytest.raises(IsotypeError) as raised:
        read(both)
    assert len(raised.value.findings) == 2


def test_schemas_without_end() -> None:
    """What only leads back to itself, or is nested without measure, is a finding or takes nothing; never a crash."""
    loop = document(
        {"$ref": "#/components/schemas/A"}, A={"$ref": "#/components/schemas/B"}, B={"$ref": "#/components/schemas/A"}
    )
    assert compare(read(loop), read(loop)) == ()
    endless = document(
        {"$ref": "#/components/schemas/A"}, A={"allOf": [{"$ref": "#/components/schemas/A"}, {"minimum": 1}]}
    )
    assert compare(read(endless), read(endless)) == ()
    deep: Schema = {"type": "string"}
    for _ in range(20_000):
        deep = {"type": "array", "items": deep}
    with pytest.raises(IsotypeError, match="nested too deep"):
        read(document(deep))
    first: Schema = {"$ref": "#/components/schemas/A0"}
    links: dict[str, Any] = {
        f"A{at}": {"properties": {"next": {"$ref": f"#/components/schemas/A{at + 1}"}}} for at in range(2_000)
    }
    chain = read(document(first, **links, A2000={"type": "string"}))
    tree = read(document(first, A0={"properties": {"next": first}}))
    with pytest.raises(IsotypeError, match="nested too deep"):
        compare(tree, chain)
    for depth in range(20, 400, 20):
        nested: Schema = {"type": "string"}
        for _ in range(depth):
            nested = {"type": "array", "items": nested}
        try:
            assert compare(read(document(nested)), read(document(nested))) == ()
        except IsotypeError as error:
            assert "nested too deep" in str(error)


JUNK: tuple[Any, ...] = (
    *(
        None,
        True,
        -1,
        1.5,
        1e308,
        10**400,
        "",
        "x",
        "#/",
        "^(a",
        [],
        {},
        [[]],
        {"$ref": 1},
        {"$ref": "#"},
        {"type": []},
    ),
    *(
        {"type": [{}]},
        {"enum": [{}]},
        {"anyOf": []},
        {"allOf": [True, False]},
        {"properties": {"1": True}},
        {"items": [{}]},
    ),
    *(
        {"multipleOf": 0},
        {"minimum": "a"},
        {"pattern": 5},
        {"pattern": "a{1000000000}"},
        {"const": None},
        {"format": 5},
    ),
    *({"x-isotype-bounds": {"minimum": "q"}}, {"x-isotype-rules": [1]}, {"propertyNames": {"pattern": {}}}),
)


def test_junk_anywhere_is_said() -> None:
    """Whatever stands in whichever place: findings, or facts that differ from themselves in nothing."""
    random = Random(7)
    whole = foreign_document("node")
    places = [*_places(whole, ())]
    refused = 0
    for _ in range(250):
        try:
            api = read(changed(whole, random.choice(places), random.choice(JUNK)))
        except IsotypeError:
            refused += 1
        else:
            assert compare(api, api) == ()
            compare(notes(), api)
    assert 50 < refused < 200


def _places(value: Any, where: Where) -> Iterator[Where]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield (*where, step)
        yield from _places(part, (*where, step))
