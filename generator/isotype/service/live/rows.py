"""Rows that the API has shown, and values that name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from isotype.binding import Bindings
from isotype.binding.derivation import Derivation, Match, derive
from isotype.binding.model import EntityBinding
from isotype.domain.types import Array, ObjectType, Type
from isotype.probes import Meaning
from isotype.probes.values import Json, write
from isotype.service.live import texts
from isotype.service.live.model import Call
from isotype.shapes.model import ApiOperation, ApiParameter, Shape, Shapes

MOST = 50
"""No more rows of an entity are kept."""

Row = Mapping[str, Any]
"""Values of a row in canonical form, by their field."""


def fields(shape: Shape, value: Mapping[str, Any], shapes: Shapes) -> dict[str, Any]:
    """The values of a record by their field; what stands in groups too."""
    found: dict[str, Any] = {}
    for prop in shape.properties:
        if prop.name not in value:
            continue
        inner = value[prop.name]
        if prop.field:
            found[prop.field] = inner
        elif isinstance(prop.type, ObjectType) and isinstance(inner, Mapping) and not prop.relation:
            found |= fields(shapes.shape(prop.type.name), inner, shapes)
    return found


def names(row: Row, keys: tuple[Match, ...]) -> bool:
    """Whether a row has what a path names it by, in values that a path can hold."""
    values = [row.get(match.field.field) for match in keys]
    return all(value is not None and texts.fits_path(value) for value in values)


class Known:
    """What is known of the rows behind an API."""

    def __init__(self, bindings: Bindings, meaning: Meaning) -> None:
        self.bindings = bindings
        self.shapes = bindings.shapes
        self.meaning = meaning
        self._rows: dict[str, list[Row]] = {}
        self._origins: dict[int, Call] = {}
        self._shown: set[tuple[str, ...]] = set()
        self._by_name = {entity.entity: entity for entity in bindings.entities}
        self.derived: Mapping[str, Derivation] = {
            operation.name: made
            for operation in bindings.shapes.operations
            if (made := derive(operation, bindings)) is not None
        }

    def entity(self, name: str) -> EntityBinding | None:
        """The entity of that name; None for the name of something else."""
        return self._by_name.get(name)

    def rows(self, entity: str) -> tuple[Row, ...]:
        """The rows that were shown, the latest first."""
        return tuple(reversed(self._rows.get(entity, ())))

    def origin(self, row: Row) -> Call | None:
        """The call that showed a row; None for one that was made."""
        return self._origins.get(id(row))

    def learn(self, of: Type | None, value: Any, call: Call | None = None) -> None:
        """Keep the rows in a canonical value, which a call has shown."""
        for shape, record in self.records(of, value):
            if shape.owner in self._by_name:
                kept = self._rows.setdefault(shape.owner, [])
                row = fields(shape, record, self.shapes)
                self._shown.add(self._identity(shape.owner, row))
                if row not in kept and len(kept) < MOST:
                    kept.append(row)
                    if call is not None:
                        self._origins[id(row)] = call

    def is_new(self, entity: str, row: Row) -> bool:
        """Whether no call has shown a row of its key."""
        return self._identity(entity, row) not in self._shown

    def _identity(self, entity: str, row: Row) -> tuple[str, ...]:
        bound = self._by_name[entity]
        key = bound.table.primary_key
        columns = key.columns if key is not None else ()
        return entity, *(write(row.get(field.field)) for field in bound.fields if field.column.name in columns)

    def called(self, alias: str) -> tuple[Json, ...]:
        """What rows are called by a value type of the schema, where each has one of its own; those first that the API
        had before."""
        found: dict[str, Json] = {}
        for entity in self.bindings.entities if alias else ():
            alone = {unique.columns[0] for unique in entity.table.uniques if len(unique.columns) == 1}
            names = [
                field.field
                for field in entity.fields
                if field.column.name in alone and getattr(field.column.type, "alias", "") == alias
            ]
            rows = sorted(self.rows(entity.entity), key=lambda row: self.origin(row) is None)
            found |= {row[name]: row[name] for name in names for row in rows if isinstance(row.get(name), str)}
        return tuple(found)

    def records(self, of: Type | None, value: Any) -> Iterator[tuple[Shape, Mapping[str, Any]]]:
        """The records of rows in a value: itself, the items of an array, those of a page."""
        match of:
            case ObjectType(name=name) if isinstance(value, dict):
                shape = self.shapes.shape(name)
                if shape.variant == "list":
                    for prop in shape.properties:
                        yield from self.records(prop.type, value.get(prop.name))
                else:
                    yield shape, value
            case Array(item=item) if isinstance(value, list):
                for inner in value:
                    yield from self.records(item, inner)

    # What names a row

    def keys(self, operation: ApiOperation) -> tuple[EntityBinding, tuple[Match, ...]] | None:
        """The entity and the fields that the path of an operation names a row by."""
        made = self.derived.get(operation.name)
        if made is not None and made.keys:
            return made.entity, made.keys
        if made is not None:
            return None
        wanted = [parameter for parameter in operation.parameters if parameter.location == "path"]
        for other in self.shapes.operations:
            found = self.derived.get(other.name)
            if found is None or not f"{operation.path}/".startswith(f"{other.path}/"):
                continue
            parents = [(parent.entity, (Match(parent.match.parameter, parent.key),)) for parent in found.parents]
            for entity, keys in ((found.entity, found.keys), *(parents if len(parents) == 1 else ())):
                if keys and {match.parameter.name for match in keys} == {parameter.name for parameter in wanted}:
                    return entity, keys
        return self._by_result(operation, wanted)

    def _by_result(
        self, operation: ApiOperation, wanted: list[ApiParameter]
    ) -> tuple[EntityBinding, tuple[Match, ...]] | None:
        """The entity that an operation answers with, where its path says the whole key of a row."""
        of = operation.result.type
        entity = self._by_name.get(self.shapes.shape(of.name).owner) if isinstance(of, ObjectType) else None
        if entity is None or entity.table.primary_key is None:
            return None
        keys = [field for field in entity.fields if field.column.name in entity.table.primary_key.columns]
        named = {parameter.name: parameter for parameter in wanted}
        if not wanted or named.keys() != {field.field for field in keys}:
            return None
        return entity, tuple(Match(named[field.field], field) for field in keys)

    def named(self, operation: ApiOperation) -> Iterator[tuple[Row, dict[str, Json]]]:
        """Rows that the path of an operation can name, with its parameters."""
        found = self.keys(operation)
        if found is not None:
            entity, keys = found
            for row in self.rows(entity.entity):
                if names(row, keys):
                    yield row, {match.parameter.name: row[match.field.field] for match in keys}
            return
        made = self.derived.get(operation.name)
        if made is not None and made.parents:
            parent = made.parents[0]
            for row in self.rows(parent.entity.entity):
                if names(row, (Match(parent.match.parameter, parent.key),)) and len(made.parents) == 1:
                    yield row, {parent.match.parameter.name: row[parent.key.field]}

    def referred(self, entity: EntityBinding, field: str) -> tuple[EntityBinding, str] | None:
        """The entity and its field that a field refers to; None where it refers to nothing, or only with others."""
        column = entity.field(field).column.name
        for key in entity.table.foreign_keys:
            if key.columns == (column,):
                for target in self.bindings.entities:
                    if (target.table.schema, target.table.name) == (key.target_schema, key.target_table):
                        name = next(it.field for it in target.fields if it.column.name == key.target_columns[0])
                        return target, name
        return None
