"""Parameters of operations are asked wherever a layer reads them: the validators, the document, the generated API."""

from __future__ import annotations

from pathlib import Path

import pytest

from isotype.conformance.building import Compiled, compiled
from isotype.conformance.findings import findings
from isotype.conformance.matrix import Matrix
from isotype.conformance.run import Request, run
from isotype.conformance.witnesses import assembled
from isotype.domain.types import Scalar
from tests.conformance.conftest import ENGINES
from tests.conformance.mutations import inputs, suite
from tests.conformance.mutations.model import EQUIVALENT, FOUND
from tests.engines import ROOT
from tests.probes.domains import schema

TEXT = """
isotype: 1
domain: store
objects:
  Period:
    fields: {since: date?, until: date?}
    rules: {chk_period: since <= until}
entities:
  Item:
    fields:
      id:   {type: bigint, key: true, default: identity}
      name: {type: string(9), max_length: 9}
operations:
  find:
    get: '/shelves/{shelf}/items'
    path: {shelf: 'string(4)'}
    query: {much: {type: int, min: 1, max: 9, default: 2}, worth: 'decimal(6,2)?', kind: 'string(3)[]', gone: bool?}
    headers: {x_reader: uuid?}
    include: [Period]
    returns: 'Item[]'
    errors: [422]
  cover: {get: '/items/{id}/cover', path: {id: bigint}, returns: media(image/png), errors: [422]}
  drop:  {delete: '/items/{id}', path: {id: bigint}, returns: none, errors: [404, 422]}
"""
PLACES = {"find.shelf", "find.much", "find.worth", "find.kind", "find.gone", "find.x_reader", "cover.id", "drop.id"}


def asked(of: Compiled, witness: str, only: str = "") -> Matrix:
    with assembled(of, ROOT, [witness], ENGINES) as (found, missing):
        assert not missing
        return run(of, found, missing, Request(only=only))


@pytest.mark.parametrize("witness", ["zod", "json_schema", "http"])
def test_everybody_reads_them_alike(witness: str, tmp_path: Path) -> None:
    """Each parameter, in a path, a query or a header, is asked at its boundaries; so is a rule over several."""
    with compiled(schema(TEXT), tmp_path) as of:
        matrix = asked(of, witness)
    assert [str(finding) for finding in findings(matrix)] == []
    assert {str(place) for place, _ in matrix.cells} >= PLACES
    assert ("find", "rule:chk_period") in {(place.owner, constraint) for place, constraint in matrix.cells}


def test_nobody_else_is_asked(tmp_path: Path) -> None:
    """A schema, a model and a table know nothing of calls."""
    with compiled(schema(TEXT), tmp_path) as of:
        assert {place.owner for place, _ in asked(of, "pydantic").cells} == {
            "Item",
            "Period",
            "ErrorDetail",
            "ErrorResponse",
        }


BREAKS = {
    "a bound in the validators": ("zod", "zod/operations.ts", "max: 9 }", "max: 8 }", "find.much"),
    "a rule the validators forget": ("zod", "zod/operations.ts", " periodSchema,\n", " z.looseObject({}),\n", "find"),
    "no item in the validators": ("zod", "zod/operations.ts", ", { min: 1 })", ", { min: 0 })", "find.kind"),
    "a bound in the document": ("json_schema", "openapi/openapi.json", '"minimum": 1', '"minimum": 2', "find.much"),
    "no item in the document": ("json_schema", "openapi/openapi.json", '"minItems": 1', '"minItems": 0', "find.kind"),
    "a bound in the API": ("http", "api/routes/store.py", "IntegerForm(ge=1, le=9)", "IntegerForm(ge=1)", "find.much"),
    "a default in the API": ("http", "api/routes/store.py", "Query()] = 2", "Query()] = 3", "find"),
    "a rule the API forgets": ("http", "api/routes/store.py", "keep_rules(Period,", "dict(", "find"),
    "a name in the API": (
        "http",
        "api/routes/store.py",
        "convert_underscores=False",
        "alias='reader'",
        "find.x_reader",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found(name: str, tmp_path: Path) -> None:
    """One that reads them otherwise is found out."""
    witness, path, old, new, where = BREAKS[name]
    with compiled(schema(TEXT), tmp_path) as of:
        file = of.folder / of.package / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        found = [str(finding) for finding in findings(asked(of, witness, where))]
    assert any(f"{where}: {witness} " in one for one in found), found


def test_each_broken_parameter_is_found() -> None:
    """In the document of the schema that uses every word."""
    with suite.ground("library") as on, suite.BENCHES["json_schema"](on) as bench:
        mutants = [one for one in bench.mutants() if one.kind.startswith("parameter: ")]
        verdicts = [bench.verdict(one) for one in mutants]
    assert len(mutants) > 100
    assert {one.outcome for one in verdicts if one is not None} <= {FOUND, EQUIVALENT}


FREE = Scalar("text")
WIDER = [
    (FREE, Scalar("string", length=4), True),
    (FREE, Scalar("uuid"), True),
    (FREE, Scalar("int"), False),
    (Scalar("json"), Scalar("int"), True),
    (Scalar("string", length=5), Scalar("string", length=4), True),
    (Scalar("string", length=3), Scalar("string", length=4), False),
    (Scalar("int", minimum=0), Scalar("int", minimum=1), True),
    (Scalar("int", minimum=1), Scalar("int"), False),
    (Scalar("text", max_length=5), Scalar("text", min_length=1), False),
    (Scalar("timestamp"), Scalar("local_timestamp"), False),
]


@pytest.mark.parametrize(("of", "other", "wider"), WIDER)
def test_what_takes_all_that_another_type_does(of: Scalar, other: Scalar, wider: bool) -> None:
    """A parameter that an object judges too may take more than that, and nobody sees it."""
    assert inputs.takes_all(of, other) is wider
