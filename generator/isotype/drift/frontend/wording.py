"""Differences of types in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from isotype.domain.names import snake
from isotype.drift.declarations import Path

MISSING, EXTRA, DIFFERENT = "missing", "extra", "different"

_WIDER, _NARROWER = "wider", "narrower"

_SENTENCES = {
    ("optional", _WIDER): "{name} may be left out, and is always there in the schema",
    ("optional", _NARROWER): "{name} is always there, and may be left out in the schema",
    ("undefined", _WIDER): "{name} may be undefined, and never is in the schema",
    ("undefined", _NARROWER): "{name} is never undefined, and may be in the schema",
    ("nullable", _WIDER): "{name} may be null, and never is in the schema",
    ("nullable", _NARROWER): "{name} is never null, and may be in the schema",
    ("type", _WIDER): "{name} is wider than in the schema",
    ("type", _NARROWER): "{name} is narrower than in the schema",
}


def spelled(name: str, path: Path) -> str:
    """`CompressionAlgorithm.compressionLevels[]`: a type, or a part of it."""
    steps = (("[]", "{}")[step] if isinstance(step, int) else f".{step}" for step in path)
    return name + "".join(steps)


def sentence(name: str, difference: Mapping[str, Any]) -> str:
    """The fact, without a full stop."""
    part = spelled(name, difference["path"])
    if difference["way"] == MISSING:
        return f"{part} is missing"
    if difference["way"] == EXTRA:
        if difference["path"][-1] == 1:
            return f"{part.removesuffix('{}')} takes any further property, and does not in the schema"
        return f"{part} is there, and the schema has no such property"
    if difference["attribute"] == "values":
        return f"{part} {_values(difference)}"
    key = (difference["attribute"], difference["relation"])
    return _SENTENCES.get(key, "{name} is of another type than in the schema").format(name=part)


def _values(difference: Mapping[str, Any]) -> str:
    lacks, has = ", ".join(difference["missing"]), ", ".join(difference["extra"])
    if not has:
        return f"lacks {lacks}"
    return f"has {has}, which the schema does not" if not lacks else f"lacks {lacks}, and has {has} instead"


def suggestion(difference: Mapping[str, Any], among: Iterable[Mapping[str, Any]], refused: str) -> str:
    """The way out; a property that another one seems to be under a new name says so."""
    way = difference["way"]
    if way == DIFFERENT or isinstance(difference["path"][-1], int):
        return ""
    if refused:
        return refused
    other = _renamed(difference, among)
    if way == MISSING:
        return f"is it what {other!r} stands for?" if other else "add it"
    return f"the schema calls it {other!r}, perhaps" if other else "declare it, or take it away"


def _renamed(difference: Mapping[str, Any], among: Iterable[Mapping[str, Any]]) -> str:
    """The property beside this one that is missing where this is extra, or the other way round, and is like it."""
    *home, name = difference["path"]
    opposite = EXTRA if difference["way"] == MISSING else MISSING
    names = {snake(it["path"][-1]): it["path"][-1] for it in among if it["way"] == opposite and it["path"][:-1] == home}
    close = get_close_matches(snake(name), names, 1, 0.6)
    return str(names[close[0]]) if close else ""
