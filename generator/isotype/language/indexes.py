"""Indexes: keys written as text, expressions and raw SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from isotype.domain.expressions import Name
from isotype.domain.lazy import regular
from isotype.domain.model import Entity, Extension, Index, IndexPart, View
from isotype.domain.types import EnumType, Opaque, Type, value_type
from isotype.language.context import Outline
from isotype.language.fields import known_fields, waivers
from isotype.language.given import Given
from isotype.language.rules import Names, expression
from isotype.language.scope import Scope
from isotype.language.wording import quoted

_KEY = regular(
    r"(?P<field>[a-z][a-z0-9_]*)(?:\s+(?P<order>asc|desc))?(?:\s+nulls\s+(?P<nulls>first|last))?"
    r"(?:\s+(?P<class>(?!(?:asc|desc|nulls)\b)[a-z_][a-z0-9_]*))?"
    r"(?:\s+(?P<order_after>asc|desc))?(?:\s+nulls\s+(?P<nulls_after>first|last))?"
)
_ORDERED = ("btree",)


def read_indexes(
    scope: Scope, outline: Outline, given: Given | None, names: Names, unread: Iterable[str]
) -> tuple[Index, ...]:
    """The indexes of an entity or view."""
    if given is None:
        return ()
    made = []
    for name, index in given.words.items():
        if "on" in index:
            made.append(_index(scope, outline, name, given, index, names, unread))
    return tuple(made)


def _index(
    scope: Scope, outline: Outline, name: str, owner: Given, given: Given, names: Names, unread: Iterable[str]
) -> Index:
    method = given.get("using", "btree")
    parts: list[IndexPart] = []
    for number, key in enumerate(given.words["on"]):
        part = (
            _mapped_part(scope, key, names, unread)
            if isinstance(key, Given)
            else _text_part(scope, outline, given, number, key)
        )
        if part is None:
            continue
        if part.field and any(part.field == other.field for other in parts):
            message = f"index {name} names {quoted(part.field)} twice"
            scope.report_at("repeated-name", message, given.item_place("on", number), given.path, "remove one")
        if method not in _ORDERED and (part.order != "asc" or part.nulls):
            message = f"an index using {method} has no order"
            scope.report_at("bad-index", message, given.item_place("on", number), given.path, "leave out the order")
        parts.append(part)
    if given.get("unique") and method != "btree":
        scope.report("bad-index", f"an index using {method} cannot be unique", given, "unique", "use btree")
    where, where_sql, where_sqlite = given.get("where"), "", ""
    condition = None
    if isinstance(where, Given):
        where_sql, where_sqlite = where.text("sql"), where.text("sqlite")
    elif where is not None:
        condition = expression(scope, given, "where", names, unread=unread)
    included = known_fields(scope, given, "include", given.get("include") or (), outline, f"index {name}")
    return Index(
        name,
        tuple(parts),
        unique=given.get("unique", False),
        method=method,
        include=included,
        where=condition,
        where_sql=where_sql,
        where_sqlite=where_sqlite,
        description=given.text("description"),
        waivers=waivers(given),
        place=owner.key_place(name),
    )


def _text_part(scope: Scope, outline: Outline, given: Given, number: int, text: str) -> IndexPart | None:
    if text in outline.fields:
        return IndexPart(text)
    path = given.path_of("on")
    found = _KEY.fullmatch(text.strip())
    if found is None or (found["order"] and found["order_after"]) or (found["nulls"] and found["nulls_after"]):
        message = f"{quoted(text)} is no index key"
        suggestion = "write field [asc|desc] [nulls first|last] [operator class], or {expression: …} or {sql: …}"
        scope.report_at("bad-index", message, given.item_place("on", number), path, suggestion)
        return None
    name = found["field"]
    if not outline.knows(name):
        place, subject = given.item_place("on", number), f"index {given.path.rpartition('.')[2]}"
        scope.unknown("field", name, outline.names(), place, path, subject)
        return None
    return IndexPart(
        name,
        order=found["order"] or found["order_after"] or "asc",
        nulls=found["nulls"] or found["nulls_after"] or "",
        operator_class=found["class"] or "",
    )


def _mapped_part(scope: Scope, key: Given, names: Names, unread: Iterable[str]) -> IndexPart | None:
    if ("expression" in key) == ("sql" in key):
        if not key.broken:
            message = "an index key is either an expression or raw SQL"
            scope.report("bad-index", message, key, "", "write {expression: …} or {sql: …, sqlite: …}")
        return None
    order, nulls, operator_class = key.get("order", "asc"), key.get("nulls", ""), key.get("operator_class", "")
    if "sql" in key:
        return IndexPart(
            sql=key.text("sql"), sqlite=key.text("sqlite"), order=order, nulls=nulls, operator_class=operator_class
        )
    tree = expression(scope, key, "expression", names, unread=unread, computed=True, want="")
    if tree is None:
        return None
    if isinstance(tree, Name):
        return IndexPart(tree.name, order=order, nulls=nulls, operator_class=operator_class)
    return IndexPart(expression=tree, order=order, nulls=nulls, operator_class=operator_class)


# --- operator classes -------------------------------------------------------------------------------------------------

_TEXT = frozenset(("text", "enum"))
_NUMBERS = frozenset(("integer", "decimal", "float"))
_TIMES = frozenset(("timestamp", "local_timestamp", "date", "time", "duration"))
_INDEXED: dict[str, tuple[frozenset[str], str]] = {
    "gin": (frozenset(("array", "json")), "btree_gin"),
    "gist": (frozenset(), "btree_gist"),
    "spgist": (_TEXT | {"inet"}, ""),
    "brin": (_TEXT | _NUMBERS | _TIMES | {"uuid", "bytes", "inet"}, ""),
}
"""What an access method of PostgreSQL indexes by itself, and the extension with which it indexes any scalar."""


def check_operator_classes(
    scope: Scope, entities: Iterable[Entity], views: Iterable[View], extensions: Iterable[Extension]
) -> None:
    """Every key of an index has a type that the index knows how to find, or says how."""
    known = {extension.name for extension in extensions}
    owners = [(f"entities.{entity.name}", entity.fields, entity.indexes) for entity in entities]
    owners += [(f"views.{view.name}", view.columns, view.indexes) for view in views]
    for path, fields, indexes in owners:
        for index in indexes:
            if index.method not in _INDEXED:
                continue
            kinds, extension = _INDEXED[index.method]
            types = {field.name: field.type for field in fields}
            for part in index.parts:
                kind = _kind(part, types)
                if not kind or kind in kinds or part.operator_class or (extension in known and kind not in _COMPOSITE):
                    continue
                subject = f"{quoted(part.field)} is" if part.field else "its expression is"
                message = f"index {index.name} uses {index.method}, and {subject} {_NOUNS.get(kind, kind)}, "
                message += f"which {index.method} cannot find without an operator class"
                scope.report_at(
                    "no-operator-class",
                    message,
                    index.place,
                    f"{path}.indexes.{index.name}",
                    _way_out(index, part, kind),
                )


_COMPOSITE = frozenset(("array", "json"))
_NOUNS = {"integer": "an integer", "array": "an array", "enum": "an enum", "boolean": "a boolean"}


def _kind(part: IndexPart, types: Mapping[str, Type]) -> str:
    """What a key holds; '' where only the database knows."""
    if part.expression is not None:
        return part.expression.type.kind
    of = types.get(part.field)
    if of is None or isinstance(of, Opaque):
        return ""
    if isinstance(of, EnumType) and of.enum.native:
        return "native enum"
    return value_type(of).kind


def _way_out(index: Index, part: IndexPart, kind: str) -> str:
    if index.method == "gin" and kind in _TEXT:
        key = f"{part.field} gin_trgm_ops" if part.field else "{expression: …, operator_class: gin_trgm_ops}"
        return f"write {key}, and the extension pg_trgm; or leave out using: gin"
    if kind == "inet" and index.method == "gist":
        return f"write {part.field} inet_ops"
    return "leave out using, or name an operator class"
