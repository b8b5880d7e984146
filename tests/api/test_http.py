"""What the API does with calls that no client of good will makes, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from httpx import Response

from tests.api.conftest import Running
from tests.api.package import complete
from tests.api.test_derived import ALGORITHMS, algorithm, new_maker, refused

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="session")
def strict(run: Callable[..., Running], packages: Callable[[str], Any]) -> Running:
    """The small schema with low limits, and a service that says what it was given."""
    package = packages("shop")
    known, echo = package.module("api.services"), package.module("schemas.echo")

    class Repeating(complete(known.ShopService)):  # type: ignore[misc]
        def echo(self, number: int, stars: Decimal | None, price: Decimal | None, flag: bool, *others: Any) -> Any:
            kinds, numbers, moment, origin, agent = others
            return echo.Echo(
                number=number,
                stars=stars,
                price=price,
                flag=flag,
                kinds=kinds,
                numbers=numbers or [],
                moment=moment,
                agent=agent,
                from_=origin,
                body=None,
            )

        def between(self, low: Decimal | None, high: Decimal | None, day: datetime | None) -> list[str]:
            return [str(low), str(high), str(day)]

        def import_(self, body: list[Decimal]) -> dict[str, int]:
            return {str(price): int(price) for price in body}

        def deleted_(self, body: Any) -> None:
            assert body is None or body.number is not None

        def picture(self) -> bytes:
            return b"\x89PNG"

    limits = package.module("api").Limits(
        body_bytes=10_000, silent_seconds=0.2, client=lambda call: call.headers["host"]
    )
    return run("shop", "sqlite", {"shop": Repeating}, limits=limits)


# Routes, methods, media types


def test_unknown_paths_and_methods(strict: Running) -> None:
    """Nothing there is 404, another method 405 with the methods there are; a slash more is another path."""
    refused(strict.http.get("/nothing"), 404, "not_found")
    refused(strict.http.get("/items/"), 404, "not_found")
    for path, methods in {"/makers": "POST", "/makers/1": "DELETE, GET"}.items():
        answer = strict.http.put(path)
        refused(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == methods


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "application/json; charset=utf-16", "json"])
def test_only_json_is_read(strict: Running, kind: str) -> None:
    """Another content type is refused, whatever is in the body."""
    headers = {"content-type": kind} if kind else {}
    refused(strict.http.post("/makers", content=b'{"name": "x"}', headers=headers), 415, "unsupported_media_type")


def test_json_by_its_other_names(strict: Running) -> None:
    """A charset that is UTF-8, and a type that is JSON in its structure."""
    for kind in ("application/json; charset=UTF-8", "application/merge-patch+json", "APPLICATION/JSON"):
        answer = strict.http.post("/import", content=b'["1.5"]', headers={"content-type": kind})
        assert (answer.status_code, answer.json()) == (202, {"1.5": 1})


# Bodies


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"null",
        b"[]",
        b'"x"',
        b'{"name": "x",}',
        b"{'name': 'x'}",
        b'{"name": NaN}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud83e"}',
        b'{"name": "\\u0000"}',
        b"\xef\xbb\xbf{}",
        b'{"name": "x"} {}',
        b'{"name": "x", "\\ud83e": 1}',
        b"[" * 5000,
        b'{"name": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_such_body_is_refused(strict: Running, body: bytes) -> None:
    """Broken JSON, JSON of another form, and texts that no text may hold are all 422 in the envelope."""
    answer = strict.http.post("/makers", content=body, headers=JSON)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "unprocessable" and answer.json()["details"]


def test_of_a_repeated_key_the_last_counts(strict: Running) -> None:
    """As every parser of JSON here has it."""
    name = f"repeated {new_maker(strict)}"
    body = json.dumps({"name": "y"})[:-1] + f', "name": "{name}"}}'
    assert strict.http.post("/makers", content=body, headers=JSON).json()["name"] == name


def test_a_body_that_may_be_absent(strict: Running) -> None:
    """Nothing and null are the same there."""
    assert strict.http.post("/deleted").status_code == 204
    assert strict.http.post("/deleted", content=b"null", headers=JSON).status_code == 204
    refused(strict.http.post("/deleted", json={}), 422, "unprocessable", "number", "flag", "kinds", "numbers")


def test_a_body_has_a_limit(strict: Running) -> None:
    """A longer one is refused by its announced length, and when it grows beyond the limit on its way."""
    long = b'["' + b"1" * 20_000 + b'"]'
    refused(strict.http.post("/import", content=long, headers=JSON), 413, "content_too_large")

    def parts() -> Iterator[bytes]:
        yield from (b"[" + b" " * 999 for _ in range(100))

    refused(strict.http.post("/import", content=parts(), headers=JSON), 413, "content_too_large")


def test_a_long_list_of_reasons_is_cut(strict: Running) -> None:
    """An answer names a hundred places at most."""
    answer = strict.http.post("/import", json=["x"] * 1000)
    assert answer.status_code == 422 and len(answer.json()["details"]) == 100


def test_a_client_that_falls_silent_is_answered(strict: Running) -> None:
    """The body of a slow client is not waited for, and holds nothing up."""
    with socket.create_connection((strict.http.base_url.host, strict.http.base_url.port or 0), timeout=10) as slow:
        slow.sendall(
            b"POST /makers HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"
        )
        assert strict.http.get("/between").status_code == 200
        assert slow.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_a_client_that_leaves_harms_nobody(strict: Running) -> None:
    """A connection that closes in the middle of a body."""
    for _ in range(3):
        with socket.create_connection((strict.http.base_url.host, strict.http.base_url.port or 0)) as gone:
            gone.sendall(
                b"POST /makers HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"
            )
    assert strict.http.get("/between").status_code == 200


# Parameters


ECHO = {"number": 1, "stars": None, "price": None, "flag": True, "kinds": ["toy"], "numbers": [], "moment": None}


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("stars=4.5", "stars", 4.5),
        ("stars=4e0", "stars", 4),
        ("price=1.5", "price", "1.50"),
        ("flag=false", "flag", False),
        ("kinds=3d-print&kinds=book", "kinds", ["3d-print", "book"]),
        ("numbers=1&numbers=-2.0", "numbers", [1, -2]),
        ("moment=2024-02-29T01:30:00%2B02:00", "moment", "2024-02-28T23:30:00Z"),
        ("from=%20a%20", "from", " a "),
        ("from=", "from", ""),
        ("stars=1&stars=2", "stars", 2),
        ("nobody=knows", "flag", True),
    ],
)
def test_parameters_have_the_forms_of_the_wire(strict: Running, query: str, name: str, value: object) -> None:
    """Texts as they are, numbers and booleans as JSON has them; of one given twice the last, unknown ones are left."""
    answer = strict.http.get(f"/echo/1?{query}", headers={"host": query})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**ECHO, "agent": None, "from": None, "body": None, name: value}


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("stars=4.55", "stars"),
        ("stars=%204", "stars"),
        ("stars=NaN", "stars"),
        ("stars=null", "stars"),
        ('stars="4"', "stars"),
        ("stars=", "stars"),
        ("price=1e1", "price"),
        ("price=-1", "price"),
        ("flag=True", "flag"),
        ("flag=1", "flag"),
        ("kinds=Toy", "kinds.0"),
        ("numbers=1&numbers=x", "numbers.1"),
        ("numbers=2147483648", "numbers.0"),
        ("moment=2024-02-29", "moment"),
        ("from=%00", "from"),
    ],
)
def test_other_forms_are_refused(strict: Running, query: str, place: str) -> None:
    """Nothing is trimmed, rounded or coerced."""
    refused(strict.http.get(f"/echo/1?{query}", headers={"host": query}), 422, "unprocessable", place)


def test_headers_are_parameters(strict: Running) -> None:
    """Under the name that the schema gives them."""
    assert strict.http.get("/echo/2", headers={"x_agent": "me", "host": "headers"}).json()["agent"] == "me"


def test_parameters_keep_the_rules_of_their_object(strict: Running) -> None:
    """A rule over several of them is judged before the service is asked."""
    assert strict.http.get("/between?low=1&high=2").json() == ["1", "2", "None"]
    answer = strict.http.get("/between?low=2&high=1")
    refused(answer, 422, "unprocessable", "")
    assert answer.json()["details"][0]["message"] == "A span ends above its start."


def test_a_rate_has_a_limit(strict: Running) -> None:
    """Each client has its own; one above it is told when to come back."""
    answers = [strict.http.get("/echo/1", headers={"host": "often"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused(answers[3], 429, "too_many_requests")
    assert answers[3].headers["retry-after"] == "1"
    assert strict.http.get("/echo/1", headers={"host": "seldom"}).status_code == 200


def test_other_media(strict: Running) -> None:
    """Bytes go out as they are, with their type."""
    answer = strict.http.get("/picture")
    assert (answer.content, answer.headers["content-type"]) == (b"\x89PNG", "image/png")


# Failures


def test_a_failure_says_nothing_of_what_failed(strict: Running, caplog: pytest.LogCaptureFixture) -> None:
    """The caller reads that something went wrong; the log has the rest."""
    with caplog.at_level(logging.ERROR):
        answer = strict.http.get("/items/newest")
    refused(answer, 500, "internal_error")
    assert "SELECT" not in answer.text and "vault" not in answer.text and "Traceback" not in answer.text
    assert "SELECT secret FROM vault" in caplog.text


def test_a_database_that_is_gone_is_no_secret_either(run: Callable[..., Running], tmp_path: Any) -> None:
    """Whatever a driver says of a table that is not there stays in the log."""
    running = run("shop", "sqlite")
    with running.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE items")
    answer = running.http.get("/items")
    refused(answer, 500, "internal_error")
    assert "items" not in answer.text


def test_many_at_once(platform: Running) -> None:
    """Two hundred calls at the same time, one in four of which writes, all have their answers."""

    async def call(client: httpx.AsyncClient, number: int) -> Response:
        if number % 4:
            return await client.get(f"{ALGORITHMS}by-name/gzip")
        return await client.post(ALGORITHMS, json=algorithm(f"at_once_{number}"))

    async def call_all() -> list[Response]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=platform.http.base_url, limits=limits, timeout=60) as client:
            return await asyncio.gather(*(call(client, number) for number in range(200)))

    answers = asyncio.run(call_all())
    assert [answer.status_code for answer in answers] == [200 if number % 4 else 201 for number in range(200)]
    assert len({answer.json()["id"] for answer in answers}) == 51
