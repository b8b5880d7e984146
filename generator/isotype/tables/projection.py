"""From a domain to its tables, in one pass per kind of thing; every name is decided here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isotype.domain.expressions import names as expression_names
from isotype.domain.expressions import rename
from isotype.domain.identifiers import shorten
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import (
    FULL,
    ONCE,
    WRITE,
    Computed,
    Domain,
    Entity,
    Field,
    Index,
    Reference,
    Unique,
    View,
)
from isotype.domain.values import replace
from isotype.tables.checks import column_checks, structures
from isotype.tables.model import (
    Check,
    Column,
    ForeignKey,
    IndexKey,
    PrimaryKey,
    StoredView,
    Table,
    TableIndex,
    Tables,
    TransitionGuard,
    UniqueConstraint,
    UpdateStamp,
    ViewColumn,
)
from isotype.tables.partitions import partitions
from isotype.tables.storage import distribution, hypertable


def project(domain: Domain) -> Tables:
    """The database of a domain. Tables come in an order in which each refers to earlier ones where it can."""
    entities = {entity.name: entity for entity in domain.entities}
    order = _creation_order(domain.entities)
    position = {entity.name: number for number, entity in enumerate(order)}
    tables = tuple(_table(domain, entity, entities, position) for entity in order)
    views = tuple(_view(view) for view in domain.views)
    schemas = dict.fromkeys(
        name
        for name in (
            domain.schema,
            *(extension.schema for extension in domain.extensions),
            *(table.schema for table in tables),
            *(view.schema for view in views),
        )
        if name and name != "public"
    )
    return Tables(
        domain=domain.name,
        schema=domain.schema,
        schemas=tuple(schemas),
        extensions=domain.extensions,
        enum_types=tuple(enum for enum in domain.enums if enum.native),
        tables=tables,
        views=views,
        structures=structures(domain),
        raw_sql=domain.raw_sql,
        comment=domain.description,
        prefix=f"{domain.name}_",
        place=domain.place,
    )


def _creation_order(entities: tuple[Entity, ...]) -> list[Entity]:
    """Source order, but what is referred to comes first; a cycle is entered where the source enters it."""
    by_name = {entity.name: entity for entity in entities}
    done: dict[str, Entity] = {}
    waiting: set[str] = set()
    for root in entities:
        stack: list[tuple[Entity, Iterator[Reference]]] = [(root, iter(root.references))]
        waiting.add(root.name)
        while stack:
            entity, references = stack[-1]
            for reference in references:
                target = by_name.get(reference.entity)
                if target is not None and target.name not in waiting:
                    waiting.add(target.name)
                    stack.append((target, iter(target.references)))
                    break
            else:
                done.setdefault(entity.name, entity)
                stack.pop()
    return list(done.values())


def _table(domain: Domain, entity: Entity, entities: Mapping[str, Entity], position: Mapping[str, int]) -> Table:
    names = column_names(entity)
    columns = tuple(_column(domain, entity, field, names) for field in entity.fields)
    extra = () if entity.partition is None else (names[entity.partition.field],)
    key = _with(tuple(names[field] for field in entity.key), extra)
    stamped = tuple(column.name for column in columns if column.stamped)
    uniques = tuple(_uniques(entity, names, extra))
    return Table(
        name=entity.table,
        schema=entity.schema,
        entity=entity.name,
        columns=columns,
        primary_key=PrimaryKey(shorten(f"{entity.table}_pkey"), key) if key else None,
        uniques=uniques,
        foreign_keys=tuple(
            _foreign_key(entity, reference, names, entities, position) for reference in entity.references
        ),
        checks=tuple(_checks(entity, names)),
        indexes=tuple(_index(index, names) for index in entity.indexes),
        partitions=partitions(entity.table, names[entity.partition.field], entity.partition)
        if entity.partition
        else None,
        hypertable=hypertable(entity.table, names, entity.hypertable) if entity.hypertable else None,
        distribution=distribution(names, entities, entity.distribution) if entity.distribution else None,
        stamp=UpdateStamp(shorten(f"{entity.table}_stamp"), stamped) if stamped else None,
        transition_guards=tuple(
            TransitionGuard(
                shorten(f"{entity.table}_{names[field.name]}_transitions"),
                shorten(f"{entity.table}_{names[field.name]}_transitions_insert"),
                names[field.name],
                field.transitions,
                field.place,
            )
            for field in entity.fields
            if field.transitions is not None
        ),
        rows=tuple({names[field]: value for field, value in row.items()} for row in entity.rows),
        row_places=entity.row_places,
        comment=entity.description,
        was=entity.was,
        unproved=_unproved(entity, names, extra),
        place=entity.place,
    )


def column_names(entity: Entity) -> dict[str, str]:
    """Field name → column name."""
    return {field.name: field.column or field.name for field in entity.fields}


def _column(domain: Domain, entity: Entity, field: Field, names: Mapping[str, str]) -> Column:
    name = names[field.name]
    writable = field.computed is None and field.access in (FULL, WRITE, ONCE)
    guard = field.constraints.get("guard") or shorten(f"{entity.table}_{name}_guard")
    return Column(
        name=name,
        field=field.name,
        type=field.type,
        nullable=field.nullable,
        default=field.default,
        computed=_computed(field.computed, names),
        stamped=field.stamped,
        writable=writable,
        guard=guard if domain.guards and writable else "",
        comment=field.description,
        was=field.was,
        place=field.place,
    )


def _computed(computed: Computed | None, names: Mapping[str, str]) -> Computed | None:
    if computed is None or computed.expression is None:
        return computed
    return replace(computed, expression=rename(computed.expression, names))


def _with(columns: tuple[str, ...], extra: tuple[str, ...]) -> tuple[str, ...]:
    return (*columns, *(column for column in extra if column not in columns)) if columns else ()


def _uniques(entity: Entity, names: Mapping[str, str], extra: tuple[str, ...]) -> Iterator[UniqueConstraint]:
    for field in entity.fields:
        if field.unique:
            name = field.constraints.get("unique") or f"{entity.table}_{names[field.name]}_key"
            yield UniqueConstraint(shorten(name), _with((names[field.name],), extra), place=field.place)
    for unique in entity.uniques:
        columns = _with(tuple(names[field] for field in unique.fields), extra)
        yield UniqueConstraint(
            shorten(unique.name or _unique_name(entity, unique, names)),
            columns,
            unique.nulls_distinct,
            unique.deferrable,
            unique.place,
        )


def _unique_name(entity: Entity, unique: Unique, names: Mapping[str, str]) -> str:
    return "_".join((entity.table, *(names[field] for field in unique.fields), "key"))


def _unproved(entity: Entity, names: Mapping[str, str], extra: tuple[str, ...]) -> tuple[NotExpressible, ...]:
    """A partitioned entity's keys hold the partition column too, so they promise less than the schema says."""
    if not extra:
        return ()
    keys = [entity.key, *(unique.fields for unique in entity.uniques)]
    keys += [(field.name,) for field in entity.fields if field.unique]
    if all(entity.partition is None or entity.partition.field in key for key in keys):
        return ()
    return (
        NotExpressible(
            "key of a partitioned entity",
            "postgres",
            "every unique key of a partitioned table holds its partition column",
        ),
        NotExpressible("key of a partitioned entity", "sqlite", "keys are the same in every database"),
    )


