"""Random damage to a schema: nodes of its YAML replaced, removed, doubled or moved."""

from __future__ import annotations

import random
from typing import Any

import yaml

STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**70,
    1.5,
    float("nan"),
    float("inf"),
    "",
    " ",
    "now",
    "none",
    "?",
    "[]",
    "x?[]?",
    "map(map(",
    "decimal(0,9)",
    "string(99999999999)",
    "sql(a); DROP TABLE x",
    "__proto__",
    "constructor",
    "Straße",
    "имя",
    "\0",
    "\u202e",
    "a" * 300,
    "*/ --> ${x}",
    "a = 'b' AND (",
    "((((((((",
    "^[a-",
    [],
    [[]],
    [None],
    ["a", "a"],
    {},
    {"sql": 1},
    {"literal": None},
    {"a": {"b": {"c": []}}},
    {1: 2},
    {None: None},
)


def damaged(text: str, seed: int) -> str:
    """The schema with one to four random wounds, as YAML."""
    chance = random.Random(seed)
    data = yaml.load(text, Loader=yaml.CSafeLoader)
    for _ in range(chance.randint(1, 4)):
        spots = list(_spots(data))
        holder, key = chance.choice(spots)
        other_holder, other_key = chance.choice(spots)
        match chance.randrange(5):
            case 0:
                holder[key] = chance.choice(STRANGE)
            case 1:
                del holder[key]
            case 2:
                holder[key] = other_holder[other_key]
            case 3 if isinstance(holder, dict):
                holder[chance.choice([*filter(_is_text, STRANGE), *(spot[1] for spot in spots)])] = holder[key]
            case _:
                holder[key] = [holder[key]] if chance.random() < 0.5 else {"type": holder[key]}
        data = _copied(data)
    return yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


class _Plain(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _spots(data: Any) -> Any:
    keys = list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for key in keys:
        yield data, key
        yield from _spots(data[key])


def _copied(data: Any, depth: int = 0) -> Any:
    if depth > 20:
        return None
    if isinstance(data, dict):
        return {key: _copied(value, depth + 1) for key, value in data.items()}
    return [_copied(item, depth + 1) for item in data] if isinstance(data, list) else data
