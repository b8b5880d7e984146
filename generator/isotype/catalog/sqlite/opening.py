"""A database file, opened so that nothing can be written; what stands in the way, in a sentence.

A file in write-ahead mode whose log is empty or not there is opened as immutable: SQLite would otherwise make the log
and its index beside it. A log that is there is read, which needs its index: where that is missing and cannot be
made, or would be made anew, the file is refused rather than read without its last changes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from isotype.findings import Finding, IsotypeError

OLDEST = (3, 37, 0)
"""The first version with strict tables and `pragma_table_list`."""

TIMEOUT = 5.0
"""Seconds to wait for somebody else's lock."""

_MAGIC = b"SQLite format 3\0"
_SIDES = ("-wal", "-shm", "-journal")


@contextmanager
def opened(path: str | Path, timeout: float = TIMEOUT) -> Iterator[sqlite3.Connection]:
    """A read-only connection to the file; `IsotypeError` when it cannot be read, at any time until it is closed."""
    require_version()
    file = Path(path)
    before = _state(file)
    immutable = _is_at_rest(file)
    uri = f"file:{quote(str(file.absolute()))}?mode=ro{'&immutable=1' if immutable else ''}"
    try:
        with closing(sqlite3.connect(uri, timeout=timeout, isolation_level=None, uri=True)) as connection:
            connection.execute("PRAGMA query_only = ON")
            yield connection
    except sqlite3.Error as error:
        raise IsotypeError(_failure(file, error)) from None
    if immutable and _state(file) != before:
        raise IsotypeError(
            _unreadable(file, "changed while it was read", "run again, when nothing else starts to use it")
        )


def require_version() -> None:
    """Raise `IsotypeError` where Python's SQLite is too old."""
    if sqlite3.sqlite_version_info < OLDEST:
        raise IsotypeError(
            Finding(
                "sqlite-too-old",
                f"this Python has SQLite {sqlite3.sqlite_version}, and a catalog can be read from 3.37 on",
                suggestion="use a newer Python",
            )
        )


def _is_at_rest(file: Path) -> bool:
    """Whether the file is in write-ahead mode and nobody has it open; `IsotypeError` when it is no database."""
    try:
        if file.is_dir():
            raise IsotypeError(_unreadable(file, "is a folder", "name the file of the database"))
        with file.open("rb") as stream:
            head = stream.read(100)
    except FileNotFoundError:
        raise IsotypeError(_unreadable(file, "does not exist", "check the path: nothing is created here")) from None
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise IsotypeError(_unreadable(file, f"cannot be opened: {reason}", "let this user read it")) from None
    if head and not head.startswith(_MAGIC):
        raise IsotypeError(_unreadable(file, *_NOT_A_DATABASE))
    log = _beside(file, "-wal")
    written_ahead = len(head) >= 20 and head[19] == 2
    if not written_ahead:
        return False
    if log:
        if not _beside(file, "-shm"):
            raise IsotypeError(
                _unreadable(
                    file,
                    "has changes in its log, which only a program that may write can take over",
                    "open and close it once with a program that may write, or copy it with its log and do so there",
                )
            )
        return False
    return True


def _beside(file: Path, suffix: str) -> int:
    """The size of a file beside the database; 0 when it is not there."""
    try:
        return Path(f"{file}{suffix}").stat().st_size
    except OSError:
        return 0


def _state(file: Path) -> tuple[int, ...]:
    """What changes when anybody writes the file."""
    try:
        found = file.stat()
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_size, found.st_ino, *(_beside(file, suffix) for suffix in _SIDES))


_NOT_A_DATABASE = (
    "is not an SQLite database, or is encrypted",
    "name the file of the database; an encrypted one cannot be read here",
)
_LEFT = (
    "was left in the middle of a change by a program that stopped",
    "open it once with a program that may write, which takes the change back",
)
_LOCKED = ("is locked by another program", "run again when it has finished writing")
_REASONS = {
    sqlite3.SQLITE_NOTADB: _NOT_A_DATABASE,
    sqlite3.SQLITE_CORRUPT: ("is damaged", "PRAGMA integrity_check says more; restore it from a backup"),
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY_ROLLBACK: _LEFT,
    sqlite3.SQLITE_READONLY_RECOVERY: _LEFT,
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "let this user read the file, its folder and what lies beside it"),
    sqlite3.SQLITE_IOERR: ("cannot be read from its disk", "check the disk"),
}


def _failure(file: Path, error: sqlite3.Error) -> Finding:
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_CANTOPEN and _beside(file, "-journal"):
        return _unreadable(file, *_LEFT)
    # An extended code holds the plain one in its last byte.
    reason = _REASONS.get(code, _REASONS.get(code & 0xFF)) if code is not None else None
    return _unreadable(file, *(reason or (f"cannot be read: {error}", "check that it is an SQLite database")))


def _unreadable(file: Path, fact: str, suggestion: str) -> Finding:
    return Finding("unreadable-database", f"the SQLite database {str(file)!r} {fact}", suggestion=suggestion)
