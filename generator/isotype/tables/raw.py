"""What in a domain is SQL of its author: code, and to be refused where the author is a stranger."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.domain.places import Place
from isotype.tables.model import Tables


def raw_parts(tables: Tables) -> Iterator[tuple[str, Place]]:
    """Every part that is raw SQL, for whichever database, as a fact and its place."""
    for raw in tables.raw_sql:
        yield f"{raw.name!r} is raw SQL", raw.place
    for view in tables.views:
        yield f"the view {view.view!r} is raw SQL", view.place
    for table in tables.tables:
        for column in table.columns:
            if column.computed is not None and (column.computed.sql or column.computed.sqlite):
                yield f"{table.entity}.{column.field} is computed by raw SQL", column.place
            if column.default is not None and column.default.kind == "sql":
                yield f"the default of {table.entity}.{column.field} is raw SQL", column.place
    for indexes in (*(table.indexes for table in tables.tables), *(view.indexes for view in tables.views)):
        for index in indexes:
            raw_where = index.where_sql or index.where_sqlite
            if raw_where or any(key.sql or key.sqlite for key in index.keys):
                yield f"the index {index.name!r} holds raw SQL", index.place
