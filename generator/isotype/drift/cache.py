"""Expected facts kept for the next run, in the user's cache folder.

Runs may come at the same time: an entry is written beside its place and then moved there, and one that cannot be read
is as good as none. The cache is a convenience: nothing fails because it cannot be used.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from isotype import __version__
from isotype.drift import expected
from isotype.drift.expected import Expected

KEPT = 64
"""How many entries stay; the ones used longest ago go."""


def folder() -> Path:
    """`ISOTYPE_CACHE`, or the folder where programs of this user keep such things."""
    if given := os.environ.get("ISOTYPE_CACHE"):
        return Path(given) / "drift"
    if sys.platform == "darwin":
        return Path("~/Library/Caches/isotype/drift").expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "isotype" / "drift"


def key(sql: str, major: int, extensions: tuple[tuple[str, str], ...]) -> str:
    """What the facts depend on, as one name: the SQL, the queries, the server."""
    parts = (__version__, sql, expected.queries_digest(major), str(major), *(f"{name} {at}" for name, at in extensions))
    return expected.digest("\n".join(parts).encode())


def sqlite_key(sql: str) -> str:
    """The same for SQLite, whose statements are read by programs of ours."""
    import sqlite3

    parts = (__version__, sql, expected.sqlite_reading_digest(), sqlite3.sqlite_version)
    return expected.digest("\n".join(parts).encode())


def declared(sql: str) -> tuple[str, ...] | None:
    """The names of the extensions that the SQL with this digest asks for; None when that is not known here."""
    text = _read(f"{sql}.extensions")
    return None if text is None else tuple(text.split())


def declare(sql: str, names: tuple[str, ...]) -> None:
    _write(f"{sql}.extensions", "\n".join(names))


def find(name: str) -> Expected | None:
    """The entry of that key, if there is a sound one."""
    text = _read(f"{name}.json")
    if text is None:
        return None
    try:
        return expected.read(text)
    except ValueError:
        return None


def keep(name: str, made: Expected) -> None:
    """Put an entry into the cache, and take out what has not been used for longest."""
    _write(f"{name}.json", expected.written(made))
    with suppress(OSError):
        entries = sorted(folder().iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in entries[2 * KEPT :]:
            path.unlink(missing_ok=True)


def _read(name: str) -> str | None:
    path = folder() / name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    with suppress(OSError):
        os.utime(path)
    return text


def _write(name: str, text: str) -> None:
    with suppress(OSError):
        here = folder()
        here.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=here, prefix=".")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(temporary).replace(here / name)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
