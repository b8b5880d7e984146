"""`isotype drift`: are a live database, a running API and a frontend what the schema says?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isotype.cli import FAILED, FINDINGS, OK, pipeline
from isotype.cli.compared import (
    Asked,
    Job,
    Run,
    databases_configured,
    databases_given,
    failure,
    idle,
    jobs,
    one_domain,
    source,
    supply,
    unplaced,
)
from isotype.cli.output import Output, emit
from isotype.cli.pipeline import Pipeline
from isotype.cli.progress import Progress
from isotype.findings import Compared, Diagram, Fault, Finding, IsotypeError, Overview
from isotype.workspace import configuration, settings
from isotype.workspace.configuration import Configuration
from isotype.workspace.settings import DomainSettings

if TYPE_CHECKING:
    from isotype.drift.baseline import Baseline
    from isotype.drift.databases import Outcome
    from isotype.drift.joint import Judged
    from isotype.drift.supply import Supply

    Judgements = list[tuple[Job, Judged]]

__all__ = ["Asked", "run"]

PLACEHOLDER = "{database}"


def run(
    names: Sequence[str] = (),
    asked: Asked = Asked(),  # noqa: B008 -- frozen
    *,
    output: Output = Output(),  # noqa: B008 -- frozen
    collaborators: Pipeline | None = None,
) -> int:
    """Hold what is named, or configured, for the named domains or for all against their schemas; the exit code."""
    used = collaborators or pipeline.real()
    progress = Progress(output.quiet)
    try:
        found = configuration.load(os.getcwd(), names)  # noqa: PTH109
        if asked.save:
            summary = _save(used, found, asked)
            return emit(output, "drift", (), OK, summary)
        accepting = _baseline(found, asked)
        results, refused, missed = _judged(jobs(Run(used, found, asked, accepting, progress.say)))
        progress.clear()
        if not results:
            return emit(output, "drift", refused, FAILED)
        if asked.fix:
            _write_scripts(asked.fix, results)
        elsewhere = idle(found, results)
        findings = [it for _, result in results for it in result.findings if it not in elsewhere]
        failures = [*(failure for _, result in results for failure in result.failures), *refused]
        failures += unplaced([result for _, result in results], len(found.domains) == len(found.all_domains))
        lines = [line for _, result in results for line in result.summary]
        lines += [f"{one.subject}: the {one.layer} could not be compared" for one in missed]
        overview = Overview((*(result.compared for _, result in results), *missed))
        reported = findings
        if accepting is not None:
            kept, accepted = accepting.split(findings, _whole(found, results, missed))
            reported, overview = list(kept), overview._replace(accepted=accepted)
        overview = overview._replace(faults=tuple(_faults(results, findings, reported)))
        if output.form == "html":
            overview = overview._replace(diagrams=tuple(_diagrams(results)))
    except IsotypeError as error:
        progress.clear()
        return emit(output, "drift", error.findings, FAILED)
    code = FAILED if failures else FINDINGS if reported else OK
    return emit(output, "drift", [*failures, *reported], code, lines, overview)


def _judged(work: Iterable[Job]) -> tuple[Judgements, list[Finding], list[Compared]]:
    """Every job done; why some could not be, and what they would have compared. One that fails hides no other."""
    results: Judgements = []
    refused: list[Finding] = []
    missed: list[Compared] = []
    for job in work:
        try:
            results.append((job, job.judge()))
        except IsotypeError as error:
            refused += error.findings
            missed.append(Compared(job.layer, job.source.name, 0, 1))
    return results, refused, missed


def _baseline(found: Configuration, asked: Asked) -> Baseline | None:
    """The file that the command line names, or else the configuration."""
    configured = settings.baseline(found.table)
    if not (asked.baseline or configured):
        return None
    from datetime import date

    from isotype.drift import baseline

    if asked.baseline:
        return baseline.load(asked.baseline, date.today())
    return baseline.load(configured, date.today(), found.root)


def _whole(found: Configuration, results: Judgements, missed: Sequence[Compared]) -> list[str]:
    """The layers that were compared whole: only a run over everything knows what nobody needs any more."""
    if len(found.domains) < len(found.all_domains):
        return []
    layers = dict.fromkeys(result.compared.layer for _, result in results)
    for job, result in results:
        if result.failures or not job.whole:
            layers.pop(result.compared.layer, None)
    for one in missed:
        layers.pop(one.layer, None)
    return list(layers)


def _faults(results: Judgements, findings: Sequence[Finding], reported: Sequence[Finding]) -> Iterator[Fault]:
    """Which layer is at fault, domain by domain, where several of it were compared."""
    if not any(finding.declaration for finding in reported):
        return
    from isotype.drift.joint import faults

    domains: dict[str, Judgements] = {}
    for job, result in results:
        if not result.failures:
            domains.setdefault(result.domain, []).append((job, result))
    for domain, among in domains.items():
        if len(among) > 1:
            covered = {result.compared.layer: result.covered(job.source) for job, result in among}
            own = [finding for _, result in among for finding in result.findings]
            yield from faults(domain, own, covered, reported)


def _diagrams(results: Judgements) -> Iterator[Diagram]:
    from isotype.drift.picture import picture

    for job, result in results:
        # What could not be read is not drawn as if nothing were wrong with it.
        if outcomes := [outcome for outcome in _outcomes(result) if not outcome.failures]:
            yield picture(job.source.tables, outcomes[0].target.engine, result.findings)


def _outcomes(result: Judged) -> tuple[Outcome, ...]:
    """The databases of a result, () for that of another layer."""
    from isotype.drift.databases import Result

    return result.outcomes if isinstance(result, Result) else ()


# Saving and repairing


def _save(used: Pipeline, found: Configuration, asked: Asked) -> list[str]:
    """Write the expected facts of a domain to a file, for the kind of server that is named or at hand."""
    from isotype.drift import expected, servers

    domain = one_domain(found)
    wanted = settings.drift(found.table, domain.name)
    origin = source(used, found, domain)
    facts = supply(found, origin, wanted, asked, saved=False)
    servers.driver()
    major, extensions = _kind(domain, found, asked, facts)
    text = expected.written(facts(major, extensions))
    try:
        path = Path(asked.save)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = f"the expected facts cannot be written to {asked.save!r}: {error.strerror}"
        raise failure("unwritable-file", reason, "correct its path") from error
    return [f"{domain.name}: expected facts for PostgreSQL {major}, written to {asked.save}"]


def _kind(domain: DomainSettings, found: Configuration, asked: Asked, facts: Supply) -> tuple[int, dict[str, str]]:
    """The major version and the declared extensions of the first database named; failing that, of what is at hand."""
    from isotype.drift import servers, targets

    wanted = settings.drift(found.table, domain.name)
    if asked.databases or wanted.databases:
        named = databases_given(asked) if asked.databases else databases_configured(wanted, domain)
        return servers.kind(named[0], facts.declared())
    scratch = asked.scratch or wanted.scratch
    if scratch:
        server = targets.parse(targets.expanded(scratch, os.environ, "the configuration"))
        return servers.kind(server, ())
    from isotype.drift.scratch import preferred_major

    return preferred_major(), {}


def _write_scripts(file: str, results: Judgements) -> None:
    from isotype.drift import fixing

    outcomes = [(result.domain, outcome) for _, result in results for outcome in _outcomes(result)]
    if len(outcomes) > 1 and PLACEHOLDER not in file:
        raise failure(
            "one-script-for-several",
            f"{len(outcomes)} databases cannot be repaired by one script",
            f"write {PLACEHOLDER} into the name of the file",
        )
    for domain, outcome in outcomes:
        if outcome.failures:
            continue
        path = Path(file.replace(PLACEHOLDER, re.sub(r"[^A-Za-z0-9_.-]+", "_", outcome.target.name)))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fixing.script(outcome.target.name, domain, outcome.statements), encoding="utf-8")
        except OSError as error:
            reason = f"the script cannot be written to {str(path)!r}: {error.strerror}"
            raise failure("unwritable-file", reason, "correct its path") from error
