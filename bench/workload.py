"""A schema of any size: entities of fifteen fields, as real ones have them."""

from __future__ import annotations

_HEAD = """isotype: 1
domain: bench
description: A workload of {count} entities
types:
  Slug: {{base: string(100), pattern: '^[a-z0-9_]+$', description: Lower-case identifier}}
  Percent: {{base: 'decimal(5,2)', min: 0, max: 100}}
enums:
  Grade: [poor, fair, good, very_good, excellent]
  State: [pending, active, done, failed]
entities:
"""

_ENTITY = """  Thing{number}:
    description: The {number}th kind of thing, stored and exchanged
    fields:
      id: {{type: uuid, key: true, default: uuid}}
      slug: {{type: Slug, unique: true, description: Names the thing in addresses}}
      title: {{type: string(200), min_length: 1, description: What a person reads}}
      notes: text?
      grade: {{type: Grade, default: fair}}
      state: {{type: State, default: pending}}
      share: {{type: Percent?, description: Part of the whole}}
      price: {{type: 'decimal(12,2)', min: 0, default: 0}}
      count: {{type: int, min: 0, max: 100000, default: 0}}
      size_bytes: {{type: bigint, min: 0, default: 0}}
      tags: {{type: 'string(30)[]', default: [], unique_items: true}}
      details: {{type: json?, description: Whatever else is known}}
      parent: {{ref: {parent}, on_delete: {action}, back: children_{number}}}
      started_at: {{type: timestamp?, description: When work began}}
      created_at: {{type: timestamp, default: now, access: read}}
    indexes:
      idx_thing{number}_parent: [parent]
      idx_thing{number}_state: {{on: [state, created_at desc], where: state <> 'done'}}
    rules:
      chk_thing{number}_started: {{that: "state = 'pending' OR started_at IS NOT NULL", message: Work has a start.}}
"""


def schema(count: int) -> str:
    """The YAML of `count` entities; each refers to the one before it."""
    parts = [_HEAD.format(count=count)]
    for number in range(count):
        parent = f"Thing{number - 1}" if number else "Thing0?"
        action = "restrict" if number else "set null"
        parts.append(_ENTITY.format(number=number, parent=parent, action=action))
    return "".join(parts)
