"""Domains compiled for the witnesses; the engines are the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from isotype.conformance.building import Compiled, compiled
from isotype.conformance.engines import Engines
from isotype.conformance.matrix import Matrix
from isotype.conformance.model import Witness
from isotype.conformance.run import Request, run
from isotype.conformance.witnesses import NAMES, assembled
from isotype.domain.model import Domain
from tests.conformance.mutations import rewrites, suite, zod
from tests.conformance.mutations.pydantic import Schemas
from tests.engines import ROOT

Asking = Callable[[Domain, Request], Matrix]

INSIDE = tuple(name for name in NAMES if name != "http")
"""Whom most tests ask: calls of an API take longer than all others together, and have tests of their own."""

ENGINES = Engines()
"""One PostgreSQL server and one Node for all tests of a process; each starts when somebody first asks for it."""


@pytest.fixture(scope="session", autouse=True)
def engines() -> Iterator[Engines]:
    """The shared engines, ended with the last test."""
    with ENGINES:
        yield ENGINES


@pytest.fixture(scope="session")
def support() -> Iterator[suite.Ground]:
    """The domain in which support code is broken."""
    with suite.ground(rewrites.DOMAIN) as on:
        yield on


@pytest.fixture(scope="session")
def schemas(support: suite.Ground) -> Schemas:
    """Its schemas of Pydantic."""
    return Schemas(support.compiled)


@pytest.fixture(scope="session")
def validators(support: suite.Ground) -> Iterator[zod.Validators]:
    """Its validators of Zod."""
    node = zod.process()
    try:
        yield zod.Validators(support.compiled, support.engines, node)
    finally:
        node.close()


@contextmanager
def asked(
    domain: Domain, folder: Path, names: Sequence[str] = INSIDE, engines: Engines = ENGINES
) -> Iterator[tuple[Compiled, Sequence[Witness], Mapping[str, str]]]:
    """A domain with its witnesses."""
    with compiled(domain, folder) as of, assembled(of, ROOT, names, engines) as (found, missing):
        yield of, found, missing


@pytest.fixture
def ask(tmp_path: Path) -> Asking:
    """Ask every witness about a domain."""

    def asking(domain: Domain, request: Request) -> Matrix:
        with asked(domain, tmp_path) as (of, found, missing):
            assert not missing
            return run(of, found, missing, request)

    return asking
