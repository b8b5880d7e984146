"""A JSON Schema's pattern means the same to the tools that read JSON Schemas."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import warnings
from pathlib import Path

import jsonschema
import pydantic
import pytest

from isotype.dialects import patterns as printers
from isotype.domain.patterns import Pattern
from isotype.language.patterns import parse

CASES = [
    ("^[a-z]+$", ["abc"], ["abc\n", "", "a1"]),
    ("b$", ["ab"], ["ab\n", "ba"]),
    ("b", ["abc", "b\n"], ["a", ""]),
    (r"^[\u{1f600}-\u{1f610}]$", ["\U0001f601"], ["\U0001f601\n", "\U0001f700", "a"]),
    (r"^\d\w\s$", ["1a "], ["\u0661a ", "1é ", "1a\u00a0"]),
]


def spelled(source: str) -> str:
    pattern = parse(source)
    assert isinstance(pattern, Pattern), pattern
    return printers.json_schema(pattern)


@pytest.mark.parametrize(("source", "found", "missed"), CASES)
def test_jsonschema_follows(source: str, found: list[str], missed: list[str]) -> None:
    """Python's `jsonschema` accepts and refuses what the pattern says, last newlines included."""
    validator = jsonschema.Draft202012Validator({"type": "string", "pattern": spelled(source)})
    assert [validator.is_valid(text) for text in found] == [True] * len(found)
    assert [validator.is_valid(text) for text in missed] == [False] * len(missed)


def test_datamodel_code_generator_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Pydantic model that datamodel-code-generator makes accepts and refuses the same."""
    pieces = {f"p{index}": {"type": "string", "pattern": spelled(source)} for index, (source, _, _) in enumerate(CASES)}
    source, module = tmp_path / "schema.json", tmp_path / "made.py"
    source.write_text(json.dumps({"title": "Made", "type": "object", "properties": pieces}))
    command = [sys.executable, "-W", "ignore", "-m", "datamodel_code_generator", "--input", str(source)]
    options = [
        "--output",
        str(module),
        "--input-file-type",
        "jsonschema",
        "--output-model-type",
        "pydantic_v2.BaseModel",
    ]
    subprocess.run([*command, *options], check=True, capture_output=True)
    specification = importlib.util.spec_from_file_location("made", module)
    assert specification is not None
    assert specification.loader is not None
    made = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, "made", made)
    with warnings.catch_warnings(action="ignore"):
        specification.loader.exec_module(made)
    for index, (_, found, missed) in enumerate(CASES):
        for text in found:
            made.Made(**{f"p{index}": text})
        for text in missed:
            with pytest.raises(pydantic.ValidationError):
                made.Made(**{f"p{index}": text})
