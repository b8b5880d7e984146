"""How one TypeScript file of ours imports another, and what the one calls what the other has."""

from __future__ import annotations

import posixpath
from functools import lru_cache

from isotype.layers.options import LayerOptions, Options

_EXTENSIONS = {"js": ".js", "ts": ".ts", "none": ""}


def layer_options(options: Options, layer: str) -> LayerOptions:
    """What the user decided about a layer; a folder of its own name when that is nothing."""
    return options.layers.get(layer) or LayerOptions(layer)


def sibling(options: Options, layer: str, module: str) -> str:
    """The specifier of another file in the same folder."""
    return f"./{module}{_EXTENSIONS[layer_options(options, layer).extension]}"


def across(options: Options, source: str, target: str, module: str) -> str:
    """The specifier of a file of layer `target`, as a file of layer `source` imports it."""
    here, there = layer_options(options, source), layer_options(options, target)
    if there.import_base:
        return f"{there.import_base.rstrip('/')}/{module}{_EXTENSIONS[there.extension]}"
    return f"{_way(here.path, there.path)}/{module}{_EXTENSIONS[here.extension]}"


def schemas_name(identifier: str) -> str:
    """The constant that holds the Zod schemas of an operation."""
    return f"{identifier}Schemas"


@lru_cache(maxsize=64)
def _way(here: str, there: str) -> str:
    folder = posixpath.relpath(there or ".", here or ".")
    return folder if folder.startswith(".") else f"./{folder}"
