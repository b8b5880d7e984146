"""`isotype init`: what a project needs to start, written where it is not there yet."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from isotype.cli import FAILED, OK, output, pipeline, schema, starter
from isotype.cli.pipeline import Pipeline
from isotype.workspace import project, settings
from isotype.workspace.configuration import contained


def run(name: str = "", *, collaborators: Pipeline | None = None) -> int:
    """Write what is missing in the current folder, and say what was done; the exit code."""
    root = Path.cwd()
    domain = _as_package(name) if name else _domain_name(root.name)
    if outer := _project_around(root):
        output.fail(
            f"there is a project at {str(outer)!r}, and this folder is in it (run `isotype init` there; "
            f"for a project of its own, put an empty {project.CONFIGURATION} here first)"
        )
        return FAILED
    if why := settings.name_problem(domain):
        output.fail(f"{domain!r} cannot be a domain's name: {why}")
        return FAILED
    used = collaborators or pipeline.real()
    try:
        lines = _write(root, domain, used)
    except OSError as error:
        output.fail(f"{str(error.filename)!r} cannot be written: {error.strerror}")
        return FAILED
    output.write(sys.stdout, "".join(f"{line}\n" for line in lines))
    return OK


def _write(root: Path, domain: str, used: Pipeline) -> list[str]:
    lines = []
    existing = settings.discovered(str(root), "schema")
    if existing:
        lines.append(f"kept     {existing[0][1]}: there is a schema already")
    else:
        lines.append(_create(root, f"schema/{domain}.yaml", lambda: starter.schema(domain)))
    if _configured_in_pyproject(root):
        lines.append(f"kept     {project.PYPROJECT}: it holds the configuration")
    else:
        lines.append(_create(root, project.CONFIGURATION, lambda: starter.CONFIGURATION))
    lines.append(_create(root, starter.EDITOR_SCHEMA, lambda: schema.document(used)))
    lines.append(_create(root, ".vscode/settings.json", lambda: starter.EDITOR_SETTINGS, starter.EDITOR_ENTRY))
    lines.append(_create(root, ".pre-commit-config.yaml", lambda: starter.HOOKS, starter.HOOK))
    lines.append("Next: run `isotype generate`, and commit what it writes.")
    return lines


def _create(root: Path, name: str, text: Callable[[], str], addition: str = "") -> str:
    """Write a file that is not there; what was done, in a line. `addition` is what an existing file should get."""
    path = root / name
    if path.exists() or path.is_symlink():
        if not addition or _says(path, addition):
            return f"kept     {name}"
        return f"kept     {name}: add this to it\n\n{addition}"
    if not contained(str(root), name):
        return f"left out {name}: it would be outside this folder"
    written = text()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(written)
    return f"wrote    {name}"


def _says(path: Path, addition: str) -> bool:
    """Whether a file holds every line of an addition already, however they are indented."""
    try:
        present = {line.strip(" ,") for line in path.read_text("utf-8", "replace").splitlines()}
    except OSError:
        return False
    return all(line.strip(" ,") in present for line in addition.splitlines())


def _configured_in_pyproject(root: Path) -> bool:
    try:
        found = project.find(str(root))
    except project.Unreadable:
        return False
    return found is not None and found.root == str(root) and found.file == project.PYPROJECT


def _project_around(root: Path) -> Path | None:
    """The folder above that is a project, with a configuration or a schema; None when there is none."""
    try:
        found = project.find(str(root))
    except project.Unreadable as error:
        above = Path(str(error.args[0])).parent
        return above if above != root else None
    if found is None or Path(found.root) == root:
        return None
    return Path(found.root) if found.file or settings.discovered(found.root, "schema") else None


def _as_package(name: str) -> str:
    """The name with `_` where it has `-`, which no package can be imported by."""
    return name.replace("-", "_")


def _domain_name(folder: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", folder.lower()).strip("_")
    return "app" if settings.name_problem(name) else name
