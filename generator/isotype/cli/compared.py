"""What a drift run compares: from the command line or the configuration to one job for each layer of each domain."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isotype.cli import pipeline
from isotype.cli.pipeline import Pipeline
from isotype.domain.lazy import NamedTuple
from isotype.findings import Finding, IsotypeError
from isotype.workspace import configuration, settings
from isotype.workspace.configuration import Configuration
from isotype.workspace.settings import DomainSettings, DriftSettings

if TYPE_CHECKING:
    from isotype.drift.api_calls import Calls
    from isotype.drift.baseline import Baseline
    from isotype.drift.ignoring import Ignored
    from isotype.drift.joint import Judged
    from isotype.drift.source import Source
    from isotype.drift.supply import Supply
    from isotype.drift.targets import Target


class Asked(NamedTuple):
    """The options of a run; '' and () stand for what was not given.

    `databases` are URLs, `types` files of the frontend as `FILE.ts`, `FILE.ts:Name` or `FILE.ts:Name=Generated`, `apis`
    URLs of APIs or of their documents, or files that hold one.
    `listed` is a file of addresses or database names ('-' is standard input), `query` SQL that yields them on the one
    database named; `timeout` is in seconds; `baseline` is a file of accepted differences.
    `probe` says how APIs are asked themselves, with `headers`, each as `Name: value`, and at most so many `requests`.
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
    types: Sequence[str] = ()
    apis: Sequence[str] = ()
    probe: str = "none"
    headers: Sequence[str] = ()
    requests: int = 2000


class Job(NamedTuple):
    """One layer of a domain; `judge` compares it, and raises `IsotypeError` when nothing of it can be.

    `whole` when nothing else of the layer is known that might be compared.
    """

    source: Source
    layer: str
    judge: Callable[[], Judged]
    whole: bool = True


class Run(NamedTuple):
    """What all jobs of a run share; `say` reports progress."""

    used: Pipeline
    found: Configuration
    asked: Asked
    baseline: Baseline | None
    say: Callable[[str], None]


def jobs(run: Run) -> Iterator[Job]:
    """One for each layer that is given, or else for each that the configuration names; raises `IsotypeError` when there
    is none at all."""
    asked, found = run.asked, run.found
    if asked.databases or asked.listed or asked.types or asked.apis:
        domain = one_domain(found)
        yield from _given(run, domain)
        return
    any_ = False
    for domain in found.domains:
        for job in _configured(run, domain):
            any_ = True
            yield job
    if not any_:
        raise failure(
            "nothing-to-compare",
            "no database, no API and no file of types is named",
            "give one with --db URL, --api URL or --types FILE.ts, or in the configuration: "
            'databases = ["$DATABASE_URL"], apis = ["$API_URL"] or types = ["frontend/types.ts"] under [drift]',
        )


def _given(run: Run, domain: DomainSettings) -> Iterator[Job]:
    asked, origin = run.asked, source(run.used, run.found, domain)
    if asked.databases or asked.listed:
        yield Job(origin, "database", lambda: _databases(run, origin, domain, databases_given(asked)))
    if asked.apis:
        yield Job(origin, "api", lambda: _apis(run, origin, domain, asked.apis, "the command line"), whole=False)
    if asked.types:
        yield Job(origin, "frontend", lambda: _types(run, origin, domain, asked.types, os.getcwd()), whole=False)  # noqa: PTH109


def _configured(run: Run, domain: DomainSettings) -> Iterator[Job]:
    wanted = settings.drift(run.found.table, domain.name)
    origin = source(run.used, run.found, domain)
    if wanted.databases:
        yield Job(origin, "database", lambda: _databases(run, origin, domain, databases_configured(wanted, domain)))
    if wanted.apis:
        where = f"the configuration of {domain.name}"
        yield Job(origin, "api", lambda: _apis(run, origin, domain, wanted.apis, where, run.found.root))
    if wanted.types:
        # What is configured for all domains holds types of each.
        shared = len(run.found.all_domains) > 1 and not settings.names_own(run.found.table, domain.name, "types")
        files = wanted.types, run.found.root
        yield Job(origin, "frontend", lambda: _types(run, origin, domain, *files, whole=True, shared=shared))


