"""What the schema says of a value, held against the pages that say it, and against the rules as they are emitted."""

from __future__ import annotations

import random
from typing import Any

import pytest

from isotype.domain.types import Array, EnumType, Map, ObjectType, Opaque, Scalar, Type
from isotype.probes import Meaning
from isotype.probes.logic import UNKNOWN, Mark, evaluate, of_kind
from isotype.probes.meaning import CONSTRAINTS
from isotype.probes.values import NotJson, in_ascii, read, write
from isotype.shapes import Shapes
from tests.probes.domains import bindings
from tests.rules import witnesses
from tests.rules.fields import TYPES, rows, wire
from tests.rules.reading import random_rules
from tests.schemas_layer.wire_forms import examples, heading_type

NOTHING = Shapes("", "", "", "", (), (), (), {})


def test_every_documented_form() -> None:
    """Each example of docs/wire-forms.md is taken with its canonical form, or refused, as the page says."""
    meaning = Meaning(NOTHING)
    found = 0
    for example in examples():
        judged = meaning.text(heading_type(example.heading), False, example.text)
        assert (not judged.refusals) is (example.canonical is not None), (example, judged)
        if example.canonical is not None:
            found += 1
            assert judged.value == read(example.canonical), (example, judged)
    assert found > 100


def of(value: Any) -> Any:
    """How a mark of the emitted rules is called here."""
    return UNKNOWN if value is witnesses.support().UNKNOWN else value


def test_rules_are_judged_as_emitted() -> None:
    """Random rules over random rows, some of their values not known, have the verdict of the emitted Python."""
    source = random.Random(5)
    rules = random_rules(40, 300)
    unknown = witnesses.support().UNKNOWN
    sample = [
        {name: unknown if source.random() < 0.15 else value for name, value in row.items()} for row in rows(9, 20)
    ]
    letters = {True: "T", False: "F", None: "N", Mark.UNKNOWN: "?", Mark.OVERFLOW: "E"}
    seen = set()
    for rule, expected in zip(rules, witnesses.by_python(rules, sample), strict=True):
        for row, letter in zip(sample, expected, strict=True):

            def read_field(name: str, row: dict[str, Any] = row) -> Any:
                value = of(row[name])
                return value if value is UNKNOWN else of_kind(TYPES[name], wire(TYPES[name], value))

            assert letters[evaluate(rule, read_field)] == letter, (rule, row)
            seen.add(letter)
    assert seen == set("TFNE?")


INT = Scalar("int", minimum=1, maximum=5)
PRICE = Scalar("decimal", precision=4, scale=2, maximum=20)
RATE = Scalar("decimal", precision=4, scale=2, number=True)
NAME = Scalar("string", length=3, min_length=2)


@pytest.mark.parametrize(
    ("kind", "text", "constraints"),
    [
        (INT, "0", ["range"]),
        (INT, "1.5", ["type"]),
        (INT, "1e400", ["number"]),
        (INT, "null", ["null"]),
        (INT, "[1", ["type"]),
        (PRICE, '"20.001"', ["digits"]),
        (PRICE, '"100"', ["size"]),
        (PRICE, '"20.01"', ["range"]),
        (RATE, "1.005", ["digits"]),
        (RATE, "123", ["size"]),
        (NAME, '"a"', ["length"]),
        (NAME, '"abcd"', ["length"]),
        (NAME, '"abc "', ["padding"]),
        (NAME, '"a\\u0000"', ["text"]),
        (NAME, '"a\\ud800"', ["surrogate"]),
        (Scalar("timestamp"), '"9999-12-31T23:59:59-00:01"', ["range"]),
        (Scalar("timestamp"), '"2024-01-01"', ["form"]),
        (Scalar("duration"), '"P999999999DT24H"', ["range"]),
        (Array(INT, min_items=1), "[]", ["items"]),
        (Array(INT, unique_items=True, sorted=True), "[3,1,3]", ["unique_items", "sorted"]),
        (Array(INT), "[0,9]", ["range", "range"]),
        (Map(INT, max_items=1), '{"a":1,"b":2}', ["keys"]),
        (Scalar("json"), '{"\\u0000":1}', ["text"]),
        (Scalar("json"), f"{'[' * 65}{']' * 65}", ["depth"]),
    ],
)
def test_every_reason_is_named(kind: Type, text: str, constraints: list[str]) -> None:
    """All that is wrong with a value is named, each by the word of its constraint."""
    refusals = Meaning(NOTHING).text(kind, False, text).refusals
    assert [refusal.constraint for refusal in refusals] == constraints
    assert set(constraints) <= set(CONSTRAINTS)


def test_records() -> None:
    """Presence, unknown and read-only properties, defaults and rules of a record are judged where they stand."""
    shapes = bindings().shapes
    meaning = Meaning(shapes)

    def judged(text: str) -> Any:
        return meaning.whole(shapes.shape("LoanRequest"), text)

    taken = judged('{"isbn":"1234567890"}')
    assert (taken.value, taken.refusals) == ({"isbn": "1234567890", "days": 14, "grade": "b"}, ())
    assert [(it.path, it.constraint) for it in judged('{"days":0,"x":1}').refusals] == [
        (("isbn",), "required"),
        (("days",), "range"),
        (("x",), "unknown"),
    ]
    assert [it.constraint for it in judged('{"isbn":"1234567890","days":31}').refusals] == ["rule:long_loans_are_good"]
    assert not judged('{"isbn":"1234567890","days":31,"grade":null}').refusals
    update = meaning.whole(shapes.shape("AuthorUpdate"), '{"slug":"a","id":1}')
    assert [it.constraint for it in update.refusals] == ["read_only", "read_only"]


def test_json_is_read_by_the_letter() -> None:
    """Only what RFC 8259 calls JSON is read, and what is written is read back."""
    for text in ("NaN", "[1,]", "'a'", "01", "+1", "{a:1}", "", "1 2"):
        with pytest.raises(NotJson):
            read(text)
    assert read("1.0") == 1 and isinstance(read("1.0"), int) and read("-0.0") == 0
    value = {"a": [1, None, "é🦉\ud800", True], "b": {}}
    assert read(write(value)) == value
    assert in_ascii('{"é":"🦉"}') == '{"\\u00e9":"\\ud83e\\udd89"}'


def test_kinds_of_type() -> None:
    """A value of another JSON type is refused by every type that is not free JSON."""
    shapes = bindings().shapes
    meaning = Meaning(shapes)
    enum = next(prop.type for prop in shapes.shape("LoanRequest").properties if isinstance(prop.type, EnumType))
    kinds: list[Type] = [NAME, INT, PRICE, Array(INT), Map(INT), enum, ObjectType("Address"), Opaque("tsvector")]
    for kind in (*kinds, Scalar("bool"), Scalar("uuid"), Scalar("float")):
        refused = [
            text for text in ("true", "1", '"x y"', "[[]]", '{"a":[]}') if meaning.text(kind, True, text).refusals
        ]
        assert len(refused) >= 3, (kind, refused)
