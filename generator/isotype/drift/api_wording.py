"""Objects of an API, and what differs in them, in words."""

from __future__ import annotations

from collections.abc import Sequence

from isotype.findings import ERROR, WARNING
from isotype.service.differences import (
    DIFFERENT,
    ENUM,
    EXTRA,
    MISSING,
    OPERATION,
    PROPERTY,
    REFUSED,
    SHAPE,
    TAKEN,
    UNKNOWN,
    UNMANAGED,
    UNUSED,
    Difference,
    Path,
)

_HARM = {
    REFUSED: "callers who keep to the contract are refused",
    TAKEN: "the service takes what the contract refuses",
    UNKNOWN: "callers receive what the contract rules out",
    UNUSED: "the service answers less than the contract allows, which harms no caller",
}

_SUGGESTIONS = {
    EXTRA: "declare it, or take it out of the service",
    UNMANAGED: "declare it, or ignore it with a reason in the configuration",
}

_SHOWN = 3


def named(kind: str, path: Path) -> str:
    """`property PostCreate.title`, `parameter GET /posts query limit`: how reports and the configuration name it."""
    return f"{kind} {('.' if kind in (SHAPE, PROPERTY, ENUM) else ' ').join(path)}"


def holder(kind: str, path: Path) -> str:
    """The object that an object is part of, as reports name it: its operation or its shape."""
    if kind in (SHAPE, ENUM, OPERATION):
        return named(kind, path)
    return named(SHAPE if kind == PROPERTY else OPERATION, path[:1])


def fact_path(difference: Difference) -> str:
    """`shape.PostCreate.property.title.maxLength`: the path of a fact."""
    kind, path = difference.kind, difference.path
    parts = [kind.replace(" ", "_"), *path]
    if holder(kind, path) != named(kind, path):
        parts = [SHAPE if kind == PROPERTY else OPERATION, path[0], kind.replace(" ", "_"), *path[1:]]
    return ".".join((*parts, *([difference.attribute] if difference.attribute else [])))


def sentence(difference: Difference, uses: Sequence[str]) -> str:
    """The fact and whom it harms, without a full stop; `uses` are the operations in which it could show."""
    facts = [_fact(difference), *(_HARM[effect] for effect in difference.effects)]
    where = ""
    if difference.kind in (SHAPE, PROPERTY, ENUM) and len(difference.operations) < len(uses):
        shown = ", ".join(difference.operations[:_SHOWN])
        where = f", in {shown}{', …' if len(difference.operations) > _SHOWN else ''}"
    return f"{facts[0]}{where}{''.join(f'; {harm}' for harm in facts[1:])}"


def _fact(difference: Difference) -> str:
    name = named(difference.kind, difference.path)
    if difference.way == MISSING:
        return f"{name} is missing"
    if difference.way == EXTRA:
        return f"{name} is there, and the contract does not declare it"
    if difference.way == UNMANAGED:
        return f"{name} is there, and nothing declares it"
    assert difference.way == DIFFERENT
    return f"{name} differs in {difference.attribute}"


def suggestion(difference: Difference) -> str:
    """The way out, for what nobody declares."""
    return _SUGGESTIONS.get(difference.way, "")


def severity(difference: Difference) -> str:
    """What harms nobody is a warning."""
    return ERROR if any(effect.harms for effect in difference.effects) else WARNING
