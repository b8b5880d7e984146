"""Every schema of the project, rendered once per run, and the one that uses every word of the language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from isotype.domain.model import Domain
from isotype.language import load
from isotype.layers import LAYERS, LayerOptions, Options, Rendered, render
from tests.domains.rows import LAYERS as ROW_LAYERS
from tests.domains.rows import Package, packaged
from tests.engines import ROOT
from tests.engines.postgres import Database, Server
from tests.schemas import used

SCHEMAS: Mapping[str, str] = {
    "library": "tests/schemas/everything.yaml",
    **{path.stem: f"schema/{path.name}" for path in sorted((ROOT / "schema").glob("*.yaml"))},
}


@cache
def understood(name: str) -> Domain:
    """A domain; its schema is read without a finding."""
    path = SCHEMAS[name]
    loaded = load({path: (ROOT / path).read_text()}, used)
    assert loaded.domain is not None, [str(finding) for finding in loaded.findings]
    assert not loaded.findings, [str(finding) for finding in loaded.findings]
    return loaded.domain


@cache
def rendered(name: str) -> Rendered:
    """Every layer of a domain, as `generate` would write it."""
    layers = {layer: LayerOptions(f"generated/{name}/{layer}") for layer in LAYERS}
    return render(understood(name), Options(SCHEMAS[name], layers))


def write(name: str, folder: Path, *layers: str) -> Path:
    """Write the layers of a domain into `folder`/`name`/`layer`; the domain's folder."""
    for (layer, path), text in rendered(name).files.items():
        if layer in layers:
            target = folder / name / layer / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    return folder / name


def require_extensions(name: str, server: Server) -> None:
    """Skip a test on a PostgreSQL that is built without an extension which the schema asks for."""
    wanted = {extension.name for extension in understood(name).extensions if not extension.optional}
    had = {str(found) for (found,) in server.execute("SELECT name FROM pg_available_extensions").fetchall()}
    if wanted - had:
        pytest.skip(f"this PostgreSQL is built without {', '.join(sorted(wanted - had))}")


@pytest.fixture(params=sorted(SCHEMAS), scope="session")
def domain(request: pytest.FixtureRequest) -> str:
    """The name of a domain."""
    return str(request.param)


@pytest.fixture(scope="module")
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Package]:
    """The generated Python of the domain that a test file names as its `DOMAIN`."""
    domain: str = request.module.DOMAIN
    with packaged(domain, write(domain, tmp_path_factory.mktemp("rows"), *ROW_LAYERS)) as made:
        yield made


@pytest.fixture(params=["postgres", "sqlite"])
def engine(request: pytest.FixtureRequest, package: Package, tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty database that `create_all` has filled."""
    if request.param == "postgres":
        database: Database = request.getfixturevalue("database")
        require_extensions(package.domain, database.server)
        made = sa.create_engine(database.url_for("psycopg"))
    else:
        made = sa.create_engine(f"sqlite:///{tmp_path / 'rows.db'}")
    package.models.metadata.create_all(made)
    yield made
    made.dispose()
