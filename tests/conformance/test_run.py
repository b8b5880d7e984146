"""All layers agree on a schema that uses every word of the language, and on each domain of the project."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from isotype.conformance.building import compiled
from isotype.conformance.engines import Engines
from isotype.conformance.findings import findings
from isotype.conformance.matrix import Matrix, Place
from isotype.conformance.run import Request, run
from isotype.conformance.witnesses import assembled
from tests.conformance.conftest import Asking, asked
from tests.engines import ROOT
from tests.probes.domains import SCHEMAS, schema, understood

CEILING = {
    "library": 46,
    "compression": 28,
    "datainsight": 18,
    "infrastructure": 21,
    "migration_validation": 23,
    "pixcrawler": 20,
}
"""The most entries that the ledger of a domain may have."""

CASES = int(os.environ.get("ISOTYPE_EVERY_VALUE") or 0)
NAMES = [name for name in SCHEMAS if name != "library"]


def said(matrix: Matrix) -> list[str]:
    return [str(finding) for finding in findings(matrix)]


def test_every_word_of_the_language(ask: Asking) -> None:
    """Every boundary of every type, constraint and rule: no disagreement, and no entry of the ledger too many."""
    matrix = ask(understood("library"), Request())
    assert said(matrix) == []
    assert len(matrix.ledger) <= CEILING["library"]
    assert matrix.values >= 20_000 and matrix.accepted > matrix.values // 4
    rates = {name: rate.asked for name, rate in matrix.rates.items()}
    assert rates.pop("round_trip") > 300 and min(rates.values()) > 7000
    cells = [cell for row in matrix.cells.values() for cell in row.values()]
    assert len(matrix.cells) > 700 and all(cell.asked for cell in cells)


@pytest.mark.skipif(not CASES, reason="ISOTYPE_EVERY_VALUE says how many values are asked of each domain")
@pytest.mark.parametrize("name", NAMES)
def test_each_domain(name: str, ask: Asking) -> None:
    """Over so many values no layer of any domain disagrees, and every entry of its ledger is needed."""
    matrix = ask(understood(name), Request(cases=CASES))
    assert said(matrix) == []
    assert len(matrix.ledger) <= CEILING[name] and matrix.values >= CASES


SHOP = """
isotype: 1
domain: shop
types:
  Level: {base: 'int[]', items: {min: 1, max: 22}, min_items: 1, unique_items: true, sorted: true}
objects:
  Size: {fields: {width: {type: int, min: 1}, unit: {type: string(2), default: mm}}}
entities:
  Item:
    fields:
      id:       {type: uuid, key: true, default: uuid}
      name:     {type: string(20), min_length: 2, pattern: '^[a-z🦉]+$'}
      price:    {type: 'decimal(6,2)', min: 0.5, max: 99.99}
      kind:     {type: Kind, default: small}
      levels:   Level
      note:     text?
      size:     Size?
      starts:   timestamp?
      ends:     timestamp?
    rules:
      chk_ends: ends IS NULL OR starts IS NOT NULL AND ends >= starts
enums:
  Kind: [small, large]
"""

BREAKS: dict[str, tuple[str, str, str, str, str]] = {
    "a bound off by one": ("openapi/openapi.json", '"maximum": 22', '"maximum": 23', "json_schema", "levels"),
    "a pattern with a dollar of lines": ("zod/item.ts", "]+$/u]", "]+$/mu]", "zod", "name"),
    "a bound that is not its own": ("schemas/item.py", 'ge=Decimal("0.5")', 'gt=Decimal("0.5")', "pydantic", "price"),
    "a CHECK inverted": ("sql/postgres.sql", "ends >= starts", "ends > starts", "postgres", ""),
    "an enum with a member less": ("sql/sqlite.sql", "IN ('small', 'large')", "IN ('small')", "sqlite", "kind"),
    "a length in UTF-16 units": (
        *("zod/support.ts", "const length = codePoints(text);", "const length = text.length;", "zod", "name"),
    ),
}


AFTER_UPDATE = """CREATE TRIGGER cheaper AFTER UPDATE ON orders
BEGIN
    UPDATE orders SET price = 51 WHERE rowid = NEW.rowid AND price > 51;
END;

CREATE TRIGGER orders_state_transitions BEFORE UPDATE"""


def break_file(monkeypatch: pytest.MonkeyPatch, path: str, old: str, new: str) -> None:
    """One generated file is written with something else in it."""
    write = Path.write_text

    def broken(self: Path, data: str, *arguments: str, **options: str) -> int:
        if self.as_posix().endswith(f"/{path}"):
            assert old in data, data
            data = data.replace(old, new)
        return write(self, data, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", broken)


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thing broken in one layer is found, at its field, with a small value that shows it."""
    path, old, new, witness, field = BREAKS[name]
    break_file(monkeypatch, path, old, new)
    with asked(schema(SHOP), tmp_path, [witness]) as (of, found, missing):
        matrix = run(of, found, missing, Request())
    assert not missing
    assert {one.witness for one in matrix.disagreements} == {witness}
    first = next(one for one in matrix.disagreements if one.place.owner == "Item" and one.place.field in (field, ""))
    assert len(first.text) < 190 and first.declared.file == "schema.yaml"
    assert any(str(first.place) in finding.message for finding in findings(matrix))


