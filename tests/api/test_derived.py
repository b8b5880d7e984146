"""What is derived from the schema, asked over HTTP, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa

from tests.api.conftest import Running

GZIP = "7da3c0dd-4057-5f94-b901-7421432418d3"
ALGORITHMS = "/api/v1/algorithms/"


def algorithm(name: str, **changed: object) -> dict[str, Any]:
    """A body that makes an algorithm."""
    ratings = {"speed": "fast", "compression": "good", "memoryUsage": "low", "compatibility": "wide"}
    body = {"name": name, "category": "traditional", "description": "Made for a test", "compressionLevels": [1, 9]}
    return {**body, "characteristics": ratings, **changed}


def refused(answer: httpx.Response, status: int, code: str, *paths: str) -> None:
    """The answer is the one envelope, with this status, code and these places."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"code", "message", "details"} and body["code"] == code and body["message"]
    assert all(set(detail) == {"path", "message", "code"} for detail in body["details"])
    assert [detail["path"] for detail in body["details"]] == list(paths), body


# Create, get, update, delete


def test_a_row_is_made_found_changed_and_removed(platform: Running) -> None:
    """Each answers with the row as it then is; afterwards there is none."""
    made = platform.http.post(ALGORITHMS, json=algorithm("made_by_test"))
    assert made.status_code == 201
    path = ALGORITHMS + made.json()["id"]
    assert made.json()["isEnabled"] is True and made.json()["createdBy"] is None
    assert platform.http.get(path).json() == made.json()
    assert platform.http.get(f"{ALGORITHMS}by-name/made_by_test").json() == made.json()
    changed = platform.http.patch(path, json={"version": "2.0", "characteristics": {"speed": "slow"}})
    assert changed.status_code == 200
    assert changed.json()["characteristics"] == {**made.json()["characteristics"], "speed": "slow"}
    assert changed.json()["updatedAt"] > made.json()["updatedAt"]
    assert platform.http.get(path).json() == changed.json()
    removed = platform.http.delete(path)
    assert (removed.status_code, removed.content) == (204, b"")
    refused(platform.http.get(path), 404, "not_found")
    refused(platform.http.delete(path), 404, "not_found")
    refused(platform.http.patch(path, json={}), 404, "not_found")


def test_absent_is_unchanged_and_null_is_null(platform: Running) -> None:
    """An update without a property leaves it, one with null empties it."""
    made = platform.http.post(ALGORITHMS, json=algorithm("absent", version="1", license="MIT")).json()
    changed = platform.http.patch(ALGORITHMS + made["id"], json={"version": None}).json()
    assert (changed["version"], changed["license"]) == (None, "MIT")
    refused(platform.http.patch(ALGORITHMS + made["id"], json={"category": None}), 422, "unprocessable", "category")


def test_what_is_taken_is_a_conflict(platform: Running) -> None:
    """A second row with a unique value is refused, and says nothing of the database."""
    answer = platform.http.post(ALGORITHMS, json=algorithm("gzip"))
    refused(answer, 409, "conflict", "name")
    assert not any(word in answer.text.lower() for word in ("insert", "constraint", "compression_algorithms"))


def test_what_is_referred_to_stays(platform: Running) -> None:
    """A row that others refer to is not removed."""
    requests = platform.package.module("models.compression_request")
    content = {"content_hash": "0" * 64, "content_size_bytes": 1, "compression_level": 1}
    platform.add(requests.CompressionRequest(algorithm_id=UUID(GZIP), **content))
    refused(platform.http.delete(ALGORITHMS + GZIP), 409, "conflict")
    assert platform.http.get(ALGORITHMS + GZIP).status_code == 200


def test_what_a_body_may_not_hold_is_refused(platform: Running) -> None:
    """Read-only and unknown properties, and each wrong value, at its place on the wire."""
    body = algorithm("Bad Name", id=GZIP, compressionLevels=[2, 1], unknown=1)
    body["characteristics"] |= {"speed": "light"}
    places = ("name", "compressionLevels", "characteristics.speed", "id", "unknown")
    refused(platform.http.post(ALGORITHMS, json=body), 422, "unprocessable", *places)
    refused(platform.http.patch(ALGORITHMS + GZIP, json={"name": "other"}), 422, "unprocessable", "name")


# Lists


def test_a_list_has_its_order(platform: Running) -> None:
    """Strategies by name; sessions the newest first."""
    names = [row["name"] for row in platform.http.get("/api/optimization/strategies").json()]
    assert names == sorted(names) and len(names) >= 3
    for name in "abc":
        assert platform.http.post("/api/optimization/sessions", json={"name": name}).status_code == 201
    made = [row["createdAt"] for row in platform.http.get("/api/optimization/sessions").json()]
    assert made == sorted(made, reverse=True)


