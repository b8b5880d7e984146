"""The OpenAPI layer: its schemas keep docs/wire-forms.md, and its document is one other tools can read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from isotype.dialects.json_schema import Printer
from isotype.domain.types import Scalar
from isotype.layers import openapi
from isotype.layers.rendering import Renderer
from isotype.shapes.model import Shapes
from tests.schemas_layer.package import OPTIONS, everything, one_property_shapes
from tests.schemas_layer.wire_forms import Example, examples, heading_type

EXAMPLES = list(examples())

INEXPRESSIBLE = {
    ("string(3)", '"\\ud83e"'): "text",
    ("decimal(5,2) wire: number", "1.234"): "decimal with wire: number",
    ("decimal(5,2) wire: number", "1e-7"): "decimal with wire: number",
    ("decimal(5,2) wire: number", "0.30000000000000004"): "decimal with wire: number",
    ("timestamp", '"0001-01-01T00:00:00+00:01"'): "timestamp",
    ("timestamp", '"9999-12-31T23:59:59-00:01"'): "timestamp",
    ("duration", '"P999999999DT24H"'): "duration",
    ("json", "[" * 65 + "]" * 65): "json",
    ("json", '{"a": "\\u0000"}'): "json",
    ("json", '{"\\u0000": 1}'): "json",
    ("json", '["\\udc00"]'): "json",
    ("json", '{"\\ud800": 1}'): "json",
    ("json", "[1e400]"): "json",
    ("int[] unique_items sorted", "[2, 1]"): "sorted",
    ("uuid[] unique_items", "two spellings"): "unique_items of values with several spellings",
    ("text[] sorted", '["\\ud83e\\udd89", "\\uffee"]'): "sorted",
}
"""Examples that JSON Schema accepts against the page, by the entry of the ledger that says so."""


def _document(of: Shapes) -> dict[str, Any]:
    files, _ = openapi.render(of, Renderer(), OPTIONS)
    document: dict[str, Any] = json.loads(files["openapi.json"])
    return document


@pytest.fixture(scope="module")
def library() -> dict[str, Any]:
    return _document(everything())


def _name(example: Example) -> str:
    return f"{example.heading}: {example.text[:40]}"


def _gap(example: Example) -> str | None:
    text = "two spellings" if example.heading == "uuid[] unique_items" and not example.canonical else example.text
    return INEXPRESSIBLE.get((example.heading, text))


@pytest.mark.parametrize("formats", [False, True], ids=["without formats", "with formats"])
@pytest.mark.parametrize("example", EXAMPLES, ids=_name)
def test_json_schema_has_the_documented_verdict(example: Example, formats: bool) -> None:
    """What the page refuses is refused, but for what the ledger lists, and a listed gap really is one."""
    shapes = one_property_shapes([heading_type(example.heading)])
    files, gaps = openapi.render(shapes, Renderer(), OPTIONS)
    document = json.loads(files["openapi.json"])
    schema = {**document, "$ref": "#/components/schemas/Shape0"}
    checker = Draft202012Validator.FORMAT_CHECKER if formats else None
    accepted = Draft202012Validator(schema, format_checker=checker).is_valid({"value": json.loads(example.text)})
    gap = _gap(example)
    assert accepted == (example.canonical is not None or gap is not None)
    assert gap is None or gap in [entry.construct for entry in gaps]


def test_the_document_is_valid_openapi(library: dict[str, Any]) -> None:
    """The reference validator has nothing to say."""
    validate(library)


def test_every_default_satisfies_its_own_schema(library: dict[str, Any]) -> None:
    """A default is written in wire form."""
    defaults = 0
    for shape in library["components"]["schemas"].values():
        for schema in shape.get("properties", {}).values():
            if "default" in schema:
                defaults += 1
                Draft202012Validator({**library, **schema}).validate(schema["default"])
    assert defaults > 20


def test_inputs_refuse_unknown_properties_and_outputs_do_not(library: dict[str, Any]) -> None:
    """The direction of a shape decides."""
    schemas = library["components"]["schemas"]
    assert schemas["VolumeCreate"]["additionalProperties"] is False
    assert schemas["VolumeUpdate"]["additionalProperties"] is False
    assert "required" not in schemas["VolumeUpdate"]
    assert "additionalProperties" not in schemas["VolumeResponse"]
    assert set(schemas["VolumeResponse"]["required"]) == set(schemas["VolumeResponse"]["properties"])


def test_operations_say_parameters_bodies_results_and_errors(library: dict[str, Any]) -> None:
    """One page of books: query, header, result, refusals and the rate limit."""
    listing = library["paths"]["/api/v1/books/"]["get"]
    assert [(parameter["name"], parameter["in"]) for parameter in listing["parameters"]] == [
        ("shape", "query"),
        ("limit", "query"),
        ("page", "query"),
        ("tag", "query"),
        ("x_request_id", "header"),
        ("x_client", "header"),
    ]
    assert set(listing["responses"]) == {"200", "422", "429"}
    error = listing["responses"]["422"]["content"]["application/json"]["schema"]
    assert error == {"$ref": "#/components/schemas/ErrorResponse"}
    edited = library["paths"]["/api/v1/books/{id}"]["patch"]
    assert edited["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/VolumeUpdate"
    }
    assert "content" not in library["paths"]["/api/v1/books/{id}"]["delete"]["responses"]["204"]
    cover = library["paths"]["/api/v1/books/{id}/cover"]["get"]["responses"]["200"]["content"]
    assert list(cover) == ["application/octet-stream"]


def test_a_query_object_is_told_parameter_by_parameter(library: dict[str, Any]) -> None:
    """Each property is a parameter of its own; the object itself is an input, with its rules."""
    counting = library["paths"]["/api/v1/loans/count"]["get"]
    told = {parameter["name"]: parameter for parameter in counting["parameters"]}
    assert list(told) == ["since", "until", "binding", "shelf"]
    assert not any(parameter.get("required") for parameter in told.values())
    assert told["binding"]["schema"] == {"$ref": "#/components/schemas/Binding", "default": "hard"}
    assert (told["shelf"]["deprecated"], told["shelf"]["schema"]["minLength"]) == (True, 2)
    schemas = library["components"]["schemas"]
    assert schemas["Period"]["additionalProperties"] is False
    assert list(schemas["Period"]["x-isotype-rules"]) == ["period_has_length"]
    assert not {"Unbound", "Loose"} & schemas.keys()


def test_rules_travel_as_text_and_stand_in_the_ledger(library: dict[str, Any]) -> None:
    """What JSON Schema cannot say is said beside it."""
    rules = library["components"]["schemas"]["VolumeCreate"]["x-isotype-rules"]
    assert rules["chk_prices"] == {"that": "price >= 1 OR discount = 0", "message": "A cheap book has no discount."}
    _, gaps = openapi.render(everything(), Renderer(), OPTIONS)
    assert {entry.construct for entry in gaps} == set(library["x-isotype-not-expressible"])
    assert "rules" in library["x-isotype-not-expressible"]


def test_rendering_is_stable_and_ascii() -> None:
    """Same input, same bytes, and no character that an editor could misread."""
    first, second = (openapi.render(everything(), Renderer(), OPTIONS)[0] for _ in range(2))
    assert first == second
    assert first["openapi.json"].isascii()
    assert "Generated by Isotype" in first["openapi.json"][:200]


BIG = st.integers(-(2**63), 2**63 - 1)


@given(BIG, BIG, BIG, st.integers(-3, 3))
def test_the_pattern_of_a_bounded_bigint_is_exact(one: int, other: int, value: int, offset: int) -> None:
    """A text matches exactly when its number lies between the bounds."""
    low, high = sorted((one, other))
    pattern = Printer(str).schema(Scalar("bigint", minimum=low, maximum=high))["pattern"]
    for number in (value, low + offset, high + offset):
        assert bool(re.search(pattern, str(number))) == (low <= number <= high)
