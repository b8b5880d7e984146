"""What a user may decide about the output of layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

LAYERS = ("sql", "models", "schemas", "types", "zod", "openapi")
"""Every layer, in the order they are rendered."""


@dataclass(frozen=True, slots=True)
class LayerOptions:
    """`path` is the layer's folder, relative to the project root.

    `import_base` is how the layer's package is imported from elsewhere: a dotted Python package, or a TypeScript
    specifier without a file; '' means relative to the sibling layer. `extension` is that of TypeScript imports: `js`,
    `ts` or `none`.
    """

    path: str
    import_base: str = ""
    extension: str = "js"


@dataclass(frozen=True, slots=True)
class Options:
    """`header_source` is the schema's path as the header names it; `templates` a folder of overriding templates."""

    header_source: str
    layers: Mapping[str, LayerOptions] = field(default_factory=lambda: MappingProxyType({}))
    wanted: tuple[str, ...] = LAYERS
    templates: str = ""
