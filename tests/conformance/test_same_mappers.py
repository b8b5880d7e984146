"""What no record shows of a broken mapper, and what looks like it and is shown."""

from __future__ import annotations

import pytest

from isotype.binding.model import EntityBinding
from tests.conformance.mutations.model import Rewrite
from tests.conformance.mutations.same_mappers import SAME_ROW, proof
from tests.probes.domains import bound, schema

STATES = """
isotype: 1
domain: shop
entities:
  Order:
    fields:
      id:    {type: int, key: true}
      one:   {type: State, default: open, transitions: {open: [paid], paid: []}}
      two:   {type: State, default: open, transitions: {open: [paid], paid: []}, initial: [open, paid]}
      maybe: {type: State?, default: open, transitions: {open: [paid], paid: []}}
      given: {type: State, transitions: {open: [paid], paid: []}, initial: open}
      free:  {type: State, default: open}
enums:
  State: [open, paid]
"""
ENDS = """
isotype: 1
domain: shop
entities:
  Order:
    fields:
      id:      {type: int, key: true}
      state:   {type: State, default: open, transitions: {open: [paid], paid: []}}
      mood:    {type: State, default: open}
      first:   int?
      begun:   timestamp?
      ended:   timestamp?
      near:    int?
      moody:   int?
      named:   {type: int?, default: 7}
      made:    {type: timestamp?, default: now}
      height:  int?
      always:  int
    rules:
      chk_begun: {that: "state <> 'open' OR begun IS NULL", message: Not yet.}
      chk_ended: {that: ended IS NULL OR begun IS NOT NULL, message: Not yet.}
      chk_near:  {that: "near = 3 OR begun IS NOT NULL", message: Near.}
      chk_moody: {that: "mood <> 'open' OR moody IS NULL", message: Moody.}
      chk_named: {that: named IS NULL OR begun IS NOT NULL, message: Unnamed.}
      chk_made:  {that: made IS NULL OR begun IS NOT NULL, message: Unmade.}
      chk_always: {that: "always = 3 OR begun IS NOT NULL OR height IS NULL", message: Always.}
enums:
  State: [open, paid]
"""
TIMES = """
    if "times" in create.model_fields_set:
        times = create.times
        if times is None:
            model.ended = None
            model.named = None
            model.always = None
        else:
            model.ended = times.ended
            model.named = times.named
            model.always = times.always
"""


def order(text: str) -> EntityBinding:
    """The one entity of a schema."""
    [entity] = bound(schema(text)).entities
    return entity


def mapper(entity: EntityBinding) -> str:
    """A mapper that carries everything."""
    lines = (f"    model.{one.attribute} = create.{one.attribute}" for one in entity.fields)
    return "\n".join(("def to_model(create):", '    """A row."""', "    model = Order()", *lines, "    return model\n"))


def said(entity: EntityBinding, old: str, new: str = "pass", function: str = "to_model", text: str = "") -> str:
    """The proof for a change in a mapper."""
    whole = text or mapper(entity)
    return proof(entity, Rewrite("mapping/order.py", old, new, whole.index(old), function), whole)


def lost(entity: EntityBinding, field: str) -> str:
    """The proof for an assignment that is lost."""
    return said(entity, f"model.{field} = create.{field}")


def test_a_state_that_nothing_else_can_begin_in_need_not_be_carried() -> None:
    """The database puts in what every new row has."""
    assert lost(order(STATES), "one") == SAME_ROW


@pytest.mark.parametrize("field", ["two", "maybe", "given", "free", "id"])
def test_what_may_begin_otherwise_is_carried(field: str) -> None:
    """Two starts, a null, no default, no machine: a record shows that it is lost."""
    assert lost(order(STATES), field) == ""


def test_what_rules_leave_null_in_a_new_row_need_not_be_carried() -> None:
    """A row begins in one state, in which rules let nothing stand there, and nothing in what needs that."""
    of = order(ENDS)
    assert lost(of, "begun") == lost(of, "ended") == SAME_ROW
    assert said(of, "create.begun", "create.ended") == said(of, "create.ended", "create.begun") == SAME_ROW
    assert said(of, "model.begun = ", "model.ended = ") == SAME_ROW


@pytest.mark.parametrize("field", ["near", "moody", "named", "made", "height", "always"])
def test_what_rules_may_leave_otherwise_is_carried(field: str) -> None:
    """A value that a rule names, a state that is free, a default, the database's own: a record may show each."""
    assert lost(order(ENDS), field) == ""


def test_null_is_not_assigned_elsewhere() -> None:
    """What is never null refuses one, and where another value has been, or would be, a record shows null."""
    of = order(ENDS)
    assert said(of, "model.ended = ", "model.always = ") == said(of, "model.ended = ", "model.first = ") == ""
    assert said(of, "create.height", "create.ended") == said(of, "create.ended", "create.height") == ""


def test_only_what_is_assigned_is_followed() -> None:
    """Other functions, other words in the place of an assignment and what comes after the end are left to records."""
    of = order(ENDS)
    assert said(of, "model.begun = create.begun", function="apply") == ""
    assert said(of, "model.begun = create.begun", "model.begun = f(create.begun)") == ""
    assert said(of, "model.begun = create.begun", "raise ValueError") == ""
    assert said(of, "model.begun = create.begun", "return model") == ""
    many = mapper(of).replace(
        "    model.id", 9 * "    if create.height:\n        model.ended = None\n" + "    model.id"
    )
    assert said(of, "model.begun = create.begun", text=many) == ""


def timed(of: EntityBinding) -> str:
    """A mapper with a group that may be null."""
    return mapper(of).split("    model.id")[0] + TIMES + "    return model\n"


def test_null_need_not_be_assigned_where_a_new_row_has_it() -> None:
    """A column without a default is null unless something is said, so that null need not be, or is twice elsewhere."""
    of = order(ENDS)
    assert said(of, "model.ended = None", text=timed(of)) == SAME_ROW
    assert said(of, "model.ended = None", "model.named = None", text=timed(of)) == SAME_ROW


def test_null_is_assigned_where_a_new_row_has_something_else() -> None:
    """A default, a value from before, another value on another way, and a way that is another one."""
    of = order(ENDS)
    assert said(of, "model.named = None", text=timed(of)) == said(of, "model.always = None", text=timed(of)) == ""
    begun = timed(of).replace("    if", "    model.ended = create.ended\n    model.first = create.first\n    if", 1)
    assert said(of, "model.named = None", "model.first = None", text=begun) == ""
    before = begun.replace("model.ended = create.ended", "model.ended = create.height")
    assert said(of, "model.ended = None", text=before) == ""
    assert said(of, "model.ended = times.ended", text=timed(of)) == ""
    assert said(of, "times = create.times", text=timed(of)) == ""
    assert said(of, "times is None", "True", text=timed(of)) == ""
    assert said(of, "times is None", "times is not None", text=timed(of)) == ""
