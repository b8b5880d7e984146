"""Every expression of the project's own schemas, on every PostgreSQL that can be had here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from isotype.catalog.expressions import (
    constraint_definition,
    index_definition,
    is_read,
    normal,
    normal_check,
    normal_default,
    scopes,
)
from isotype.catalog.postgres import read
from tests.domains.conftest import SCHEMAS, rendered, require_extensions
from tests.engines.postgres import Database, Server, available_majors

OLDEST = {"library": 15, "migration_validation": 15}
"""The first version that knows what a schema asks for: NULLS NOT DISTINCT, ON DELETE SET NULL of some columns."""

KNOWN_UNREAD: frozenset[str] = frozenset()


@cache
def forms(name: str, server: Server) -> dict[tuple[str, ...], object]:
    """The form of each check, default, index key and predicate of a domain, by its path."""
    require_extensions(name, server)
    database = Database(server, server.create_database())
    with database.connect() as connection:
        connection.execute(rendered(name).files["sql", "postgres.sql"].encode())
        spaces = [
            n for (n,) in connection.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_'")
        ]
        facts = read(connection, spaces)
    server.drop_database(database.name)
    known = scopes(facts)
    made: dict[tuple[str, ...], object] = {}
    for path, values in facts.of("column").items():
        if values[2] is not None:
            made["default", *path] = normal_default(str(values[2]), str(values[0]), known[path[:2]])
        if values[4] is not None:
            made["generated", *path] = normal(str(values[4]), known[path[:2]])
    for path, values in facts.of("constraint").items():
        constraint = constraint_definition(str(values[1]))
        assert constraint is not None, values
        made["constraint", *path] = tuple(constraint.parts(known[path[:2]]).items())
        if constraint.kind == "check":
            made["check", *path] = normal_check(constraint.expression, known[path[:2]])
    for path, values in facts.of("index").items():
        index = index_definition(str(values[1]))
        assert index is not None, values
        scope = known[path[0], str(values[0])]
        made["index", *path] = tuple(index.parts(scope).items())
        made |= {("key", *path, str(at)): normal(key.expression, scope) for at, key in enumerate(index.keys)}
        if index.predicate is not None:
            made["predicate", *path] = normal(index.predicate, scope)
    return made


@pytest.mark.parametrize("name", sorted(SCHEMAS))
@pytest.mark.parametrize("major", available_majors())
def test_nothing_is_unread_and_every_version_says_the_same(
    name: str, major: int, postgres_of: Callable[[int], Server], postgres: Server
) -> None:
    """The forms of a domain do not depend on the version of the server."""
    if major < OLDEST.get(name, 0):
        pytest.skip("this version does not know what the schema asks for")
    found = forms(name, postgres_of(major))
    unread = {form[1] for form in found.values() if isinstance(form, tuple) and not is_read(form)}
    assert unread == KNOWN_UNREAD
    assert found == forms(name, postgres)
    assert len(found) > 20
