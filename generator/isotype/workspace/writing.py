"""Writing many files so that a killed run leaves complete files only.

```
journal says "staging"    every new file is written beside its target
journal says "committing" staged files are renamed over their targets, obsolete files are removed
no journal                done
```

A run that died while staging is undone; one that died while committing is finished: `recover` does either.
The journal is text, one step to a line, under a seal as the manifest is:

```
staging
folder generated/shop                          made before anything else, outer folders first
write 9a0e…  generated/shop/sql/order.sql      staged under the number of its line among the writes
remove generated/shop/sql/item.sql
# seal 77b3…
```
"""
# Importing pathlib costs as much as starting Python does.
# ruff: noqa: PTH102, PTH105, PTH106, PTH108, PTH112, PTH208

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.places import Place
from isotype.findings import Finding, IsotypeError
from isotype.workspace import files, manifest
from isotype.workspace.configuration import contained
from isotype.workspace.lock import refused, state_folder

_FSYNC_LIMIT = 64
_STAGING, _COMMITTING = "staging", "committing"
_SEAL = b"# seal "
_FRESH = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_WRITE = regular(r"([0-9a-f]{64})  (.+)", re.DOTALL)


class Change(NamedTuple):
    """A file that should hold `content`, or should not be there when that is None; `path` is under the project root.

    `digest` is that of the content, when it is known.
    """

    path: str
    content: bytes | None
    digest: str = ""


class _Journal(NamedTuple):
    """The steps of a run: folders to make, (digest, path) to write, paths to remove."""

    folders: Sequence[str]
    writes: Sequence[tuple[str, str]]
    removals: Sequence[str]

    def staged(self) -> Iterator[tuple[str, str, str]]:
        """Each write as (staged path, path, digest)."""
        for number, (digest, path) in enumerate(self.writes):
            yield _staged(path, number), path, digest


def interrupted(root: str) -> bool:
    """Whether a run died here and has not been recovered from."""
    return os.path.lexists(_path(root))


def apply(root: str, changes: Sequence[Change], progress: Callable[[int, int], None] | None = None) -> None:
    """Make every change, or none; the caller holds the lock. Changes are made in the order given.

    `progress` is told how many of how many files are staged. Raises `IsotypeError` when the disk refuses.
    """
    if not changes:
        return
    outside = _outside(root, [change.path for change in changes])
    if outside:
        raise IsotypeError(*(_leads_outside(path) for path in outside))
    contents = [(change.path, change.content, change.digest) for change in changes if change.content is not None]
    journal = _Journal(
        _missing_folders(root, {path.rpartition("/")[0] for path, _, _ in contents}),
        [(digest or manifest.digest(content), path) for path, content, digest in contents],
        [change.path for change in changes if change.content is None],
    )
    flushed = len(contents) <= _FSYNC_LIMIT
    state_folder(root)
    try:
        _write_journal(root, _STAGING, journal)
        for folder in journal.folders:
            with suppress(FileExistsError):
                os.mkdir(f"{root}/{folder}")
        for number, (path, content, _) in enumerate(contents):
            _write(f"{root}/{_staged(path, number)}", content, flushed)
            if progress is not None:
                progress(number + 1, len(contents))
    except BaseException as error:
        _undo(root, journal)
        if isinstance(error, OSError):
            raise IsotypeError(refused(error)) from error
        raise
    with _uninterrupted():
        try:
            _write_journal(root, _COMMITTING, journal)
            _commit(root, journal, believed=True)
        except OSError as error:
            raise IsotypeError(refused(error)) from error


def recover(root: str) -> bool:
    """Finish, or undo, what a killed run began; says whether there was anything; the caller holds the lock."""
    if not interrupted(root):
        return False
    found = _read_journal(root)
    try:
        with _uninterrupted():
            if found is None:
                os.unlink(_path(root))
            elif found[0] == _COMMITTING:
                _commit(root, found[1], believed=False)
            else:
                _undo(root, found[1])
    except OSError as error:
        raise IsotypeError(refused(error)) from error
    return True


def _commit(root: str, journal: _Journal, *, believed: bool) -> None:
    """Rename what is staged, remove what is obsolete, forget the journal; each step may already have been made."""
    for staged, path, digest in journal.staged():
        source = f"{root}/{staged}"
        # Damaged by a failing machine: the caller renders anew, and sees that the target is not as it should be.
        if believed or _holds(source, digest):
            os.replace(source, f"{root}/{path}")
        else:
            with suppress(FileNotFoundError):
                os.unlink(source)
    for path in journal.removals:
        target = f"{root}/{path}"
        if files.is_ours(target):
            os.unlink(target)
        _prune(root, path.rpartition("/")[0])
    os.unlink(_path(root))


