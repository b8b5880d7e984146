"""Reading a catalog: one snapshot, a fixed number of queries, nothing written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from isotype.catalog.facts import Facts, Path, Server, Value
from isotype.catalog.postgres import queries
from isotype.catalog.postgres.rows import RowsOf, rows_query

if TYPE_CHECKING:
    import psycopg

SUPPORTED = range(14, 19)
TIMEOUT = 60_000
"""Milliseconds that one query may take."""


def read(
    connection: psycopg.Connection[Any], schemas: Sequence[str], timeout: int = TIMEOUT, rows: Sequence[RowsOf] = ()
) -> Facts:
    """The facts of the named schemas, and the reference `rows`; raises psycopg.Error.

    A connection inside a transaction stays there, its settings as they were; another one is left outside.
    """
    from psycopg.rows import tuple_row

    wanted = {"schemas": list(schemas)}
    objects: dict[str, dict[Path, tuple[Value, ...]]] = {}
    with connection.cursor(row_factory=tuple_row) as cursor, _snapshot(cursor, timeout):
        found = cursor.fetchone()
        assert found is not None
        major, version, extensions = found
        for query in queries.families(major):
            _sort(objects, query.path + 1, cursor.execute(query.sql.encode(), wanted))
        _sort_small(objects, cursor.execute(queries.SMALL.encode(), wanted))
        installed = tuple((str(name), str(at)) for name, at in json.loads(extensions or "[]"))
        late, keys = rows_query(rows, objects.get("column", {}))
        if any(name == "timescaledb" for name, _ in installed):
            late = [queries.HYPERTABLES, *late]
        if late:
            _sort_small(objects, cursor.execute("\nUNION ALL\n".join(late).encode(), {**wanted, **keys}))
    return Facts(Server("postgres", major, version, installed), tuple(schemas), objects)


@contextmanager
def _snapshot(cursor: psycopg.Cursor[Any], timeout: int) -> Iterator[None]:
    """A transaction of our own, or a part of the one that is open, with settings of our own; what `SERVER` asks."""
    from psycopg.pq import TransactionStatus

    inside = cursor.connection.info.transaction_status == TransactionStatus.INTRANS
    settings = queries.SETTINGS.format(timeout=int(timeout))
    cursor.execute(";".join((queries.SAVE if inside else queries.BEGIN, settings, queries.SERVER)).encode())
    while cursor.nextset():
        pass
    try:
        yield
    finally:
        if inside:
            cursor.execute(queries.RESTORE)
        else:
            cursor.connection.rollback()


def _sort(objects: dict[str, dict[Path, tuple[Value, ...]]], head: int, rows: Iterable[tuple[Any, ...]]) -> None:
    """Put rows that start with a kind and a path where they belong."""
    kind = ""
    of: dict[Path, tuple[Value, ...]] = {}
    for row in rows:
        if row[0] != kind:
            kind = row[0]
            of = objects.setdefault(kind, {})
        of[row[1:head]] = row[head:]


def _sort_small(objects: dict[str, dict[Path, tuple[Value, ...]]], rows: Iterable[tuple[Any, ...]]) -> None:
    """The same for rows of several families: a path of up to three names, and the attributes as one array."""
    for kind, *path, attributes in rows:
        made = tuple(name for name in path if name is not None)
        objects.setdefault(kind, {})[made] = tuple(attributes)
