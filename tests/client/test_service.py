"""The generated client against the generated API, as the compression platform serves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client.conftest import PROGRAM, Ask
from tests.domains.conftest import write
from tests.engines.node import Node
from tests.engines.typescript import WEB, compile_typescript
from tests.service_example.processes import started

NEW = {
    "name": "owl_coding",
    "category": "experimental",
    "description": "Compresses by looking twice",
    "compressionLevels": [1, 5],
    "characteristics": {
        "speed": "fast",
        "compression": "good",
        "memoryUsage": "low",
        "compatibility": "limited",
    },
}
MEDIA = {
    "patterns": [],
    "complexity": 0.25,
    "volume": 500,
    "contentType": "csv",
    "extensions": [],
    "mixedContent": False,
    "entropy": 0.25,
    "redundancy": 0.25,
    "structure": "tabular",
    "language": "en",
    "encoding": "utf-8",
    "metadata": {"owl": [1, None]},
    "customPatterns": [],
    "compressionChallenges": False,
    "learningOptimization": False,
    "diversityControl": False,
}
TEXT = "owl " * 50


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service is."""
    data = tmp_path_factory.mktemp("client")
    with started(data, "--page", str(data / "none")) as service:
        yield service.url


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client of the platform and a program that calls it."""
    folder = write("compression", tmp_path_factory.mktemp("platform"), "types", "zod", "client")
    (folder / "program.ts").write_text(PROGRAM.replace('"findLetters"', '"createAlgorithm"'), "utf-8")
    return compile_typescript(folder, WEB) / "program.js"


@pytest.fixture
def ask(node: Node, program: Path, url: str) -> Ask:
    """A function that makes a call and gives its result or its error."""

    def asked(operation: str, **call: object) -> Any:
        return node.call(program, "ask", url, operation, call)

    return asked


def test_every_question_is_answered_as_the_contract_says(ask: Ask) -> None:
    """Whatever needs no input is called; no answer is against the contract."""
    questions = [
        *("listAlgorithms", "listRequests", "listCapabilities", "listMedia", "getMediaStatistics", "getDetailedHealth"),
        *("getMetricsHistory", "listStrategies", "listRuns", "listSessions", "listConfigs", "getOptimizationMetrics"),
        "listWorkflows",
    ]
    for question in questions:
        assert ask(question).keys() == {"value"}, question


def test_a_thing_is_made_changed_and_removed(ask: Ask) -> None:
    """The four verbs of one entity, and what is refused between them."""
    made = ask("createAlgorithm", body=NEW)["value"]
    assert {name: made[name] for name in NEW} == NEW
    again = ask("createAlgorithm", body=NEW)
    assert (again["kind"], again["status"], again["declared"], again["refused"]) == ("ApiError", 409, True, True)
    path = {"algorithm_id": made["id"]}
    assert ask("getAlgorithm", path=path)["value"] == made
    assert ask("getAlgorithmByName", path={"algorithm_name": "owl_coding"})["value"] == made
    changed = ask("updateAlgorithm", path=path, body={"isEnabled": False})["value"]
    assert changed["isEnabled"] is False
    names = [
        [one["name"] for one in ask("listAlgorithms", query={"enabled_only": enabled})["value"]]
        for enabled in (True, False)
    ]
    assert ["owl_coding" in each for each in names] == [False, True]
    assert "value" in ask("deleteAlgorithm", path=path)
    assert ask("getAlgorithm", path=path)["status"] == 404


def test_a_content_is_compressed_analyzed_and_loaded(ask: Ask) -> None:
    """Bodies, queries with any text, pages and media go through both sides."""
    answer = ask("compress", body={"content": TEXT, "algorithm": "lzma", "compressionLevel": 3})["value"]
    assert (answer["originalSize"], answer["algorithmUsed"]) == (200, "lzma")
    page = ask("listRequests", query={"status": "completed", "limit": 1})["value"]
    assert page["items"][0]["id"] == answer["requestId"]
    text = "a+b & ü=🦉? %20 / #"
    assert ask("analyze", query={"content": text})["value"]["characters"] == len(text)
    refused = ask("compress", body={"content": TEXT, "algorithm": "gzip", "compressionLevel": 22})
    assert (refused["kind"], refused["status"], refused["declared"]) == ("ApiError", 400, True)
    media = ask("generateMedia", body=MEDIA)["value"]
    content = ask("downloadMedia", path={"id": media["id"]})
    assert content["type"].startswith("application/octet-stream")
    assert len(content["text"]) == 500
    assert "value" in ask("deleteMedia", path={"id": media["id"]})
