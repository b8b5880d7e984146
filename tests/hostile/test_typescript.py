"""The TypeScript of a hostile schema compiles, and says and judges what the schema does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.engines.node import Node, Request
from tests.engines.typescript import WEB, biome, compile_typescript
from tests.hostile import schema
from tests.hostile.schema import TEXTS, VERDICTS

ENTRY = """\
import * as schemas from "./zod/index.js";

export function judge(number: number, plain: string): string[] {
  const schema = schemas[`thing${number}CreateSchema` as "thing0CreateSchema"];
  return (schema.safeParse({ id: 2, plain }).error?.issues ?? []).map(({ message }) => message);
}

export function fits(number: number, fitting: string): boolean {
  const schema = schemas[`thing${number}CreateSchema` as "thing0CreateSchema"];
  return schema.safeParse({ id: 2, fitting, mapped: { [fitting]: fitting }, open: { [fitting]: fitting } }).success;
}
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Interfaces, validators and the client, compiled, with a way in for the tests."""
    source = schema.write(tmp_path_factory.mktemp("typescript"), "types", "zod", "client")
    (source / "entry.ts").write_text(ENTRY, encoding="utf-8")
    return compile_typescript(source, WEB)


def test_it_is_formatted_and_linted(tmp_path: Path) -> None:
    """Biome finds nothing to change, and obeys no comment of the schema's."""
    assert biome(schema.write(tmp_path, "types", "zod", "client")) == []


def test_constants_hold_the_texts(node: Node, compiled: Path) -> None:
    """Enum values, labels and paths are the schema's own."""
    enums = node.read(compiled / "types" / "enums.js")
    operations = node.read(compiled / "types" / "operations.js", "operations")
    for number, text in enumerate(TEXTS):
        assert enums[f"Thing{number}Choice"] == {"ODD": text, "OTHER": "other"}
        if text.strip():
            assert enums[f"thing{number}ChoiceLabels"] == {text: text.strip(), "other": text.strip()}
        assert operations[f"find{number}"]["path"] == f"/*/{{id}}/'$$/{{text}}/--/{number}/%7b%7b/*/"


def test_rules_judge_by_every_text(node: Node, compiled: Path) -> None:
    """The same verdicts as the databases', with the message of the schema."""
    cases = [(number, text, *case) for number, text in enumerate(TEXTS) for case in VERDICTS.items()]
    requests = [Request(compiled / "entry.js", "judge", (number, text + suffix)) for number, text, suffix, _ in cases]
    for (number, text, suffix, rule), answer in zip(cases, node.call_many(requests), strict=True):
        messages = answer.value
        assert bool(messages) == bool(rule), (number, suffix, messages)
        if rule in ("equal", "like", "match") and text.strip():
            assert messages[0] == text.strip()


def test_patterns_and_keys_take_their_text(node: Node, compiled: Path) -> None:
    """A pattern made of a text takes it, and so do a map and free JSON as a key."""
    requests = [Request(compiled / "entry.js", "fits", (number, text)) for number, text in enumerate(TEXTS)]
    others = [Request(compiled / "entry.js", "fits", (number, text + "~")) for number, text in enumerate(TEXTS)]
    answers: list[Any] = [answer.value for answer in node.call_many([*requests, *others])]
    assert answers == [True] * len(TEXTS) + [False] * len(TEXTS)
