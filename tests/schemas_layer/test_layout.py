"""Generated Python is laid out as `ruff format` would."""

from __future__ import annotations

import random
import subprocess
import sys

from isotype.dialects.literals.python import python_string
from isotype.dialects.python import Code, annotated, call, constant, prefixed, sequence, subscript


def test_annotated_fields_are_a_fixed_point_of_ruff_format() -> None:
    """Whatever the lengths of annotation and value, ruff leaves the lines as they are."""
    chance = random.Random(3)
    lines = ["class A:"]
    for number in range(1500):
        name = f"f{'o' * chance.randint(0, 20)}{number}"
        lines += annotated(name, _annotation(chance), _value(chance), "    ")
    text = "\n".join(lines) + "\n"
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "-"]
    formatted = subprocess.run(command, input=text, text=True, capture_output=True, check=True).stdout
    assert formatted == text


def _annotation(chance: random.Random, depth: int = 0) -> Code:
    kind = chance.random()
    if depth > 2 or kind < 0.3:
        return chance.choice(["str", "int", "PlainText | None"])
    if kind < 0.6:
        length = f"min_length={chance.randint(0, 10 ** chance.randint(1, 20))}"
        pattern = [python_string("p" * chance.randint(0, 30))] if chance.random() < 0.5 else []
        return subscript("Annotated", _annotation(chance, depth + 1), call("TextForm", *pattern, length))
    if kind < 0.85:
        return subscript(chance.choice(["list", "Unset"]), _annotation(chance, depth + 1))
    return subscript("dict", "PlainText", _annotation(chance, depth + 1))


def _value(chance: random.Random) -> Code | None:
    kind = chance.random()
    if kind < 0.4:
        return None if kind < 0.3 else "None"
    if kind < 0.5:
        numbers = sequence(str(chance.randint(0, 10**9)) for _ in range(chance.randint(0, 12)))
        return call("Field", prefixed("default_factory=lambda: ", numbers))
    if kind < 0.9:
        default = ["default=True"] if chance.random() < 0.5 else []
        words = chance.choice(("x ", "x ", "\u5716\u66f8 ", "e\u0301 ", "\U0001f989 "))
        description = python_string(words * chance.randint(1, 60))
        return call("Field", *default, prefixed("description=", description))
    return constant({"source": ("import", 1, None) * chance.randint(1, 4), "x": {}})
