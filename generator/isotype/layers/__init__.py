"""From a domain to the text of every generated file. Nothing here touches the disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from isotype.domain.lazy import NamedTuple
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import Domain
from isotype.findings import IsotypeError
from isotype.layers.options import LAYERS, LayerOptions, Options

if TYPE_CHECKING:
    from isotype.layers.rendering import Renderer
    from isotype.shapes.model import Shapes

Layer = tuple[str, dict[str, str], tuple[NotExpressible, ...]]
"""A layer's name, its files by their path inside its folder, or a part of them, and what it cannot express."""

__all__ = ["LAYERS", "Layer", "LayerOptions", "Options", "Rendered", "render", "rendered"]


class Rendered(NamedTuple):
    """`files` maps (layer, path inside the layer's folder) to text; `ledger` is what no printer could express."""

    files: dict[tuple[str, str], str]
    ledger: tuple[NotExpressible, ...]


def render(domain: Domain, options: Options) -> Rendered:
    """Render the wanted layers of a domain. Raises `IsotypeError` when two things want one database name."""
    files: dict[tuple[str, str], str] = {}
    ledger: set[NotExpressible] = set()
    for layer, texts, gaps in rendered(domain, options):
        files.update({(layer, path): text for path, text in texts.items()})
        ledger.update(gaps)
    return Rendered(files, tuple(sorted(ledger)))


def rendered(domain: Domain, options: Options) -> Iterator[Layer]:
    """The wanted layers one after the other, large ones in parts; each is rendered when it is asked for.

    The order is that in which least is held at once: the one large document, then what stands on the tables, then,
    when those are gone, the rest.
    """
    from isotype import shapes
    from isotype.layers import openapi, schemas, typescript, zod
    from isotype.layers.rendering import Renderer

    wire = shapes.project(domain)
    renderer = Renderer(options.templates, options.templates_name)
    if "openapi" in options.wanted:
        yield "openapi", *openapi.render(wire, renderer, options)
    yield from _on_tables(domain, wire, renderer, options)
    for layer, render in (("schemas", schemas.render), ("types", typescript.render), ("zod", zod.render)):
        if layer in options.wanted:
            yield layer, *render(wire, renderer, options)
    if "client" in options.wanted and wire.operations:
        from isotype.layers import client

        yield "client", *client.render(wire, renderer, options)


def _on_tables(domain: Domain, wire: Shapes, renderer: Renderer, options: Options) -> Iterator[Layer]:
    from isotype import binding, tables
    from isotype.layers import models, sql

    relational = tables.project(domain)
    clashes = tables.name_clashes(relational)
    if clashes:
        raise IsotypeError(*clashes)
    statements = sql.SqlStatements(relational)
    if "sql" in options.wanted:
        yield "sql", *sql.render(relational, renderer, options, statements)
    calls = "api" in options.wanted and wire.operations
    if "models" in options.wanted or calls:
        bindings = binding.bind(domain, relational, wire)
        if "models" in options.wanted:
            for part in models.render(bindings, renderer, options, statements):
                yield "models", *part
        if calls:
            from isotype.layers import api

            yield "api", *api.render(bindings, renderer, options)
