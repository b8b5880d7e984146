"""The emitted validators and functions, run under Node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.engines.node import JsonText, Node, Undefined
from tests.engines.typescript import compile_typescript
from tests.typescript.shapes import LIBRARY, read, render, write

CREATE: Mapping[str, Any] = {
    "isbn": "9783161484100",
    "title": "A title",
    "physical": {"pages": 300, "copies": 2},
    "price": "9.90",
    "tags": ["a"],
    "password": "secret",
}
RESPONSE: Mapping[str, Any] = {
    "id": "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11",
    "isbn": "9783161484100",
    "title": "A title",
    "physical": {"pages": 300, "copies": 2},
    "price": "9.90",
    "discount": 0,
    "tags": ["a"],
    "state": "pending",
    "care": None,
    "period": {"start": None, "end": None, "since": "2024-01-01T00:00:00Z"},
    "times": None,
    "outline": None,
}


JUDGE = """\
import * as schemas from "./zod/index.js";

export function judge(name: keyof typeof schemas, value: unknown): string[] {
  const { error } = schemas[name].safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}
"""

Judge = Callable[[str, object], list[str]]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both layers of the library, compiled, and a function that lists what is wrong with a value."""
    folder = tmp_path_factory.mktemp("library")
    write({**render(read(LIBRARY))[0], "judge.ts": JUDGE}, folder)
    return compile_typescript(folder)


@pytest.fixture
def judge(node: Node, compiled: Path) -> Judge:
    """A function from a schema's name and a value to what is wrong with it, each as `path: message`."""

    def judged(schema: str, value: object) -> list[str]:
        found: list[str] = node.call(compiled / "judge.js", "judge", schema, value)
        return found

    return judged


def test_valid_bodies_are_taken(judge: Judge) -> None:
    """A body with what is required is taken, and so is an update of nothing."""
    assert judge("volumeCreateSchema", CREATE) == []
    assert judge("volumeUpdateSchema", {}) == []
    assert judge("volumeResponseSchema", RESPONSE) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": None}, "title: Invalid input: expected string"),
        ({"title": ""}, "title: Shorter than 1"),
        ({"title": Undefined()}, "title: Invalid input: expected string"),
        ({"discount": Undefined()}, "discount: "),
        ({"discount": None}, "discount: "),
        ({"state": "Pending"}, "state: "),
        ({"tags": ["a", "a"]}, "tags: Holds an item twice"),
        ({"tags": ["b", "a" * 31]}, "tags.1: Longer than 30"),
        ({"price": "0.49"}, "price: Less than 0.5"),
        ({"physical": {"pages": 0}}, "physical.pages: Not an integer from 1 to 99999"),
        ({"unknown": 1}, ": unknown is not a property"),
        ({"id": "6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11"}, ": id is read-only"),
        ({"period": {"since": "2024-01-01T00:00:00Z"}}, "period: since is read-only"),
        ({"state": "active"}, "state: state starts as pending."),
        ({"outline": {"title": "a", "byName": {"x": {"title": 1}}}}, "outline.byName.x.title: "),
        ({"outline": {"title": "a", "extra": JsonText('{"\\ud800": 1}')}}, "outline.extra: Not JSON"),
    ],
)
def test_bad_bodies_are_refused(judge: Judge, change: dict[str, object], words: str) -> None:
    """Each fault is refused with words that say it."""
    [message] = judge("volumeCreateSchema", {**CREATE, **change})
    assert message.startswith(words)


def test_absent_is_not_null(judge: Judge) -> None:
    """A required property must be there; one with a default may be absent but not null."""
    for name in ("title", "physical", "password"):
        assert judge("volumeCreateSchema", {key: value for key, value in CREATE.items() if key != name})
    assert judge("volumeUpdateSchema", {"title": None})
    assert judge("volumeUpdateSchema", {"times": None}) == []


def test_write_once_is_refused_in_an_update(judge: Judge) -> None:
    """An update refuses what is set once, in its own words."""
    [message] = judge("volumeUpdateSchema", {"isbn": "9783161484100"})
    assert "isbn is set once, when it is created" in message


def test_proto_is_an_unknown_property(judge: Judge) -> None:
    """A key `__proto__` in an input is refused like any unknown one."""
    assert judge("volumeUpdateSchema", JsonText('{"__proto__": {"title": "x"}}'))


