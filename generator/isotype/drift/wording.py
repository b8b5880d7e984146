"""Objects and differences in words."""

from __future__ import annotations

from collections.abc import Mapping

from isotype.catalog.differences import DIFFERENT, EXTRA, MISSING, UNMANAGED, Difference
from isotype.catalog.facts import Facts, Path, Value
from isotype.drift.targets import SQLITE

_WITHIN_TABLE = ("column", "constraint", "trigger", "policy", "rule", "column sequence", "row")

_RELATIONS = ("table", "view", "materialized view", "foreign table", "virtual table")

_SUMMARY = {
    "enum type": ("labels",),
    "extension": ("schema",),
    "domain": ("type",),
    "composite type": ("columns",),
    "row": ("values",),
}
"""What says most about an object, where that is not its definition."""


def named(kind: str, path: Path) -> str:
    """`column public.orders.status`: how reports and the configuration name an object."""
    return f"{kind} {'.'.join(path)}"


def fact_path(difference: Difference) -> str:
    """`table.public.orders.column.status.default`: the path of a fact."""
    kind, path = difference.kind, difference.path
    parts = [kind.replace(" ", "_"), *path]
    if kind in _WITHIN_TABLE and len(path) > 2:
        parts = ["table", *path[:2], kind.replace(" ", "_"), *path[2:]]
    return ".".join((*parts, *([difference.attribute] if difference.attribute else [])))


def holder(difference: Difference, *sides: Facts) -> str:
    """The object that an object is part of, as reports name it; '' for one that stands by itself."""
    kind, path = difference.kind, difference.path
    relation: Path = path[:2] if kind in _WITHIN_TABLE or kind == "hypertable" else ()
    if kind == "index":
        at = next((facts for facts in sides if path in facts.of(kind)), None)
        if at is not None:
            known = dict(zip(_attributes(at.server.engine)[kind], at.of(kind)[path], strict=True))
            relation = (path[0], str(known["table"]))
    if not relation:
        return ""
    kinds = (candidate for facts in sides for candidate in _RELATIONS if relation in facts.of(candidate))
    return named(next(kinds, "table"), relation)


def sentence(difference: Difference) -> str:
    """The fact, without a full stop."""
    name = named(difference.kind, difference.path)
    if difference.way == MISSING:
        return f"{name} is missing"
    if difference.way == EXTRA:
        return f"{name} is there, and its table does not declare it"
    if difference.way == UNMANAGED:
        return f"{name} is there, and nothing declares it"
    assert difference.way == DIFFERENT
    if difference.attribute == "name" and difference.kind != "row":
        return f"{name} has another name"
    return f"{name} differs in {difference.attribute.replace('_', ' ')}"


def values(difference: Difference, expected: Facts, actual: Facts) -> tuple[str, str]:
    """What was expected and what is there, as the server prints it; '' where there is nothing."""
    if difference.way == DIFFERENT:
        return shown(difference.expected), shown(difference.actual)
    if difference.way == MISSING:
        return _summary(difference, expected), ""
    return "", _summary(difference, actual)


def shown(value: Value) -> str:
    """A value of a fact for a reader."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _summary(difference: Difference, facts: Facts) -> str:
    """What an object is, in short."""
    kind = difference.kind
    attributes = facts.of(kind).get(difference.path)
    if attributes is None:
        return ""
    known = dict(zip(_attributes(facts.server.engine)[kind], attributes, strict=True))
    if kind == "column":
        return _column(known)
    if kind == "table":
        names = (path[-1] for path in facts.of("column") if path[:-1] == difference.path)
        return f"columns {', '.join(names)}"
    said = next((names for names in (_SUMMARY.get(kind, ()), ("definition",)) if known.keys() >= set(names)), ())
    return ", ".join(str(known[name]) for name in said or known if known[name] not in (None, "", False))


def _attributes(engine: str) -> Mapping[str, tuple[str, ...]]:
    if engine == SQLITE:
        from isotype.catalog.sqlite import reading

        return reading.ATTRIBUTES
    from isotype.catalog.postgres import queries

    return queries.ATTRIBUTES


def _column(known: dict[str, Value]) -> str:
    parts = [str(known.get("type"))]
    if known.get("collation"):
        parts.append(f"COLLATE {known['collation']}")
    if known.get("not_null") in (True, "yes"):
        parts.append("NOT NULL")
    if known.get("default") is not None:
        parts.append(f"DEFAULT {known['default']}")
    if known.get("expression") is not None:
        parts.append(f"GENERATED ALWAYS AS ({known['expression']})")
    if known.get("identity") is not None:
        parts.append(f"GENERATED {str(known['identity']).upper()} AS IDENTITY")
    return " ".join(parts)


def first_line(text: str, longest: int = 80) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
