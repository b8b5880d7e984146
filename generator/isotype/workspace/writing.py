"""Writing many files so that a killed run leaves complete files only.

```
journal says "staging"    every new file is written beside its target, a batch after the other
journal says "committing" staged files are renamed over their targets, obsolete files are removed
no journal                done
```

A folder that is not there yet is staged as a whole, and takes its place with all that is in it.

A run that died while staging is undone; one that died while committing is finished: `recover` does either.
The journal is text, one step to a line, under a seal as the manifest is:

```
staging
folder generated/shop                          made before what is in it; the outermost under the number of its line
write 9a0e…  generated/shop/sql/order.sql      staged under the number of its line among the writes, or in such a folder
remove generated/shop/sql/item.sql
# seal 77b3…
```
"""
# Importing pathlib costs as much as starting Python does.
# ruff: noqa: PTH102, PTH105, PTH106, PTH108, PTH112, PTH208

from __future__ import annotations

import errno
import os
import re
import signal
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from isotype.domain.lazy import NamedTuple, regular
from isotype.domain.places import Place
from isotype.findings import Finding, IsotypeError
from isotype.workspace import files, manifest
from isotype.workspace.configuration import contained
from isotype.workspace.lock import refused, state_folder

_FSYNC_LIMIT = 64
"""So many files are brought to the disk before they take their places. Of more, only a machine that fails in the very
same second could lose any, and the digests in the journal tell."""

HELD_LIMIT = 8 << 20
"""So many bytes are held before they are staged."""

_STAGING, _COMMITTING = "staging", "committing"
_SEAL = b"# seal "
_FRESH = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_WRITE = regular(r"([0-9a-f]{32})  (.+)", re.DOTALL)


class _Journal(NamedTuple):
    """The steps of a run: folders to make, (digest, path) to write, paths to remove."""

    folders: Sequence[str]
    writes: Sequence[tuple[str, str]]
    removals: Sequence[str]

    def fresh(self) -> dict[str, str]:
        """The outermost folders to make, and where they are staged."""
        found: dict[str, str] = {}
        for number, folder in enumerate(self.folders):
            if not _inside(folder, found):
                found[folder] = _staged(folder, f"folder-{number:06}")
        return found

    def staged(self, first: int = 0) -> Iterator[tuple[str, str, str]]:
        """Each write from the `first` on as (staged path, path, digest); in a fresh folder it has its own name."""
        fresh = self.fresh()
        known: dict[str, str] = {}
        for number, (digest, path) in enumerate(self.writes[first:], first):
            folder, _, name = path.rpartition("/")
            if folder not in known:
                known[folder] = _inside(folder, fresh)
            within = known[folder]
            yield f"{within}/{name}" if within else _staged(path, f"{number:06}"), path, digest


def interrupted(root: str) -> bool:
    """Whether a run died here and has not been recovered from."""
    return os.path.lexists(_path(root))


class Staging:
    """Files on their way to their places. What is added is written beside its target as soon as much of it is held, and
    takes its place when everything is committed; what is not committed is gone again."""

    __slots__ = ("_folders", "_held", "_held_bytes", "_progress", "_removals", "_root", "_staged", "_writes")

    def __init__(self, root: str, progress: Callable[[int], None] | None = None) -> None:
        self._root = root
        self._progress = progress
        self._folders: list[str] = []
        self._writes: list[tuple[str, str]] = []
        self._removals: list[str] = []
        self._held: list[tuple[str, bytes, str]] = []
        self._held_bytes = 0
        self._staged = False

    def add(self, path: str, content: bytes | None, digest: str = "") -> None:
        """Take on a file under the root that should hold `content`, or should not be there when that is None.

        `digest` is that of the content, when it is known. Changes are made in the order in which they come.
        """
        if content is None:
            self._removals.append(path)
            return
        self._held.append((path, content, digest or manifest.digest(content)))
        self._held_bytes += len(content)
        if self._held_bytes > HELD_LIMIT:
            self._stage()

    def commit(self) -> None:
        """Make every change."""
        self._stage()
        journal = self._journal()
        if not (journal.writes or journal.removals):
            return
        try:
            if len(journal.writes) <= _FSYNC_LIMIT:
                for staged, _, _ in journal.staged():
                    _flush(f"{self._root}/{staged}")
            with _uninterrupted():
                _write_journal(self._root, _COMMITTING, journal)
                self._staged = False
                _commit(self._root, journal, believed=True)
        except OSError as error:
            raise IsotypeError(refused(error)) from error

    def undo(self) -> None:
        """Take back what was staged and not committed."""
        if self._staged:
            _undo(self._root, self._journal())

    def _journal(self) -> _Journal:
        return _Journal(self._folders, self._writes, self._removals)

    def _stage(self) -> None:
        """Write what is held beside its target, after noting it in the journal."""
        root, held, done = self._root, self._held, len(self._writes)
        self._held, self._held_bytes = [], 0
        outside = _outside(root, [path for path, _, _ in held] + self._removals)
        if outside:
            raise IsotypeError(*(_leads_outside(path) for path in outside))
        if not held and not self._removals:
            return
        folders = _missing_folders(root, {path.rpartition("/")[0] for path, _, _ in held}, self._folders)
        self._folders += folders
        self._writes += [(digest, path) for path, _, digest in held]
        self._staged = True
        journal = self._journal()
        fresh = journal.fresh()
        try:
            state_folder(root)
            _write_journal(root, _STAGING, journal)
            for folder in folders:
                if folder in fresh and os.path.lexists(f"{root}/{folder}"):
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), folder)
                os.mkdir(f"{root}/{_inside(folder, fresh)}")
            for (staged, _, _), (_, content, _) in zip(journal.staged(done), held, strict=True):
                _write(f"{root}/{staged}", content)
                done += 1
                if self._progress is not None:
                    self._progress(done)
        except OSError as error:
            raise IsotypeError(refused(error)) from error


