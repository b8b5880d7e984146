"""The table "Absent, null, default" of docs/semantics.md, held against the layers that read JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pytest

from isotype.conformance.building import Compiled, compiled
from isotype.conformance.engines import Engines
from isotype.conformance.model import Answer, Witness
from isotype.conformance.witnesses.datamodel import Datamodel
from isotype.conformance.witnesses.json_schema import JsonSchema
from isotype.conformance.witnesses.pydantic import Pydantic
from isotype.conformance.witnesses.zod import Zod
from isotype.probes import Probe
from tests.conformance.parsed import Parsed
from tests.engines import ROOT
from tests.probes.domains import schema

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


class Presence(NamedTuple):
    """The compiled schema and who reads its JSON."""

    of: Compiled
    witnesses: Sequence[Witness]

    def schema(self, name: str) -> Any:
        """A Pydantic schema."""
        return getattr(self.of.module("schemas"), name)

    def verdicts(self, shape: str, text: str) -> dict[str, bool]:
        """Who takes a text."""
        answers = self.answers(shape, text)
        return {name: answer.takes for name, answer in answers.items()}

    def answers(self, shape: str, text: str) -> dict[str, Answer]:
        """What each says of a text."""
        found = self.of.bindings.shapes.shape(shape)
        probe = Probe(shape, found.variant, found.direction, text, (), "valid", "", "", (), None)
        return {witness.name: witness.judge([probe])[0] for witness in self.witnesses}


@pytest.fixture(scope="module")
def presence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Presence]:
    with compiled(schema(SCHEMA), tmp_path_factory.mktemp("presence")) as of, Engines() as engines:
        yield Presence(of, [Pydantic(of), Parsed(of), Zod(of, ROOT, engines), JsonSchema(of), Datamodel(of)])


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
def test_absent_and_null(presence: Presence, cell: Cell) -> None:
    """Each witness gives the verdict of the cell."""
    text = given(cell.variant, cell.field, *([None] if cell.case == "null" else []))
    verdicts = presence.verdicts(SHAPES[cell.variant], text)
    assert len(verdicts) == 5 and set(verdicts.values()) == {taken(cell)}, (text, verdicts)


def test_values(presence: Presence) -> None:
    """A value is taken where the access of the field lets it in, and dropped from answers that do not show it."""
    for row, fields in ROWS.items():
        closed = row in ("`access: read`", "`access: internal`", "computed")
        for field in fields:
            for variant, right in (
                ("create", not closed),
                ("update", not closed and "once" not in row),
                ("response", True),
            ):
                text = given(variant, field, 2)
                assert set(presence.verdicts(SHAPES[variant], text).values()) == {right}, text


def test_what_absence_becomes(presence: Presence) -> None:
    """On create the default or null stands for what is absent; in an update nothing does."""
    create, update = presence.schema("ThingCreate"), presence.schema("ThingUpdate")
    written = create.model_validate(CREATE).model_dump(mode="json")
    for cell in CELLS:
        if cell[1:3] == ("create", "absent") and cell.words in ("the default", "null"):
            assert written[cell.field] == (DEFAULT if cell.words == "the default" else None), cell
    nulls = {cell.field: None for cell in CELLS if cell[1:] == ("create", "null", "null")}
    kept = create.model_validate({**CREATE, **nulls}).model_dump(mode="json")
    assert nulls and {name: kept[name] for name in nulls} == nulls
    assert update.model_validate({}).model_dump(exclude_unset=True) == {}
    assert update.model_validate({"both": None}).model_dump(exclude_unset=True) == {"both": None}


def test_answers_hold_what_they_name(presence: Presence) -> None:
    """What a response never shows is dropped by all who give it back, with everything unknown."""
    hidden = {
        field: 9 for cell in CELLS if cell.words == "never there" and cell.variant == "response" for field in cell[:1]
    }
    assert len(hidden) == 5
    answers = presence.answers("ThingResponse", json.dumps({**RESPONSE, **hidden, "noSuchProperty": 1}))
    shown = {name: json.loads(answer.value) for name, answer in answers.items() if answer.value is not None}
    assert shown == dict.fromkeys(("pydantic", "parsed", "zod", "datamodel"), RESPONSE)


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
def test_reasons(presence: Presence, variant: str, field: str, reason: str | None) -> None:
    """A property that a response has is refused with its own reason, any other as unknown."""
    answers = presence.answers(SHAPES[variant], given(variant, field, 1))
    for name in ("pydantic", "parsed"):
        assert answers[name].reason == f"{field}: {reason or 'Extra inputs are not permitted'}"
    assert (reason or field) in answers["zod"].reason
