"""Answers held against the contract: the OpenAPI document that the schema compiles to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from tests.engines import ROOT

LEAKS = ("Traceback", "SELECT ", "INSERT ", "sqlalchemy", "psycopg", "sqlite3", ".py")
"""What no refusal shows."""


@cache
def document() -> Mapping[str, Any]:
    """The contract."""
    text = (ROOT / "generated" / "compression" / "openapi" / "openapi.json").read_text(encoding="utf-8")
    contract: Mapping[str, Any] = json.loads(text)
    return contract


@cache
def operations() -> Mapping[str, tuple[str, str, Mapping[str, Any]]]:
    """The method, path and description of each operation, by its name."""
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, item in document()["paths"].items()
        for method, operation in item.items()
    }


def declared() -> set[tuple[str, int]]:
    """Every operation with every status that it may answer."""
    return {
        (name, int(status)) for name, (_, _, operation) in operations().items() for status in operation["responses"]
    }


@cache
def _validator(reference: str) -> Draft202012Validator:
    schemas = document()["components"]
    return Draft202012Validator({"components": schemas, **json.loads(reference)})


def check_shape(schema: Mapping[str, Any], body: Any) -> None:
    """Fail unless a body is what a schema of the contract says."""
    errors = [error.message for error in _validator(json.dumps(schema)).iter_errors(body)]
    assert not errors, (errors, body)


def check_refusal(answer: httpx.Response) -> None:
    """Fail unless an answer is the envelope of errors, and tells nothing of the inside."""
    assert answer.headers["content-type"] == "application/json", answer.text
    check_shape({"$ref": "#/components/schemas/ErrorResponse"}, answer.json())
    assert not [leak for leak in LEAKS if leak in answer.text], answer.text


class Api:
    """Calls operations by name; every answer is held against the contract."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def call(self, operation: str, body: Any = None, query: Mapping[str, Any] | None = None, **path: Any) -> Any:
        """The answer of an operation: its JSON, its bytes, or None without a body."""
        return self.content(self.send(operation, body, query, **path))

    def send(
        self, operation: str, body: Any = None, query: Mapping[str, Any] | None = None, **path: Any
    ) -> httpx.Response:
        """The answer of an operation, checked."""
        method, template, description = operations()[operation]
        answer = self.client.request(method, template.format(**path), params=query, json=body)
        documented = description["responses"].get(str(answer.status_code))
        assert documented is not None, (operation, answer.status_code, answer.text)
        if answer.status_code >= 400:
            check_refusal(answer)
        elif "content" in documented:
            ((media_type, content),) = documented["content"].items()
            assert answer.headers["content-type"] == media_type
            if "schema" in content:
                check_shape(content["schema"], answer.json())
        else:
            assert answer.content == b""
        return answer

    @staticmethod
    def content(answer: httpx.Response) -> Any:
        """What an answer holds; an error where it is a refusal."""
        answer.raise_for_status()
        if answer.headers.get("content-type") == "application/json":
            return answer.json()
        return answer.content or None
