"""The configuration: where it is found, what it decides, what is wrong with it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isotype.findings import IsotypeError
from isotype.workspace import configuration, settings, toml
from isotype.workspace.configuration import Configuration
from tests.workspace.conftest import Project


def load(project: Project, text: str = "", file: str = "isotype.toml") -> Configuration:
    if text:
        project.write(file, text)
    return configuration.load(str(project.root))


def problems(project: Project, text: str, file: str = "isotype.toml") -> list[str]:
    with pytest.raises(IsotypeError) as raised:
        load(project, text, file)
    return [str(finding) for finding in raised.value.findings]


def test_a_project_without_configuration(project: Project) -> None:
    """Each YAML file and each folder with YAML in it is a domain, with its output below `generated`."""
    project.write("schema/blog/post.yaml", "post\n")
    project.write("schema/empty/readme.md", "")
    chosen = load(project).domains
    assert [(it.name, it.schema, it.output) for it in chosen] == [
        ("blog", "schema/blog", "generated/blog"),
        ("shop", "schema/shop.yaml", "generated/shop"),
    ]
    assert chosen[0].layers["sql"].path == "generated/blog/sql"
    assert chosen[0].only == settings.LAYERS


def test_a_monorepo(project: Project) -> None:
    """Layers go where they belong, for all domains or for one, and are imported from there."""
    chosen = load(
        project,
        """
        [layers.models]
        path = "backend/{domain}/models"
        import = "app.{domain}.models"
        [layers.schemas]
        path = "backend/{domain}/schemas"
        import = "app.{domain}.schemas"
        [layers.zod]
        path = "web/{domain}"
        extension = "none"
        [domains.shop]
        only = ["models", "schemas", "types", "zod"]
        [domains.shop.layers.zod]
        path = "web/src/zod"
        """,
    ).domains[0]
    models, zod = chosen.layers["models"], chosen.layers["zod"]
    assert (models.path, models.import_base) == ("backend/shop/models", "app.shop.models")
    assert (zod.path, zod.extension) == ("web/src/zod", "none")
    assert chosen.only == ("models", "schemas", "types", "zod")
    project.run("generate")
    assert (project.root / "web/src/zod/order.ts").exists()
    assert (project.root / "backend/shop/models/order.py").exists()
    assert (project.root / "generated/shop/isotype.manifest").exists()
    assert project.run("check") == 0


def test_what_domains_share_is_no_domain(project: Project) -> None:
    """A file or folder whose name begins with `_` makes none, unless the configuration lists it."""
    project.write("schema/_common.yaml", "x\n")
    project.write("schema/_shared/times.yaml", "x\n")
    assert [domain.name for domain in load(project, "").domains] == ["shop"]
    listed = load(project, '[domains.common]\nschema = "schema/_common.yaml"\n')
    assert [domain.schema for domain in listed.domains] == ["schema/_common.yaml"]


def test_pyproject(project: Project) -> None:
    """`[tool.isotype]` is found in pyproject.toml, among arrays, inline tables and other tools."""
    text = '[project]\nname = "x"\nlist = [\n  "a",\n]\n\n[tool.isotype]\noutput = "out"\n'
    assert load(project, text, "pyproject.toml").domains[0].output == "out/shop"
    assert problems(project, text + 'outptu = "x"\n', "pyproject.toml") == [
        "pyproject.toml:9:1: there is no setting 'outptu' (did you mean 'output'?) [unknown-setting]"
    ]


def test_a_pyproject_of_others_is_passed_by(project: Project) -> None:
    """A pyproject.toml that only mentions isotype is no configuration."""
    project.write("pyproject.toml", '[project]\ndependencies = ["isotype"]\n')
    assert load(project).file == ""


def test_all_problems_come_together_each_at_its_line(project: Project) -> None:
    """Every unknown key and wrong value is named with its line, and with the way out."""
    text = """\
outputs = "x"
only = ["sql", "modles"]
lint = "x"

[layers.zodd]
path = "a"

[layers.zod]
extension = "jsx"
path = "../elsewhere"
import = "a b"

