"""The workflow of docs/ci.md passes over a database in sync, and fails over one that has drifted."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.drift.conftest import SCHEMA, fill
from tests.engines import ROOT
from tests.engines.postgres import Database

PAGE = (ROOT / "docs/ci.md").read_text()
BLOCKS = dict(re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.S | re.M))
WORKFLOW: dict[str, Any] = yaml.safe_load(BLOCKS["yaml"])


class Runner:
    """Runs what the page says in a project: `isotype` is this one, and everything else but installing is real."""

    def __init__(self, root: Path, address: str) -> None:
        self.root = root
        self.secrets = {"DRIFT_DATABASE_URL": address}
        (root / "bin").mkdir()
        program = root / "bin/isotype"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m isotype "$@"\n')
        program.chmod(0o755)

    def shell(self, command: str, more: Mapping[str, str] | None = None) -> int:
        known = {"PATH": f"{self.root / 'bin'}:{os.environ['PATH']}", "HOME": str(self.root)}
        kept = {name: value for name, value in os.environ.items() if name.startswith("ISOTYPE_")}
        environment = kept | known | {"PYTHONPATH": str(ROOT / "generator")} | dict(more or {})
        result = subprocess.run(["sh", "-ec", command], cwd=self.root, env=environment, capture_output=True, text=True)
        self.said = result.stdout + result.stderr
        return result.returncode

    def job(self, name: str) -> list[int]:
        """The exit code of each command of a job."""
        codes = []
        for step in WORKFLOW["jobs"][name]["steps"]:
            if command := step.get("run", ""):
                secrets = {key: self._secret(value) for key, value in step.get("env", {}).items()}
                if not command.startswith("pip install "):
                    codes.append(self.shell(command, secrets))
        return codes

    def _secret(self, written: str) -> str:
        found = re.fullmatch(r"\$\{\{ secrets\.(\w+) \}\}", written)
        assert found, written
        return self.secrets[found[1]]


@pytest.fixture
def runner(tmp_path: Path, database: Database) -> Iterator[Runner]:
    """A project set up as the page says, and a database in sync whose login is the page's."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema/shop.yaml").write_text(SCHEMA)
    lint = '[lint]\nignore = ["missing-description", "unindexed-reference"]\n'
    (tmp_path / "isotype.toml").write_text(BLOCKS["toml"] + lint)
    made = Runner(tmp_path, "")
    assert made.shell("isotype generate") == 0, made.said
    fill(database, (tmp_path / "generated/shop/sql/postgres.sql").read_text())
    role = f"reader_of_{database.name}"
    fill(database, BLOCKS["sql"].replace("drift_reader", role).replace("DATABASE shop", f'DATABASE "{database.name}"'))
    address = database.url.replace("postgresql://postgres@", f"postgresql://{role}:take%20another%20one@")
    made.secrets["DRIFT_DATABASE_URL"] = address
    (tmp_path / "drift").mkdir()
    # The server of the tests may be of another version than the preferred one.
    save = BLOCKS["sh"].strip()
    assert made.shell(f"{save} --db {database.url}", made.secrets) == 0, made.said
    yield made
    fill(database, f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_both_gates_pass_while_everything_is_in_sync(runner: Runner) -> None:
    """Every command of the workflow is exit code 0, and the reports are there."""
    assert runner.job("check") == [0, 0], runner.said
    assert runner.job("drift") == [0, 0], runner.said
    assert json.loads((runner.root / "drift.sarif").read_text())["runs"][0]["results"] == []
    assert "in sync" in (runner.root / "drift.html").read_text()


def test_drift_fails_the_gate_and_is_an_alert_at_its_line(runner: Runner, database: Database) -> None:
    """A changed database fails the drift job alone, with an alert at the line of the schema."""
    fill(database, "ALTER TABLE purchases ALTER COLUMN status DROP DEFAULT")
    assert runner.job("check") == [0, 0], runner.said
    assert runner.job("drift") == [1, 1], runner.said
    (result,) = json.loads((runner.root / "drift.sarif").read_text())["runs"][0]["results"]
    at = result["locations"][0]["physicalLocation"]
    line = SCHEMA.splitlines()[at["region"]["startLine"] - 1]
    assert (at["artifactLocation"]["uri"], line.split(":")[0].strip()) == ("schema/shop.yaml", "status")
    assert "drift-different-column" in (runner.root / "drift.html").read_text()


def test_changed_schema_fails_the_check_until_the_facts_are_saved_again(runner: Runner) -> None:
    """A schema that was changed without generating or saving its facts fails both jobs."""
    schema = runner.root / "schema/shop.yaml"
    schema.write_text(schema.read_text().replace("note: text?", "note: string(9)?"))
    assert runner.job("check")[0] == 1
    assert runner.job("drift") == [2, 2]
    assert "expected-stale" in (runner.root / "drift.html").read_text()
    assert runner.shell(f"isotype generate && {BLOCKS['sh'].strip()} --db $DRIFT_DATABASE_URL", runner.secrets) == 0
    assert runner.job("check") == [0, 0]
    assert runner.job("drift") == [1, 1]


def test_uploads_are_what_the_commands_write() -> None:
    """The files that the workflow uploads are those that its commands write."""
    steps = WORKFLOW["jobs"]["drift"]["steps"]
    written = {match[1] for step in steps if (match := re.search(r"--output (\S+)", step.get("run", "")))}
    uploads = [step["with"] for step in steps if "upload" in step.get("uses", "")]
    uploaded = {given.get("sarif_file") or given["path"] for given in uploads}
    assert written == uploaded == {"drift.sarif", "drift.html"}
