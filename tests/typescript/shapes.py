"""Shapes, read from a schema or made by hand, and their rendering in both TypeScript layers."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from isotype.dialects.typescript import parts
from isotype.domain.ledger import NotExpressible
from isotype.domain.types import EnumType, ObjectType, Type
from isotype.language import load
from isotype.layers import typescript, zod
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer
from isotype.layers.specifiers import layer_options
from isotype.shapes import Shapes, project
from isotype.shapes.model import INPUT, Property, Shape, ShapeModule
from tests.schemas import used

LIBRARY = (Path(__file__).parent / "library.yaml").read_text()
EVERYTHING = (Path(__file__).parents[1] / "schemas" / "everything.yaml").read_text()
OPTIONS = Options("schema/library.yaml")


def read(schema: str) -> Shapes:
    """The wire projection of a schema text."""
    loaded = load({"library.yaml": schema}, used)
    assert loaded.domain is not None, loaded.findings
    return project(loaded.domain)


def prop(name: str, of: Type, *, required: bool = True, nullable: bool = False) -> Property:
    """A property without anything but a type."""
    return Property(name, name, name, of, required, nullable)


def shape(name: str, *properties: Property, direction: str = INPUT, module: str = "thing") -> Shape:
    """A shape of one module."""
    return Shape(name, "object", direction, name, module, properties)


def shapes_of(*found: Shape) -> Shapes:
    """A wire projection that holds just these shapes, in one module per name they give."""
    modules = tuple(
        _module(name, tuple(one for one in found if one.module == name))
        for name in dict.fromkeys(one.module for one in found)
    )
    enums = {of.enum.name: of.enum for one in found for of in _types(one) if isinstance(of, EnumType)}
    by_name = MappingProxyType({one.name: one for one in found})
    return Shapes("library", "Library", "1.0.0", "", tuple(enums.values()), modules, (), by_name)


def _module(name: str, own: tuple[Shape, ...]) -> ShapeModule:
    types = [of for one in own for of in _types(one)]
    named = {of.name for of in types if isinstance(of, ObjectType)} - {one.name for one in own}
    enums = {of.enum.name for of in types if isinstance(of, EnumType)}
    return ShapeModule(name, name.title(), "", own, (), tuple(sorted(named)), tuple(sorted(enums)))


def _types(one: Shape) -> list[Type]:
    return [of for item in one.properties for of in parts(item.type)]


def render(shapes: Shapes, options: Options = OPTIONS) -> tuple[dict[str, str], tuple[NotExpressible, ...]]:
    """The files of both layers by path from the project root, and the ledgers of both."""
    renderer = Renderer(options.templates)
    files: dict[str, str] = {}
    ledger: tuple[NotExpressible, ...] = ()
    for name, layer in (("types", typescript), ("zod", zod)):
        rendered, missing = layer.render(shapes, renderer, options)
        files |= {f"{layer_options(options, name).path}/{path}": text for path, text in rendered.items()}
        ledger += missing
    return files, ledger


def write(files: dict[str, str], folder: Path) -> None:
    """Write rendered files."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
