"""Reference rows as facts: which to read, and what one is called.

The path of a row is its table and a JSON object of its key; its one attribute is a JSON object of its declared
columns: {"code": "DE"} and {"name": "Germany", "area": null}.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from isotype.catalog.facts import Facts
from isotype.domain.values import frozen


@frozen
class RowsOf:
    """The rows of a table to read: their key columns, their other columns, and which keys; None for all rows."""

    schema: str
    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    keys: tuple[tuple[str | None, ...], ...] | None = None


def declared_rows(expected: Facts) -> tuple[RowsOf, ...]:
    """What to read of a live database: the rows that the expected facts have, and of them the columns they have."""
    found: dict[tuple[str, ...], list[tuple[str | None, ...]]] = {}
    for (schema, table, key), (values,) in expected.of("row").items():
        named, other = json.loads(key), json.loads(str(values))
        found.setdefault((schema, table, *_shape(named, other)), []).append(tuple(named.values()))
    return tuple(
        RowsOf(schema, table, tuple(json.loads(key)), tuple(json.loads(columns)), tuple(keys))
        for (schema, table, key, columns), keys in found.items()
    )


def _shape(key: Mapping[str, str], values: Mapping[str, str]) -> tuple[str, str]:
    return json.dumps(list(key)), json.dumps(list(values))
