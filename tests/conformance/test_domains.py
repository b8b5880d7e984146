"""Every layer agrees on the domains of the project, and parsed JSON is what its text is."""

from __future__ import annotations

from pathlib import Path

import pytest

from isotype.conformance.building import compiled
from isotype.conformance.findings import findings
from isotype.conformance.run import Request, run
from tests.conformance.conftest import Asking
from tests.conformance.parsed import Parsed
from tests.probes.domains import SCHEMAS, understood
from tests.shapes.conftest import understood as fleet

NAMES = [name for name in SCHEMAS if name != "library"]


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_of_each_domain(name: str, ask: Asking) -> None:
    """A quick run asks a part of every shape and finds nothing; `ISOTYPE_EVERY_VALUE` asks all of it."""
    matrix = ask(understood(name), Request(quick=True))
    assert [str(finding) for finding in findings(matrix)] == [] and 1000 < matrix.values < 11_000
    asked = {place.owner for place, _ in matrix.cells}
    assert asked >= {entity.name for entity in understood(name).entities if entity.api.exposed}


def test_answers_and_bodies_of_every_kind(ask: Asking) -> None:
    """Every boundary of the domain that says all that can be said of answers."""
    matrix = ask(fleet(), Request())
    assert [str(finding) for finding in findings(matrix)] == []
    assert matrix.accepted > 1000 and matrix.values - matrix.accepted > 1000


def test_parsed_json_is_what_its_text_is(tmp_path: Path) -> None:
    """A web framework parses a body before the schema sees it: the verdict and the value are the same."""
    with compiled(understood("library"), tmp_path) as of:
        matrix = run(of, [Parsed(of)], {}, Request())
    assert [str(finding) for finding in findings(matrix)] == []
    assert matrix.values > 20_000
