"""Asking a service as `isotype drift --api` does, and hearing otherwise than it answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from isotype import binding, shapes, tables
from isotype.binding import Bindings
from isotype.service.live import Caller, Limits, Probed, probe
from isotype.service.live.model import Call, Reply
from tests.domains.conftest import understood

Heard = Callable[[Call, Callable[[Call], Reply]], Reply]
"""What is heard of a call, by way of what the service answers."""


class Recorder(Caller):
    """Keeps every call with its answer; `hears` comes between."""

    def __init__(self, url: str, hears: Heard = lambda call, ask: ask(call)) -> None:
        super().__init__("the service", url, Limits(requests=5000))
        self._hears = hears
        self.heard: list[tuple[Call, Reply]] = []

    def ask(self, call: Call) -> Reply:
        reply = self._hears(call, super().ask)
        self.heard.append((call, reply))
        return reply


@cache
def bindings(domain: str) -> Bindings:
    """Both projections of a domain of the project."""
    meant = understood(domain)
    return binding.bind(meant, tables.project(meant), shapes.project(meant))


def probed(domain: str, caller: Caller, *, write: bool = True, only: tuple[str, ...] = ()) -> Probed:
    """A run against a service; `only` are the paths of operations that are called, () for all."""
    bound = bindings(domain)
    without = [
        f"{operation.method.upper()} {operation.path}"
        for operation in bound.shapes.operations
        if only and operation.path not in only
    ]
    try:
        return probe(bound, caller, write=write, without=without, seed=None)
    finally:
        caller.close()
