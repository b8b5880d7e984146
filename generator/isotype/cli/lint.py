"""`isotype lint`: what is allowed in a schema, yet probably not meant."""

from __future__ import annotations

import os
from collections.abc import Sequence

from isotype.cli import FAILED, FINDINGS, OK, pipeline
from isotype.cli.output import Output, emit
from isotype.cli.pipeline import Pipeline
from isotype.findings import Finding, IsotypeError
from isotype.workspace import configuration


def run(
    names: Sequence[str] = (),
    *,
    output: Output = Output(),  # noqa: B008 -- frozen
    collaborators: Pipeline | None = None,
) -> int:
    """Lint the named domains, or all; the exit code."""
    used = collaborators or pipeline.real()
    findings: list[Finding] = []
    broken: list[Finding] = []
    try:
        settings = configuration.load(os.getcwd(), names)  # noqa: PTH109
        for domain in settings.domains:
            try:
                loaded, warnings = pipeline.load(used, settings, domain)
                findings += [*warnings, *used.lint(loaded)]
            except IsotypeError as error:
                broken += error.findings
    except IsotypeError as error:
        return emit(output, "lint", error.findings, FAILED)
    kept = [finding for finding in findings if not _ignored(finding, settings.ignored)]
    if broken:
        return emit(output, "lint", [*broken, *kept], FAILED)
    lines = [f"{domain.name}: nothing to point out" for domain in settings.domains] if not kept else []
    return emit(output, "lint", kept, FINDINGS if kept else OK, lines)


def _ignored(finding: Finding, ignored: Sequence[str]) -> bool:
    """Whether the configuration leaves a finding out: by its code alone, or by its code at an object or below it."""
    for entry in ignored:
        code, _, path = entry.partition(":")
        if code.strip() != finding.code:
            continue
        path = path.strip()
        if not path or finding.path == path or finding.path.startswith(path + "."):
            return True
    return False
