"""What programs read is what docs/report.md and the standards say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, validators

from isotype import report
from isotype.domain.places import Place
from isotype.findings import ERROR, NOTE, WARNING, Accepted, Compared, Fault, Finding, Overview
from tests.engines import ROOT

PAGE = (ROOT / "docs/report.md").read_text()
SARIF = json.loads((Path(__file__).parent / "sarif-2.1.0.json").read_text())
TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}


def shape(**properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def listed(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


COUNTS = shape(error=COUNT, warning=COUNT, note=COUNT)
PLACE = shape(file=TEXT, line={"type": "integer", "minimum": 1}, column={"type": "integer", "minimum": 1})
FINDING = shape(
    **dict.fromkeys(
        ("message", "suggestion", "path", "layer", "expected", "actual", "repair", "object", "attribute", "within"),
        TEXT,
    ),
    declaration=TEXT,
    related={"anyOf": [PLACE, {"type": "null"}]},
    code={"type": "string", "pattern": "^[a-z][a-z0-9-]+$"},
    place={"anyOf": [PLACE, {"type": "null"}]},
    severity={"enum": ["error", "warning", "note"]},
)
DOCUMENT = shape(
    version={"const": 1},
    isotype=TEXT,
    command=TEXT,
    summary=listed(TEXT),
    counts=COUNTS,
    layers=listed(shape(layer=TEXT, subjects=listed(TEXT), objects=COUNT, failed=COUNT, counts=COUNTS)),
    faults=listed(
        shape(
            domain=TEXT,
            declaration=TEXT,
            sentence=TEXT,
            place={"anyOf": [PLACE, {"type": "null"}]},
            layers=listed(shape(layer=TEXT, verdict=TEXT, agrees={"type": "boolean"})),
        )
    ),
    findings=listed(FINDING),
    accepted=listed(shape(owner=TEXT, reason=TEXT, expires={"type": "string", "format": "date"}, finding=FINDING)),
)

HOSTILE = "<script>alert(1)</script> ]]> \x1b[31m \u202e \x00 \ud800 ' \" & %0A\n::error::x"


def difference(table: str, name: str, severity: str = ERROR, line: int = 3) -> Finding:
    return Finding(
        "drift-different-column",
        f"column public.{table}.{name} differs in default",
        Place("schema/shop.yaml", line, 5),
        severity=severity,
        path=f"table.public.{table}.column.{name}.default",
        layer="database",
        expected="1",
        actual=HOSTILE,
        object=f"column public.{table}.{name}",
        attribute="default",
        within=f"table public.{table}",
    )


NOTED = difference("a", "x", NOTE)
WARNED = difference("b", "x", WARNING)
SEVERE = (difference("c", "y", WARNING, 9), difference("c", "x"))
APART = Finding("cannot-connect", "cannot connect to db")
ALL = (NOTED, WARNED, *SEVERE, APART)
OVERVIEW = Overview(
    (Compared("database", "shop in db", 40), Compared("database", "other in db", 2), Compared("api", "shop", 7)),
    (Accepted(WARNED, "the team", HOSTILE, "2030-01-31"),),
)
FAULTS = (Fault("shop", "A.x", Place("schema/shop.yaml", 3, 5), HOSTILE, (("database", "lacks it"), ("api", ""))),)
FAULTY = OVERVIEW._replace(faults=FAULTS)
ELSEWHERE = difference("d", "x")._replace(place=Place("web/a.ts", 7, 3), related=Place("schema/shop.yaml", 3, 5))


def test_json_is_as_documented() -> None:
    """The document and the example on the page are of one shape, and the page names every key."""
    judge = Draft202012Validator(DOCUMENT)
    document = json.loads(report.render((*ALL, ELSEWHERE), "json", command="drift", summary=["x"], overview=FAULTY))
    judge.validate(document)
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.S)
    judge.validate(json.loads(example))
    assert not judge.is_valid(document | {"version": 2})
    assert [key for key in FINDING["properties"] if f"`{key}`" not in PAGE] == []  # type: ignore[attr-defined]
    (layer, api) = document["layers"]
    assert (layer["objects"], layer["counts"]) == (42, {"error": 2, "warning": 2, "note": 1})
    assert (api["objects"], api["counts"]["error"]) == (7, 0)
    assert document["accepted"][0]["finding"]["object"] == "column public.b.x"
    assert [(it["layer"], it["agrees"]) for it in document["faults"][0]["layers"]] == [
        ("database", False),
        ("api", True),
    ]


def test_sarif_is_valid() -> None:
    """SARIF holds to the schema of the standard, with and without findings, and every result has a line."""
    kind: Any = validators.validator_for(SARIF)
    for findings in ((), (*ALL, ELSEWHERE)):
        document = json.loads(report.render(findings, "sarif", command="drift", overview=FAULTY))
        kind(SARIF).validate(document)
        for result in document["runs"][0]["results"]:
            assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
    run = document["runs"][0]
    assert not run["invocations"][0]["executionSuccessful"]
    assert not kind(SARIF).is_valid(document | {"version": "2"})


def test_alert_stays_the_same_when_its_line_moves() -> None:
    """The fingerprint of a difference is that of its object, not of its line."""

    def fingerprint(finding: Finding) -> object:
        (result,) = json.loads(report.render([finding], "sarif"))["runs"][0]["results"]
        return result["partialFingerprints"]

    assert fingerprint(difference("a", "x", line=1)) == fingerprint(difference("a", "x", line=99))
    assert fingerprint(difference("a", "x")) != fingerprint(difference("a", "y"))


def test_findings_follow_by_object_the_most_severe_first() -> None:
    """In every format an object with an error comes before one with a warning, and its own errors first."""
    text = report.render(ALL, "text", overview=OVERVIEW)
    assert text.startswith(
        "database: 42 objects compared, 1 error, 2 warnings, 1 note in 4 objects\n"
        "api: 7 objects compared, nothing found\n"
        "\ntable public.c (1 error, 1 warning)\nschema/shop.yaml:3:5: column public.c.x differs"
    )
    assert "1 difference accepted by the baseline\n" in text
    order = ["c.x differs", "c.y differs", "b.x differs", "a.x differs", "cannot connect"]
    for form in ("text", "json", "junit", "html"):
        printed = report.render(ALL, form, overview=Overview())
        at = [printed.index(part) for part in order]
        assert at == sorted(at), form
    levels = [line.partition(" ")[0] for line in report.render(ALL, "github").splitlines()]
    assert levels == ["::error", "::error", "::warning", "::warning", "::notice"]


def test_both_lines_are_told() -> None:
    """What stands in a frontend is told at its line, with that of the schema."""
    for form in ("text", "github", "junit", "html"):
        printed = report.render([ELSEWHERE], form)
        assert "schema/shop.yaml:3:5" in printed, form
    (result,) = json.loads(report.render([ELSEWHERE], "sarif"))["runs"][0]["results"]
    (location,) = result["relatedLocations"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "web/a.ts"
    assert location["physicalLocation"]["region"]["startLine"] == 3


def test_layer_at_fault_is_told() -> None:
    """Where several layers hold the same thing, the text says in a line which is at fault, the page in a table."""
    fault = FAULTS[0]._replace(sentence="the database lacks it; the API agrees with the schema")
    overview = OVERVIEW._replace(faults=(fault,) * 50)
    text = report.render(ALL, "text", overview=overview)
    assert "\n\nA.x: the database lacks it; the API agrees with the schema\n" in text
    assert "\n… 10 more\n\ntable public.c" in text
    page = report.render(ALL, "html", overview=overview)
    assert page.count('<td class="wrong">lacks it</td><td class="right">agrees</td>') == 50


def test_layer_in_sync_is_a_passed_case() -> None:
    """JUnit counts a layer without findings as passed."""
    printed = report.render([NOTED], "junit", overview=OVERVIEW)
    assert 'tests="2" failures="1"' in printed
    assert '<testcase classname="isotype.api" name="shop: 7 objects compared"/>' in printed


def test_layer_that_was_not_read_whole_is_never_in_sync() -> None:
    """Where a database could not be read, no format calls its layer passed, fine or in sync."""
    some = Overview((Compared("database", "shop in 2 databases", 40, 1),))
    none = Overview((Compared("database", "shop in db", 0, 1),))
    assert "40 objects compared, nothing found, 1 could not be compared" in report.render(
        [APART], "text", overview=some
    )
    assert report.render([APART], "text", overview=none).lstrip().startswith("cannot connect")
    for overview in (some, none):
        assert json.loads(report.render([APART], "json", overview=overview))["layers"][0]["failed"] == 1
        assert 'tests="1" failures="1"' in report.render([APART], "junit", overview=overview)
        page = report.render([APART], "html", overview=overview)
        assert "in sync" not in page and '<li class="error">' in page


def test_nothing_of_a_database_is_obeyed() -> None:
    """In every format hostile text is inert."""
    for form in report.FORMATS:
        printed = report.render(ALL, form, overview=FAULTY, color=True)
        assert "[31m \u202e" not in printed
        assert not set(printed) & {"\x00", "\u202e", "\ud800"}
        assert form not in ("html", "junit") or "<script" not in printed
        assert len([line for line in printed.splitlines() if line.lstrip().startswith("::")]) == (
            5 if form == "github" else 0
        )
