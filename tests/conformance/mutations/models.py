"""The SQLAlchemy models, one class at a time in a package whose other modules are whole.

The SQL that models carry for making tables is the SQL layer's own, in pieces: `drift` compares what comes of both, and
no model judges a row by it. So it is left out here, and what differs in it alone is no mutant of the models.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy.orm import configure_mappers

from isotype.binding.model import EntityBinding
from isotype.conformance.building import Compiled
from isotype.conformance.model import Witness
from isotype.conformance.witnesses.models import Models
from isotype.domain.types import EnumType
from isotype.domain.values import replace
from isotype.layers.models.columns import Columns
from isotype.layers.models.entities import entity_view
from isotype.layers.rendering import Renderer
from isotype.layers.statements import Around, IndexTexts, Texts
from isotype.tables.model import Column, Table, TableIndex, Tables
from tests.conformance.mutations.rows import Unloadable, Unprintable

_CACHES = ("_required", "_nullable_key", "_remade")


class OnModels:
    name = "models"

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._renderer = Renderer()
        self._entities = {entity.table.name: entity for entity in compiled.bindings.entities}
        self._attributes = {
            entity.class_name: {field.column.name: field.attribute for field in entity.fields}
            for entity in compiled.bindings.entities
        }
        self._package = importlib.import_module(f"{compiled.package}.models")
        self._base: Any = importlib.import_module(f"{compiled.package}.models.base")

    def text(self, of: Tables) -> str:
        entity = self._entity(of)
        bindings = replace(self._compiled.bindings, tables=of, entities=(entity,))
        silent = Silent()
        columns = Columns(silent, _ENUMS, of.schema)
        view = entity_view(entity, bindings, self._attributes, silent, columns, _ENUMS)
        return self._renderer("models/module.py.j2", header="", **view)

    def _entity(self, of: Tables) -> EntityBinding:
        """The entity of a table, without others that it is linked with."""
        [table] = of.tables
        if not all(isinstance(table.column(guard.column).type, EnumType) for guard in table.transition_guards):
            raise Unprintable("only an enum has states")
        whole = self._entities[table.name]
        fields = tuple(replace(field, column=table.column(field.column.name)) for field in whole.fields)
        return replace(whole, table=table, fields=fields, relationships=())

    @contextmanager
    def loaded(self, of: Tables, text: str) -> Iterator[Witness]:
        entity = self._entity(of)
        self._forget()
        name = f"{self._package.__name__}.{entity.module}"
        module = sys.modules[name] = ModuleType(name)
        module.__package__ = self._package.__name__
        try:
            exec(compile(text, name, "exec"), module.__dict__)
            configure_mappers()
        except Exception as error:  # whatever SQLAlchemy or Python has against the module
            raise Unloadable(f"{type(error).__name__}: {error}") from error
        setattr(self._package, entity.class_name, getattr(module, entity.class_name))
        witness = Models(self._compiled._replace(bindings=replace(self._compiled.bindings, entities=(entity,))))
        try:
            yield witness
        finally:
            witness.close()
            delattr(self._package, entity.class_name)
            del sys.modules[name]

    def close(self) -> None:
        """Whoever wants the models next imports them anew, and whole."""
        self._forget()
        own = self._package.__name__
        for name in [name for name in sys.modules if name == own or name.startswith(f"{own}.")]:
            del sys.modules[name]

    def _forget(self) -> None:
        """Nothing is known of the class before."""
        self._base.Base.registry.dispose()
        self._base.Base.metadata.clear()
        for cached in _CACHES:
            if hasattr(self._base, cached):
                getattr(self._base, cached).cache_clear()


_ENUMS = "..schemas.enums"


class Silent:
    """SQL of which only is said that there is some."""

    def checks(self, table: Table) -> dict[str, Texts]:
        return {}

    def default(self, column: Column) -> Texts:
        made = column.default
        if made is None or column.computed is not None or made.kind == "identity":
            return _NOTHING
        return _NOTHING if made.kind == "literal" and made.value is None else _SOMETHING

    def computed(self, column: Column) -> Texts:
        return _NOTHING if column.computed is None else _SOMETHING

    def index(self, index: TableIndex) -> IndexTexts:
        raise AssertionError("a table that stands alone has no index")

    def counter(self, table: Table) -> str:
        return ""

    def behind(self, table: Table) -> list[str]:
        return []

    def around_postgres(self) -> Around:
        return Around([], [])

    def around_sqlite(self) -> Around:
        return Around([], [])


_NOTHING, _SOMETHING = Texts("", ""), Texts("NULL", "NULL")
