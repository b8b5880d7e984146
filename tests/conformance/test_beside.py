"""Rows beside rows: references and unique keys are asked of both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from isotype.conformance.beside import beside
from isotype.conformance.building import Compiled, compiled
from isotype.conformance.excuses import Excuses
from isotype.conformance.findings import findings
from isotype.conformance.run import Request, run
from isotype.conformance.tally import Tally
from isotype.conformance.witnesses import assembled
from isotype.probes import Prober
from isotype.probes.scenes import arriving, scenes
from isotype.report import agreement
from tests.conformance.conftest import ENGINES
from tests.engines import ROOT
from tests.probes.domains import SCHEMAS, bindings, schema

SHELVES = """
isotype: 1
domain: shop
enums:
  LoanState: [asked, out, back]
entities:
  Room:
    key: [house, number]
    fields:
      house:  string(8)
      number: int
      name:   {type: text?, unique: true}
  Shelf:
    table: shelves
    fields:
      id:     {type: uuid, key: true, default: uuid}
      code:   {type: string(4), pattern: '^[A-Z]{3}[0-9]$', unique: true}
      house:  string(8)
      room:   int?
      left:   {ref: Shelf?, on_delete: set null, on_update: cascade, back: none}
      right:  {ref: Shelf?, on_delete: restrict, back: none}
      gone:   {type: date?}
      slot:   int?
      height: {type: int, default: 3}
    references:
      place:  {to: Room, on: {house: house, room: number}, on_delete: set null, on_update: cascade, back: shelves}
    uniques:
      uq_shelves_slot: {on: [house, slot], nulls: not distinct}
      uq_shelves_free: [room, height]
    indexes:
      idx_shelves_left: {on: [left], unique: true, where: gone IS NULL}
    rules:
      chk_height: height > 2 AND (slot IS NULL OR slot < 100)
  Box:
    fields:
      id:     {type: bigint, key: true, default: identity}
      shelf:  {ref: Shelf, on_delete: cascade}
      inside: {ref: Box?, on_delete: cascade, on_update: cascade, back: none}
      label:  text?
    uniques:
      uq_boxes_label: {on: [label], deferrable: true}
    api: {expose: false}
  Loan:
    fields:
      id:      {type: bigint, key: true, default: identity}
      state:   {type: LoanState, default: asked, transitions: {asked: [out], out: [back], back: []}}
      ended:   date?
      is_over: {type: bool, computed: state = 'back'}
    indexes:
      idx_loans_over:  {on: [ended], unique: true, where: is_over}
    rules:
      chk_ended: (ended IS NOT NULL) = (state = 'back')
