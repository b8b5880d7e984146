"""The table "Absent, null, default" of docs/semantics.md, held against the layers that read JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError

from tests.agreement.domains import compile_schema
from tests.agreement.witnesses import Pydantic, Witness, Zod, witnesses
from tests.engines import ROOT
from tests.engines.node import JsonText, Node, Request

DEFAULT = 3

SCHEMA = f"""
isotype: 1
domain: presence
api: {{case: camel}}
entities:
  Thing:
    fields:
      required_field:   int
      nullable_field:   int?
      defaulted:        {{type: int, default: {DEFAULT}}}
      both:             {{type: int?, default: {DEFAULT}}}
      read_only:        {{type: int, default: {DEFAULT}, access: read}}
      write_required:   {{type: int, access: write}}
      write_nullable:   {{type: int?, access: write}}
      write_defaulted:  {{type: int, default: {DEFAULT}, access: write}}
      write_both:       {{type: int?, default: {DEFAULT}, access: write}}
      once_required:    {{type: int, access: once}}
      once_nullable:    {{type: int?, access: once}}
      once_defaulted:   {{type: int, default: {DEFAULT}, access: once}}
      once_both:        {{type: int?, default: {DEFAULT}, access: once}}
      hidden:           {{type: int, default: {DEFAULT}, access: internal}}
      sum:              {{type: int, computed: required_field + defaulted}}
