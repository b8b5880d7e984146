"""The service as a process: it starts on what is there, says what it cannot do, and ends in peace."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from time import monotonic

import httpx
import pytest

from examples.compression.server.__main__ import main
from tests.service_example.conftest import Running
from tests.service_example.contract import Api, check_refusal
from tests.service_example.processes import PATIENCE, started
from tests.service_example.test_operations import compression, long_run

LONG = {"algorithm": "brotli", "compressionLevel": 11, "content": " ".join(map(str, range(500_000)))}
"""What takes longer than anybody waits."""


def test_the_end_leaves_nothing_at_work(data: Path) -> None:
    """A killed service leaves rows at work, which the next one ends; a signal ends that one soon, and in peace.

    Work in progress, open connections and a client that waits do not keep it.
    """
    with started(data) as service, httpx.Client(base_url=service.url, timeout=60) as client:
        made = Api(client).call("createSession", {"name": "owls"})
        waiting = Thread(target=_try_to_compress, args=(service.url,))
        waiting.start()
        _until(lambda: Api(client).call("listRequests", query={"status": "processing"})["total"] == 1)
        service.process.kill()
        service.process.wait(PATIENCE)
        waiting.join(PATIENCE)
    with started(data) as service, httpx.Client(base_url=service.url, timeout=60) as client:
        api = Api(client)
        assert api.call("listSessions") == [made]
        (request,) = api.call("listRequests")["items"]
        assert (request["status"], request["errorCode"]) == ("failed", "interrupted")
        run = long_run(api)
        answers: list[httpx.Response] = []
        waiting = Thread(target=lambda: answers.append(_compress(service.url)))
        waiting.start()
        _until(lambda: api.call("listRequests", query={"status": "processing"})["total"] == 1)
        with closing(socket.create_connection(("127.0.0.1", service.port))) as idle:
            idle.sendall(b"POST / HTTP/1.1\r\n")
            code, seconds = service.end(signal.SIGTERM)
        waiting.join(PATIENCE)
        # Three seconds, where every process has a processor to itself.
        crowd = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        assert code == 0 and seconds < 3 * crowd
        assert [answer.status_code for answer in answers] == [503]
        check_refusal(answers[0])
        assert service.log.read_text(encoding="utf-8").count("Traceback") == 0
    with closing(sqlite3.connect(data / "compression.db")) as database:
        requests = database.execute("SELECT status, error_code FROM compression_requests").fetchall()
        (status,) = database.execute("SELECT status FROM optimization_runs WHERE id = ?", (run["id"],)).fetchone()
    assert requests == [("failed", "interrupted")] * 2 and status == "stopped"


def test_the_page_is_served(on_sqlite: Running) -> None:
    """Its files have their types, run nothing from elsewhere, and hide no route of the API."""
    client = on_sqlite.api.client
    index, script = client.get("/"), client.get("/assets/owl.js")
    assert index.headers["content-type"].startswith("text/html") and "Owl" in index.text
    assert "javascript" in script.headers["content-type"]
    assert "default-src 'self'" in index.headers["content-security-policy"]
    for path in ("/owl.js", "/assets/", "/..%2fsecret", "/assets/../../secret"):
        assert client.get(path).status_code == 404
    assert client.post("/").status_code == 405 and client.get("/api/v1/compression/compress").status_code == 405


def test_without_a_page_there_is_none(on_postgres: Running) -> None:
    """The API is there by itself."""
    answer = on_postgres.api.client.get("/")
    assert answer.status_code == 404
    check_refusal(answer)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--database", "postgresql://nobody:owl@127.0.0.1:1/nothing"], "connection"),
        (["--database", "owl"], "URL"),
        (["--database", "sqlite://"], "URL"),
        (["--database", "sqlite:///{data}"], "open"),
        (["--database", "sqlite:///{data}/log"], "not a database"),
        (["--host", "192.0.2.1"], "address"),
    ],
)
def test_it_says_why_it_cannot_start(
    options: list[str], reason: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A database or an address that is not there is one sentence without its password, and exit code 2."""
    data.mkdir()
    (data / "log").write_text("This is text, and more of it than the header of a database has.\n" * 9, encoding="utf-8")
    given = [option.format(data=data) for option in options]
    assert main(["--port", "0", "--data", str(data), *given]) == 2
    said = capsys.readouterr().err
    assert said.startswith("The service could not start: ") and reason in said
    assert said.count("\n") == 1 and "owl@" not in said


def _compress(url: str) -> httpx.Response:
    return httpx.post(f"{url}api/v1/compression/compress", json=compression(**LONG), timeout=60)


def _try_to_compress(url: str) -> None:
    with suppress(httpx.HTTPError):
        _compress(url)


def _until(holds: Callable[[], bool]) -> None:
    until = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < until
