"""A JSON Schema's pattern means the same to the tools that read JSON Schemas."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pydantic
import pytest

from isotype.conformance.witnesses.datamodel import models
from isotype.dialects import patterns as printers
from isotype.dialects.json_schema import NO_NUL, Printer
from isotype.domain.patterns import Pattern, from_anywhere, from_start
from isotype.domain.types import Scalar
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


def test_datamodel_code_generator_follows(tmp_path: Path) -> None:
    """The Pydantic model that datamodel-code-generator makes accepts and refuses the same, with another pattern too."""
    other = Printer(str).schema(Scalar("text"))["pattern"]
    pieces: dict[str, object] = {}
    for index, (source, _, _) in enumerate(CASES):
        pieces[f"p{index}"] = {"type": "string", "pattern": spelled(source)}
        pieces[f"q{index}"] = {"type": "string", "allOf": [{"pattern": spelled_from_start(source)}, {"pattern": other}]}
    document = {"openapi": "3.1.0", "components": {"schemas": {"Made": {"type": "object", "properties": pieces}}}}
    made = models(json.dumps(document), "made_of_patterns", tmp_path)["Made"]
    for index, (_, found, missed) in enumerate(CASES):
        for name in (f"p{index}", f"q{index}"):
            for text in found:
                made.model_validate({name: text})
            for text in missed:
                with pytest.raises(pydantic.ValidationError):
                    made.model_validate({name: text})


def spelled_from_start(source: str) -> str:
    pattern = parse(source)
    assert isinstance(pattern, Pattern), pattern
    assert from_anywhere(from_start(pattern)).root == from_anywhere(pattern).root
    return printers.json_schema(from_start(pattern))


@pytest.mark.parametrize("source", ["b", "b$", "^b", "a|^b", "^a|^b", "(?:^a)?b", "^", "b+", "ab", "(a|b)c", "^.*b"])
def test_a_search_from_the_start_finds_the_same(source: str) -> None:
    """A pattern that begins at the start finds what the search finds, and can be turned back."""
    anchored = spelled_from_start(source)
    for text in ("", "a", "b", "ab", "ba", "cbc", "\nb\n", "ab\n", "ca", "ac", "bc\u2028b"):
        assert bool(re.match(anchored, text)) == bool(re.search(spelled(source), text)), text
        assert bool(re.search(anchored, text)) == bool(re.search(spelled(source), text)), text


def test_several_patterns_stand_side_by_side() -> None:
    """Each holds from the start, and null stands beside all of them."""
    pattern = parse("[a-f]")
    assert isinstance(pattern, Pattern)
    text = {"type": "string", "allOf": [{"pattern": "^[\\s\\S]*[a-f]"}, {"pattern": NO_NUL}]}
    of = Scalar("text", patterns=(pattern,))
    assert Printer(str).schema(of) == text
    assert Printer(str).schema(of, nullable=True) == {"anyOf": [text, {"type": "null"}]}
