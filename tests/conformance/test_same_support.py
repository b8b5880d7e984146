"""Proofs that two texts of support code do the same: each is given where it is so, and not where it nearly is."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from tests.conformance.mutations import python_text, reaching, rewrites, same_functions, same_schemas, zod
from tests.conformance.mutations.model import Rewrite
from tests.conformance.mutations.pydantic import Schemas
from tests.conformance.mutations.wire import Layer


def _is_same(layer: Layer, path: str, old: str, new: str) -> bool:
    assert layer.source(path).count(old) == 1
    return bool(layer.same(Rewrite(path, old, new)))


_EXPORTED = re.compile(r"^export (?:function|const) (\w+)", re.MULTILINE)
_COMPARED = Path(rewrites.__file__).with_name("same_modules.mjs")


def test_every_function_that_others_call_is_asked(schemas: Schemas, validators: zod.Validators) -> None:
    """Proofs of whole modules ask each function that code outside of them may call."""
    names = python_text.functions(schemas.source("_rules.py"))
    assert {name for name in names if name[0] != "_"} == same_functions.FUNCTIONS
    asked = set(re.findall(r"\w+", _COMPARED.read_text(encoding="utf-8")))
    for path in rewrites.MODULES["zod"]:
        exported = _EXPORTED.findall(validators.source(path))
        assert len(exported) > 20 and set(exported) <= asked


_READ = "return isAbsent(array) ? array : array.map((item) => read(item));"
_ITEMS = "value.every((item) => isJson(item, depth + 1))"


@pytest.mark.parametrize(
    ("path", "old", "same", "other"),
    [
        ("rules.ts", "(a, b) => a + b", "(a, b) => b + a", "(a, b) => a - b"),
        ("rules.ts", "return verdict === false ||", "return (verdict ?? true) === false ||", "return !verdict ||"),
        ("rules.ts", "return lt(right, left);", "return not(le(left, right));", "return not(lt(left, right));"),
        ("rules.ts", "unit >= 0xd800 && unit", "unit > 0xd7ff && unit", "unit > 0xd800 && unit"),
        ("rules.ts", "unit <= 0xdfff", "unit < 0xe000", "unit < 0xdfff"),
        ("rules.ts", 'fraction.padEnd(6, "0")', 'fraction.padEnd(6, "00")', 'fraction.padEnd(7, "0")'),
        ("rules.ts", _READ, _READ.replace("(item) => read(item)", "read"), "return array.map((item) => read(item));"),
        ("rules.ts", "value < 0 ?", "value <= 0 ?", "value < 1 ?"),
        ("rules.ts", "whole === undefined || shift < 0", "!whole || shift < 0", "whole === undefined || shift <= 0"),
        ("support.ts", 'if (day <= "28")', 'if (day < "29")', 'if (day < "28")'),
        ("support.ts", "year % 100 !== 0", "year % 25 !== 0", "year % 20 !== 0"),
        ("support.ts", "unit >= 0xdc00", "unit > 0xdbff", "unit > 0xdc00"),
        ("support.ts", 'padStart(6, "0")).join', 'padStart(7, "0")).join', 'padStart(5, "0")).join'),
        ("support.ts", "text.length % 4 !== 0", "(text.length & 3) !== 0", "text.length % 2 !== 0"),
        ("support.ts", "if (length > max)", "if (max < length)", "if (length >= max)"),
        ("support.ts", "keys.slice(1).every(", "keys.slice(1, keys.length).every(", "keys.slice(1, 2).every("),
        ("support.ts", _ITEMS, _ITEMS.replace("depth + 1", "1 + depth"), _ITEMS.replace("depth + 1", "depth")),
        ("support.ts", "isObject(value) &&", "isObject(value) && true &&", "true &&"),
        ("support.ts", "BigInt(text)", "BigInt(`${text}`)", "(text)"),
        ("support.ts", "if (refuses(verdict))", "if (refuses(verdict) && true)", "if (false)"),
        ("support.ts", "86400n * 10n ** 15n", "864n * 10n ** 17n", "86401n * 10n ** 15n"),
        ("support.ts", "BigInt(wholeSeconds(text)) * 1000n +", "1000n * BigInt(wholeSeconds(text)) +", '"" +'),
    ],
)
def test_modules_that_do_the_same(validators: zod.Validators, path: str, old: str, same: str, other: str) -> None:
    """Another way to say the same is proved to be that, and what differs for a few values is not."""
    assert _is_same(validators, path, old, same)
    assert not _is_same(validators, path, old, other)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ('"{name} {reason}", context', '"{name}: {reason}", context', True),
        ('raise PydanticCustomError("extra_forbidden", "Extra inputs are not permitted")', "return name", False),
        ("min_length=self.min_length or 0,", "min_length=self.min_length,", True),
        ("min_length=self.min_length or 0,", "min_length=0,", False),
        ("            max_length=self.max_length,\n", "", False),
        ("*map(_text, self.others)]", "*map(_text, self.others[:0])]", False),
        ("=True, allow_inf_nan=False, **self.bounds", "=True, **self.bounds", False),
        ("(0.0).__add__", "(1.0).__add__", False),
        ("Context(prec=15)", "Context(prec=14)", False),
        ('custom_error_type="integer"', 'custom_error_type="whole"', True),
        ('f".{self.scale}f"', 'f".{max(0, self.scale - 1)}f"', False),
        ("return str(value)", "return str(value).upper()", False),
        ("    holds_nul = False", "    holds_nul = True", True),
        ("    holds_nul = True", "    holds_nul = False", False),
        ('    del schema["default"]', "    pass", True),
        ("        exclude_if=_is_none,\n", "", False),
        ('{"extra_fields_behavior": "allow"}', '{"extra_fields_behavior": "forbid"}', False),
        ("        if cls.REFUSED:", "        if not cls.REFUSED:", True),
        ("        if name in cls.REFUSED:", "        if name not in cls.REFUSED:", False),
        ('ConfigDict(extra="ignore")', "ConfigDict()", True),
        ('ConfigDict(extra="ignore")', 'ConfigDict(extra="forbid")', False),
    ],
)
def test_schemas_that_read_json_alike(schemas: Schemas, old: str, new: str, same: bool) -> None:
    """Classes are the same where only words, documents or Python values differ, and not where a JSON text does."""
    assert _is_same(schemas, "_wire.py", old, new) is same


_PATTERNS = (
    "a",
    "^a",
    "a$",
    "^a$",
    "^[ab]+$",
    "^[^a]+$",
    "^.$",
    r"^\S*$",
    "^(a|b)*$",
    "^(a|.)$",
    "^a$|^b$",
    "^(a|b$)b$",
)
_PATTERNS_OF_NUL = (r"^[\x00-a]$", r"^\x00?a$", r"^(a[\x00a])?$", "^a|b$", "^$", "^a{2,3}$", r"^[a\W]$")


@pytest.mark.parametrize("pattern", [*_PATTERNS, *_PATTERNS_OF_NUL])
def test_patterns_that_leave_no_nul(pattern: str) -> None:
    """A pattern that is said to leave no U+0000 is found in no text of a few signs that holds it."""
    texts = ("".join(signs) for size in range(5) for signs in product("ab\0", repeat=size))
    holding = any("\0" in text and re.search(pattern, text) for text in texts)
    said = same_schemas.leaves_no_nul({"type": "str", "pattern": pattern})
    assert not (said and holding)
    assert said or holding or pattern not in ("^a$", "^[ab]+$", "^(a|b)*$", "^a{2,3}$")


PYTHON = """
A = 1
def first(): return second() + A
def second(): return 2
def third(): return 3
class Holder:
    def call(self): return third()
B, D = 1, 2
"""
TYPESCRIPT = """
const A = 1;
export function first(): number { return second() + A; }
function second() { return 2; }
export const third = () => 3;
type Holder = typeof third;
"""


@pytest.mark.parametrize(
    ("names", "python", "typescript"),
    [
        (["first"], {"first", "second", "A"}, {"first", "second", "A"}),
        (["second"], {"second"}, {"second"}),
        (["Holder"], {"Holder", "third"}, {"Holder", "third"}),
        (["B"], {"B", "D"}, {"B"}),
    ],
)
def test_what_is_reached(names: list[str], python: set[str], typescript: set[str]) -> None:
    """What a declaration speaks of is reached with it, and nothing else; what is run in any case always is."""
    assert reaching.of_python(PYTHON, names) == python
    assert reaching.of_typescript(TYPESCRIPT, names) == typescript
    assert "third" in reaching.of_python(f"{PYTHON}\nprint(third())\n", names)
