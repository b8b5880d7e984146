"""`isotype generate`: render everything, stage what differs, and put it in its place when all is well."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

from isotype.cli import FAILED, OK, pipeline
from isotype.cli.output import Output, emit
from isotype.cli.pipeline import Pipeline
from isotype.cli.progress import Progress
from isotype.domain.lazy import NamedTuple
from isotype.domain.places import Place
from isotype.findings import NOTE, Finding, IsotypeError
from isotype.workspace import comparison, configuration, lock, writing
from isotype.workspace.comparison import Difference, Rendered
from isotype.workspace.configuration import Configuration


class Generated(NamedTuple):
    """What a run did: the warnings of the schemas, a line for each domain, the differences it found and made."""

    warnings: tuple[Finding, ...]
    summary: tuple[str, ...]
    differences: tuple[Difference, ...]


def run(
    names: Sequence[str] = (),
    *,
    only: Sequence[str] = (),
    dry_run: bool = False,
    raw: bool = True,
    output: Output = Output(),  # noqa: B008 -- frozen
    collaborators: Pipeline | None = None,
) -> int:
    """Generate the named domains, or all; the exit code."""
    used = collaborators or pipeline.real()
    progress = Progress(output.quiet)
    try:
        settings = configuration.load(os.getcwd(), names)  # noqa: PTH109
        if dry_run:
            return _preview(settings, only, raw, output, used)
        with lock.held(settings.root):
            recovered = writing.recover(settings.root)
            done = generate(settings, only, used, progress, raw=raw)
    except IsotypeError as error:
        progress.clear()
        return emit(output, "generate", error.findings, FAILED)
    progress.clear()
    finished = ("finished what an interrupted run had begun",) if recovered else ()
    return emit(output, "generate", done.warnings, OK, (*finished, *done.summary))


def generate(
    settings: Configuration,
    only: Sequence[str],
    used: Pipeline,
    progress: Progress,
    *,
    raw: bool = True,
    write: bool = True,
) -> Generated:
    """Render every chosen domain, compare, and write what differs; the caller holds the lock.

    Nothing is written when any domain is wrong, or when a file stands in the way that Isotype did not make.
    """
    if not write:
        return _compared(settings, only, used, progress, raw, lambda difference: difference)
    with writing.staging(settings.root, lambda done: progress.say(f"writing file {done}")) as staging:

        def take(difference: Difference) -> Difference:
            kind, path, domain, layer, content, digest, reason = difference
            if kind != comparison.FOREIGN:
                staging.add(path, content, digest)
            return Difference(kind, path, domain, layer, None, digest, reason)

        done = _compared(settings, only, used, progress, raw, take)
        for difference in done.differences:
            if difference.unwanted or difference.content is not None:
                take(difference)
        staging.commit()
    return done


def _compared(
    settings: Configuration,
    only: Sequence[str],
    used: Pipeline,
    progress: Progress,
    raw: bool,
    take: Callable[[Difference], Difference],
) -> Generated:
    """Render every chosen domain and compare it; each difference goes through `take` as soon as it is known."""
    rendered: list[Rendered] = []
    findings: list[Finding] = []
    broken = False
    seconds: dict[str, float] = {}
    for domain in settings.domains:
        began = time.perf_counter()
        progress.say(f"{domain.name}: reading the schema")
        try:
            loaded, warnings = pipeline.load(used, settings, domain, raw=raw)
            findings += warnings
            progress.say(f"{domain.name}: rendering")
            rendered.append(pipeline.render(used, settings, domain, loaded, only, take))
        except IsotypeError as error:
            findings += error.findings
            broken = True
        seconds[domain.name] = time.perf_counter() - began
    if broken:
        raise IsotypeError(*findings)
    began = time.perf_counter()
    progress.say("comparing")
    differences = comparison.compare(settings, rendered, only)
    foreign = [difference for difference in differences if difference.kind == comparison.FOREIGN]
    if foreign:
        raise IsotypeError(*(comparison.as_finding(settings.root, difference, "") for difference in foreign))
    elapsed = (time.perf_counter() - began) / len(rendered)
    lines = [_line(item, differences, seconds[item.domain.name] + elapsed) for item in rendered]
    return Generated(tuple(findings), (*lines, *_former_lines(settings, differences)), differences)


def _preview(settings: Configuration, only: Sequence[str], raw: bool, output: Output, used: Pipeline) -> int:
    """Print what a run would change as a unified diff, and write nothing."""
    from isotype.cli.difference import unified
    from isotype.workspace.check import undisturbed

    undisturbed(settings)
    done = generate(settings, only, used, Progress(quiet=True), raw=raw, write=False)
    summary = tuple(f"{line} (dry run)" for line in done.summary)
    if output.form == "text" and not output.file:
        return emit(output, "generate", done.warnings, OK, (*unified(settings.root, done.differences), *summary))
    planned = [_planned(difference) for difference in done.differences]
    return emit(output, "generate", [*done.warnings, *planned], OK, summary)


def _planned(difference: Difference) -> Finding:
    """What a run would do to a file, as a note: nothing is wrong with the file."""
    path = difference.path
    if difference.unwanted:
        way, fact = "removed", f"{path!r} would be removed: nothing generates it any more"
    elif difference.kind == comparison.MISSING:
        way, fact = "written", f"{path!r} would be written: it is not there yet"
    else:
        way, fact = "written", f"{path!r} would be written: it is not what the schema says"
    return Finding(f"would-be-{way}", fact, Place(path, 1, 1), severity=NOTE, layer=difference.layer)


def _line(item: Rendered, differences: Sequence[Difference], seconds: float) -> str:
    name = item.domain.name
    own = [difference for difference in differences if difference.domain == name]
    # The manifest is written with the files it lists, and counted when it alone is.
    counted = [difference for difference in own if difference.path != item.domain.manifest] or own
    removed = sum(1 for difference in counted if difference.unwanted)
    written = len(counted) - removed
    return f"{name}: {len(item.digests)} files, {written} written, {removed} removed, {seconds:.1f} s{item.ledger}"


def _former_lines(settings: Configuration, differences: Sequence[Difference]) -> list[str]:
    known = {domain.name for domain in settings.all_domains}
    removed: dict[str, int] = {}
    for difference in differences:
        if difference.domain not in known:
            removed[difference.domain] = removed.get(difference.domain, 0) + 1
    return [f"{name}: 0 files, 0 written, {count} removed, the domain is no more" for name, count in removed.items()]
