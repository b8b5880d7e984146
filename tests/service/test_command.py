"""`isotype drift --api` says whether what an API says of itself is what the schema says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isotype.cli import arguments
from tests.engines import ROOT
from tests.service.changing import GONE, changed
from tests.service.conftest import SCHEMA, foreign_document


class Project:
    """A folder with the small contract. `run` answers with the exit code; `out` and `err` hold what was printed."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        self.out = ""
        self.err = ""
        (root / "schema").mkdir()
        (root / "schema" / "notes.yaml").write_text(SCHEMA.read_text())
        self.configure("")

    def configure(self, text: str) -> None:
        (self.root / "isotype.toml").write_text(text)

    def document(self, written_in: str, *change: Any) -> str:
        """The path of a service's document, with a value changed in one place."""
        document = foreign_document(written_in)
        if change:
            document = changed(document, change[:-1], change[-1])
        (self.root / "openapi.json").write_text(json.dumps(document))
        return "openapi.json"

    def drift(self, *given: str) -> int:
        self._capsys.readouterr()
        code = arguments.run(("drift", *given))
        self.out, self.err = self._capsys.readouterr()
        return code

    def findings(self, *given: str) -> list[dict[str, Any]]:
        """What is found, as a program reads it."""
        assert self.drift(*given, "--format", "json") == 1, self.err
        found: list[dict[str, Any]] = json.loads(self.out)["findings"]
        return found

    def line(self, text: str) -> int:
        """The line of the schema that holds a text."""
        lines = SCHEMA.read_text().splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    """The project, as the current folder."""
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path, capsys)


def test_a_running_api_in_sync(project: Project, serving: Callable[[str], str]) -> None:
    """The document is fetched from the address of the API; nothing is found, and the run says how much it compared."""
    address = f"{serving('flask')}/openapi.yaml"
    assert project.drift("--api", address) == 0, project.out + project.err
    summary, line = project.out.splitlines()
    assert summary.startswith("api: ") and summary.endswith("objects compared, nothing found")
    assert line == f"notes: {address}, in sync; its document cannot say 17 facts of the contract"


def test_a_difference_has_its_line_and_whom_it_harms(project: Project) -> None:
    """The object, the attribute, both values, the line of the schema, and who cannot rely on the contract."""
    path = ("components", "schemas", "NewNote", "properties", "title", "maxLength", 40)
    (finding,) = project.findings("--api", project.document("fastapi", *path))
    assert finding["code"] == "drift-different-property"
    assert (finding["object"], finding["attribute"]) == ("property NoteCreate.title", "maxLength")
    assert (finding["expected"], finding["actual"]) == ("80", "40")
    assert finding["within"] == "shape NoteCreate"
    assert finding["path"] == "shape.NoteCreate.property.title.maxLength"
    assert finding["declaration"] == "Note.title"
    assert finding["place"]["line"] == project.line("title: {type")
    assert finding["message"].endswith("; callers who keep to the contract are refused")
    assert (finding["layer"], finding["severity"]) == ("api", "error")


def test_an_operation_has_its_line(project: Project) -> None:
    """An operation that is gone is missing where it is declared; one that nobody declares is a warning, nowhere."""
    (gone,) = project.findings("--api", project.document("node", "paths", "/notes/{note}", "delete", GONE))
    assert (gone["code"], gone["object"]) == ("drift-missing-operation", "operation DELETE /notes/{note_id}")
    assert gone["place"]["line"] == project.line("delete_note:")
    (more,) = project.findings("--api", project.document("node", "paths", "/more", "get", {"responses": {}}))
    assert (more["code"], more["severity"], more["place"]) == ("drift-unmanaged-operation", "warning", None)


def test_what_harms_no_caller_is_a_warning(project: Project) -> None:
    """An answer that is narrower than declared is drift, and breaks nobody."""
    path = ("components", "schemas", "Note", "properties", "stars", "maximum", 4)
    (finding,) = project.findings("--api", project.document("fastapi", *path))
    assert finding["severity"] == "warning"


def test_several_apis_share_a_finding(project: Project, serving: Callable[[str], str]) -> None:
    """The same difference in two APIs is one finding that names them."""
    path = project.document("node", "paths", "/notes/{note}", "delete", GONE)
    (project.root / "other.json").write_text((project.root / path).read_text())
    (finding,) = project.findings("--api", path, "--api", "other.json")
    assert finding["message"].endswith("in openapi.json, other.json")


def test_an_api_that_does_not_answer_hides_no_other(project: Project) -> None:
    """What could be compared is reported, and the exit code is 2."""
    path = project.document("node", "paths", "/notes/{note}", "delete", GONE)
    assert project.drift("--api", "http://127.0.0.1:1", "--api", path) == 2
    assert "operation DELETE /notes/{note_id} is missing" in project.out
    assert "http://127.0.0.1:1 cannot be asked: Connection refused" in project.err


def test_a_document_with_faults_says_where(project: Project) -> None:
    """What is wrong in the document itself is a finding with its place, and exit code 2."""
    path = project.document("node", "paths", "/notes", "get", "parameters", 1, "schema", "type", "number of pages")
    assert project.drift("--api", path) == 2
    assert "there is no type 'number of pages', at #/paths/~1notes/get/parameters/1/schema" in project.err


def test_apis_of_the_configuration(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run without `--api` takes what is configured, and leaves out what is ignored with a reason."""
    monkeypatch.setenv("NOTES", project.document("node", "paths", "/more", "get", {"responses": {}}))
    project.configure('[drift]\napis = ["$NOTES"]\n')
    assert project.drift() == 1
    ignored = '{ object = "operation GET /more", reason = "For the operators", layer = "api" }'
    project.configure(f'[drift]\napis = ["$NOTES"]\nignore = [{ignored}]\n')
    assert project.drift() == 0, project.out


def test_no_api_is_compared_with_what_is_not_read(project: Project) -> None:
    """A variable that is not set is said by its name."""
    assert project.drift("--api", "$NOWHERE_TO_BE_FOUND") == 2
    assert "'NOWHERE_TO_BE_FOUND'" in project.err


def test_comparing_imports_nothing_heavy(project: Project) -> None:
    """A run over a document needs neither a web framework nor a client, nor what the generated code needs."""
    program = (
        "import sys\nfrom isotype.cli import arguments\n"
        f"code = arguments.run(['drift', '--api', {project.document('fastapi')!r}])\n"
        "heavy = {'fastapi', 'httpx', 'pydantic', 'sqlalchemy', 'jsonschema', 'jinja2'} & sys.modules.keys()\n"
        "assert (code, heavy) == (0, set()), (code, heavy)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project.root,
        env={"PYTHONPATH": str(ROOT / "generator")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
