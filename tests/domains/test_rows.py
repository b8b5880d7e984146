"""A row goes all the way: body, schema, model, database, model, schema, body; and comes back the same."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.domains.conftest import write
from tests.engines.node import Node
from tests.engines.postgres import Database
from tests.engines.typescript import compile_typescript

ALGORITHM = {
    "name": "snappy",
    "category": "experimental",
    "description": "Fast and light",
    "bestFor": ["logs", "🦉"],
    "compressionLevels": [1, 2, 9],
    "characteristics": {
        "speed": "very_fast",
        "compression": "fair",
        "memoryUsage": "low",
        "compatibility": "limited",
    },
    "version": None,
    "documentationUrl": "https://example.org/snappy",
}


class Package:
    """The generated Python of the reference domain, imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = write("compression", folder, "models", "schemas", "types", "zod")
        sys.path.insert(0, str(folder))
        self.models = importlib.import_module("compression.models")
        self.schemas = importlib.import_module("compression.schemas")

    def mapping(self, module: str) -> ModuleType:
        """The mapper of one entity."""
        return importlib.import_module(f"compression.models.mapping.{module}")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Package]:
    """The package, forgotten after the tests of this file."""
    folder = tmp_path_factory.mktemp("rows")
    yield Package(folder)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "compression"]:
        del sys.modules[name]


@pytest.fixture(params=["postgres", "sqlite"])
def engine(request: pytest.FixtureRequest, package: Package, tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty database that `create_all` has filled."""
    if request.param == "postgres":
        database: Database = request.getfixturevalue("database")
        made = sa.create_engine(database.url_for("psycopg"))
    else:
        made = sa.create_engine(f"sqlite:///{tmp_path / 'rows.db'}")
        sa.event.listen(made, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = on"))
    package.models.metadata.create_all(made)
    yield made
    made.dispose()


def test_a_row_comes_back_as_it_was_sent(package: Package, engine: sa.Engine, node: Node) -> None:
    """The response holds what the body held, defaults filled in, and Zod takes it as it is."""
    import json

    mapping = package.mapping("compression_algorithm")
    body = package.schemas.CompressionAlgorithmCreate.model_validate_json(json.dumps(ALGORITHM))
    with Session(engine) as session:
        session.add(mapping.to_model(body))
        session.commit()
    with Session(engine) as session:
        row = session.scalars(
            sa.select(package.models.CompressionAlgorithm).where(package.models.CompressionAlgorithm.name == "snappy")
        ).one()
        text = mapping.to_response(row).model_dump_json()
    answer: dict[str, Any] = json.loads(text)
    assert {name: answer[name] for name in ALGORITHM} == ALGORITHM
    assert answer["isEnabled"] is True
    assert answer["createdAt"].endswith("Z")
    compiled = compile_typescript(package.folder)
    module = str(compiled / "zod" / "compression_algorithm.js")
    program = compiled / "ask.mjs"
    program.write_text(
        f'import {{ compressionAlgorithmResponseSchema as schema }} from "{module}";\n'
        "export const ask = (value) => schema.parse(value);\n"
    )
    assert node.call(str(program), "ask", answer) == answer


def test_an_update_changes_what_it_says_and_nothing_else(package: Package, engine: sa.Engine) -> None:
    """Absent is unchanged, null is null, a group merges, and the trigger stamps the row."""
    mapping = package.mapping("compression_algorithm")
    schemas = package.schemas
    with Session(engine) as session:
        row = mapping.to_model(schemas.CompressionAlgorithmCreate.model_validate(ALGORITHM))
        session.add(row)
        session.commit()
        before = mapping.to_response(row).model_dump(mode="json")
        change = {"characteristics": {"speed": "slow"}, "documentationUrl": None}
        mapping.apply(schemas.CompressionAlgorithmUpdate.model_validate(change), row)
        session.commit()
        after = mapping.to_response(row).model_dump(mode="json")
    assert after["characteristics"] == {**before["characteristics"], "speed": "slow"}
    assert after["documentationUrl"] is None
    assert after["updatedAt"] >= before["updatedAt"]
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"characteristics", "documentationUrl", "updatedAt"}
