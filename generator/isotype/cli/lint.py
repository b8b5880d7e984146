"""`isotype lint`: what is allowed in a schema, yet probably not meant."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from isotype.cli import FAILED, FINDINGS, OK, pipeline
from isotype.cli.output import Output, emit
from isotype.cli.pipeline import Pipeline
from isotype.findings import WARNING, Finding, IsotypeError
from isotype.workspace import configuration
from isotype.workspace.configuration import Configuration


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
    kept = [finding for finding in findings if not any(_ignores(entry, finding) for entry in settings.ignored)]
    if broken:
        return emit(output, "lint", [*broken, *kept], FAILED)
    if len(settings.domains) == len(settings.all_domains):
        kept += _unused(settings, findings, used)
    lines = [f"{domain.name}: nothing to point out" for domain in settings.domains] if not kept else []
    return emit(output, "lint", kept, FINDINGS if kept else OK, lines)


def _ignores(entry: str, finding: Finding) -> bool:
    """Whether an entry of the configuration leaves a finding out: by its code alone, or by its code at an object or
    below it."""
    code, _, path = entry.partition(":")
    path = path.strip()
    if code.strip() != finding.code:
        return False
    return not path or finding.path == path or finding.path.startswith(path + ".")


def _unused(settings: Configuration, findings: Sequence[Finding], used: Pipeline) -> Iterator[Finding]:
    """The entries that leave nothing out: a code or an object mistyped, or one that is mended by now."""
    known = {*used.lint_codes(), *(finding.code for finding in findings)}
    for entry in settings.ignored:
        if any(_ignores(entry, finding) for finding in findings):
            continue
        code = entry.partition(":")[0].strip()
        meant = [] if code in known else get_close_matches(code, known, 1)
        yield Finding(
            "lint-ignore-unused",
            f"{entry!r} leaves no finding out",
            configuration.text_place(settings, entry),
            f"did you mean {meant[0]!r}?" if meant else "take it away",
            severity=WARNING,
        )
