"""Every layer gives every probe the same verdict; what one cannot say stands in its ledger, and nothing else does."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from isotype.layers.models import PARTS
from isotype.layers.models.types import holds_parts
from tests.agreement.conftest import Trial
from tests.agreement.probes import Probe
from tests.agreement.verdicts import Excuse, compare, compare_rows, report, wanted
from tests.agreement.witnesses import JsonSchema

RowVerdicts = Mapping[tuple[str, str], Sequence[str]]

TAKEN, REFUSED = 13, 10
"""For each property of a shape; fewer would mean that hardly anything was asked."""

ROWS, ROWS_TAKEN, ROWS_REFUSED = 11, 5, 5
"""For each column."""


def test_json_layers_agree(trial: Trial) -> None:
    """Pydantic, Zod and JSON Schema take and refuse the same JSON."""
    found, _ = compare(trial.probes, trial.verdicts, trial.targets, trial.of.ledger)
    assert not found, report(found)


def test_rows_agree(trial: Trial, row_verdicts: RowVerdicts) -> None:
    """PostgreSQL and SQLite take and refuse the same records as rows, by nothing but their own constraints."""
    for (witness, variant), answers in row_verdicts.items():
        found, _ = compare_rows(witness, list(_rows(trial, variant, answers)), trial.of.ledger)
        assert not found, report(found)


def test_models_agree(trial: Trial, model_verdicts: RowVerdicts) -> None:
    """Models refuse what the databases refuse before any statement runs, and take what they take."""
    excuses: set[Excuse] = set()
    for (witness, variant), answers in model_verdicts.items():
        asked = [
            (replace(probe, constructs=probe.constructs | {PARTS.construct}), right, why)
            if _is_inside_json(trial, probe, variant)
            else (probe, right, why)
            for probe, right, why in _rows(trial, variant, answers)
        ]
        found, used = compare_rows(witness, asked, trial.of.ledger)
        assert not found, report(found)
        excuses |= used
    assert excuses == {(PARTS.target, PARTS.construct)}


def _is_inside_json(trial: Trial, probe: Probe, variant: str) -> bool:
    """Whether a probe is about a column of JSON whose parts have types of their own."""
    entities = {found.shapes[variant].name: found for found in trial.of.bindings.entities if found.shapes}
    entity = entities[probe.shape]
    places = {field.paths[variant].wire: field.column.type for field in entity.fields if variant in field.paths}
    return any(holds_parts(of) and probe.path[: len(place)] == place for place, of in places.items())


def test_models_refuse_every_kind(trial: Trial, model_verdicts: RowVerdicts, row_verdicts: RowVerdicts) -> None:
    """Whatever CHECK a database names when it refuses a row, models refuse such a row by themselves."""
    named: set[str] = set()
    for (_, variant), answers in row_verdicts.items():
        refusals = zip(answers, model_verdicts[PARTS.target, variant], strict=True)
        named |= {word for why, here in refusals if why and here for word in re.findall(r"\w+", why)}
    exposed = [entity.table for entity in trial.of.bindings.entities if entity.shapes]
    missing = [check for table in exposed for check in table.checks if check.name not in named]
    assert {check.kind for check in missing} <= {"object"}


def _rows(trial: Trial, variant: str, answers: Sequence[str]) -> Iterator[tuple[Probe, bool, str]]:
    [first, *_] = trial.verdicts.values()
    for (place, _, _), why in zip(trial.rows[variant], answers, strict=True):
        probe = trial.probes[place]
        yield probe, wanted(probe, first[place]), why


def test_every_check_refuses_something(trial: Trial, row_verdicts: RowVerdicts) -> None:
    """Each CHECK that the schema asks for is what a database names when it refuses some row."""
    named = set(re.findall(r"\w+", "\n".join(why for answers in row_verdicts.values() for why in answers)))
    exposed = [entity.table for entity in trial.of.bindings.entities if entity.shapes]
    assert [check.name for table in exposed for check in table.checks if check.name not in named] == []


def test_enough_is_asked(trial: Trial, row_verdicts: RowVerdicts) -> None:
    """Many values are taken and many are refused for each property, of every shape and of every table's rows."""
    [first, *_] = trial.verdicts.values()
    counts = Counter(first)
    properties = sum(len(shape.properties) for shape in trial.of.shapes.by_name.values())
    assert counts[True] >= TAKEN * properties and counts[False] >= REFUSED * properties, (counts, properties)
    assert list(trial.verdicts) == ["Pydantic", "Pydantic, parsed", "zod", "json_schema"]
    assert {probe.shape for probe in trial.probes} == set(trial.of.shapes.by_name)
    assert all(any(v) and not all(v) for v in _by_shape(trial, first).values())
    exposed = {entity.table.name for entity in trial.of.bindings.entities if entity.shapes}
    columns = sum(len(entity.table.columns) for entity in trial.of.bindings.entities if entity.shapes)
    for found in trial.rows.values():
        assert len(found) >= ROWS * columns and {table.name for _, table, _ in found} == exposed
    for answers in row_verdicts.values():
        assert sum(not why for why in answers) >= ROWS_TAKEN * columns
        assert sum(map(bool, answers)) >= ROWS_REFUSED * columns


