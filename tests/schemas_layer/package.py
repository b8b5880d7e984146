"""Generated Pydantic packages, imported."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, ModuleType

from isotype import shapes
from isotype.domain.types import Array, Enum, EnumType, Map, Type
from isotype.language import load
from isotype.layers import schemas
from isotype.layers.options import Options
from isotype.layers.rendering import Renderer
from isotype.shapes.model import INPUT, Property, Shape, ShapeModule, Shapes
from tests.schemas import used

EVERYTHING = Path(__file__).parents[1] / "schemas" / "everything.yaml"
OPTIONS = Options("schema/everything.yaml")


def project(source: str, path: str = "schema.yaml") -> Shapes:
    """The wire projection of a schema in YAML."""
    loaded = load({path: source}, used)
    assert loaded.domain is not None, loaded.findings
    return shapes.project(loaded.domain)


def everything() -> Shapes:
    """The projection of the schema that uses every word of the language."""
    return project(EVERYTHING.read_text(encoding="utf-8"))


def files(of: Shapes) -> dict[str, str]:
    """The rendered package."""
    return schemas.render(of, Renderer(), OPTIONS)[0]


def write(rendered: dict[str, str], folder: Path) -> None:
    """The package as a folder."""
    folder.mkdir(parents=True)
    for path, text in rendered.items():
        (folder / path).write_text(text, encoding="utf-8")


@contextmanager
def imported(rendered: dict[str, str], folder: Path, name: str) -> Iterator[ModuleType]:
    """The package imported under a name of its own, and forgotten afterwards."""
    write(rendered, folder / name)
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
        for module in [module for module in sys.modules if module.partition(".")[0] == name]:
            del sys.modules[module]


def one_property_shapes(types: Iterable[Type]) -> Shapes:
    """Shapes `Shape0`, `Shape1`, … with one property `value` each."""
    made = [
        Shape(
            name=f"Shape{number}",
            variant="object",
            direction=INPUT,
            owner="",
            module="values",
            properties=(Property("value", "value", "value", of, required=True, nullable=False),),
        )
        for number, of in enumerate(types)
    ]
    enums = {enum.name: enum for shape in made for enum in _enums(shape.properties[0].type)}
    module = ShapeModule("values", "Values", "", tuple(made), (), enums=tuple(sorted(enums)))
    return Shapes(
        domain="values",
        title="Values",
        version="1.0.0",
        description="",
        enums=tuple(enums.values()),
        modules=(module,),
        operations=(),
        by_name=MappingProxyType({shape.name: shape for shape in made}),
    )


def _enums(of: Type) -> Iterator[Enum]:
    match of:
        case EnumType(enum=enum):
            yield enum
        case Array(item=inner) | Map(value=inner):
            yield from _enums(inner)
