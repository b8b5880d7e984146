"""The generated client under Node, against a real server."""

from __future__ import annotations

import json
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from isotype.language import load
from isotype.layers import LAYERS, LayerOptions, Options, render
from tests.client.conftest import LETTERS, Answer, Ask, Post
from tests.engines.node import Undefined

DRAFT = {"words": ["a", "b"], "to": "Zoë 🦉", "price": "1.50"}
LETTER = {"number": "9007199254740993", "to": "Zoë 🦉", "sent": "2024-02-29T12:00:00Z", "weight": 0.5}
ENVELOPE = {"code": "conflict", "message": "It is there.", "details": [{"path": "to", "message": "no", "code": "c"}]}


def test_a_body_goes_out_and_a_result_comes_back(ask: Ask, post: Post) -> None:
    """The body is sent as it is, in UTF-8; the result is what the server says, less what the contract does not know."""
    post.says({**LETTER, "more": 1}, 201)
    assert ask("sendLetter", {"body": DRAFT}) == {"value": LETTER}
    [request] = post.requests
    assert (request.method, request.path) == ("POST", "/api/letters")
    assert json.loads(request.body) == DRAFT
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept"] == "application/json"


def test_parameters_go_out_in_their_wire_forms(ask: Ask, post: Post) -> None:
    """A list is its parameter again and again, a header is a header, and what is left out is not sent."""
    post.says([])
    query = {
        "must": ["a b&c", "ü=?"],
        "express": False,
        "most": "0.10",
        "on": "2024-02-29",
        "sentAfter": "2024-02-29T12:00:00+02:00",
        "kinds": ["parcel", "note"],
        "page": 2,
    }
    assert ask("findLetters", {"query": query, "headers": {"x_trace": "a b"}}) == {"value": []}
    [request] = post.requests
    assert "+" not in request.path
    assert parse_qs(urlsplit(request.path).query) == {
        "must": ["a b&c", "ü=?"],
        "express": ["false"],
        "most": ["0.10"],
        "on": ["2024-02-29"],
        "sentAfter": ["2024-02-29T12:00:00+02:00"],
        "kinds": ["parcel", "note"],
        "page": ["2"],
    }
    assert request.headers["x_trace"] == "a b"
    assert request.body == b""


def test_a_step_of_a_path_is_any_text(ask: Ask, post: Post) -> None:
    """Slashes, blanks and question marks in a value do not change the path."""
    post.says(None)
    assert ask("getLetter", {"path": {"number": "1", "name": "a/b ?#ü"}}) == {"value": None}
    assert post.requests[0].path == "/api/letters/1/of/a%2Fb%20%3F%23%C3%BC"


@pytest.mark.parametrize(
    ("operation", "call", "issues"),
    [
        ("sendLetter", {"body": {**DRAFT, "price": 1.5}}, ["body price Invalid input"]),
        ("sendLetter", {"body": {**DRAFT, "words": ["a", ""]}}, ["body words.1 Shorter than 1"]),
        ("sendLetter", {"body": {**DRAFT, "words": [], "price": "x"}}, ["body words Fewer", "body price Not a dec"]),
        ("sendLetter", {"body": {**DRAFT, "express": True, "price": "0"}}, ["body  Express costs at least 1."]),
        ("sendLetter", {"body": {**DRAFT, "more": 1}}, ["body  Unrecognized key"]),
        ("sendLetter", {}, ["body  Invalid input"]),
        ("findLetters", {}, ["query must Invalid input"]),
        ("findLetters", {"query": {"must": []}}, ["query must Fewer than 1 items"]),
        ("findLetters", {"query": {"must": ["a"], "kinds": []}}, ["query kinds Fewer than 1 items"]),
        ("findLetters", {"query": {"must": ["a"], "page": 0}}, ["query page Not an integer from 1"]),
        ("findLetters", {"query": {"must": ["a"], "on": None}}, ["query on Invalid input"]),
        ("findLetters", {"query": {"must": ["a"], "odd": 1}}, ["query  Unrecognized key"]),
        (
            "findLetters",
            {"query": {"must": ["a"], "sentAfter": "2024-01-01T00:00:00Z", "sentBefore": "2024-01-01T00:00:00Z"}},
            ["query  A span ends after it starts."],
        ),
        (
            "findLetters",
            {"query": {"must": ["a"]}, "headers": {"x_trace": "a\nb"}},
            ["headers x_trace Not a value that a header can hold"],
        ),
        ("findLetters", {"query": {"must": ["a"]}, "headers": {"x_trace": " a"}}, ["headers x_trace Not a value"]),
        ("findLetters", {"query": {"must": ["a"]}, "headers": {"x_trace": "🦉"}}, ["headers x_trace Not a value"]),
        ("getLetter", {"path": {"number": "1", "name": ".."}}, ["path name Not a step that a path can hold"]),
        ("getLetter", {"path": {"number": "1", "name": ""}}, ["path name Not a step that a path can hold"]),
        ("getLetter", {"path": {"number": "01", "name": "a"}}, ["path number Not an integer"]),
        ("getLetter", {"path": {"number": "01"}, "query": {}}, ["path number", "path name", "query  The operation"]),
        ("sendLetters", {"body": [DRAFT, {**DRAFT, "to": None}]}, ["body 1.to Invalid input"]),
        ("count", {"body": 1}, ["body  The operation takes none"]),
    ],
)
def test_a_bad_input_is_refused_and_nothing_is_sent(
    ask: Ask, post: Post, operation: str, call: object, issues: list[str]
) -> None:
    """Every fault of the input is named with its place, and the server never hears of it."""
    error = ask(operation, call)
    assert (error["kind"], error["operation"]) == ("ValidationError", operation)
    found = [f"{issue['in']} {issue['path']} {issue['message']}" for issue in error["issues"]]
    assert len(found) == len(issues)
    for start, said in zip(sorted(issues), sorted(found), strict=True):
        assert said.startswith(start)
    assert post.requests == []


