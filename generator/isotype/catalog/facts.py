"""Facts: what a database says of itself, in plain values that compare and travel as JSON.

An object has a kind, a path and attributes. The path starts with the schema and ends with the object's own name:

    column  ("public", "orders", "status")    {"type": "text", "not_null": True, "default": "'new'::text", …}

Every object of a kind has the same attributes, in the order of `ATTRIBUTES`; None where one does not apply.
"""

from __future__ import annotations

from collections.abc import Mapping

from isotype.domain.values import frozen

Value = str | bool | int | None
Path = tuple[str, ...]
Objects = Mapping[Path, tuple[Value, ...]]


@frozen
class Server:
    """The engine whose catalog was read: `postgres` or `sqlite`, its major version, and what else affects spelling."""

    engine: str
    major: int
    version: str = ""
    extensions: tuple[tuple[str, str], ...] = ()


@frozen
class Facts:
    """One database: its server, the schemas that were read, its objects by kind and path."""

    server: Server
    schemas: tuple[str, ...]
    objects: Mapping[str, Objects]

    def of(self, kind: str) -> Objects:
        """The objects of a kind, by path."""
        return self.objects.get(kind, {})
