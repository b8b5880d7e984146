"""A computed value that is none of its type is refused by every layer that knows its operands."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from isotype.conformance.findings import findings
from isotype.conformance.matrix import Matrix
from isotype.conformance.run import Request, run
from isotype.domain.types import Scalar
from isotype.probes.numbers import operands
from tests.conformance.conftest import asked
from tests.conformance.test_made import break_files
from tests.probes.domains import schema

SUMS = """
isotype: 1
domain: sums
entities:
  Sum:
    fields:
      id:    {type: int, key: true}
      more:  int?
      total: {type: int?, computed: id + more}
  Price:
    fields:
      id:    {type: int, key: true}
      price: 'decimal(6,2)'
      times: {type: smallint, min: 0, max: 300}
      all:   {type: 'decimal(7,2)', computed: price * times}
      each:  {type: 'decimal(7,2)', computed: 'round(price / times, 2)'}
  Product:
    fields:
      id:    {type: int, key: true}
      one:   bigint
      other: bigint?
      both:  {type: bigint?, computed: one * other}
  Word:
    fields:
      id:    {type: int, key: true}
      one:   string(8)?
      other: string(6)?
      word:  {type: string(5), computed: 'coalesce(one, other)'}
"""

BREAKS = {
    "sqlite": (
        ("id + more BETWEEN", "id + more + 1 BETWEEN", "Sum"),
        ("price * times BETWEEN -9999999", "price * times BETWEEN -9999998", "Price"),
        ("length(coalesce(one, other)) <= 5", "length(coalesce(one, other)) <= 6", "Word"),
    ),
    "postgres": (
        ("char_length(coalesce(one, other)) <= 5", "char_length(coalesce(one, other)) <= 6", "Word"),
        ("total INTEGER", "total BIGINT", "Sum"),
    ),
}


def ask(tmp_path: Path, *names: str) -> Matrix:
    """Every boundary."""
    with asked(schema(SUMS), tmp_path, names) as (of, found, missing):
        assert not missing
        return run(of, found, missing, Request())


def test_all_layers_agree_on_what_is_computed(tmp_path: Path) -> None:
    """Sums, products, quotients by zero, texts that are too long and nulls: no disagreement in any layer."""
    matrix = ask(tmp_path, "pydantic", "zod", "models", "sqlite", "postgres")
    assert [str(finding) for finding in findings(matrix)] == []


def test_a_value_that_is_let_through_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that is off by one, a wider column, and a blank that PostgreSQL cuts, each at its entity."""
    for witness, breaks in BREAKS.items():
        break_files(monkeypatch, f"sql/{witness}.sql", *((old, new) for old, new, _ in breaks))
    found = {(one.witness, one.place.owner) for one in ask(tmp_path, *BREAKS).disagreements}
    assert found == {(witness, name) for witness, breaks in BREAKS.items() for _, _, name in breaks}


@pytest.mark.parametrize(
    ("op", "result", "pair"),
    [
        ("+", "2147483648", ("1073741824", "1073741824")),
        ("-", "-2147483649", ("-1073741825", "1073741824")),
        ("*", "2147483649", ("3", "715827883")),
        ("*", "-2147483648", ("1", "-2147483648")),
        ("*", "2147483659", None),
        ("+", "4294967295", None),
    ],
)
def test_two_numbers_make_a_third(op: str, result: str, pair: tuple[str, str] | None) -> None:
    """Numbers of two types whose sum, difference or product it is, unless they have none."""
    of = Scalar("int")
    assert operands(op, Decimal(result), of, of) == (None if pair is None else tuple(map(Decimal, pair)))