def test_undefined_is_as_good_as_left_out(ask: Ask, post: Post) -> None:
    """A parameter that is `undefined`, and a list without items that may be left out, are not sent."""
    post.says([])
    call = {"query": {"must": ["a"], "express": Undefined(), "word": []}, "headers": {"x_trace": Undefined()}}
    assert ask("findLetters", call) == {"value": []}
    assert post.requests[0].path == "/api/letters?must=a"


@pytest.mark.parametrize("status", [409, 422, 404, 500])
def test_a_refusal_is_an_api_error(ask: Ask, post: Post, status: int) -> None:
    """The envelope is in the error, with the status, and whether the contract names that."""
    post.says({**ENVELOPE, "more": 1}, status)
    error = ask("sendLetter", {"body": DRAFT})
    assert error["kind"] == "ApiError"
    assert error["message"] == "It is there."
    assert {name: error[name] for name in ("status", "code", "details", "operation", "declared")} == {
        "status": status,
        "code": "conflict",
        "details": ENVELOPE["details"],
        "operation": "sendLetter",
        "declared": status in (409, 422),
    }


def test_a_refusal_knows_its_operation(ask: Ask, post: Post) -> None:
    """The guard takes refusals of the named operation with statuses that it declares, and no others."""
    post.says(ENVELOPE, 422)
    assert ask("findLetters", {"query": {"must": ["a"]}})["refused"] is True
    assert ask("sendLetter", {"body": DRAFT})["refused"] is False
    post.says(ENVELOPE, 418)
    assert ask("findLetters", {"query": {"must": ["a"]}})["refused"] is False


def test_the_status_of_a_limit_is_declared(ask: Ask, post: Post) -> None:
    """An operation with a rate limit may answer 429."""
    post.says(ENVELOPE, 429)
    assert ask("sendLetters", {"body": [DRAFT]})["declared"] is True


@pytest.mark.parametrize(
    ("answer", "issue"),
    [
        (Answer(201, json.dumps({**LETTER, "number": 1}).encode()), "number Invalid input"),
        (Answer(201, json.dumps({**LETTER, "sent": "yesterday"}).encode()), "sent Not an RFC 3339 timestamp"),
        (Answer(201, b'{"number": "1"'), " Not JSON"),
        (Answer(201, b"<html>", "text/html; charset=utf-8"), " text/html instead of application/json"),
        (Answer(201, b"{}", ""), " No type instead of application/json"),
        (Answer(201, b"null"), " Invalid input"),
        (Answer(200, json.dumps(LETTER).encode()), " Status 200 instead of 201"),
        (Answer(422, b"<html>", "text/html"), " Not the envelope of errors"),
        (Answer(422, b'{"detail": "x"}'), "code Invalid input"),
        (Answer(502, b"Bad gateway", "text/plain"), " Status 502 instead of 201"),
    ],
)
def test_an_answer_that_lies_is_noticed(ask: Ask, post: Post, answer: Answer, issue: str) -> None:
    """Another status, type or shape than the contract has is an error of its own, which says what is other."""
    post.answer = answer
    error = ask("sendLetter", {"body": DRAFT})
    assert (error["kind"], error["status"]) == ("ContractError", answer.status)
    assert f"{error['issues'][0]['path']} {error['issues'][0]['message']}".startswith(issue)