[domains."my shop"]
[domains.shop]
schema = 12
output = "/etc"
"""
    assert problems(project, text) == [
        "isotype.toml:1:1: there is no setting 'outputs' (did you mean 'output'?) [unknown-setting]",
        "isotype.toml:2:1: only names no layer: 'modles' (did you mean 'models'?) [unknown-layer]",
        "isotype.toml:3:1: lint is a table of settings (write it as [lint]) [invalid-setting]",
        "isotype.toml:5:1: there is no setting 'layers.zodd' (did you mean 'zod'?) [unknown-setting]",
        "isotype.toml:9:1: layers.zod.extension is 'jsx' (write one of 'js', 'ts', 'none') [invalid-setting]",
        "isotype.toml:10:1: layers.zod.path is '../elsewhere', outside the project "
        "(give a path below the project root) [path-outside-project]",
        "isotype.toml:11:1: layers.zod.import is 'a b', which nothing can be imported as "
        "(write a package or module path) [invalid-setting]",
        "isotype.toml:13:1: 'my shop' is no name for a domain (start with a letter a-z, then a-z, 0-9 and '_', "
        "at most 63 of them) [invalid-setting]",
        "isotype.toml:15:1: domains.shop.schema is a string (put it in double quotes) [invalid-setting]",
        "isotype.toml:16:1: domains.shop.output is '/etc', outside the project "
        "(give a path below the project root) [path-outside-project]",
    ]


@pytest.mark.parametrize("value", ["", ".", "/abs", "~/x", "a/../b", "C:\\\\x", "a{b}", "a\\u0000b", "c:/x"])
def test_paths_that_are_refused(project: Project, value: str) -> None:
    """A path is relative, below the root, and portable."""
    assert len(problems(project, f'output = "{value}"\n')) == 1


@pytest.mark.parametrize("value", [".git/hooks", "web/.cache", "node_modules/x"])
def test_outputs_that_nobody_would_see_are_refused(project: Project, value: str) -> None:
    """No output goes into a hidden folder, where git keeps its hooks, or into one of packages."""
    for setting in (f'output = "{value}"\n', f'[layers.models]\npath = "{value}"\n'):
        assert [text.rpartition(" [")[2] for text in problems(project, setting)] == ["hidden-folder]"]


@pytest.mark.parametrize(
    ("models", "schemas", "reachable"),
    [
        ('path = "backend/app/models"\nimport = "app.models"', "", False),
        ('path = "backend/app/models"\nimport = "app.models"', 'path = "backend/app/schemas"', True),
        ('path = "backend/app/models"\nimport = "app.models"', 'path = "backend/schemas"', False),
        ('path = "models"', 'path = "schemas"', False),
        ('path = "backend/app/models"', 'path = "other/schemas"\nimport = "other.schemas"', True),
        ("", "", True),
    ],
)
def test_models_must_reach_the_schemas(project: Project, models: str, schemas: str, reachable: bool) -> None:
    """Where no relative import leads from the models to the schemas, these must say how they are imported."""
    text = f"[layers.models]\n{models}\n[layers.schemas]\n{schemas}\n"
    if reachable:
        assert load(project, text).domains
    else:
        assert [found.rpartition(" [")[2] for found in problems(project, text)] == ["unreachable-layer]"]


def test_a_link_out_of_the_project_is_refused(project: Project, tmp_path: Path) -> None:
    """An output folder that a symbolic link leads outside is refused before anything is made."""
    (tmp_path / "outside").mkdir()
    (project.root / "web").symlink_to(tmp_path / "outside")
    text = '[layers.zod]\npath = "web/zod"\n'
    assert problems(project, text) == [
        "isotype.toml:2:1: 'web/zod' leads outside the project, through a symbolic link "
        "(give a folder that is really below the project root) [path-outside-project]"
    ]
    assert project.run("generate") == 2
    assert not any((tmp_path / "outside").iterdir())


def test_folders_that_would_be_shared(project: Project) -> None:
    """Two outputs never share a folder, and none is written into a schema folder."""
    project.write("schema/blog/post.yaml", "post\n")
    assert "'web' would hold both blog.zod and shop.zod" in problems(project, '[layers.zod]\npath = "web"\n')[0]
    assert "both the schema of blog and the output of blog" in problems(project, 'output = "schema"\n')[0]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"output = \n", "isotype.toml:1:10: the configuration cannot be read: Invalid value"),
        (b"\xff\n", "isotype.toml:1:1: the configuration cannot be read: 'utf-8' codec"),
        (b"a = " + b"[" * 5000, "isotype.toml:1:1: the configuration cannot be read"),
    ],
)
def test_what_is_no_toml(project: Project, content: bytes, expected: str) -> None:
    """A broken configuration is a finding with its place."""
    (project.root / "isotype.toml").write_bytes(content)
    with pytest.raises(IsotypeError) as raised:
        configuration.load(str(project.root))
    assert str(raised.value.findings[0]).startswith(expected)


@pytest.mark.parametrize(("layer", "neighbour"), [("models", "schemas"), ("zod", "types")])
def test_a_layer_needs_its_neighbour(project: Project, layer: str, neighbour: str) -> None:
    """What a layer imports is generated with it, or imported from elsewhere."""
    only = f'only = ["sql", "{layer}"]\n'
    assert problems(project, only) == [
        f"isotype.toml:1:1: the layer '{layer}' of 'shop' imports the layer '{neighbour}', which `only` leaves out "
        f"(add '{neighbour}' to it, or say where else it is imported from, with import under [layers.{neighbour}]) "
        "[missing-layer]"
    ]
    assert load(project, f'{only}[layers.{neighbour}]\nimport = "elsewhere"\n').domains


def test_a_layer_may_need_two(project: Project) -> None:
    """A client is made of the types and of the validators, and each that is left out is named."""
    named = [line.partition("imports the layer ")[2].split(",")[0] for line in problems(project, 'only = ["client"]\n')]
    assert named == ["'types'", "'zod'"]
    assert load(project, 'only = ["types", "zod", "client"]\n').domains


@pytest.mark.parametrize("name", ["Bad", "class", "my-app", "_x", "1st", "é", "a" * 64])
def test_names_that_no_package_can_have(name: str) -> None:
    """A domain is named as the language names it, and as Python can import it."""
    assert settings.name_problem(name)
    assert not settings.name_problem("my_app")


def test_names_that_are_no_domain(project: Project) -> None:
    """A file name that cannot be a folder of a package, and two sources of one domain, are findings."""
    project.write("schema/my shop.yaml", "x\n")
    project.write("schema/shop.yml", "x\n")
    with pytest.raises(IsotypeError) as raised:
        load(project)
    assert [finding.code for finding in raised.value.findings] == ["invalid-domain-name", "domain-named-twice"]


LINES = st.sampled_from(
    [
        "a = 1",
        "a = true",
        'a = "x"',
        "b = 'x'",
        'b = "x" # c',
        'b = "\\n"',
        "[t]",
        "[t.u]",
        "[[t]]",
        "[t]  ",
        " [ t ]",
        't.u = "x"',
        '"q" = "x"',
        "u = []",
        'u = ["x", "y"]',
        'u = ["x", ]',
        'u = ["x,y"]',
        "u = [",
        '"y"]',
        "# c",
        "",
        "x",
        "= 1",
        'v = """x"""',
        'v = """',
        '"""',
        "t = {}",
        '\tw = "é"\r',
        'w = "\x01"',
    ]
)


@given(st.lists(LINES | st.text(alphabet='ab=[]{}"#., \t\r\x00', max_size=8), max_size=6))
def test_the_plain_reader_never_disagrees_with_the_standard_one(lines: list[str]) -> None:
    """Whatever the plain reader reads, `tomllib` reads the same."""
    text = "\n".join(lines)
    table = toml.plain(text)
    if table is not None:
        assert table == tomllib.loads(text)


def test_the_plain_reader_reads_plain_configurations() -> None:
    """What `init` writes, comments taken away, needs no other reader."""
    from isotype.cli.starter import CONFIGURATION

    assert toml.plain(CONFIGURATION) == {}
    lines = [line[2:].partition("  #")[0].rstrip() for line in CONFIGURATION.splitlines()[3:]]
    table = toml.plain("\n".join(lines))
    assert table is not None and table["layers"]["zod"] == {"path": "frontend/src/schemas", "extension": "none"}
    assert not list(settings.problems(table))
