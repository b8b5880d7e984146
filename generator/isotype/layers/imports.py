"""How generated Python imports its neighbours."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import lru_cache

from isotype.dialects.python import Natural, from_import, natural
from isotype.layers.options import Options
from isotype.layers.specifiers import layer_options

_STANDARD = frozenset({"abc", "collections.abc", "datetime", "decimal", "ipaddress", "json", "typing", "uuid"})


def sibling_package(options: Options, source: str, target: str, depth: int = 0) -> str:
    """The package of layer `target`, as a module of layer `source` imports it that lies `depth` folders deep."""
    here, there = layer_options(options, source), layer_options(options, target)
    if there.import_base:
        return there.import_base
    steps = posixpath.relpath(there.path or ".", here.path or ".").split("/")
    upwards = steps.count("..")
    return "." * (upwards + depth + 1) + ".".join(steps[upwards:])


def import_lines(imports: Mapping[str, set[str]]) -> str:
    """Three groups, as isort makes them: the standard library, what is installed, neighbours from far to near."""
    return _import_lines(frozenset([(module, frozenset(names)) for module, names in imports.items()]))


# Most modules of a layer import the same.
@lru_cache(maxsize=512)
def _import_lines(imports: frozenset[tuple[str, frozenset[str]]]) -> str:
    groups: tuple[list[str], list[str], list[str]] = ([], [], [])
    for module, names in sorted(imports, key=lambda entry: (_distance(entry[0]), entry[0])):
        group = groups[2] if module.startswith(".") else groups[0] if module in _STANDARD else groups[1]
        group.extend(from_import(module, names))
    return "\n\n".join("\n".join(group) for group in groups if group)


@lru_cache(maxsize=4096)
def _distance(module: str) -> tuple[int, Natural]:
    return -(len(module) - len(module.lstrip("."))), natural(module)