def one_domain(found: Configuration, command: str = "drift") -> DomainSettings:
    """The one domain that a target given on the command line is of; raises `IsotypeError` where that may be several."""
    if len(found.domains) == 1:
        return found.domains[0]
    names = ", ".join(domain.name for domain in found.domains)
    raise failure(
        "several-domains",
        "something to compare is named, and not the domain it is of",
        f"name one: isotype {command} DOMAIN ({names})",
    )


def source(used: Pipeline, found: Configuration, domain: DomainSettings) -> Source:
    """What a domain compiles to."""
    from isotype import __version__
    from isotype.drift.source import Source

    return Source(found, domain, __version__, lambda: pipeline.load(used, found, domain)[0])


def idle(found: Configuration, results: Iterable[tuple[Job, Judged]]) -> set[Finding]:
    """What is said of entries that leave nothing out in one domain, and are there for another."""
    from isotype.drift.ignoring import unused

    said = {(job.source.name, job.layer): frozenset(result.findings) for job, result in results}
    found_idle: set[Finding] = set()
    for domain in found.all_domains:
        wanted = settings.drift(found.table, domain.name)
        targets = {"database": wanted.databases, "api": wanted.apis, "frontend": wanted.types}
        for finding in unused(_ignored(found, wanted), ()):
            named = domain.name, finding.layer
            # A domain that was not asked may need it.
            if (named in said or targets[finding.layer]) and finding not in said.get(named, ()):
                found_idle.add(finding)
    return found_idle


def _ignored(found: Configuration, wanted: DriftSettings) -> tuple[Ignored, ...]:
    from isotype.drift.ignoring import Ignored

    return tuple(
        Ignored(name, attribute, reason, configuration.text_place(found, name), layer)
        for name, attribute, reason, layer in wanted.ignored
    )


# APIs


def _apis(
    run: Run, origin: Source, domain: DomainSettings, written: Sequence[str], where: str, folder: str = ""
) -> Judged:
    """The APIs of the configuration, whose `folder` is that of the project, or those of the command line."""
    from isotype.drift import api_documents, apis, targets

    named = [api_documents.parse(targets.expanded(one, os.environ, where), folder) for one in written]
    wanted = settings.drift(run.found.table, domain.name)
    return apis.judge(
        origin,
        tuple(dict.fromkeys(named)),
        _ignored(run.found, wanted),
        calls=_calls(run.asked, wanted, origin, folder),
        whole=bool(folder),
        progress=run.say,
    )


def _calls(asked: Asked, wanted: DriftSettings, origin: Source, folder: str) -> Calls:
    """How the APIs of a run are asked; an address is read from the configuration only where that matters."""
    from isotype.drift import api_calls, api_documents, targets

    writable: list[str] = []
    if asked.probe == api_calls.WRITE:
        where = f"the configuration of {origin.name}"
        named = [targets.expanded(one, os.environ, where) for one in wanted.test_apis]
        writable = [api_documents.parse(one, folder).address for one in named]
    written = tuple(targets.expanded(one, os.environ, "a header") for one in asked.headers)
    return api_calls.Calls(
        asked.probe, api_calls.headers(written), asked.requests, one=float(asked.timeout), writable=tuple(writable)
    )


# Types of a frontend


def _types(
    run: Run,
    origin: Source,
    domain: DomainSettings,
    written: Sequence[str],
    folder: str,
    *,
    whole: bool = False,
    shared: bool = False,
) -> Judged:
    from isotype.drift.frontend import targets, types

    files = targets.files(written, folder, run.found.root)
    run.say(f"{origin.name}: reading types")
    wanted = settings.drift(run.found.table, domain.name)
    return types.judge(origin, files, _ignored(run.found, wanted), whole=whole, shared=shared)


