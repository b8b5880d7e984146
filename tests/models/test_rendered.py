"""The generated text: held against the tools of its readers, and imported no more than needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from isotype.dialects.literals.python import python_block
from isotype.layers.imports import sibling_package
from isotype.layers.options import LayerOptions, Options
from tests.models.package import Package, package


@pytest.fixture(scope="module", params=["everything", "compression"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rendered package on disk."""
    written: Package = request.getfixturevalue(request.param)
    root = tmp_path_factory.mktemp("rendered")
    written.write(root / "written")
    return root


def _run(*arguments: str, cwd: Path) -> str:
    result = subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def test_is_clean_for_ruff(folder: Path) -> None:
    """Nobody has to format or mend what was generated."""
    assert _run("-m", "ruff", "check", "--isolated", "written/models", cwd=folder) == ""
    assert _run("-m", "ruff", "format", "--isolated", "--diff", "written/models", cwd=folder) == ""


def test_is_clean_for_mypy(folder: Path) -> None:
    """Models and mapper hold the strictest types."""
    settings = ("--strict", "--config-file=", "--cache-dir=.mypy_cache")
    assert _run("-m", "mypy", *settings, "-p", "written.models", cwd=folder) == ""


def test_models_need_no_pydantic(folder: Path) -> None:
    """Only the mapper needs the schemas; models need their enums alone."""
    code = "import sys, written.models; written.models.metadata; assert 'pydantic' not in sys.modules"
    assert _run("-c", code, cwd=folder) == ""


def test_loads_what_a_model_refers_to(tmp_path: Path, everything: Package) -> None:
    """A model brings the models at the other ends of its relationships, and no others."""
    everything.write(tmp_path / "written")
    code = (
        "import sys; from written.models import Loan; loaded = set(sys.modules)\n"
        "assert {'written.models.book', 'written.models.author'} <= loaded\n"
        "assert 'written.models.metric' not in loaded\n"
        "from sqlalchemy.orm import configure_mappers; configure_mappers()"
    )
    assert _run("-c", code, cwd=tmp_path) == ""


@pytest.mark.parametrize(
    ("models", "schemas", "package"),
    [
        (LayerOptions("models"), LayerOptions("schemas"), "..schemas"),
        (LayerOptions("app/db/models"), LayerOptions("app/api/schemas"), "...api.schemas"),
        (LayerOptions("app/db/models"), LayerOptions("web", import_base="web.schemas"), "web.schemas"),
    ],
)
def test_finds_the_schemas(models: LayerOptions, schemas: LayerOptions, package: str) -> None:
    """Layers in folders of their own import one another."""
    options = Options("schema.yaml", {"models": models, "schemas": schemas})
    assert sibling_package(options, "models", "schemas") == package


@pytest.mark.parametrize("text", ["a\nb", "blank \n", 'say "x"\n"q"', '"""\n"""', "\\n\n\\", "tab\t\r\n\u202e"])
def test_a_block_is_its_text(text: str) -> None:
    """A statement in triple quotes reads back as it was."""
    assert ast.literal_eval(python_block(text)) == text


NAMES_THAT_HURT = r"""
isotype: 1
domain: shop
enums: {Kind: [a, b]}
entities:
  Text:
    description: "A \\ and \"\"\" and \u202e, ending in a quote\""
    fields:
      id: {type: int, key: true}
      date: date?
      str: text?
      list: {type: 'text[]', default: ['%s', ':x', '%(a)s']}
      mapped_column: {type: text, default: "100% :name 'q' \\"}
      metadata: json?
      class: {type: Kind, default: a}
  Mapping:
    fields:
      id: {type: uuid, key: true, default: uuid}
      text: {ref: Text, on_delete: cascade, back: mappings}
      owner: {ref: 'Mapping?', on_delete: set null, back: none}
"""


def test_names_that_hurt(tmp_path: Path) -> None:
    """Names of types, built-in names, and texts that mean something to Python, SQL or a driver."""
    package(NAMES_THAT_HURT).write(tmp_path / "written")
    assert _run("-m", "ruff", "check", "--isolated", "written/models", cwd=tmp_path) == ""
    assert _run("-m", "mypy", "--strict", "--config-file=", "-p", "written.models", cwd=tmp_path) == ""
    code = (
        "import written.models as models\n"
        "from sqlalchemy import create_engine\n"
        "from sqlalchemy.orm import Session\n"
        "engine = create_engine('sqlite://')\n"
        "models.metadata.create_all(engine)\n"
        "with Session(engine) as session:\n"
        "    session.add(mapping := models.Mapping(text=models.Text(id=2)))\n"
        "    session.flush()\n"
        "    assert mapping.text.mappings == [mapping]\n"
        "    assert mapping.text.list == ['%s', ':x', '%(a)s']\n"
        "    assert mapping.text.mapped_column == \"100% :name 'q' \\\\\"\n"
        "    assert mapping.text.class_ == 'a'\n"
    )
    assert _run("-c", code, cwd=tmp_path) == ""


NAMES_IN_CAPITALS = """
isotype: 1
domain: machines
entities:
  VM: {fields: {id: {type: int, key: true}}}
  Vision: {fields: {id: {type: int, key: true}}}
  UUID: {fields: {id: {type: int, key: true}}}
  A: {fields: {id: {type: int, key: true}}}
  T10: {fields: {id: {type: int, key: true}}}
  T9: {fields: {id: {type: int, key: true}}}
"""
NO_ENTITIES = """
isotype: 1
domain: nothing
objects: {Thing: {fields: {size: float}}}
operations: {give: {post: /things, body: Thing, returns: Thing}}
"""


@pytest.mark.parametrize("schema", [NAMES_IN_CAPITALS, NO_ENTITIES], ids=["capitals", "no entities"])
def test_every_barrel_is_clean(schema: str, tmp_path: Path) -> None:
    """What a package offers stands in the order of linters, and may be nothing but its base."""
    package(schema).write(tmp_path / "written")
    barrels = ("written/models/__init__.py", "written/schemas/__init__.py")
    assert _run("-m", "ruff", "check", "--isolated", "--select=E,F,I,RUF,TC", *barrels, cwd=tmp_path) == ""
    assert _run("-m", "ruff", "format", "--isolated", "--diff", *barrels, cwd=tmp_path) == ""
    assert _run("-m", "mypy", "--strict", "--config-file=", "-p", "written", cwd=tmp_path) == ""


def test_names_of_every_length_are_laid_out(tmp_path: Path) -> None:
    """Tables that differ in the length of their names alone have each line broken where ruff breaks it."""
    fields = "id: {type: uuid, key: true}, code: {type: string(9), pattern: a+}, day: date?, size: {type: int, min: 0}"
    tables = "".join(f"  T{'x' * length}: {{fields: {{{fields}}}}}\n" for length in range(50))
    package(f"isotype: 1\ndomain: lengths\nentities:\n{tables}").write(tmp_path / "written")
    assert _run("-m", "ruff", "format", "--isolated", "--diff", "written/models", cwd=tmp_path) == ""
