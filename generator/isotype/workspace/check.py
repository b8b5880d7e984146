"""The in-sync check when a closer look is needed: render, and compare."""

from __future__ import annotations

import os
from collections.abc import Collection

from isotype.domain.places import Place
from isotype.findings import Finding, IsotypeError
from isotype.workspace import comparison, lock, stamps, writing
from isotype.workspace.comparison import Rendered
from isotype.workspace.configuration import Configuration
from isotype.workspace.settings import DomainSettings


def never_generated(configuration: Configuration, domain: DomainSettings) -> tuple[Finding, ...]:
    """That there is nothing a check could honestly speak about: a domain was never generated where it now goes."""
    if os.path.isfile(f"{configuration.root}/{domain.manifest}"):  # noqa: PTH113
        return ()
    finding = Finding(
        "manifest-missing",
        f"the domain {domain.name!r} has no manifest {domain.manifest!r}",
        Place(domain.manifest, 1, 1),
        f"run `isotype generate {domain.name}`, and commit what it writes",
    )
    return (finding,)


def undisturbed(configuration: Configuration) -> None:
    """Raises `IsotypeError` when a run was interrupted, or is under way."""
    if not writing.interrupted(configuration.root):
        return
    if lock.is_held(configuration.root):
        raise IsotypeError(
            Finding("already-running", "another run is writing here", suggestion="wait for it to end, then run again")
        )
    raise IsotypeError(
        Finding(
            "interrupted-run",
            "an interrupted run left some generated files old and some new",
            suggestion="run `isotype generate` to finish it",
        )
    )


def differences(
    configuration: Configuration, rendered: Collection[Rendered], full: bool = False
) -> tuple[Finding, ...]:
    """Every generated file that is missing, edited, stale or left over, and saved facts that are stale; `full` looks
    for files left over in the whole project."""
    sources = {domain.name: domain.schema for domain in configuration.all_domains}
    files = tuple(
        comparison.as_finding(configuration.root, difference, sources.get(difference.domain, difference.domain))
        for difference in comparison.compare(configuration, rendered, full=full)
    )
    facts = (
        _stale_facts(item.domain.name, path)
        for item in rendered
        for path in stamps.stale(configuration.root, configuration.table, item.domain, item.digests)
    )
    return (*files, *facts)


def _stale_facts(domain: str, path: str) -> Finding:
    return Finding(
        "expected-stale",
        f"{path!r} does not hold the facts of the present schema",
        Place(path, 1, 1),
        f"run `isotype drift {domain} --save-expected {path}`, and commit it",
    )
