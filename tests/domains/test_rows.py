"""A row goes all the way: body, schema, model, database, model, schema, body; and comes back the same."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.domains.rows import Package
from tests.engines.node import Node

DOMAIN = "compression"

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


def test_a_row_comes_back_as_it_was_sent(package: Package, engine: sa.Engine, node: Node) -> None:
    """The response holds what the body held, defaults filled in, and Zod takes it as it is."""
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
    assert package.parse(node, "compression_algorithm", "compressionAlgorithmResponseSchema", answer) == answer


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
