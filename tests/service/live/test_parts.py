"""Parts of the calls: what a path can hold, what is in order, what a run takes away again."""

from __future__ import annotations

from itertools import pairwise

import pytest

from isotype.domain.values import replace
from isotype.service.live import probe, texts
from isotype.service.live.model import Call, Reply
from isotype.service.live.reading import _place
from tests.service.live.asking import Recorder
from tests.service.live.foreign import serving
from tests.service.live.test_foreign import notes


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
