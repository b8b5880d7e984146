"""A database for a moment, in which the SQL of a domain is loaded without any power.

The SQL is loaded by a role of its own that is no superuser and in no other role, which *logs in*: a session that
merely took the role on could give it up again. A statement that takes too long is stopped, and a load that does is
ended from outside, whatever it has set for itself.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from isotype.domain.model import Extension
from isotype.domain.values import frozen
from isotype.drift import servers
from isotype.drift.source import declared_only, own_rows, own_schemas
from isotype.drift.targets import POSTGRES, Target, on, parse
from isotype.findings import Finding, IsotypeError

if TYPE_CHECKING:
    import psycopg

    from isotype.catalog.facts import Facts, Path, Value
    from isotype.drift.source import Source

STATEMENT_SECONDS = 120
LOAD_SECONDS = 600
_BUILT_IN = "plpgsql"

_OWN = {"max_locks_per_transaction": "1024", "temp_file_limit": "1GB"}
"""Settings of a server of our own: a schema of any size is loaded in one transaction, and fills no disk."""

_SETTINGS = """
SET statement_timeout = {timeout};
SET search_path = public;
SET standard_conforming_strings = on;
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET timezone = 'UTC'
"""
"""What the meaning of the SQL must not depend on, wherever it is loaded."""


@frozen
class Login:
    """What the login of a server may do; `now` is the server's clock, in seconds."""

    name: str
    now: int
    superuser: bool
    makes_roles: bool
    makes_databases: bool
    powers: tuple[str, ...]


@contextmanager
def own_server(major: int) -> Iterator[Target]:
    """A PostgreSQL server of this major version, made from the binaries that are here; raises `IsotypeError`."""
    from isotype.scratch.installations import PostgresError, find_installation
    from isotype.scratch.server import Server

    try:
        server = Server(find_installation(major), settings=_OWN).start()
    except (PostgresError, OSError) as error:
        raise IsotypeError(no_scratch(major, str(error))) from error
    with server:
        yield Target("the scratch server", POSTGRES, server.url())


def preferred_major() -> int:
    """The major version of the binaries that are here; raises `IsotypeError`."""
    from isotype.scratch.installations import PostgresError, find_installation

    try:
        return find_installation().major
    except PostgresError as error:
        raise IsotypeError(
            Finding("no-scratch", str(error), suggestion="or name a server with --scratch URL or --db URL")
        ) from error


def no_scratch(major: int, why: str) -> Finding:
    return Finding(
        "no-scratch",
        f"the schema cannot be loaded into a PostgreSQL {major} to compare with: {why}",
        suggestion=f"or name a server of version {major} that lets a database be made (--scratch URL), or commit the "
        "expected facts once (--save-expected FILE)",
    )


def read(source: Source, server: Target, wanted: Mapping[str, str], allowed: Sequence[str]) -> Facts:
    """The facts that the SQL of a domain makes on a server, where it is loaded and dropped again.

    `wanted` are the names of the extensions that the live database has, beside those that the schema needs;
    `allowed` those that may be created although they are not trusted. Raises `IsotypeError`.
    """
    import psycopg

    extensions = [it for it in source.tables.extensions if not it.optional or it.name in wanted]
    text = source.text([it.name for it in extensions])
    try:
        with servers.connect(server) as admin, _database(admin, server, bool(_raw(source))) as loader:
            _create_extensions(admin, server, loader, [it for it in extensions if it.name != _BUILT_IN], allowed)
            return _loaded(admin, source, loader, text, [it.schema for it in extensions])
    except psycopg.Error as error:
        raise IsotypeError(servers.failure(server, error)) from None


def _raw(source: Source) -> list[Finding]:
    from isotype.drift.source import raw_parts

    return list(raw_parts(source.tables))


def _login(admin: psycopg.Connection[Any]) -> Login:
    row = admin.execute(
        "SELECT rolname, extract(epoch FROM now())::bigint, rolsuper, rolcreaterole, rolcreatedb, ARRAY("
        " SELECT other.rolname::text FROM pg_catalog.pg_roles AS other"
        " WHERE other.rolname LIKE 'pg\\_%' AND other.rolname <> 'pg_database_owner'"
        " AND pg_catalog.pg_has_role(mine.oid, other.oid, 'member'))"
        " FROM pg_catalog.pg_roles AS mine WHERE rolname = current_user"
    ).fetchone()
    assert row is not None
    return Login(row[0], row[1], row[2], row[3], row[4], tuple(row[5]))


