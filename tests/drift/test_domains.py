"""The databases of the project's own domains, on every PostgreSQL there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from isotype.cli import arguments
from tests.domains.conftest import SCHEMAS, rendered, require_extensions
from tests.drift.conftest import fill
from tests.engines import ROOT
from tests.engines.postgres import Database, Server, available_majors


@pytest.fixture
def fresh(request: pytest.FixtureRequest, postgres_of: Callable[[int], Server]) -> Iterator[tuple[str, Database]]:
    """A domain, and a database freshly made from it."""
    major, domain = request.param
    server = postgres_of(major)
    require_extensions(domain, server)
    if major < 15 and any("needs version 15" in gap.reason for gap in rendered(domain).ledger):
        pytest.skip(f"{domain} says that it needs PostgreSQL 15")
    database = Database(server, server.create_database())
    fill(database, rendered(domain).files["sql", "postgres.sql"])
    yield domain, database
    server.drop_database(database.name)


@pytest.mark.parametrize(
    "fresh",
    [(major, domain) for major in available_majors() for domain in sorted(SCHEMAS) if domain != "library"],
    indirect=True,
    ids=lambda pair: f"{pair[0]}-{pair[1]}",
)
def test_fresh_database_is_in_sync(
    fresh: tuple[str, Database],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A database that the generated SQL has just made has no finding."""
    domain, database = fresh
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("ISOTYPE_CACHE", str(tmp_path_factory.mktemp("cache")))
    code = arguments.run(["drift", domain, "--db", database.url, "--scratch", database.server.url()])
    assert code == 0, capsys.readouterr()
