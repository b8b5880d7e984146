"""Parts of the calls: what a path can hold, what is in order, what a run takes away again."""

from __future__ import annotations

import json
from itertools import pairwise
from uuid import uuid4

import pytest

from isotype.domain.values import replace
from isotype.service.live import probe, texts
from isotype.service.live.model import Call, Reply
from isotype.service.live.reading import _place
from tests.service.live.asking import Recorder
from tests.service.live.foreign import serving
from tests.service.live.test_foreign import bindings_of, notes


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "a\\b"])
def test_a_path_is_taken_apart_at_slashes(value: str) -> None:
    """Rows that are called so are not asked for: frameworks differ in what they make of it."""
    assert not texts.fits_path(value)


def test_fractions_of_a_second_do_not_change_the_order() -> None:
    """A moment without a fraction comes before those with one."""
    moments = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500001Z", "2026-01-01T00:00:01Z"]
    assert all(_place(one) < _place(other) for one, other in pairwise(moments))
    assert _place(moments[1]) == _place("2026-01-01T00:00:00.500Z")


def test_what_is_made_against_the_contract_is_taken_away() -> None:
    """A service that takes what it must refuse has made rows by that; they are deleted too."""
    deleted = 0

    def hears(call: Call, ask: object) -> Reply:
        nonlocal deleted
        assert callable(ask)
        if call.operation.name == "create_note" and call.refused is not None:
            # The service makes a note of everything.
            call = replace(call, body='{"title": "an owl", "price": "1.00"}')
        reply: Reply = ask(call)
        deleted += call.operation.name == "delete_note" and reply.status == 204
        return reply

    with serving("flask") as address:
        caller = Recorder(address, hears)
        found = probe(notes(), caller, write=True)
        made = sum(reply.status == 201 for _, reply in caller.heard)
        caller.close()
    assert found.differences
    assert made > 10
    assert deleted == made
    assert found.left == ()


SETTINGS = """
isotype: 1
domain: owls
description: Owls, and one setting of the whole service
entities:
  Owl:
    description: An owl
    fields:
      id: {type: uuid, key: true, default: uuid}
      name: {type: string(40), min_length: 1}
objects:
  Settings: {description: Of the whole service, fields: {loud: bool}}
operations:
  create_owl: {post: /owls, body: Owl, returns: Owl, errors: [422]}
  get_owl: {get: '/owls/{id}', path: {id: uuid}, returns: Owl, errors: [404, 422]}
  drop_owl: {delete: '/owls/{id}', path: {id: uuid}, returns: none, errors: [403, 404, 422]}
  set_settings: {put: /settings, body: Settings, returns: Settings, errors: [422]}
"""


def test_rows_are_taken_away_last_and_settings_are_left_alone() -> None:
    """A row is there for every call that reads it, whatever takes it away; what is of others is not touched."""
    bound = bindings_of(SETTINGS)
    owls: dict[str, bytes] = {}

    def hears(call: Call, ask: object) -> Reply:
        refusal = b'{"code":"x","message":"x","details":[]}'
        if call.refused is not None:
            missing = call.refused.attribute.startswith("for what")
            return Reply(404 if missing and call.body is None else 422, "application/json", refusal)
        if call.operation.name == "create_owl":
            owl = {"id": str(uuid4()), **json.loads(call.body or "")}
            owls[owl["id"]] = json.dumps(owl).encode()
            return Reply(201, "application/json", owls[owl["id"]])
        key = call.path.rpartition("/")[2]
        if call.operation.name == "drop_owl":
            del owls[key]
            return Reply(204, "", b"")
        return Reply(200, "application/json", owls[key]) if key in owls else Reply(404, "application/json", refusal)

    caller = Recorder("http://owls.invalid", hears)
    found = probe(bound, caller, write=True)
    assert found.differences == ()
    assert owls == {}
    names = [call.operation.name for call, _ in caller.heard if call.refused is None]
    assert "set_settings" not in names
    assert {"create_owl", "get_owl"}.isdisjoint(names[names.index("drop_owl") :])
