"""How generated Python imports its neighbours."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import lru_cache

from isotype.dialects.python import from_import, natural
from isotype.layers.options import Options
from isotype.layers.specifiers import layer_options

_STANDARD = frozenset({"abc", "collections.abc", "datetime", "decimal", "ipaddress", "typing", "uuid"})


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
    groups: tuple[list[str], list[str], list[str]] = ([], [], [])
    for module in sorted(imports, key=_distance):
        group = groups[2] if module.startswith(".") else groups[0] if module in _STANDARD else groups[1]
        group.extend(from_import(module, imports[module]))
    return "\n\n".join("\n".join(group) for group in groups if group)


@lru_cache(maxsize=4096)
def _distance(module: str) -> tuple[int, tuple[tuple[int, str], ...]]:
    return -(len(module) - len(module.lstrip("."))), natural(module)
