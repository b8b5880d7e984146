"""A shape knows where in the schema each of its properties stands, also where shapes share a property."""

from __future__ import annotations

from isotype import shapes
from isotype.language import load
from isotype.shapes.model import Shapes

TEXT = """isotype: 1
domain: shop
mixins:
  Named:
    name: {type: string(50), description: What it is called}
objects:
  Size:
    fields:
      width: {type: int, min: 0}
    client: {area: float}
entities:
  Cup:
    include: [Named]
    fields:
      id: {type: uuid, key: true, default: uuid}
      note: {type: text?, description: Said of it}
      width: {type: int, min: 0}
      height: int
      size: Size
    api:
      nest: {measures: {tall: height}}
      client: {shown: bool}
      add: {sold: int}
      inputs: {secret: text}
  Bowl:
    include: [Named]
    fields:
      id: {type: uuid, key: true, default: uuid}
      note: {type: text?, description: Said of it}
      width: {type: int, min: 1}
"""


def projected() -> Shapes:
    """The shapes of the schema above."""
    loaded = load({"shop.yaml": TEXT})
    assert loaded.domain is not None, loaded.findings
    return shapes.project(loaded.domain)


def test_every_property_stands_where_its_field_does() -> None:
    """Fields, properties of bodies, what is added, what the page computes: the place is the line that names it."""
    lines = TEXT.split("\n")
    seen = set()
    for shape in projected().by_name.values():
        for prop in (*shape.properties, *shape.client):
            if shape.variant == "list":
                continue
            place = shape.place_of(prop)
            seen.add(prop.field or prop.name)
            assert f"{prop.field or prop.name}: " in lines[place.line - 1], (shape.name, prop.name, place)
    assert seen == {"id", "note", "name", "width", "height", "size", "measures", "area", "shown", "sold", "secret"}


def test_fields_in_the_same_words_share_a_property() -> None:
    """What is printed for one property is printed for all; a field that says more or less has its own."""
    found = projected()
    cup = {prop.name: prop for prop in found.shape("CupResponse").properties}
    bowl = {prop.name: prop for prop in found.shape("BowlResponse").properties}
    for name in ("id", "note", "name"):
        assert cup[name] is bowl[name]
    assert found.shape("CupResponse").place_of(cup["note"]) != found.shape("BowlResponse").place_of(bowl["note"])
    assert cup["width"] != bowl["width"]
    assert cup["note"] != {prop.name: prop for prop in found.shape("CupUpdate").properties}["note"]
