"""Domains compiled for the witnesses; the engines are the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from isotype.conformance.building import Compiled, compiled
from isotype.conformance.matrix import Matrix
from isotype.conformance.model import Witness
from isotype.conformance.run import Request, run
from isotype.conformance.witnesses import NAMES, assembled
from isotype.domain.model import Domain
from tests.engines import ROOT

Asking = Callable[[Domain, Request], Matrix]


@contextmanager
def asked(
    domain: Domain, folder: Path, names: Sequence[str] = NAMES
) -> Iterator[tuple[Compiled, Sequence[Witness], Mapping[str, str]]]:
    """A domain with its witnesses."""
    with compiled(domain, folder) as of, assembled(of, ROOT, names) as (found, missing):
        yield of, found, missing


@pytest.fixture
def ask(tmp_path: Path) -> Asking:
    """Ask every witness about a domain."""

    def asking(domain: Domain, request: Request) -> Matrix:
        with asked(domain, tmp_path) as (of, found, missing):
            assert not missing
            return run(of, found, missing, request)

    return asking
