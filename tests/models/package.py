"""Generated models beside their schemas, written to a folder and imported."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from isotype import binding, shapes, tables
from isotype.language import load
from isotype.layers import models, schemas, sql
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer
from tests.schemas import used

ROOT = Path(__file__).parents[2]
EVERYTHING = ROOT / "tests" / "schemas" / "everything.yaml"
COMPRESSION = ROOT / "schema" / "compression.yaml"


@dataclass(frozen=True)
class Package:
    """The text of a domain's layers that need one another."""

    models: dict[str, str]
    schemas: dict[str, str]
    sql: dict[str, str]

    def write(self, folder: Path) -> None:
        """One package with the layers side by side."""
        (folder).mkdir(parents=True)
        (folder / "__init__.py").touch()
        for layer in ("models", "schemas"):
            for path, text in getattr(self, layer).items():
                file = folder / layer / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")


def package(source: str) -> Package:
    """The layers of a schema in YAML."""
    loaded = load({"schema.yaml": source}, used)
    assert loaded.domain is not None, loaded.findings
    relational, wire = tables.project(loaded.domain), shapes.project(loaded.domain)
    bindings = binding.bind(loaded.domain, relational, wire)
    renderer, options = Renderer(), Options("schema.yaml")
    parts = models.render(bindings, renderer, options, sql.SqlStatements(relational))
    return Package(
        {path: text for files, _ in parts for path, text in files.items()},
        schemas.render(wire, renderer, options)[0],
        sql.render(relational, renderer, options)[0],
    )


@dataclass(frozen=True)
class Imported:
    """An imported package."""

    name: str

    def module(self, path: str) -> Any:
        """A module by its path below the package."""
        return importlib.import_module(f"{self.name}.{path}")

    @property
    def models(self) -> Any:
        return self.module("models")


@contextmanager
def imported(written: Package, folder: Path, name: str) -> Iterator[Imported]:
    """The package under a name of its own, forgotten afterwards."""
    written.write(folder / name)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield Imported(name)
    finally:
        sys.path.remove(str(folder))
        for module in [module for module in sys.modules if module.partition(".")[0] == name]:
            del sys.modules[module]


def loaded(name: str) -> ModuleType | None:
    """A module that is already imported."""
    return sys.modules.get(name)
