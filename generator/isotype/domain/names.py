"""The two ways a name of the schema is written, and how long a database lets it be."""

from __future__ import annotations

from functools import lru_cache

from isotype.domain.lazy import regular

LONGEST = 63
"""PostgreSQL keeps this many bytes of an identifier (NAMEDATALEN - 1) and cuts the rest silently."""

_HUMP = regular(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@lru_cache(maxsize=4096)
def snake(name: str) -> str:
    """`CompressionRequest` as `compression_request`, `HTTPRoute` as `http_route`."""
    return _HUMP.sub("_", name).lower()


@lru_cache(maxsize=4096)
def camel(name: str) -> str:
    """`created_at` as `createdAt`; a name without underscores stays as it is."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
