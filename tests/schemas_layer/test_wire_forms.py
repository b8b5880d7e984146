"""The generated Pydantic schemas keep docs/wire-forms.md, to the letter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from tests.schemas_layer.package import files, imported, one_property_shapes
from tests.schemas_layer.wire_forms import Example, examples, heading_type

EXAMPLES = list(examples())
HEADINGS = list(dict.fromkeys(example.heading for example in EXAMPLES))


def _name(example: Example) -> str:
    return f"{example.heading}: {example.text[:40]}"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    rendered = files(one_property_shapes(map(heading_type, HEADINGS)))
    with imported(rendered, tmp_path_factory.mktemp("forms"), "wire_forms_schemas") as module:
        yield module


def _schema(package: ModuleType, example: Example) -> type[BaseModel]:
    found: type[BaseModel] = getattr(package, f"Shape{HEADINGS.index(example.heading)}")
    return found


def _written(model: BaseModel) -> list[Any]:
    """What the two ways of writing JSON give."""
    return [json.loads(model.model_dump_json())["value"], model.model_dump(mode="json")["value"]]


@pytest.mark.parametrize("example", EXAMPLES, ids=_name)
def test_json_text_has_the_documented_verdict_and_canonical_form(package: ModuleType, example: Example) -> None:
    """`model_validate_json` accepts what the page accepts and writes it canonically."""
    schema, text = _schema(package, example), f'{{"value": {example.text}}}'
    if example.canonical is None:
        with pytest.raises(ValidationError):
            schema.model_validate_json(text)
    else:
        canonical = json.loads(example.canonical)
        assert _written(schema.model_validate_json(text)) == [canonical, canonical]


@pytest.mark.parametrize("example", EXAMPLES, ids=_name)
def test_parsed_json_has_the_same_verdict(package: ModuleType, example: Example) -> None:
    """`model_validate`, which FastAPI calls with parsed JSON, agrees."""
    schema, value = _schema(package, example), {"value": json.loads(example.text)}
    if example.canonical is None:
        with pytest.raises(ValidationError):
            schema.model_validate(value)
    else:
        canonical = json.loads(example.canonical)
        assert _written(schema.model_validate(value)) == [canonical, canonical]


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.canonical], ids=_name)
def test_python_values_are_taken_by_the_class_itself(package: ModuleType, example: Example) -> None:
    """What a schema holds can be handed to its class, and means the same."""
    schema = _schema(package, example)
    model = schema.model_validate_json(f'{{"value": {example.text}}}')
    assert _written(schema(value=model.value)) == _written(model)  # type: ignore[attr-defined]
