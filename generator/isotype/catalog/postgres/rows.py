"""The query that reads the reference rows which are declared; values are texts as PostgreSQL prints them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

from isotype.catalog.facts import Path
from isotype.catalog.rows import RowsOf as RowsOf
from isotype.catalog.rows import declared_rows as declared_rows
from isotype.dialects.literals.sql import postgres_string, sql_identifier


def rows_query(rows: Sequence[RowsOf], columns: Collection[Path]) -> tuple[list[str], dict[str, str]]:
    """A query for the rows of each table, and the parameters of all; what is not among `columns` cannot be read."""
    parts = [part for number, of in enumerate(rows) for part in _part(number, of, columns)]
    return parts, {f"keys{n}": json.dumps(of.keys) for n, of in enumerate(rows) if of.keys is not None}


def _part(number: int, of: RowsOf, columns: Collection[Path]) -> Iterator[str]:
    if any((of.schema, of.table, name) not in columns for name in of.key):
        return
    had = [name for name in of.columns if (of.schema, of.table, name) in columns]
    text = (
        f"SELECT 'row', {_literal(of.schema)}, {_literal(of.table)}, {_object(of.key)},"
        f" json_build_array({_object(had)})"
        f" FROM {sql_identifier(of.schema)}.{sql_identifier(of.table)} AS r".replace("%", "%%")
    )
    if of.keys is not None:
        key = f"json_build_array({', '.join(map(_text, of.key))})::text".replace("%", "%%")
        text += (
            f" WHERE {key} IN (SELECT json_build_array({', '.join(f'k ->> {n}' for n in range(len(of.key)))})::text"
            f" FROM json_array_elements(%(keys{number})s::json) AS k)"
        )
    yield text


def _object(columns: Sequence[str]) -> str:
    """A JSON object of columns, its names in the order they are given."""
    return f"json_build_object({', '.join(f'{_literal(name)}, {_text(name)}' for name in columns)})::text"


def _text(column: str) -> str:
    return f"r.{sql_identifier(column)}::text"


def _literal(text: str) -> str:
    return f"{postgres_string(text)}::text"
