"""Writing many files so that a killed run leaves complete files only.

```
journal says "staging"    every new file is written beside its target
journal says "committing" staged files are renamed over their targets, obsolete files are removed
no journal                done
```

A run that died while staging is undone; one that died while committing is finished: `recover` does either.
"""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from isotype.domain.places import Place
from isotype.findings import Finding, IsotypeError
from isotype.workspace import files, manifest
from isotype.workspace.configuration import contained
from isotype.workspace.lock import state_folder

_FSYNC_LIMIT = 64
_STAGED = re.compile(r"(?:.*/)?\.isotype-\d{6,}\.staged", re.DOTALL)


class Change(NamedTuple):
    """A file that should hold `content`, or should not be there when that is None; `path` is under the project root."""

    path: str
    content: bytes | None


def interrupted(root: str) -> bool:
    """Whether a run died here and has not been recovered from."""
    return os.path.lexists(_journal(root))


def apply(root: str, changes: Sequence[Change], progress: Callable[[int, int], None] | None = None) -> None:
    """Make every change, or none; the caller holds the lock. Changes are made in the order given.

    `progress` is told how many of how many files are staged. Raises `IsotypeError` when the disk refuses.
    """
    if not changes:
        return
    outside = _outside(root, [change.path for change in changes])
    if outside:
        raise IsotypeError(*(_leads_outside(path) for path in outside))
    replacements = [
        (_staged(change.path, number), change.path, change.content)
        for number, change in enumerate(changes)
        if change.content is not None
    ]
    removals = [change.path for change in changes if change.content is None]
    journal: dict[str, Any] = {
        "version": 1,
        "state": "staging",
        "replace": [[staged, path, manifest.digest(content)] for staged, path, content in replacements],
        "remove": removals,
        "folders": _missing_folders(root, {path.rpartition("/")[0] for _, path, _ in replacements}),
    }
    state_folder(root)
    try:
        _write_journal(root, journal)
        for folder in _texts(journal, "folders"):
            Path(root, folder).mkdir(exist_ok=True)
        for number, (staged, _, content) in enumerate(replacements, 1):
            Path(root, staged).write_bytes(content)
            if progress is not None:
                progress(number, len(replacements))
        _flush([Path(root, staged) for staged, _, _ in replacements])
    except BaseException as error:
        _undo(root, journal)
        if isinstance(error, OSError):
            raise IsotypeError(_refused(error)) from error
        raise
    with _uninterrupted():
        try:
            _write_journal(root, journal | {"state": "committing"})
            _commit(root, journal, believed=True)
        except OSError as error:
            raise IsotypeError(_refused(error)) from error


def recover(root: str) -> bool:
    """Finish, or undo, what a killed run began; says whether there was anything; the caller holds the lock."""
    if not interrupted(root):
        return False
    journal = _read_journal(root)
    try:
        with _uninterrupted():
            if journal is None:
                _journal(root).unlink()
            elif journal["state"] == "committing":
                _commit(root, journal, believed=False)
            else:
                _undo(root, journal)
    except OSError as error:
        raise IsotypeError(_refused(error)) from error
    return True


def _commit(root: str, journal: dict[str, Any], *, believed: bool) -> None:
    """Rename what is staged, remove what is obsolete, forget the journal; each step may already have been made."""
    for staged, path, digest in _replacements(journal):
        source = Path(root, staged)
        # Damaged by a failing machine: the caller renders anew, and sees that the target is not as it should be.
        if believed or (source.is_file() and manifest.digest(source.read_bytes()) == digest):
            source.replace(Path(root, path))
        else:
            source.unlink(missing_ok=True)
    for path in _texts(journal, "remove"):
        target = Path(root, path)
        if files.is_ours(str(target)):
            target.unlink()
        _prune(root, target.parent)
    _journal(root).unlink()


def _undo(root: str, journal: dict[str, Any]) -> None:
    for staged, _, _ in _replacements(journal):
        with suppress(OSError):
            Path(root, staged).unlink()
    for folder in reversed(_texts(journal, "folders")):
        with suppress(OSError):
            Path(root, folder).rmdir()
    with suppress(FileNotFoundError):
        _journal(root).unlink()


def _journal(root: str) -> Path:
    return Path(root, files.STATE, "journal")


def _write_journal(root: str, journal: dict[str, Any]) -> None:
    body = json.dumps(journal)
    path = _journal(root)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"body": body, "digest": manifest.digest(body.encode())}), encoding="utf-8")
    _flush([draft])
    draft.replace(path)


def _read_journal(root: str) -> dict[str, Any] | None:
    """The journal, or None when it is not one that this module wrote."""
    try:
        outer = json.loads(_journal(root).read_bytes())
        body = outer["body"]
        if manifest.digest(body.encode()) != outer["digest"]:
            return None
        journal = json.loads(body)
        staged = [staged for staged, _, _ in _replacements(journal)]
        paths = [*staged, *(path for _, path, _ in _replacements(journal)), *_texts(journal, "remove", "folders")]
        known = journal["version"] == 1 and all(_STAGED.fullmatch(path) for path in staged)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return journal if known and not _outside(root, paths) else None


def _replacements(journal: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(str(staged), str(path), str(digest)) for staged, path, digest in journal["replace"]]


def _texts(journal: dict[str, Any], *keys: str) -> list[str]:
    return [str(path) for key in keys for path in journal[key]]


def _staged(path: str, number: int) -> str:
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}.isotype-{number:06}.staged"


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
        while folder and folder not in missing and not Path(root, folder).is_dir():
            missing.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(missing)


def _prune(root: str, folder: Path) -> None:
    """Remove folders that became empty, from the innermost outwards."""
    top = Path(root)
    while folder != top and folder.is_relative_to(top):
        caches = folder / "__pycache__"
        if caches.is_dir():
            _remove_caches(folder, caches)
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _remove_caches(folder: Path, caches: Path) -> None:
    """Remove a folder's compiled Python when nothing else is left in it."""
    if [entry.name for entry in folder.iterdir()] == [caches.name]:
        for entry in caches.iterdir():
            if entry.suffix == ".pyc":
                entry.unlink()
        with suppress(OSError):
            caches.rmdir()


def _flush(paths: list[Path]) -> None:
    """Bring a few files to the disk; of many, only a machine that fails in the very same second could lose any, and
    the digests in the journal tell."""
    for path in paths if len(paths) <= _FSYNC_LIMIT else ():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let an interrupt from the keyboard wait until the block is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending = False

    def remember(number: int, frame: object) -> None:
        nonlocal pending
        pending = True

    before = signal.signal(signal.SIGINT, remember)
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


def _refused(error: OSError) -> Finding:
    where = f" {str(error.filename)!r}" if error.filename else ""
    return Finding(
        "write-failed",
        f"the disk refuses to write{where}: {error.strerror or error}",
        suggestion="make the folder writable, or make room, then run `isotype generate` again",
    )
