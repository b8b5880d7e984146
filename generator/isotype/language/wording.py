"""Words in messages and words made for the schema's author: quotes, close matches, plurals, enum members."""

from __future__ import annotations

import re
from collections.abc import Iterable

from isotype.domain.lazy import regular
from isotype.domain.names import snake

_UNPRINTABLE = regular(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_SIBILANT = ("s", "x", "z", "ch", "sh")
_ALREADY_PLURAL = frozenset({"data", "media", "metadata", "news", "series", "species"})


def plural(word: str) -> str:
    """The English plural of a snake_case name's last word: `category` as `categories`, `index` as `indexes`."""
    stem, underscore, last = word.rpartition("_")
    return stem + underscore + _plural(last)


def _plural(word: str) -> str:
    if word in _ALREADY_PLURAL or (word.endswith("ics") and len(word) > 4):
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(_SIBILANT):
        return word + "es"
    return word + "s"


def member(value: str) -> str:
    """An enum value as the name of a constant: `3d-printed` as `VALUE_3D_PRINTED`; '' when nothing is left of it."""
    shouted = snake(value).upper()
    if not shouted.isascii():
        import unicodedata

        shouted = unicodedata.normalize("NFKD", shouted).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Z0-9]+", "_", shouted).strip("_")
    return f"VALUE_{name}" if name[:1].isdigit() else name


def with_article(noun: str) -> str:
    """`an entity`, `a view`."""
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def quoted(name: str) -> str:
    """A name inside a message: in double quotes, cut when long, with nothing in it that moves a cursor."""
    if len(name) > 80:
        name = name[:77] + "..."
    return '"' + _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", name) + '"'


def closest(name: str, options: Iterable[str], alike: float = 0.6) -> str | None:
    """The option a person most likely meant, or None; how much alike they must be is between 0 and 1."""
    if len(name) > 100:
        return None
    from difflib import get_close_matches

    names = list(dict.fromkeys(options))
    by_lower = {option.lower(): option for option in names}
    if name.lower() in by_lower:
        return by_lower[name.lower()]
    matches = get_close_matches(name, names, n=1, cutoff=alike)
    return matches[0] if matches else None


def did_you_mean(name: str, options: Iterable[str]) -> str:
    """`did you mean "Customer"?`, or '' when no option is close."""
    match = closest(name, options)
    return f"did you mean {quoted(match)}?" if match else ""
