"""Services that Isotype did not make keep the contract, or are found out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from isotype import binding, shapes, tables
from isotype.binding import Bindings
from isotype.domain.values import replace
from isotype.language import load
from isotype.probes.values import read, write
from isotype.service.live import Probed, probe
from isotype.service.live.model import Call, Reply
from tests.service.conftest import SCHEMA
from tests.service.live.asking import Heard, Recorder
from tests.service.live.foreign import SERVICES, serving


@cache
def notes() -> Bindings:
    """Both projections of the small contract."""
    return bindings_of(SCHEMA.read_text())


def bindings_of(schema: str) -> Bindings:
    """Both projections of a schema."""
    domain = load({"schema/some.yaml": schema}).domain
    assert domain is not None
    return binding.bind(domain, tables.project(domain), shapes.project(domain))


@pytest.fixture(scope="module", params=SERVICES)
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where each of them is."""
    with serving(request.param) as found:
        yield found


def _asked(address: str, hears: Heard) -> Probed:
    caller = Recorder(address, hears)
    try:
        return probe(notes(), caller, write=True)
    finally:
        caller.close()


def test_a_foreign_service_keeps_the_contract(address: str) -> None:
    """Every operation is called, and nothing is found."""
    found = _asked(address, lambda call, ask: ask(call))
    assert found.differences == ()
    assert found.operations == len(notes().shapes.operations)
    assert found.left == ()


def _changed(name: str, change: dict[str, Any]) -> Heard:
    def hears(call: Call, ask: Any) -> Reply:
        reply: Reply = ask(call)
        if call.operation.name != name or reply.status not in (200, 201):
            return reply
        value = {**read(reply.content.decode()), **change}
        return replace(reply, content=write(value).encode())

    return hears


def _taken(call: Call, ask: Any) -> Reply:
    """Every note is taken, whatever it is."""
    reply: Reply = ask(call)
    return replace(reply, status=201) if call.operation.name == "create_note" else reply


FAULTS: tuple[tuple[Heard, tuple[str, tuple[str, ...]]], ...] = (
    (_changed("get_note", {"price": 7}), ("property", ("NoteResponse", "price"))),
    (_changed("create_note", {"stars": 6}), ("property", ("NoteResponse", "stars"))),
    (_changed("change_note", {"title": None}), ("property", ("NoteResponse", "title"))),
    (_changed("list_notes", {"total": -1}), ("property", ("NoteList", "total"))),
    (_changed("get_note", {"secret": 1}), ("property", ("NoteResponse", "secret"))),
    (_taken, ("property", ("NoteCreate", "title"))),
)


@pytest.mark.parametrize(("hears", "target"), FAULTS, ids=[" ".join(target) for _, (_, target) in FAULTS])
def test_a_fault_at_run_time_is_found(address: str, hears: Heard, target: tuple[str, tuple[str, ...]]) -> None:
    """The document says nothing of it; the answers do."""
    assert target in {(it.kind, it.path) for it in _asked(address, hears).differences}
