"""Names of tables and views: SQLite has no schemas."""

from __future__ import annotations


def table_name(schema: str, name: str) -> str:
    """The name of a table or view; a declared schema is its prefix."""
    return name if schema in ("", "public") else f"{schema}_{name}"
