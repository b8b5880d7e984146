"""Tables as SQLAlchemy models: one module per entity and view, and a mapper between models and schemas.

```
entities    a mapped class
columns     its columns
tables      its `__table_args__`
rules       its rules as a method
types       how columns and attributes spell types
mappers     from a body to a row and from a row to an answer
```
"""

from __future__ import annotations

from collections.abc import Iterator

from isotype.binding.model import Bindings
from isotype.dialects.literals.python import python_block, python_docstring, python_string
from isotype.dialects.python import (
    INDENT,
    WIDTH,
    Bracket,
    call,
    exported,
    from_import,
    layout,
    mapping,
    natural,
    sequence,
)
from isotype.domain.ledger import NotExpressible
from isotype.layers.imports import sibling_package
from isotype.layers.models.columns import Columns
from isotype.layers.models.entities import entity_view, view_view
from isotype.layers.models.mappers import Known, entity_mapping, view_mapping
from isotype.layers.models.rules import gaps, is_ruled
from isotype.layers.models.tables import prefixes_needed
from isotype.layers.models.types import holds_parts
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header, shipped
from isotype.layers.statements import Statements
from isotype.tables.model import Tables

PREFIXES = NotExpressible(
    "database schema",
    "models on sqlite",
    "SQLAlchemy looks for the tables of a schema in an attached database, where the SQL file has a prefix.",
)

PARTS = NotExpressible(
    "typed JSON",
    "models",
    "A model holds a JSON object as it is on the wire: schemas judge its parts on their way in, the database its row.",
)


_PART = 100
"""So many files are held before they are handed on."""

_DRIVERS = {"async": "postgresql+asyncpg or sqlite+aiosqlite", "sync": "postgresql+psycopg or sqlite"}


def render(
    bindings: Bindings, renderer: Renderer, options: Options, statements: Statements
) -> Iterator[tuple[dict[str, str], tuple[NotExpressible, ...]]]:
    """Every file of the layer by its path, a part after the other, and what SQLAlchemy cannot say; `statements` is the
    SQL it carries."""
    heading = "".join(f"# {line}\n" for line in header(options.header_source))
    enums = f"{sibling_package(options, 'models', 'schemas')}.enums"
    files: dict[str, str] = {}
    for path, text in _modules(bindings, renderer, options, statements, heading, enums):
        files[path] = text
        if len(files) == _PART:
            yield files, ()
            files = {}
    ruled = is_ruled(bindings.tables.tables)
    files["base.py"] = renderer("models/base.py.j2", header=heading, ruled=ruled)
    if ruled:
        files["_rules.py"] = heading + _support("rules.py")
    files["_columns.py"] = heading + _support("columns.py")
    text = _database(bindings, statements)
    files["_database.py"] = renderer("models/database.py.j2", header=heading, statements=text)
    owned = "\n".join(layout(call("frozenset", _owned(bindings.tables)), "OWNED: frozenset[str] = "))
    files["alembic.py"] = renderer("models/alembic.py.j2", header=heading, owned=owned)
    if bindings.session:
        view = {"asynchronous": bindings.session == "async", "drivers": _DRIVERS[bindings.session]}
        files["session.py"] = renderer("models/session.py.j2", header=heading, **view)
    files["__init__.py"] = renderer("models/init.py.j2", header=heading, **_barrel_view(bindings, ruled))
    yield files, tuple(sorted(set(_ledger(bindings.tables))))


