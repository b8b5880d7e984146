"""`isotype check`: are the generated files what the schemas say?"""

from __future__ import annotations

import os
from collections.abc import Sequence

from isotype.cli import FAILED, FINDINGS, OK, pipeline
from isotype.cli.output import Output, emit
from isotype.cli.pipeline import Pipeline
from isotype.cli.progress import Progress
from isotype.findings import Finding, IsotypeError
from isotype.workspace import check, configuration, quick
from isotype.workspace.comparison import Rendered


def run(
    names: Sequence[str] = (),
    *,
    full: bool = False,
    raw: bool = True,
    output: Output = Output(),  # noqa: B008 -- frozen
    collaborators: Pipeline | None = None,
) -> int:
    """Check the named domains, or all; the exit code.

    `full` renders even when the manifests could be believed. What one domain cannot be judged for hides nothing of the
    others. Without `raw`, a schema with SQL of its author in it is refused.
    """
    from isotype import __version__

    believed = None if full or not raw else quick.in_sync(os.getcwd(), list(names), __version__)  # noqa: PTH109
    if believed is not None:
        return emit(output, "check", (), OK, [f"{name}: {count} files, in sync" for name, count in believed])
    used = collaborators or pipeline.real()
    progress = Progress(output.quiet)
    try:
        settings = configuration.load(os.getcwd(), names)  # noqa: PTH109
        check.undisturbed(settings)
        rendered: list[Rendered] = []
        broken: list[Finding] = []
        for domain in settings.domains:
            progress.say(f"{domain.name}: rendering")
            missing = check.never_generated(settings, domain)
            broken += missing
            try:
                loaded, _ = pipeline.load(used, settings, domain, raw=raw)
                if not missing:
                    rendered.append(pipeline.render(used, settings, domain, loaded))
            except IsotypeError as error:
                broken += error.findings
        findings = check.differences(settings, rendered, full)
    except IsotypeError as error:
        progress.clear()
        return emit(output, "check", error.findings, FAILED)
    progress.clear()
    code = FAILED if broken else FINDINGS if findings else OK
    return emit(output, "check", [*broken, *findings], code, [_line(item, findings) for item in rendered])


def _line(item: Rendered, findings: Sequence[Finding]) -> str:
    domain = item.domain
    paths = {*item.digests, domain.manifest}
    count = sum(
        1 for finding in findings if finding.place.file in paths or _below(finding.place.file, domain.folders())
    )
    return f"{domain.name}: {len(item.digests)} files, {f'{count} not in sync' if count else 'in sync'}"


def _below(path: str, folders: Sequence[str]) -> bool:
    return any(path.startswith(folder + "/") for folder in folders)
