"""One run at a time per project.

The lock is the kernel's: it ends with the process that holds it, however that process ends, so a lock file left behind
is never in the way.
"""
# Importing pathlib costs as much as starting Python does.
# ruff: noqa: PTH102, PTH110, PTH113, PTH114, PTH123

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO

from isotype.findings import Finding, IsotypeError
from isotype.workspace import files

PATIENCE = 5.0


@contextmanager
def held(root: str, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the project's lock; raises `IsotypeError` when another run keeps it longer than `patience` seconds."""
    path = f"{root}/{files.STATE}/lock"
    with _opened(root, path) as file:
        deadline = time.monotonic() + patience
        while not _taken(file.fileno()):
            if time.monotonic() >= deadline:
                holder = files.read(path).decode("utf-8", "replace").strip()
                raise IsotypeError(
                    Finding(
                        "already-running",
                        f"another run is writing here{f' (process {holder})' if holder.isdigit() else ''}",
                        suggestion="wait for it to end, then run again",
                    )
                )
            time.sleep(0.02)
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        yield


def is_held(root: str) -> bool:
    """Whether another run holds the lock now."""
    path = f"{root}/{files.STATE}/lock"
    if not os.path.isfile(path):
        return False
    with open(path, "rb", buffering=0) as file:
        return not _taken(file.fileno())


def refused(error: OSError) -> Finding:
    """That the disk refuses to write, in the words of a finding."""
    where = f" {str(error.filename)!r}" if error.filename else ""
    return Finding(
        "write-failed",
        f"the disk refuses to write{where}: {error.strerror or error}",
        suggestion="make the folder writable, or make room, then run `isotype generate` again",
    )


def _opened(root: str, path: str) -> FileIO:
    try:
        state_folder(root)
        return open(path, "a+b", buffering=0)
    except OSError as error:
        raise IsotypeError(refused(error)) from error


def state_folder(root: str) -> str:
    """The folder of the lock and the journal, made when it is not there, and hidden from git by itself."""
    folder = f"{root}/{files.STATE}"
    if os.path.islink(folder):
        raise IsotypeError(
            Finding("path-outside-project", f"{files.STATE!r} is a symbolic link", suggestion="remove it")
        )
    with suppress(FileExistsError):
        os.mkdir(folder)
    ignore = f"{folder}/.gitignore"
    if not os.path.exists(ignore):
        with open(ignore, "w", encoding="utf-8") as file:
            file.write("*\n")
    return folder


def _taken(descriptor: int) -> bool:
    """Try to take the lock on an open file; it is given back when the file is closed."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover -- a system without flock has no second lock to offer
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
