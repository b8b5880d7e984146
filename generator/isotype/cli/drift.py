"""`isotype drift`: is a live database what the schema says?"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from isotype.cli import FAILED, FINDINGS, OK, pipeline
from isotype.cli.output import Output, emit
from isotype.cli.pipeline import Pipeline
from isotype.cli.progress import Progress
from isotype.findings import Diagram, Finding, IsotypeError, Overview
from isotype.workspace import configuration, settings
from isotype.workspace.configuration import Configuration
from isotype.workspace.settings import DomainSettings, DriftSettings

if TYPE_CHECKING:
    from isotype.drift.baseline import Baseline
    from isotype.drift.databases import Request, Result
    from isotype.drift.source import Source
    from isotype.drift.supply import Supply
    from isotype.drift.targets import Target

PLACEHOLDER = "{database}"


class Asked(NamedTuple):
    """The options of a run; '' and () stand for what was not given.

    `listed` is a file of addresses or database names ('-' is standard input), `query` SQL that yields them on the one
    database named; `timeout` is in seconds; `baseline` is a file of accepted differences.
    """

    databases: Sequence[str] = ()
    listed: str = ""
    query: str = ""
    scratch: str = ""
    expected: Sequence[str] = ()
    save: str = ""
    fix: str = ""
    raw: bool = True
    jobs: int = 0
    timeout: int = 60
    baseline: str = ""


def run(
    names: Sequence[str] = (),
    asked: Asked = Asked(),  # noqa: B008 -- frozen
    *,
    output: Output = Output(),  # noqa: B008 -- frozen
    collaborators: Pipeline | None = None,
) -> int:
    """Hold the databases of the named domains, or of all, against their schemas; the exit code."""
    used = collaborators or pipeline.real()
    progress = Progress(output.quiet)
    try:
        found = configuration.load(os.getcwd(), names)  # noqa: PTH109
        if asked.save:
            summary = _save(used, found, asked)
            return emit(output, "drift", (), OK, summary)
        accepting = _baseline(asked)
        results = [_judge(used, found, *work, asked, accepting, progress) for work in _work(found, asked)]
        progress.clear()
        if asked.fix:
            _write_scripts(asked.fix, results)
    except IsotypeError as error:
        progress.clear()
        return emit(output, "drift", error.findings, FAILED)
    findings = [finding for result in results for finding in result.findings]
    failures = [failure for result in results for failure in result.failures]
    lines = [line for result in results for line in result.summary]
    overview = Overview(tuple(result.compared for result in results))
    if accepting is not None:
        # Only a run over everything knows what nobody needs any more.
        whole = not failures and len(found.domains) == len(found.all_domains)
        layers = [result.compared.layer for result in results if whole]
        kept, accepted = accepting.split(findings, layers)
        findings, overview = list(kept), overview._replace(accepted=accepted)
    if output.form == "html" and not failures:
        overview = overview._replace(diagrams=_diagrams(used, found, results))
    code = FAILED if failures else FINDINGS if findings else OK
    return emit(output, "drift", [*failures, *findings], code, lines, overview)


def _baseline(asked: Asked) -> Baseline | None:
    if not asked.baseline:
        return None
    from datetime import date

    from isotype.drift import baseline

    return baseline.load(asked.baseline, date.today())


def _diagrams(used: Pipeline, found: Configuration, results: Sequence[Result]) -> tuple[Diagram, ...]:
    from isotype.drift.picture import picture

    domains = {domain.name: domain for domain in found.domains}
    return tuple(
        picture(_source(used, found, domains[result.domain]).tables, result.outcomes[0].target.engine, result.findings)
        for result in results
    )


# Which databases


def _work(found: Configuration, asked: Asked) -> list[tuple[DomainSettings, tuple[Target, ...]]]:
    """Each domain with its databases; raises `IsotypeError` when there is none at all."""
    from isotype.drift import targets

    if asked.databases or asked.listed:
        return [(_one_domain(found), targets.distinct(_given(asked)))]
    work = []
    for domain in found.domains:
        where = f"the configuration of {domain.name}"
        written = settings.drift(found.table, domain.name).databases
        parsed = [targets.parse(targets.expanded(address, os.environ, where)) for address in written]
        if parsed:
            work.append((domain, targets.distinct(parsed)))
    if not work:
        raise _failure(
            "no-database",
            "no database is named",
            'give one with --db URL, or in the configuration: databases = ["$DATABASE_URL"] under [drift]',
        )
    return work


def _one_domain(found: Configuration) -> DomainSettings:
    if len(found.domains) == 1:
        return found.domains[0]
    names = ", ".join(domain.name for domain in found.domains)
    raise _failure(
        "several-domains",
        "a database is named, and not the domain it holds",
        f"name one: isotype drift DOMAIN ({names})",
    )


def _given(asked: Asked) -> Sequence[Target]:
    from isotype.drift import servers, targets

    where = "the command line"
    named = [targets.parse(targets.expanded(address, os.environ, where)) for address in asked.databases]
    if asked.query:
        if len(named) != 1:
            raise _failure("several-databases", "--db-query asks one database", "name one with --db, and no other")
        servers.driver()
        return _some(targets.listed(servers.names(named[0], asked.query), named[0]), "the query yields no database")
    if not asked.listed:
        return named
    lines = _lines(asked.listed)
    if len(named) == 1:
        # The one that is named says where the databases of the list are.
        return _some(targets.listed(lines, named[0]), "the list names no database")
    return _some([*named, *targets.listed(lines, None)], "the list names no database")


def _some(found: Sequence[Target], otherwise: str) -> Sequence[Target]:
    if not found:
        raise _failure("no-database", otherwise, "name at least one")
    return found


def _lines(file: str) -> list[str]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise _failure("unreadable-file", f"the list {file!r} cannot be read: {reason}", "correct its path") from error
    return text.splitlines()


# What is expected, and what is there


def _judge(
    used: Pipeline,
    found: Configuration,
    domain: DomainSettings,
    targets: tuple[Target, ...],
    asked: Asked,
    baseline: Baseline | None,
    progress: Progress,
) -> Result:
    from isotype.drift import databases

    wanted = settings.drift(found.table, domain.name)
    source = _source(used, found, domain)
    supply = _supply(found, source, wanted, asked, saved=True)
    return databases.judge(source, supply, targets, _request(found, wanted, asked, baseline), progress.say)


def _request(found: Configuration, wanted: DriftSettings, asked: Asked, baseline: Baseline | None) -> Request:
    from isotype.drift.databases import JOBS, Request
    from isotype.drift.ignoring import Ignored

    return Request(
        tuple(
            Ignored(name, attribute, reason, configuration.text_place(found, name))
            for name, attribute, reason in wanted.ignored
        ),
        baseline,
        jobs=asked.jobs or JOBS,
        timeout=1000 * asked.timeout,
    )


def _source(used: Pipeline, found: Configuration, domain: DomainSettings) -> Source:
    from isotype import __version__
    from isotype.drift.source import Source

    return Source(found, domain, __version__, lambda: pipeline.load(used, found, domain)[0])


def _supply(found: Configuration, source: Source, wanted: DriftSettings, asked: Asked, saved: bool) -> Supply:
    from isotype.drift import supply, targets

    where = f"the configuration of {source.name}"
    files = list(asked.expected) if asked.expected else [f"{found.root}/{file}" for file in wanted.expected]
    kept = [supply.load(found.root, file) for file in files] if saved else []
    scratch = targets.expanded(asked.scratch or wanted.scratch, os.environ, where)
    return supply.Supply(source, kept, scratch, wanted.extensions, asked.raw)


def _save(used: Pipeline, found: Configuration, asked: Asked) -> list[str]:
    """Write the expected facts of a domain to a file, for the kind of server that is named or at hand."""
    from isotype.drift import expected, servers

    domain = _one_domain(found)
    wanted = settings.drift(found.table, domain.name)
    source = _source(used, found, domain)
    supply = _supply(found, source, wanted, asked, saved=False)
    servers.driver()
    major, extensions = _kind(found, domain, asked, supply)
    text = expected.written(supply(major, extensions))
    try:
        path = Path(asked.save)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = f"the expected facts cannot be written to {asked.save!r}: {error.strerror}"
        raise _failure("unwritable-file", reason, "correct its path") from error
    return [f"{domain.name}: expected facts for PostgreSQL {major}, written to {asked.save}"]


def _kind(found: Configuration, domain: DomainSettings, asked: Asked, supply: Supply) -> tuple[int, dict[str, str]]:
    """The major version and the declared extensions of the first database named; failing that, of what is at hand."""
    from isotype.drift import servers, targets

    if asked.databases or settings.drift(found.table, domain.name).databases:
        first = _work(found, asked)[0][1][0]
        return servers.kind(first, supply.declared())
    scratch = asked.scratch or settings.drift(found.table, domain.name).scratch
    if scratch:
        server = targets.parse(targets.expanded(scratch, os.environ, "the configuration"))
        return servers.kind(server, ())
    from isotype.drift.scratch import preferred_major

    return preferred_major(), {}


# Repairing


def _write_scripts(file: str, results: Sequence[Result]) -> None:
    from isotype.drift import fixing

    outcomes = [(result.domain, outcome) for result in results for outcome in result.outcomes]
    if len(outcomes) > 1 and PLACEHOLDER not in file:
        raise _failure(
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
            raise _failure("unwritable-file", reason, "correct its path") from error


def _failure(code: str, message: str, suggestion: str) -> IsotypeError:
    return IsotypeError(Finding(code, message, suggestion=suggestion))
