"""What a domain compiles to, as far as drift is held against it; each part is made when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from isotype.domain.places import Place
from isotype.drift.expected import digest
from isotype.drift.targets import POSTGRES, SQLITE
from isotype.findings import Finding, IsotypeError
from isotype.workspace import files, manifest
from isotype.workspace.configuration import Configuration
from isotype.workspace.settings import DomainSettings
from isotype.workspace.stamps import SQL

if TYPE_CHECKING:
    from isotype.binding import Bindings
    from isotype.catalog.facts import Facts, Path
    from isotype.catalog.rows import RowsOf
    from isotype.domain.model import Domain, JsonValue
    from isotype.layers.rendering import Renderer
    from isotype.shapes.model import Shapes
    from isotype.tables.model import Tables


class Source:
    """One domain: `understand` reads its schema, and raises `IsotypeError` with all that is wrong in it."""

    def __init__(
        self, configuration: Configuration, settings: DomainSettings, version: str, understand: Callable[[], Domain]
    ) -> None:
        self.name = settings.name
        self._configuration = configuration
        self._settings = settings
        self._version = version
        self._understand = understand

    @cached_property
    def digest(self) -> str:
        """The digest of the SQL; that of the generated file where it is what the schema says, which is found fast."""
        return self._noted(SQL) or self.rendered_digest

    @cached_property
    def sqlite_digest(self) -> str:
        """The same of the SQL for SQLite."""
        return self._noted("sqlite.sql") or self.rendered_sqlite_digest

    @cached_property
    def rendered_sqlite_digest(self) -> str:
        """The digest of the SQL for SQLite as the schema says it now."""
        return digest(self.sqlite_text.encode())

    @cached_property
    def rendered_digest(self) -> str:
        """The digest of the SQL as the schema says it now."""
        return digest(self.text(None).encode())

    @property
    def root(self) -> str:
        """The folder of the project."""
        return self._configuration.root

    @cached_property
    def domain(self) -> Domain:
        """What the schema means; raises `IsotypeError`."""
        return self._understand()

    @cached_property
    def shapes(self) -> Shapes:
        """The shapes of the domain; raises `IsotypeError`."""
        from isotype import shapes

        return shapes.project(self.domain)

    @cached_property
    def types(self) -> dict[str, str]:
        """The files of the layer `types`, which import each other as neighbours."""
        from isotype.layers import Options, typescript

        return typescript.render(self.shapes, self._renderer(), Options(self._settings.schema))[0]

    @cached_property
    def tables(self) -> Tables:
        """The tables of the domain; raises `IsotypeError`."""
        from isotype import tables

        made = tables.project(self.domain)
        if clashes := tables.name_clashes(made):
            raise IsotypeError(*clashes)
        return made

    @property
    def bindings(self) -> Bindings:
        """Both projections, bound to each other; raises `IsotypeError`."""
        from isotype import binding

        return binding.bind(self.domain, self.tables, self.shapes)

    def text(self, extensions: Collection[str] | None) -> str:
        """The SQL for PostgreSQL, with the statements for the extensions of these names only, or for all."""
        from isotype.domain.values import replace

        made = self.tables
        if extensions is not None:
            made = replace(made, extensions=tuple(it for it in made.extensions if it.name in extensions))
        return self._rendered(made, "postgres")

    @cached_property
    def sqlite_text(self) -> str:
        """The SQL for SQLite."""
        return self._rendered(self.tables, "sqlite")

    def _rendered(self, made: Tables, database: str) -> str:
        from isotype.layers import Options, sql

        texts, _ = sql.render(made, self._renderer(), Options(self._settings.schema), databases=(database,))
        return texts[f"{database}.sql"]

    def _renderer(self) -> Renderer:
        from isotype.layers.rendering import Renderer

        folder = self._settings.templates
        return Renderer(f"{self._configuration.root}/{folder}" if folder else "")

    def _noted(self, file: str) -> str:
        """The digest that a sound manifest of the present schema notes of the generated file; '' without one."""
        root, settings = self._configuration.root, self._settings
        try:
            made = manifest.parse(files.read(f"{root}/{settings.manifest}"))
            if made.sound and made.inputs == manifest.input_digest(root, settings, self._version, made.shared):
                return made.entries.get(f"{settings.layers['sql'].path}/{file}", "")
        except OSError:
            pass
        return ""


def own_schemas(tables: Tables) -> tuple[str, ...]:
    """The schemas in which the domain itself has objects."""
    named = [tables.schema, *(it.schema for it in tables.tables), *(it.schema for it in tables.views)]
    return tuple(dict.fromkeys(name or "public" for name in named))


def own_rows(tables: Tables, engine: str = POSTGRES) -> tuple[RowsOf, ...]:
    """The reference rows, by their tables; of each the columns that the schema gives."""
    from isotype.catalog.rows import RowsOf
    from isotype.dialects.sqlite import table_name

    found: list[RowsOf] = []
    for table in tables.tables:
        if table.rows and table.primary_key is not None:
            key = table.primary_key.columns
            given = dict.fromkeys(name for row in table.rows for name in row)
            columns = tuple(name for name in given if name not in key)
            if engine == SQLITE:
                found.append(RowsOf("main", table_name(table.schema, table.name), key, columns))
            else:
                found.append(RowsOf(table.schema or "public", table.name, key, columns))
    return tuple(found)


def declared_only(facts: Facts, tables: Tables) -> Facts:
    """The facts with no more of a reference row than the schema gives of it, where rows of a table give different
    columns; what such a row has by default may be changed in a live database."""
    from isotype.domain.values import replace

    mixed = [table for table in tables.tables if len({frozenset(row) for row in table.rows}) > 1]
    rows = dict(facts.of("row"))
    for table in mixed:
        assert table.primary_key is not None
        names = table.primary_key.columns
        given = {tuple(_text(row.get(name)) for name in names): row.keys() for row in table.rows}
        for path, (values,) in facts.of("row").items():
            columns = given.get(tuple(json.loads(path[2]).values()))
            if path[:2] == (table.schema or "public", table.name) and columns is not None:
                had = json.loads(str(values))
                kept = {name: value for name, value in had.items() if name in columns}
                # As PostgreSQL writes JSON, so that equal rows are equal texts.
                rows[path] = (json.dumps(kept, ensure_ascii=False, separators=(", ", " : ")),)
    return replace(facts, objects={**facts.objects, "row": rows}) if mixed else facts


def _text(value: JsonValue) -> str:
    """A value of a key as PostgreSQL prints it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def trimmed(tables: Tables) -> tuple[Path, ...]:
    """The partitioned tables whose old partitions are dropped by declaration."""
    return tuple(
        (table.schema or "public", table.name)
        for table in tables.tables
        if table.partitions is not None and table.partitions.keep_days is not None
    )


def raw_parts(tables: Tables) -> Iterator[Finding]:
    """Everything in the schema that is SQL of its author, as findings that refuse it."""
    from isotype.tables import raw

    return (_refused(fact, place) for fact, place in raw.raw_parts(tables))


def _refused(fact: str, place: Place) -> Finding:
    return Finding(
        "raw-sql-refused",
        f"{fact}, and --no-raw refuses to load it",
        place,
        "compare with saved facts (--expected), or leave --no-raw out where the schema is trusted",
    )
