"""Shapes made by hand, and their rendering in both TypeScript layers."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from isotype.domain.ledger import NotExpressible
from isotype.domain.types import Array, EnumType, Map, ObjectType, Type
from isotype.layers import typescript, zod
from isotype.layers.options import LayerOptions, Options
from isotype.layers.rendering import Renderer
from isotype.shapes.model import INPUT, Property, Shape, ShapeModule, Shapes

OPTIONS = Options("schema/library.yaml")


def prop(name: str, of: Type, *, required: bool = True, nullable: bool = False) -> Property:
    """A property without anything but a type."""
    return Property(name, name, name, of, required, nullable)


def shape(name: str, *properties: Property, direction: str = INPUT, module: str = "thing") -> Shape:
    """A shape of one module."""
    return Shape(name, "object", direction, name, module, properties)


def shapes_of(*found: Shape) -> Shapes:
    """A wire projection that holds just these shapes, in one module per name they give."""
    enums = {part.enum.name: part.enum for one in found for item in one.properties for part in _enums(item.type)}
    modules = []
    for name in dict.fromkeys(one.module for one in found):
        own = tuple(one for one in found if one.module == name)
        named = {target for one in own for item in one.properties for target in _objects(item.type)}
        modules.append(
            ShapeModule(
                name,
                name.title(),
                "",
                own,
                (),
                imports=tuple(sorted(named - {one.name for one in own})),
                enums=tuple(
                    sorted({part.enum.name for one in own for item in one.properties for part in _enums(item.type)})
                ),
            )
        )
    by_name = MappingProxyType({one.name: one for one in found})
    return Shapes("library", "Library", "1.0.0", "", tuple(enums.values()), tuple(modules), (), by_name)


def write(shapes: Shapes, folder: Path, options: Options = OPTIONS) -> tuple[NotExpressible, ...]:
    """Render both layers into a folder; the ledgers of both."""
    renderer = Renderer(options.templates)
    ledger: tuple[NotExpressible, ...] = ()
    for name, layer in (("types", typescript), ("zod", zod)):
        files, missing = layer.render(shapes, renderer, options)
        ledger += missing
        target = folder / options.layers.get(name, LayerOptions(name)).path
        for path, text in files.items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_text(text)
    return ledger


def _enums(of: Type) -> list[EnumType]:
    match of:
        case EnumType():
            return [of]
        case Array(item=inner) | Map(value=inner):
            return _enums(inner)
        case _:
            return []


def _objects(of: Type) -> list[str]:
    match of:
        case ObjectType(name=name):
            return [name]
        case Array(item=inner) | Map(value=inner):
            return _objects(inner)
        case _:
            return []
