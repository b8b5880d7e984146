"""All databases of a domain against its schema, several at once.

A database that cannot be read is a failure beside the findings of the others, never a database in sync.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from isotype.catalog.comparison import compare, repair
from isotype.catalog.differences import EXTRA, UNMANAGED, Difference, Statement
from isotype.domain.values import frozen
from isotype.drift import fixing, servers
from isotype.drift.ignoring import Ignored, unused
from isotype.drift.places import Places
from isotype.drift.supply import Supply
from isotype.drift.targets import SQLITE, Target
from isotype.drift.wording import fact_path, holder, named, sentence, values
from isotype.findings import ERROR, WARNING, Compared, Finding, IsotypeError

if TYPE_CHECKING:
    from isotype.catalog.facts import Facts, Path
    from isotype.drift.baseline import Baseline
    from isotype.drift.source import Source

JOBS = 8
"""How many databases are read at once."""

LAYER = "database"


@frozen
class Request:
    """What is asked of the databases of a domain; `timeout` is in milliseconds.

    What the baseline accepts is reported, for the baseline to be held against it, and not repaired.
    `neighbours` gives, by the address of a database, what else is there: domains that the configuration puts into it.
    """

    ignored: tuple[Ignored, ...] = ()
    baseline: Baseline | None = None
    jobs: int = JOBS
    timeout: int = servers.TIMEOUT
    neighbours: Mapping[str, Sequence[Supply]] = MappingProxyType({})


@frozen
class Outcome:
    """One database: what differs, the ignored left out, and what repairs it; or why it could not be read.

    `objects` is how many were expected; `facts` are the expected ones and those that are there.
    """

    target: Target
    objects: int = 0
    differences: tuple[Difference, ...] = ()
    statements: tuple[Statement, ...] = ()
    facts: tuple[Facts, Facts] | None = None
    ignoring: tuple[Ignored, ...] = ()
    failures: tuple[Finding, ...] = ()


@frozen
class Result:
    """All databases of a domain, in the order they were named."""

    domain: str
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]
    failures: tuple[Finding, ...]
    summary: tuple[str, ...]
    compared: Compared

    def covered(self, source: Source) -> frozenset[str]:
        """What of the schema was compared, as findings name it."""
        return Places(source.tables, self.outcomes[0].target.engine).declared


def judge(
    source: Source,
    supply: Supply,
    targets: Sequence[Target],
    request: Request = Request(),  # noqa: B008 -- frozen
    progress: Callable[[str], None] = lambda message: None,
) -> Result:
    """Hold every database against the schema."""
    outcomes = tuple(_outcomes(source, supply, targets, request, progress))
    failures = tuple(dict.fromkeys(failure for outcome in outcomes for failure in outcome.failures))
    findings = [*_findings(source, outcomes)]
    if not failures:
        used = [entry for outcome in outcomes for entry in outcome.ignoring]
        findings += unused([entry for entry in request.ignored if entry.layer == LAYER], used)
    return Result(
        source.name,
        outcomes,
        tuple(findings),
        failures,
        tuple(_summary(source.name, outcomes)),
        Compared(
            LAYER,
            _subject(source.name, outcomes),
            sum(outcome.objects for outcome in outcomes),
            sum(1 for outcome in outcomes if outcome.failures),
        ),
    )


def _subject(domain: str, outcomes: Sequence[Outcome]) -> str:
    where = outcomes[0].target.name if len(outcomes) == 1 else f"{len(outcomes)} databases"
    return f"{domain} in {where}"


def _outcomes(
    source: Source, supply: Supply, targets: Sequence[Target], request: Request, progress: Callable[[str], None]
) -> Iterator[Outcome]:
    def one(target: Target) -> Outcome:
        try:
            return _outcome(source, supply, target, request)
        except IsotypeError as error:
            return Outcome(target, failures=error.findings)

    total = len(targets)
    progress(f"{source.name}: reading {targets[0].name}")
    # The first one makes the expected facts: in this thread, where an interrupted run still clears its scratch away.
    yield one(targets[0])
    if total == 1:
        return
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(min(request.jobs, total), "drift")
    try:
        for number, outcome in enumerate(pool.map(one, targets[1:]), 2):
            progress(f"{source.name}: {number} of {total} databases read")
            yield outcome
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _outcome(source: Source, supply: Supply, target: Target, request: Request) -> Outcome:
    expected, actual, trimmed = _facts(source, supply, target, request.timeout)
    differences = compare(expected, actual, trimmed)
    if any(it.way == UNMANAGED for it in differences):
        for neighbour in request.neighbours.get(target.address, ()):
            strange = _strange(neighbour, actual)
            differences = tuple(it for it in differences if it.way != UNMANAGED or (it.kind, it.path) in strange)
    kept: list[Difference] = []
    ignoring: list[Ignored] = []
    for difference in differences:
        covering = [entry for entry in request.ignored if entry.covers(difference)]
        ignoring += covering
        if not covering:
            kept.append(difference)
    used = tuple(dict.fromkeys(ignoring))
    objects = sum(map(len, expected.objects.values()))
    if not kept:
        return Outcome(target, objects, ignoring=used)
    return Outcome(
        target, objects, tuple(kept), _repairs(kept, expected, actual, request.baseline), (expected, actual), used
    )


def _strange(neighbour: Supply, actual: Facts) -> frozenset[tuple[str, Path]]:
    """What another domain of the same database does not declare either."""
    if actual.server.engine == SQLITE:
        differences = compare(neighbour.sqlite(), actual)
    else:
        declared = neighbour.declared()
        had = {name: version for name, version in actual.server.extensions if name in declared}
        known = neighbour(actual.server.major, had)
        differences = compare(known.facts, actual, known.trimmed)
    return frozenset((it.kind, it.path) for it in differences if it.way == UNMANAGED)


def _repairs(
    differences: Sequence[Difference], expected: Facts, actual: Facts, baseline: Baseline | None
) -> tuple[Statement, ...]:
    if baseline is None:
        return repair(differences, expected, actual)
    return repair(
        [it for it in differences if not baseline.accepting(LAYER, _code(it), *_object(it))], expected, actual
    )


def _facts(source: Source, supply: Supply, target: Target, timeout: int) -> tuple[Facts, Facts, tuple[Path, ...]]:
    """The expected facts of a database, its own, and the tables whose old partitions may be gone."""
    if target.engine == SQLITE:
        from isotype.catalog import sqlite
        from isotype.catalog.rows import declared_rows

        wanted = supply.sqlite()
        return wanted, sqlite.read(target.address, declared_rows(wanted)), ()
    servers.driver()
    expected, actual = servers.read(target, supply.declared, supply, timeout)
    return expected.facts, actual, expected.trimmed


# Findings


def _findings(source: Source, outcomes: Sequence[Outcome]) -> Iterator[Finding]:
    drifted = [outcome for outcome in outcomes if outcome.differences]
    if not drifted:
        return
    places = {engine: Places(source.tables, engine) for engine in {outcome.target.engine for outcome in drifted}}
    # The same difference in many databases is one finding, which names them.
    where: dict[tuple[str, Difference], list[Outcome]] = defaultdict(list)
    for outcome in drifted:
        for difference in outcome.differences:
            where[outcome.target.engine, difference].append(outcome)
    for (engine, difference), among in where.items():
        yield _finding(difference, among, len(outcomes), places[engine])


def _finding(difference: Difference, among: Sequence[Outcome], total: int, places: Places) -> Finding:
    first = among[0]
    assert first.facts is not None
    expected, actual = values(difference, *first.facts)
    name, attribute = _object(difference)
    fact = sentence(difference)
    if total > 1:
        fact = f"{fact}, in {_listed([outcome.target.name for outcome in among], total)}"
    return Finding(
        code=_code(difference),
        message=fact,
        place=places.of(difference.kind, difference.path),
        suggestion=_SUGGESTIONS.get(difference.way, ""),
        severity=_severity(difference),
        path=fact_path(difference),
        layer=LAYER,
        expected=expected,
        actual=actual,
        repair=fixing.repair(difference, first.statements),
        object=name,
        attribute=attribute,
        within=holder(difference, *first.facts) or name,
        declaration="" if difference.way == UNMANAGED else places.declaration(difference.kind, difference.path),
    )


def _code(difference: Difference) -> str:
    return f"drift-{difference.way}-{difference.kind.replace(' ', '-')}"


def _object(difference: Difference) -> tuple[str, str]:
    return named(difference.kind, difference.path), difference.attribute


_SUGGESTIONS = {
    EXTRA: "declare it, or drop it",
    UNMANAGED: "declare it, or ignore it with a reason in the configuration",
}


def _severity(difference: Difference) -> str:
    """What no layer relies on is a warning: what nobody declares, and comments."""
    return WARNING if difference.way == UNMANAGED or difference.attribute == "comment" else ERROR


def _listed(names: Sequence[str], total: int) -> str:
    if len(names) == total:
        return f"all {total} databases"
    shown = ", ".join(names[:5])
    return f"{len(names)} of {total} databases: {shown}{', …' if len(names) > 5 else ''}"


def _summary(domain: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        if outcome.failures:
            yield f"{domain}: {outcome.target.name} could not be compared"
        elif outcome.differences:
            count = len(outcome.differences)
            yield f"{domain}: {outcome.target.name}: {count} difference{'' if count == 1 else 's'}"
    in_sync = [outcome for outcome in outcomes if not outcome.failures and not outcome.differences]
    if len(outcomes) == 1 and in_sync:
        yield f"{domain}: {outcomes[0].target.name}, in sync"
    elif len(outcomes) > 1:
        yield f"{domain}: {len(in_sync)} of {len(outcomes)} databases in sync"