def unplaced(results: Sequence[Judged], everything: bool) -> list[Finding]:
    """What no domain knows of files that hold the types of several; `everything` when all domains were asked.

    One that is asked alone has to know some of it.
    """
    from isotype.drift.frontend.types import Result

    shared = [result for result in results if isinstance(result, Result) and result.shared]
    if not everything:
        return [finding for result in shared if not result.types for finding in result.absent]
    absent = [{(it.code, it.place, it.message): it for it in result.absent} for result in shared]
    return [finding for key, finding in absent[0].items() if all(key in it for it in absent)] if absent else []


# Databases


def databases_given(asked: Asked) -> tuple[Target, ...]:
    """The databases that the command line names; raises `IsotypeError`."""
    from isotype.drift import servers, targets

    where = "the command line"
    named = [targets.parse(targets.expanded(address, os.environ, where)) for address in asked.databases]
    if asked.query:
        if len(named) != 1:
            raise failure("several-databases", "--db-query asks one database", "name one with --db, and no other")
        servers.driver()
        return _some(targets.listed(servers.names(named[0], asked.query), named[0]), "the query yields no database")
    if not asked.listed:
        return targets.distinct(named)
    lines = _lines(asked.listed)
    if len(named) == 1:
        # The one that is named says where the databases of the list are.
        return _some(targets.listed(lines, named[0]), "the list names no database")
    return _some([*named, *targets.listed(lines, None)], "the list names no database")


def databases_configured(wanted: DriftSettings, domain: DomainSettings) -> tuple[Target, ...]:
    """The databases that the configuration names; raises `IsotypeError`."""
    from isotype.drift import targets

    where = f"the configuration of {domain.name}"
    return targets.distinct(
        [targets.parse(targets.expanded(address, os.environ, where)) for address in wanted.databases]
    )


def _some(found: Sequence[Target], otherwise: str) -> tuple[Target, ...]:
    from isotype.drift import targets

    if not found:
        raise failure("no-database", otherwise, "name at least one")
    return targets.distinct(found)


def _lines(file: str) -> list[str]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise failure("unreadable-file", f"the list {file!r} cannot be read: {reason}", "correct its path") from error
    return text.splitlines()


def _databases(run: Run, origin: Source, domain: DomainSettings, targets: tuple[Target, ...]) -> Judged:
    from isotype.drift import databases

    asked, wanted = run.asked, settings.drift(run.found.table, domain.name)
    request = databases.Request(
        _ignored(run.found, wanted),
        run.baseline,
        jobs=asked.jobs or databases.JOBS,
        timeout=1000 * asked.timeout,
        neighbours=_neighbours(run, domain, targets),
    )
    return databases.judge(origin, supply(run.found, origin, wanted, asked, saved=True), targets, request, run.say)


def _neighbours(run: Run, domain: DomainSettings, targets: Sequence[Target]) -> Mapping[str, Sequence[Supply]]:
    """By the address of a database, where the expected facts of other domains come from that are configured for it."""
    here = {target.address for target in targets}
    made: dict[str, list[Supply]] = {}
    for other in run.found.all_domains:
        wanted = settings.drift(run.found.table, other.name)
        if other.name == domain.name or not wanted.databases:
            continue
        try:
            shared = here & {target.address for target in databases_configured(wanted, other)}
        except IsotypeError:
            # It says what is wrong when it is compared itself.
            continue
        if shared:
            origin = source(run.used, run.found, other)
            facts = supply(run.found, origin, wanted, run.asked._replace(expected=()), saved=True)
            for address in shared:
                made.setdefault(address, []).append(facts)
    return made


def supply(found: Configuration, origin: Source, wanted: DriftSettings, asked: Asked, saved: bool) -> Supply:
    """Where the expected facts come from; from files only where saved ones will do."""
    from isotype.drift import supply, targets

    where = f"the configuration of {origin.name}"
    files = list(asked.expected) if asked.expected else [f"{found.root}/{file}" for file in wanted.expected]
    kept = [supply.load(found.root, file) for file in files] if saved else []
    scratch = targets.expanded(asked.scratch or wanted.scratch, os.environ, where)
    return supply.Supply(origin, kept, scratch, wanted.extensions, asked.raw)


def failure(code: str, message: str, suggestion: str) -> IsotypeError:
    """Why a run cannot be made at all."""
    return IsotypeError(Finding(code, message, suggestion=suggestion))
