"""`verify` finds what is broken in the support code that every layer carries, and proofs of sameness are held to it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from isotype.layers.rendering import shipped
from tests.conformance.mutations import (
    python_text,
    regexes,
    rewrites,
    same_forms,
    same_functions,
    suite,
    typescript_text,
)
from tests.conformance.mutations.model import FOUND, SURVIVED

SHARE = 60
DECIDES_NOTHING = {
    "wire": {
        *("broken_rules", "_whole", "TextForm.__init__", "_TextValue.__init__", "IntegerForm.core", "_AnyJson.core"),
        *(f"{form}.json" for form in ("IntegerForm", "FloatForm", "DecimalForm", "DecimalNumberForm", "_TextValue")),
        *("_Boolean.json", "_AnyJson.json"),
    },
    "rules": {"instant", "local", "day", "clock", "_compiled"},
    "rules.ts": {"OVERFLOW", "isNotNull", "lt"},
}
"""Functions that only hand on what others say, or that words are made by."""


@pytest.fixture(scope="module")
def ground() -> Iterator[suite.Ground]:
    with suite.ground(rewrites.DOMAIN) as on:
        yield on


@pytest.mark.parametrize("witness", rewrites.MODULES)
def test_broken_support_code_is_found(ground: suite.Ground, witness: str) -> None:
    """A fault of support code is found by a value, or the two texts are proved to do the same."""
    verdicts = list(suite.verdicts(ground, witness, 1 if suite.EVERY else SHARE))
    assert [str(one) for one in verdicts if one.outcome == SURVIVED] == []
    assert sum(one.outcome == FOUND for one in verdicts) > len(verdicts) // 2 > 5


@pytest.mark.parametrize("name", ["wire", "rules"])
def test_every_function_of_python_is_broken(name: str) -> None:
    """Each function of a module that decides something has a fault, and each fault leaves a module."""
    text = shipped(f"support/{name}.py")
    found = list(python_text.faults(text))
    assert set(python_text.functions(text)) - {one.function for one in found} == DECIDES_NOTHING[name]
    assert all(text.startswith(one.old, one.at) for one in found)
    for one in found[:: len(found) // 20]:
        compile(text[: one.at] + one.new + text[one.at + len(one.old) :], name, "exec")


def test_every_function_of_typescript_is_broken() -> None:
    """Each function of the rules has a fault, and none is in a type or a comment."""
    text = shipped("support/rules.ts")
    found = list(typescript_text.faults(text))
    assert set(typescript_text.functions(text)) - {one.function for one in found} == DECIDES_NOTHING["rules.ts"]
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
