"""`verify` finds what is broken in the support code that every layer carries, and proofs of sameness are held to it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

from isotype.layers.rendering import shipped
from tests.conformance.mutations import (
    python_text,
    regexes,
    same_forms,
    same_functions,
    suite,
    typescript_text,
    wire,
)
from tests.conformance.mutations.model import FOUND, SURVIVED, Rewrite
from tests.conformance.mutations.wire import Layer

SHARE = 60
DECIDES_NOTHING = {
    "wire": {
        *("broken_rules", "_whole", "TextForm.__init__", "_TextValue.__init__"),
        *(f"{form}.json" for form in ("IntegerForm", "FloatForm", "DecimalForm", "DecimalNumberForm", "_TextValue")),
        *("_Boolean.json", "_AnyJson.json"),
    },
}
"""Functions that keep what they are given, or that documents and messages are made by; all others have faults."""


@pytest.mark.parametrize("name", ["schemas", "validators"])
def test_everything_that_is_broken_is_used(support: suite.Ground, name: str, request: pytest.FixtureRequest) -> None:
    """The schema makes use of every part of the support code, so that each fault is one that a value could show."""
    layer: Layer = request.getfixturevalue(name)
    mutants = list(wire.mutants(support.subject, layer))
    assert [one.where for one in mutants if not any(layer.rewritten(cast("Rewrite", one.broken)))] == []
    assert len(mutants) > 1000


@pytest.mark.parametrize("name", ["schemas", "validators"])
def test_broken_support_code_is_found(support: suite.Ground, name: str, request: pytest.FixtureRequest) -> None:
    """A fault is found by a value or the two texts are proved to do the same, and never both."""
    layer: Layer = request.getfixturevalue(name)
    with wire.wire(support, layer) as bench:
        mutants = list(suite.chosen(bench.mutants(), 1 if suite.EVERY else SHARE))
        verdicts = [made for one in mutants if (made := bench.verdict(one)) is not None]
    assert len(verdicts) == len(mutants)
    assert [str(one) for one in verdicts if one.outcome == SURVIVED] == []
    shown = [one for one, made in zip(mutants, verdicts, strict=True) if made.outcome == FOUND]
    assert [one.where for one in shown if _is_proved(layer, cast("Rewrite", one.broken))] == []
    assert len(shown) > 5


def _is_proved(layer: Layer, rewrite: Rewrite) -> bool:
    try:
        return bool(layer.same(rewrite))
    except wire.Unloaded:
        return False


@pytest.mark.parametrize("name", ["wire", "rules"])
def test_every_function_of_python_is_broken(name: str) -> None:
    """Each function of a module that decides something has a fault, and each fault leaves a module."""
    text = shipped(f"support/{name}.py")
    found = list(python_text.faults(text))
    assert set(python_text.functions(text)) - {one.function for one in found} == DECIDES_NOTHING.get(name, set())
    assert all(text.startswith(one.old, one.at) for one in found)
    for one in found[:: len(found) // 20]:
        compile(text[: one.at] + one.new + text[one.at + len(one.old) :], name, "exec")


@pytest.mark.parametrize("name", ["rules.ts", "support.ts"])
def test_every_function_of_typescript_is_broken(support: suite.Ground, name: str) -> None:
    """Each function of a module has a fault, and none is in a type or a comment."""
    text = support.compiled.text("zod", name)
    found = list(typescript_text.faults(text))
    assert set(typescript_text.functions(text)) <= {one.function for one in found}
    lines = {text.count("\n", 0, one.at) for one in found}
    assert not any(text.splitlines()[at].startswith((" *", "/**", "export type", "type ")) for at in lines)


def test_changes_of_a_regular_expression() -> None:
    """Counts, ranges, options, anchors and alternatives change one at a time; what is escaped stays."""
    regex = r"^(a|[0-9b]{1,2})?\.$"
    made = {regex[:at] + new + regex[at + len(old) :] for at, old, new in regexes.changes(regex)}
    assert made == {
        *(r"(a|[0-9b]{1,2})?\.$", r"^(a|[0-9b]{1,2})?\.", r"^(a|[0-9b]{1,2})\.$", r"^([0-9b]{1,2})?\.$", r"^(a)?\.$"),
        *(r"^(a|[1-9b]{1,2})?\.$", r"^(a|[0-8b]{1,2})?\.$", r"^(a|[0-9]{1,2})?\.$", r"^(a|[0-9b]{0,2})?\.$"),
        *(r"^(a|[0-9b]{2,2})?\.$", r"^(a|[0-9b]{1,1})?\.$", r"^(a|[0-9b]{1,3})?\.$"),
    }


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("_strict(operator.eq, left, right)", "_strict(operator.eq, right, left)", True),
        ("_strict(operator.lt, left, right)", "_strict(operator.lt, right, left)", False),
        ("return UNKNOWN if result is UNKNOWN else OVERFLOW", "return OVERFLOW", False),
        ("part is None and result is True", "result is True", True),
        ("part is None and result is True", "part is None", False),
        ("a.copy_negate() if isinstance(a, Decimal) else -a", "-a", False),
        ("Context(prec=4000)", "Context(prec=1000)", True),
        ("Context(prec=4000)", "Context(prec=999)", False),
    ],
)
def test_rules_that_compute_alike(old: str, new: str, same: bool) -> None:
    """Two modules of rules are the same only where no verdict and no value tells them apart."""
    text = shipped("support/rules.py")
    assert old in text
    assert same_functions.computes_alike(_module(text, "whole"), _module(text.replace(old, new), "other")) is same


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("(000[2-9]|00[1-9][0-9]|", "(00[1-9][0-9]|", True),
        ("_FIRST = datetime(1, 1, 1, tzinfo=UTC)", "_FIRST = datetime(1, 1, 2, tzinfo=UTC)", False),
        ("_DEPTH = 64", "_DEPTH = 65", False),
        ("[AEIMQUYcgkosw048]=", "[AEIMQUYcgkosw04]=", False),
        ("timedelta(days, seconds, fraction, 0,", "timedelta(days, seconds, 0, 0,", False),
    ],
)
def test_forms_that_read_alike(old: str, new: str, same: bool) -> None:
    """Two modules of forms are the same only where no text near a spelling tells them apart."""
    text = shipped("support/wire.py")
    assert old in text
    whole, broken = _module(text, "broken_whole"), _module(text.replace(old, new), "broken_other")
    assert same_forms.reads_alike(whole, broken) is same


def _module(text: str, name: str) -> ModuleType:
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(text, str(Path(name)), "exec"), vars(module))
    return module