def _by_shape(trial: Trial, verdicts: Sequence[bool]) -> dict[str, list[bool]]:
    found: dict[str, list[bool]] = {}
    for probe, verdict in zip(trial.probes, verdicts, strict=True):
        found.setdefault(probe.shape, []).append(verdict)
    return found


IMPLIED = {
    "library": {"street_or_city"},
    "compression": {"chk_percentages_valid"},
    "infrastructure": set(),
    "migration_validation": set(),
    "pixcrawler": set(),
}
"""Rules that say no more than the ranges of their fields."""


def test_every_rule_decides(trial: Trial) -> None:
    """Each rule is asked about records that are taken and records that are not, except one that says nothing new."""
    [first, *_] = trial.verdicts.values()
    verdicts: dict[str, set[bool]] = {}
    for probe, verdict in zip(trial.probes, first, strict=True):
        if probe.rule:
            verdicts.setdefault(probe.rule, set()).add(verdict)
    rules = {rule.name for shape in trial.of.shapes.by_name.values() for rule in shape.rules}
    assert verdicts.keys() == rules
    assert {rule for rule, found in verdicts.items() if found != {True, False}} == IMPLIED[trial.of.name]


ABOUT_MORE_THAN_A_VALUE = {"transitions"}
"""A single value cannot show these."""


def test_the_ledger_holds_nothing_else(trial: Trial) -> None:
    """Each entry of the ledger about values on the wire is shown by a probe that its layer takes and others refuse."""
    _, used = compare(trial.probes, trial.verdicts, trial.targets, trial.of.ledger)
    entries: set[Excuse] = {
        (gap.target, gap.construct)
        for gap in trial.of.ledger
        if gap.target in trial.targets.values() and gap.construct not in ABOUT_MORE_THAN_A_VALUE
    }
    assert entries == used


KEYWORDS = (
    *("additionalProperties", "allOf", "enum", "exclusiveMaximum", "exclusiveMinimum", "items", "maximum"),
    *("maxItems", "maxLength", "maxProperties", "minimum", "minItems", "minLength", "pattern", "propertyNames"),
    *("required", "type", "uniqueItems"),
)


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_no_constraint_can_go_unnoticed(trial: Trial, keyword: str) -> None:
    """Without any one keyword of JSON Schema, a probe tells the difference."""
    document = json.loads(trial.of.files["openapi", "openapi.json"])
    schemas = document["components"]["schemas"]
    if f'"{keyword}": ' not in json.dumps(schemas):
        pytest.skip(f"nothing in {trial.of.name} needs {keyword}")
    changed = {name: _without(schema, keyword) for name, schema in schemas.items()}
    witness = JsonSchema({"components": {"schemas": changed}})
    whole = trial.verdicts["json_schema"]
    places = (place for place, taken in enumerate(whole) if not taken)
    assert any(witness.judge([(trial.probes[place].shape, trial.probes[place].text)]) == [True] for place in places)


def _without(schema: Any, keyword: str) -> Any:
    """The schema without a keyword; names of properties are no keywords."""
    if isinstance(schema, list):
        return [_without(part, keyword) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {word: part for word, part in schema.items() if word != keyword}
    return {
        word: {name: _without(inner, keyword) for name, inner in part.items()}
        if word == "properties"
        else _without(part, keyword)
        for word, part in kept.items()
    }
