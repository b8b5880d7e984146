"""Rows that are changed: states that are null, stamps that move on, and rules that read them."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from isotype.conformance.building import compiled
from isotype.conformance.changes import Changes
from isotype.conformance.findings import findings
from isotype.conformance.matrix import Matrix, Place
from isotype.conformance.run import Request, run
from isotype.probes import Prober
from isotype.probes.rows import broken_rules, reader
from tests.conformance.conftest import asked
from tests.conformance.mutations.rewrites import understood
from tests.conformance.test_run import break_file
from tests.probes.domains import bound, schema

ROWS = ("models", "sqlite", "postgres")

STATES = """
isotype: 1
domain: shop
entities:
  Order:
    fields:
      id:     {type: int, key: true}
      state:  {type: State?, transitions: {open: [paid], paid: [sent], sent: []}, initial: [open]}
      mood:   {type: State?, transitions: {open: [sent], paid: [], sent: [open]}}
      made:   {type: timestamp, default: now, access: read}
      moved:  {type: timestamp, default: now, on_update: now, access: read}
      hidden: {type: text?, access: internal}
    rules:
      chk_moved: moved >= made
enums:
  State: [open, paid, sent]
"""

BREAKS: dict[str, tuple[str, str, str, str, str]] = {
    "a state that is forgotten, to the models": (
        *("models/base.py", "if not isinstance(target,", "if target is not None and not isinstance(target,"),
        *("models", "takes what the schema refuses: transition"),
    ),
    "a state that is forgotten, to PostgreSQL": (
        *("sql/postgres.sql", "IF NEW.state = OLD.state OR", "IF NEW.state IS NULL OR NEW.state = OLD.state OR"),
        *("postgres", "takes what the schema refuses: transition"),
    ),
    "a state that begins anywhere, to SQLite": (
        *("sql/sqlite.sql", "ELSE OLD.state IS NULL AND NEW.state IN ('open')", "ELSE OLD.state IS NULL"),
        *("sqlite", "takes what the schema refuses: transition"),
    ),
    "a stamp that comes too late for its rule": (
        *("sql/postgres.sql", "CHECK (moved >= made)", "CHECK (moved >= made OR made > now())"),
        *("postgres", "takes what the schema refuses: rule:chk_moved"),
    ),
    "a stamp that stays": (
        *("sql/sqlite.sql", "AFTER UPDATE ON orders", "AFTER UPDATE OF hidden ON orders"),
        *("sqlite", "gives back another value: moved: the present"),
    ),
}


def ask(tmp_path: Path, *names: str) -> Matrix:
    """All boundaries of the orders."""
    with asked(schema(STATES), tmp_path, names) as (of, found, missing):
        assert not missing
        return run(of, found, missing, Request())


def test_what_has_not_begun_begins_and_never_stops(tmp_path: Path) -> None:
    """Each state, null among them, is moved to each; a table with a column that nobody shows is changed as well."""
    matrix = ask(tmp_path, *ROWS)
    assert [str(finding) for finding in findings(matrix)] == [] and matrix.updates > 60
    for field in ("state", "mood"):
        moves = matrix.cells[Place("Order", field), "transition"]
        assert all(cell.agree >= 16 for cell in moves.values()) and moves.keys() == set(ROWS)


def test_each_allowed_move_is_one_that_is_taken() -> None:
    """A move is asked of rows in which nothing else is refused, above all no move of another state machine."""
    for text in (STATES, STATES.replace("initial: [open]", "initial: [open, sent]")):
        bindings = bound(schema(text))
        prober = Prober(bindings)
        taken: set[tuple[str, object, object]] = set()
        for probe in Changes(prober.shapes, 0).beside(list(prober.all())):
            row = probe.row
            assert row is not None and row.before is not None
            if not row.refusals:
                said = [name for name in ("state", "mood") if name in row.before and name in row.cells]
                taken |= {(name, row.before[name].value, row.cells[name].value) for name in said}
        [table] = bindings.tables.tables
        for guard in table.transition_guards:
            moves = {(guard.column, one, other) for one, others in guard.transitions.moves for other in others}
            assert moves <= taken, moves - taken


def test_a_stamp_hides_no_move() -> None:
    """SQLite minds the stamp that a row has before it is changed: each move is asked of a row that has a fresh one.

    Models read an old one back, and are asked about it as well.
    """
    of = bound(understood("columns"))
    prober = Prober(of)
    table = next(one for one in of.tables.tables if one.name == "stages")
    asked: set[tuple[str, object, object]] = set()
    old_stamps = 0
    stages = (shape for shape in prober.shapes.by_name.values() if shape.owner == "Stage")
    probes = [probe for shape in stages for probe in prober.of_shape(shape)]
    for probe in Changes(prober.shapes, 0).beside(probes):
        row = probe.row
        if row is None or row.before is None:
            continue
        if "sqlite" in row.unasked:
            old_stamps += "made" in row.before
            continue
        old = {name: cell for name, cell in row.before.items() if name == "made"}
        minded, _ = broken_rules(table, reader(table, {**row.cells, **old}))
        for guard in table.transition_guards if not minded else ():
            name = guard.column
            if name in row.before and name in row.cells and all(one.path == (name,) for one in row.refusals):
                asked.add((name, row.before[name].value, row.cells[name].value))
    for name in ("grade", "other"):
        states = ("a", "b", "c", None)
        assert {(name, one, other) for one in states for other in states} <= asked
    assert old_stamps


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_in_what_is_changed_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A move to or from null that one layer judges otherwise is found, and a stamp that does."""
    path, old, new, witness, fact = BREAKS[name]
    break_file(monkeypatch, path, old, new)
    facts = [one.fact for one in ask(tmp_path, witness).disagreements]
    assert any(found.startswith(fact) for found in facts), facts


def test_a_schema_says_the_same_of_null(tmp_path: Path) -> None:
    """The functions of both languages judge moves to and from null as the databases do, and are well written."""
    with compiled(schema(STATES), tmp_path) as of:
        module = importlib.import_module(f"{of.package}.schemas.order")
        state = of.module("schemas").State
        can_move = module.can_move_order_state
        assert can_move(None, None) and can_move(None, state.OPEN) and can_move(state.OPEN, state.PAID)
        assert not can_move(None, state.PAID) and not can_move(state.OPEN, None)
        assert module.can_move_order_mood(None, state.SENT) and not module.can_move_order_mood(state.SENT, None)
