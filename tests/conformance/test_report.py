"""The matrix as text, as a document and as a page."""

from __future__ import annotations

import json

from isotype.conformance.comparison import agree, keeps
from isotype.conformance.matrix import Cell, Disagreement, Matrix, Place, Rate
from isotype.domain.ledger import NotExpressible
from isotype.report import agreement

GAP = NotExpressible("rules", "json_schema", "No keyword computes.")
PRICE = Place("Item", "price")


def matrix(*disagreements: Disagreement) -> Matrix:
    """A small one, whose text is hostile."""
    wrong = 1 if disagreements else 0
    return Matrix(
        domain="shop",
        seed=7,
        values=12,
        accepted=5,
        seconds=0.5,
        cells={
            (PRICE, "range"): {"zod": Cell(4, wrong, 0), "json_schema": Cell(3, 0, 2, {"rules"})},
            (Place("Item", "name"), "length"): {"zod": Cell(7)},
        },
        rates={"zod": Rate(12, 0.25), "json_schema": Rate(5, 0.5)},
        missing={"postgres": "PostgreSQL was not found; install it"},
        ledger=(GAP, NotExpressible("view", "sqlite", "There is no text for it.")),
        used=frozenset({("json_schema", "rules")}),
        unneeded=(),
        disagreements=disagreements,
    )


WRONG = Disagreement("zod", PRICE, "range", "ItemCreate", "near 1", '{"a":"</script>\u202e"}', "takes <b>", seen=3)


def test_text() -> None:
    """The ledger comes first, then who was asked and who was not, then a line for each entity or field."""
    lines = list(agreement.lines(matrix(WRONG)))
    assert lines[0] == "shop: 12 values in 0.5 s, 5 of them taken; seed 7; ledger of 2, of which values show 1"
    assert lines[1:4] == [
        "  zod                 12 asked        48/s     0.2 s",
        "  json_schema          5 asked        10/s     0.5 s",
        "  postgres     not asked: PostgreSQL was not found; install it",
    ]
    assert lines[4] == "  not expressible in json_schema: rules (No keyword computes.)"
    assert "9 rows written by UPDATE as well: one in 4," in "".join(
        agreement.lines(matrix()._replace(updates=9, every=4))
    )
    assert lines[-2].split() == ["Item", "11=", "1!", "3=", "2~", "-"]
    detailed = [line.split() for line in agreement.lines(matrix(), detailed=True)][-3:-1]
    assert detailed == [["Item.price", "range", "4=", "3=", "2~", "-"], ["Item.name", "length", "7=", "-", "-"]]


def test_document() -> None:
    """Everything is in the document, for a program."""
    [found] = json.loads(agreement.document([matrix(WRONG)]))["domains"]
    assert (found["domain"], found["values"], found["holds"]) == ("shop", 12, False)
    assert found["witnesses"]["postgres"] == {"notAsked": "PostgreSQL was not found; install it"}
    assert [entry["shown"] for entry in found["ledger"]] == [True, False]
    assert found["matrix"][0]["witnesses"]["json_schema"]["constructs"] == ["rules"]
    assert found["disagreements"][0]["record"] == WRONG.text and found["disagreements"][0]["seen"] == 3


def test_page() -> None:
    """The page loads and runs nothing, shows every field, and text of the schema is inert in it."""
    page = agreement.page([matrix(WRONG), matrix()])
    assert page.count("<section>") == 2 and "Every layer agrees." in page and "1 disagreement." in page
    assert "<script" not in page and "</script>" not in page and "\u202e" not in page and "<b>" not in page
    assert "default-src 'none'" in page and "http" not in page.replace("http-equiv", "")
    for word in ("price", "name", "range", "not asked: PostgreSQL was not found", "No keyword computes."):
        assert word in page


def test_values_are_compared_by_meaning() -> None:
    """Numbers are compared by value, true is no 1, and what nobody gave may be null."""
    assert agree({"a": 1, "b": [1.0, None]}, {"a": 1.0, "b": [1, None], "c": None})
    assert agree({"a": None}, {})
    for meant, found in ((1, True), (True, 1), ("1", 1), ([1], [1, 2]), ({"a": 1}, {"a": 2}), ({"a": 1}, {}), ({}, [])):
        assert not agree(meant, found), (meant, found)
    assert not agree({"a": 1}, {"a": 1, "b": 2})
    assert keeps({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": None}]}) and not keeps({"a": [{"b": 1}]}, {"a": [{}]})
