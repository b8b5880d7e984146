"""The schemas of the project, understood and bound."""

from __future__ import annotations

from functools import cache

from isotype import binding, shapes, tables
from isotype.binding import Bindings
from isotype.domain.model import Domain
from isotype.language import load
from tests.domains.conftest import SCHEMAS, understood
from tests.schemas import used


def bound(domain: Domain) -> Bindings:
    """A domain with both of its projections."""
    return binding.bind(domain, tables.project(domain), shapes.project(domain))


@cache
def bindings(name: str = "library") -> Bindings:
    """One of the schemas of the project."""
    return bound(understood(name))


def schema(text: str) -> Domain:
    """A schema, which must be without findings."""
    loaded = load({"schema.yaml": text}, used)
    assert loaded.domain is not None and not loaded.findings, [str(finding) for finding in loaded.findings]
    return loaded.domain


__all__ = ["SCHEMAS", "bindings", "bound", "schema", "understood"]
