"""LIKE patterns in the words of the targets that have no case-sensitive LIKE of the same meaning."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.domain.patterns import Characters, End, Node, Pattern, Repeat, Sequence, Start

_GLOB = {"%": "*", "_": "?"}
_ANY = Characters((), negated=True)


def glob(pattern: str) -> str:
    """The same texts for SQLite's GLOB."""
    return "".join(_GLOB[sign] if wild else _literal_glob(sign) for sign, wild in _signs(pattern))


def as_pattern(pattern: str) -> Pattern:
    """The same texts as a regular expression, from start to end."""
    return Pattern(pattern, Sequence((Start(), *(_node(sign, wild) for sign, wild in _signs(pattern)), End())))


def _literal_glob(sign: str) -> str:
    return f"[{sign}]" if sign in "*?[" else sign


def _node(sign: str, wild: bool) -> Node:
    if not wild:
        return Characters(((ord(sign), ord(sign)),))
    return _ANY if sign == "_" else Repeat(_ANY, 0, None)


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
