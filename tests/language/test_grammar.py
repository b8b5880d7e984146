"""The JSON Schema for editors and the reader's own walk are two readings of one grammar."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from isotype.findings import Finding
from isotype.language import editor_schema
from isotype.language.grammar import FILE
from isotype.language.kinds import Walk
from isotype.language.yaml import Source, compose, plain
from tests.language.mutation import damaged
from tests.language.test_cases import CASES, sources
from tests.language.test_everything import EVERYTHING

ONLY_THE_READER_SEES = {"duplicate-key", "too-deep", "bad-number", "key-type"}
"""What JSON, and so JSON Schema, cannot know: equal keys, keys that are no text, numbers too long to be sensible."""

VALIDATOR = jsonschema.Draft202012Validator(editor_schema())


def walked(text: str) -> tuple[list[Finding], list[str]] | None:
    """What the walk and the JSON Schema each find; None when the text is no YAML of ours."""
    source = Source("schema.yaml", text)
    node, _ = compose(source)
    if node is None:
        return None
    data = plain(node)
    walk = Walk(source)
    FILE.read(node, walk)
    return walk.findings, [error.message for error in VALIDATOR.iter_errors(data)]


def agree(text: str) -> None:
    both = walked(text)
    if both is None:
        return
    findings, errors = both
    shared = [finding for finding in findings if finding.code not in ONLY_THE_READER_SEES]
    assert bool(shared) == bool(errors), (shared, errors)


def test_the_editor_schema_is_a_json_schema() -> None:
    """It is valid draft 2020-12, plain JSON, and documents its words."""
    schema = editor_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    assert schema["properties"]["entities"]["description"] == "things with identity"


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_both_agree_on_bad_schemas(folder: Path) -> None:
    """What the walk refuses is refused by the JSON Schema, and nothing else is."""
    for text in sources(folder).values():
        agree(text)


def test_both_accept_everything() -> None:
    """The schema that uses every word passes both."""
    assert walked(EVERYTHING.read_text(encoding="utf-8")) == ([], [])


@pytest.mark.parametrize("seed", range(60))
def test_both_agree_on_damaged_schemas(seed: int) -> None:
    """However a schema is damaged, the two never part."""
    agree(damaged(EVERYTHING.read_text(encoding="utf-8"), seed))