def test_content_is_a_blob(ask: Ask, post: Post) -> None:
    """Media come as they are, with their type; of another type than declared, they do not."""
    post.answer = Answer(200, b"\x89PNG", "image/png")
    assert ask("getScan", {"path": {"number": "1"}}) == {"type": "image/png", "text": "\ufffdPNG"}
    assert post.requests[0].headers["accept"] == "image/*"
    post.answer = Answer(200, b"text", "text/plain")
    assert ask("getScan", {"path": {"number": "1"}})["kind"] == "ContractError"


def test_nothing_is_nothing(ask: Ask, post: Post) -> None:
    """An operation without a result gives `undefined`, and an answer with a content does not."""
    post.answer = Answer(204, type="")
    assert "value" in ask("delete_", {"path": {"number": "1"}})
    assert post.requests[0].method == "DELETE"
    post.says({}, 200)
    assert ask("delete_", {"path": {"number": "1"}})["kind"] == "ContractError"


@pytest.mark.parametrize("name", ["count", "parseInt_", "constructor_", "new_"])
def test_names_that_javascript_keeps_are_called_with_an_underscore(ask: Ask, post: Post, name: str) -> None:
    """Every operation has its function, and a call without input takes none."""
    post.says(1)
    assert ask(name) == {"value": 1}


def test_the_client_s_own_names_are_its_own(ask: Ask, post: Post) -> None:
    """Operations named as functions of the client stand beside these."""
    post.answer = Answer(204, type="")
    ask("send_")
    post.says(True)
    assert ask("isRefusal_") == {"value": True}
    assert [request.path for request in post.requests] == ["/api/send", "/api/refusal"]


def test_a_client_has_headers_and_a_fetch(ask: Ask, post: Post) -> None:
    """Headers of the client go with every request, and do not take the place of the operation's own."""
    post.says([])
    headers = {"x-app": "letters", "x_trace": "general", "accept": "text/html"}
    call = {"query": {"must": ["a"]}, "headers": {"x_trace": "own"}}
    assert ask("findLetters", call, client={"headers": headers}, strict=True) == {"value": []}
    assert {name: post.requests[0].headers[name] for name in headers} == {
        "x-app": "letters",
        "x_trace": "own",
        "accept": "application/json",
    }
    ask("findLetters", call, token="t")
    assert post.requests[1].headers["authorization"] == "Bearer t"


@pytest.mark.parametrize("end", ["", "/", "//"])
def test_the_base_may_end_in_a_slash(ask: Ask, post: Post, end: str) -> None:
    """A base with a path, however it ends, stands before every path."""
    post.says(1)
    assert ask("count", url=f"{post.url}/v2{end}") == {"value": 1}
    assert post.requests[0].path == "/v2/api/letters/count"


def test_a_call_is_over_in_time(ask: Ask, post: Post) -> None:
    """A server that does not answer in time is an error that says so, and so is one that stops in its answer."""
    answered = threading.Event()
    post.answer = Answer(200, b"1", wait=answered)
    error = ask("count", client={"timeout": 50})
    assert (error["kind"], error["timedOut"]) == ("ConnectionError", True)
    error = ask("count", {"timeout": 50})
    assert error["timedOut"] is True
    answered.set()
    post.answer = Answer(200, b"1")
    assert ask("count", client={"timeout": 2**31}) == {"value": 1}


@pytest.mark.parametrize("after", [0, 30])
def test_a_call_ends_by_its_own_signal(ask: Ask, post: Post, after: int) -> None:
    """The caller's signal ends the call, with the caller's reason; one that is over already sends nothing."""
    answered = threading.Event()
    post.answer = Answer(200, b"1", wait=answered)
    error = ask("count", abort=after)
    answered.set()
    assert (error["kind"], error["message"]) == ("RangeError", "Enough")
    assert len(post.requests) == (1 if after else 0)


def test_no_server_is_a_connection_error(ask: Ask, post: Post) -> None:
    """No answer at all, and one that breaks off, are errors of the connection."""
    error = ask("count", url="http://127.0.0.1:9")
    assert (error["kind"], error["timedOut"]) == ("ConnectionError", False)
    post.answer = Answer(200, b"1", broken=True)
    assert ask("count")["kind"] == "ConnectionError"


def test_a_domain_without_operations_has_no_client() -> None:
    """No file is made for it."""
    text = LETTERS.read_text("utf-8").partition("operations:")[0]
    domain = load({"letters.yaml": text}).domain
    assert domain is not None
    made = render(domain, Options("letters.yaml", {layer: LayerOptions(layer) for layer in LAYERS}))
    assert not [path for layer, path in made.files if layer == "client"]
    assert ("zod", "operations.ts") not in made.files
