"""The members of a JSON object, each as the text that it is."""

from __future__ import annotations

from json import JSONDecodeError, JSONDecoder


def members(text: str) -> dict[str, str] | None:
    """The JSON text of each member of an object; None for what is no object, or repeats a key."""
    if not text.lstrip(" \t\n\r").startswith("{"):
        return None
    try:
        pairs = _DECODER.decode(text)
        found: dict[str, str] = {}
        at = text.index("{") + 1
        for _ in range(len(pairs)):
            name, at = _STRINGS.raw_decode(text, _next(text, at))
            start = _next(text, at)
            _, at = _STRINGS.raw_decode(text, start)
            found[name] = text[start:at]
    except (JSONDecodeError, ValueError, TypeError, RecursionError):
        return None
    return found if len(found) == len(pairs) else None


def _next(text: str, at: int) -> int:
    while text[at] in " \t\n\r,:":
        at += 1
    return at


_DECODER = JSONDecoder(object_pairs_hook=list)
_STRINGS = JSONDecoder()
