"""Whole schemas, with everything that is compiled from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from isotype import binding, shapes, tables
from isotype.binding import Bindings
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import Domain
from isotype.language import load
from isotype.layers import models, openapi, schemas, sql, typescript, zod
from isotype.layers.options import LAYERS, LayerOptions, Options
from isotype.layers.rendering import Renderer
from isotype.shapes import Shapes
from isotype.tables import Tables
from tests.engines import ROOT
from tests.schemas import used

SCHEMAS = {
    "library": "tests/schemas/everything.yaml",
    "compression": "schema/compression.yaml",
    "infrastructure": "schema/infrastructure.yaml",
    "migration_validation": "schema/migration_validation.yaml",
    "pixcrawler": "schema/pixcrawler.yaml",
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A domain, its projections, and its files by layer and path."""

    name: str
    domain: Domain
    tables: Tables
    shapes: Shapes
    bindings: Bindings
    files: dict[tuple[str, str], str]
    ledger: tuple[NotExpressible, ...]

    def write(self, folder: Path, *layers: str) -> Path:
        """Write layers into `folder`/`layer`."""
        for (layer, path), text in self.files.items():
            if layer in layers:
                target = folder / layer / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, "utf-8")
        return folder


@cache
def compiled(name: str) -> Compiled:
    """One of the schemas of the project."""
    path = SCHEMAS[name]
    return compile_schema(name, (ROOT / path).read_text("utf-8"), path)


def compile_schema(name: str, text: str, path: str = "schema.yaml") -> Compiled:
    """A schema, which must be without findings."""
    loaded = load({path: text}, used)
    assert loaded.domain is not None and not loaded.findings, [str(finding) for finding in loaded.findings]
    domain = loaded.domain
    relational, wire = tables.project(domain), shapes.project(domain)
    options = Options(path, {layer: LayerOptions(f"generated/{layer}") for layer in LAYERS})
    renderer = Renderer()
    bindings = binding.bind(domain, relational, wire)
    files: dict[tuple[str, str], str] = {}
    ledger: set[NotExpressible] = set()
    for layer, (rendered, gaps) in (
        ("sql", sql.render(relational, renderer, options)),
        *(("models", part) for part in models.render(bindings, renderer, options, sql.SqlStatements(relational))),
        ("schemas", schemas.render(wire, renderer, options)),
        ("types", typescript.render(wire, renderer, options)),
        ("zod", zod.render(wire, renderer, options)),
        ("openapi", openapi.render(wire, renderer, options)),
    ):
        files |= {(layer, path): text for path, text in rendered.items()}
        ledger.update(gaps)
    return Compiled(name, domain, relational, wire, bindings, files, tuple(sorted(ledger)))
