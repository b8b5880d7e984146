"""The models that datamodel-code-generator makes of the document say what the document says."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from datamodel_code_generator import generate

from isotype.conformance.building import Compiled, compiled
from isotype.conformance.model import Answer, NotAsked
from isotype.conformance.run import Request, run
from isotype.conformance.witnesses.datamodel import OPTIONS, Datamodel
from isotype.probes import Probe
from tests.engines import ROOT
from tests.probes.domains import schema

SCHEMA = """
isotype: 1
domain: positions
types:
  Search: {base: string(9), pattern: '[a-f]'}
  Whole:  {base: text, pattern: '^[^x]+$'}
  Narrow: {base: email, pattern: '^[^A-Z]+$'}
  Levels: {base: 'int[]', items: {min: 1, max: 22}, min_items: 1, max_items: 4, unique_items: true, sorted: true}
  Few:    {base: 'map(Whole)', max_items: 2}
enums:
  Kind: [one, None, class]
objects:
  Field:
    fields:
""" + "".join(
    f"      {name}{suffix}: {{type: '{of}{mark}'}}\n"
    for suffix, mark in (("", ""), ("_null", "?"))
    for name, of in {
        **{"search": "Search", "whole": "Whole", "narrow": "Narrow", "levels": "Levels", "few": "Few", "kind": "Kind"},
        **{"numbers": "map(int?)", "open": "map(json)", "free": "json", "kinds": "Kind[]", "texts": "Search[]"},
        **{"big": "bigint", "flag": "bool", "at": "timestamp", "ratio": "float"},
    }.items()
)
SCHEMA += """
  Any:
    fields: {search: Search?, few: Few?, open: 'map(json)?'}
entities:
  Title:
    fields:
      id:      {type: int, key: true}
      title:   {type: string(5), pattern: a}
      config:  Any
      class:   Any?
      json:    'Any[]'
      by_name: {type: 'map(Any?)?', max_items: 2}
      copy:    {type: Kind, default: None}
      codes:   {type: 'Search[]', default: [a]}
"""


@pytest.fixture(scope="module")
def positions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compiled]:
    """An object with every property twice, the second time with null, and an entity that has parts of parts."""
    with compiled(schema(SCHEMA), tmp_path_factory.mktemp("positions")) as of:
        yield of


def saying(of: Compiled, document: str, folder: Path) -> Compiled:
    """The same domain with another document."""
    target = folder / of.package / "openapi" / "openapi.json"
    target.parent.mkdir(parents=True)
    target.write_text(document, encoding="utf-8")
    return of._replace(folder=folder)


class Unbelieving:
    """Stands for JSON Schema, and takes nothing."""

    name, target, apart = "json_schema", "json_schema", False

    def asks(self, probe: Probe) -> bool:
        return bool(probe.refusals)

    def judge(self, probes: Sequence[Probe]) -> Sequence[Answer]:
        return [Answer("no")] * len(probes)

    def close(self) -> None:
        """Nothing is held."""


def test_every_place_of_a_type(positions: Compiled) -> None:
    """Null, absence and every constraint survive in objects, arrays and maps, under names which Python has itself.

    What the document cannot say excuses the models, but only the document itself keeps its entry in the ledger.
    """
    matrix = run(positions, [Datamodel(positions), Unbelieving()], {}, Request())
    assert matrix.disagreements == ()
    assert matrix.values > 5000 and matrix.rates["datamodel"].asked == matrix.values
    assert {construct for _, construct in matrix.used} == {"json", "sorted", "timestamp"}
    assert {gap.construct for gap in matrix.unneeded} == {"json", "sorted", "text", "timestamp"}


BREAKS = {
    "a bound off by one": ('"maximum": 22', '"maximum": 23', "Field.levels"),
    "null where there is none": ('"type": "boolean"', '"type": ["boolean", "null"]', "Field.flag"),
    "no null where there is one": (
        '"ratioNull": {"type": ["number", "null"]',
        '"ratioNull": {"type": "number"',
        "Field",
    ),
    "what may be absent": ('"required": ["search", ', '"required": [', "Field.search"),
    "the same twice": (', "uniqueItems": true', "", "Field.levels"),
    "another pattern": ('{"pattern": "^[\\\\s\\\\S]*[a-f]"}', '{"pattern": "^[\\\\s\\\\S]*[a-g]"}', "Field.search"),
    "a property of strangers": ('"additionalProperties": false', '"additionalProperties": true', "Any"),
    "a member less": ('"enum": ["one", "None", "class"]', '"enum": ["one", "None"]', "Field.kind"),
    "too many keys": (', "maxProperties": 2', "", "Field.few"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found(name: str, positions: Compiled, tmp_path: Path) -> None:
    """What is said otherwise in the document is noticed, at the field."""
    old, new, where = BREAKS[name]
    text = positions.text("openapi", "openapi.json")
    assert old in text, text
    broken = Datamodel(saying(positions, text.replace(old, new), tmp_path))
    found = run(positions, [broken], {}, Request(only=where)).disagreements
    assert where in {str(one.place) for one in found}, found
    assert not any(one.fact.startswith("cannot be asked") for one in found)


def documented() -> list[str]:
    """The command of the manual, its words."""
    page = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    found = re.search(r"^datamodel-codegen (?:.*\\\n)*.*$", page, re.MULTILINE)
    assert found is not None
    return shlex.split(found[0].replace("\\\n", " "))


def test_the_command_of_the_manual(positions: Compiled, tmp_path: Path) -> None:
    """Whoever types the command has the models that are asked."""
    program, *words = documented()
    text = positions.text("openapi", "openapi.json")
    (tmp_path / "openapi.json").write_text(text, encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-m", "datamodel_code_generator", *words]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert program == "datamodel-codegen"
    made = (tmp_path / "models.py").read_text(encoding="utf-8")
    assert statements(made) == statements(str(generate(text, **OPTIONS)))


def statements(text: str) -> list[str]:
    """All but imports, whose order is a matter of layout."""
    return [ast.dump(node) for node in ast.parse(text).body if not isinstance(node, ast.Import | ast.ImportFrom)]


def test_what_is_missing_is_said(positions: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package, or with one too old for the options, a sentence says which is needed."""
    monkeypatch.setitem(OPTIONS, "option_to_come", True)
    with pytest.raises(NotAsked, match=r"datamodel-code-generator 0\.89 or newer is not installed"):
        Datamodel(positions)
    monkeypatch.setitem(sys.modules, "datamodel_code_generator.config", None)
    with pytest.raises(NotAsked, match="pip install 'isotype"):
        Datamodel(positions)


def test_a_document_of_which_nothing_is_made(positions: Compiled, tmp_path: Path) -> None:
    """That no models come of it is a finding, never agreement."""
    broken = Datamodel(saying(positions, '{"openapi": "3.1.0", "components": 1}', tmp_path))
    matrix = run(positions, [broken], {}, Request(only="Any.few"))
    assert matrix.disagreements and all("it makes no models" in one.fact for one in matrix.disagreements)