MOVES = """
isotype: 1
domain: shop
entities:
  Order:
    fields:
      id:     {type: uuid, key: true, default: uuid}
      price:  {type: 'decimal(6,2)', min: 0.5}
      state:  {type: State, default: open, transitions: {open: [paid], paid: [sent], sent: []}}
enums:
  State: [open, paid, sent]
"""

CHANGES: dict[str, tuple[str, str, str, str, str]] = {
    "a move too many for PostgreSQL": (
        *("sql/postgres.sql", "WHEN 'open' THEN NEW.state IN ('paid')", "WHEN 'open' THEN TRUE"),
        *("postgres", "takes what the schema refuses: transition"),
    ),
    "a move too few for SQLite": (
        *("sql/sqlite.sql", "WHEN 'paid' THEN NEW.state IN ('sent')", "WHEN 'paid' THEN FALSE"),
        *("sqlite", "refuses what the schema takes"),
    ),
    "a move too many for the models": (
        *("models/order.py", "State.OPEN: [State.PAID]", "State.OPEN: [State.PAID, State.SENT]"),
        *("models", "takes what the schema refuses: transition"),
    ),
    "an UPDATE that writes something else": (
        *("sql/sqlite.sql", "CREATE TRIGGER orders_state_transitions BEFORE UPDATE", AFTER_UPDATE),
        *("sqlite", "gives back another value: price"),
    ),
    "a digit that is lost": (
        *("sql/postgres.sql", "NUMERIC(6, 2)", "NUMERIC(6, 1)"),
        *("postgres", "gives back another value: price"),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_break_in_what_is_changed_or_stored_is_found(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A move that one layer alone takes or refuses is found, and so is a value stored as another."""
    path, old, new, witness, fact = CHANGES[name]
    break_file(monkeypatch, path, old, new)
    with asked(schema(MOVES), tmp_path, [witness]) as (of, found, missing):
        matrix = run(of, found, missing, Request())
    assert not missing
    assert {one.witness for one in matrix.disagreements} == {witness}
    assert any(one.fact.startswith(fact) for one in matrix.disagreements), said(matrix)


def test_every_move_is_asked(tmp_path: Path) -> None:
    """Each state is moved to each, by all who know of moves; two domains go to one Node and one server."""
    names = ["models", "sqlite", "zod", "postgres"]
    with Engines() as engines:
        for text in (MOVES, MOVES.replace("domain: shop", "domain: other")):
            domain = schema(text)
            folder = tmp_path / domain.name
            with compiled(domain, folder) as of, assembled(of, ROOT, names, engines) as (found, missing):
                matrix = run(of, found, missing, Request())
            assert said(matrix) == [] and not missing
            moves = matrix.cells[Place("Order", "state"), "transition"]
            assert {witness: cell.agree for witness, cell in moves.items()} == {
                **dict.fromkeys(("models", "sqlite", "postgres"), 9),
                # Its tables of moves and of starts are asked too.
                "zod": 11,
            }
        assert engines.started == 2


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Node there is a sentence that says so, and the others are asked all the same."""
    from isotype.conformance.witnesses import node

    find: Callable[..., object] = node.find_node
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("ISOTYPE_NODE", raising=False)
    monkeypatch.setattr(node, "_wheel", lambda: None)
    find.cache_clear()  # type: ignore[attr-defined]
    try:
        with (
            Engines() as engines,
            asked(schema(SHOP), tmp_path, ["zod", "pydantic"], engines) as (of, found, missing),
        ):
            matrix = run(of, found, missing, Request(only="Item.price"))
    finally:
        find.cache_clear()  # type: ignore[attr-defined]
    assert "Node.js 20 or newer was not found" in matrix.missing["zod"]
    assert list(matrix.rates) == ["pydantic"] and matrix.holds
    assert {place.field for place, _ in matrix.cells} == {"price"}


def test_packages_that_are_missing(tmp_path: Path) -> None:
    """Where no npm package is above the project, the sentence says which to install."""
    from isotype.conformance.model import NotAsked
    from isotype.conformance.witnesses.node import find_modules

    assert find_modules("zod", ROOT) == ROOT / "node_modules"
    with pytest.raises(NotAsked, match="npm install zod"):
        find_modules("zod", tmp_path)