@contextmanager
def _database(admin: psycopg.Connection[Any], server: Target, raw: bool) -> Iterator[Target]:
    """A new database and its owner, as an address to log in with; both are gone afterwards."""
    from psycopg import sql

    login = _login(admin)
    if not (login.superuser or login.makes_databases):
        raise IsotypeError(
            Finding(
                "scratch-refused",
                f"the login {login.name!r} may not make a database on {server.name}",
                suggestion="name a login with CREATEDB",
            )
        )
    _remove_stale(admin, login.now)
    name = f"isotype_scratch_{login.now:x}_{secrets.token_hex(6)}"
    role, password = sql.Identifier(name), secrets.token_hex(16)
    fresh = login.superuser or login.makes_roles
    if not fresh and raw and login.powers:
        raise IsotypeError(
            Finding(
                "scratch-refused",
                f"raw SQL is not loaded by the login {login.name!r}, which is in the role {login.powers[0]!r}",
                suggestion="name a login that may make roles (CREATEROLE), or one without such roles",
            )
        )
    try:
        if fresh:
            secret = admin.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
            powers = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
            admin.execute(sql.SQL("CREATE ROLE {} " + powers + " PASSWORD {}").format(role, secret))
            milliseconds = str(1000 * STATEMENT_SECONDS)
            admin.execute(sql.SQL("ALTER ROLE {} SET statement_timeout = {}").format(role, milliseconds))
            if not login.superuser:
                admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                role, role if fresh else sql.Identifier(login.name)
            )
        )
        yield _as(on(server, name), name, password) if fresh else on(server, name)
    finally:
        _clear_away(admin, server, name)


def _clear_away(admin: psycopg.Connection[Any], server: Target, name: str) -> None:
    """Drop the database and the role; on another connection where this one was interrupted at its work."""
    import psycopg

    try:
        _drop(admin, name)
    except psycopg.Error:
        with suppress(psycopg.Error, IsotypeError), closing(servers.connect(server)) as another:
            _drop(another, name)


def _drop(admin: psycopg.Connection[Any], name: str) -> None:
    from psycopg import sql

    admin.execute("SET statement_timeout = 0")
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


_OURS = re.compile(r"isotype_scratch_([0-9a-f]{8,})_[0-9a-f]{12}")
STALE_SECONDS = 3 * LOAD_SECONDS
"""After so long no run is at work any more: a load is ended before."""


def _remove_stale(admin: psycopg.Connection[Any], now: int) -> None:
    """Drop what a run has left that was killed; what this login may not drop stays."""
    import psycopg

    left = admin.execute(
        "SELECT datname FROM pg_catalog.pg_database AS d WHERE datname LIKE 'isotype\\_scratch\\_%' AND NOT EXISTS"
        " (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.datid = d.oid)"
        " UNION SELECT rolname FROM pg_catalog.pg_roles AS r WHERE rolname LIKE 'isotype\\_scratch\\_%'"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_database AS d WHERE d.datdba = r.oid)"
    ).fetchall()
    for (name,) in left:
        made = _OURS.fullmatch(str(name))
        if made is not None and now - int(made[1], 16) > STALE_SECONDS:
            with suppress(psycopg.Error):
                _drop(admin, str(name))


class _Terminated(KeyboardInterrupt):
    """SIGTERM has come; as with Ctrl-C, what is waited for is cancelled."""


