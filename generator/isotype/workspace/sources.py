"""Schema files as `{name: text}`, from disk or from a git revision."""

# Importing pathlib costs as much as starting Python does.
# ruff: noqa: PTH113, PTH202

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from isotype.domain.places import Place
from isotype.findings import Finding
from isotype.workspace import files

SIZE_LIMIT = 8 * 1024 * 1024
TOTAL_LIMIT = 8 * SIZE_LIMIT


class Sources(NamedTuple):
    """The files of one schema by their name under the project root, sorted; whatever could not be read is a finding."""

    texts: dict[str, str]
    findings: tuple[Finding, ...]


def read(root: str, schema: str) -> Sources:
    """The schema file, or every YAML file of the schema folder, as it is on disk."""
    names = [schema if not name else f"{schema}/{name}" for name in files.schema_files(f"{root}/{schema}")]
    return _decoded(schema, ((name, _content(root, name)) for name in names))


def read_revision(root: str, schema: str, revision: str) -> Sources:
    """The same as it was in a git revision of the repository the project is in."""
    try:
        commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except FileNotFoundError:
        return _failed("git-missing", "git is not installed, so no earlier revision can be read", "install git")
    if commit is None:
        return _failed(
            "unknown-revision", f"{root!r} knows no git revision {revision!r}", "name a commit, a tag or a branch"
        )
    listing = _git(root, "ls-tree", "-r", "-z", "-l", commit.decode().strip(), "--", schema) or b""
    blobs: list[tuple[str, bytes | Finding]] = []
    for entry in listing.decode("utf-8", "surrogateescape").split("\0"):
        facts, _, name = entry.partition("\t")
        hidden = any(part.startswith(".") for part in name.removeprefix(schema).split("/"))
        if not name or hidden or (name != schema and not name.endswith((".yaml", ".yml"))):
            continue
        mode, _, blob, size = facts.split()
        if mode == "120000":
            blobs.append((name, Finding("not-a-file", f"{name!r} is a symbolic link", suggestion="commit the file")))
        elif int(size) > SIZE_LIMIT:
            blobs.append((name, _too_large(name, int(size))))
        else:
            blobs.append((name, _git(root, "cat-file", "blob", blob) or b""))
    return _decoded(schema, sorted(blobs, key=lambda blob: blob[0]), f" in {revision!r}")


def _decoded(schema: str, contents: Iterable[tuple[str, bytes | Finding]], where: str = "") -> Sources:
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    total = 0
    for name, content in contents:
        if isinstance(content, Finding):
            findings.append(content)
            continue
        total += len(content)
        try:
            texts[name] = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = content[: error.start]
            line = before.count(b"\n") + 1
            column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
            findings.append(
                Finding(
                    "not-utf-8",
                    f"byte 0x{content[error.start]:02x} is not UTF-8",
                    Place(name, line, column),
                    "save the file as UTF-8",
                )
            )
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


def _content(root: str, name: str) -> bytes | Finding:
    path = f"{root}/{name}"
    try:
        if not os.path.isfile(path):
            return Finding("not-a-file", f"{name!r} is not a regular file", suggestion="put the schema into one")
        size = os.path.getsize(path)
        if size > SIZE_LIMIT:
            return _too_large(name, size)
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read()
    except OSError as error:
        return Finding("unreadable-file", f"{name!r} cannot be read: {error.strerror}", suggestion="correct its rights")


def _too_large(name: str, size: int, limit: int = SIZE_LIMIT) -> Finding:
    return Finding(
        "schema-too-large",
        f"{name!r} has {size:,} bytes, more than the {limit:,} that are read",
        suggestion="split it into a folder of files" if limit == SIZE_LIMIT else "split it into several domains",
    )


def _failed(code: str, message: str, suggestion: str) -> Sources:
    return Sources({}, (Finding(code, message, suggestion=suggestion),))


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
