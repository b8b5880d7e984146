"""What comes of envelopes and shapes: names, files, directions, statuses."""

from __future__ import annotations

import pytest

from isotype import shapes
from isotype.domain.model import Domain
from isotype.domain.types import Array, ObjectType
from isotype.language import load
from isotype.shapes.model import INPUT, OUTPUT

HEADER = "isotype: 1\ndomain: shop\n"
ITEM = "entities: {Item: {fields: {id: {type: int, key: true}, name: text}}}\n"


def result(domain: Domain, operation: str) -> object:
    """The type an operation answers with."""
    (found,) = (made for made in shapes.project(domain).operations if made.name == operation)
    return found.result.type


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("list_devices", "DeviceListResponse"),
        ("list_places", "DevicePlaceListResponse"),
        ("list_events", "EventListResponse"),
        ("get_device", "DeviceAnswer"),
        ("make_device", "DeviceApiResponse"),
        ("make_devices", "DevicesApiResponse"),
        ("list_kinds", "KindsApiResponse"),
        ("count", "IntApiResponse"),
        ("list_sites", "SiteListResponseApiResponse"),
    ],
)
def test_an_envelope_and_its_content_have_one_name(domain: Domain, operation: str, name: str) -> None:
    """The name of the content comes first, then the ending of the envelope; an object may give another name."""
    assert result(domain, operation) == ObjectType(name)


def test_a_list_shows_the_shape_that_is_named_for_it(domain: Domain) -> None:
    """`list: DeviceSummary` decides what pages and arrays of an entity hold."""
    projected = shapes.project(domain)
    items = projected.shape("DeviceListResponse").properties[0]
    assert items.type == Array(ObjectType("DeviceSummary"))
    assert projected.shape("DevicesApiResponse").properties[1].type == Array(ObjectType("DeviceSummary"))
    assert result(domain, "summaries") == Array(ObjectType("DeviceSummary"))
    assert "DeviceListItem" not in projected.by_name


@pytest.mark.parametrize(
    ("operation", "status"), [("make_device", 201), ("make_summary", 201), ("make_page", 200), ("make_devices", 200)]
)
def test_what_shows_what_was_made_answers_201(domain: Domain, operation: str, status: int) -> None:
    """A post that answers with any shape of the entity it was given, in an envelope or not, has made it."""
    assert {made.name: made.status for made in domain.operations}[operation] == status


def test_a_shape_that_shows_others_has_a_file_of_its_own(domain: Domain) -> None:
    """Using an entity loads no other: what shows other shapes stands apart, with its envelopes and pages."""
    homes = {name: shape.module for name, shape in shapes.project(domain).by_name.items()}
    assert {homes[name] for name in ("DeviceSummary", "DeviceResponse", "DeviceApiResponse")} == {"device"}
    assert {homes[name] for name in ("DeviceDetail", "DeviceAnswer")} == {"device_detail"}
    assert {homes[name] for name in ("DevicePlace", "DevicePlaceListResponse")} == {"device_place"}
    assert homes["EventListResponse"] == "event"
    assert homes["KindsApiResponse"] == "kinds_api_response"


def test_an_object_travels_the_way_of_its_shapes(domain: Domain) -> None:
    """An object that holds bodies is one, and never dropped as an answer would be."""
    projected = shapes.project(domain)
    assert projected.shape("Bulk").direction == INPUT
    assert projected.shape("Board").direction == OUTPUT


def test_pages_may_have_another_ending_alone() -> None:
    """`Page: {ending: …}` leaves the properties of a page as they are."""
    loaded = load({"a.yaml": HEADER + "api: {case: snake}\nenvelopes: {Page: {ending: Hits}}\n" + ITEM})
    assert loaded.domain is not None, loaded.findings
    page = shapes.project(loaded.domain).shape("ItemHits")
    assert [prop.name for prop in page.properties] == ["items", "total", "page", "page_size"]


def test_the_list_of_a_page_may_be_bounded() -> None:
    """A page that says its own properties may say how many items it holds at most."""
    fields = "{fields: {rows: {type: 'T[]', min_items: 1, max_items: 100}, more: bool}}"
    loaded = load({"a.yaml": HEADER + f"envelopes: {{Page: {fields}}}\n" + ITEM})
    assert loaded.domain is not None, loaded.findings
    rows = shapes.project(loaded.domain).shape("ItemList").properties[0]
    assert (rows.name, rows.type) == ("rows", Array(ObjectType("ItemResponse"), min_items=1, max_items=100))


def test_an_object_may_name_the_page_of_an_entity() -> None:
    """An alias takes the place of the name that would follow."""
    loaded = load({"a.yaml": HEADER + "objects: {Catalogue: page(Item)}\n" + ITEM})
    assert loaded.domain is not None, loaded.findings
    found = shapes.project(loaded.domain).by_name
    assert "Catalogue" in found and "ItemList" not in found


def test_an_unused_page_of_an_object_does_not_exist() -> None:
    """Entities have a page in any case, other things where something speaks of one."""
    loaded = load({"a.yaml": HEADER + "objects: {Note: {fields: {a: text}}}\n" + ITEM})
    assert loaded.domain is not None, loaded.findings
    assert set(shapes.project(loaded.domain).by_name) == {
        *(f"Item{ending}" for ending in ("Create", "Update", "Response", "List")),
        "Note",
    }
