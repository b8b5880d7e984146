"""The final name a thing gets in a target: shortened, cased, and clear of words that are taken there."""

from __future__ import annotations

import keyword
import re
from functools import lru_cache

from isotype.domain.names import LONGEST, camel, snake


def shorten(name: str, limit: int = LONGEST) -> str:
    """The name itself when it fits `limit` bytes, else a head, `_` and eight hex digits of its SHA-256."""
    if len(name if name.isascii() else name.encode()) <= limit:
        return name
    import hashlib

    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    head = name.encode()[: limit - 9].decode(errors="ignore")
    return f"{head}_{digest}"


def home_name(schema: str, name: str) -> str:
    """The name of a table or view where there are no schemas; a declared schema is its prefix."""
    return name if schema in ("", "public") else f"{schema}_{name}"


def own_name(schema: str, usual: str, name: str) -> str:
    """The name of an index or trigger where there are no schemas; one outside the usual schema carries its own."""
    return name if schema == usual else shorten(f"{schema or 'public'}_{name}")


@lru_cache(maxsize=4096)
def pascal(name: str) -> str:
    """`created_at` and `createdAt` become `CreatedAt`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name) if part)


@lru_cache(maxsize=4096)
def wire_name(name: str, case: str) -> str:
    """A field's name on the wire when the schema gives none; `case` is `camel` or `snake`."""
    return camel(name) if case == "camel" else name


@lru_cache(maxsize=4096)
def module_name(name: str) -> str:
    """The file of an entity, object or view in every layer: snake_case, clear of words a file cannot have."""
    plain = snake(name)
    return f"{plain}_" if plain in _TAKEN_MODULES or keyword.iskeyword(plain) else plain


@lru_cache(maxsize=4096)
def model_attribute(name: str) -> str:
    """A field's attribute on a SQLAlchemy model: words the declarative base or Python keeps get a trailing `_`."""
    return f"{name}_" if name in _TAKEN_ON_MODELS or keyword.iskeyword(name) else name


@lru_cache(maxsize=4096)
def schema_attribute(name: str) -> str:
    """A field's attribute on a Pydantic model: words the base class or Python keeps get a trailing `_`."""
    plain = name.lstrip("_") or "field"
    taken = plain in _TAKEN_ON_SCHEMAS or plain.startswith("model_") or keyword.iskeyword(plain)
    return f"{plain}_" if taken else plain


_TAKEN_MODULES = frozenset(
    (
        "alembic",
        "base",
        "common",
        "enums",
        "errors",
        "index",
        "mapping",
        "metadata",
        "operations",
        "proofs",
        "registry",
        "rules",
        "session",
        "support",
        "types",
    )
)
_TAKEN_ON_MODELS = frozenset(("metadata", "registry", "query", "type_annotation_map"))
_TAKEN_ON_SCHEMAS = frozenset(
    (
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
    )
)
