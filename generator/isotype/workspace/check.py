"""The in-sync check when a closer look is needed: render, and compare."""

from __future__ import annotations

import os
from collections.abc import Collection

from isotype.findings import Finding, IsotypeError
from isotype.workspace import comparison, lock, writing
from isotype.workspace.comparison import Rendered
from isotype.workspace.configuration import Configuration


def ready(configuration: Configuration) -> None:
    """Raises `IsotypeError` when there is nothing a check could honestly speak about: a run was interrupted or is under
    way, or a domain has never been generated."""
    undisturbed(configuration)
    missing = [
        Finding(
            "manifest-missing",
            f"the domain {domain.name!r} has no manifest {domain.manifest!r}",
            suggestion=f"run `isotype generate {domain.name}`, and commit what it writes",
        )
        for domain in configuration.domains
        if not os.path.isfile(f"{configuration.root}/{domain.manifest}")  # noqa: PTH113
    ]
    if missing:
        raise IsotypeError(*missing)


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


def differences(configuration: Configuration, rendered: Collection[Rendered]) -> tuple[Finding, ...]:
    """Every generated file that is missing, edited, stale or left over."""
    sources = {domain.name: domain.schema for domain in configuration.all_domains}
    return tuple(
        comparison.as_finding(configuration.root, difference, sources.get(difference.domain, difference.domain))
        for difference in comparison.compare(configuration, rendered)
    )
