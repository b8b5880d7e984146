"""Rules as plain Python conditions hold exactly for the rows that the rule refuses."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from isotype.dialects.expressions.python_conditions import Condition, Given, Refusal, if_lines, print_refusal
from isotype.domain.expressions import Expression, names
from tests.rules import witnesses
from tests.rules.fields import FIELDS, rows
from tests.rules.reading import random_rules, rule
from tests.rules.test_agreement import TEXTS

INDENT = " " * 8

MORE_TEXTS = (
    # groups beside groups, and beside what has brackets of its own
    "(status = 'done' AND ended IS NOT NULL) OR (status = 'lost' AND ended IS NULL)",
    "(flag OR ready) AND (a > 0 OR b > 0)",
    "(flag AND ready) OR (a > 0 AND b > 0) OR started IS NULL",
    "(a > 0 AND b > 0 AND small > 0 AND flag AND ready) OR (small < 0 AND a < 0)",
    "a > 0 AND (b > 0 OR (flag AND (ready OR small > 0)))",
    "flag AND (status = 'done' OR (ended IS NOT NULL AND started IS NOT NULL AND ended >= started))",
    "status IN ('done', 'lost') OR (a > 0 AND b > 0)",
    "status NOT IN ('done', 'lost') OR name IN ('a', 'b', 'c')",
    "status NOT IN ('done', 'lost') OR ended IS NOT NULL",
    "length(name) > 3 OR (a > 0 AND b > 0)",
    "length(name) > 3 OR a BETWEEN 1 AND 5",
    "name ~ '^x' OR title ~ 'y$'",
    "a BETWEEN 1 AND 5 AND (b NOT BETWEEN 1 AND 5 OR small BETWEEN a AND b)",
    "started IS NULL OR (ended IS NOT NULL AND (started <= ended OR flag))",
)
"""Shapes that conditions take when they are broken into lines."""


def long_name(name: str) -> str:
    """A name so long that most conditions take several lines."""
    return f"{name}_of_the_row" + "_that_is_judged" * (len(name) % 2)


def every_rule() -> list[Expression]:
    return [*map(rule, (*TEXTS, *MORE_TEXTS)), *random_rules(51, 700)]


def condition_function(refusal: Refusal) -> Callable[[Any], bool]:
    """The condition over values by field name."""
    scope = {name: getattr(witnesses.support(), name) for name in {*refusal.helpers, "UNKNOWN"}}
    lines = if_lines(refusal.condition, INDENT) or []
    source = ["def judge(row):", "    if True:", *lines, f"{INDENT}    return True", "    return False"]
    exec("\n".join(source), scope)
    function: Callable[[Any], bool] = scope["judge"]
    return function


def differences(given: Callable[[str], Given | None], sample: Sequence[Mapping[str, Any]]) -> tuple[list[str], int]:
    """The rules whose condition says something else than their calls do, and how many were compared."""
    found, compared = [], 0
    for tree in every_rule():
        refusal = print_refusal(tree, given)
        if refusal is None or (not isinstance(refusal.condition, bool) and if_lines(refusal.condition, INDENT) is None):
            continue
        compared += 1
        condition = condition_function(refusal)
        judge = witnesses.python_function(tree)
        for row in sample:
            unknown = {name: row.get(name, witnesses.support().UNKNOWN) for name in FIELDS}
            values = SimpleNamespace(**{long_name(name): row.get(name) for name in FIELDS}, model_fields_set=set(row))
            if condition(values) != witnesses.support().refuses(judge(unknown)):
                found.append(f"{if_lines(refusal.condition, '')} {row}")
                break
    return found, compared


def test_conditions_hold_exactly_where_a_rule_refuses() -> None:
    """Over whole rows, NULLs included."""
    found, compared = differences(lambda name: Given(f"row.{long_name(name)}", nullable=True), rows(9, 40))
    assert found == []
    assert compared > 150


def test_absent_fields_are_not_known() -> None:
    """A field that an update leaves out is not known; one that is null is NULL."""
    source = random.Random(5)
    sample = [{name: value for name, value in row.items() if source.random() < 0.6} for row in rows(10, 40)]
    found, compared = differences(
        lambda name: Given(f"row.{long_name(name)}", True, f'"{name}" in row.model_fields_set'), sample
    )
    assert found == []
    assert compared > 150


def test_marked_values_are_not_known() -> None:
    """A value that may be the mark is asked for it where that decides."""
    source = random.Random(6)
    unknown = witnesses.support().UNKNOWN
    sample = [{n: unknown if source.random() < 0.3 else value for n, value in row.items()} for row in rows(11, 40)]
    found, compared = differences(lambda name: Given(f"row.{long_name(name)}", nullable=True, marked=True), sample)
    assert found == []
    assert compared > 150


def test_what_is_never_known_is_never_judged() -> None:
    """A rule over fields that a shape does not have refuses nothing."""
    sample = [{name: value for name, value in row.items() if name not in ("a", "flag")} for row in rows(12, 30)]
    found, _ = differences(
        lambda name: None if name in ("a", "flag") else Given(f"row.{long_name(name)}", True), sample
    )
    assert found == []


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (
            "started IS NULL OR ended >= started",
            "row.started is not None and row.ended is not None and row.ended < row.started",
        ),
        ("a > 0", "row.a <= 0"),
        ("5 > a", "row.a >= 5"),
        ("flag", "not row.flag"),
        ("status <> 'done' OR a IS NOT NULL", False),
        ("status IN ('done', 'lost')", 'row.status not in ("done", "lost")'),
        ("name ~ '^x$'", r'missed(r"^x\Z", row.name)'),
    ],
)
def test_conditions_read_as_a_person_would_write_them(text: str, condition: str | bool) -> None:
    """Of a value that is never null nobody asks whether it is."""
    nullable = {"started", "ended"}
    refusal = print_refusal(rule(text), lambda name: Given(f"row.{name}", name in nullable))
    assert refusal is not None
    assert _flat(refusal.condition) == condition


def _flat(condition: Condition) -> str | bool:
    return condition if isinstance(condition, bool) else (if_lines(condition, "") or [""])[0][3:-1]


@pytest.mark.parametrize("text", ["big + other_big > 0", "coalesce(a, 1) = 1", "CASE WHEN flag THEN a END = 1"])
def test_what_operators_cannot_say_is_left_to_calls(text: str) -> None:
    """Sums that may leave 64 bits, coalesce and CASE have no plain condition."""
    assert print_refusal(rule(text), lambda name: Given(name, nullable=True)) is None


def test_conditions_are_a_fixed_point_of_ruff_format() -> None:
    """Whatever its length, ruff leaves the lines of a condition as they are."""
    lines = ["class A:", "    def f(self):"]
    for number, tree in enumerate(every_rule()):
        nullable = names(tree)[1:]
        spelled = {
            name: Given(f"self.{name}{'_of_something' * (number % 3)}", name in nullable) for name in names(tree)
        }
        refusal = print_refusal(tree, spelled.get)
        head = None if refusal is None or isinstance(refusal.condition, bool) else if_lines(refusal.condition, INDENT)
        lines += [*head, f"{INDENT}    pass"] if head is not None else []
    text = "\n".join(lines) + "\n"
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "-"]
    formatted = subprocess.run(command, input=text, text=True, capture_output=True, check=True).stdout
    assert formatted == text
    assert len(lines) > 400
