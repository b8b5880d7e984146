"""The notes as a FastAPI service with models of its own.

`python -m tests.service.foreign.fastapi_service PORT` serves it.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StrictStr
from pydantic.alias_generators import to_camel

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Page = Annotated[int, Field(ge=1, le=2**31 - 1)]


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("text holds no U+0000")
    return text


Text = Annotated[StrictStr, AfterValidator(_without_nul)]
Title = Annotated[Text, Field(min_length=1, max_length=80)]
Label = Annotated[Text, Field(max_length=20)]
Labels = Annotated[list[Label], Field(max_length=5)]
Stars = Annotated[StrictInt, Field(ge=0, le=5)]
Price = Annotated[Decimal, Field(max_digits=8, decimal_places=2, ge=0)]


class Kind(StrEnum):
    IDEA = "idea"
    TASK = "task"
    QUOTE = "quote"


class Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class NewNote(Model):
    model_config = ConfigDict(extra="forbid")

    title: Title
    body: Text | None = None
    kind: Kind = Kind.IDEA
    stars: Stars = 0
    price: Price
    due_on: date | None = None
    labels: Labels = Field(default_factory=list)


class NoteChange(Model):
    model_config = ConfigDict(extra="forbid", json_schema_extra=lambda schema: _without_defaults(schema))

    title: Title = ""
    body: Text | None = None
    kind: Kind = Kind.IDEA
    stars: Stars = 0
    price: Price = Decimal(0)
    due_on: date | None = None
    labels: Labels = Field(default_factory=list)


def _without_defaults(schema: dict[str, Any]) -> None:
    """Nothing is changed that is not given."""
    for prop in schema["properties"].values():
        prop.pop("default", None)


class Note(Model):
    id: UUID
    title: Title
    body: Text | None
    kind: Kind
    stars: Stars
    price: Price
    due_on: date | None
    created_at: datetime
    labels: Labels


class Notes(Model):
    items: list[Note]
    total: Count
    page: Page
    page_size: Page


class Detail(Model):
    path: str
    message: str
    code: str


class Problem(Model):
    code: str
    message: str
    details: list[Detail]


REFUSED: dict[int | str, dict[str, Any]] = {422: {"model": Problem}}
UNKNOWN = {**REFUSED, 404: {"model": Problem}}


class Missing(Exception):
    """There is no such note."""


def create_app() -> FastAPI:
    """The service, with no notes yet."""
    app = FastAPI(title="Notes by hand")
    notes: dict[UUID, Note] = {}

    def found(note_id: UUID) -> Note:
        if note_id not in notes:
            raise Missing
        return notes[note_id]

    @app.exception_handler(Missing)
    def missing(_: Request, __: Exception) -> JSONResponse:
        problem = Problem(code="not_found", message="There is no such note.", details=[])
        return JSONResponse(problem.model_dump(by_alias=True), 404)

    @app.exception_handler(RequestValidationError)
    def refused(_: Request, error: RequestValidationError) -> JSONResponse:
        details = [
            Detail(path=".".join(map(str, one["loc"][1:])), message=str(one["msg"]), code=str(one["type"]))
            for one in error.errors()
        ]
        problem = Problem(code="unprocessable", message="That is not what is asked for.", details=details)
        return JSONResponse(problem.model_dump(by_alias=True), 422)

    @app.get("/notes", responses=REFUSED)
    def listing(
        kind: Kind | None = None,
        page: Page = 1,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> Notes:
        chosen = [note for note in notes.values() if kind in (None, note.kind)]
        items = chosen[(page - 1) * limit : page * limit]
        return Notes(items=items, total=len(chosen), page=page, page_size=limit)

    @app.post("/notes", status_code=201, responses=REFUSED)
    def create(body: NewNote) -> Note:
        note = Note(id=uuid4(), created_at=datetime.now(UTC), **body.model_dump())
        note.price = note.price.quantize(Decimal("0.01"))
        notes[note.id] = note
        return note

    @app.get("/notes/{note_id}", responses=UNKNOWN)
    def get(note_id: UUID) -> Note:
        return found(note_id)

    @app.patch("/notes/{note_id}", responses=UNKNOWN)
    def change(note_id: UUID, body: NoteChange) -> Note:
        note = found(note_id)
        notes[note_id] = note.model_copy(update=body.model_dump(exclude_unset=True))
        return notes[note_id]

    @app.delete("/notes/{note_id}", status_code=204, responses=UNKNOWN)
    def delete(note_id: UUID) -> None:
        found(note_id)
        del notes[note_id]

    return app


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(create_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
