"""Schema files as `{name: text}`, and the files that these use, from disk or from a git revision."""

# Importing pathlib costs as much as starting Python does.
# ruff: noqa: PTH113, PTH202

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from isotype.domain.lazy import NamedTuple
from isotype.domain.places import Place
from isotype.findings import Finding
from isotype.workspace import files
from isotype.workspace.configuration import contained

SIZE_LIMIT = 8 * 1024 * 1024
TOTAL_LIMIT = 8 * SIZE_LIMIT


class Sources(NamedTuple):
    """The files of one schema by their name under the project root, sorted; whatever could not be read is a finding."""

    texts: dict[str, str]
    findings: tuple[Finding, ...]


Reader = Callable[[str], str | Finding | None]
"""Gives the text of a file by its name under the project root: None when there is none, why it cannot be read."""


def read(root: str, schema: str) -> Sources:
    """The schema file, or every YAML file of the schema folder, as it is on disk."""
    names = [schema if not name else f"{schema}/{name}" for name in files.schema_files(f"{root}/{schema}")]
    return _decoded(schema, ((name, _content(root, name)) for name in names))


def reader(root: str) -> Reader:
    """What reads the files that a schema uses, as they are on disk, wherever they are in the project."""

    def read_used(name: str) -> str | Finding | None:
        if not contained(root, name):
            return Finding(
                "path-outside-project",
                f"{name!r} leads outside the project, through a symbolic link",
                suggestion="use a file that is really below the project root",
            )
        return _text(name, _content(root, name)) if os.path.lexists(f"{root}/{name}") else None

    return read_used


def read_revision(root: str, schema: str, revision: str) -> Sources:
    """The same as it was in a git revision of the repository the project is in."""
    commit = _commit(root, revision)
    if isinstance(commit, Finding):
        return Sources({}, (commit,))
    blobs = [
        (name, content)
        for name, content in _blobs(root, commit, schema)
        if not any(part.startswith(".") for part in name.removeprefix(schema).split("/"))
        and (name == schema or name.endswith((".yaml", ".yml")))
    ]
    return _decoded(schema, ((name, content()) for name, content in sorted(blobs)), f" in {revision!r}")


def revision_reader(root: str, revision: str) -> Reader:
    """What reads the files that a schema uses, as they were in a git revision."""
    commit = _commit(root, revision)

    def read_used(name: str) -> str | Finding | None:
        if isinstance(commit, Finding):
            return commit
        found = dict(_blobs(root, commit, name))
        return _text(name, found[name]()) if name in found else None

    return read_used


def _commit(root: str, revision: str) -> str | Finding:
    try:
        commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except FileNotFoundError:
        message = "git is not installed, so no earlier revision can be read"
        return Finding("git-missing", message, suggestion="install git")
    if commit is None:
        message = f"{root!r} knows no git revision {revision!r}"
        return Finding("unknown-revision", message, suggestion="name a commit, a tag or a branch")
    return commit.decode().strip()


def _blobs(root: str, commit: str, path: str) -> Iterator[tuple[str, Callable[[], bytes | Finding]]]:
    """The files of a commit at or below a path: the name of each, and what gives its content."""
    listing = _git(root, "ls-tree", "-r", "-z", "-l", commit, "--", path) or b""
    for entry in listing.decode("utf-8", "surrogateescape").split("\0"):
        facts, _, name = entry.partition("\t")
        if name:
            mode, _, blob, size = facts.split()
            yield name, partial(_blob, root, name, mode, blob, size)


def _blob(root: str, name: str, mode: str, blob: str, size: str) -> bytes | Finding:
    if mode == "120000":
        return Finding("not-a-file", f"{name!r} is a symbolic link", suggestion="commit the file")
    if not size.isdigit():
        return Finding("not-a-file", f"{name!r} is a repository of its own", suggestion="commit the file")
    if int(size) > SIZE_LIMIT:
        return _too_large(name, int(size))
    return _git(root, "cat-file", "blob", blob) or b""


def _decoded(schema: str, contents: Iterable[tuple[str, bytes | Finding]], where: str = "") -> Sources:
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    total = 0
    for name, content in contents:
        total += 0 if isinstance(content, Finding) else len(content)
        text = _text(name, content)
        if isinstance(text, Finding):
            findings.append(text)
        else:
            texts[name] = text
    if total > TOTAL_LIMIT:
        findings.append(_too_large(schema, total, TOTAL_LIMIT))
    if not texts and not findings:
        findings.append(
            Finding(
                "schema-missing",
                f"there is no schema {schema!r}{where}",
                suggestion="write it there, or correct the path in the configuration",
            )
        )
    return Sources(texts, tuple(findings))


def _text(name: str, content: bytes | Finding) -> str | Finding:
    """The text of a file, or why it has none."""
    if isinstance(content, Finding):
        return content
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        fact = f"byte 0x{content[error.start]:02x} is not UTF-8"
        return Finding("not-utf-8", fact, Place(name, line, column), "save the file as UTF-8")


def _content(root: str, name: str) -> bytes | Finding:
    path = f"{root}/{name}"
    try:
        if not os.path.isfile(path):
            return _unusable("not-a-file", name, "is not a regular file", "put the schema into one")
        size = os.path.getsize(path)
        if size > SIZE_LIMIT:
            return _too_large(name, size)
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read()
    except OSError as error:
        return _unusable("unreadable-file", name, f"cannot be read: {error.strerror}", "correct its rights")


def _unusable(code: str, name: str, fact: str, suggestion: str) -> Finding:
    return Finding(code, f"{name!r} {fact}", Place(name, 1, 1), suggestion)


def _too_large(name: str, size: int, limit: int = SIZE_LIMIT) -> Finding:
    return Finding(
        "schema-too-large",
        f"{name!r} has {size:,} bytes, more than the {limit:,} that are read",
        suggestion="split it into a folder of files" if limit == SIZE_LIMIT else "split it into several domains",
    )


def _git(root: str, *arguments: str) -> bytes | None:
    import subprocess

    run = subprocess.run(
        ["git", "--no-optional-locks", "-C", root, *arguments],
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return run.stdout if run.returncode == 0 else None


def watched(root: str, schema: str) -> Iterator[str]:
    """Every path whose change can change what `read` returns: the folder itself, folders in it, the files."""
    path = f"{root}/{schema}"
    yield path
    yield from (f"{path}/{name}" for name in files.schema_files(path) if name)
