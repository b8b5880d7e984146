"""The tables of a domain and what they refer to, for the report to draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isotype.dialects import postgres, sqlite
from isotype.domain.types import Enum, Type
from isotype.drift.places import Home, home_of
from isotype.drift.targets import POSTGRES, SQLITE
from isotype.drift.wording import named
from isotype.findings import Box, Diagram, Finding, Link
from isotype.tables.model import StoredView, Table, Tables


def picture(tables: Tables, engine: str = POSTGRES, findings: Iterable[Finding] = ()) -> Diagram:
    """Every table and view of a domain, and the tables among the findings which nobody declares."""
    home = home_of(engine)
    boxes = [*(_table(table, home, engine) for table in tables.tables), *(_view(view, home) for view in tables.views)]
    known = {box.object for box in boxes}
    strange = dict.fromkeys(it.object for it in findings if it.object.startswith("table ") and it.object not in known)
    boxes += (Box(name, name.rpartition(".")[2], dashed=True) for name in strange)
    links = [
        Link(
            named("table", home(table.schema, table.name)),
            named("table", home(key.target_schema, key.target_table)),
            ", ".join(key.columns),
        )
        for table in tables.tables
        for key in table.foreign_keys
    ]
    return Diagram(tables.domain, tuple(boxes), tuple(link for link in links if link.target in known))


def _table(table: Table, home: Home, engine: str) -> Box:
    own = home(table.schema, table.name)
    keys = {*(table.primary_key.columns if table.primary_key else ()), *_referring(table)}
    lines = (
        (
            named("column", (*own, column.name)),
            column.name,
            _type(column.type, engine) + ("?" if column.nullable else ""),
            column.name in keys,
        )
        for column in table.columns
    )
    return Box(named("table", own), table.name, tuple(lines))


def _referring(table: Table) -> Iterator[str]:
    for key in table.foreign_keys:
        yield from key.columns


def _view(view: StoredView, home: Home) -> Box:
    own = home(view.schema, view.name)
    kind = "materialized view" if view.materialized else "view"
    return Box(named(kind, own), view.name, dashed=True)


def _type(of: Type, engine: str) -> str:
    written = sqlite.column_type(of) if engine == SQLITE else postgres.column_type(of, _enum)
    return written if written.startswith('"') else written.lower().replace("timestamp with time zone", "timestamptz")


def _enum(enum: Enum) -> str:
    return enum.database_name
