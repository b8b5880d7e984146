"""What the reader says of an access method is what PostgreSQL says."""

from __future__ import annotations

import psycopg
import pytest

from isotype.dialects.postgres import column_type
from isotype.language import load
from tests.engines.postgres import Database

TYPES = (
    *("text", "string(9)", "smallint", "bigint", "decimal(8,2)", "float", "bool", "timestamp", "local_timestamp"),
    *("date", "time", "duration", "uuid", "bytes", "inet", "json", "map(text)", "int[]", "text[]", "Size"),
)


def schema(of: str, using: str = "") -> str:
    index = f"\n    indexes: {{idx: {{on: [value], using: {using}}}}}" if using else ""
    return (
        "isotype: 1\ndomain: shop\nenums: {Size: [small, large]}\n"
        f"entities:\n  Good:\n    fields: {{value: {{type: '{of}'}}}}{index}\n"
    )


@pytest.mark.parametrize("method", ["btree", "hash", "gin", "gist", "spgist", "brin"])
def test_a_key_is_refused_exactly_where_postgres_has_no_operator_class(method: str, database: Database) -> None:
    """Every type with every access method: a finding where CREATE INDEX fails, none where it works."""
    said, done = {}, {}
    with database.connect() as connection:
        for of in TYPES:
            findings = load({"schema.yaml": schema(of, method)}).findings
            assert {finding.code for finding in findings} <= {"no-operator-class"}
            said[of] = not findings
            domain = load({"schema.yaml": schema(of)}).domain
            assert domain is not None
            kind = column_type(domain.entities[0].fields[0].type, lambda enum: enum.name)
            connection.execute(f"CREATE TABLE good (value {kind})".encode())
            try:
                connection.execute(f"CREATE INDEX ON good USING {method} (value)".encode())
            except psycopg.errors.UndefinedObject:
                done[of] = False
            else:
                done[of] = True
            connection.execute("DROP TABLE good")
    assert said == done
