"""Asking a live PostgreSQL: one read-only snapshot, and every failure a sentence.

Nothing here writes. What a server says in an error may repeat what it was sent, so passwords are taken out of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from isotype.drift.expected import Expected
from isotype.drift.targets import Target
from isotype.findings import Finding, IsotypeError

if TYPE_CHECKING:
    import psycopg

    from isotype.catalog.facts import Facts

CONNECT_SECONDS = 10
TIMEOUT = 60_000
"""Milliseconds that one query may take."""

# A network that swallows everything is noticed after half a minute; libpq alone would wait for hours.
_DEFAULTS = {
    "connect_timeout": str(CONNECT_SECONDS),
    "application_name": "isotype drift",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}

_RACES = ("XX000", "42P01", "40001")
"""What a catalog query answers when somebody drops what it is looking at."""


def driver() -> None:
    """Raises `IsotypeError` when there is nothing to ask PostgreSQL with."""
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise IsotypeError(
            Finding(
                "driver-missing",
                f"PostgreSQL cannot be asked without psycopg: {' '.join(str(error).split())}",
                suggestion="install isotype[postgres]",
            )
        ) from error


def connect(target: Target, database: str | None = None) -> psycopg.Connection[Any]:
    """A connection in autocommit; raises `IsotypeError`."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        given = conninfo_to_dict(target.address)
    except psycopg.Error:
        # What libpq says about it can be a part of the password.
        raise IsotypeError(
            Finding("invalid-database-url", "libpq cannot read the URL of a database", suggestion="correct it")
        ) from None
    settings = {name: value for name, value in {**_DEFAULTS, **given}.items() if value is not None}
    if database is not None:
        settings["dbname"] = database
    try:
        # What is asked once is not worth preparing, which some poolers do not know either.
        connection = psycopg.connect(**settings, autocommit=True, prepare_threshold=None)  # type: ignore[arg-type]
    except (psycopg.Error, ValueError, UnicodeError) as error:
        raise IsotypeError(
            Finding(
                "cannot-connect",
                f"cannot connect to {target.name}: {said(target, error)}",
                suggestion="check the URL, the password and that the server takes connections from here",
            )
        ) from None
    from isotype.catalog.postgres.reading import SUPPORTED

    major = connection.info.server_version // 10000
    if major not in SUPPORTED:
        connection.close()
        raise IsotypeError(
            Finding(
                "unknown-server-version",
                f"{target.name} is PostgreSQL {major or 'of an unknown version'}, whose catalog is not known",
                suggestion=f"PostgreSQL {SUPPORTED.start} to {SUPPORTED.stop - 1} are known",
            )
        )
    return connection


def said(target: Target, error: BaseException) -> str:
    """What the server or the driver says, on one line and without the password."""
    text = " ".join(str(error).split())
    text = re.sub(r"^(connection failed|connection is bad): ", "", text)
    return hidden(target, text).rstrip(".")


def hidden(target: Target, text: str) -> str:
    """The text without the passwords of the target's address."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        given = conninfo_to_dict(target.address)
    except psycopg.Error:
        return text
    for name in ("password", "sslpassword"):
        if secret := given.get(name):
            for form in (str(secret), quote(str(secret), safe=""), quote(str(secret)), quote_plus(str(secret))):
                text = text.replace(form, "***")
    return text


def failure(target: Target, error: psycopg.Error) -> Finding:
    """Why a connected server could not be read."""
    import psycopg

    why = said(target, error)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return Finding(
            "rights-missing",
            f"{target.name} does not let this login read what is needed: {why}",
            suggestion="grant SELECT on it to the login; the catalogs themselves are open to every login",
        )
    if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
        return Finding(
            "database-too-slow",
            f"{target.name} did not answer in time: {why}",
            suggestion="run again when it is less busy, or give more time with --timeout",
        )
    gone = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return Finding(
        "connection-lost" if gone else "database-error",
        f"{target.name} went away while it was read: {why}" if gone else f"{target.name} cannot be read: {why}",
        suggestion="run again",
    )


def read(
    target: Target,
    declared: Callable[[], tuple[str, ...]],
    supply: Callable[[int, Mapping[str, str]], Expected],
    timeout: int = TIMEOUT,
) -> tuple[Expected, Facts]:
    """The expected facts for a database, and its own; raises `IsotypeError`.

    `declared` are the names of the extensions that matter; `supply` gives the expected facts for a major version and
    those of the extensions that the database has.
    """
    import psycopg

    for attempt in (1, 2):
        try:
            with connect(target) as connection:
                return _read(connection, declared, supply, timeout)
        except psycopg.Error as error:
            if attempt == 2 or error.sqlstate not in _RACES:
                raise IsotypeError(failure(target, error)) from None
    raise AssertionError("unreachable")


def kind(target: Target, declared: tuple[str, ...]) -> tuple[int, dict[str, str]]:
    """The major version of a server, and the declared extensions that the database has; raises `IsotypeError`."""
    import psycopg

    try:
        with connect(target) as connection:
            return connection.info.server_version // 10000, _installed(connection, declared)
    except psycopg.Error as error:
        raise IsotypeError(failure(target, error)) from None


def names(target: Target, query: str) -> list[str]:
    """The first column of what a query yields, which cannot write; raises `IsotypeError`."""
    import psycopg

    try:
        with connect(target) as connection:
            # What is set for the session would stay with a pooler's connection, for whoever has it next.
            connection.read_only = True
            with connection.transaction():
                connection.execute(f"SET LOCAL statement_timeout = {TIMEOUT}")
                cursor = connection.execute(query.encode())
                return [str(row[0]) for row in cursor if row[0] is not None] if cursor.description else []
    except psycopg.Error as error:
        raise IsotypeError(
            Finding(
                "unusable-query",
                f"the query for databases cannot be run on {target.name}: {said(target, error)}",
                suggestion="give a SELECT of one column: URLs, or names of databases on that server",
            )
        ) from None


def _installed(connection: psycopg.Connection[Any], declared: tuple[str, ...]) -> dict[str, str]:
    if not declared:
        return {}
    query = "SELECT extname, extversion FROM pg_catalog.pg_extension WHERE extname = ANY (%s::text[])"
    return dict(connection.execute(query, (list(declared),)).fetchall())


def _read(
    connection: psycopg.Connection[Any],
    declared: Callable[[], tuple[str, ...]],
    supply: Callable[[int, Mapping[str, str]], Expected],
    timeout: int,
) -> tuple[Expected, Facts]:
    from isotype.catalog.postgres import read as read_facts
    from isotype.catalog.postgres.rows import declared_rows

    # Making the expected facts may take a while, so no transaction is open meanwhile.
    expected = supply(connection.info.server_version // 10000, _installed(connection, declared()))
    facts = expected.facts
    return expected, read_facts(connection, facts.schemas, timeout, declared_rows(facts))