def test_a_page_is_filtered_counted_and_cut(platform: Running) -> None:
    """A page holds what was asked for, and says how many there are."""
    model = platform.package.module("models.compression_request").CompressionRequest
    status = platform.package.module("schemas.enums").RequestStatus
    now = datetime.now(UTC)
    content = {"content_hash": "1" * 64, "content_size_bytes": 1, "compression_level": 3}
    rows = [
        model(algorithm_id=UUID(GZIP), created_at=now - timedelta(days=number), **content) for number in range(1, 6)
    ]
    platform.add(*rows)
    for row in rows[::2]:
        row.status, row.error_message = status.FAILED, "It failed"
    platform.add(*rows)
    path = "/api/v1/compression/requests"
    whole = platform.http.get(path, params={"limit": 100}).json()
    assert whole["total"] == len(whole["items"]) and (whole["page"], whole["pageSize"]) == (1, 100)
    made = [item["createdAt"] for item in whole["items"]]
    assert made == sorted(made, reverse=True)
    pages = [platform.http.get(path, params={"limit": 2, "page": page}).json()["items"] for page in (1, 2, 3)]
    assert [item for page in pages for item in page] == whole["items"][:6]
    failed = platform.http.get(path, params={"status": "failed"}).json()
    assert failed["total"] == 3 and {item["status"] for item in failed["items"]} == {"failed"}
    last = platform.http.get(path, params={"page": 2**31 - 1, "limit": 100}).json()
    assert last["items"] == [] and last["total"] == whole["total"]


def test_a_list_below_another_row_needs_that_row(validation: Running) -> None:
    """The results of a session that is not there are none of its results."""
    refused(validation.http.get("/api/v1/sessions/2147483647/results"), 404, "not_found")
    session = new_session(validation)
    assert validation.http.get(f"/api/v1/sessions/{session['id']}/results").json() == []
    first, second = (new_result(validation, session["id"]) for _ in range(2))
    assert validation.http.get(f"/api/v1/sessions/{session['id']}/results").json() == [first, second]


# References, states, rules


