"""Values beside each other: what was meant, and what an engine gave back."""

from __future__ import annotations

from typing import Any


def adds(meant: Any, found: Any) -> bool:
    """Whether something stands in what was read back, as null, that nobody gave."""
    match meant, found:
        case dict(), dict():
            return any(name not in meant or adds(meant[name], part) for name, part in found.items())
        case list(), list():
            return any(map(adds, meant, found))
    return False


def keeps(made: Any, found: Any) -> bool:
    """Whether what was read back has a property that is dropped where it is read again."""
    match made, found:
        case dict(), dict():
            return any(name not in made or keeps(made[name], part) for name, part in found.items())
        case list(), list():
            return any(map(keeps, made, found))
    return False


def agree(meant: Any, found: Any) -> bool:
    """Whether a value that was read back is the one that was meant; what nobody gave may be there as null."""
    match meant:
        case dict():
            if not isinstance(found, dict):
                return False
            return all(agree(part, found.get(name)) for name, part in meant.items()) and all(
                part is None for name, part in found.items() if name not in meant
            )
        case list():
            return isinstance(found, list) and len(found) == len(meant) and all(map(agree, meant, found))
        case bool() | None:
            return found is meant
        case int() | float():
            return not isinstance(found, bool) and isinstance(found, int | float) and found == meant
    return bool(meant == found)