@contextmanager
def staging(root: str, progress: Callable[[int], None] | None = None) -> Iterator[Staging]:
    """A place for changes to the files below a root, all of which are made or none; the caller holds the lock.

    `progress` is told how many files are staged. Raises `IsotypeError` when the disk refuses.
    """
    staged = Staging(root, progress)
    try:
        yield staged
    finally:
        staged.undo()


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
    fresh = journal.fresh()
    for staged, path, digest in journal.staged():
        source = f"{root}/{staged}"
        # Damaged by a failing machine: the caller renders anew, and sees that the target is not as it should be.
        if not believed and not _holds(source, digest):
            with suppress(FileNotFoundError):
                os.unlink(source)
        elif not _inside(path, fresh):
            os.replace(source, f"{root}/{path}")
    for folder, staged in fresh.items():
        if believed or os.path.lexists(f"{root}/{staged}"):
            _put(f"{root}/{staged}", f"{root}/{folder}")
    for path in journal.removals:
        target = f"{root}/{path}"
        if files.is_ours(target):
            os.unlink(target)
        _prune(root, path.rpartition("/")[0])
    os.unlink(_path(root))


def _put(source: str, target: str) -> None:
    """Rename a folder, or what is in it where another made the folder meanwhile."""
    if not os.path.isdir(target):
        os.replace(source, target)
        return
    for name in os.listdir(source):
        if os.path.isdir(f"{source}/{name}"):
            _put(f"{source}/{name}", f"{target}/{name}")
        else:
            os.replace(f"{source}/{name}", f"{target}/{name}")
    os.rmdir(source)


def _undo(root: str, journal: _Journal) -> None:
    for staged, _, _ in journal.staged():
        with suppress(OSError):
            os.unlink(f"{root}/{staged}")
    fresh = journal.fresh()
    for folder in reversed(journal.folders):
        with suppress(OSError):
            os.rmdir(f"{root}/{_inside(folder, fresh)}")
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
    _write(draft, b"%b%b%b\n" % (body, _SEAL, manifest.digest(body).encode()))
    _flush(draft)
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


def _staged(path: str, name: str) -> str:
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}.isotype-{name}.staged"


def _inside(path: str, fresh: Mapping[str, str]) -> str:
    """Where a path is staged that is a fresh folder or in one; '' for any other."""
    for folder, staged in fresh.items():
        if path == folder or path.startswith(f"{folder}/"):
            return staged + path[len(folder) :]
    return ""


def _write(path: str, content: bytes) -> None:
    descriptor = os.open(path, _FRESH, 0o666)
    try:
        done = os.write(descriptor, content)
        while done < len(content):
            done += os.write(descriptor, memoryview(content)[done:])
    finally:
        os.close(descriptor)


def _flush(path: str) -> None:
    """Bring a file to the disk."""
    descriptor = os.open(path, os.O_RDWR | files.NO_FOLLOW)
    try:
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


def _missing_folders(root: str, folders: Iterable[str], made: Collection[str]) -> list[str]:
    """The folders to make before anything can stand in `folders`, outer ones first, without those already `made`."""
    missing: set[str] = set()
    for folder in folders:
        while folder and not (folder in missing or folder in made or os.path.isdir(f"{root}/{folder}")):
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
