"""Support code of models is proved to do the same, and only where it does; what is broken in it is found by rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.mutations import suite
from tests.conformance.mutations.model import EQUIVALENT, FOUND, Mutant, Rewrite
from tests.conformance.mutations.models_text import BASE, COLUMNS, ModelsText
from tests.conformance.mutations.rewrites import HOLDS
from tests.conformance.mutations.same_types import CACHE, MADE, WORDS


@pytest.fixture(scope="module")
def bench() -> Iterator[ModelsText]:
    with suite.ground(HOLDS["models"]) as on:
        yield ModelsText(on.subject, on.questions(), on.compiled)


def proof(bench: ModelsText, path: str, old: str, new: str) -> str:
    """What is proved of a module with one text in the place of another."""
    at = bench.text(path).index(old)
    return bench.proof(Mutant("models", "", path, Rewrite(path, old, new, at)))


SAME = {
    "the words of a refusal": (BASE, 'move = f"start as {target!s}"', 'move = ""', WORDS),
    "no words at all": (BASE, 'super().__init__(f"{type(model).__name__}: {message}")', "pass", WORDS),
    "what is kept of a type": (COLUMNS, "cls.cache_ok = True", "cls.cache_ok = False", CACHE),
    "whether a key counts": (COLUMNS, "key: bool = False", "key: bool = True", MADE),
}
ANOTHER = {
    "an attribute of a refusal": (BASE, "self.rule = rule", "self.rule = message"),
    "a refusal that breaks": (
        BASE,
        'super().__init__(f"{type(model).__name__}: {message}")',
        "super().__init__(1 / 0)",
    ),
    "another attribute of each type": (COLUMNS, "cls.cache_ok = True", 'cls.sqlite = "BLOB"'),
    "a parameter that values are judged by": (COLUMNS, "nullable_items: bool = False", "nullable_items: bool = True"),
    "an attribute that values are judged by": (COLUMNS, "self.bits = bits", "self.bits = 8"),
}


@pytest.mark.parametrize("case", SAME)
def test_what_does_the_same_is_proved(bench: ModelsText, case: str) -> None:
    """A text that no value tells from the whole one has its proof."""
    path, old, new, reason = SAME[case]
    assert proof(bench, path, old, new) == reason


@pytest.mark.parametrize("case", ANOTHER)
def test_what_does_another_thing_has_no_proof(bench: ModelsText, case: str) -> None:
    """A text that some value tells from the whole one, or that might break, has none."""
    assert proof(bench, *ANOTHER[case]) == ""


BROKEN = {
    "PostgreSQL's form for SQLite's": (
        COLUMNS,
        'if dialect.name == "sqlite":\n            return self.write(',
        "if 0:\n            return self.write(",
    ),
    "minus zero": (COLUMNS, "return value + 0.0", "return value - 0.0"),
    "depth": (COLUMNS, "_deepest: float = 64", "_deepest: float = 65"),
    "an expression": (COLUMNS, "if isinstance(value, ClauseElement):", "if False:"),
    "a default that is not read": (BASE, '"eager_defaults": True', '"eager_defaults": False'),
    "null that is left out": (COLUMNS, "should_evaluate_none = True", "should_evaluate_none = False"),
    "rows of others": (
        BASE,
        "for model in session.new:\n        if isinstance(model, Base):",
        "for model in session.new:\n        if True:",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_models_do_wrong_is_found(bench: ModelsText, case: str) -> None:
    """What no JSON says, what goes to either database, and what is asked of it are found when they are broken."""
    path, old, new = BROKEN[case]
    at = bench.text(path).index(old)
    verdict = bench.verdict(Mutant("models", "support: broken", case, Rewrite(path, old, new, at)))
    assert verdict is not None and verdict.outcome == FOUND, verdict


def test_a_proof_is_a_verdict(bench: ModelsText) -> None:
    """A fault that is proved to be none is counted as equivalent, with its reason."""
    at = bench.text(COLUMNS).index("cls.cache_ok = True")
    rewrite = Rewrite(COLUMNS, "cls.cache_ok = True", "cls.cache_ok = False", at, "Stored.__init_subclass__")
    verdict = bench.verdict(Mutant("models", "support: broken", "cache", rewrite))
    assert verdict is not None and (verdict.outcome, verdict.said) == (EQUIVALENT, CACHE)
