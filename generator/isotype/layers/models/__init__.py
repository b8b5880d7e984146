"""Tables as SQLAlchemy models: one module per entity and view, and a mapper between models and schemas.

```
entities    a mapped class
tables      its `__table_args__`
types       how columns and attributes spell types
mappers     from a body to a row and from a row to an answer
imports     how modules import one another
```
"""

from __future__ import annotations

from isotype.binding.model import Bindings
from isotype.dialects.literals.python import python_block, python_docstring, python_string
from isotype.dialects.python import INDENT, WIDTH, Bracket, call, from_import, layout, mapping, natural, sequence
from isotype.domain.ledger import NotExpressible
from isotype.layers.models.entities import entity_view, view_view
from isotype.layers.models.imports import sibling_package
from isotype.layers.models.mappers import entity_mapping, view_mapping
from isotype.layers.models.tables import prefixes_needed
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header, templates_folder
from isotype.layers.statements import Statements
from isotype.tables.model import Tables

PREFIXES = NotExpressible(
    "database schema",
    "models on sqlite",
    "SQLAlchemy looks for the tables of a schema in an attached database, where the SQL file has a prefix.",
)


def render(
    bindings: Bindings, renderer: Renderer, options: Options, statements: Statements
) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """Every file of the layer by its path, and what SQLAlchemy cannot say; `statements` is the SQL it carries."""
    heading = "".join(f"# {line}\n" for line in header(options.header_source))
    enums = f"{sibling_package(options, 'models', 'schemas')}.enums"
    files: dict[str, str] = {}
    by_class = {entity.class_name: entity for entity in bindings.entities}
    for entity in bindings.entities:
        view = entity_view(entity, bindings, by_class, statements, enums)
        files[f"{entity.module}.py"] = renderer("models/module.py.j2", header=heading, **view)
    for stored in bindings.views:
        view = view_view(stored, bindings, enums)
        files[f"{stored.module}.py"] = renderer("models/module.py.j2", header=heading, **view)
    files |= _mapping(bindings, renderer, heading, sibling_package(options, "models", "schemas", depth=1))
    files["base.py"] = renderer("models/base.py.j2", header=heading)
    files["_columns.py"] = heading + _support("columns.py")
    text = _database(bindings, statements)
    files["_database.py"] = renderer("models/database.py.j2", header=heading, statements=text)
    owned = "\n".join(layout(call("frozenset", _owned(bindings.tables)), "OWNED: frozenset[str] = "))
    files["alembic.py"] = renderer("models/alembic.py.j2", header=heading, owned=owned)
    files["__init__.py"] = renderer("models/init.py.j2", header=heading, **_barrel_view(bindings))
    return files, (PREFIXES,) if prefixes_needed(bindings.tables.tables) else ()


def _mapping(bindings: Bindings, renderer: Renderer, heading: str, schemas: str) -> dict[str, str]:
    """The mapper: a module for everything that the API shows."""
    views = {entity.module: entity_mapping(entity, bindings, schemas) for entity in bindings.entities if entity.shapes}
    views |= {view.module: view_mapping(view, bindings, schemas) for view in bindings.views if view.shape is not None}
    if not views:
        return {}
    files = {
        f"mapping/{module}.py": renderer("models/mapping.py.j2", header=heading, **view)
        for module, view in views.items()
    }
    files["mapping/__init__.py"] = heading + '"""Between models and schemas, one module each."""\n'
    files["_mapping.py"] = heading + _support("mapping.py")
    return files


def _support(name: str) -> str:
    return (templates_folder() / "support" / name).read_text(encoding="utf-8")


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
        names += [unique.name for unique in table.uniques if not unique.nulls_distinct]
    names += [view.name for view in tables.views]
    return sequence(map(python_string, names))


def _barrel_view(bindings: Bindings) -> dict[str, object]:
    homes = {entity.class_name: entity.module for entity in bindings.entities}
    homes |= {view.class_name: view.module for view in bindings.views}
    ordered = sorted(homes, key=lambda name: natural(homes[name]))
    imports = [line for name in ordered for line in from_import(f".{homes[name]}", [name], INDENT)]
    names = sorted((*homes, "Base", "TransitionRefused", "View", "metadata"), key=natural)
    listed = sequence(map(python_string, names))
    table = mapping((name, python_string(homes[name])) for name in sorted(homes, key=natural))
    title = f"SQLAlchemy models of {bindings.shapes.title}; `metadata` holds every table."
    return {
        "docstring": "\n".join(python_docstring(title, "", WIDTH)),
        "imports": "\n".join(imports),
        "exports": "\n".join(layout(listed, "__all__ = ")),
        "homes": "\n".join(layout(table, "_HOMES = ")),
    }
