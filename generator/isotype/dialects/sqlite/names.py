"""Names of tables and views: SQLite has no schemas."""

from __future__ import annotations

from isotype.domain.identifiers import home_name as table_name

__all__ = ["table_name"]