def _foreign_key(
    entity: Entity,
    reference: Reference,
    names: Mapping[str, str],
    entities: Mapping[str, Entity],
    position: Mapping[str, int],
) -> ForeignKey:
    target = entities[reference.entity]
    target_names = column_names(target)
    columns = tuple(names[field] for field in reference.fields)
    given = reference.constraint or "_".join((entity.table, *columns, "fkey"))
    return ForeignKey(
        name=shorten(given),
        columns=columns,
        written=tuple(names[field] for field in _written(entity, reference)),
        target_schema=target.schema,
        target_table=target.table,
        target_columns=tuple(target_names[field] for field in reference.target_fields),
        on_delete=reference.on_delete,
        on_update=reference.on_update,
        deferrable=reference.deferrable,
        late=position[target.name] > position[entity.name],
        place=reference.place,
    )


def _written(entity: Entity, reference: Reference) -> tuple[str, ...]:
    """The fields of a reference that are its own: those that may be null, else those that no other reference has."""
    if len(reference.fields) == 1:
        return reference.fields
    nullable = tuple(name for name in reference.fields if entity.field(name).nullable)
    if nullable:
        return nullable
    others = {name for other in entity.references if other is not reference for name in other.fields}
    return tuple(name for name in reference.fields if name not in others) or reference.fields


def _checks(entity: Entity, names: Mapping[str, str]) -> Iterator[Check]:
    for field in entity.fields:
        if field.computed is None:
            yield from column_checks(entity.table, names[field.name], field)
    for rule in entity.rules:
        if not rule.on:
            expression = rename(rule.that, names)
            columns = tuple(dict.fromkeys(names[field] for field in expression_names(rule.that)))
            name, message, place = shorten(rule.name), rule.message, rule.place
            yield Check(name, "rule", columns, expression, message=message, place=place, held=rule.held)


def _index(index: Index, names: Mapping[str, str]) -> TableIndex:
    return TableIndex(
        name=shorten(index.name),
        keys=tuple(
            IndexKey(
                column=names[part.field] if part.field else "",
                expression=rename(part.expression, names) if part.expression else None,
                sql=part.sql,
                sqlite=part.sqlite,
                descending=part.order == "desc",
                nulls=part.nulls,
                operator_class=part.operator_class,
            )
            for part in index.parts
        ),
        unique=index.unique,
        method=index.method,
        include=tuple(names[field] for field in index.include),
        where=rename(index.where, names) if index.where else None,
        where_sql=index.where_sql,
        where_sqlite=index.where_sqlite,
        comment=index.description,
        place=index.place,
    )


def _view(view: View) -> StoredView:
    names = {field.name: field.column or field.name for field in view.columns}
    return StoredView(
        name=view.table,
        schema=view.schema,
        view=view.name,
        sql=view.sql,
        columns=tuple(
            ViewColumn(names[field.name], field.name, field.type, field.nullable, field.description, field.place)
            for field in view.columns
        ),
        sqlite=view.sqlite,
        materialized=view.materialized,
        refresh=shorten(f"refresh_{view.table}") if view.materialized else "",
        refresh_seconds=view.refresh_seconds,
        indexes=tuple(_index(index, names) for index in view.indexes),
        comment=view.description,
        place=view.place,
    )
