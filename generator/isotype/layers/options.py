"""What a user may decide about the output of layers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from isotype.domain.values import field, frozen

LAYERS = ("sql", "models", "schemas", "api", "types", "zod", "client", "openapi")
"""Every layer, in the order in which they are listed."""


@frozen
class LayerOptions:
    """`path` is the layer's folder, relative to the project root.

    `import_base` is how the layer's package is imported from elsewhere: a dotted Python package, or a TypeScript
    specifier without a file; '' means relative to the sibling layer. `extension` is that of TypeScript imports: `js`,
    `ts` or `none`.
    """

    path: str
    import_base: str = ""
    extension: str = "js"


@frozen
class Options:
    """`header_source` is the schema's path as the header names it; `templates` a folder of overriding templates, which
    findings call `templates_name`."""

    header_source: str
    layers: Mapping[str, LayerOptions] = field(default_factory=lambda: MappingProxyType({}))
    wanted: tuple[str, ...] = LAYERS
    templates: str = ""
    templates_name: str = ""
