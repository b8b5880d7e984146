"""Which databases: their addresses, and what reports call them.

An address is a secret: it is never printed. What is printed is its host, port and database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from isotype.domain.values import frozen
from isotype.findings import Finding, IsotypeError

POSTGRES, SQLITE = "postgres", "sqlite"

_SCHEMES = {"postgresql": POSTGRES, "postgres": POSTGRES, "sqlite": SQLITE, "file": SQLITE}
_URL = re.compile(r"([A-Za-z][A-Za-z0-9.\-]*)(\+[A-Za-z0-9_]+)?://(.*)", re.DOTALL)
_SETTINGS = re.compile(r"\s*[a-z_]+\s*=")
_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_FORM = "write postgresql://user:password@host:port/database, with @, / and : in a password as %40, %2F and %3A"


@frozen
class Target:
    """One database: what reports call it, its engine, and its address (for SQLite, the path of the file)."""

    name: str
    engine: str
    address: str

    def __repr__(self) -> str:
        return f"Target({self.name!r})"


def parse(written: str) -> Target:
    """The database that an address names; raises `IsotypeError`, without repeating what may be a password."""
    written = written.strip()
    found = _URL.fullmatch(written)
    if found is None:
        if _SETTINGS.match(written):
            return Target(_named_by_settings(written), POSTGRES, written)
        if written.endswith((".db", ".sqlite", ".sqlite3")):
            return Target(written, SQLITE, written)
        raise _refused("a database is named by something that is no URL", _FORM)
    scheme, driver, rest = found[1].lower(), found[2] or "", found[3]
    engine = _SCHEMES.get(scheme)
    if engine is None:
        raise IsotypeError(
            Finding(
                "unknown-engine",
                f"{scheme!r} is no database that can be compared",
                suggestion="give the URL of a PostgreSQL database, postgresql://…, or of an SQLite file, sqlite:///…",
            )
        )
    if engine == SQLITE:
        # sqlite:///relative and sqlite:////absolute, as SQLAlchemy has it; file:relative as SQLite itself.
        path = unquote(rest.partition("?")[0])
        path = path.removeprefix("/") if not driver and scheme == "file" and path[:2] == "//" else path
        path = path.removeprefix("/") if scheme == "sqlite" else path
        if not path:
            raise _refused("the URL of an SQLite database names no file", "write sqlite:///folder/file.db")
        return Target(path, SQLITE, path)
    return _postgres(rest)


def _postgres(rest: str) -> Target:
    authority, slash, tail = rest.partition("/")
    if "?" in authority:
        authority, mark, tail = rest.partition("?")
        slash, tail = "", mark + tail
    user, at, location = authority.rpartition("@")
    if "@" in user or user.count(":") > 1 or "@" in tail.partition("?")[0] or "#" in rest:
        raise _refused("the URL of a database cannot be read: a sign in it must be written otherwise", _FORM)
    for place in location.split(","):
        host, colon, port = place.rpartition(":") if not place.endswith("]") else (place, "", "")
        if (colon and not port.isdigit()) or (place.startswith("[") and "]" not in (host or place)):
            raise _refused("the URL of a database names no port that is a number", _FORM)
    name, _, query = tail.partition("?")
    if "/" in name:
        raise _refused("the URL of a database names no single database", _FORM)
    hosts = location or _parameter(query, "host")
    address = f"postgresql://{user}{at}{location}{slash}{tail}"
    return Target(_shown(hosts, unquote(name) or _parameter(query, "dbname")), POSTGRES, address)


def _parameter(query: str, name: str) -> str:
    for part in query.split("&"):
        key, _, value = part.partition("=")
        if key == name:
            return unquote(value)
    return ""


def _named_by_settings(written: str) -> str:
    known = dict(re.findall(r"([a-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|\S+)", written))
    values = {name: value.strip("'") for name, value in known.items()}
    host = values.get("host", values.get("hostaddr", ""))
    return _shown(f"{host}:{values['port']}" if host and "port" in values else host, values.get("dbname", ""))


def _shown(hosts: str, database: str) -> str:
    # A path is the folder of a socket, which says nothing to a reader.
    here = not hosts or hosts.startswith("/")
    return database or hosts or "the default database" if here else f"{hosts}/{database}".rstrip("/")


def on(server: Target, database: str) -> Target:
    """Another database of the same server."""
    if server.engine != POSTGRES:
        raise _refused(f"{server.name} is no server that has several databases", "give URLs instead of names")
    if not server.address.startswith("postgresql://"):
        escaped = database.replace("\\", "\\\\").replace("'", "\\'")
        return parse(f"{server.address} dbname='{escaped}'")
    scheme, location, _, query, _ = urlsplit(server.address)
    rest = urlunsplit(("", location, "/" + quote(database, safe=""), query, ""))
    return parse(f"{scheme}:{rest}" if rest.startswith("//") else f"{scheme}://{rest}")


def expanded(written: str, variables: Mapping[str, str], where: str) -> str:
    """A setting with `$NAME` and `${NAME}` replaced by environment variables; raises `IsotypeError` without one."""
    missing = [name for pair in _VARIABLE.findall(written) for name in pair if name and name not in variables]
    if missing:
        raise IsotypeError(
            Finding(
                "variable-missing",
                f"{where} names the environment variable {missing[0]!r}, which is not set",
                suggestion=f"set {missing[0]}, or give the value itself",
            )
        )
    return _VARIABLE.sub(lambda match: variables[match[1] or match[2]], written)


def listed(lines: Iterable[str], server: Target | None) -> tuple[Target, ...]:
    """The databases of a list, an address or a database name on `server` to a line; raises `IsotypeError`."""
    found: list[Target] = []
    wrong: list[Finding] = []
    for line in lines:
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        try:
            if _URL.fullmatch(entry) or _SETTINGS.match(entry):
                found.append(parse(entry))
            elif server is not None:
                found.append(on(server, entry))
            else:
                found.append(parse(entry))
        except IsotypeError as error:
            wrong += error.findings
    if wrong:
        raise IsotypeError(*wrong)
    return tuple(found)


def distinct(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Each database once, by a name that no other has."""
    from isotype.domain.values import replace

    once = list(dict.fromkeys(targets))
    seen: dict[str, int] = {}
    named: list[Target] = []
    for target in once:
        seen[target.name] = number = seen.get(target.name, 0) + 1
        named.append(target if number == 1 else replace(target, name=f"{target.name} ({number})"))
    return tuple(named)


def _refused(fact: str, suggestion: str) -> IsotypeError:
    return IsotypeError(Finding("invalid-database-url", fact, suggestion=suggestion))
