"""Raw SQL is found wherever a schema can hold it."""

from __future__ import annotations

from isotype import tables
from isotype.language import load
from isotype.tables.raw import raw_parts

PLAIN = """\
isotype: 1
domain: shop
entities:
  Item:
    fields:
      id:    {type: uuid, key: true, default: uuid}
      name:  {type: string(20), default: x}
      size:  int
      twice: {type: int, computed: size + size}
    indexes:
      by_name: {on: [name], where: size > 1}
"""

RAW = """\
isotype: 1
domain: shop
sql:
  helpers: {sqlite: SELECT 1}
entities:
  Item:
    fields:
      id:    {type: uuid, key: true, default: uuid}
      name:  {type: string(20), default: {sql: upper('x')}}
      size:  int
      twice: {type: int, computed: {sql: size * 2, sqlite: size * 2}}
    indexes:
      by_name: {on: [name], where: {sql: size > 1}}
      by_key:  {on: [{sql: lower(name)}]}
views:
  Names:
    sql: SELECT name FROM items
    columns: {name: string(20)}
"""


def found(text: str) -> list[str]:
    loaded = load({"shop.yaml": text})
    assert loaded.domain is not None, loaded.findings
    return [f"{place}: {fact}" for fact, place in raw_parts(tables.project(loaded.domain))]


def test_what_is_typed_is_not_raw() -> None:
    """Defaults, computed values and conditions in the language of rules are no raw SQL."""
    assert found(PLAIN) == []


def test_every_part_has_its_place() -> None:
    """Named SQL, views, defaults, computed columns and indexes are each named where they stand."""
    assert found(RAW) == [
        "shop.yaml:4:3: 'helpers' is raw SQL",
        "shop.yaml:16:3: the view 'Names' is raw SQL",
        "shop.yaml:9:7: the default of Item.name is raw SQL",
        "shop.yaml:11:7: Item.twice is computed by raw SQL",
        "shop.yaml:13:7: the index 'by_name' holds raw SQL",
        "shop.yaml:14:7: the index 'by_key' holds raw SQL",
    ]
