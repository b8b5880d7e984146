"""`isotype generate --watch`: generate again whenever something it is made from changes."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from pathlib import Path

from isotype.cli import generate
from isotype.cli.output import Output
from isotype.cli.pipeline import Pipeline
from isotype.findings import IsotypeError
from isotype.workspace import configuration, files, project, sources

_PAUSE = 0.3

Signature = tuple[tuple[str, int, int], ...]


def run(names: Sequence[str], *, only: Sequence[str], output: Output, collaborators: Pipeline) -> int:
    """Generate, then again after every change, until interrupted."""
    start = str(Path.cwd())
    while True:
        before = signature(start)
        generate.run(names, only=only, output=output, collaborators=collaborators)
        gc.collect()
        while signature(start) == before:
            time.sleep(_PAUSE)


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


def _facts(path: Path) -> tuple[str, int, int]:
    try:
        status = path.stat()
    except OSError:
        return str(path), -1, 0
    return str(path), status.st_size, status.st_mtime_ns
