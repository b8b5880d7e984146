"""A domain compiled into a folder of its own, as the witnesses load it."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from isotype import binding, shapes, tables
from isotype.binding import Bindings
from isotype.domain.lazy import NamedTuple
from isotype.domain.ledger import NotExpressible
from isotype.domain.model import Domain
from isotype.layers import LayerOptions, Options, render

LAYERS = ("sql", "models", "schemas", "types", "zod", "openapi", "api")


class Compiled(NamedTuple):
    """A domain, its projections, its ledger, and the folder in which each layer has one of its name.

    The Python layers are `package`.schemas and `package`.models, which can be imported.
    """

    domain: Domain
    bindings: Bindings
    ledger: tuple[NotExpressible, ...]
    folder: Path
    package: str

    def text(self, layer: str, path: str) -> str:
        """A generated file."""
        return (self.folder / self.package / layer / path).read_text(encoding="utf-8")

    def module(self, layer: str) -> ModuleType:
        """A generated Python package."""
        return importlib.import_module(f"{self.package}.{layer}")

    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        found: dict[str, Any] = json.loads(self.text("openapi", "openapi.json"))
        return found


@contextmanager
def compiled(domain: Domain, folder: Path, templates: str = "") -> Iterator[Compiled]:
    """The domain, compiled into a folder with the templates of its project; its packages can be imported meanwhile."""
    relational, wire = tables.project(domain), shapes.project(domain)
    package = f"verified_{domain.name}"
    layers = {layer: LayerOptions(f"{package}/{layer}") for layer in LAYERS}
    options = Options("schema.yaml", layers, wanted=LAYERS, templates=templates)
    rendered = render(domain, options)
    for (layer, path), text in rendered.files.items():
        target = folder / package / layer / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (folder / package / "__init__.py").write_text("")
    with importable(folder, package):
        yield Compiled(domain, binding.bind(domain, relational, wire), rendered.ledger, folder, package)


@contextmanager
def importable(folder: Path, package: str) -> Iterator[None]:
    """Modules of a package in a folder can be imported meanwhile."""
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