def _undo(root: str, journal: _Journal) -> None:
    for staged, _, _ in journal.staged():
        with suppress(OSError):
            os.unlink(f"{root}/{staged}")
    for folder in reversed(journal.folders):
        with suppress(OSError):
            os.rmdir(f"{root}/{folder}")
    with suppress(FileNotFoundError):
        os.unlink(_path(root))


def _holds(path: str, digest: str) -> bool:
    try:
        return manifest.digest(files.read(path)) == digest
    except OSError:
        return False


def _path(root: str) -> str:
    return f"{root}/{files.STATE}/journal"


def _write_journal(root: str, state: str, journal: _Journal) -> None:
    lines = [
        state,
        *(f"folder {folder}" for folder in journal.folders),
        *(f"write {digest}  {path}" for digest, path in journal.writes),
        *(f"remove {path}" for path in journal.removals),
    ]
    # Whatever a left-over file is called, it is one line; no path that may be written holds a backslash.
    body = "".join([line.replace("\n", "\\n") + "\n" for line in lines]).encode("utf-8", "surrogateescape")
    draft = f"{_path(root)}.new"
    _write(draft, b"%b%b%b\n" % (body, _SEAL, manifest.digest(body).encode()), flushed=True)
    os.replace(draft, _path(root))


def _read_journal(root: str) -> tuple[str, _Journal] | None:
    """The state a journal notes and its steps, or None when it is not one that this module wrote."""
    try:
        body, _, seal = files.read(_path(root)).rpartition(_SEAL)
    except OSError:
        return None
    state, *lines = body.decode("utf-8", "surrogateescape").split("\n")[:-1] or [""]
    if seal != f"{manifest.digest(body)}\n".encode() or state not in (_STAGING, _COMMITTING):
        return None
    steps: dict[str, list[str]] = {"folder": [], "write": [], "remove": []}
    for line in lines:
        kind, _, said = line.replace("\\n", "\n").partition(" ")
        if kind not in steps:
            return None
        steps[kind].append(said)
    matches = [_WRITE.fullmatch(said) for said in steps["write"]]
    writes = [(match[1], match[2]) for match in matches if match]
    paths = [path for _, path in writes]
    if len(writes) < len(matches) or _outside(root, [*steps["folder"], *paths, *steps["remove"]]):
        return None
    return state, _Journal(steps["folder"], writes, steps["remove"])


def _staged(path: str, number: int) -> str:
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}.isotype-{number:06}.staged"


def _write(path: str, content: bytes, flushed: bool) -> None:
    """Write a file. `flushed` brings it to the disk now: done for a few; of many, only a machine that fails in the very
    same second could lose any, and the digests in the journal tell."""
    descriptor = os.open(path, _FRESH, 0o666)
    try:
        done = os.write(descriptor, content)
        while done < len(content):
            done += os.write(descriptor, memoryview(content)[done:])
        if flushed:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _outside(root: str, paths: Iterable[str]) -> list[str]:
    """The paths which are not below the root, or which links lead away from it."""
    outside: dict[str, bool] = {}
    found = []
    for path in paths:
        folder = path.rpartition("/")[0]
        if folder not in outside:
            outside[folder] = bool(folder) and not contained(root, folder)
        if outside[folder] or not manifest.is_safe(path):
            found.append(path)
    return found


def _missing_folders(root: str, folders: Iterable[str]) -> list[str]:
    """The folders to make before anything can stand in `folders`, outer ones first."""
    missing: set[str] = set()
    for folder in folders:
        while folder and folder not in missing and not os.path.isdir(f"{root}/{folder}"):
            missing.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(missing)


def _prune(root: str, folder: str) -> None:
    """Remove folders that became empty, from the innermost outwards."""
    while folder:
        full = f"{root}/{folder}"
        _remove_caches(full)
        try:
            os.rmdir(full)
        except OSError:
            return
        folder = folder.rpartition("/")[0]


def _remove_caches(folder: str) -> None:
    """Remove a folder's compiled Python when nothing else is left in it."""
    with suppress(OSError):
        if os.listdir(folder) != ["__pycache__"]:
            return
        caches = f"{folder}/__pycache__"
        for name in os.listdir(caches):
            if name.endswith(".pyc"):
                os.unlink(f"{caches}/{name}")
        os.rmdir(caches)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let an interrupt from the keyboard wait until the block is done."""
    pending = False

    def remember(number: int, frame: object) -> None:
        nonlocal pending
        pending = True

    try:
        before = signal.signal(signal.SIGINT, remember)
    except ValueError:
        # Only the main thread is interrupted, and only it may say what then happens.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pending:
        raise KeyboardInterrupt


def _leads_outside(path: str) -> Finding:
    return Finding(
        "path-outside-project",
        f"{path!r} leads outside the project",
        Place(path, 1, 1),
        "replace the symbolic link on its way, or give the layer another folder",
    )
