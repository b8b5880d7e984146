"""Services that others wrote: each says the contract in its own words, and a fault in any of them is found."""

from __future__ import annotations

from typing import Any

import pytest

from isotype.service.comparison import compare, compared
from isotype.service.document import read
from isotype.service.model import RESPONSE, Api
from tests.service.changing import GONE, Where, changed
from tests.service.conftest import foreign_document, notes

SERVICES = ("fastapi", "flask", "node")

_SCHEMAS: Where = ("components", "schemas")
_NOTE: Where = ("paths", "/notes", "post")
_LIST: Where = ("paths", "/notes", "get", "parameters")
_NEW_IN_NODE: Where = (*_NOTE, "requestBody", "content", "application/json", "schema", "properties")
_MADE_IN_NODE: Where = (*_NOTE, "responses", "201", "content", "application/json", "schema", "properties")

FAULTS: tuple[tuple[str, Where, Any, tuple[str, str, str]], ...] = (
    # A model lets longer titles in, gives a date a time, forgets a bound, an enum's value, what it refuses.
    (
        "fastapi",
        (*_SCHEMAS, "NewNote", "properties", "title", "maxLength"),
        90,
        ("property", "NoteCreate title", "maxLength"),
    ),
    (
        "fastapi",
        (*_SCHEMAS, "Note", "properties", "createdAt", "format"),
        "date",
        ("property", "NoteResponse createdAt", "format"),
    ),
    (
        "fastapi",
        (*_SCHEMAS, "NewNote", "properties", "stars", "maximum"),
        GONE,
        ("property", "NoteCreate stars", "maximum"),
    ),
    ("fastapi", (*_SCHEMAS, "Kind", "enum"), ["idea", "task"], ("enum", "NoteKind", "enum")),
    (
        "fastapi",
        (*_SCHEMAS, "NoteChange", "additionalProperties"),
        GONE,
        ("shape", "NoteUpdate", "additionalProperties"),
    ),
    (
        "fastapi",
        (*_SCHEMAS, "Note", "properties", "body"),
        {"type": "string", "title": "Body"},
        ("property", "NoteResponse body", "nullable"),
    ),
    (
        "fastapi",
        (*_SCHEMAS, "NewNote", "properties", "price"),
        {"type": "number", "title": "Price"},
        ("property", "NoteCreate price", "type"),
    ),
    ("fastapi", (*_NOTE, "responses", "422"), GONE, ("answer", "POST /notes 422", "")),
    ("fastapi", (*_LIST, 2, "schema", "default"), 50, ("parameter", "GET /notes query limit", "default")),
    # A document is edited by hand: a line forgotten, a word misspelt, another type.
    (
        "flask",
        (*_SCHEMAS, "note", "allOf", 1, "properties", "createdAt"),
        GONE,
        ("property", "NoteResponse createdAt", "type"),
    ),
    ("flask", (*_SCHEMAS, "newNote", "required"), ["title"], ("property", "NoteCreate price", "required")),
    ("flask", (*_SCHEMAS, "newNote", "additionalProperties"), GONE, ("shape", "NoteCreate", "additionalProperties")),
    ("flask", (*_SCHEMAS, "price", "pattern"), "^-?[0-9]+$", ("property", "NoteCreate price", "format")),
    ("flask", (*_SCHEMAS, "stars", "exclusiveMaximum"), False, ("property", "NoteResponse stars", "maximum")),
    ("flask", (*_SCHEMAS, "labels", "items", "maxLength"), 25, ("property", "NoteUpdate labels", "items.maxLength")),
    ("flask", ("paths", "/notes/{id}", "delete"), GONE, ("operation", "DELETE /notes/{note_id}", "")),
    (
        "flask",
        ("paths", "/notes/{id}", "parameters", 0, "schema"),
        {"type": "integer"},
        ("parameter", "GET /notes/{note_id} path note_id", "type"),
    ),
    (
        "flask",
        (*_NOTE, "responses", "201"),
        {"description": "Made"},
        ("answer body", "POST /notes 201 application/json", ""),
    ),
    # A program builds its document of parts: one is replaced where it is used.
    (
        "node",
        (*_NEW_IN_NODE, "dueOn"),
        {"type": "string", "format": "date"},
        ("property", "NoteCreate dueOn", "nullable"),
    ),
    (
        "node",
        (*_MADE_IN_NODE, "kind", "enum"),
        ["idea", "task", "quote", "memo"],
        ("property", "NoteResponse kind", "enum"),
    ),
    ("node", (*_MADE_IN_NODE, "labels"), {"type": "string"}, ("property", "NoteResponse labels", "type")),
    ("node", (*_NEW_IN_NODE, "kind", "default"), "task", ("property", "NoteCreate kind", "default")),
    ("node", (*_LIST, 1, "name"), "seite", ("parameter", "GET /notes query page", "")),
    ("node", (*_NOTE, "requestBody", "required"), False, ("body", "POST /notes application/json", "required")),
    ("node", ("paths", "/notes/{note}", "put"), {"responses": {}}, ("operation", "PUT /notes/{note}", "")),
)


@pytest.mark.parametrize("service", SERVICES)
def test_a_foreign_service_says_the_same(service: str) -> None:
    """Models, a document and a program of somebody else's, and no difference."""
    assert compare(notes(), read(foreign_document(service))) == ()


@pytest.mark.parametrize(
    ("service", "where", "value", "target"), FAULTS, ids=lambda it: it if isinstance(it, str) else ""
)
def test_a_fault_is_found_and_named(service: str, where: Where, value: Any, target: tuple[str, str, str]) -> None:
    """The object, and what of it is wrong."""
    document = changed(foreign_document(service), where, value)
    found = {(it.kind, " ".join(it.path), it.attribute) for it in compare(notes(), read(document))}
    assert target in found


def test_what_a_foreign_service_cannot_say_is_left_to_probes() -> None:
    """No document says the bounds of a number that travels as text, or that text holds no U+0000."""
    unsaid = compared(notes(), read(foreign_document("node"))).unsaid
    assert ("property", ("NoteCreate", "price"), "minimum") in {(it.kind, it.path, it.attribute) for it in unsaid}
    assert {it.fact for it in unsaid} == {"bounds of numbers that travel as text", "texts without U+0000"}


def test_one_shape_in_two_operations_is_one_difference() -> None:
    """A fault in what several operations carry is found once, with all of them."""
    where = (*_SCHEMAS, "Note", "properties", "stars", "maximum")
    api: Api = read(changed(foreign_document("fastapi"), where, 6))
    (difference,) = compare(notes(), api)
    assert difference.operations == ("GET /notes", "POST /notes", "GET /notes/{note_id}", "PATCH /notes/{note_id}")
    assert {effect.direction for effect in difference.effects} == {RESPONSE}
