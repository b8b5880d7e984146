"""The probes themselves: the same for a seed, on both sides of everything, and cheap to make."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from random import Random

import pytest

from isotype.domain.expressions import BOOLEAN, TEXT, In, Literal, Name
from isotype.probes import ACCEPT, EDGE, REFUSE, ROW, Prober
from isotype.probes.meaning import CONSTRAINTS
from isotype.probes.records import signature
from isotype.probes.rows import Row
from isotype.probes.values import read
from tests.probes.domains import SCHEMAS, bindings, bound, schema

ABOUT_ROWS = {"transition"}
"""What no JSON text shows."""


def test_a_seed_makes_the_same_probes() -> None:
    """Two probers with one seed make the same texts in the same order; another seed makes other random ones."""
    texts = [[probe.text for probe in islice(Prober(bindings(), seed).by_chance(), 400)] for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    shape = bindings().shapes.shape("VolumeCreate")
    first, second = ([str(probe) for probe in Prober(bindings()).of_shape(shape)] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_shape_has_a_record(name: str) -> None:
    """A record with what it must have, and one with all that its rules allow, is found for every shape."""
    prober = Prober(bindings(name))
    for shape in prober.shapes.by_name.values():
        for whole in (False, True):
            probe = prober.valid(shape, whole)
            assert probe is not None and probe.expected == ACCEPT, shape.name


def test_both_sides_of_everything() -> None:
    """Each property and each rule is met by values that are taken and values that are not; every constraint refuses."""
    prober = Prober(bindings())
    sides: dict[tuple[str, str], set[str]] = {}
    reasons: Counter[str] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    for probe in prober.all():
        kinds[probe.kind, probe.expected] += 1
        reasons.update(refusal.constraint.partition(":")[0] for refusal in probe.refusals)
        if probe.constraint == "valid":
            kept = [f"rule:{rule.name}" for rule in prober.shapes.shape(probe.shape).rules]
            for name in (*read(probe.text), *kept):
                sides.setdefault((probe.shape, name), set()).add(ACCEPT)
        elif probe.path:
            sides.setdefault((probe.shape, probe.path[0]), set()).add(probe.expected)
        for refusal in probe.refusals:
            if refusal.constraint.startswith("rule:") and not refusal.path:
                sides.setdefault((probe.shape, refusal.constraint), set()).add(REFUSE)
    assert set(CONSTRAINTS) - set(reasons) == ABOUT_ROWS
    assert min(kinds[kind, expected] for kind in (EDGE, ROW) for expected in (ACCEPT, REFUSE)) > 3000
    # Of a table as a shape only that is asked which no other shows.
    for shape in bindings().shapes.by_name.values():
        for prop in shape.properties:
            assert sides[shape.name, prop.name] == {ACCEPT, REFUSE}, (shape.name, prop.name)
    implied = {"rule:street_or_city"}
    for (name, about), found in sides.items():
        if about.startswith("rule:") and about not in implied and name in bindings().shapes.by_name:
            assert found == {ACCEPT, REFUSE}, (name, about)


def test_the_classic_traps_are_set() -> None:
    """Code points, numbers, keys, depth and spellings that readers take apart differently are among the values."""
    texts = "\n".join(probe.text for probe in Prober(bindings()).all())
    for trap in (
        *("\\ud83e\\udd89", "e\\u0301", "\\u0000", '"\\ud83e"', '\\n"', "\\u0661", '""', "true", "1.0", "-0", "1e400"),
        *("9007199254740993", "9223372036854775808", "2147483648", '"1.50"', "+02:00", "0000-01-01", "__proto__"),
        *("NaN", "Infinity", "7e0", "[null]", "10000-01-01", "2016-12-31T23:59:60Z", "2023-02-29", "[[[[[[[["),
    ):
        assert trap in texts, trap


SCHEMA = """
isotype: 1
domain: shop
entities:
  Order:
    fields:
      id:     {type: uuid, key: true, default: uuid}
      name:   {type: string(5), min_length: 2}
      count:  {type: int, min: 1, input: {max: 10, on: create}}
      state:  {type: State, default: open, transitions: {open: [done], done: []}}
      first:  date?
      last:   {type: date?, access: read}
    rules:
      chk_order: last IS NULL OR first IS NULL OR last >= first
enums:
  State: [open, done]
"""


def test_rows_are_judged_by_their_columns() -> None:
    """A constraint of inputs is none of the row; a start is; a rule over what only the server gives is in doubt."""
    prober = Prober(bound(schema(SCHEMA)))
    create = prober.shapes.shape("OrderCreate")
    found = {(probe.path, probe.text): probe for probe in prober.of_shape(create)}

    def probe(path: str, value: str) -> object:
        return next(it for (at, text), it in found.items() if at == (path,) and f'"{path}":{value}' in text).row

    rows = {value: next(it for it in found.values() if f'"count":{value}' in it.text) for value in ("0", "11")}
    assert [bool(it.refusals) for it in rows.values()] == [True, True]
    assert [bool(it.row.refusals) for it in rows.values() if it.row is not None] == [True, False]
    assert probe("name", '"~~"') is not None and probe("count", "true") is None
    started = next(it for it in found.values() if '"state":"done"' in it.text)
    assert started.row is not None
    assert [refusal.constraint for refusal in started.row.refusals] == ["transition"]
    response = prober.valid(prober.shapes.shape("OrderResponse"), True)
    assert response is not None and response.row is not None and not response.row.started
    update = prober.valid(prober.shapes.shape("OrderUpdate"), True)
    assert update is not None and update.kind == EDGE


def test_rules_are_kept_where_they_have_to_be() -> None:
    """Where a rule asks for two properties beside each other, a record that keeps it is found."""
    text = """
