"""Every operation answers with every status it declares, on both databases, as the contract says."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.service_example.conftest import Running
from tests.service_example.contract import Api, declared

NOWHERE = str(uuid4())
NO_UUID = "owl"

ALGORITHM = {
    "category": "experimental",
    "description": "Takes no room and no time",
    "compressionLevels": [1, 2],
    "characteristics": {
        "speed": "very_fast",
        "compression": "poor",
        "memoryUsage": "low",
        "compatibility": "limited",
    },
}
CONFIG = {
    "patterns": ["owl"],
    "complexity": 0.5,
    "volume": 2000,
    "contentType": "json",
    "extensions": [".json"],
    "mixedContent": False,
    "entropy": 0.2,
    "redundancy": 0.5,
    "structure": "tabular",
    "language": "en",
    "encoding": "utf-8",
    "metadata": {"note": "for a test"},
    "customPatterns": ["hoot"],
    "compressionChallenges": False,
    "learningOptimization": True,
    "diversityControl": True,
}
STEPS = [
    {"name": "write", "action": "render", "template": "Dear {name}, "},
    {"name": "read", "action": "analyze"},
    {"name": "press", "action": "compress", "algorithm": "zstd"},
]

Case = Callable[[Running], httpx.Response]
CASES: dict[tuple[str, int], Case] = {}


def case(operation: str, status: int) -> Callable[[Case], Case]:
    """Show that an operation answers with a status."""

    def note(function: Case) -> Case:
        assert (operation, status) not in CASES
        CASES[operation, status] = function
        return function

    return note


@pytest.mark.parametrize(("operation", "status"), sorted(declared()))
def test_an_operation_answers_as_declared(operation: str, status: int, running: Running) -> None:
    """The status is the one expected, and the body what the contract says of it."""
    answer = CASES[operation, status](running)
    assert answer.status_code == status, answer.text


def test_there_is_a_case_for_every_status() -> None:
    """Nothing that the contract declares is left out, and nothing else is tried."""
    assert set(CASES) == declared()


# What the cases are made of


def unique() -> str:
    return f"t{uuid4().hex}"


def algorithm(api: Api, **changes: Any) -> Any:
    return api.call("createAlgorithm", ALGORITHM | {"name": unique()} | changes)


def content() -> str:
    return f"owls hoot {unique()} " * 20


def compression(**changes: Any) -> dict[str, Any]:
    return {"content": content(), "algorithm": "gzip", "compressionLevel": 6} | changes


def media(api: Api, **changes: Any) -> Any:
    return api.call("generateMedia", CONFIG | changes)


def unmade(running: Running) -> str:
    """Media whose content is not there."""
    id = str(uuid4())
    config = re.sub("'", "''", httpx.Request("POST", "http://x", json=CONFIG).content.decode())
    running.execute(
        "INSERT INTO synthetic_media (id, config, seed, file_name, content_type)"
        f" VALUES ('{id}', '{config}', 1, 'owl.json', 'application/json')"
    )
    return id


def strategy(api: Api) -> str:
    found = next(row["id"] for row in api.call("listStrategies") if row["name"] == "exhaustive")
    return str(found)


def session(api: Api) -> Any:
    return api.call("createSession", {"name": unique()})


def long_run(api: Api) -> Any:
    """A run that is not over for a while."""
    large = media(api, volume=1_000_000)
    return api.call("startRun", {"strategyId": strategy(api), "mediaId": large["id"]})


def ended(api: Api, operation: str, row: str, /, *active: str, **path: Any) -> Any:
    """A row of a list when it is at work no longer."""
    until = monotonic() + 20
    while monotonic() < until:
        found = next(item for item in api.call(operation, **path) if item["id"] == row)
        if found["status"] not in active:
            return found
    raise AssertionError(f"{found} does not end")


def instants(row: Mapping[str, str], *names: str) -> list[datetime]:
    return [datetime.fromisoformat(row[name]) for name in names]


def in_order(row: Mapping[str, str], *names: str) -> bool:
    """Whether each of the instants is at least the one before it."""
    found = instants(row, *names)
    return found == sorted(found)


def workflow(api: Api, **changes: Any) -> Any:
    return api.call("createWorkflow", {"name": unique(), "steps": STEPS} | changes)


# Algorithms


@case("listAlgorithms", 200)
def _(running: Running) -> httpx.Response:
    names = [row["name"] for row in running.api.call("listAlgorithms")]
    assert {"brotli", "gzip", "lz4", "lzma", "zstd"} <= set(names) and names == sorted(names)
    disabled = algorithm(running.api, isEnabled=False)["name"]
    answer = running.api.send("listAlgorithms", query={"enabled_only": "false", "category": "experimental"})
    found = {row["name"]: row["category"] for row in answer.json()}
    assert disabled in found and set(found.values()) == {"experimental"}
    assert disabled not in [row["name"] for row in running.api.call("listAlgorithms")]
    return answer


@case("listAlgorithms", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("listAlgorithms", query={"category": "magical"})


@case("createAlgorithm", 201)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("createAlgorithm", ALGORITHM | {"name": unique(), "parameters": {"level": 1}})
    made = answer.json()
    assert made["isEnabled"] is True and made["parameters"] == {"level": 1} and made["createdBy"] is None
    return answer


@case("createAlgorithm", 409)
def _(running: Running) -> httpx.Response:
    return running.api.send("createAlgorithm", ALGORITHM | {"name": "gzip"})


@case("createAlgorithm", 422)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("createAlgorithm", ALGORITHM | {"name": unique(), "compressionLevels": [2, 1]})
    assert [detail["path"] for detail in answer.json()["details"]] == ["compressionLevels"]
    return answer


@case("getAlgorithmByName", 200)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("getAlgorithmByName", algorithm_name="zstd")
    assert answer.json()["isAvailable"] is True and answer.json()["version"]
    return answer


@case("getAlgorithmByName", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("getAlgorithmByName", algorithm_name="owl")


@case("getAlgorithmByName", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("getAlgorithmByName", algorithm_name="No Owl")


@case("getAlgorithm", 200)
def _(running: Running) -> httpx.Response:
    made = algorithm(running.api)
    answer = running.api.send("getAlgorithm", algorithm_id=made["id"])
    assert answer.json() == made
    return answer


@case("getAlgorithm", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("getAlgorithm", algorithm_id=NOWHERE)


@case("getAlgorithm", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("getAlgorithm", algorithm_id=NO_UUID)


@case("updateAlgorithm", 200)
def _(running: Running) -> httpx.Response:
    made = algorithm(running.api, version="1")
    change = {"version": None, "characteristics": {"speed": "slow"}}
    answer = running.api.send("updateAlgorithm", change, algorithm_id=made["id"])
    changed = answer.json()
    assert changed["version"] is None and changed["characteristics"] == made["characteristics"] | {"speed": "slow"}
    assert changed == running.api.call("getAlgorithm", algorithm_id=made["id"])
    assert instants(changed, "updatedAt") >= instants(made, "updatedAt")
    assert changed["description"] == made["description"]
    return answer


@case("updateAlgorithm", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("updateAlgorithm", {"version": "2"}, algorithm_id=NOWHERE)


@case("updateAlgorithm", 422)
def _(running: Running) -> httpx.Response:
    made = algorithm(running.api)
    return running.api.send("updateAlgorithm", {"name": "other"}, algorithm_id=made["id"])


@case("deleteAlgorithm", 204)
def _(running: Running) -> httpx.Response:
    made = algorithm(running.api)
    answer = running.api.send("deleteAlgorithm", algorithm_id=made["id"])
    assert running.api.send("getAlgorithm", algorithm_id=made["id"]).status_code == 404
    return answer


@case("deleteAlgorithm", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("deleteAlgorithm", algorithm_id=NOWHERE)


@case("deleteAlgorithm", 409)
def _(running: Running) -> httpx.Response:
    running.api.call("compress", compression(algorithm="lz4", compressionLevel=1))
    used = running.api.call("getAlgorithmByName", algorithm_name="lz4")
    return running.api.send("deleteAlgorithm", algorithm_id=used["id"])


@case("deleteAlgorithm", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("deleteAlgorithm", algorithm_id=NO_UUID)


# Compression


@case("compress", 200)
def _(running: Running) -> httpx.Response:
    body = compression(algorithm="brotli", compressionLevel=11, optimizationTarget="ratio")
    first = running.api.call("compress", body)
    size = len(str(body["content"]))
    assert (first["status"], first["originalSize"], first["cached"]) == ("completed", size, False)
    assert 0 < first["compressedSize"] < size and first["compressionRatio"] == round(size / first["compressedSize"], 4)
    answer = running.api.send("compress", body)
    again = answer.json()
    assert (again["status"], again["cached"], again["compressedSize"]) == ("cached", True, first["compressedSize"])
    running.api.send("createAlgorithm", ALGORITHM | {"name": "bz2", "compressionLevels": [9, 20]})
    added = running.api.call("compress", body | {"algorithm": "bz2", "compressionLevel": 9})
    assert (added["status"], added["algorithmUsed"]) == ("completed", "bz2")
    kept = running.api.call("getRequest", request_id=again["requestId"])
    assert kept["status"] == "cached" and in_order(kept, "createdAt", "startedAt") and kept["requestSource"] == "api"
    return answer


@case("compress", 400)
def _(running: Running) -> httpx.Response:
    running.api.send("createAlgorithm", ALGORITHM | {"name": "bz2", "compressionLevels": [9, 20]})
    assert running.api.send("compress", compression(algorithm="bz2", compressionLevel=20)).status_code == 400
    answer = running.api.send("compress", compression(compressionLevel=12))
    assert "1, 2, 3, 4, 5, 6, 7, 8, 9" in answer.json()["message"]
    return answer


@case("compress", 404)
def _(running: Running) -> httpx.Response:
    made = algorithm(running.api)["name"]
    assert running.api.send("compress", compression(algorithm=made, compressionLevel=1)).status_code == 404
    return running.api.send("compress", compression(algorithm="owl"))


@case("compress", 422)
def _(running: Running) -> httpx.Response:
    body = compression(algorithm="zstd", compressionLevel=19, optimizationTarget="speed")
    answer = running.api.send("compress", body)
    assert "incompatible with speed" in answer.json()["details"][0]["message"]
    assert running.api.send("compress", compression(content=" \n\t")).status_code == 422
    return answer


@case("compress", 429)
def _(running: Running) -> httpx.Response:
    elsewhere = httpx.HTTPTransport(local_address="127.0.0.9")
    with httpx.Client(base_url=running.service.url, transport=elsewhere, timeout=60) as client:
        api = Api(client)
        answers = [api.send("compress", compression(algorithm="owl")) for _ in range(101)]
    assert {answer.status_code for answer in answers[:100]} == {404}
    assert int(answers[-1].headers["retry-after"]) <= 60
    return answers[-1]


@case("compress", 500)
def _(running: Running) -> httpx.Response:
    running.execute("ALTER TABLE compression_requests RENAME TO elsewhere")
    try:
        return running.api.send("compress", compression())
    finally:
        running.execute("ALTER TABLE elsewhere RENAME TO compression_requests")


@case("analyze", 200)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("analyze", query={"content": '{"owl": "🦉🦉🦉🦉"}'})
    found = answer.json()
    assert (found["characters"], found["sizeBytes"], found["contentType"]) == (15, 27, "application/json")
    ratios = [candidate["compressionRatio"] for candidate in found["candidates"]]
    assert ratios == sorted(ratios, reverse=True) and len(ratios) >= 5
    assert found["recommendedAlgorithm"] == found["candidates"][0]["algorithm"]
    return answer


@case("analyze", 422)
def _(running: Running) -> httpx.Response:
    assert running.api.send("analyze", query={"content": "   "}).status_code == 422
    return running.api.send("analyze", query={"content": "x" * 10_001})


@case("listRequests", 200)
def _(running: Running) -> httpx.Response:
    made = [running.api.call("compress", compression())["requestId"] for _ in range(3)]
    page = running.api.call("listRequests", query={"limit": 2})
    assert [row["id"] for row in page["items"]] == made[:0:-1] and page["pageSize"] == 2 and page["total"] >= 3
    assert running.api.call("listRequests", query={"page": 2, "limit": 2})["items"][0]["id"] == made[0]
    assert running.api.call("listRequests", query={"page": 1_000_000})["items"] == []
    answer = running.api.send("listRequests", query={"status": "completed"})
    assert {row["status"] for row in answer.json()["items"]} == {"completed"}
    return answer


@case("listRequests", 422)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("listRequests", query={"page": 0, "limit": 101, "status": "lost"})
    assert {detail["path"] for detail in answer.json()["details"]} == {"page", "limit", "status"}
    return answer


@case("getRequest", 200)
def _(running: Running) -> httpx.Response:
    body = compression(algorithm="lzma")
    made = running.api.call("compress", body)
    answer = running.api.send("getRequest", request_id=made["requestId"])
    kept = answer.json()
    assert kept["savingsBytes"] == kept["contentSizeBytes"] - kept["compressedSizeBytes"]
    assert kept["isSuccessful"] is True and in_order(kept, "createdAt", "startedAt", "completedAt")
    return answer


@case("getRequest", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("getRequest", request_id=NOWHERE)


@case("getRequest", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("getRequest", request_id=NO_UUID)


@case("testViability", 200)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("testViability", {"content": content()})
    tests = answer.json()
    scores = [test["viabilityScore"] for test in tests]
    assert len(tests) >= 5 and scores == sorted(scores, reverse=True) and all(test["isLossless"] for test in tests)
    high = running.api.call("testViability", {"content": content(), "compressionLevel": 20})
    assert [test["compressionLevel"] for test in high] == [20]
    return answer


@case("testViability", 400)
def _(running: Running) -> httpx.Response:
    body = {"content": content(), "algorithms": ["zstd", "gzip"], "compressionLevel": 10}
    return running.api.send("testViability", body)


@case("testViability", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("testViability", {"content": content(), "algorithms": ["owl"]})


@case("testViability", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("testViability", {"content": content(), "algorithms": ["gzip", "gzip"]})


@case("listCapabilities", 200)
def _(running: Running) -> httpx.Response:
    made = algorithm(running.api)["name"]
    answer = running.api.send("listCapabilities")
    found = {row["name"]: row for row in answer.json()}
    assert found["gzip"]["isAvailable"] is True and found["gzip"]["defaultLevel"] == 6
    assert found[made]["isAvailable"] is False and made in found[made]["unavailableReason"]
    return answer


# Synthetic media


@case("generateMedia", 201)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("generateMedia", CONFIG)
    made = answer.json()
    assert (made["status"], made["sizeBytes"], made["config"]) == ("completed", 2000, CONFIG)
    assert made["fileName"].endswith(".json") and in_order(made, "createdAt", "completedAt")
    return answer


@case("generateMedia", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("generateMedia", CONFIG | {"volume": 10_000_001})


@case("listMedia", 200)
def _(running: Running) -> httpx.Response:
    made = [media(running.api)["id"] for _ in range(2)]
    answer = running.api.send("listMedia", query={"limit": 2})
    assert [row["id"] for row in answer.json()["items"]] == made[::-1]
    return answer


@case("listMedia", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("listMedia", query={"page": "first"})


@case("getMediaStatistics", 200)
def _(running: Running) -> httpx.Response:
    before = running.api.call("getMediaStatistics")
    media(running.api, contentType="xml")
    answer = running.api.send("getMediaStatistics")
    after = answer.json()
    assert after["total"] == before["total"] + 1 and after["totalBytes"] == before["totalBytes"] + 2000
    assert after["byContentType"]["application/xml"] >= 1 and 0 < after["averageEntropy"] <= 8
    return answer


@case("getMedia", 200)
def _(running: Running) -> httpx.Response:
    made = media(running.api)
    answer = running.api.send("getMedia", id=made["id"])
    assert answer.json() == made
    return answer


@case("getMedia", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("getMedia", id=NOWHERE)


@case("getMedia", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("getMedia", id=NO_UUID)


@case("deleteMedia", 204)
def _(running: Running) -> httpx.Response:
    return running.api.send("deleteMedia", id=media(running.api)["id"])


@case("deleteMedia", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("deleteMedia", id=NOWHERE)


@case("deleteMedia", 409)
def _(running: Running) -> httpx.Response:
    made = media(running.api)
    running.api.call("startRun", {"strategyId": strategy(running.api), "mediaId": made["id"]})
    return running.api.send("deleteMedia", id=made["id"])


@case("deleteMedia", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("deleteMedia", id=NO_UUID)


@case("downloadMedia", 200)
def _(running: Running) -> httpx.Response:
    made = media(running.api)
    answer = running.api.send("downloadMedia", id=made["id"])
    assert len(answer.content) == 2000 and b"hoot" in answer.content
    return answer


@case("downloadMedia", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("downloadMedia", id=NOWHERE)


@case("downloadMedia", 409)
def _(running: Running) -> httpx.Response:
    return running.api.send("downloadMedia", id=unmade(running))


@case("downloadMedia", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("downloadMedia", id=NO_UUID)


# Metrics


@case("getDetailedHealth", 200)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("getDetailedHealth")
    sample = answer.json()
    assert 0 < sample["memory"] <= 100 and sample["hostName"] and sample["instanceId"].endswith(_process(running))
    return answer


def _process(running: Running) -> str:
    return f":{running.service.process.pid}" if os.name == "posix" else ""


@case("getMetricsHistory", 200)
def _(running: Running) -> httpx.Response:
    sample = running.api.call("getDetailedHealth")
    answer = running.api.send("getMetricsHistory", query={"hours": 2, "interval_minutes": 15})
    newest = answer.json()[0]
    assert instants(newest, "recordedAt") <= instants(sample, "recordedAt")
    assert instants(newest, "recordedAt")[0].minute % 15 == 0 and newest["memory"] > 0
    return answer


@case("getMetricsHistory", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("getMetricsHistory", query={"hours": 169, "interval_minutes": 1.5})


# Optimization


@case("listStrategies", 200)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("listStrategies")
    names = [row["name"] for row in answer.json()]
    assert {"exhaustive", "hill_climbing", "random_search"} <= set(names) and names == sorted(names)
    return answer


@case("createStrategy", 201)
def _(running: Running) -> httpx.Response:
    body = {"name": unique(), "description": "At random", "method": "random", "parameters": {"seed": 7}}
    return running.api.send("createStrategy", body)


@case("createStrategy", 409)
def _(running: Running) -> httpx.Response:
    body = {"name": "exhaustive", "description": "Again", "method": "exhaustive"}
    return running.api.send("createStrategy", body)


@case("createStrategy", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("createStrategy", {"name": unique(), "description": "", "method": "guessing"})


@case("listRuns", 200)
def _(running: Running) -> httpx.Response:
    made = media(running.api)
    run = running.api.call("startRun", {"strategyId": strategy(running.api), "mediaId": made["id"]})
    done = ended(running.api, "listRuns", run["id"], "pending", "running")
    assert (done["status"], done["progress"]) == ("completed", 100)
    assert done["iterations"] >= 60 and done["bestAlgorithmId"] and done["bestRatio"] >= 1
    assert run["id"] not in [row["id"] for row in running.api.call("listRuns", query={"status": "failed"})]
    return running.api.send("listRuns")


@case("listRuns", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("listRuns", query={"status": "lost"})


@case("startRun", 201)
def _(running: Running) -> httpx.Response:
    api = running.api
    config = api.call(
        "createConfig",
        {"name": unique(), "algorithms": ["gzip", "owl"], "maxIterations": 3, "optimizationTarget": "ratio"},
    )
    body = {
        "strategyId": strategy(api),
        "mediaId": media(api)["id"],
        "sessionId": session(api)["id"],
        "configId": config["id"],
    }
    answer = api.send("startRun", body)
    done = ended(api, "listRuns", answer.json()["id"], "pending", "running")
    assert (done["status"], done["iterations"]) == ("completed", 3)
    assert done["bestAlgorithmId"] == api.call("getAlgorithmByName", algorithm_name="gzip")["id"]
    nothing = api.call("createConfig", {"name": unique(), "algorithms": ["owl"]})
    failed = api.call("startRun", body | {"configId": nothing["id"]})
    failed = ended(api, "listRuns", failed["id"], "pending", "running")
    assert failed["status"] == "failed" and "enabled" in failed["errorMessage"]
    return answer


@case("startRun", 404)
def _(running: Running) -> httpx.Response:
    body = {"strategyId": strategy(running.api), "mediaId": media(running.api)["id"]}
    for part in ("mediaId", "sessionId", "configId"):
        assert running.api.send("startRun", body | {part: NOWHERE}).status_code == 404
    return running.api.send("startRun", body | {"strategyId": NOWHERE})


@case("startRun", 409)
def _(running: Running) -> httpx.Response:
    api = running.api
    closed = api.call("closeSession", id=session(api)["id"])
    body = {"strategyId": strategy(api), "mediaId": unmade(running)}
    assert api.send("startRun", body).status_code == 409
    return api.send("startRun", body | {"mediaId": media(api)["id"], "sessionId": closed["id"]})


@case("startRun", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("startRun", {"strategyId": strategy(running.api), "mediaId": NOWHERE, "status": "pending"})


@case("stopRun", 200)
def _(running: Running) -> httpx.Response:
    run = long_run(running.api)
    answer = running.api.send("stopRun", id=run["id"])
    stopped = answer.json()
    assert stopped["status"] == "stopped" and in_order(stopped, "createdAt", "completedAt")
    assert ended(running.api, "listRuns", run["id"])["status"] == "stopped"
    return answer


@case("stopRun", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("stopRun", id=NOWHERE)


@case("stopRun", 409)
def _(running: Running) -> httpx.Response:
    run = long_run(running.api)
    running.api.call("stopRun", id=run["id"])
    return running.api.send("stopRun", id=run["id"])


@case("stopRun", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("stopRun", id=NO_UUID)


@case("listSessions", 200)
def _(running: Running) -> httpx.Response:
    made = session(running.api)
    answer = running.api.send("listSessions")
    assert answer.json()[0] == made
    return answer


@case("createSession", 201)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("createSession", {"name": "Owls", "description": None})
    assert answer.json()["status"] == "active" and answer.json()["closedAt"] is None
    return answer


@case("createSession", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("createSession", {"name": ""})


@case("closeSession", 200)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("closeSession", id=session(running.api)["id"])
    assert answer.json()["status"] == "closed" and answer.json()["closedAt"]
    return answer


@case("closeSession", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("closeSession", id=NOWHERE)


@case("closeSession", 409)
def _(running: Running) -> httpx.Response:
    made = session(running.api)
    running.api.call("closeSession", id=made["id"])
    return running.api.send("closeSession", id=made["id"])


@case("closeSession", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("closeSession", id=NO_UUID)


@case("listConfigs", 200)
def _(running: Running) -> httpx.Response:
    made = running.api.call("createConfig", {"name": unique()})
    answer = running.api.send("listConfigs")
    names = [row["name"] for row in answer.json()]
    assert made["name"] in names and names == sorted(names)
    return answer


@case("createConfig", 201)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("createConfig", {"name": unique(), "timeLimitSeconds": None})
    assert answer.json()["maxIterations"] == 100 and answer.json()["optimizationTarget"] == "balanced"
    return answer


@case("createConfig", 409)
def _(running: Running) -> httpx.Response:
    made = running.api.call("createConfig", {"name": unique()})
    return running.api.send("createConfig", {"name": made["name"]})


@case("createConfig", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("createConfig", {"name": unique(), "maxIterations": 0})


@case("getOptimizationMetrics", 200)
def _(running: Running) -> httpx.Response:
    made = media(running.api)
    run = running.api.call("startRun", {"strategyId": strategy(running.api), "mediaId": made["id"]})
    ended(running.api, "listRuns", run["id"], "pending", "running")
    answer = running.api.send("getOptimizationMetrics")
    found = answer.json()
    assert found["completedRuns"] >= 1 and found["bestRatio"] >= 1 and found["averageImprovement"] is not None
    assert found["runsByStrategy"]["exhaustive"] >= 1 and 0 < found["successRate"] <= 100
    return answer


# Workflows


@case("listWorkflows", 200)
def _(running: Running) -> httpx.Response:
    made = workflow(running.api)
    answer = running.api.send("listWorkflows")
    assert made in answer.json()
    return answer


@case("createWorkflow", 201)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("createWorkflow", {"name": unique(), "steps": STEPS})
    assert answer.json()["isActive"] is True
    return answer


@case("createWorkflow", 409)
def _(running: Running) -> httpx.Response:
    return running.api.send("createWorkflow", {"name": workflow(running.api)["name"], "steps": STEPS})


@case("createWorkflow", 400)
def _(running: Running) -> httpx.Response:
    answer = running.api.send("createWorkflow", {"name": unique(), "steps": [STEPS[0], STEPS[0]]})
    assert answer.json()["details"][0]["path"] == "steps.1.name"
    return answer


@case("createWorkflow", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("createWorkflow", {"name": unique(), "steps": []})


@case("listExecutions", 200)
def _(running: Running) -> httpx.Response:
    made = workflow(running.api)["id"]
    assert running.api.call("listExecutions", id=made) == []
    first = running.api.call("startExecution", {"inputs": {"name": "owl"}}, id=made)
    done = ended(running.api, "listExecutions", first["id"], "pending", "running", id=made)
    assert (done["status"], done["progress"], done["stepsCompleted"]) == ("completed", 100, 3)
    assert done["results"]["write"]["text"] == "Dear owl, " and done["results"]["read"]["sizeBytes"] == 10
    assert done["results"]["press"]["algorithm"] == "zstd" and in_order(done, "startedAt", "completedAt")
    return running.api.send("listExecutions", id=made)


@case("listExecutions", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("listExecutions", id=NOWHERE)


@case("listExecutions", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("listExecutions", id=NO_UUID)


@case("startExecution", 201)
def _(running: Running) -> httpx.Response:
    made = workflow(running.api)["id"]
    answer = running.api.send("startExecution", {}, id=made)
    failed = ended(running.api, "listExecutions", answer.json()["id"], "pending", "running", id=made)
    assert failed["status"] == "failed" and "{name}" in failed["errorMessage"] and failed["stepsCompleted"] == 0
    return answer


@case("startExecution", 404)
def _(running: Running) -> httpx.Response:
    return running.api.send("startExecution", {}, id=NOWHERE)


@case("startExecution", 409)
def _(running: Running) -> httpx.Response:
    made = workflow(running.api, isActive=False)
    return running.api.send("startExecution", {}, id=made["id"])


@case("startExecution", 422)
def _(running: Running) -> httpx.Response:
    return running.api.send("startExecution", {"inputs": {"name": 1}}, id=workflow(running.api)["id"])
