"""What is said twice in the same characters: each time it stands at its own place, whatever is read only once."""

from __future__ import annotations

import pytest

from isotype.domain.expressions import Literal, walk
from isotype.domain.model import Domain
from isotype.domain.places import Place
from isotype.findings import Finding
from isotype.language import load

HEAD = "isotype: 1\ndomain: twice\nentities:\n"
ENTITY = """\
  {name}:
    fields:
      id: {{type: uuid, key: true, default: uuid}}
      title: {{type: string(20), min_length: 2, default: none}}
      size: {size}
    rules: {{rule_of_{number}: {rule}}}
"""


def twice(*sizes: str, rules: tuple[str, str] = ("size > 1", "size > 1")) -> tuple[Domain | None, tuple[Finding, ...]]:
    """Two entities that may differ in one field and in one rule."""
    entities = [
        ENTITY.format(name=name, size=size, number=number, rule=rule)
        for number, (name, size, rule) in enumerate(zip(("One", "Other"), sizes, rules, strict=True))
    ]
    return load({"twice.yaml": HEAD + "".join(entities)})


def test_equal_fields_have_their_own_places() -> None:
    """Fields in the same words are equal in all but where they stand."""
    domain, _ = twice("int", "int")
    assert domain is not None
    one, other = (entity.field("title") for entity in domain.entities)
    assert (one.type, one.default) == (other.type, other.default)
    assert (one.place, other.place) == (Place("twice.yaml", 7, 7), Place("twice.yaml", 13, 7))


@pytest.mark.parametrize("wrong", ["{type: int, min: many}", "{type: int, min: 5, max: 2}"])
def test_equal_errors_are_reported_at_each_place(wrong: str) -> None:
    """A wrong field is a finding wherever it stands, in the reader and in the meaning alike."""
    _, findings = twice(wrong, wrong)
    assert [finding.place.line for finding in findings] == [8, 14]


def test_one_rule_over_two_types_is_judged_for_each() -> None:
    """A rule in the same words means what the fields of its own entity make of it."""
    _, findings = twice("int", "text")
    assert [finding.place.line for finding in findings] == [15]


def test_equal_bounds_are_spelled_alike() -> None:
    """A bound has the fewest digits, so that types with equal bounds are the same to the last character."""
    domain, _ = twice("{type: 'decimal(5,2)', min: 1.50, max: 2.00}", "{type: 'decimal(5,2)', min: 1.5, max: 2}")
    assert domain is not None
    one, other = (entity.field("size").type for entity in domain.entities)
    assert repr(one) == repr(other)


def test_literals_keep_their_digits() -> None:
    """Rules that are equal in value but not in spelling keep their own spelling."""
    domain, _ = twice("'decimal(5,2)'", "'decimal(5,2)'", rules=("size > 1.5", "size > 1.50"))
    assert domain is not None
    rules = [entity.rules[0].that for entity in domain.entities]
    assert [str(node.value) for rule in rules for node in walk(rule) if isinstance(node, Literal)] == ["1.5", "1.50"]


@pytest.mark.parametrize(("on", "column"), [("[size, nothing]", 34), ("[{expression: size + nothing}]", 48)])
def test_equal_lists_are_reported_at_each_place(on: str, column: int) -> None:
    """Whether a list in the same braces is read once or not, what is wrong in it is a finding wherever it stands."""
    entities = [
        ENTITY.format(name=name, size="int", number=name, rule="size > 1")
        + f"    indexes: {{idx_{name.lower()}: {{on: {on}}}}}\n"
        for name in ("A", "B")
    ]
    _, findings = load({"twice.yaml": HEAD + "".join(entities)})
    assert [finding.place for finding in findings] == [Place("twice.yaml", line, column) for line in (10, 17)]
