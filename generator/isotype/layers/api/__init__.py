"""The operations of an API as a FastAPI package on the generated models and schemas.

```
groups      which service does which operations, and by what names
services    a class for each group: what is derived from the schema, and what is abstract
routes      what FastAPI calls: parameters and bodies read, a service asked
types       how values are spelled
```
"""

from __future__ import annotations

from collections.abc import Iterator

from isotype.binding.model import Bindings
from isotype.dialects.literals.python import python_docstring, python_string
from isotype.dialects.python import INDENT, WIDTH, annotated, call, exported, layout, mapping, sequence, subscript
from isotype.domain.identifiers import home_name
from isotype.domain.ledger import NotExpressible
from isotype.layers.api.groups import Group, groups
from isotype.layers.api.routes import adder, routes_view
from isotype.layers.api.services import service_view
from isotype.layers.api.types import ApiNames, domain_classes
from isotype.layers.imports import import_lines, sibling_package
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer, header
from isotype.shapes.model import Shapes


def render(
    bindings: Bindings, renderer: Renderer, options: Options
) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """Every file of the layer by its path; none where the domain has no operations."""
    if not bindings.shapes.operations:
        return {}, ()
    asynchronous = bindings.session != "sync"
    maker = "async_sessionmaker[AsyncSession]" if asynchronous else "sessionmaker[Session]"
    view = {
        "header": "".join(f"# {line}\n" for line in header(options.header_source)),
        "asynchronous": asynchronous,
        "session": "AsyncSession" if asynchronous else "Session",
        "define_route": "\n".join(
            layout(call("def wire_route", f"sessions: {maker}", "limits: Limits"), "", " -> type[APIRoute]:")
        ),
        "define": "async def" if asynchronous else "def",
        "wait": "await " if asynchronous else "",
    }
    classes = domain_classes(bindings)
    found = groups(bindings, classes)
    files = {
        "errors.py": renderer("api/errors.py.j2", **view, **_errors_view(bindings, options)),
        "dependencies.py": renderer("api/dependencies.py.j2", **view),
        "service.py": renderer("api/service.py.j2", **view),
    }
    for group in found:
        names = _names(bindings.shapes, classes, options, asynchronous)
        files[f"services/{group.module}.py"] = renderer(
            "api/services.py.j2", **view, **service_view(group, names, asynchronous)
        )
        names = _names(bindings.shapes, classes, options, asynchronous)
        session, module = str(view["session"]), "sqlalchemy.ext.asyncio" if asynchronous else "sqlalchemy.orm"
        files[f"routes/{group.module}.py"] = renderer(
            "api/routes.py.j2", **view, **routes_view(group, names, session, module)
        )
    files["services/__init__.py"] = renderer("api/services_init.py.j2", **view, **_services_view(found))
    files["routes/__init__.py"] = renderer("api/routes_init.py.j2", **view)
    files["__init__.py"] = renderer("api/init.py.j2", **view, **_init_view(found, bindings, options))
    return files, ()


def _names(shapes: Shapes, classes: frozenset[str], options: Options, asynchronous: bool) -> ApiNames:
    schemas = sibling_package(options, "api", "schemas", depth=1)
    return ApiNames(shapes, classes, schemas, sibling_package(options, "api", "models", depth=1), asynchronous)


def _errors_view(bindings: Bindings, options: Options) -> dict[str, object]:
    ruled = any(check.kind == "rule" for table in bindings.tables.tables for check in table.checks)
    models, schemas = (sibling_package(options, "api", layer) for layer in ("models", "schemas"))
    refusals = {"TransitionRefused", *(["RuleRefused"] if ruled else [])}
    imports = {f"{models}.base": refusals, f"{schemas}.errors": {"ErrorDetail", "ErrorResponse"}}
    table = mapping((name, sequence(map(python_string, paths))) for name, paths in _uniques(bindings))
    return {
        "ruled": ruled,
        "neighbours": import_lines(imports),
        "uniques": "\n".join(layout(table, "_UNIQUES: Mapping[str, Sequence[str]] = ")),
    }


def _uniques(bindings: Bindings) -> Iterator[tuple[str, list[str]]]:
    """The unique constraints over what callers see: by name, and by columns as SQLite tells of them."""
    for entity in bindings.entities:
        fields = {field.column.name: field for field in entity.fields}
        constraints = [(unique.name, unique.columns) for unique in entity.table.uniques]
        if entity.table.primary_key is not None:
            constraints.append((entity.table.primary_key.name, entity.table.primary_key.columns))
        for name, columns in constraints:
            places = [fields[column].paths.get("create") for column in columns]
            paths = [".".join(place.wire) for place in places if place is not None]
            if len(paths) == len(columns):
                table = home_name(entity.table.schema, entity.table.name)
                yield name, paths
                yield ", ".join(f"{table}.{column}" for column in columns), paths


def _services_view(found: tuple[Group, ...]) -> dict[str, object]:
    imports = {f".{group.module}": {group.class_name} for group in found}
    exports = sequence(map(python_string, sorted((group.class_name for group in found), key=exported)))
    return {"imports": import_lines(imports), "exports": "\n".join(layout(exports, "__all__ = "))}


def _init_view(found: tuple[Group, ...], bindings: Bindings, options: Options) -> dict[str, object]:
    shapes = bindings.shapes
    session = "Session" if bindings.session == "sync" else "AsyncSession"
    maker = "sessionmaker[Session]" if bindings.session == "sync" else "async_sessionmaker[AsyncSession]"
    imports = {
        ".dependencies": {"Limits", "in_order", "wire_route"},
        ".errors": {"add_handlers"},
        **{f".routes.{group.module}": {adder(group)} for group in found},
        ".services": {group.class_name for group in found},
    }
    if bindings.session:
        imports[f"{sibling_package(options, 'api', 'models')}.session"] = {"sessions as own_sessions"}
    fields: list[str] = []
    # Fields with a default come last.
    for group in sorted(found, key=lambda it: it.is_complete):
        made = subscript("Callable", f"[{session}]", group.class_name)
        fields += annotated(group.module, made, group.class_name if group.is_complete else None, INDENT)
    description = call("settings.setdefault", '"description"', python_string(shapes.description))
    return {
        "docstring": "\n".join(
            python_docstring(
                f"The API of {shapes.title}: `create_app` makes an application of services that do its operations.",
                "",
                WIDTH,
            )
        ),
        "neighbours": import_lines(imports),
        "fields": fields,
        "sessions": f"sessions: {maker} | None = None," if bindings.session else f"sessions: {maker},",
        "chosen": "sessions or own_sessions()" if bindings.session else "sessions",
        "title": python_string(shapes.title),
        "version": python_string(shapes.version),
        "describes": "\n".join(layout(description, INDENT)) if shapes.description else "",
        "adding": [
            line for group in found for line in layout(call(adder(group), "made", f"services.{group.module}"), INDENT)
        ],
    }
