"""How one name becomes another: case, plural, and the shortening every database name shares."""

from __future__ import annotations

import keyword
import re
from hashlib import sha256

LIMIT = 63
"""PostgreSQL's NAMEDATALEN - 1: longer identifiers are cut silently."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(name: str) -> str:
    """`CompressionRequest` and `compressionRequest` as `compression_request`, `HTTPRoute` as `http_route`."""
    return _HUMP.sub("_", name).lower()


def camel(name: str) -> str:
    """`created_at` as `createdAt`; a name without underscores stays as it is."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def pascal(name: str) -> str:
    """`created_at` and `createdAt` as `CreatedAt`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def shorten(name: str, limit: int = LIMIT) -> str:
    """The name itself when it fits in `limit` bytes, else its head, `_` and 8 hex digits of its SHA-256."""
    encoded = name.encode()
    if len(encoded) <= limit:
        return name
    head = encoded[: limit - 9].decode(errors="ignore")
    return f"{head}_{sha256(encoded).hexdigest()[:8]}"


def wire_name(name: str, case: str) -> str:
    """A field's name on the wire in a domain's `case`."""
    return camel(name) if case == "camel" else name


_MODULE_TAKEN = frozenset(
    {
        "base",
        "enums",
        "index",
        "operations",
        "rules",
        "support",
        "types",
    }
)
"""Files the layers make for themselves, beside one file per entity."""


def module_name(name: str) -> str:
    """The file, without extension, that an entity, object or view stands in, in every layer."""
    module = snake(name)
    return f"{module}_" if module in _MODULE_TAKEN or _reserved_word(module) else module


_MODEL_TAKEN = frozenset({"metadata", "registry"})
"""Attributes that a SQLAlchemy declarative class keeps for itself."""

_SCHEMA_TAKEN = frozenset(
    {
        "construct",
        "copy",
        "dict",
        "from_orm",
        "json",
        "parse_file",
        "parse_obj",
        "parse_raw",
        "schema",
        "schema_json",
        "update_forward_refs",
        "validate",
    }
)
"""Attributes of `pydantic.BaseModel` which a field of the same name would hide."""


def model_attribute(name: str) -> str:
    """A field's attribute on a SQLAlchemy model."""
    return f"{name}_" if name in _MODEL_TAKEN or _reserved_word(name) or name.startswith("_sa_") else name


def schema_attribute(name: str) -> str:
    """A field's attribute on a Pydantic schema: no leading underscore, nothing of `BaseModel` hidden."""
    attribute = name.lstrip("_") or "field"
    taken = attribute in _SCHEMA_TAKEN or attribute.startswith("model_") or _reserved_word(attribute)
    return f"{attribute}_" if taken else attribute


def _reserved_word(name: str) -> bool:
    return keyword.iskeyword(name)
