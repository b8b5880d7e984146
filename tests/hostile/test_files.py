"""Every generated file of a hostile schema is text that its readers see as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from isotype.dialects.literals.characters import is_hidden
from isotype.language import load
from tests.hostile import schema
from tests.hostile.schema import TEXTS, name


def test_no_file_holds_what_a_reader_cannot_see() -> None:
    """Controls, bidirectional marks and line separators are escapes everywhere; lines end in LF."""
    for path, text in schema.files():
        hidden = {f"U+{ord(character):04X}" for character in set(text) - {"\n"} if is_hidden(character)}
        assert not hidden, path


def test_openapi_carries_every_text_exactly() -> None:
    """The document is JSON, and descriptions, labels, defaults, tags and messages are the schema's own."""
    document = json.loads(dict(schema.files("openapi"))["openapi/openapi.json"])
    every = "\n".join(TEXTS)
    assert document["info"]["title"].strip() == document["info"]["version"].strip() == every.strip()
    assert document["info"]["description"] == every.strip()
    shapes = document["components"]["schemas"]
    operations = {item["get"]["operationId"]: item["get"] for item in document["paths"].values()}
    for number, text in enumerate(TEXTS):
        thing, shown = name(number), text.strip()
        response, create, part = (shapes[thing + end] for end in ("Response", "Create", "PartInput"))
        assert shapes[f"{thing}Choice"]["enum"] == [text, "other"]
        assert shapes[f"{thing}Choice"].get("x-isotype-labels", {}).get(text, "") == shown
        for described in (shapes[f"{thing}Choice"], response, response["properties"]["id"], part):
            assert described.get("description", "") == shown
        assert create["properties"]["plain"]["default"] == text
        assert create["properties"]["choice"]["default"] == text
        assert create["properties"]["many"]["default"] == [text, text]
        assert create["properties"]["open"]["default"] == {text: [text, {text: text}]}
        assert create["properties"]["mapped"]["default"] == {text: text}
        rules = response["x-isotype-rules"]
        assert rules[f"chk_{number}_equal"].get("message", "") == shown
        assert schema.sql(text) in rules[f"chk_{number}_choice"]["that"]
        operation = operations[f"find{number}"]
        assert operation.get("summary", "") == operation.get("description", "") == shown
        assert operation["tags"] == [shown]
        wanted = next(item for item in operation["parameters"] if item["name"] == "wanted")
        assert (wanted["schema"]["default"], wanted.get("description", "")) == (text, shown)


def texts(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every text in data, keys that are free text included as the path of what they hold."""
    match value:
        case dict():
            return [found for key, item in value.items() for found in texts(item, (*path, key))]
        case list():
            return [found for index, item in enumerate(value) for found in texts(item, (*path, index))]
        case str() if "MARK" in value:
            return [path]
    return []


def replaced(value: Any, path: tuple[str | int, ...], by: str) -> Any:
    """The data with `MARK` in the text at a path replaced."""
    if not path:
        return value.replace("MARK", by)
    key, *rest = path
    copy: Any = value.copy()
    copy[key] = replaced(value[key], tuple(rest), by)
    return copy


MARKED = schema.document(("MARK",))


@pytest.mark.parametrize("path", texts(MARKED), ids=lambda path: ".".join(map(str, path)))
def test_what_no_target_can_hold_is_refused(path: tuple[str | int, ...]) -> None:
    """U+0000 in any text of a schema is a finding at its place, never a crash and never passed on."""
    source = schema.text_of(replaced(MARKED, path, "\0"))
    loaded = load({schema.FILE: source})
    assert loaded.domain is None
    assert loaded.findings
    for finding in loaded.findings:
        assert finding.severity == "error"
        assert finding.place.line > 0
        assert "\0" not in str(finding)