isotype: 1
domain: shop
objects:
  Range:
    fields: {low: int?, high: int?, step: {type: int, min: 1}}
    rules:
      chk_both: low IS NULL AND high IS NULL OR low IS NOT NULL AND high IS NOT NULL
      chk_order: low < high
      chk_step: low + step < high
      chk_some: low IS NOT NULL
operations:
  ask: {post: /ask, body: Range}
"""
    prober = Prober(bound(schema(text)))
    shape = prober.shapes.shape("Range")
    assert prober.valid(shape) is not None and prober.valid(shape, True) is not None
    refused = Counter(refusal.constraint for probe in prober.of_shape(shape) for refusal in probe.refusals)
    assert all(refused[f"rule:{rule.name}"] > 2 for rule in shape.rules), refused


def test_what_an_object_leaves_out_is_no_other_row() -> None:
    """One text is a value with its defaults in an input, and one that lacks them in what is stored: two cells."""
    text = """
isotype: 1
domain: shop
objects:
  Limits: {fields: {low: {type: int, default: 3}}}
entities:
  Item:
    fields:
      id:     {type: int, key: true}
      limits: Limits
"""
    prober = Prober(bound(schema(text)))

    def row(name: str) -> Row:
        shape = prober.shapes.shape(name)
        probe = prober.valid(shape, False)
        assert probe is not None
        found = prober.again(probe, {"id": 1, "limits": {}}).row
        assert found is not None
        return found

    assert [one.constraint for one in row("ItemResponse").refusals] == ["required"]
    created = row("ItemCreate")
    assert not created.refusals and created.cells["limits"].value == {"low": 3}
    assert created.cells["limits"].text != row("ItemResponse").cells["limits"].text


class NothingLeftOut(Random):
    """Leaves nothing out by chance."""

    def random(self) -> float:
        return 0.9


def test_what_is_found_is_emptied() -> None:
    """Of a record that shows something new of a rule, everything that the rule reads is left out, one by one."""
    prober = Prober(bound(schema(SUMS)))
    shape = prober.shapes.shape("Count")
    [rule] = shape.rules
    least, whole = (prober.records.valid(shape, every) for every in (False, True))
    assert least is not None and whole is not None
    found = [least, whole, {"done": 3, "lost": 4, "every": 7}]
    varied = list(prober._varied(shape, rule, found, NothingLeftOut(0)))
    for name in ("done", "lost", "every"):
        assert {other: value for other, value in found[2].items() if other != name} in varied


SUMS = """
isotype: 1
domain: shop
objects:
  Count:
    fields:
      done:  {type: int, min: 0, default: 0}
      lost:  {type: int, min: 0, default: 0}
      every: {type: int, default: 0}
    rules: {chk_every: done + lost = every}
operations:
  ask: {post: /ask, body: Count}
"""


def test_what_a_sum_reaches_beyond_a_bound_is_asked() -> None:
    """A value beyond its bound stands in a record that keeps the sum, even if no part of the sum reaches it alone."""
    prober = Prober(bound(schema(SUMS)))
    for probe in prober.of_shape(prober.shapes.shape("Count")):
        if probe.path == ("every",) and '"every":2147483648' in probe.text:
            record = read(probe.text)
            assert record.get("done", 0) + record.get("lost", 0) == 2**31 and len(probe.refusals) == 1
            return
    raise AssertionError("nothing is asked beyond the bound")


def test_each_option_is_another_standing() -> None:
    """What is one option of an IN shows something else than what is another one, or none."""
    value = Name("kind", type=TEXT)
    rule = In(value, tuple(Literal(text, type=TEXT) for text in ("a", "b")), type=BOOLEAN)
    shown = [signature(rule, lambda _, given=given: given) for given in ("a", "b", "c", "d", None)]  # type: ignore[misc]
    assert len(set(shown[:3])) == 3
    assert shown[2] == shown[3] != shown[4]


def test_what_an_answer_holds_is_asked_once() -> None:
    """In an answer, and in the list within it, each property of what is held is absent, null and no such value."""
    prober = Prober(bindings())
    probes = list(prober.of_shape(prober.shapes.shape("VolumeListAnswer")))
    lacking = [next(iter(one.refusals)).path for one in probes if "inside: price absent" in one.label]
    assert [path[0] for path in lacking] == ["data", "others"]
    for name in ("items", "total", "page", "pageSize"):
        assert {one.expected for one in probes if one.label == f"inside: {name} null"} == {REFUSE}
    # What stands in a row is asked in full there, and not once more in a list of rows.
    deep = [one for one in prober.of_shape(prober.shapes.shape("AuthorList")) if "inside: street" in one.label]
    assert deep == []
