"""The bridge between the projections: for each field its column, its place in every shape, and its symbols.

Layers that need both sides (models with their mapper, the API) read this and nothing else decides a name.
"""

from __future__ import annotations

from collections.abc import Mapping

from isotype.domain.values import frozen
from isotype.shapes.model import Shape, Shapes, StateMachine, WirePath
from isotype.tables.model import Column, ForeignKey, StoredView, Table, Tables, ViewColumn


@frozen
class FieldBinding:
    """One field. `attribute` is its name on the SQLAlchemy model; `places` says where the fields of the entity stand in
    each variant of its shapes."""

    field: str
    attribute: str
    column: Column
    places: Mapping[str, Mapping[str, WirePath]]

    @property
    def paths(self) -> Mapping[str, WirePath]:
        """The place of this one in every shape variant that has it."""
        return {variant: found[self.field] for variant, found in self.places.items() if self.field in found}


@frozen
class Relationship:
    """One end of a reference, as the model shows it.

    `many` is true on the side that holds a list. `target` is the other model's class name and `target_module` its
    file. `back` is the other end's name, '' when there is none. `foreign_key` stands on the referring table;
    `local` is true on the referring side. `optional` when the foreign key may be null.
    """

    name: str
    target: str
    target_module: str
    many: bool
    local: bool
    back: str
    foreign_key: ForeignKey
    table: str
    optional: bool


@frozen
class EntityBinding:
    """One entity on both sides. `class_name` is the model's, `module` the file in every layer.

    `shapes` has the variants that exist (`create`, `update`, `response`, `list_item`), {} when not exposed; `named` its
    other results, `pages` the pages of any of them, of which the one of `listed` is the list of the entity.
    """

    entity: str
    class_name: str
    module: str
    table: Table
    fields: tuple[FieldBinding, ...]
    relationships: tuple[Relationship, ...]
    shapes: Mapping[str, Shape]
    machines: tuple[StateMachine, ...]
    named: tuple[Shape, ...] = ()
    pages: tuple[Shape, ...] = ()
    listed: str = ""

    def field(self, name: str) -> FieldBinding:
        """The binding of that field; KeyError when there is none."""
        for candidate in self.fields:
            if candidate.field == name:
                return candidate
        raise KeyError(name)


@frozen
class ViewBinding:
    """A view, its model class, its output shape and the pages of it."""

    view: StoredView
    class_name: str
    module: str
    attributes: tuple[tuple[str, ViewColumn], ...]
    shape: Shape | None
    pages: tuple[Shape, ...] = ()


@frozen
class Bindings:
    """Everything a layer may stand on: both projections and what joins them; `session` as in Domain."""

    tables: Tables
    shapes: Shapes
    entities: tuple[EntityBinding, ...]
    views: tuple[ViewBinding, ...] = ()
    session: str = ""
