"""The emitted Zod schemas take what docs/wire-forms.md accepts, refuse what it refuses, and change nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engines.node import JsonText, Node, Request
from tests.engines.typescript import compile_typescript
from tests.typescript.shapes import prop, render, shape, shapes_of, write
from tests.typescript.wire_forms import Example, examples

BLOCKS = examples()


@pytest.fixture(scope="module")
def validators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled Zod module with one schema per example block, `case0Schema` and so on."""
    folder = tmp_path_factory.mktemp("wire")
    shapes = shapes_of(*(shape(f"Case{at}", prop("value", of)) for at, (_, of, _) in enumerate(BLOCKS)))
    write(render(shapes)[0], folder)
    return compile_typescript(folder) / "zod" / "thing.js"


@pytest.mark.parametrize("block", range(len(BLOCKS)), ids=[title for title, _, _ in BLOCKS])
def test_examples_of_the_documentation(node: Node, validators: Path, block: int) -> None:
    """Each example is taken as it is, or refused, as the page says."""
    lines = BLOCKS[block][2]
    assert lines
    requests = [
        Request(validators, f"case{block}Schema.safeParse", [JsonText(f'{{"value": {line.text}}}')]) for line in lines
    ]
    for line, answer in zip(lines, node.call_many(requests), strict=True):
        assert answer.ok, (line, answer.error)
        assert answer.value["success"] is bool(line.canonical), (line, answer.value)
        if line.canonical:
            assert answer.value["data"] == {"value": _parsed(line)}, line


def _parsed(line: Example) -> object:
    return json.loads(line.text)
