"""Each domain put to every witness once, for all tests of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from isotype.tables.model import Table
from tests.agreement.domains import SCHEMAS, Compiled, compiled
from tests.agreement.models import TARGET, Models
from tests.agreement.probes import STORED, Probe, Prober
from tests.agreement.rows import (
    Row,
    by_postgres,
    by_sqlite,
    free_states,
    free_states_in_sqlite,
    postgres_rows,
    rows,
    sqlite_rows,
)
from tests.agreement.witnesses import Witness, package_name, witnesses
from tests.domains.conftest import require_extensions
from tests.engines.node import Node
from tests.engines.postgres import Server


@dataclass(frozen=True, slots=True)
class Trial:
    """A domain, what was asked about it, and every answer."""

    of: Compiled
    probes: Sequence[Probe]
    verdicts: Mapping[str, Sequence[bool]]
    targets: Mapping[str, str]
    rows: Mapping[str, Sequence[tuple[int, Table, Row]]]
    """By variant of the shape."""


@pytest.fixture(scope="package", params=SCHEMAS)
def trial(request: pytest.FixtureRequest, node: Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """One domain before the witnesses on JSON."""
    of = compiled(request.param)
    with witnesses(of, tmp_path_factory.mktemp(of.name), node) as found:
        yield trial_of(of, found)


def trial_of(of: Compiled, found: Sequence[Witness]) -> Trial:
    """Put every probe of a domain to witnesses; the first also helps to find records that rules take."""
    prober = Prober(of.domain, of.shapes, lambda shape, texts: found[0].judge([(shape, text) for text in texts]))
    probes = list(prober.probes())
    cases = [(probe.shape, probe.text) for probe in probes]
    return Trial(
        of,
        probes,
        {witness.name: witness.judge(cases) for witness in found},
        {witness.name: witness.target for witness in found},
        {variant: list(rows(of, probes, variant)) for variant in STORED},
    )


@pytest.fixture(scope="package")
def row_verdicts(trial: Trial, postgres: Server) -> Mapping[tuple[str, str], Sequence[str]]:
    """Why each database refuses each row, '' where it takes it, by database and variant."""
    require_extensions(trial.of.name, postgres)
    asked = {variant: [(table, row) for _, table, row in found] for variant, found in trial.rows.items()}
    with postgres_rows(postgres, trial.of) as first, sqlite_rows(trial.of) as second:
        answers = {
            ("postgres", "create"): by_postgres(first, asked["create"]),
            ("sqlite", "create"): by_sqlite(second, asked["create"]),
        }
        free_states(first, trial.of)
        free_states_in_sqlite(second, trial.of)
        return answers | {
            ("postgres", "response"): by_postgres(first, asked["response"]),
            ("sqlite", "response"): by_sqlite(second, asked["response"]),
        }


@pytest.fixture(scope="package")
def model_verdicts(trial: Trial) -> Mapping[tuple[str, str], Sequence[str]]:
    """The same for the models."""
    asked = {variant: [(table, row) for _, table, row in found] for variant, found in trial.rows.items()}
    models = Models(trial.of, package_name(trial.of))
    answers = {(TARGET, "create"): models.judge(asked["create"])}
    with models.any_state():
        return answers | {(TARGET, "response"): models.judge(asked["response"])}
