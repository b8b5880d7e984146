"""From a domain to the text of every generated file. Nothing here touches the disk."""

from __future__ import annotations

from typing import NamedTuple

from isotype.domain.ledger import NotExpressible
from isotype.domain.model import Domain
from isotype.findings import IsotypeError
from isotype.layers.options import LAYERS, LayerOptions, Options

__all__ = ["LAYERS", "LayerOptions", "Options", "Rendered", "render"]


class Rendered(NamedTuple):
    """`files` maps (layer, path inside the layer's folder) to text; `ledger` is what no printer could express."""

    files: dict[tuple[str, str], str]
    ledger: tuple[NotExpressible, ...]


def render(domain: Domain, options: Options) -> Rendered:
    """Render the wanted layers of a domain. Raises IsotypeError when two things want one database name."""
    from isotype import binding, shapes, tables
    from isotype.layers import models, openapi, schemas, sql, typescript, zod
    from isotype.layers.rendering import Renderer

    relational = tables.project(domain)
    clashes = tables.name_clashes(relational)
    if clashes:
        raise IsotypeError(*clashes)
    wire = shapes.project(domain)
    bindings = binding.bind(domain, relational, wire)
    renderer = Renderer(options.templates)
    statements = sql.SqlStatements(relational)
    renderers = {
        "sql": lambda: sql.render(relational, renderer, options, statements),
        "models": lambda: models.render(bindings, renderer, options, statements),
        "schemas": lambda: schemas.render(wire, renderer, options),
        "types": lambda: typescript.render(wire, renderer, options),
        "zod": lambda: zod.render(wire, renderer, options),
        "openapi": lambda: openapi.render(wire, renderer, options),
    }
    files: dict[tuple[str, str], str] = {}
    ledger: set[NotExpressible] = set()
    for layer in options.wanted:
        rendered, gaps = renderers[layer]()
        files.update({(layer, path): text for path, text in rendered.items()})
        ledger.update(gaps)
    return Rendered(files, tuple(sorted(ledger)))
