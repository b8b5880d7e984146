"""Each lint rule points at what it is for, and at nothing else."""

from __future__ import annotations

import pytest

from isotype.language import load
from isotype.lint import RULES, lint

HEAD = """
isotype: 1
domain: shop
enums:
  Size: [small, large]
"""

CLEAN = """
entities:
  Shelf:
    description: Where goods stand
    fields:
      id: {type: uuid, key: true, default: uuid}
      code: {type: string(10), pattern: '^[a-z]+$', unique: true}
  Good:
    description: What is sold
    fields:
      id: {type: uuid, key: true, default: uuid}
      shelf: {ref: Shelf, on_delete: restrict}
      price: {type: 'decimal(8,2)', min: 0}
      size: Size
      is_sold: {type: bool, default: false}
      seen_at: timestamp?
    indexes:
      idx_goods_shelf: [shelf]
      idx_goods_size: [size, id]
"""

WRONG = {
    "missing-description": ("    description: What is sold\n", ""),
    "missing-key": (
        "id: {type: uuid, key: true, default: uuid}\n      shelf",
        "id: {type: uuid, default: uuid}\n      shelf",
    ),
    "nullable-boolean": ("{type: bool, default: false}", "bool?"),
    "integer-money": ("{type: 'decimal(8,2)', min: 0}", "{type: int, min: 0}"),
    "local-timestamp": ("timestamp?", "local_timestamp?"),
    "enum-case": ("[small, large]", "{values: {small: Small, large: Large, Small: {member: CAPITAL}}}"),
    "unindexed-reference": ("      idx_goods_shelf: [shelf]\n", ""),
    "redundant-index": (
        "      idx_goods_shelf: [shelf]\n",
        "      idx_goods_shelf: [shelf]\n      idx_goods_only_size: [size]\n",
    ),
    "long-name": ("price: {type: 'decimal(8,2)', min: 0}", f"{'price' * 12}: {{type: string(9), pattern: '^a$'}}"),
    "reserved-name": ("is_sold", "metadata"),
    "unanchored-pattern": ("'^[a-z]+$'", "'[a-z]+'"),
    "slow-pattern": ("'^[a-z]+$'", "'^([a-z]+)+$'"),
    "undescribed-json": ("timestamp?", "json?"),
}


def found(text: str) -> list[str]:
    loaded = load({"shop.yaml": text})
    assert loaded.domain is not None, [str(finding) for finding in loaded.findings]
    return [finding.code for finding in lint(loaded.domain)]


def test_a_careful_schema_is_left_alone() -> None:
    """No rule speaks about a schema that follows all of them."""
    assert found(HEAD + CLEAN) == []


@pytest.mark.parametrize("rule", [rule.identifier for rule in RULES])
def test_each_rule_finds_its_own_fault_alone(rule: str) -> None:
    """One fault is found by the rule that is for it and by no other."""
    before, after = WRONG[rule]
    text = HEAD + CLEAN
    assert before in text
    assert set(found(text.replace(before, after, 1))) == {rule}


def test_a_waiver_with_a_reason_silences_one_rule_in_one_place() -> None:
    """`waive` on a field takes the finding away; a waiver of another rule does not."""
    waived = "{type: bool?, waive: {%s: Unknown is a state of its own}}"
    text = HEAD + CLEAN
    assert found(text.replace("{type: bool, default: false}", waived % "nullable-boolean")) == []
    assert found(text.replace("{type: bool, default: false}", waived % "enum-case")) == ["nullable-boolean"]


def test_findings_come_in_the_order_of_lines_with_a_place() -> None:
    """Every finding names its file, line and column."""
    text = (HEAD + CLEAN).replace("description: What is sold", "").replace("timestamp?", "local_timestamp?")
    loaded = load({"shop.yaml": text})
    assert loaded.domain is not None
    places = [finding.place for finding in lint(loaded.domain)]
    assert places == sorted(places)
    assert all(place.file == "shop.yaml" and place.line > 1 for place in places)