"""

PLAIN = ("required", "nullable", "with a default", "nullable with a default")
ROWS = {
    **{row: [field] for row, field in zip(PLAIN, ("requiredField", "nullableField", "defaulted", "both"), strict=True)},
    "`access: read`": ["readOnly"],
    "`access: write`": ["writeRequired", "writeNullable", "writeDefaulted", "writeBoth"],
    "`access: once`": ["onceRequired", "onceNullable", "onceDefaulted", "onceBoth"],
    "`access: internal`": ["hidden"],
    "computed": ["sum"],
}
"""The fields of each row of the table, in wire names; where a row says "as above", those of the plain rows in order."""

CREATE = {"requiredField": 1, "writeRequired": 1, "onceRequired": 1}
RESPONSE = {
    **{"requiredField": 1, "nullableField": 1, "defaulted": 1, "both": 1, "readOnly": 1, "sum": 1},
    **{"onceRequired": 1, "onceNullable": 1, "onceDefaulted": 1, "onceBoth": 1},
}
GIVEN = {"create": CREATE, "update": {}, "response": RESPONSE}
SHAPES = {"create": "ThingCreate", "update": "ThingUpdate", "response": "ThingResponse"}


class Cell(NamedTuple):
    """What the page says of one field in one column; a cell of responses is about both absence and null."""

    field: str
    variant: str
    case: str
    words: str

    def __str__(self) -> str:
        return f"{self.field}, {self.variant}, {self.case}"


def table() -> dict[str, list[str]]:
    """The cells of the page by the name of the row."""
    page = (ROOT / "docs" / "semantics.md").read_text("utf-8")
    section = page.partition("## Absent, null, default\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    head, _, *rows = lines
    assert head == ["field", "create: absent", "create: null", "update: absent", "update: null", "response"]
    return {row[0]: row[1:] for row in rows}


def cells() -> Iterator[Cell]:
    """Every cell, for every field of its row."""
    page = table()
    for row, fields in ROWS.items():
        for place, field in enumerate(fields):
            words = [page[PLAIN[place]][n] if word == "as above" else word for n, word in enumerate(page[row])]
            inputs = (("create", "absent"), ("create", "null"), ("update", "absent"), ("update", "null"))
            for (variant, case), word in zip(inputs, words, strict=False):
                # `as above` speaks of values; a field that is set once is no part of an update.
                yield Cell(field, variant, case, word)
            yield Cell(field, "response", "absent", words[-1])
            yield Cell(field, "response", "null", words[-1])


CELLS = list(cells())
TAKEN = {
    **{"refused": False, "null": True, "unchanged": True, "never there": True},
    **{"the default": True, "the server's value": True, "the database's value": True},
}


@pytest.fixture(scope="module")
def presence(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Witness]]:
    of = compile_schema("presence", SCHEMA)
    with witnesses(of, tmp_path_factory.mktemp("presence"), node) as found:
        yield found


def given(variant: str, field: str, *values: object) -> str:
    """A whole record as JSON, with a value for the field or, when there is none, without it."""
    record: dict[str, object] = {name: value for name, value in GIVEN[variant].items() if name != field}
    if values:
        record[field] = values[0]
    return json.dumps(record)


def taken(cell: Cell) -> bool:
    """The verdict that a cell asks for."""
    if cell.variant != "response":
        return TAKEN[cell.words]
    if cell.words == "never there":
        return True
    assert cell.words in ("present", "present, may be null")
    may_be_null = cell.words == "present, may be null" or cell.field in ("onceNullable", "onceBoth")
    return cell.case == "null" and may_be_null


def test_every_row_of_the_page_is_asked() -> None:
    """No row of the table is left out, and none is made up."""
    assert set(table()) == set(ROWS)
    assert len(CELLS) == 6 * sum(map(len, ROWS.values())) == 90


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_absent_and_null(presence: list[Witness], cell: Cell) -> None:
    """Each witness gives the verdict of the cell."""
    text = given(cell.variant, cell.field, *([None] if cell.case == "null" else []))
    verdicts = {witness.name: witness.judge([(SHAPES[cell.variant], text)]) for witness in presence}
    assert verdicts == {witness.name: [taken(cell)] for witness in presence}, text


def test_values(presence: list[Witness]) -> None:
    """A value is taken where the access of the field lets it in, and dropped from answers that do not show it."""
    for row, fields in ROWS.items():
        closed = row in ("`access: read`", "`access: internal`", "computed")
        for field in fields:
            for variant, right in (("create", not closed), ("update", not closed and "once" not in row)):
                case = (SHAPES[variant], given(variant, field, 2))
                assert [witness.judge([case]) for witness in presence] == [[right]] * len(presence), case
            case = (SHAPES["response"], given("response", field, 2))
            assert [witness.judge([case]) for witness in presence] == [[True]] * len(presence), case


def test_what_absence_becomes(presence: list[Witness]) -> None:
    """On create the default or null stands for what is absent; in an update nothing does."""
    [pydantic] = [witness for witness in presence if witness.name == "Pydantic"]
    assert isinstance(pydantic, Pydantic)
    created = pydantic.schema("ThingCreate").model_validate(CREATE)
    written = created.model_dump(mode="json")
    for cell in CELLS:
        if cell[1:3] == ("create", "absent") and cell.words in ("the default", "null"):
            assert written[cell.field] == (DEFAULT if cell.words == "the default" else None), cell
    nulls = {cell.field: None for cell in CELLS if cell[1:] == ("create", "null", "null")}
    kept = pydantic.schema("ThingCreate").model_validate({**CREATE, **nulls}).model_dump(mode="json")
    assert nulls and {name: kept[name] for name in nulls} == nulls
    assert pydantic.schema("ThingUpdate").model_validate({}).model_dump(exclude_unset=True) == {}
    assert pydantic.schema("ThingUpdate").model_validate({"both": None}).model_dump(exclude_unset=True) == {
        "both": None
    }


def test_answers_hold_what_they_name(presence: list[Witness], node: Node) -> None:
    """What a response never shows is dropped by Pydantic and Zod alike, with everything unknown."""
    hidden = {
        field: 9 for cell in CELLS if cell.words == "never there" and cell.variant == "response" for field in cell[:1]
    }
    assert len(hidden) == 5
    text = json.dumps({**RESPONSE, **hidden, "noSuchProperty": 1})
    pydantic, _, zod, _ = presence
    assert isinstance(pydantic, Pydantic)
    assert pydantic.schema("ThingResponse").model_validate_json(text).model_dump(mode="json") == RESPONSE
    assert node.call(_module(zod), "thingResponseSchema.parse", JsonText(text)) == RESPONSE


@pytest.mark.parametrize(
    ("variant", "field", "reason"),
    [
        ("create", "readOnly", "readOnly is read-only"),
        ("create", "sum", "sum is read-only"),
        ("update", "readOnly", "readOnly is read-only"),
        ("update", "onceRequired", "onceRequired is set once, when it is created"),
        ("create", "hidden", None),
        ("update", "hidden", None),
        ("create", "noSuchProperty", None),
    ],
)
def test_reasons(presence: list[Witness], node: Node, variant: str, field: str, reason: str | None) -> None:
    """A property that a response has is refused with its own reason, any other as unknown."""
    text = given(variant, field, 1)
    pydantic, _, zod, _ = presence
    assert isinstance(pydantic, Pydantic)
    [error] = _errors(pydantic, SHAPES[variant], text)
    assert error["msg"] == (reason or "Extra inputs are not permitted")
    schema = f"thing{variant.title()}Schema.parse"
    [answer] = node.call_many([Request(_module(zod), schema, [JsonText(text)])])
    assert answer.error is not None
    [issue] = answer.error["issues"]
    assert issue["message"] == reason or (reason is None and field in issue["message"])


def _errors(pydantic: Pydantic, shape: str, text: str) -> list[Any]:
    with pytest.raises(ValidationError) as raised:
        pydantic.schema(shape).model_validate_json(text)
    return list(raised.value.errors())


def _module(zod: Witness) -> Any:
    assert isinstance(zod, Zod)
    return zod.schemas