def _modules(
    bindings: Bindings, renderer: Renderer, options: Options, statements: Statements, heading: str, enums: str
) -> Iterator[tuple[str, str]]:
    """A module for everything that is stored, and one of the mapper for everything that the API shows of it."""
    columns = Columns(statements, enums, bindings.tables.schema)
    attributes_of = {
        entity.class_name: {field.column.name: field.attribute for field in entity.fields}
        for entity in bindings.entities
    }
    for entity in bindings.entities:
        view = entity_view(entity, bindings, attributes_of, statements, columns, enums)
        yield f"{entity.module}.py", renderer("models/module.py.j2", header=heading, **view)
    for stored in bindings.views:
        view = view_view(stored, bindings, enums)
        yield f"{stored.module}.py", renderer("models/module.py.j2", header=heading, **view)
    schemas = sibling_package(options, "models", "schemas", depth=1)
    mapped = [entity for entity in bindings.entities if entity.shapes]
    shown = [view for view in bindings.views if view.shape is not None]
    known, helped = Known({}, {}, {}, {}), False
    for entity in mapped:
        view = entity_mapping(entity, bindings, schemas, known)
        helped = bool(view.pop("helped")) or helped
        yield f"mapping/{entity.module}.py", renderer("models/mapping.py.j2", header=heading, **view)
    for stored in shown:
        view = view_mapping(stored, bindings, schemas, known)
        helped = bool(view.pop("helped")) or helped
        yield f"mapping/{stored.module}.py", renderer("models/mapping.py.j2", header=heading, **view)
    if mapped or shown:
        yield "mapping/__init__.py", heading + '"""Between models and schemas, one module each."""\n'
    if helped:
        yield "_mapping.py", heading + _support("mapping.py")


def _ledger(tables: Tables) -> Iterator[NotExpressible]:
    """What models leave to the databases."""
    if prefixes_needed(tables.tables):
        yield PREFIXES
    for table in tables.tables:
        yield from gaps(table)
        if any(holds_parts(column.type) for column in table.columns):
            yield PARTS


def _support(name: str) -> str:
    return shipped(f"support/{name}")


def _database(bindings: Bindings, statements: Statements) -> str:
    """The tables of statements by dialect and by table."""
    around = {"postgresql": statements.around_postgres(), "sqlite": statements.around_sqlite()}
    before = {dialect: found.before for dialect, found in around.items()}
    after = {dialect: found.after for dialect, found in around.items()}
    behind = {
        f"{table.schema}.{table.name}" if table.schema else table.name: found
        for table in bindings.tables.tables
        if (found := statements.behind(table))
    }
    parts: list[str] = []
    for name, by_key in (("BEFORE", before), ("AFTER", after), ("BEHIND", behind)):
        entries = [(key, sequence(map(_statement, texts))) for key, texts in by_key.items()]
        parts += layout(mapping(entries), f"{name}: Mapping[str, Sequence[str]] = ")
    return "\n".join(parts)


def _statement(text: str) -> str:
    """A statement on lines of its own where it has several."""
    if "\n" not in text or len(text) <= WIDTH:
        return python_string(text)
    return python_block(text)


def _owned(tables: Tables) -> Bracket:
    """What a database has that stands in no metadata: partitions, materialized views, SQLite's keys over NULLs."""
    names: list[str] = []
    for table in tables.tables:
        if table.partitions:
            names += [*(bound.name for bound in table.partitions.bounds), table.partitions.default]
        if table.hypertable:
            # The index that TimescaleDB makes unless it is told not to, as it may have been before.
            names.append(f"{table.name}_{table.hypertable.column}_idx")
        names += [unique.name for unique in table.uniques if not unique.nulls_distinct]
    names += [view.name for view in tables.views]
    return sequence(map(python_string, names))


def _barrel_view(bindings: Bindings, ruled: bool) -> dict[str, object]:
    homes = {entity.class_name: entity.module for entity in bindings.entities}
    homes |= {view.class_name: view.module for view in bindings.views}
    ordered = sorted(homes, key=lambda name: natural(homes[name]))
    imports = [line for name in ordered for line in from_import(f".{homes[name]}", [name], INDENT)]
    own = ["Base", *(["RuleRefused"] if ruled else []), "TransitionRefused", "View"]
    names = sorted((*homes, *own, "metadata"), key=exported)
    listed = sequence(map(python_string, names))
    table = mapping((name, python_string(homes[name])) for name in sorted(homes, key=natural))
    title = f"SQLAlchemy models of {bindings.shapes.title}; `metadata` holds every table."
    return {
        "docstring": "\n".join(python_docstring(title, "", WIDTH)),
        "base": "\n".join(f"from .base import {name} as {name}" for name in own),
        "imports": "\n".join(imports),
        "exports": "\n".join(layout(listed, "__all__ = ")),
        "homes": "\n".join(layout(table, "_HOMES: dict[str, str] = " if not homes else "_HOMES = ")),
    }
