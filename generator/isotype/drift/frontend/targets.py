"""Which types of which files: `FILE.ts`, `FILE.ts:Name`, `FILE.ts:Name=Generated`."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Mapping, Sequence

from isotype.domain.values import frozen
from isotype.findings import Finding, IsotypeError

_FORM = re.compile(
    r"(?P<file>.+?\.[cm]?tsx?)(?::(?P<name>[\w$]+)(?:\s*=\s*(?P<generated>[\w$]+))?)?", re.ASCII | re.DOTALL
)
_WRITE = "write FILE.ts, FILE.ts:Name, or FILE.ts:Name=Generated where the schema has another name for it"


@frozen
class TypesFile:
    """A file of the frontend: what reports call it, where it is, the types to compare by the generated ones they should
    be, and whether every other one whose name is that of a generated one is compared too.

    `alone` when the file itself is named, so that there must be something in it to compare.
    """

    name: str
    path: str
    named: Mapping[str, str]
    whole: bool
    alone: bool = True


def files(written: Sequence[str], folder: str, root: str) -> tuple[TypesFile, ...]:
    """The files that are named, each once; relative ones are in `folder`, and `*` stands for any letters of a name.

    Raises `IsotypeError` with all that is wrong.
    """
    wrong: list[Finding] = []
    named: dict[str, dict[str, str]] = {}
    whole: set[str] = set()
    alone: set[str] = set()
    for one in written:
        found = _FORM.fullmatch(one.strip())
        if found is None:
            wrong.append(Finding("invalid-types", f"{one!r} names no file of TypeScript", suggestion=_WRITE))
            continue
        paths = _paths(found["file"], folder)
        if not paths:
            pattern = "*" in found["file"]
            fact = f"no file matches {found['file']!r}" if pattern else f"there is no file {found['file']!r}"
            wrong.append(
                Finding("unreadable-types", fact, suggestion=f"correct the {'pattern' if pattern else 'path'}")
            )
        alone.update(paths if "*" not in found["file"] else ())
        for path in paths:
            types = named.setdefault(path, {})
            if found["name"]:
                types[found["name"]] = found["generated"] or found["name"]
            else:
                whole.add(path)
    if wrong:
        raise IsotypeError(*wrong)
    return tuple(
        TypesFile(_shown(path, root), path, types, path in whole, path in alone) for path, types in named.items()
    )


def _paths(written: str, folder: str) -> list[str]:
    path = os.path.join(folder, written)  # noqa: PTH118
    if "*" not in written:
        return [_real(path)] if os.path.isfile(path) else []  # noqa: PTH113
    found = map(_real, sorted(glob.glob(path, recursive=True)))  # noqa: PTH207
    return [one for one in found if os.path.isfile(one) and "/node_modules/" not in one]  # noqa: PTH113


def _real(path: str) -> str:
    return os.path.realpath(path).replace(os.sep, "/")


def _shown(path: str, root: str) -> str:
    """The path from the project's root, where it is below it."""
    above = os.path.realpath(root).replace(os.sep, "/") + "/"
    return path.removeprefix(above)
