"""What the schemas and TypeScript say of the moves of states is asked of both, every move of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from isotype.conformance.findings import findings
from isotype.conformance.matrix import Matrix, Place
from isotype.conformance.run import Request, run
from isotype.domain.model import Transitions
from isotype.probes.moves import may_move
from isotype.report import agreement
from tests.conformance.conftest import asked
from tests.conformance.mutations.model import FOUND, Subject
from tests.conformance.mutations.moves import Moves, MovesInPython, MovesInTypeScript
from tests.conformance.mutations.zod import process
from tests.conformance.test_run import break_file
from tests.probes.domains import schema

BOTH = ("pydantic", "zod")

STATES = """
isotype: 1
domain: shop
entities:
  Order:
    fields:
      id:    {type: int, key: true}
      state: {type: State?, transitions: {open: [paid], paid: [sent], sent: []}, initial: [open]}
      mood:  {type: State?, transitions: {open: [sent], paid: [], sent: [open]}}
      end:   {type: State, transitions: {open: [sent, paid], paid: [open, paid], sent: []}, initial: [open, paid]}
      note:  text?
enums:
  State: [open, paid, sent]
"""


def ask(tmp_path: Path, *names: str, only: str = "Order.state") -> Matrix:
    """What stands at a state."""
    with asked(schema(STATES), tmp_path, names) as (of, found, missing):
        assert not missing
        return run(of, found, missing, Request(only=only))


def test_every_move_is_asked(tmp_path: Path) -> None:
    """Each state to each, null among them, stand with both tables in the row of the transition; a run says how many."""
    matrix = ask(tmp_path, *BOTH, only="Order")
    assert [str(finding) for finding in findings(matrix)] == []
    for field, moves in (("state", 4 * 4), ("mood", 4 * 4), ("end", 3 * 3)):
        cells = matrix.cells[Place("Order", field), "transition"]
        # The schemas say where a state starts only where it may be null.
        assert cells["zod"].agree == moves + 2 and cells["pydantic"].agree == moves + 1 + (field != "end")
    assert matrix.moves == 18 + 18 + 11 + 18 + 18 + 10
    assert any("93 questions about what the schemas" in line for line in agreement.lines(matrix))


PYTHON, TYPESCRIPT = "schemas/order.py", "types/order.ts"
TAKES, REFUSES, OTHER = "takes what the schema refuses", "refuses what the schema takes", "says something else"
BREAKS: dict[str, tuple[str, str, str, str, set[str]]] = {
    "a move added to the schemas": (
        *("pydantic", PYTHON, "State.PAID: [State.SENT]", "State.PAID: [State.SENT, State.OPEN]"),
        {TAKES, OTHER},
    ),
    "a move lost to the schemas": ("pydantic", PYTHON, "State.PAID: [State.SENT]", "State.PAID: []", {REFUSES, OTHER}),
    "a start added to the schemas": (
        *("pydantic", PYTHON, "_STATE_STARTS: Sequence[State] = [", "_STATE_STARTS: Sequence[State] = [State.SENT, "),
        {TAKES, OTHER},
    ),
    "a function of the schemas that raises": (
        *("pydantic", PYTHON, "if source is None:", "if False:"),
        {"cannot be asked"},
    ),
    "staying forbidden by the schemas": ("pydantic", PYTHON, "source == target or ", "", {REFUSES}),
    "a move added to TypeScript": ("zod", TYPESCRIPT, 'paid: ["sent"]', 'paid: ["sent", "open"]', {TAKES, OTHER}),
    "a move lost to TypeScript": ("zod", TYPESCRIPT, 'paid: ["sent"]', "paid: []", {REFUSES, OTHER}),
    "a start lost to TypeScript": ("zod", TYPESCRIPT, 'StateStarts = ["open"]', "StateStarts = []", {REFUSES, OTHER}),
    "an ending that TypeScript allows": (
        *(
            "zod",
            TYPESCRIPT,
            "targets: readonly (State | null)[] = orderStateMoves[from]",
            "targets = [null, ...orderStateMoves[from]]",
        ),
        {TAKES},
    ),
    "a function that TypeScript lacks": ("zod", TYPESCRIPT, "canMoveOrderState", "mayMove", {"cannot be asked"}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_in_the_code_of_moves_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function or a table that says something else is found at the field of the state, by name."""
    witness, path, old, new, facts = BREAKS[name]
    break_file(monkeypatch, path, old, new)
    matrix = ask(tmp_path, witness)
    assert {one.fact.partition(":")[0] for one in matrix.disagreements} == facts
    places = {(str(one.place), one.constraint, one.shape, one.witness) for one in matrix.disagreements}
    assert places == {("Order.state", "transition", "OrderState", witness)}


def test_nothing_else_is_asked_of_one_field(tmp_path: Path) -> None:
    """`--only` of a field without states asks nothing about moves."""
    assert ask(tmp_path, "pydantic", only="Order.note").moves == 0


def test_what_a_move_means() -> None:
    """Staying is allowed, null begins as a new row does, and nothing becomes null again."""
    of = Transitions((("open", ("paid",)), ("paid", ())), ("open",))
    assert [may_move(of, *pair) for pair in (("open", "paid"), ("paid", "paid"), (None, "open"), (None, None))] == [
        True
    ] * 4
    assert not any(may_move(of, *pair) for pair in (("paid", "open"), (None, "paid"), ("open", None), ("paid", None)))


@pytest.mark.parametrize(("witness", "count"), [("pydantic", 50), ("zod", 60)])
def test_every_mutant_is_found(tmp_path: Path, witness: str, count: int) -> None:
    """Each move and start lost, each other one added, and each fault of the functions is found in both layers."""
    with asked(schema(STATES), tmp_path, ["zod"]) as (of, _, _):
        node = process()
        try:
            layer = MovesInPython(of) if witness == "pydantic" else MovesInTypeScript(of, node)
            bench = Moves(Subject("shop", of.domain, of.bindings), layer)
            verdicts = list(map(bench.verdict, bench.mutants()))
        finally:
            node.close()
    assert [str(one) for one in verdicts if one.outcome != FOUND] == [] and len(verdicts) > count
    kinds = {one.kind for one in verdicts}
    assert kinds > {"moves: move added", "moves: move lost", "moves: start added", "moves: start lost"}
