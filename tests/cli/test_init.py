"""`init` writes what is missing, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from isotype.cli import pipeline, starter
from isotype.language import load
from isotype.workspace import configuration
from tests.workspace.conftest import Project, project

__all__ = ["project"]

WRITTEN = ["schema/project.yaml", "isotype.toml", "schema/isotype.schema.json", ".vscode/settings.json"]


@pytest.fixture
def empty(project: Project) -> Project:
    (project.root / "schema/shop.yaml").unlink()
    (project.root / "schema").rmdir()
    return project


def test_in_an_empty_folder(empty: Project) -> None:
    """A schema named for the folder, the configuration, the editor's schema and setting, the hook."""
    assert empty.run("init") == 0
    assert [line.split() for line in empty.out.splitlines()[:-1]] == [
        ["wrote", name] for name in [*WRITTEN, ".pre-commit-config.yaml"]
    ]
    assert yaml.safe_load(empty.read("schema/project.yaml"))["domain"] == "project"
    assert [domain.name for domain in configuration.load(str(empty.root)).domains] == ["project"]
    setting = json.loads(empty.read(".vscode/settings.json"))
    assert list(setting["yaml.schemas"]) == ["./schema/isotype.schema.json"]
    assert json.loads(empty.read("schema/isotype.schema.json")) == {"title": "fake"}
    hook = yaml.safe_load(empty.read(".pre-commit-config.yaml"))["repos"][0]["hooks"][0]
    assert (hook["entry"], hook["always_run"], hook["pass_filenames"]) == ("isotype check", True, False)


def test_the_schema_it_writes_is_a_good_one() -> None:
    """What people start from loads with the real language, and lint has nothing to point out."""
    domain, findings = load({"schema/my_shop.yaml": starter.schema("my_shop")})
    assert domain is not None and domain.name == "my_shop"
    assert [str(finding) for finding in (*findings, *pipeline.real().lint(domain))] == []


def test_the_examples_in_the_configuration_hold_together(empty: Project) -> None:
    """Every example taken at its word gives a configuration without a finding, whose models reach its schemas."""
    empty.run("init", "shop")
    examples = "\n".join(
        line.removeprefix("# ") for line in starter.CONFIGURATION.splitlines() if " = " in line or line[:3] == "# ["
    )
    empty.write("isotype.toml", examples)
    (empty.root / "templates").mkdir()
    shop = configuration.load(str(empty.root)).domains[0]
    assert (shop.layers["models"].import_base, shop.layers["schemas"].import_base) == ("app.models", "app.schemas")


def test_inside_another_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of a project does not silently become another; an empty configuration in it says that it shall."""
    inner = project.root / "backend"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert project.run("init", "blog") == 2
    assert f"there is a project at '{project.root}'" in project.err
    assert not any(inner.iterdir())
    (inner / "isotype.toml").touch()
    assert project.run("init", "blog") == 0
    assert (inner / "schema/blog.yaml").exists()


@pytest.mark.parametrize(("name", "code"), [("Bad", 2), ("class", 2), ("my-app", 0)])
def test_names_as_the_language_has_them(empty: Project, name: str, code: int) -> None:
    """What the language or Python would refuse later is refused now; `-` becomes `_`."""
    assert empty.run("init", name) == code
    assert (empty.root / "schema/my_app.yaml").exists() == (code == 0)


def test_twice_changes_nothing(empty: Project) -> None:
    """Everything is kept, and nothing is left to add."""
    empty.run("init", "shop")
    before = empty.files()
    assert "schema/shop.yaml" in before
    assert empty.run("init") == 0
    assert all(line.startswith(("kept", "Next")) for line in empty.out.splitlines())
    assert "add this" not in empty.out
    assert empty.files() == before


def test_in_an_existing_repository(project: Project) -> None:
    """What is there stays; what an existing file should get is printed."""
    project.write(".pre-commit-config.yaml", "repos: []\n")
    project.write(".vscode/settings.json", "{}\n")
    project.write("pyproject.toml", "[tool.isotype]\n")
    before = project.files()
    assert project.run("init") == 0
    after = project.files()
    assert after.keys() - before.keys() == {"schema/isotype.schema.json"}
    assert before.items() <= after.items()
    assert "kept     schema/shop.yaml: there is a schema already" in project.out
    assert "kept     pyproject.toml: it holds the configuration" in project.out
    assert "      - id: isotype-check" in project.out and '"yaml.schemas"' in project.out


def test_bad_names_and_places(empty: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that cannot be a domain's is refused; a link out of the folder is not followed."""
    assert empty.run("init", "../x") == 2
    assert "'../x' cannot be a domain's name" in empty.err
    (tmp_path / "elsewhere").mkdir()
    (empty.root / ".vscode").symlink_to(tmp_path / "elsewhere")
    assert empty.run("init") == 0
    assert "left out .vscode/settings.json" in empty.out
    assert not any((tmp_path / "elsewhere").iterdir())
    strange = tmp_path / "42 Äpfel"
    strange.mkdir()
    monkeypatch.chdir(strange)
    assert empty.run("init") == 0
    assert "wrote    schema/app.yaml" in empty.out
