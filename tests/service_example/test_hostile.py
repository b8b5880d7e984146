"""What no client should send, and what many send at once: the service answers in its envelope and stands."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.service_example.conftest import Running
from tests.service_example.contract import Api, check_refusal
from tests.service_example.test_operations import ALGORITHM, CONFIG, compression, unique

COMPRESS = "/api/v1/compression/compress"
JSON = {"content-type": "application/json"}


@pytest.fixture
def client(running: Running) -> Iterator[httpx.Client]:
    """A client of its own; after the test the service still answers."""
    with httpx.Client(base_url=running.service.url, timeout=60) as client:
        yield client
    assert running.api.call("listStrategies")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/owls", 404),
        ("POST", "/api/v1/owls", 404),
        ("GET", "/../../etc/passwd", 404),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", 404),
        ("GET", "/api/v1/algorithms", 404),
        ("GET", "/api/v1/synthetic-media/%00", 422),
        ("GET", COMPRESS, 405),
        ("DELETE", "/api/v1/algorithms/", 405),
        ("PUT", "/api/v1/algorithms/6f1c0a34-2a53-5f0e-9a55-3d7b1f1f9b11", 405),
        ("PATCH", "/api/optimization/metrics", 405),
    ],
)
def test_what_is_not_there_is_refused(method: str, path: str, status: int, client: httpx.Client) -> None:
    """An unknown route is 404, a wrong method 405, whatever else is wrong."""
    answer = client.request(method, path, content=b"{}", headers=JSON)
    assert answer.status_code == status, answer.text
    check_refusal(answer)
    assert "allow" in answer.headers or status != 405


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", JSON, 422),
        (b"{", JSON, 422),
        (b"\xff\xfe{}", JSON, 422),
        (b"null", JSON, 422),
        (b'{"content": NaN}', JSON, 422),
        (b"[" * 100_000, JSON, 422),
        (b'{"name": "' + b"x" * 3_000_000 + b'"}', JSON, 422),
        (b'{"name": "a\\u0000b"}', JSON, 422),
        (b'{"name": "\\ud800"}', JSON, 422),
        (b'{"__proto__": {"name": "x"}}', JSON, 422),
        (b"{}", {"content-type": "text/plain"}, 415),
        (b"{}", {"content-type": "application/x-www-form-urlencoded"}, 415),
        (b"{}", {}, 415),
        (b"name=x", {"content-type": "multipart/form-data; boundary=x"}, 415),
    ],
)
def test_what_is_no_body_is_refused(body: bytes, headers: Mapping[str, str], status: int, client: httpx.Client) -> None:
    """Broken JSON is 422, what is no JSON 415."""
    answer = client.post("/api/optimization/sessions", content=body, headers=dict(headers))
    assert answer.status_code == status, answer.text[:500]
    check_refusal(answer)


def test_a_huge_body_is_refused(client: httpx.Client) -> None:
    """A body that says that it is too long is not read; one that does not say so is read no further than the limit."""
    with closing(HTTPConnection("127.0.0.1", client.base_url.port, timeout=10)) as connection:
        connection.request("POST", COMPRESS, body=b"{", headers=JSON | {"content-length": str(10**12)})
        assert connection.getresponse().status == 413
    chunk = b" " * 2**20
    try:
        untold = client.post(COMPRESS, content=(chunk for _ in range(80)), headers=JSON)
    except httpx.WriteError:
        return  # The service hung up while the rest was on its way.
    assert untold.status_code == 413


def test_the_largest_content_is_compressed(client: httpx.Client) -> None:
    """Ten million code points of four bytes go through; one more does not."""
    content = "🦉" * 10_000_000
    body = {"content": content, "algorithm": "zstd", "compressionLevel": 1}
    api = Api(client)
    answer = client.post(COMPRESS, content=json.dumps(body, ensure_ascii=False).encode(), headers=JSON)
    found = api.content(answer)
    assert (found["status"], found["originalSize"]) == ("completed", 40_000_000)
    assert found["compressionRatio"] <= 999_999.9999
    longer = json.dumps(body | {"content": content + "x"}, ensure_ascii=False).encode()
    assert client.post(COMPRESS, content=longer, headers=JSON).status_code == 422


@pytest.mark.parametrize("value", ["'; DROP TABLE workflows; --", '"', "%27", "\u202e", "🦉" * 50, "{{7*7}}", "a\nb"])
def test_text_is_data(value: str, client: httpx.Client) -> None:
    """What looks like code comes back as it was sent."""
    made = Api(client).call("createSession", {"name": value, "description": value})
    assert made["name"] == made["description"] == value
    assert Api(client).call("listSessions")[0] == made


def test_slow_and_broken_clients_hold_nobody_up(running: Running, client: httpx.Client) -> None:
    """Connections that send nothing, half a header, half a body or nonsense leave the others alone."""
    head = f"POST {COMPRESS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    starts = [
        b"",
        b"GET / HT",
        (head + 'Content-Length: 99\r\n\r\n{"').encode(),
        b"\x16\x03\x01\x02\x00\x01",
        b"\0" * 99,
    ]
    opened = []
    try:
        for start in starts * 20:
            connection = socket.create_connection(("127.0.0.1", running.service.port), timeout=10)
            connection.sendall(start)
            opened.append(connection)
        api = Api(client)
        assert api.call("createSession", {"name": "quick"})["name"] == "quick"
        assert api.call("getDetailedHealth")["activeConnections"] is not None
        reset = socket.create_connection(("127.0.0.1", running.service.port), timeout=10)
        reset.sendall((head + 'Content-Length: 9999999\r\n\r\n{"content": "').encode())
        reset.close()
    finally:
        for connection in opened:
            connection.close()


def test_two_hundred_requests_at_once(running: Running) -> None:
    """Every one is answered as if it were alone; of equal names one is taken."""
    name = unique()
    answers = asyncio.run(_at_once(running.service.url, _mixed(name)))
    statuses = Counter((operation, answer.status_code) for operation, answer in answers)
    assert statuses == {
        ("compress", 200): 30,
        ("createAlgorithm", 201): 21,
        ("createAlgorithm", 409): 19,
        ("analyze", 200): 10,
        ("generateMedia", 201): 10,
        ("listRequests", 200): 10,
        ("getDetailedHealth", 200): 40,
        ("createSession", 201): 20,
        ("getAlgorithm", 404): 40,
    }
    assert [row["name"] for row in running.api.call("listAlgorithms")].count(name) == 1


Call = tuple[str, str, str, Any]


def _mixed(name: str) -> list[Call]:
    algorithms = "/api/v1/algorithms/"
    calls: list[Call] = []
    for level in range(1, 4):
        calls += [("compress", "POST", COMPRESS, compression(algorithm="zstd", compressionLevel=level))] * 10
    calls += [("createAlgorithm", "POST", algorithms, ALGORITHM | {"name": name})] * 20
    calls += [("createAlgorithm", "POST", algorithms, ALGORITHM | {"name": unique()}) for _ in range(20)]
    calls += [("analyze", "GET", "/api/v1/compression/analyze?content=owl", None)] * 10
    calls += [("generateMedia", "POST", "/api/v1/synthetic-media/generate", CONFIG)] * 10
    calls += [("listRequests", "GET", "/api/v1/compression/requests?limit=100", None)] * 10
    calls += [("getDetailedHealth", "GET", "/api/v1/health/detailed", None)] * 40
    calls += [("createSession", "POST", "/api/optimization/sessions", {"name": "at once"})] * 20
    calls += [("getAlgorithm", "GET", f"{algorithms}{uuid4()}", None)] * 40
    return calls


async def _at_once(url: str, calls: list[Call]) -> list[tuple[str, httpx.Response]]:
    elsewhere = httpx.AsyncHTTPTransport(local_address="127.0.0.8", limits=httpx.Limits(max_connections=None))
    async with httpx.AsyncClient(base_url=url, transport=elsewhere, timeout=60) as client:
        requests = [client.request(method, path, json=body) for _, method, path, body in calls]
        answers = await asyncio.gather(*requests)
    return [(operation, answer) for (operation, *_), answer in zip(calls, answers, strict=True)]
