"""What `create_all` of the generated models makes is what the SQL file makes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from isotype import tables
from isotype.catalog.comparison import compare
from isotype.catalog.sqlite import load, read
from tests.catalog.sqlite_suite import DOMAINS, expected
from tests.domains.conftest import understood, write
from tests.domains.rows import packaged
from tests.models.package import EVERYTHING, imported, package


def has_schema(domain: str) -> bool:
    """Whether tables have a declared schema, with which SQLAlchemy means an attached database."""
    return any(table.schema for table in tables.project(understood(domain)).tables)


@pytest.mark.parametrize("domain", [name for name in DOMAINS if not has_schema(name)])
def test_models_make_the_database_of_the_file(domain: str, tmp_path: Path) -> None:
    """Nothing is missing, nothing further, nothing otherwise."""
    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    with packaged(domain, write(domain, tmp_path, "models", "schemas")) as found:
        found.models.metadata.create_all(engine)
    engine.dispose()
    assert compare(expected(domain), read(tmp_path / "made.db")) == ()


def test_models_of_every_word_make_the_database_of_the_file(tmp_path: Path) -> None:
    """The schema that uses every word of the language, without a database schema, which SQLite has not."""
    source = re.sub(r"^ +schema: library\n", "", EVERYTHING.read_text(), flags=re.MULTILINE)
    made = package(re.sub(r"\blibrary[._](?=[a-z])(?!code)", "", source))
    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    with imported(made, tmp_path / "package", "models_for_drift") as found:
        found.models.metadata.create_all(engine)
    engine.dispose()
    assert compare(load(made.sql["sqlite.sql"]), read(tmp_path / "made.db")) == ()
