"""What every command line keeps to: exit codes, streams, formats, wording."""

from __future__ import annotations

import gc
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import isotype.cli
from isotype.cli import arguments
from isotype.cli.commands import COMMANDS, help_text
from isotype.layers.options import LAYERS
from isotype.workspace import settings
from tests.workspace import fake
from tests.workspace.conftest import ROOT, Project, project

__all__ = ["project"]

TEMPLATES = f"from isotype.workspace import files; files.own_templates = lambda: {fake.TEMPLATES!r}"
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{ROOT / 'generator'}{os.pathsep}{ROOT}"}


def isotype_command(*given: str, cwd: Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "isotype", *given],
        cwd=cwd,
        env=ENVIRONMENT | dict(options.pop("env", {})),  # type: ignore[call-overload]
        capture_output=True,
        text=True,
        check=False,
    )


def imported(script: str, cwd: Path) -> set[str]:
    """The modules a command line ends with."""
    code = (
        f"import sys; {TEMPLATES}; from isotype.cli import main; main({script}); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True)
    return set(done.stderr.split())


def test_version_and_help_import_next_to_nothing(project: Project) -> None:
    """What is asked most is answered without reading arguments, patterns or types."""
    heavy = {"click", "typing", "re", "pathlib", "dataclasses", "json", "yaml", "jinja2", "collections"}
    for script in ("['--version']", "['--help']", "['check']"):
        project.run("generate")
        modules = imported(script, project.root)
        assert "isotype.cli" in modules
        assert not heavy & modules, script


def test_help_without_click_is_the_help_of_click(project: Project) -> None:
    """There is one help text, and it lists exactly the commands there are, each with a help of its own."""
    assert project.run("--help") == 0
    assert project.out == help_text()
    assert list(arguments.commands.commands) == list(COMMANDS)
    for name, command in arguments.commands.commands.items():
        assert project.run(name, "--help") == 0
        assert project.out.startswith(f"Usage: isotype {name} ")
        assert all(parameter.help for parameter in command.params if isinstance(parameter, click.Option))


def test_version(project: Project) -> None:
    """Both ways to the version say the same."""
    assert project.run("--version") == 0
    assert project.out == f"isotype {isotype.__version__}\n"
    assert isotype_command("-V", cwd=project.root).stdout == project.out


def test_layers_are_the_layers(project: Project) -> None:
    """The configuration knows the layers that are rendered, in their order."""
    assert settings.LAYERS == LAYERS


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("genrate",), "There is no command 'genrate'. Did you mean 'generate'?"),
        (("xyz",), "There are init, generate, check, lint, drift, verify, schema."),
        (("check", "--ful"), "--full"),
        (("generate", "--only", "modle"), "'modle' is not one of 'sql', 'models'"),
        (("check", "--format", "xml"), "'xml' is not one of 'text', 'json'"),
        (("generate", "--watch", "--dry-run"), "give one of them"),
        (("schema", "extra"), "unexpected extra argument"),
    ],
)
def test_bad_usage(project: Project, given: tuple[str, ...], words: str) -> None:
    """Bad usage is exit 2, with what was probably meant, on standard error."""
    assert project.run(*given) == 2
    assert words in project.err
    assert project.out == ""


