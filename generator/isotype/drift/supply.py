"""Where expected facts come from: the files of the project, the cache, a scratch database; in this order."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from isotype.catalog.facts import Facts
from isotype.domain.places import Place
from isotype.domain.values import frozen
from isotype.drift import cache
from isotype.drift.expected import Expected, installed, queries_digest, read, sqlite_reading_digest
from isotype.drift.source import Source
from isotype.drift.targets import SQLITE
from isotype.findings import Finding, IsotypeError


@frozen
class Saved:
    """Expected facts from a file of the project."""

    file: str
    expected: Expected


class Supply:
    """The expected facts of one domain, each kind of server's made once, whoever asks first.

    `saved` are the files to believe; without any, `scratch` is the address of a server to use ('' for one of our own),
    `allowed` the extensions that may be made there, and `raw` says whether raw SQL may be loaded.
    """

    def __init__(
        self,
        source: Source,
        saved: Sequence[Saved] = (),
        scratch: str = "",
        allowed: Sequence[str] = (),
        raw: bool = True,
    ) -> None:
        self._source = source
        self._saved = saved
        self._scratch = scratch
        self._allowed = allowed
        self._raw = raw
        self._made: dict[tuple[int, tuple[tuple[str, str], ...]], Expected | IsotypeError] = {}
        self._on_sqlite: Facts | None = None
        self._lock = threading.Lock()

    def declared(self) -> tuple[str, ...]:
        """The names of the extensions that the schema declares; raises `IsotypeError`."""
        with self._lock:
            if self._saved:
                return tuple(dict.fromkeys(it.name for saved in self._saved for it in saved.expected.declared))
            known = cache.declared(self._source.digest)
            if known is None:
                known = tuple(extension.name for extension in self._source.tables.extensions)
                cache.declare(self._source.digest, known)
            return known

    def __call__(self, major: int, live: Mapping[str, str]) -> Expected:
        """The facts for a server of this major version that has these extensions; raises `IsotypeError`."""
        key = (major, tuple(sorted(live.items())))
        with self._lock:
            if key not in self._made:
                try:
                    self._made[key] = self._find(major, live)
                except IsotypeError as error:
                    self._made[key] = error
            made = self._made[key]
        if isinstance(made, IsotypeError):
            raise made
        return made

    def sqlite(self) -> Facts:
        """The facts for an SQLite file, from a database in memory; raises `IsotypeError`."""
        with self._lock:
            if self._on_sqlite is None:
                self._refuse_raw()
                found = cache.find(cache.sqlite_key(self._source.sqlite_digest))
                self._on_sqlite = found.facts if found else self._load_sqlite()
            return self._on_sqlite

    def _load_sqlite(self) -> Facts:
        from isotype.catalog import sqlite
        from isotype.drift.source import own_rows

        made = sqlite.load(self._source.sqlite_text, own_rows(self._source.tables, SQLITE))
        sql = self._source.rendered_sqlite_digest
        kept = Expected(self._source.name, sql, sqlite_reading_digest(), made)
        cache.keep(cache.sqlite_key(sql), kept)
        return made

    def _find(self, major: int, live: Mapping[str, str]) -> Expected:
        if self._saved:
            return self._from_files(major, live)
        self._refuse_raw()
        extensions = tuple(sorted(live.items()))
        found = cache.find(cache.key(self._source.digest, major, extensions))
        # The generated file may be another than what the schema says now, when its manifest was made by hand.
        return found or self._from_scratch(major, live, cache.key(self._source.rendered_digest, major, extensions))

    def _refuse_raw(self) -> None:
        if not self._raw:
            from isotype.drift.source import raw_parts

            if refused := tuple(raw_parts(self._source.tables)):
                raise IsotypeError(*refused)

    def _from_files(self, major: int, live: Mapping[str, str]) -> Expected:
        of_major = [saved for saved in self._saved if saved.expected.facts.server.major == major]
        if not of_major:
            there = ", ".join(sorted({str(saved.expected.facts.server.major) for saved in self._saved}))
            raise IsotypeError(
                Finding(
                    "expected-of-another-version",
                    f"the database is PostgreSQL {major}, the saved facts are of {there}",
                    Place(self._saved[0].file, 1, 1),
                    "save them for this version too (--save-expected FILE)",
                )
            )
        for saved in of_major:
            if stale := staleness(saved, self._source.digest):
                raise IsotypeError(stale)
        for saved in of_major:
            had = dict(saved.expected.facts.server.extensions)
            if {name for name, _ in installed(saved.expected, had)} == {
                name for name, _ in installed(saved.expected, live) if name in live
            } | {it.name for it in saved.expected.declared if not it.optional}:
                return saved.expected
        raise IsotypeError(
            Finding(
                "expected-of-another-server",
                f"the database has {_listed(live)}, the saved facts are of one with other extensions",
                Place(of_major[0].file, 1, 1),
                "save them for such a database too (--save-expected FILE --db URL)",
            )
        )

    def _from_scratch(self, major: int, live: Mapping[str, str], key: str) -> Expected:
        if found := cache.find(key):
            return found
        from isotype.drift import scratch, targets
        from isotype.drift.source import trimmed

        with scratch.unless_terminated(), ExitStack() as stack:
            if self._scratch:
                server = targets.parse(self._scratch)
                _same_major(server, major)
            else:
                server = stack.enter_context(scratch.own_server(major))
            facts = scratch.read(self._source, server, live, self._allowed)
        tables = self._source.tables
        made = Expected(
            domain=self._source.name,
            sql=self._source.rendered_digest,
            queries=queries_digest(major),
            facts=facts,
            declared=tables.extensions,
            trimmed=trimmed(tables),
        )
        cache.keep(key, made)
        return made


def _same_major(server: object, major: int) -> None:
    from isotype.drift import servers
    from isotype.drift.targets import Target

    assert isinstance(server, Target)
    with servers.connect(server) as connection:
        other = connection.info.server_version // 10000
    if other != major:
        raise IsotypeError(
            Finding(
                "scratch-of-another-version",
                f"the database is PostgreSQL {major}, the scratch server {server.name} is {other}",
                suggestion=f"name a scratch server of version {major}, or none, where version {major} is installed",
            )
        )


def _listed(names: Mapping[str, str]) -> str:
    return f"the extensions {', '.join(sorted(names))}" if names else "none of the declared extensions"


def staleness(saved: Saved, sql: str) -> Finding | None:
    """What is wrong with saved facts when they are not of the SQL with this digest, or were read by other queries."""
    expected = saved.expected
    if expected.sql != sql:
        fact = f"{saved.file!r} holds the facts of another state of the schema"
    elif expected.queries != queries_digest(expected.facts.server.major):
        fact = f"{saved.file!r} was saved by a version of isotype that read other facts"
    else:
        return None
    return Finding(
        "expected-stale",
        fact,
        Place(saved.file, 1, 1),
        f"run `isotype drift {expected.domain} --save-expected {saved.file}`, and commit it",
    )


def load(root: str, file: str) -> Saved:
    """Saved facts, by their path under the root or by any other; raises `IsotypeError`."""
    try:
        return Saved(file, read(Path(root, file).read_text(encoding="utf-8")))
    except OSError as error:
        raise IsotypeError(
            Finding(
                "expected-missing",
                f"there are no saved facts in {file!r}: {error.strerror}",
                suggestion=f"run `isotype drift --save-expected {file}`, and commit it",
            )
        ) from None
    except ValueError as error:
        raise IsotypeError(
            Finding(
                "unreadable-expected",
                f"the saved facts in {file!r} cannot be read: {error}",
                Place(file, 1, 1),
                f"run `isotype drift --save-expected {file}` again",
            )
        ) from None