def test_output_drops_unknown_properties(node: Node, compiled: Path) -> None:
    """A result loses what the schema does not name, at every depth, and nothing else changes."""
    more = {**RESPONSE, "more": 1, "period": {**RESPONSE["period"], "more": 1}}
    assert node.call(compiled / "zod" / "book.js", "volumeResponseSchema.parse", more) == RESPONSE
    tree = {"title": "a", "children": [], "byName": {"x": {"title": "b", "children": [], "byName": {}, "more": 1}}}
    got = node.call(compiled / "zod" / "tree.js", "treeSchema.parse", tree)
    assert got["byName"]["x"] == {"title": "b", "children": [], "byName": {}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"price": "0.99", "discount": 1}, "price >= 1 OR discount = 0"),
        ({"price": "0.99", "discount": 0.01}, "price >= 1 OR discount = 0"),
        ({"price": "0.99", "discount": 0}, ""),
        ({"price": "0.99"}, ""),
        ({"physical": {"pages": 1, "copies": 2}}, "As many copies as pages."),
        ({"physical": {"pages": 1}}, ""),
        ({"period": {"start": "2024-01-02T00:00:00Z", "end": "2024-01-01T23:59:59Z"}}, "A loan ends after it starts."),
        ({"period": {"start": "2024-01-02T00:00:00+01:00", "end": "2024-01-01T23:00:00Z"}}, ""),
        ({"period": {"end": "2024-01-01T00:00:00Z", "start": None}}, ""),
        ({"times": {"opens": "08:00:00", "closes": "08:00:00.000"}}, "It opens before it closes."),
        ({"times": {"opens": "08:00:00", "closes": "08:00:00.001"}}, ""),
        ({"times": {"opens": None, "closes": None}}, "times has a value, or is null itself."),
        ({"times": None}, ""),
        ({"outline": {"title": "never"}}, "A heading says something."),
        ({"outline": {"title": "a", "children": [{"title": "never"}]}}, "A heading says something."),
    ],
)
def test_rules_of_a_new_row(judge: Judge, change: dict[str, object], words: str) -> None:
    """Defaults count when a body leaves them out; a rule refuses when it is false and not when it is unknown."""
    messages = judge("volumeCreateSchema", {**CREATE, **change})
    assert words in messages[0] if words else messages == []


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"price": "0.99"}, False),
        ({"price": "0.99", "discount": 1}, True),
        ({"physical": {"copies": 5}}, False),
        ({"physical": {"copies": 5, "pages": 4}}, True),
        ({"period": {"end": "2024-01-01T00:00:00Z"}}, False),
        ({"times": {"closes": "08:00:00"}}, False),
    ],
)
def test_rules_of_an_update(judge: Judge, body: dict[str, object], refused: bool) -> None:
    """What an update leaves out is not known, and no default stands in for it."""
    assert bool(judge("volumeUpdateSchema", body)) is refused


def test_rules_wait_for_well_formed_values(judge: Judge) -> None:
    """A rule is not asked about a value that is refused already."""
    [message] = judge("volumeCreateSchema", {**CREATE, "price": "x", "discount": 1})
    assert message.startswith("price: Not a decimal")


def test_map_keeps_proto(node: Node, compiled: Path) -> None:
    """A free key `__proto__` is data in a map and in JSON."""
    text = '{"title": "a", "byName": {"__proto__": null}, "extra": {"__proto__": {"x": 1}}}'
    got = node.call(compiled / "zod" / "tree.js", "treeInputSchema.parse", JsonText(text))
    assert got == {"title": "a", "byName": {"__proto__": None}, "extra": {"__proto__": {"x": 1}}}


def test_response_becomes_an_update(node: Node, compiled: Path, judge: Judge) -> None:
    """`to…Update` leaves out what an update refuses, at every depth, and what is left is a valid update."""
    tree = {"title": "a", "children": [{"title": "b", "children": [], "byName": {}}], "byName": {"x": None}, "extra": 1}
    response = {**RESPONSE, "outline": tree, "times": {"opens": "08:00:00", "closes": None}}
    update = node.call(compiled / "types" / "book.js", "toVolumeUpdate", response)
    assert update == {
        "title": "A title",
        "physical": {"pages": 300, "copies": 2},
        "price": "9.90",
        "discount": 0,
        "tags": ["a"],
        "state": "pending",
        "care": None,
        "period": {"start": None, "end": None},
        "times": {"opens": "08:00:00", "closes": None},
        "outline": tree,
    }
    assert judge("volumeUpdateSchema", update) == []


def test_create_is_not_made_of_less_than_it_needs(node: Node, compiled: Path) -> None:
    """No function makes a body whose required properties a response does not have."""
    assert "toVolumeCreate" not in node.read(compiled / "types" / "book.js")


@pytest.mark.parametrize(
    ("start", "end", "may"),
    [
        ("pending", "active", True),
        ("pending", "pending", True),
        ("active", "pending", False),
        ("3d-lost", "active", False),
    ],
)
def test_moves(node: Node, compiled: Path, start: str, end: str, may: bool) -> None:
    """A state moves where the schema says, and may stay."""
    assert node.call(compiled / "types" / "book.js", "canMoveVolumeState", start, end) is may


@pytest.mark.parametrize(
    ("start", "end", "may"),
    [(None, "pending", True), (None, None, True), (None, "active", False), ("active", None, False)],
)
def test_moves_of_what_may_be_null(node: Node, compiled: Path, start: str | None, end: str | None, may: bool) -> None:
    """A state that is null begins where a new one may, and nothing becomes null again."""
    assert node.call(compiled / "types" / "book.js", "canMoveVolumeCare", start, end) is may


def test_enums_and_operations_are_data(node: Node, compiled: Path) -> None:
    """Enum constants, labels and the table of calls can be read at run time."""
    index = compiled / "types" / "index.js"
    assert node.read(index, "State") == {"PENDING": "pending", "ACTIVE": "active", "VALUE_3D_LOST": "3d-lost"}
    assert node.read(index, "stateLabels")["pending"] == "Waiting"
    assert node.read(index, "operations.editBook") == {
        "method": "PATCH",
        "path": "/api/v1/books/{id}",
        "status": 200,
        "errors": [404, 409, 422],
    }


def test_support_and_rules_do_not_share_names(node: Node, compiled: Path) -> None:
    """A file may import from both modules without renaming."""
    support, rules = (set(node.read(compiled / "zod" / f"{name}.js")) for name in ("support", "rules"))
    assert support and rules
    assert not support & rules
