"""The service is asked by `isotype verify` in place of the generated API."""

from __future__ import annotations

from pathlib import Path

from isotype.conformance.building import compiled
from isotype.conformance.findings import findings
from isotype.conformance.http.model import steady
from isotype.conformance.run import Request, run
from isotype.conformance.witnesses import assembled
from tests.engines import ROOT
from tests.probes.domains import understood
from tests.service_example.conftest import Running


def test_it_is_what_its_schema_says(on_sqlite: Running, tmp_path: Path) -> None:
    """What it takes, refuses and gives back agrees with the schema, and every row that this made is taken away."""
    request = Request(only="CompressionAlgorithm", quick=True)
    caller = steady("it", on_sqlite.service.url)
    with (
        compiled(understood("compression"), tmp_path) as of,
        assembled(of, ROOT, ["http"], running=caller) as (found, _),
    ):
        matrix = run(of, found, {}, request)
    assert [str(finding) for finding in findings(matrix)] == []
    assert matrix.rates["http"].asked > 100
    assert "stay" not in matrix.notes["http"]
