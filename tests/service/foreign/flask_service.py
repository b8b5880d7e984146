"""The notes as a Flask service, whose document is written by hand beside it and checks nothing by itself.

`python -m tests.service.foreign.flask_service PORT` serves it, the document at `/openapi.yaml`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

DOCUMENT = Path(__file__).with_name("flask_document.yaml")

KINDS = ("idea", "task", "quote")
LARGEST = 2**31 - 1
_PRICE = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,2})?")
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Json = dict[str, Any]


class Problem(Exception):
    """A refusal: its status and code, and what is wrong by its place."""

    def __init__(self, status: int, code: str, **wrong: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.wrong = wrong


def create_app() -> Flask:
    """The service, with no notes yet."""
    app = Flask(__name__)
    notes: dict[UUID, Json] = {}

    def found(note_id: str) -> UUID:
        if not _UUID.fullmatch(note_id):
            raise Problem(422, "unprocessable", id="is no UUID")
        if UUID(note_id) not in notes:
            raise Problem(404, "not_found")
        return UUID(note_id)

    @app.errorhandler(Problem)
    def refused(problem: Problem) -> tuple[Response, int]:
        details = [{"path": path, "message": text, "code": "wrong"} for path, text in problem.wrong.items()]
        return jsonify(code=problem.code, message=problem.code.replace("_", " "), details=details), problem.status

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> tuple[Response, int]:
        return jsonify(code="refused", message=error.name, details=[]), error.code or 500

    @app.get("/openapi.yaml")
    def document() -> Response:
        return Response(DOCUMENT.read_text(), mimetype="application/yaml")

    @app.get("/notes")
    def listing() -> Response:
        kind = request.args.get("kind")
        if kind is not None and kind not in KINDS:
            raise Problem(422, "unprocessable", kind="is no kind")
        page, limit = _number("page", 1, LARGEST), _number("limit", 20, 100)
        chosen = [note for note in notes.values() if kind in (None, note["kind"])]
        items = chosen[(page - 1) * limit : page * limit]
        return jsonify(items=items, total=len(chosen), page=page, pageSize=limit)

    @app.post("/notes")
    def create() -> tuple[Response, int]:
        given = _body()
        missing = {name: "is missing" for name in ("title", "price") if name not in given}
        if missing:
            raise Problem(422, "unprocessable", **missing)
        made = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        defaults: Json = {"body": None, "kind": "idea", "stars": 0, "dueOn": None, "labels": []}
        note = {"id": str(uuid4()), "createdAt": made, **defaults, **given}
        notes[UUID(note["id"])] = note
        return jsonify(note), 201

    @app.get("/notes/<note_id>")
    def get(note_id: str) -> Response:
        return jsonify(notes[found(note_id)])

    @app.patch("/notes/<note_id>")
    def change(note_id: str) -> Response:
        known = found(note_id)
        notes[known] = {**notes[known], **_body()}
        return jsonify(notes[known])

    @app.delete("/notes/<note_id>")
    def delete(note_id: str) -> tuple[str, int]:
        del notes[found(note_id)]
        return "", 204

    return app


def _number(name: str, default: int, most: int) -> int:
    written = request.args.get(name)
    if written is None:
        return default
    if not _INTEGER.fullmatch(written) or not 1 <= int(written) <= most:
        raise Problem(422, "unprocessable", **{name: f"is no number from 1 to {most}"})
    return int(written)


def _body() -> Json:
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Problem(422, "unprocessable", body="is no object")
    wrong = {name: "is not known" for name in given if name not in _CHECKS}
    wrong |= {name: "is wrong" for name, check in _CHECKS.items() if name in given and not check(given[name])}
    if wrong:
        raise Problem(422, "unprocessable", **wrong)
    if "price" in given:
        whole, _, digits = given["price"].partition(".")
        given["price"] = f"{whole}.{digits:0<2}"
    if "stars" in given:
        given["stars"] = int(given["stars"])
    return given


def _text(value: Any, longest: int | None = None, shortest: int = 0) -> bool:
    if not isinstance(value, str) or "\0" in value or re.search("[\ud800-\udfff]", value):
        return False
    return shortest <= len(value) <= (len(value) if longest is None else longest)


def _day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _whole(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and value == value // 1


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "title": lambda value: _text(value, 80, 1),
    "body": lambda value: value is None or _text(value),
    "kind": lambda value: isinstance(value, str) and value in KINDS,
    "stars": lambda value: _whole(value) and 0 <= value <= 5,
    "price": lambda value: isinstance(value, str) and _PRICE.fullmatch(value) is not None,
    "dueOn": lambda value: value is None or _day(value),
    "labels": lambda value: isinstance(value, list) and len(value) <= 5 and all(_text(one, 20) for one in value),
}


if __name__ == "__main__":
    create_app().run("127.0.0.1", int(sys.argv[1]), threaded=True)
