"""Names in what the server prints, and names as it takes them.

The server qualifies every name that is not its own, and quotes a part only where it must.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from isotype.catalog.facts import Path
from isotype.dialects.literals.sql import sql_identifier
from isotype.domain.values import frozen

_PART = r'(?:"(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)'
_NAME = re.compile(rf"{_PART}(?:\.{_PART})*")
_PARTS = re.compile(_PART)


@frozen
class Mentions:
    """The names in a text: `qualified` ones of two parts, and every `word`."""

    qualified: frozenset[Path]
    words: frozenset[str]


@lru_cache(maxsize=4096)
def mentions(text: str) -> Mentions:
    """The names in a text, those in its strings too; more than there are, never fewer."""
    words: set[str] = set()
    qualified: set[Path] = set()
    for name in _NAME.findall(text):
        parts = tuple(map(_bare, _PARTS.findall(name)))
        words.update(parts)
        qualified.update(pairwise(parts))
    return Mentions(frozenset(qualified), frozenset(words))


def paths(text: object) -> tuple[Path, ...]:
    """The qualified names in a list of them, such as the parents of a table."""
    return tuple(tuple(map(_bare, _PARTS.findall(name))) for name in _NAME.findall(str(text or "")))


def qualified(path: Iterable[str]) -> str:
    """A path as SQL."""
    return ".".join(map(sql_identifier, path))


def _bare(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part
