"""docs/drift.md, and docs/api-drift.md for what an API says, say all there is to say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from isotype.catalog.postgres.queries import ATTRIBUTES
from isotype.catalog.sqlite.reading import ATTRIBUTES as SQLITE_ATTRIBUTES
from isotype.cli.arguments import commands
from isotype.workspace.settings import GRAMMAR
from tests.engines import ROOT

PAGES = [path.read_text() for path in (ROOT / "docs/drift.md", ROOT / "docs/api-drift.md") if path.exists()]
MANUAL = "\n".join(PAGES)
SOURCES = [
    *(ROOT / "generator/isotype/drift").rglob("*.py"),
    ROOT / "generator/isotype/cli/compared.py",
    ROOT / "generator/isotype/cli/drift.py",
]


def codes(source: Path) -> Iterator[str]:
    """The codes of the findings that a module makes."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            for first in ast.walk(node.args[0]) if node.func.id in ("Finding", "failure") else ():
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def test_every_code_is_explained() -> None:
    """A finding's code stands on the page."""
    found = {code for source in SOURCES for code in codes(source)}
    assert len(found) > 20
    assert sorted(code for code in found if f"`{code}`" not in MANUAL) == []


@pytest.mark.parametrize("attributes", [ATTRIBUTES, SQLITE_ATTRIBUTES])
def test_every_kind_of_object_is_listed(attributes: dict[str, object]) -> None:
    """The part of a code that names the kind stands on the page."""
    assert [kind for kind in attributes if f"`{kind.replace(' ', '-')}`" not in MANUAL] == []


def test_every_option_and_setting_is_explained() -> None:
    """The options of the command and the settings of its table stand on the page, and no others."""
    options = {name for option in commands.commands["drift"].params for name in option.opts if name.startswith("--")}
    reporting = {"--format", "--output", "--quiet"}
    assert sorted(name for name in options - reporting if name not in MANUAL) == []
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", MANUAL)) <= options
    settings = PAGES[0].partition("```toml")[2].partition("```")[0]
    assert set(re.findall(r"^(\w+) =", settings, re.MULTILINE)) == set(GRAMMAR["drift"])
