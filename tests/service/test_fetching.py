"""The document of an API is found at its address or in a file; whatever goes wrong is a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from isotype.drift import api_documents
from isotype.findings import IsotypeError

DOCUMENT = {"openapi": "3.1.0", "paths": {}}

Reply = Callable[[BaseHTTPRequestHandler], None]


def _sending(status: int, content: bytes = b"", **headers: str) -> Reply:
    def reply(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        for name, value in headers.items():
            to.send_header(name, value)
        to.send_header("Content-Length", str(len(content)))
        to.end_headers()
        to.wfile.write(content)

    return reply


def _asking(to: BaseHTTPRequestHandler) -> None:
    """Only who has a name and a password hears something."""
    known = to.headers.get("Authorization") == "Basic YWRhOnAvdw=="
    _sending(200 if known else 401, json.dumps(DOCUMENT).encode())(to)


def _heard(to: BaseHTTPRequestHandler) -> None:
    """What is there says whether a password came along."""
    _sending(200, json.dumps({**DOCUMENT, "heard": to.headers.get("Authorization")}).encode())(to)


def _silent(until: Event) -> Reply:
    """Not a word."""

    def reply(_: BaseHTTPRequestHandler) -> None:
        until.wait()

    return reply


def _dripping(until: Event) -> Reply:
    """A byte now and then, and never the last one."""

    def reply(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.end_headers()
        while not until.wait(0.02):
            to.wfile.write(b" ")

    return reply


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server that answers each path in its own way."""
    over = Event()
    json_ = json.dumps(DOCUMENT).encode()
    replies: dict[str, Reply] = {
        "/good/openapi.json": _sending(200, json_),
        "/elsewhere/api.yaml": _sending(200, b"openapi: 3.1.0\npaths: {}\n"),
        "/itself": _sending(200, json_),
        "/moved/openapi.json": _sending(302, Location="/good/openapi.json"),
        "/away/openapi.json": _sending(302, Location="/heard.json"),
        "/heard.json": _heard,
        "/circle/openapi.json": _sending(302, Location="/circle/openapi.json"),
        "/out/openapi.json": _sending(302, Location="file:///etc/hostname"),
        "/private/openapi.json": _asking,
        "/broken/openapi.json": _sending(500, b"Traceback (most recent call last)"),
        "/page/openapi.json": _sending(200, b"<!doctype html><title>Sign in</title>"),
        "/list/openapi.json": _sending(200, b"[1, 2]"),
        "/half/openapi.json": _sending(200, b'{"openapi": '),
        "/latin/openapi.json": _sending(200, '{"openapi": "ü"}'.encode("latin-1")),
        "/deep/openapi.json": _sending(200, b"[" * 200_000),
        "/many/openapi.yaml": _sending(200, _repeating()),
        "/large/openapi.json": _sending(200, b" " * (api_documents.LARGEST + 1)),
        "/nothing/openapi.json": lambda to: to.connection.close(),
        "/slow/openapi.json": _silent(over),
        "/dripping/openapi.json": _dripping(over),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                replies.get(self.path, _sending(404))(self)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    over.set()
    server.shutdown()
    server.server_close()


def _repeating() -> bytes:
    """A text of a few lines that means more values than there is room for."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 9)]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("path", ["good", "good/", "elsewhere/api.yaml", "itself", "moved", "good/openapi.json"])
def test_where_a_document_is(address: str, path: str) -> None:
    """Below the address, where a redirect leads, or at the address itself."""
    assert api_documents.load(api_documents.parse(f"http://{address}/{path}")) == DOCUMENT


def test_a_password_is_sent_and_never_shown(address: str) -> None:
    """The name and password of an address are a header of the request."""
    target = api_documents.parse(f"http://ada:p%2Fw@{address}/private")
    assert api_documents.load(target) == DOCUMENT
    assert "p%2Fw" not in target.name + repr(target)
    with pytest.raises(IsotypeError) as raised:
        api_documents.load(api_documents.parse(f"http://ada:secret@{address}/private"))
    assert "secret" not in str(raised.value) and "answers 401" in str(raised.value)


def test_a_password_stays_where_it_belongs(address: str) -> None:
    """Where a redirect leads it is not sent."""
    document = api_documents.load(api_documents.parse(f"http://ada:secret@{address}/away"))
    assert document == {**DOCUMENT, "heard": None}


@pytest.mark.parametrize(
    ("path", "code", "sentence"),
    [
        ("unheard-of", "no-api-document", "answers 404 where its document should be"),
        ("broken", "api-refuses", "answers 500"),
        ("circle", "api-refuses", "answers 302"),
        ("out", "api-refuses", "answers 302"),
        ("page", "unreadable-api-document", "is no document of an API"),
        ("list", "unreadable-api-document", "is no document of an API"),
        ("half", "unreadable-api-document", "it is neither JSON nor YAML"),
        ("latin", "unreadable-api-document", "it is not UTF-8"),
        ("deep", "unreadable-api-document", "it is nested too deep"),
        ("many/openapi.yaml", "api-document-too-large", "repeats itself too often"),
        ("large", "api-document-too-large", "is larger than"),
        ("nothing", "cannot-connect", "cannot be asked"),
    ],
)
def test_what_goes_wrong_is_a_sentence(address: str, path: str, code: str, sentence: str) -> None:
    """Each failure has a code, and none shows what the service wrote."""
    with pytest.raises(IsotypeError) as raised:
        api_documents.load(api_documents.parse(f"http://{address}/{path}"))
    (finding,) = raised.value.findings
    assert (finding.code, sentence in finding.message) == (code, True), finding
    assert "Traceback" not in finding.message


@pytest.mark.parametrize("path", ["slow", "dripping"])
def test_a_service_that_is_too_slow_is_left(address: str, path: str) -> None:
    """The time is for the whole document, whatever arrives in between."""
    with pytest.raises(IsotypeError, match="does not answer in time"):
        api_documents.load(api_documents.parse(f"http://{address}/{path}"), timeout=0.2)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ftp://example.org/x", "invalid-api-url"),
        ("http://", "invalid-api-url"),
        ("http://host:port/", "invalid-api-url"),
        ("http://[::1/", "invalid-api-url"),
        ("http://host name/", "invalid-api-url"),
        ("", "invalid-api-url"),
        ("http://127.0.0.1:1/", "cannot-connect"),
        ("http://nobody.invalid/", "cannot-connect"),
        ("nowhere.json", "unreadable-file"),
        ("no\0where.json", "unreadable-file"),
    ],
)
def test_an_address_that_is_none(written: str, code: str) -> None:
    """What names no API that answers is said before or when it is asked."""
    with pytest.raises(IsotypeError) as raised:
        api_documents.load(api_documents.parse(written))
    assert [finding.code for finding in raised.value.findings] == [code]


def test_a_file_is_read_as_seen_from_the_project(tmp_path: Path) -> None:
    """YAML is that of version 1.2: `no` and days are text, and so are the keys."""
    text = "openapi: 3.1.0\npaths: {}\nx: {no: no, 200: 1.5, day: 2024-01-01, on: true, quoted: '1', null: ~}\n"
    (tmp_path / "api.yml").write_text(text)
    read = api_documents.load(api_documents.parse("api.yml", str(tmp_path)))
    expected = {"no": "no", "200": 1.5, "day": "2024-01-01", "on": True, "quoted": "1", "null": None}
    assert read["x"] == expected