def test_no_arguments(tmp_path: Path) -> None:
    """Without a command, the help comes on standard error, as bad usage."""
    done = isotype_command(cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", help_text())


def test_formats_and_output(project: Project) -> None:
    """Each format is printed, or written to a file while a line says how many findings there are."""
    project.run("generate")
    project.write("schema/shop.yaml", "order\n")
    assert project.run("check", "--format", "json") == 1
    document = json.loads(project.out)
    assert document["counts"]["error"] == 7
    assert document["summary"] == ["shop: 6 files, 7 not in sync"]
    assert project.run("check", "--format", "sarif", "--output", "report.sarif") == 1
    assert project.out == "7 findings, written to report.sarif\nshop: 6 files, 7 not in sync\n"
    assert len(json.loads(project.read("report.sarif"))["runs"][0]["results"]) == 7
    assert project.run("check", "--quiet", "--output", "report.txt") == 1
    assert (project.out, project.read("report.txt").count("\n")) == ("", 7)
    assert project.run("check", "--output", "no/such/folder/x") == 2
    assert "the report cannot be written to 'no/such/folder/x'" in project.err


def test_why_a_job_was_not_done_is_in_every_format(project: Project) -> None:
    """In a format for machines, the reason of an exit 2 is in the document."""
    (project.root / "schema/shop.yaml").unlink()
    assert project.run("check", "--format", "json") == 2
    assert [item["code"] for item in json.loads(project.out)["findings"]] == ["no-schema"]
    assert project.run("check", "--format", "junit", "--output", "x.xml") == 2
    assert "no-schema" in project.read("x.xml") and "[no-schema]" in project.err


def test_quiet(project: Project) -> None:
    """`--quiet` prints findings alone."""
    for given in (("generate",), ("check",), ("check", "--full"), ("lint",)):
        assert project.run(*given, "--quiet") == 0
        assert project.out == ""


def test_lint(project: Project) -> None:
    """Warnings are findings; the configuration leaves them out by code, or by code and object."""
    project.write("schema/shop.yaml", "ORDER\nITEM\nuser?\n")
    assert project.run("lint") == 1
    assert re.findall(r"\[(.*?)\]", project.out) == ["odd-name", "loud-name", "loud-name"]
    project.write("isotype.toml", '[lint]\nignore = ["odd-name", "loud-name:entities.ITEM"]\n')
    assert project.run("lint") == 1
    assert project.out == "entities.ORDER: warning: 'ORDER' shouts [loud-name]\n"
    project.write("isotype.toml", '[lint]\nignore = ["odd-name", "loud-name"]\n')
    assert project.run("lint") == 0
    assert project.out == "shop: nothing to point out\n"


def test_lint_names_what_is_ignored_for_nothing(project: Project) -> None:
    """A code or an object that nothing is found for is a warning at its place, with what was meant."""
    project.write("schema/shop.yaml", "ORDER\n")
    project.write("isotype.toml", '[lint]\nignore = ["loud-nam", "loud-name:entities.ORDRE", "loud-name"]\n')
    assert project.run("lint") == 1
    assert project.out.splitlines() == [
        "isotype.toml:2:11: warning: 'loud-nam' leaves no finding out (did you mean 'loud-name'?) [lint-ignore-unused]",
        "isotype.toml:2:23: warning: 'loud-name:entities.ORDRE' leaves no finding out (take it away) "
        "[lint-ignore-unused]",
    ]


def test_generate_prints_warnings_and_succeeds(project: Project) -> None:
    """A warning about a schema does not keep it from being generated."""
    project.write("schema/shop.yaml", "user?\n")
    assert project.run("generate") == 0
    assert project.out.startswith("schema/shop.yaml:1:1: warning: 'user?' is odd [odd-name]\nshop: 6 files")


def test_schema(project: Project) -> None:
    """The JSON Schema goes to standard output, or to a file."""
    assert project.run("schema") == 0
    assert json.loads(project.out) == {"title": "fake"}
    assert project.run("schema", "--output", "x.json") == 0
    assert json.loads(project.read("x.json")) == {"title": "fake"}
    assert project.run("schema", "--output", "no/x.json") == 2


def test_unexpected_errors_are_one_line(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bug is one line with the way to its traceback, and never a password."""

    def broken(given: object) -> int:
        raise ValueError("two\nlines about postgresql://bob:s3cr3t@db/x")

    monkeypatch.setattr(arguments, "run", broken)
    assert isotype.cli.main(["lint"]) == 2
    error = capsys.readouterr().err
    assert error == (
        "isotype: internal error: ValueError: two lines about postgresql://bob:***@db/x "
        "(run with ISOTYPE_DEBUG=1 for the traceback)\n"
    )
    monkeypatch.setenv("ISOTYPE_DEBUG", "1")
    assert isotype.cli.main(["lint"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_error(project: Project) -> None:
    """`isotype … | head -1` ends without a word, and with the exit code it would have had."""
    project.run("generate")
    for given, expected in (("['--help']", 0), ("['check']", 0), ("['check', 'none']", 2)):
        code = f"import sys; {TEMPLATES}; from isotype.cli import main; sys.exit(main({given}))"
        command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} 2>err"
        done = subprocess.run(
            ["bash", "-c", f"{command} | true; exit ${{PIPESTATUS[0]}}"], cwd=project.root, env=ENVIRONMENT
        )
        assert done.returncode == expected
        assert "rror" not in project.read("err")


def test_an_output_that_cannot_hold_all_characters(project: Project) -> None:
    """In an ASCII locale, other characters are written as escapes."""
    project.write("isotype.toml", '"größe" = "x"\n')
    done = isotype_command("check", cwd=project.root, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 2
    assert r"there is no setting 'gr\xf6\xdfe'" in done.stdout


@pytest.fixture(autouse=True)
def garbage_is_collected() -> Iterator[None]:
    """The command line switches collection off for its process, which here is that of all tests."""
    yield
    gc.enable()


def test_interrupt(project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An interrupt is exit 130, with a word about the files where some are written."""
    monkeypatch.setattr(isotype.cli, "_answer", lambda given: (_ for _ in ()).throw(KeyboardInterrupt))
    assert isotype.cli.main(["check"]) == 130
    assert capsys.readouterr().err == "isotype: interrupted\n"
    assert isotype.cli.main(["generate"]) == 130
    assert "either all old or all new" in capsys.readouterr().err
