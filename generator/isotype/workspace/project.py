"""Where the project is: its root, and the configuration that stands there."""
# Importing pathlib costs as much as starting Python does.
# ruff: noqa: PTH110, PTH112, PTH120, PTH123

from __future__ import annotations

import os

from isotype.workspace import toml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CONFIGURATION = "isotype.toml"
PYPROJECT = "pyproject.toml"


class Project:
    """A project root and its configuration as written. Never changed once made.

    `file` is the configuration's name under the root ('' when there is none), `text` what it says, `table` its part
    which is Isotype's.
    """

    __slots__ = ("file", "root", "table", "text")

    def __init__(self, root: str, file: str, text: str, table: dict[str, Any]) -> None:
        self.root = root
        self.file = file
        self.text = text
        self.table = table


class Unreadable(Exception):
    """A configuration that cannot be read: its path, then what the reader said."""


def find(start: str) -> Project | None:
    """The nearest project at or above a folder, or None.

    A project is a folder with `isotype.toml`, or with a `[tool.isotype]` in its `pyproject.toml`; failing both, the
    nearest folder with a `schema` folder in it. The search ends at the folder that holds the repository.
    Raises `Unreadable`.
    """
    folder = start
    plain = ""
    while True:
        text = _text(f"{folder}/{CONFIGURATION}")
        if text is not None:
            return Project(folder, CONFIGURATION, text, _parsed(f"{folder}/{CONFIGURATION}", text))
        text = _text(f"{folder}/{PYPROJECT}")
        if text is not None and "isotype" in text:
            table = _parsed(f"{folder}/{PYPROJECT}", text).get("tool")
            if isinstance(table, dict) and "isotype" in table:
                own = table["isotype"]
                return Project(folder, PYPROJECT, text, own if isinstance(own, dict) else {"tool.isotype": own})
        if not plain and os.path.isdir(f"{folder}/schema"):
            plain = folder
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(f"{folder}/.git"):
            return Project(plain, "", "", {}) if plain else None
        folder = above


def _text(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise Unreadable(path, str(error)) from error


def _parsed(path: str, text: str) -> dict[str, Any]:
    try:
        return toml.read(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(path, str(error)) from error
