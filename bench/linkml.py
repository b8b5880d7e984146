"""The workload as a LinkML schema, as far as LinkML says it."""

from __future__ import annotations

_HEAD = """id: https://example.org/bench
name: bench
prefixes:
  linkml: https://w3id.org/linkml/
imports:
  - linkml:types
default_range: string
enums:
  Grade:
    permissible_values: {poor: {}, fair: {}, good: {}, very_good: {}, excellent: {}}
  State:
    permissible_values: {pending: {}, active: {}, done: {}, failed: {}}
classes:
"""

_CLASS = """  Thing{number}:
    description: The {number}th kind of thing, stored and exchanged
    attributes:
      id: {{range: string, identifier: true}}
      slug: {{range: string, required: true, pattern: '^[a-z0-9_]+$', description: Names the thing in addresses}}
      title: {{range: string, required: true, description: What a person reads}}
      notes: {{range: string}}
      grade: {{range: Grade, required: true}}
      state: {{range: State, required: true}}
      share: {{range: decimal, minimum_value: 0, maximum_value: 100, description: Part of the whole}}
      price: {{range: decimal, minimum_value: 0}}
      count: {{range: integer, minimum_value: 0, maximum_value: 100000}}
      size_bytes: {{range: integer, minimum_value: 0}}
      tags: {{range: string, multivalued: true}}
      details: {{range: string, description: Whatever else is known}}
      parent: {{range: Thing{parent}}}
      started_at: {{range: datetime, description: When work began}}
      created_at: {{range: datetime, required: true}}
"""


def schema(count: int) -> str:
    """The YAML of `count` classes; each refers to the one before it."""
    classes = [_CLASS.format(number=number, parent=max(number - 1, 0)) for number in range(count)]
    return _HEAD + "".join(classes)
