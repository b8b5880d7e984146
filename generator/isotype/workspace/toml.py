"""TOML in, dictionaries out.

Importing `tomllib` costs more than a whole in-sync check, so the plainest TOML, which is what configurations are
written in, is read here; anything else is left to `tomllib`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_CONTROL = frozenset(chr(code) for code in (*range(9), *range(11, 32), 127))


def read(text: str) -> dict[str, Any]:
    """The document as dictionaries; raises `tomllib.TOMLDecodeError`."""
    table = plain(text)
    if table is not None:
        return table
    import tomllib

    return tomllib.loads(text)


def plain(text: str) -> dict[str, Any] | None:
    """The document, when it holds nothing but `[tables]`, comment lines, and bare keys whose value is a string
    without escapes, a boolean, or a one-line list of such strings; otherwise None."""
    text = text.replace("\r\n", "\n")
    if not _CONTROL.isdisjoint(text):
        return None
    root: dict[str, Any] = {}
    table = root
    headers: set[str] = set()
    for raw in text.split("\n"):
        line = raw.strip(" \t")
        if not line or line[0] == "#":
            continue
        if line[0] == "[":
            found = _table(root, line, headers)
            if found is None:
                return None
            table = found
            continue
        key, _, written = line.partition("=")
        key = key.rstrip(" \t")
        value = _value(written.strip(" \t"))
        if value is None or not _is_bare(key) or key in table:
            return None
        table[key] = value
    return root


def _table(root: dict[str, Any], line: str, headers: set[str]) -> dict[str, Any] | None:
    """The table a header line opens, or None when the line is more than a first, plain header."""
    if line[-1] != "]" or line in headers:
        return None
    headers.add(line)
    table = root
    for name in line[1:-1].split("."):
        if not _is_bare(name):
            return None
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            return None
    return table


def _value(written: str) -> str | bool | list[str] | None:
    if written in ("true", "false"):
        return written == "true"
    if written[:1] == "[" and written[-1:] == "]":
        inner = written[1:-1].strip(" \t")
        items = [_string(item.strip(" \t")) for item in inner.split(",")] if inner else []
        strings = [item for item in items if item is not None]
        return strings if len(strings) == len(items) else None
    return _string(written)


def _string(written: str) -> str | None:
    inner = written[1:-1]
    if len(written) < 2 or written[0] != '"' or written[-1] != '"' or '"' in inner or "\\" in inner:
        return None
    return inner


def _is_bare(key: str) -> bool:
    return bool(key) and _BARE.issuperset(key)
