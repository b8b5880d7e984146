"""From a domain and its two projections to the bindings that join them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from isotype.binding.model import Bindings, EntityBinding, FieldBinding, Relationship, ViewBinding
from isotype.domain.identifiers import model_attribute, module_name
from isotype.domain.model import SHAPE_ENDINGS, Domain, Entity, Reference
from isotype.shapes.entities import links, variant_paths
from isotype.shapes.model import Shape, Shapes, WirePath
from isotype.tables.model import Table, Tables


def bind(domain: Domain, tables: Tables, shapes: Shapes) -> Bindings:
    """Join both projections of one domain, entity by entity in source order."""
    by_entity = {table.entity: table for table in tables.tables}
    owned: dict[str, dict[str, Shape]] = {}
    named: dict[str, list[Shape]] = {}
    pages: dict[str, list[Shape]] = {}
    for shape in shapes.by_name.values():
        if shape.variant in SHAPE_ENDINGS:
            owned.setdefault(shape.owner, {})[shape.variant] = shape
        elif shape.variant == "named":
            named.setdefault(shape.owner, []).append(shape)
        elif shape.variant == "list":
            pages.setdefault(shape.owner, []).append(shape)
    machines = {module.entity: module.machines for module in shapes.modules if module.entity}
    incoming: dict[str, list[tuple[Entity, Reference]]] = {}
    for other in domain.entities:
        for reference in other.references:
            if reference.back:
                incoming.setdefault(reference.entity, []).append((other, reference))
    entities = tuple(
        EntityBinding(
            entity=entity.name,
            class_name=entity.name,
            module=module_name(entity.name),
            table=by_entity[entity.name],
            fields=tuple(
                _fields(
                    entity,
                    by_entity[entity.name],
                    _Places(domain, entity) if entity.api.exposed else {},
                )
            ),
            relationships=tuple(_relationships(entity, incoming, by_entity)),
            shapes=MappingProxyType(owned.get(entity.name, {})),
            machines=machines.get(entity.name, ()),
            named=tuple(named.get(entity.name, ())),
            pages=tuple(pages.get(entity.name, ())),
            listed=entity.api.shape("list_item"),
        )
        for entity in domain.entities
    )
    views = tuple(
        ViewBinding(
            view=view,
            class_name=view.view,
            module=module_name(view.view),
            attributes=tuple((model_attribute(column.field), column) for column in view.columns),
            shape=shapes.by_name.get(view.view),
            pages=tuple(pages.get(view.view, ())),
        )
        for view in tables.views
    )
    return Bindings(tables, shapes, entities, views, domain.session)


class _Places(Mapping[str, Mapping[str, WirePath]]):
    """Where the fields of an entity stand in each variant, found out when it is asked for, as most runs never do."""

    __slots__ = ("_domain", "_entity", "_found")

    def __init__(self, domain: Domain, entity: Entity) -> None:
        self._domain = domain
        self._entity = entity
        self._found: Mapping[str, Mapping[str, WirePath]] | None = None

    def _known(self) -> Mapping[str, Mapping[str, WirePath]]:
        if self._found is None:
            self._found = variant_paths(self._domain, self._entity)
        return self._found

    def __getitem__(self, variant: str) -> Mapping[str, WirePath]:
        return self._known()[variant]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())


def _fields(entity: Entity, table: Table, paths: Mapping[str, Mapping[str, WirePath]]) -> Iterator[FieldBinding]:
    by_column = {column.field: column for column in table.columns}
    linked = links(entity)
    for field in entity.fields:
        column = by_column[field.name]
        yield FieldBinding(
            field=field.name,
            attribute=model_attribute(column.name if field.name in linked else field.name),
            column=column,
            places=paths,
        )


_Incoming = Mapping[str, list[tuple[Entity, Reference]]]


def _relationships(entity: Entity, incoming: _Incoming, by_entity: Mapping[str, Table]) -> Iterator[Relationship]:
    """References of this entity first, then those of others to it, in source order."""
    for reference in entity.references:
        yield _relationship(entity, reference, by_entity, local=True)
    for other, reference in incoming.get(entity.name, ()):
        yield _relationship(other, reference, by_entity, local=False)


def _relationship(owner: Entity, reference: Reference, by_entity: Mapping[str, Table], *, local: bool) -> Relationship:
    """One end of a reference; `owner` is the referring entity on both sides."""
    table = by_entity[owner.name]
    columns = tuple(owner.field(name).column or name for name in reference.fields)
    key = next(key for key in table.foreign_keys if key.columns == columns and key.place == reference.place)
    target = reference.entity if local else owner.name
    return Relationship(
        name=model_attribute(reference.name if local else reference.back),
        target=target,
        target_module=module_name(target),
        many=not local,
        local=local,
        back=model_attribute(reference.back if local else reference.name) if reference.back else "",
        foreign_key=key,
        table=table.name,
        optional=any(owner.field(name).nullable for name in reference.fields),
    )
