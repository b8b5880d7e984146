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
        [layers.zod]
        path = "web/{domain}"
        extension = "none"
        [domains.shop]
        only = ["models", "zod"]
        [domains.shop.layers.zod]
        path = "web/src/zod"
        """,
    ).domains[0]
    models, zod = chosen.layers["models"], chosen.layers["zod"]
    assert (models.path, models.import_base) == ("backend/shop/models", "app.shop.models")
    assert (zod.path, zod.extension) == ("web/src/zod", "none")
    assert chosen.only == ("models", "zod")
    project.run("generate")
    assert (project.root / "web/src/zod/order.ts").exists()
    assert (project.root / "backend/shop/models/order.py").exists()
    assert (project.root / "generated/shop/isotype.manifest").exists()
    assert project.run("check") == 0


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
        "isotype.toml:13:1: 'my shop' is no name for a domain (a domain is named in letters, digits, '_' and '-', "
        "starting with a letter) [invalid-setting]",
        "isotype.toml:15:1: domains.shop.schema is a string (put it in double quotes) [invalid-setting]",
        "isotype.toml:16:1: domains.shop.output is '/etc', outside the project "
        "(give a path below the project root) [path-outside-project]",
    ]


@pytest.mark.parametrize("value", ["", ".", "/abs", "~/x", "a/../b", "C:\\\\x", "a{b}", "a\\u0000b", "c:/x"])
def test_paths_that_are_refused(project: Project, value: str) -> None:
    """A path is relative, below the root, and portable."""
    assert len(problems(project, f'output = "{value}"\n')) == 1


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
