"""Names that the server makes up for constraints and indexes nobody named."""

from __future__ import annotations

import re

_SUFFIXES = {
    "primary key": ("pkey",),
    "unique": ("key",),
    "foreign key": ("fkey",),
    "check": ("check",),
    "exclusion": ("excl",),
    "index": ("idx",),
}
_LONGEST = 63


def is_made_up(kind: str, table: str, name: str, content: str) -> bool:
    """True when the server itself would have named a constraint or index of this content so."""
    return any(
        re.fullmatch(rf"(?P<head>.+)_{suffix}(?P<number>\d*)", name) is not None
        and _heads(table, name[: name.rindex(f"_{suffix}")], content, suffix)
        for suffix in _SUFFIXES[kind]
    )


def _heads(table: str, head: str, content: str, suffix: str) -> bool:
    """True when the head is the table's name, perhaps cut, and column names or `expr` that the content mentions."""
    if head == table:
        return True
    if head.startswith(f"{table}_"):
        return _joined(head.removeprefix(f"{table}_"), content)
    # The server cuts the longer of the two, table and columns, until the whole fits.
    whole = len(head.encode()) + len(suffix) + 1
    start, _, rest = head.partition("_")
    return whole >= _LONGEST - 3 and table.startswith(start) and bool(rest)


def _joined(columns: str, content: str) -> bool:
    """True when the text is names of the content joined by underscores; an expression's is `expr`."""
    words = {word.replace('""', '"').strip('"') for word in re.findall(r'"(?:[^"]|"")+"|\w+', content)} | {"expr"}
    reached = {0}
    for position in range(len(columns)):
        if position in reached:
            for word in words:
                if columns.startswith(word, position):
                    end = position + len(word)
                    if end == len(columns):
                        return True
                    if columns[end] == "_":
                        reached.add(end + 1)
                    elif columns[end:].isdigit():
                        return True
    return False
