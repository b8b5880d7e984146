"""`isotype generate --watch`: generate again whenever something it is made from changes."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isotype.cli import generate
from isotype.cli.output import Output
from isotype.cli.pipeline import Pipeline
from isotype.findings import Finding, IsotypeError
from isotype.workspace import configuration, files, project, sources
from isotype.workspace.configuration import Configuration
from isotype.workspace.settings import DomainSettings

if TYPE_CHECKING:
    from isotype.domain.model import Domain

_PAUSE = 0.3

Facts = tuple[str, int, int]
Signature = tuple[Facts, ...]


def run(names: Sequence[str], *, only: Sequence[str], raw: bool, output: Output, collaborators: Pipeline) -> int:
    """Generate, then again after every change, until interrupted."""
    start = str(Path.cwd())
    while True:
        before = signature(start)
        used: dict[Path, Facts] = {}
        generate.run(names, only=only, raw=raw, output=output, collaborators=_noting(collaborators, used))
        gc.collect()
        while signature(start) == before and all(_facts(path) == facts for path, facts in used.items()):
            time.sleep(_PAUSE)


def _noting(pipeline: Pipeline, used: dict[Path, Facts]) -> Pipeline:
    """The same pipeline, noting each file of shared definitions, there or not, just before it is read."""

    def load(
        texts: Mapping[str, str], read: sources.Reader, settings: Configuration, domain: DomainSettings
    ) -> tuple[Domain | None, tuple[Finding, ...]]:
        def noted(name: str) -> str | Finding | None:
            path = Path(settings.root, name)
            used.setdefault(path, _facts(path))
            return read(name)

        return pipeline.load(texts, noted, settings, domain)

    return pipeline._replace(load=load)


def signature(start: str) -> Signature:
    """Name, size and time of change of everything the output is made from, or of what keeps it from being made."""
    paths = [Path(start, project.CONFIGURATION), Path(start, project.PYPROJECT), Path(start, "schema")]
    try:
        settings = configuration.load(start)
    except IsotypeError:
        pass
    else:
        paths += [Path(settings.root, name) for name in (project.CONFIGURATION, project.PYPROJECT)]
        for domain in settings.domains:
            paths += map(Path, sources.watched(settings.root, domain.schema))
            if domain.templates:
                folder = Path(settings.root, domain.templates)
                paths += [folder / name for name, _ in files.below(str(folder))]
    return tuple(_facts(path) for path in sorted(set(paths)))


def _facts(path: Path) -> Facts:
    try:
        status = path.stat()
    except OSError:
        return str(path), -1, 0
    return str(path), status.st_size, status.st_mtime_ns