"""

ALONE = ("sqlite", "postgres")

BREAKS: tuple[tuple[tuple[str, str, str], ...], ...] = (
    (
        # A reference that is lost, rows that are not taken along, a reference that holds nobody.
        (r"CONSTRAINT boxes_shelf_id_fkey FOREIGN KEY[^,]*?CASCADE,?\n", "", "Box.shelf"),
        (r"(FOREIGN KEY \(inside_id\)\s+REFERENCES boxes \(id\)) ON DELETE CASCADE", r"\1", "Box.inside"),
        ("ON DELETE RESTRICT", "ON DELETE CASCADE", "Shelf.right"),
        # A unique key that is lost, one that counts rows it should not, a key of fewer columns.
        (r"CONSTRAINT rooms_name_key UNIQUE \(name\)", "CHECK (TRUE)", "Room.name"),
        (r"(ON shelves \(left_id\))\s+WHERE gone IS NULL", r"\1", "Shelf.left"),
    ),
    (
        # A key that does not follow, rows that are not freed.
        (r"(REFERENCES rooms \(house, number\).*?) ON UPDATE CASCADE", r"\1", "Shelf.room"),
        ("ON DELETE SET NULL ON UPDATE CASCADE", "ON UPDATE CASCADE", "Shelf.left"),
        # One that rows are in only after they have moved.
        ("UNIQUE INDEX idx_loans_over", "INDEX idx_loans_over", "Loan.ended"),
        (r"PRIMARY KEY \(house, number\)", "UNIQUE (house, number), UNIQUE (house)", "Room.house"),
        ("UNIQUE INDEX idx_shelves_left", "INDEX idx_shelves_left", "Shelf.left"),
    ),
)

NULLS = {
    "postgres": ("UNIQUE NULLS NOT DISTINCT", "UNIQUE"),
    "sqlite": (r"\(slot IS NULL\), ifnull\(slot, 0\)", "slot"),
}


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compiled]:
    """The shelves, compiled once."""
    with compiled(schema(SHELVES), tmp_path_factory.mktemp("shelves")) as of:
        yield of


def ask(of: Compiled, *names: str) -> Tally:
    """All that is asked of several rows."""
    prober = Prober(of.bindings)
    tally = Tally(of.domain, prober, Excuses(of.ledger, prober.shapes))
    with assembled(of, ROOT, names, ENGINES) as (found, missing):
        assert not missing and beside(of.bindings.tables, prober, found, tally).unasked == ()
    return tally


def test_every_reference_and_key_is_asked(shelves: Compiled) -> None:
    """Both databases agree about all of them, of hidden entities too, and each stands in the matrix at its field."""
    tally = ask(shelves, *ALONE)
    assert tally.beside == []
    asked = {(str(where), word): [cells[name].agree for name in ALONE] for (where, word), cells in tally.cells.items()}
    # What could be put off is asked of PostgreSQL once more.
    assert asked["Shelf.left", "reference"] == [6, 8] and asked["Box.inside", "reference"] == [6, 8]
    assert asked["Room.name", "unique"] == [4, 6] and asked["Box.id", "key"] == [4, 6]
    assert asked["Shelf.house", "unique"] == [7, 11] and asked["Shelf.room", "reference"] == [8, 12]


def test_one_field_is_asked_alone(shelves: Compiled) -> None:
    """`--only` asks what stands at the field, and a run says how much it has asked."""
    with assembled(shelves, ROOT, ["sqlite"], ENGINES) as (found, missing):
        matrix = run(shelves, found, missing, Request(only="Shelf.left"))
    assert [str(finding) for finding in findings(matrix)] == [] and matrix.beside == 10
    assert {constraint for _, constraint in matrix.cells} >= {"reference", "unique"}
    assert any("10 questions about several rows" in line for line in agreement.lines(matrix))


def test_what_is_asked(shelves: Compiled) -> None:
    """Actions, nulls, conditions and changes all have their questions."""
    every = scenes(shelves.bindings.tables, Prober(shelves.bindings).records)
    said = {(about.name, scene.label): scene.refused for about, found in every for scene in found}
    assert said["boxes_inside_id_fkey", "cascade, when its key changes"] is False
    assert said["shelves_right_id_fkey", "restrict, when it is deleted"] is True
    assert said["uq_shelves_slot", "null in slot, twice"] is True
    assert said["uq_shelves_free", "null in room, twice"] is False
    assert said["idx_shelves_left", "the same where it does not matter"] is False
    assert said["rooms_pkey", "another number"] is False
    assert said["shelves_house_room_fkey", "to a row with another room"] is True
    assert said["rooms_name_key", "the same again, put off"] is True
    assert said["uq_boxes_label", "the same again, put off"] is False
    assert said["shelves_pkey", "another, alike"] is False


def test_rows_move_on_to_where_a_key_counts_them(shelves: Compiled) -> None:
    """A state that no row begins in is reached by moves; the last of them is what is asked."""
    found = scenes(shelves.bindings.tables, Prober(shelves.bindings).records)
    scene = next(one for about, asked in found for one in asked if about.name == "idx_loans_over" and one.refused)
    assert (scene.label, scene.asked.kind) == ("the same again", "update")
    assert scene.asked.cells["state"].value == "back" and scene.asked.row.cells["state"].value == "out"
    assert [[made.kind for made in arriving(row)] for row in scene.given] == [
        ["insert", "update", "update"],
        ["insert", "update"],
    ]


def test_the_same_again_is_another_row_in_every_column(shelves: Compiled) -> None:
    """What a row has in common with the one that stands there is another value in one more of them."""
    found = scenes(shelves.bindings.tables, Prober(shelves.bindings).records)
    asked = next(asked for about, asked in found if about.name == "uq_shelves_slot")
    twins = [one for one in asked if one.label.startswith("the same again") and not one.late]
    row = twins[0].given[0]
    for name in row.cells.keys() - {"house", "slot"}:
        assert any(one.asked.row.cells[name] != row.cells[name] for one in twins), name


def test_capitals_that_make_no_difference() -> None:
    """A unique index over a text in small letters is asked about the text in others."""
    of = bindings("datainsight")
    every = scenes(of.tables, Prober(of).records)
    said = {(about.name, scene.label): scene.refused for about, found in every for scene in found}
    assert said["ix_users_email", "the same, email in other letters"] is True


@pytest.mark.parametrize("name", SCHEMAS)
def test_rows_are_found_for_all_of_them(name: str) -> None:
    """There is no reference and no key of the project's schemas that is not asked."""
    of = bindings(name)
    found = list(scenes(of.tables, Prober(of).records))
    assert found and all(questions for _, questions in found)


@pytest.mark.parametrize("witness", ALONE)
@pytest.mark.parametrize("breaks", BREAKS, ids=["first", "second"])
def test_breaks_between_rows_are_found(
    witness: str, breaks: tuple[tuple[str, str, str], ...], shelves: Compiled
) -> None:
    """A reference or a key that one database lacks, or has otherwise, is found at its field."""
    path = shelves.folder / shelves.package / "sql" / f"{witness}.sql"
    whole = broken = path.read_text()
    for old, new, _ in (*breaks, (*NULLS[witness], "")):
        broken, count = re.subn(old, new, broken, count=1)
        assert count, old
    try:
        path.write_text(broken)
        found = ask(shelves, witness).beside
    finally:
        path.write_text(whole)
    assert {field for _, _, field in breaks} | {"Shelf.house"} <= {str(one.place) for one in found}
    assert all(one.text and one.declared.file for one in found)