@contextmanager
def unless_terminated() -> Iterator[None]:
    """What is made within is cleared away when the process is told to end, before it does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except _Terminated:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _as(target: Target, user: str, password: str) -> Target:
    """The same database with another login."""
    from psycopg.conninfo import make_conninfo

    return parse(make_conninfo(target.address, user=user, password=password))


def _create_extensions(
    admin: psycopg.Connection[Any],
    server: Target,
    loader: Target,
    extensions: Sequence[Extension],
    allowed: Sequence[str],
) -> None:
    """Create what the schema declares, as far as it is allowed: trusted extensions, and those of the configuration."""
    from psycopg import sql

    if not extensions:
        return
    known = dict(
        admin.execute(
            "SELECT name, bool_or(trusted) FROM pg_catalog.pg_available_extension_versions GROUP BY name"
        ).fetchall()
    )
    refused = [_unavailable(it, server) for it in extensions if it.name not in known]
    refused += [_not_allowed(it) for it in extensions if known.get(it.name) is False and it.name not in allowed]
    if refused:
        raise IsotypeError(*refused)
    # A superuser makes what only a superuser can; anything else is made by whom it is for.
    creator = on(server, _database_of(loader)) if _login(admin).superuser else loader
    with servers.connect(creator) as connection:
        for extension in extensions:
            name, schema = sql.Identifier(extension.name), sql.Identifier(extension.schema)
            if extension.schema:
                owner = sql.Identifier(_user_of(loader, admin))
                statement = sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(schema, owner)
                if not extension.schema.startswith("pg_"):
                    connection.execute(statement)
            place = sql.SQL(" SCHEMA {}").format(schema) if extension.schema else sql.SQL("")
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}{}").format(name, place))


def _database_of(target: Target) -> str:
    from psycopg.conninfo import conninfo_to_dict

    return str(conninfo_to_dict(target.address)["dbname"])


def _user_of(target: Target, admin: psycopg.Connection[Any]) -> str:
    from psycopg.conninfo import conninfo_to_dict

    return str(conninfo_to_dict(target.address).get("user") or admin.info.user)


def _unavailable(extension: Extension, server: Target) -> Finding:
    return Finding(
        "extension-missing",
        f"the extension {extension.name!r} is not installed on {server.name}",
        extension.place,
        "name a server that has it (--scratch URL), or commit the expected facts once (--save-expected FILE)",
    )


def _not_allowed(extension: Extension) -> Finding:
    return Finding(
        "extension-not-allowed",
        f"the extension {extension.name!r} can only be made by a superuser, and nobody has allowed it",
        extension.place,
        f'allow it in the configuration: extensions = ["{extension.name}"] under [drift]',
    )


def _loaded(
    admin: psycopg.Connection[Any], source: Source, loader: Target, text: str, extension_schemas: Sequence[str]
) -> Facts:
    """Load the SQL, and read what it made."""
    import psycopg

    from isotype.catalog.postgres import read as read_facts

    own = own_schemas(source.tables)
    with servers.connect(loader) as connection:
        seconds = LOAD_SECONDS
        watch = threading.Timer(seconds, _end, (admin, connection.info.backend_pid))
        watch.daemon = True
        watch.start()
        try:
            connection.execute(_SETTINGS.format(timeout=1000 * STATEMENT_SECONDS).encode())
            connection.execute(text.encode())
            # What the raw SQL has set for the session must not reach the reading.
            connection.execute("DISCARD ALL")
        except (psycopg.Error, UnicodeError) as error:
            raise IsotypeError(_unloadable(source, loader, text, error)) from None
        finally:
            watch.cancel()
    with servers.connect(loader) as connection:
        made = {
            str(name)
            for (name,) in connection.execute(
                "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg\\_%'"
                " AND nspname <> 'information_schema' AND oid NOT IN (SELECT objid FROM pg_catalog.pg_depend"
                " WHERE classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND deptype = 'e')"
            )
        }
        others = sorted(made - set(own) - set(extension_schemas))
        facts = read_facts(connection, (*own, *others), rows=own_rows(source.tables))
    return _without_empty(declared_only(facts, source.tables), set(own))


def _end(admin: psycopg.Connection[Any], process: int) -> None:
    import psycopg

    with suppress(psycopg.Error):
        admin.execute("SELECT pg_catalog.pg_terminate_backend(%s)", (process,))


def _without_empty(facts: Facts, own: set[str]) -> Facts:
    """Without the schemas that nothing was made in, other than the domain's own: they are somebody else's."""
    from isotype.domain.values import replace

    used = {
        path[0] for kind, objects in facts.objects.items() if kind not in ("schema", "extension") for path in objects
    }
    schemas = tuple(name for name in facts.schemas if name in own or name in used)

    def kept(kind: str, path: Path) -> bool:
        return kind != "schema" or path[0] in schemas

    objects: dict[str, dict[Path, tuple[Value, ...]]] = {
        kind: {path: values for path, values in of.items() if kept(kind, path)} for kind, of in facts.objects.items()
    }
    return replace(facts, schemas=schemas, objects=objects)


def _unloadable(source: Source, loader: Target, text: str, error: BaseException) -> Finding:
    import psycopg

    from isotype.drift.wording import first_line

    said = servers.said(loader, error)
    where = ""
    if isinstance(error, psycopg.Error) and error.diag.statement_position:
        line = text[: int(error.diag.statement_position)].count("\n")
        where = f" at {first_line(text.splitlines()[line])!r}"
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        said = servers.hidden(loader, " ".join(error.diag.message_primary.split()))
    slow = isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.AdminShutdown)
    return Finding(
        "schema-too-slow" if slow else "schema-unloadable",
        f"the SQL of {source.name} cannot be loaded by a role without powers: {said}{where}",
        source.tables.place,
        "correct the raw SQL; what only a superuser may do has no place in a schema",
    )
