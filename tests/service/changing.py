"""Documents that are otherwise in one place, and share the rest."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]
Where = tuple[str | int, ...]

GONE: Any = object()
"""In place of a value: there is none."""


def at(document: Any, where: Where) -> Any:
    """What stands at a place."""
    for step in where:
        document = document[step]
    return document


def changed(document: Any, where: Where, value: Any) -> Any:
    """The document with another value in one place."""
    if not where:
        return value
    step, *rest = where
    if isinstance(document, list):
        assert isinstance(step, int)
        if value is GONE and not rest:
            return [part for number, part in enumerate(document) if number != step]
        return [changed(part, tuple(rest), value) if number == step else part for number, part in enumerate(document)]
    if value is GONE and not rest:
        return {key: part for key, part in document.items() if key != step}
    inner = changed(document.get(step, {}), tuple(rest), value) if rest else value
    return {**document, step: inner}


def renamed(document: Any, where: Where, name: str) -> Any:
    """The document with another key in one place, which stays in its order."""
    holder = at(document, where[:-1])
    return changed(document, where[:-1], {name if key == where[-1] else key: part for key, part in holder.items()})
