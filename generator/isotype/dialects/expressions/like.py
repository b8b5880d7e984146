"""LIKE patterns in the words of the targets that have no case-sensitive LIKE of the same meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator

_GLOB = {"%": "*", "_": "?"}
_SPECIAL = frozenset("\\^$.|?*+()[]{}/")


def glob(pattern: str) -> str:
    """The same texts for SQLite's GLOB."""
    return _translated(pattern, _GLOB, lambda character: f"[{character}]" if character in "*?[" else character)


def regex(pattern: str, start: str, end: str) -> str:
    """The same texts as a regular expression; `start` and `end` are the anchors of the target."""
    wild = {"%": "[\\s\\S]*", "_": "[\\s\\S]"}
    return start + _translated(pattern, wild, _escaped) + end


def _escaped(character: str) -> str:
    return "\\" + character if character in _SPECIAL else character


def _translated(pattern: str, wild: dict[str, str], literal: Callable[[str], str]) -> str:
    return "".join(wild[sign] if is_wild else literal(sign) for sign, is_wild in _signs(pattern))


def _signs(pattern: str) -> Iterator[tuple[str, bool]]:
    """Each character meant, and whether it stands for others; `%%` finds what `%` finds."""
    signs = iter(pattern)
    after_any = False
    for sign in signs:
        if sign == "\\":
            yield next(signs, "\\"), False
        elif sign != "%" or not after_any:
            yield sign, sign in _GLOB
        after_any = sign == "%"
