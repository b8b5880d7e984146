"""Broken mappers that no record shows, each with the sentence that proves it."""

from __future__ import annotations

import re

from isotype.binding.model import EntityBinding
from isotype.domain.types import Array, Map, Scalar, Type
from tests.conformance.mutations.model import Rewrite

PLAIN = "Such values are in Python what they are on the wire, so that nothing is converted."
_CONVERTED = re.compile(r"(?:document|read)\(\s*\w+,\s*\"(\w+)\"")
_PLAIN = frozenset({"json", "string", "text", "bool", "int", "smallint"})


def proof(entity: EntityBinding, rewrite: Rewrite) -> str:
    """The sentence that proves that no record shows what is broken; '' where there is none."""
    found = _CONVERTED.match(rewrite.old)
    if found is None or not re.fullmatch(r"\w+\.\w+", rewrite.new) or not rewrite.new.endswith(f".{found[1]}"):
        return ""
    types = [
        field.column.type
        for field in entity.fields
        if any(path.attributes[-1] == found[1] for path in field.paths.values())
    ]
    return PLAIN if types and all(map(_is_plain, types)) else ""


def _is_plain(of: Type) -> bool:
    match of:
        case Scalar(base=base):
            return base in _PLAIN
        case Array(item=inner) | Map(value=inner):
            return _is_plain(inner)
    return False
