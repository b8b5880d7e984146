"""The facts a database should show, and how they are written down.

The document is JSON with one line for each object, sorted, so that a version of it reads well in a diff:

```
{
"made_by": "isotype drift --save-expected",
"version": 1,
"domain": "shop",
"sql": "9a0e…",            the digest of the SQL that these facts come from
"queries": "5f1c…",        the digest of the queries that read them
"declared": [["timescaledb", true]],
"server": ["postgres", 15, [["timescaledb", "2.17.2"]]],
"schemas": ["public"],
"trimmed": [],
"objects": {
"column": [
[["public","orders","id"],["uuid","yes",null]],
…
```
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

from isotype.catalog.facts import Facts, Path, Server, Value
from isotype.domain.model import Extension
from isotype.domain.values import frozen
from isotype.workspace import manifest

VERSION = 1
MADE_BY = "isotype drift --save-expected"


@frozen
class Expected:
    """What the database of a domain should show.

    `sql` and `queries` are the digests of what the facts come from. `declared` are the extensions that the schema
    names; `trimmed` the partitioned tables whose old partitions are dropped by declaration.
    """

    domain: str
    sql: str
    queries: str
    facts: Facts
    declared: tuple[Extension, ...] = ()
    trimmed: tuple[Path, ...] = ()


def digest(content: bytes) -> str:
    """The digest by which facts know what they come from, the same as in manifests."""
    return manifest.digest(content)


def queries_digest(major: int) -> str:
    """The digest of everything that is asked of a server of this major version."""
    from isotype.catalog.postgres import queries

    families = "\n".join(query.sql for query in queries.families(major))
    said = "\n".join((queries.SETTINGS, families, queries.SMALL, queries.HYPERTABLES, repr(dict(queries.ATTRIBUTES))))
    return digest(said.encode())


def sqlite_reading_digest() -> str:
    """The digest of everything that reads the catalog of SQLite."""
    from isotype.catalog import sqlite

    folder = FilePath(sqlite.__file__).parent
    return digest(b"".join(path.read_bytes() for path in sorted(folder.glob("*.py"))))


def _table(path: Path) -> Path:
    return path[:2]


_ORDERS = {"column": _table, "row": _table}
"""Columns and rows stay as they are in their table: what makes a table again follows that."""


def written(expected: Expected) -> str:
    """The document; the same facts are the same bytes."""
    facts = expected.facts
    head: dict[str, Any] = {
        "made_by": MADE_BY,
        "version": VERSION,
        "domain": expected.domain,
        "sql": expected.sql,
        "queries": expected.queries,
        "declared": [[extension.name, extension.optional] for extension in expected.declared],
        # The minor version changes with every update of the server, and no fact with it.
        "server": [facts.server.engine, facts.server.major, installed(expected, dict(facts.server.extensions))],
        "schemas": facts.schemas,
        "trimmed": sorted(expected.trimmed),
    }
    lines = ["{", *(f"{_json(name)}: {_json(value)}," for name, value in head.items()), '"objects": {']
    kinds = [kind for kind in sorted(facts.objects) if facts.objects[kind]]
    for kind in kinds:
        objects = facts.objects[kind]
        rows = ",\n".join(_json([path, objects[path]]) for path in sorted(objects, key=_ORDERS.get(kind)))
        lines.append(f"{_json(kind)}: [\n{rows}\n]{',' if kind != kinds[-1] else ''}")
    return "\n".join((*lines, "}", "}", ""))


def read(text: str) -> Expected:
    """The expected facts of a document; raises `ValueError` when it is none."""
    try:
        found = json.loads(text)
        if found["version"] != VERSION:
            raise ValueError("it was written by another version of isotype")
        engine, major, extensions = found["server"]
        server = Server(str(engine), int(major), "", tuple((str(name), str(at)) for name, at in extensions))
        objects = {str(kind): dict(_objects(rows)) for kind, rows in found["objects"].items()}
        return Expected(
            domain=str(found["domain"]),
            sql=str(found["sql"]),
            queries=str(found["queries"]),
            facts=Facts(server, tuple(map(str, found["schemas"])), objects),
            declared=tuple(Extension(str(name), optional=bool(optional)) for name, optional in found["declared"]),
            trimmed=tuple(tuple(path) for path in found["trimmed"]),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it does not hold what `isotype drift --save-expected` writes") from error


def _objects(rows: list[tuple[list[str], list[Value]]]) -> Iterator[tuple[Path, tuple[Value, ...]]]:
    for path, values in rows:
        yield tuple(path), tuple(values)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def installed(expected: Expected, live: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The declared extensions that a database has, each with its version."""
    return tuple((it.name, live[it.name]) for it in expected.declared if it.name in live)
