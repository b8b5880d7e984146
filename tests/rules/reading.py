"""Rule texts read over the fields of `fields`."""

from __future__ import annotations

import random

from isotype.domain.expressions import Expression, ValueType
from isotype.language.checking import check
from isotype.language.expressions import ExpressionError, parse
from tests.rules import samples
from tests.rules.fields import ENUMS, TYPES


def read(
    text: str, computed: bool = False, want: str | ValueType = "boolean"
) -> Expression | tuple[ExpressionError, ...]:
    """The typed tree of a text, or what is wrong with it."""
    tree = parse(text)
    return tree if isinstance(tree, tuple) else check(tree, TYPES, ENUMS, computed, want)


def rule(text: str, computed: bool = False, want: str | ValueType = "boolean") -> Expression:
    """The typed tree of a text that is right."""
    tree = read(text, computed, want)
    assert not isinstance(tree, tuple), (text, tree)
    return tree


def errors(text: str, computed: bool = False, want: str | ValueType = "boolean") -> list[tuple[int, str]]:
    """Where a text is wrong, and the codes."""
    found = read(text, computed, want)
    assert isinstance(found, tuple), text
    assert all(error.message for error in found)
    return [(error.at, error.code) for error in found]


def random_rules(seed: int, count: int) -> list[Expression]:
    """Different random rules; a sample that the checker refuses is a finding of the test."""
    source = random.Random(seed)
    return [rule(samples.rule(source)) for _ in range(count)]
