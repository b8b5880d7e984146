"""The probes themselves: the same for a seed, on both sides of everything, and cheap to make."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import islice
from random import Random

import pytest

from isotype.domain.expressions import BOOLEAN, TEXT, In, Literal, Name
from isotype.domain.patterns import Characters, End, Pattern, Repeat, Sequence, Start
from isotype.domain.types import Scalar
from isotype.probes import ACCEPT, EDGE, REFUSE, ROW, Probe, Prober
from isotype.probes.meaning import CONSTRAINTS
from isotype.probes.records import signature
from isotype.probes.roundings import near_half, some
from isotype.probes.rows import Row
from isotype.probes.spellings import ORDERS
from isotype.probes.texts import edges
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


SIGNS = """
isotype: 1
domain: counting
description: Numbers without their sign, and texts in order

objects:
  Pair:
    fields: {one: text, other: text, share: float, great: 'decimal(40,2)', plain: 'decimal(40,2)'}
    rules:
      order:  one < other
      share:  abs(share) > 0.5
      great:  -great <> -123456789012345678901234567890.12
      plain:  plain <> -123456789012345678901234567890.12
  Span:
    fields: {begun: timestamp, ended: timestamp?, local: local_timestamp}
    rules:
      ends:  ended >= begun
      alone: local > '2020-01-01T00:00:00'
operations:
  ask: {post: /ask, body: Pair}
  tell: {post: /tell, body: Span}
"""


def test_both_signs_are_asked_where_one_is_turned() -> None:
    """What a rule says of a number without its sign, or with the other one, is asked of both, and to the last digit."""
    prober = Prober(bound(schema(SIGNS)))
    asked = [probe.text for probe in prober.of_shape(prober.shapes.shape("Pair"))]
    for sign in ("", "-"):
        for text in ('"share":S0.5,', '"share":S0.5000000000000001,', '"great":"S123456789012345678901234567890.12"'):
            assert any(text.replace("S", sign) in one for one in asked), text
    assert not any('"plain":"123456789012345678901234567890.12"' in one for one in asked)


def test_instants_are_asked_in_a_form_that_is_not_compared_with_the_others() -> None:
    """One of several that a rule compares has no zone, and all others have theirs."""
    prober = Prober(bound(schema(SIGNS)))
    asked = [probe for probe in prober.of_shape(prober.shapes.shape("Span")) if probe.label == "in another form"]
    zones = [[str(text).endswith("Z") for name, text in read(probe.text).items() if name != "local"] for probe in asked]
    assert sorted(zones) == [[False, True], [True, False]]
    assert all(probe.expected == REFUSE for probe in asked)


def test_every_order_of_texts_is_asked() -> None:
    """A rule that orders texts is asked about all pairs that show how they are compared, beside what others take."""
    prober = Prober(bound(schema(SIGNS)))
    shape = prober.shapes.shape("Pair")
    shown = {
        (record["one"], record["other"])
        for probe in prober.of_shape(shape)
        if {one.constraint for one in probe.refusals} <= {"rule:order"} and (record := read(probe.text))
    }
    assert shown >= set(ORDERS)


def test_a_range_of_signs_is_asked_within() -> None:
    """A pattern is asked about both sides of each range of signs, and about a sign in the middle of it."""
    signs = Characters(((0x24, 0x2E),))
    found = set(edges(Scalar("text", patterns=(Pattern("", Sequence((Start(), signs, End()))),))))
    assert {"#", "$", ")", ".", "/"} <= found


def test_a_sign_is_asked_between_others_of_its_kind() -> None:
    """Where a pattern asks for so many signs, each of them is the last of its range, and each alone is beyond it."""
    digits = Repeat(Characters(((0x30, 0x39),)), 4, 4)
    found = set(edges(Scalar("text", patterns=(Pattern("", Sequence((Start(), digits, End()))),))))
    assert {"9999", "/000", "0/00", "00/0", "000/"} <= found


def test_a_sign_is_asked_behind_what_is_full() -> None:
    """What may only follow is asked where nothing before it has room for another sign."""
    full = Repeat(Characters(((0x61, 0x7A),)), 1, 3)
    more = Repeat(Sequence((Characters(((0x2E, 0x2E),)), full)), 0, None)
    found = set(edges(Scalar("text", patterns=(Pattern("", Sequence((Start(), full, more, End()))),))))
    assert {"aaa-a", "aaa.a", "aaa/a"} <= found


JOBS = """
isotype: 1
domain: shop
enums:
  State: [open, done]
entities:
  Job:
    fields:
      id:    {type: int, key: true}
      began: {type: timestamp, default: now, access: read}
      ended: timestamp?
      price: {type: 'decimal(8,2)', min: 0}
      share: {type: 'decimal(5,2)', min: 0, max: 100}
      paid:  {type: 'decimal(12,2)', computed: 'round(price * share / 100, 2)'}
      state: {type: State, default: open, transitions: {open: [done], done: []}}
    rules:
      ordered: ended IS NULL OR ended >= began
      closed:  state <> 'done' OR ended IS NOT NULL
"""


@pytest.fixture(scope="module")
def jobs() -> list[Probe]:
    return list(Prober(bound(schema(JOBS))).all())


def test_a_row_begins_in_a_state_that_nothing_else_minds(jobs: list[Probe]) -> None:
    """A state that rows may not begin in is asked of a row which keeps the rules about what no body says."""
    refused = [
        one.row.refusals for one in jobs if one.shape == "Job as a new row" and one.path == ("state",) and one.row
    ]
    assert any([refusal.constraint for refusal in refusals] == ["transition"] for refusals in refused)


def test_what_is_made_stands_between_all_others(jobs: list[Probe]) -> None:
    """Beside what the clock says a rule is asked about the first and about the last of all times."""
    rows = [one.row for one in jobs if one.label == "beside what is made" and one.row is not None]
    ends = {str(row.cells["ended"].value)[:4]: [one.constraint for one in row.refusals] for row in rows}
    assert ends == {"0001": ["rule:ordered"], "9999": []}
    assert all("began" not in row.cells for row in rows)


def test_what_is_rounded_lies_at_a_half(jobs: list[Probe]) -> None:
    """What a value is computed from is such that it lies at a half, and so near below one that rounding twice shows."""
    shown = set()
    for one in jobs:
        if one.constraint == "rule:paid" and one.row is not None and one.row.stands:
            price, share = (Decimal(str(one.row.cells[name].value)) for name in ("price", "share"))
            shown.add(near_half(price * share / 100, 2))
    assert shown >= {("at a half", False), ("below a half", False)}


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        ("0.005", 2, ("at a half", False)),
        ("-12.5", 0, ("at a half", True)),
        ("1.0046", 2, ("below a half", False)),
        ("1.00449", 2, None),
        ("1.0051", 2, None),
        ("3", 2, None),
    ],
)
def test_how_a_number_stands_to_a_half(value: str, places: int, shown: object) -> None:
    """A half is exact; near below it a number is that is rounded to it by one place more."""
    assert near_half(Decimal(value), places) == shown


def test_numbers_are_of_their_type() -> None:
    """Numbers that are tried have the digits and the bounds of their type, few digits and many."""
    of = Scalar("decimal", precision=6, scale=2, minimum=Decimal("-1.5"), maximum=40)
    found = {some(of, Random(seed)) for seed in range(200)}
    assert all(Decimal("-1.5") <= one <= 40 and one == one.quantize(Decimal("0.01")) for one in found)
    assert min(found) < 0 < max(found) and len(found) > 50


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