def new_session(running: Running) -> dict[str, Any]:
    body = {
        "request_id": str(uuid4()),
        "validation_scope": "FULL_SYSTEM",
        "source_technology": "PYTHON_FLASK",
        "target_technology": "JAVA_SPRING",
        "source_input_type": "CODE_FILES",
        "target_input_type": "HYBRID",
    }
    answer = running.http.post("/api/v1/sessions", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def new_result(running: Running, session: int) -> Any:
    return running.http.post("/api/v1/results", json=result(session)).json()


def result(session: int) -> dict[str, Any]:
    return {"session_id": session, "overall_status": "approved", "fidelity_score": 0.5, "summary": "Fine"}


def test_a_reference_to_nothing_is_not_found(validation: Running) -> None:
    """What a new row refers to must be there; the operation says 404 for that."""
    refused(validation.http.post("/api/v1/results", json=result(2147483647)), 404, "not_found")


def test_related_rows_are_shown(validation: Running) -> None:
    """One session with everything it found, by either of its keys."""
    session = new_session(validation)
    made = new_result(validation, session["id"])
    found = validation.http.get(f"/api/v1/sessions/{session['id']}").json()
    assert found["results"] == [made]
    assert validation.http.get(f"/api/v1/sessions/by-request-id/{session['request_id']}").json() == found


def test_a_move_that_is_not_allowed_is_a_conflict(validation: Running) -> None:
    """The row stays as it was."""
    path = f"/api/v1/sessions/{new_session(validation)['id']}"
    before = validation.http.get(path).json()
    refused(validation.http.patch(path, json={"status": "completed"}), 409, "conflict", "")
    assert validation.http.get(path).json() == before


# The small schema, with synchronous sessions


def new_maker(shop: Running) -> int:
    answer = shop.http.post("/makers", json={"name": uuid4().hex})
    assert answer.status_code == 201, answer.text
    made: int = answer.json()["id"]
    return made


def new_item(shop: Running, maker: int, title: str, **more: object) -> dict[str, Any]:
    answer = shop.http.post("/items", json={"makerId": maker, "title": title, "price": "9.5", **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_result_of_a_create_shows_related_rows(shop: Running) -> None:
    """The maker is read after the item is stored; a decimal has its canonical form."""
    maker = new_maker(shop)
    item = new_item(shop, maker, "First")
    assert item["price"] == "9.50" and item["maker"]["id"] == maker
    assert shop.http.get(f"/items/{item['id']}").json() == item


def test_a_result_of_an_update_shows_related_rows(shop: Running) -> None:
    """Those that the row refers to now, not those that it referred to before."""
    item, other = new_item(shop, new_maker(shop), "Moved"), new_maker(shop)
    changed = shop.http.patch(f"/details/{item['id']}", json={"makerId": other})
    assert changed.status_code == 200 and changed.json()["maker"]["id"] == other


def test_access_is_kept(shop: Running) -> None:
    """What is written only is never shown, what is written once is not written again."""
    item = new_item(shop, new_maker(shop), "Kept", pin="1234", code="c")
    path = f"/items/{item['id']}"
    changed = shop.http.patch(path, json={"pin": "4321", "stars": 4.5})
    assert changed.status_code == 200 and not {"pin", "secret"} & set(changed.json())
    assert (changed.json()["stars"], changed.json()["code"]) == (4.5, "c")
    refused(shop.http.patch(path, json={"code": "d"}), 422, "unprocessable", "code")
    refused(shop.http.patch(path, json={"secret": "d"}), 422, "unprocessable", "secret")


def test_the_merged_row_is_judged(shop: Running) -> None:
    """An update that is fine by itself is refused when the row would break a rule, and nothing is stored."""
    item = new_item(shop, new_maker(shop), "Merged", stock=5, reserved=5)
    path = f"/items/{item['id']}"
    answer = shop.http.patch(path, json={"stock": 4})
    refused(answer, 422, "unprocessable", "")
    assert answer.json()["details"][0]["message"] == "No more is reserved than there is."
    assert shop.http.patch(path, json={"stock": 4, "reserved": 4}).json()["stock"] == 4


def test_references_and_uniques_of_updates(shop: Running) -> None:
    """Both are conflicts, where the operation declares that."""
    maker = new_maker(shop)
    new_item(shop, maker, "One")
    path = f"/items/{new_item(shop, maker, 'Two')['id']}"
    refused(shop.http.patch(path, json={"title": "One"}), 409, "conflict", "makerId", "title")
    refused(shop.http.patch(path, json={"makerId": 2**31 - 1}), 409, "conflict")
    refused(shop.http.post("/items", json={"makerId": 2**31 - 1, "title": "x", "price": "1"}), 404, "not_found")


def test_null_comes_last_in_any_order(shop: Running) -> None:
    """The newest first, those without a day at the end, equal ones by title, on either database."""
    maker = new_maker(shop)
    days = {"b": "2024-01-01", "a": "2024-01-01", "c": None, "d": "2025-01-01"}
    for title, day in days.items():
        new_item(shop, maker, title, released=day)
    page = shop.http.get("/items", params={"maker_id": maker, "size": 3}).json()
    assert [item["title"] for item in page["items"]] == ["d", "a", "b"]
    assert {name: page[name] for name in page if name != "items"} == {
        "total": 4,
        "page": 1,
        "pageSize": 3,
        "totalPages": 2,
    }
    assert [item["title"] for item in shop.http.get(f"/makers/{maker}/items").json()] == ["a", "b", "c", "d"]
    refused(shop.http.delete(f"/makers/{maker}"), 409, "conflict")


def test_keys_of_several_fields(shop: Running) -> None:
    """A path names all of them; a state moves as it may."""
    order = shop.package.module("models.order").Order
    shop.add(order(shop="north", number=7))
    assert shop.http.get("/orders/north/7").json()["state"] == "open"
    refused(shop.http.get("/orders/north/8"), 404, "not_found")
    assert shop.http.patch("/orders/north/7", json={"state": "paid"}).json()["state"] == "paid"
    refused(shop.http.patch("/orders/north/7", json={"state": "open"}), 409, "conflict", "")
    with shop.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT state FROM orders WHERE shop = 'north'")).scalar() == "paid"


def test_what_the_database_alone_refuses(shop: Running) -> None:
    """A move that no model saw is a conflict too, whichever database tells of it."""
    order = shop.package.module("models.order").Order
    shop.add(order(shop="south", number=1))
    assert shop.http.patch("/orders/south/1", json={"state": "paid"}).status_code == 200
    body = {"shop": "south", "number": 1, "state": "open"}
    refused(shop.http.post("/orders", json=body), 409, "conflict")
    assert shop.http.get("/orders/south/1").json()["state"] == "paid"


def test_a_computed_value_that_is_none_is_refused(shop: Running) -> None:
    """What is beyond its type the body shows; what is divided by zero the database alone, on either one."""
    shop.add(shop.package.module("models.order").Order(shop="west", number=1, boxes=3))
    answer = shop.http.patch("/orders/west/1", json={"boxes": 6000})
    refused(answer, 422, "unprocessable", "")
    assert answer.json()["details"][0]["message"] == "The computed bottles would be out of range."
    refused(shop.http.patch("/orders/west/1", json={"boxes": 0}), 422, "unprocessable")
    found = shop.http.get("/orders/west/1").json()
    assert (found["boxes"], found["each"], found["bottles"]) == (3, 4, 18)


def test_a_name_goes_before_a_parameter(shop: Running) -> None:
    """`/items/newest` is no item, though `/items/{item_id}` stands first in the schema."""
    assert shop.http.get("/items/newest").status_code == 500


@pytest.mark.parametrize("path", ["/makers/1.5", "/makers/x", "/makers/01", "/makers/2147483648", "/items/1"])
def test_keys_are_judged(shop: Running, path: str) -> None:
    """A key that no row could have is no key."""
    refused(shop.http.get(path), 422, "unprocessable", "item_id" if "items" in path else "maker_id")
