"""What two documents may say differently of a call and mean alike, and what is a difference of the call itself."""

from __future__ import annotations

from typing import Any

import pytest

from isotype.service.comparison import compare
from isotype.service.document import read

Operation = dict[str, Any]

TEXT = {"type": "string"}
PROBLEM = {
    "description": "No",
    "content": {"application/json": {"schema": {"type": "object", "properties": {"code": TEXT}}}},
}
OK = {"description": "OK", "content": {"application/json": {"schema": TEXT}}}
CALL: Operation = {"responses": {"200": OK, "404": PROBLEM, "422": PROBLEM}}


def document(operation: Operation, path: str = "/x/{id}", **more: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": {path: {"post": operation}}, **more}


def said(wanted: dict[str, Any], there: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The way, the kind and the attribute of each difference."""
    return {(it.way, it.kind, it.attribute) for it in compare(read(wanted), read(there))}


def _taking(**parameter: Any) -> Operation:
    return {**CALL, "parameters": [{"name": "X-Tag", "in": "header", "schema": TEXT, **parameter}]}


def _sent(media: str, **more: Any) -> Operation:
    return {**CALL, "requestBody": {"required": True, "content": {media: {"schema": TEXT}}, **more}}


ALIKE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a range of statuses": (document(CALL), document({"responses": {"200": OK, "4XX": PROBLEM}})),
    "lower-case ranges": (document(CALL), document({"responses": {"200": OK, "4xx": PROBLEM}})),
    "any other status": (document(CALL), document({"responses": {"200": OK, "default": PROBLEM}})),
    "a promise of nothing": (document(CALL), document({"responses": {**CALL["responses"], "default": PROBLEM}})),
    "statuses as numbers": (document(CALL), document({"responses": {200: OK, 404: PROBLEM, 422: PROBLEM}})),
    "a range of media types": (document(_sent("application/json")), document(_sent("application/*"))),
    "any media type": (document(_sent("application/json")), document(_sent("*/*"))),
    "capitals of media types": (
        document(_sent("application/json")),
        document(_sent("Application/JSON; charset=UTF-8")),
    ),
    "text of any schema": (
        document(_sent("text/csv")),
        document({**_sent("text/csv"), "requestBody": {"required": True, "content": {"text/csv": {}}}}),
    ),
    "names of headers": (document(_taking()), document(_taking(name="x-tag"))),
    "headers of every request": (document(CALL), document(_taking(name="Accept"))),
    "names of path parameters": (document(CALL), document(CALL, "/x/{name}")),
    "a base path with a variable": (
        document(CALL, "/v2/x/{id}"),
        document(CALL, servers=[{"url": "https://a.example/{v}", "variables": {"v": {"default": "v2"}}}]),
    ),
    "a base path that is none": (document(CALL), document(CALL, servers=[{"url": "https://a.example/v2"}])),
    "the form of single values": (document(_taking()), document(_taking(style="simple", explode=True))),
}


@pytest.mark.parametrize("law", ALIKE)
def test_what_is_alike_is_no_difference(law: str) -> None:
    """Whichever way it is written."""
    wanted, there = ALIKE[law]
    assert said(wanted, there) == set()


_LIST = {"type": "array", "items": TEXT}

OTHERWISE: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str, str]]] = {
    "another status": (
        document(CALL),
        document({"responses": {**CALL["responses"], "200": PROBLEM, "201": OK}}),
        ("extra", "answer", ""),
    ),
    "a moved status": (
        document({"responses": {"200": OK}}),
        document({"responses": {"204": {"description": ""}}}),
        ("different", "operation", "status"),
    ),
    "a lost body": (document(_sent("application/json")), document(CALL), ("missing", "body", "")),
    "another medium": (document(_sent("application/json")), document(_sent("text/plain")), ("extra", "body", "")),
    "a body that may be left out": (
        document(_sent("application/json")),
        document(_sent("application/json", required=False)),
        ("different", "body", "required"),
    ),
    "a slash at the end": (document(CALL), document(CALL, "/x/{id}/"), ("missing", "operation", "")),
    "a parameter elsewhere": (document(_taking()), document(_taking(**{"in": "query"})), ("missing", "parameter", "")),
    "lists that are written otherwise": (
        document(_taking(**{"in": "query", "schema": _LIST})),
        document(_taking(**{"in": "query", "schema": _LIST, "explode": False})),
        ("different", "parameter", "style"),
    ),
    "a text that holds JSON": (
        document(_taking(schema=_LIST)),
        document(_taking(content={"application/json": {"schema": _LIST}})),
        ("different", "parameter", "style"),
    ),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_what_is_not_alike_is_a_difference(case: str) -> None:
    """The kind of object and the attribute say what is otherwise."""
    wanted, there, difference = OTHERWISE[case]
    assert difference in said(wanted, there)


def test_an_operation_overrides_what_its_path_says() -> None:
    """The nearer parameter counts."""
    near, far = (
        {"name": "n", "in": "query", "schema": {"type": "integer"}},
        {"name": "n", "in": "query", "schema": TEXT},
    )
    there = document({**CALL, "parameters": [near]})
    there["paths"]["/x/{id}"]["parameters"] = [far]
    assert said(document({**CALL, "parameters": [near]}), there) == set()


def test_marks_of_direction() -> None:
    """What is read-only is in no request, what is write-only in no answer; the contract has a schema for each."""

    def both(taken: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        def body(properties: dict[str, Any]) -> dict[str, Any]:
            required = sorted(properties)
            schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
            return {"content": {"application/json": {"schema": schema}}}

        return document(
            {"requestBody": {"required": True, **body(taken)}, "responses": {"200": {"description": "", **body(given)}}}
        )

    one = {"id": {**TEXT, "readOnly": True}, "name": TEXT, "secret": {**TEXT, "writeOnly": True}}
    wanted = both({"name": TEXT, "secret": TEXT}, {"id": TEXT, "name": TEXT})
    assert said(wanted, both(one, one)) == set()
    unmarked = {**one, "secret": TEXT}
    assert ("extra", "body", "secret") in {
        (it.way, "body", it.attribute) for it in compare(read(wanted), read(both(one, unmarked)))
    }


TITLED: dict[str, Any] = {
    "schemas": {"HTTPValidationError": {"type": "object", "properties": {"detail": {}}}, "ValidationError": {}}
}

_OWN = {
    "description": "",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}},
}


def _defaulting(schema: dict[str, Any], **default: Any) -> Operation:
    return _taking(**{"in": "query", "schema": {**schema, **default}})


FASTAPI: dict[str, tuple[Operation, Operation]] = {
    "an empty default": (_defaulting(_LIST, default=[]), _defaulting(_LIST)),
    "a default in its own words": (
        _defaulting({"type": "string", "format": "byte"}, default="aGVsbG8="),
        _defaulting({"type": "string", "format": "byte"}, default="hello"),
    ),
    "a default that is a decimal": (
        _defaulting({"type": "number"}, default=1.5),
        _defaulting({"type": "number"}, default="1.50"),
    ),
    "a default with nulls inside": (
        _defaulting({"type": "object"}, default={"a": {"b": None}}),
        _defaulting({"type": "object"}, default={"a": {}}),
    ),
    "its own refusals": ({"responses": {"200": OK}}, {"responses": {"200": OK, "422": _OWN}}),
}


@pytest.mark.parametrize("law", FASTAPI)
def test_what_fastapi_cannot_say_is_no_difference_there(law: str) -> None:
    """It is one in a document that is not known to be FastAPI's."""
    wanted, there = FASTAPI[law]
    assert said(document(wanted), document(there, components=TITLED)) == set()
    other = {"schemas": {"HTTPValidationError": TITLED["schemas"]["HTTPValidationError"]}}
    assert said(document(wanted), document(there, components=other)) != set()


def test_refusals_of_the_contract_are_none_of_fastapi() -> None:
    """Where the contract says how it refuses, the refusals of the framework are a difference."""
    there = document({"responses": {**CALL["responses"], "422": _OWN}}, components=TITLED)
    assert ("missing", "answer body", "code") in said(document(CALL), there)
