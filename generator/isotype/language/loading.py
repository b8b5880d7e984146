"""From the texts of a schema to its meaning, stage by stage; every stage reports all it can still judge.

What few schemas say is read by modules that are imported when one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from isotype.domain.lazy import NamedTuple
from isotype.domain.model import PAGE, Domain, Entity, Extension, ObjectDefinition, Operation, RawSql, View
from isotype.domain.places import NOWHERE, Place
from isotype.domain.types import Enum
from isotype.findings import ERROR, Finding
from isotype.language.context import Context, outline
from isotype.language.entities import check_endless, read_entity, read_object
from isotype.language.enums import read_enums
from isotype.language.envelopes import filled, name_envelopes, read_envelopes
from isotype.language.given import Given
from isotype.language.indexes import check_operator_classes
from isotype.language.references import check_cascades, check_relationships
from isotype.language.reserved import check_reserved
from isotype.language.scope import Scope, merge
from isotype.language.shared import Reader, Shared, check_shared, needed, no_files, read_file, read_shared
from isotype.language.travel import check_travel
from isotype.language.types import Types
from isotype.language.wire_names import WireNames, name_entity, name_views
from isotype.language.wording import quoted
from isotype.language.yaml import Source, uncollected


class Loaded(NamedTuple):
    """A schema read: its meaning, or None when a finding is an error."""

    domain: Domain | None
    findings: tuple[Finding, ...]


def load(sources: Mapping[str, str], read: Reader = no_files) -> Loaded:
    """The domain that the texts, by file name, describe together; bad input gives findings, never an exception.

    `read` gives the text of another file by name: of those with shared definitions that the schema uses.
    """
    with uncollected():
        roots, findings = _read_files(sources)
        shared = read_shared(roots, sources, read)
        scope = merge(roots, shared.roots)
        domain = _resolve(scope, roots, shared) if roots else None
    everything = _in_order((*findings, *shared.findings, *scope.findings))
    if any(finding.severity == ERROR for finding in everything):
        domain = None
    return Loaded(domain, everything)


def _read_files(sources: Mapping[str, str]) -> tuple[list[Given], list[Finding]]:
    """Each file as its root mapping, in order of path."""
    roots, findings = [], []
    if not sources:
        findings.append(Finding("no-schema", "there is no schema file"))
    for file in sorted(sources):
        root, refused = read_file(Source(file, sources[file]))
        findings += refused
        if root is not None:
            roots.append(root)
    return roots, findings


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, by place."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: (finding.place, finding.code, finding.message)))


def _resolve(scope: Scope, roots: list[Given], shared: Shared) -> Domain:
    header = _header(scope, roots)
    scope.case, scope.schema = header["case"], header["schema"]
    read_enums(scope)
    wire = WireNames(scope)
    types = Types(scope, wire)
    context = Context(scope, types)
    name_views(wire, scope.names("views"))
    for name, given in scope.entries("entities"):
        context.entities[name] = outline(scope, name, given, "entity")
        name_entity(wire, name, given)
    for name, given in scope.entries("objects"):
        if "is" not in given and "is" not in given.broken:
            context.objects[name] = outline(scope, name, given, "object")
    for name, _ in scope.entries("types"):
        types.value_type(name)
    name_envelopes(scope, types)
    for name, api in wire.apis.items():
        if api.exposed:
            wire.put_page(name, scope.of("entities").place(name))
    within = Context(scope, Types(scope, wire, within=True), context.entities, context.objects)
    envelopes = read_envelopes(within)
    objects = tuple(read_object(context, each) for each in context.objects.values())
    entities = {name: read_entity(context, each) for name, each in context.entities.items()}
    check_relationships(scope, context.entities, entities.values())
    check_cascades(scope, entities)
    if any("hypertable" in each.given or "distribute" in each.given for each in context.entities.values()):
        from isotype.language.storage_checks import check_storage

        check_storage(context, entities, header["extensions"])
    if any("shapes" in (each.given.get("api") or ()) for each in context.entities.values()):
        from isotype.language.shapes import with_shapes

        entities = with_shapes(context, wire, entities)
    views = _views(context)
    check_operator_classes(scope, entities.values(), views, header["extensions"])
    operations = _operations(context, wire, entities, {made.name: made for made in objects})
    objects += filled(scope, wire, envelopes)
    check_endless(scope, objects)
    check_shared(scope, wire, shared)
    enums, objects = needed(scope, shared, objects, entities, views, operations)
    check_travel(scope, wire, entities.values(), objects, views, operations)
    _check_database_names(scope, entities.values(), views)
    _check_shape_names(scope, enums, entities.values(), objects, views)
    check_reserved(scope, enums, entities.values(), objects, views, operations)
    return Domain(
        name=header["name"],
        description=header["description"],
        schema=scope.schema,
        guards=header["guards"],
        session=header["session"],
        case=scope.case,
        api_title=header["title"],
        api_version=header["version"],
        extensions=header["extensions"],
        enums=enums,
        objects=objects,
        entities=tuple(entities.values()),
        views=views,
        operations=operations,
        raw_sql=_raw_sql(scope),
        shared=shared.names,
        place=header["place"],
    )


def _views(context: Context) -> tuple[View, ...]:
    if not any(context.scope.entries("views")):
        return ()
    from isotype.language.views import read_view

    found = (read_view(context, name, given) for name, given in context.scope.entries("views"))
    return tuple(view for view in found if view is not None)


def _operations(
    context: Context, wire: WireNames, entities: Mapping[str, Entity], objects: Mapping[str, ObjectDefinition]
) -> tuple[Operation, ...]:
    if not any(context.scope.entries("operations")):
        return ()
    from isotype.language.operations import read_operations

    return read_operations(context, wire, entities, objects)


def _header(scope: Scope, roots: list[Given]) -> dict[str, Any]:
    for word in ("isotype", "domain"):
        if word not in scope.header and not any(word in root.broken for root in roots):
            suggestion = 'start with "isotype: 1"' if word == "isotype" else 'add "domain: name"'
            place = Place(roots[0].source.file, 1, 1)
            scope.report_at("missing-header", f"the schema lacks {quoted(word)}", place, word, suggestion)
    database: Given | None = scope.header["database"][0] if "database" in scope.header else None
    api: Given | None = scope.header["api"][0] if "api" in scope.header else None
    extensions: list[Extension] = []
    if database is not None:
        for index, given in enumerate(database.get("extensions") or ()):
            if any(given.get("name") == extension.name for extension in extensions):
                message = f"the extension {quoted(given.words['name'])} is named twice"
                place = database.item_place("extensions", index)
                scope.report_at("repeated-name", message, place, "database.extensions", "remove one")
            elif "name" in given:
                place = database.item_place("extensions", index)
                schema, optional = given.get("schema", ""), given.get("optional", False)
                extensions.append(Extension(given.words["name"], schema, optional, place))
    name, owner = scope.header.get("domain", ("", None))
    description, _ = scope.header.get("description", ("", None))
    return {
        "name": name,
        "place": owner.key_place("domain") if owner is not None else NOWHERE,
        "description": description.strip(),
        "schema": database.get("schema", "") if database is not None else "",
        "session": database.get("session", "") if database is not None else "",
        "guards": database is None or database.get("guards", True) not in (False, "off"),
        "extensions": tuple(extensions),
        "case": api.get("case", "camel") if api is not None else "camel",
        "title": api.text("title") if api is not None else "",
        "version": (api.text("version") if api is not None else "") or "1.0.0",
    }


def _raw_sql(scope: Scope) -> tuple[RawSql, ...]:
    made = []
    for name, given in scope.entries("sql"):
        if "postgres" not in given and "sqlite" not in given and not given.broken:
            suggestion = 'add "postgres" or "sqlite"'
            scope.report("missing-word", f"raw SQL {name} has no text", given, "", suggestion)
        place = scope.of("sql").place(name)
        before = given.get("when", "after") == "before"
        made.append(
            RawSql(name, given.text("postgres"), given.text("sqlite"), before, given.text("description"), place)
        )
    return tuple(made)


# --- names that must differ across the domain -------------------------------------------------------------------------


class _Names:
    """Names of one namespace, and who has them."""

    def __init__(self, scope: Scope, code: str, suggestion: str) -> None:
        self._scope = scope
        self._code = code
        self._suggestion = suggestion
        self._taken: dict[Any, tuple[str, Place]] = {}
        self._reported: set[tuple[Place, Place]] = set()

    def take(self, key: Any, shown: str, what: str, place: Place, path: str) -> None:
        """Note a name; when it is taken, both places are reported."""
        other = self._taken.setdefault(key, (what, place))
        if other[1] is place or (other[1], place) in self._reported:
            return
        self._reported.add((other[1], place))
        for mine, theirs, here, there in ((what, other[0], place, other[1]), (other[0], what, other[1], place)):
            message = f"{mine} is {quoted(shown)}, as is {theirs} at {there}"
            self._scope.report_at(self._code, message, here, path, self._suggestion)


def _check_database_names(scope: Scope, entities: Iterable[Entity], views: Iterable[View]) -> None:
    """Tables, views, indexes and uniques share one namespace in a PostgreSQL schema."""
    names = _Names(scope, "repeated-table", "rename one of them")
    former: list[tuple[Entity, str]] = []
    current: set[str] = set()
    for entity in entities:
        path = f"entities.{entity.name}"
        current.add(entity.name)
        if entity.was:
            former.append((entity, path))
        names.take((entity.schema, entity.table), entity.table, f"the table of {entity.name}", entity.place, path)
        for unique in entity.uniques:
            what = f"a unique of {entity.name}"
            names.take((entity.schema, unique.name), unique.name, what, unique.place, f"{path}.uniques")
        for index in entity.indexes:
            what = f"an index of {entity.name}"
            names.take((entity.schema, index.name), index.name, what, index.place, f"{path}.indexes")
    for view in views:
        path = f"views.{view.name}"
        names.take((view.schema, view.table), view.table, f"the view {view.name}", view.place, path)
        for index in view.indexes:
            what = f"an index of {view.name}"
            names.take((view.schema, index.name), index.name, what, index.place, f"{path}.indexes")
    for entity, path in former:
        if entity.was in current:
            message = f"entity {entity.name} was {quoted(entity.was)}, which is still there"
            scope.report_at("former-name", message, entity.place, f"{path}.was", "remove was, or the old entity")


def _check_shape_names(
    scope: Scope,
    enums: Iterable[Enum],
    entities: Iterable[Entity],
    objects: Iterable[ObjectDefinition],
    views: Iterable[View],
) -> None:
    """No two shapes of the API have one name."""
    names = _Names(scope, "repeated-shape", "rename one of them, or give the entity another name under api")
    for enum in enums:
        names.take(enum.name, enum.name, f"the enum {enum.name}", enum.place, f"enums.{enum.name}")
    for entity in entities:
        if entity.api.exposed:
            what, path = f"a shape of entity {entity.name}", f"entities.{entity.name}.api"
            variants = ("create", "update", "response", *(("list_item",) if entity.api.list_fields else ()))
            for shape in map(entity.api.shape, variants):
                names.take(shape, shape, what, entity.place, path)
            for named in entity.api.shapes:
                path = f"entities.{entity.name}.api.shapes.{named.name}"
                names.take(named.name, named.name, what, named.place, path)
    definitions: tuple[ObjectDefinition | View, ...] = (*objects, *views)
    for definition in definitions:
        kind = "view" if isinstance(definition, View) else "object"
        what = f"the {kind} {definition.name}"
        if isinstance(definition, ObjectDefinition) and definition.envelope:
            what = f"the {definition.envelope.lower() if definition.envelope == PAGE else definition.envelope} of "
            what += definition.content or "something"
        names.take(definition.name, definition.name, what, definition.place, f"{kind}s.{definition.name}")
